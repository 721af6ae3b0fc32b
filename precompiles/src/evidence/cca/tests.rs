//! Strict CBOR, canonical ABI and points of curves against libraries that do the same in another way.

use super::{cbor::Item, key::PublicKey};
use crate::evidence::canonical::canonical;
use aivm_abi::IAttestationRegistry::{AmdCollateral, CcaCpak, CcaGolden, NvidiaGolden, NvidiaMeasurement};
use alloy_sol_types::{
    SolType, SolValue,
    abi::{self, Token as _},
};
use coset::cbor::{Value, de::from_reader, ser::into_writer};
use p256::elliptic_curve::sec1::ToSec1Point as _;

/// SplitMix64: the same numbers in every run.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// An integer of any length.
    fn integer(&mut self) -> u64 {
        let shift = self.below(64);
        self.next() >> shift
    }
}

/// A value of what tokens are made of, keys of maps distinct. Tags 2 and 3, of which the library makes integers, are
/// left out.
fn value(rng: &mut Rng, depth: u64) -> Value {
    match rng.below(if depth == 0 { 6 } else { 9 }) {
        0 => Value::from(rng.integer()),
        1 => Value::from(-1 - i128::from(rng.integer())).clone(),
        2 => {
            let len = rng.below(300);
            Value::Bytes((0..len).map(|_| rng.next() as u8).collect())
        }
        3 => Value::Text("\u{e9}t\u{e9}".repeat(rng.below(20) as usize)),
        4 => Value::Bool(rng.below(2) == 0),
        5 => Value::Null,
        6 => Value::Array((0..rng.below(5)).map(|_| value(rng, depth - 1)).collect()),
        7 => {
            let entry = |key: u64| (Value::from(key), value(rng, depth - 1));
            Value::Map((0..4).map(entry).collect())
        }
        _ => Value::Tag(rng.integer() | 4, Box::new(value(rng, depth - 1))),
    }
}

fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    into_writer(value, &mut bytes).expect("a vector takes everything");
    bytes
}

/// What the library encodes is accepted; of what it decodes, only what it would have encoded.
#[test]
fn cbor_is_what_the_library_encodes() {
    let mut rng = Rng(1);
    let (mut accepted, mut lenient) = (0, 0);
    for _ in 0..2_000 {
        let mut bytes = encode(&value(&mut rng, 3));
        if Item::parse(&bytes).is_err() {
            // Too many items: the library has no such limit.
            assert!(bytes.len() > 500);
            continue;
        }
        for _ in 0..10 {
            let at = rng.below(bytes.len() as u64) as usize;
            bytes[at] = rng.next() as u8;
            let decoded = from_reader::<Value, _>(bytes.as_slice());
            if Item::parse(&bytes).is_ok() {
                assert_eq!(encode(&decoded.expect("decoded")), bytes);
                accepted += 1;
            } else if decoded.is_ok() {
                lenient += 1;
            }
        }
    }
    assert!(accepted > 5_000 && lenient > 500, "{accepted} {lenient}");
}

/// Every string of up to two bytes, and every head that three bytes have.
#[test]
fn short_items() {
    let mut accepted = [0; 3];
    for length in 1..=3_usize {
        for number in 0..1_u32 << (8 * length) {
            let bytes = &number.to_be_bytes()[4 - length..];
            if Item::parse(bytes).is_err() {
                continue;
            }
            accepted[length - 1] += 1;
            // Tags 2 and 3: the library makes integers of them.
            if !bytes.iter().any(|byte| matches!(byte, 0xc2 | 0xc3)) {
                let decoded = from_reader::<Value, _>(bytes).expect("decoded");
                assert_eq!(encode(&decoded), bytes, "{bytes:x?}");
            }
        }
    }
    // 24 integers and 24 negative ones, the empty byte string, text, array and map, three simple values.
    assert_eq!(accepted[0], 24 + 24 + 4 + 3);
    assert!(accepted[1] > 24 * accepted[0], "{accepted:?}");
}

/// What the strict decoder takes is what encodes to the same bytes again.
#[test]
fn abi_is_canonical() {
    let key = |len: usize| CcaCpak {
        instanceId: vec![1; 33].into(),
        implementationId: Default::default(),
        publicKey: vec![4; len].into(),
    };
    let golden = CcaGolden {
        implementationId: Default::default(),
        configurations: vec![Default::default(); 2],
        components: vec![],
        realms: vec![Default::default(); 3],
    };
    let amd = AmdCollateral {
        endorsementCa: vec![1; 70].into(),
        crl: vec![2; 33].into(),
    };
    let measurement = |digests: usize| NvidiaMeasurement {
        index: 7,
        digests: vec![vec![9; 48].into(); digests],
    };
    let nvidia = NvidiaGolden {
        chip: "GH100".into(),
        driverVersion: "550.90.07".into(),
        vbiosVersion: "96.00.9F.00.01".into(),
        driver: vec![measurement(2), measurement(1)],
        vbios: vec![],
    };
    let mut rng = Rng(2);
    let bundle = vec![key(65), key(97), key(0)];
    let accepted = [
        canonical_share::<Vec<CcaCpak>>(&mut rng, bundle.abi_encode()),
        canonical_share::<Vec<CcaCpak>>(&mut rng, Vec::<CcaCpak>::new().abi_encode()),
        canonical_share::<CcaCpak>(&mut rng, key(97).abi_encode()),
        canonical_share::<CcaGolden>(&mut rng, golden.abi_encode()),
        canonical_share::<AmdCollateral>(&mut rng, amd.abi_encode()),
        canonical_share::<NvidiaGolden>(&mut rng, nvidia.abi_encode()),
    ];
    assert!(accepted[0] > 100 && accepted[2] > 100, "{accepted:?}");
}

