//! Honest signatures, and such that are honest elsewhere: under another key, another context, another interface.

mod common;

use common::harness::Harness;
use common::keys::KeyPair;
use common::oracles::{fips204_hash_verify, ml_dsa_verify_internal};
use common::{ALL_PARAMS, Rng};
use mldsa_verify::{Item, ParameterSet, Path, verify};
use sha3::{Digest, Sha3_256};

#[test]
fn random_keys_and_messages() {
    let mut rng = Rng::new(1);
    for params in &ALL_PARAMS {
        let mut harness = Harness::new();
        for i in 0..1000 {
            let key = KeyPair::new(params.set, rng.array());
            // The lengths around one block of SHAKE256, the ends of the range, and any other.
            let len = [0, 1, 63, 64, 69, 70, 71, 136, 1024, 8192].get(i / 4).copied();
            let len = len.unwrap_or_else(|| rng.below(600));
            let message = rng.bytes(len);
            harness.check(true, &key.item(&message, &key.sign(&message, &[])), "honest");
        }
        assert_eq!(harness.counts(), (1000, 0));
    }
}

/// Also a path that is not available answers: as the portable one does.
#[test]
fn every_path_answers() {
    let key = KeyPair::new(ParameterSet::MlDsa44, [1; 32]);
    let signature = key.sign(b"path", &[]);
    let (valid, invalid) = (key.item(b"path", &signature), key.item(b"pat", &signature));
    for path in Path::ALL {
        assert!(path.verify(&valid) && !path.verify(&invalid), "{path:?}");
        assert_eq!(
            path.verify_batch(&[valid, invalid, valid]),
            [true, false, true],
            "{path:?}"
        );
    }
    assert!(verify(&valid) && !verify(&invalid));
    assert_eq!(
        Some(Path::fastest()),
        Path::ALL.into_iter().find(|path| path.is_available())
    );
    assert_eq!(Path::fastest_portable(), Path::AwsLc);
}

/// One key signs many messages: c has many forms under the same A and t1.
#[test]
fn one_key_many_messages() {
    let mut rng = Rng::new(6);
    for params in &ALL_PARAMS {
        let mut harness = Harness::new();
        let key = KeyPair::new(params.set, rng.array());
        for _ in 0..1000 {
            let (message, len) = (rng.array::<32>(), rng.below(256));
            let context = rng.bytes(len);
            let signature = key.sign(&message, &context);
            let item = Item {
                context: &context,
                ..key.item(&message, &signature)
            };
            harness.check(true, &item, "honest");
        }
        assert_eq!(harness.counts(), (1000, 0));
    }
}

#[test]
fn another_key_of_the_set_is_refused() {
    let mut rng = Rng::new(4);
    let mut harness = Harness::new();
    for params in &ALL_PARAMS {
        for _ in 0..20 {
            let (key, other) = (
                KeyPair::new(params.set, rng.array()),
                KeyPair::new(params.set, rng.array()),
            );
            harness.check(false, &other.item(b"key", &key.sign(b"key", &[])), "another key");
        }
    }
    assert_eq!(harness.counts(), (0, 60));
}

/// A signature under each of several contexts is one under that context alone.
#[test]
fn contexts_keep_signatures_apart() {
    let mut rng = Rng::new(5);
    let mut harness = Harness::new();
    // The last two and a message that makes up for the difference would be one string without the length before it.
    let contexts: [(&[u8], &[u8]); 6] = [
        (b"", b"message"),
        (b"\0", b"message"),
        (b"aivm", b"message"),
        (&[0xff; 255], b"message"),
        (b"con", b"textmessage"),
        (b"context", b"message"),
    ];
    for params in &ALL_PARAMS {
        let key = KeyPair::new(params.set, rng.array());
        for (i, (context, message)) in contexts.into_iter().enumerate() {
            let signature = key.sign(message, context);
            for (j, (context, message)) in contexts.into_iter().enumerate() {
                let item = Item {
                    context,
                    ..key.item(message, &signature)
                };
                harness.check(
                    i == j,
                    &item,
                    &format!("signed with context {i}, verified with {j}"),
                );
            }
        }
    }
    assert_eq!(harness.counts(), (3 * 6, 3 * 30));
}

/// id-sha3-256 in DER.
const SHA3_256: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x08";

/// Signatures that are good for another interface of FIPS 204, as it confirms, and so must not be for this.
#[test]
fn other_interfaces_are_refused() {
    let mut rng = Rng::new(5);
    let mut harness = Harness::new();
    for params in &ALL_PARAMS {
        for len in [0, 1, 32, 500] {
            let key = KeyPair::new(params.set, rng.array());
            let message = rng.bytes(len);

            let digest = Sha3_256::digest(&message);
            let signature = key.sign_internal(&[&[1, 0], SHA3_256, &digest]);
            assert!(fips204_hash_verify(&key.item(&digest, &signature), SHA3_256));
            harness.check(false, &key.item(&message, &signature), "HashML-DSA");
            harness.check(
                false,
                &key.item(&digest, &signature),
                "HashML-DSA, over the digest",
            );

            let signature = key.sign_internal(&[&message]);
            assert!(ml_dsa_verify_internal(&key.item(&message, &signature)));
            harness.check(false, &key.item(&message, &signature), "M′ without the prefix");
        }
    }
    assert_eq!(harness.counts(), (0, 3 * 4 * 3));
}
