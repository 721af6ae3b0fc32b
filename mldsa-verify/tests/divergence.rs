//! Valid and invalid signatures that some ML-DSA libraries get wrong and no public set of vectors holds.
//!
//! Where nodes of one chain take different paths, one such input splits the chain, so each that is known
//! stands here. All are made with keys whose t1 is 0 (see `common/zero_t1.rs`).

mod common;

use std::panic::catch_unwind;

use mldsa_verify::Item;

use common::harness::Harness;
use common::oracles::fips204_verify;
use common::reference::{Q, Ring};
use common::zero_t1::{ZeroT1Key, pack_hint};
use common::{ML_DSA_65, ML_DSA_87, Params, Rng};

/// z for ρ = 07…07 with one coefficient in every 32 set.
///
/// Such a z is constant on 8 blocks of its NTT, so each block can be searched alone for the value u under
/// which the sum of Â\[0\]∘u, taken in −q/2..q/2, is largest; combinations of the best were kept where z is
/// within its bound. All 256 products of row 0 then add up to 295 q, more than an `i32` holds.
const Z_65: [[i32; 8]; 5] = [
    [
        144_517, 151_807, 8_255, 420_648, 464_685, -193_868, 155_340, 80_128,
    ],
    [
        520_121, -328_536, -349_839, -154_941, 175_703, -128_017, 159_716, -508_912,
    ],
    [
        101_477, -349_387, 419_746, -395_822, -230_078, 115_829, 84_523, -214_422,
    ],
    [
        74_035, -73_099, -290_076, -323_169, -11_226, -307_362, 21_620, 123_535,
    ],
    [
        -217_812, -361_612, -147_282, -221_593, 473_397, -452_815, -36_464, 97_818,
    ],
];

/// The same with one coefficient in every 64, and 282 q.
const Z_87: [[i32; 4]; 7] = [
    [-256_803, 332_808, -242_432, 154_971],
    [189_110, 362_607, 406_038, 324_792],
    [-60_668, -484_493, -208_666, -265_709],
    [-73_711, 250_091, 342_228, 35_597],
    [-390_500, 308_832, -218_602, -146_597],
    [202_462, 271_049, 160_343, 354_464],
    [-343_865, 594, 179_207, 176_114],
];

/// NTT⁻¹ adds all 256 coefficients of its input for the first one of its output. `fips204` 0.5 does so in an
/// `i32` without reducing: it refuses the valid signature here and accepts the forged one (and panics where
/// overflow checks are on). That keeps it out of the paths. Should a later version pass, the last
/// assertion of `check` fails and says so.
#[test]
fn sums_beyond_32_bits() {
    fn check<const N: usize>(params: &Params, ring: &Ring, z: &[[i32; N]]) -> Harness {
        let key = ZeroT1Key::new(params, ring, [7; 32]);
        let z: Vec<_> = z.iter().map(spread).collect();
        let no_hint = pack_hint(params, &vec![vec![]; params.k]);
        let w = key.w(&z);
        // What is left of 2³² lost before the division by 256.
        let mut wrapped = w.clone();
        wrapped[0][0] = (w[0][0] - (1 << 24)).rem_euclid(Q);

        let valid = key.sign(b"sum", &[], &z, &w, &no_hint);
        let forged = key.sign(b"sum", &[], &z, &wrapped, &no_hint);
        let mut harness = Harness::new();
        harness.check_paths(true, &key.item(b"sum", &valid), "sum beyond 32 bits");
        harness.check_paths(false, &key.item(b"sum", &forged), "sum wrapped at 32 bits");
        for (expected, signature) in [(true, &valid), (false, &forged)] {
            let verdict = catch_unwind(|| fips204_verify(&key.item(b"sum", signature)));
            assert_ne!(verdict.ok(), Some(expected), "fips204 is right now");
        }
        harness
    }

    let ring = Ring::new();
    let harnesses = [check(&ML_DSA_65, &ring, &Z_65), check(&ML_DSA_87, &ring, &Z_87)];
    assert_eq!(harnesses.map(|harness| harness.counts()), [(1, 1); 2]);
}

fn spread<const N: usize>(coefficients: &[i32; N]) -> [i32; 256] {
    std::array::from_fn(|i| {
        if i % (256 / N) == 0 {
            coefficients[i * N / 256]
        } else {
            0
        }
    })
}

/// What precedes a raw key in the SubjectPublicKeyInfo of ML-DSA-44 and of ML-DSA-65 (RFC 9881).
const HEADERS: [&[u8; 22]; 2] = [
    b"\x30\x82\x05\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x03\x82\x05\x21\x00",
    b"\x30\x82\x07\xb2\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00",
];

/// ρ is whatever the owner of a key likes, also the header of a smaller set's key in DER. A parser that
/// accepts both forms and ignores trailing bytes takes the raw key for that one.
#[test]
fn raw_keys_that_begin_like_der() {
    let ring = Ring::new();
    let mut rng = Rng::new(11);
    let mut harness = Harness::new();
    for (params, headers) in [(&ML_DSA_65, &HEADERS[..1]), (&ML_DSA_87, &HEADERS[..])] {
        for &header in headers {
            let mut rho = rng.array();
            rho[..22].copy_from_slice(header);
            let key = ZeroT1Key::new(params, &ring, rho);
            let z: Vec<_> = (0..params.l)
                .map(|_| std::array::from_fn(|_| rng.within(1000)))
                .collect();
            let no_hint = pack_hint(params, &vec![vec![]; params.k]);
            let signature = key.sign(b"der", &[], &z, &key.w(&z), &no_hint);
            harness.check(
                true,
                &key.item(b"der", &signature),
                "raw key that begins like DER",
            );
        }
    }
    assert_eq!(harness.counts(), (3, 0));
}

/// The DER form itself, complete or as the start of a longer key, is no key.
#[test]
fn der_keys_are_refused() {
    let ring = Ring::new();
    let key = ZeroT1Key::new(&ML_DSA_65, &ring, [9; 32]);
    let z = vec![[1; 256]; ML_DSA_65.l];
    let signature = key.sign(
        b"der",
        &[],
        &z,
        &key.w(&z),
        &pack_hint(&ML_DSA_65, &vec![vec![]; ML_DSA_65.k]),
    );
    let mut harness = Harness::new();
    harness.check(true, &key.item(b"der", &signature), "raw");

    let der = [HEADERS[1], &key.public_key[..]].concat();
    let padded = [&der[..], &vec![0; ML_DSA_87.set.public_key_len() - der.len()]].concat();
    for (public_key, set) in [
        (&der, ML_DSA_65.set),
        (&padded, ML_DSA_65.set),
        (&padded, ML_DSA_87.set),
    ] {
        let item = Item {
            set,
            public_key,
            message: b"der",
            context: &[],
            signature: &signature,
        };
        harness.check(false, &item, "DER");
    }
    assert_eq!(harness.counts(), (1, 3));
}