/// How many changes of an encoding are encodings as well.
fn canonical_share<T: SolValue>(rng: &mut Rng, encoding: Vec<u8>) -> usize {
    let reencodes = |bytes: &[u8]| {
        let token = abi::decode::<<T::SolType as SolType>::Token<'_>>(bytes).ok();
        token.is_some_and(|token| token.total_words() * 32 == bytes.len() && abi::encode(&token) == bytes)
    };
    assert!(canonical::<T>(&encoding).is_some());
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut bytes = encoding.clone();
        for _ in 0..=rng.below(3) {
            let at = rng.below(bytes.len() as u64) as usize;
            match rng.below(5) {
                0 => bytes[at] ^= 1 << rng.below(8),
                1 => bytes[at | 31] = (rng.below(12) * 32) as u8,
                2 => bytes[at | 31] = rng.next() as u8,
                3 => bytes.truncate(at.next_multiple_of(32)),
                _ => bytes.extend([0; 32]),
            }
            if bytes.is_empty() {
                break;
            }
        }
        let expected = reencodes(&bytes);
        assert_eq!(canonical::<T>(&bytes).is_some(), expected, "{bytes:x?}");
        accepted += usize::from(expected);
    }
    accepted
}

/// The coordinates of a few points, good and bad, of a curve whose coordinates have so many bytes.
fn candidates(points: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for point in points {
        let (x, y) = point.split_at(point.len() / 2);
        all.push([y, x].concat());
        for at in [0, x.len() - 1, x.len(), point.len() - 1] {
            for bit in [1, 0x80] {
                let mut other = point.clone();
                other[at] ^= bit;
                all.push(other);
            }
        }
        all.push([x, &vec![0; y.len()]].concat());
        all.push([&vec![0; x.len()], y].concat());
        all.push(vec![0; point.len()]);
        all.push(vec![0xff; point.len()]);
        all.push(point);
    }
    all
}

#[test]
fn points_are_what_the_libraries_say() {
    let (mut good, mut bad) = (0, 0);
    let mut check = |point: &[u8], expected: bool| {
        let key = PublicKey::from_coordinates(point).expect("64 or 96 bytes");
        assert_eq!(key.is_on_curve(), expected, "{point:x?}");
        assert_eq!(PublicKey::from_sec1(&key.to_sec1()), Some(key));
        *(if expected { &mut good } else { &mut bad }) += 1;
    };
    let mut points = (Vec::new(), Vec::new());
    for k in 1..40_u64 {
        let p256 = p256::ProjectivePoint::GENERATOR * p256::Scalar::from(k * k * k);
        let p384 = p384::ProjectivePoint::GENERATOR * p384::Scalar::from(k * k * k);
        points
            .0
            .push(p256.to_affine().to_sec1_point(false).as_bytes()[1..].to_vec());
        points
            .1
            .push(p384.to_affine().to_sec1_point(false).as_bytes()[1..].to_vec());
    }
    for point in candidates(points.0) {
        let sec1 = [&[4], &point[..]].concat();
        check(&point, p256::PublicKey::from_sec1_bytes(&sec1).is_ok());
    }
    for point in candidates(points.1) {
        let sec1 = [&[4], &point[..]].concat();
        check(&point, p384::PublicKey::from_sec1_bytes(&sec1).is_ok());
    }
    assert_eq!((good, good + bad), (2 * 39, 2 * 39 * 14));
}

/// A coordinate above the modulus stands for no point, though the equation holds.
#[test]
fn coordinates_are_below_the_modulus() {
    // The point with the smallest x of P-256 (5) and of P-384 (2), whose x can be written above the modulus as well.
    for (library, p) in [
        (sec1_256 as fn(u8) -> Option<Vec<u8>>, &P256[..]),
        (sec1_384, &P384[..]),
    ] {
        let (x, sec1) = (0..=255).find_map(|x| Some((x, library(x)?))).expect("a point");
        let point = &sec1[1..];
        let key = PublicKey::from_coordinates(point).expect("a key");
        assert!(key.is_on_curve());
        let mut above = point.to_vec();
        above[..p.len()].copy_from_slice(p);
        // The last byte of both moduli is 0xff: adding x carries.
        let mut carry = u16::from(x);
        for byte in above[..p.len()].iter_mut().rev() {
            carry += u16::from(*byte);
            *byte = carry as u8;
            carry >>= 8;
        }
        assert_eq!(carry, 0, "fits");
        assert!(!PublicKey::from_coordinates(&above).expect("a key").is_on_curve());
    }
}

const P256: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

const P384: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff,
    0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
];

/// The point of P-256 with this x, 04 ‖ x ‖ y, if there is one.
fn sec1_256(x: u8) -> Option<Vec<u8>> {
    let mut compressed = [0; 33];
    (compressed[0], compressed[32]) = (2, x);
    let key = p256::PublicKey::from_sec1_bytes(&compressed).ok()?;
    Some(key.to_sec1_point(false).as_bytes().to_vec())
}

/// The same of P-384.
fn sec1_384(x: u8) -> Option<Vec<u8>> {
    let mut compressed = [0; 49];
    (compressed[0], compressed[48]) = (2, x);
    let key = p384::PublicKey::from_sec1_bytes(&compressed).ok()?;
    Some(key.to_sec1_point(false).as_bytes().to_vec())
}
