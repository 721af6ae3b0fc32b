//! One bit of damage in every byte of keys and signatures: nobody may take them any more.

mod common;

use common::harness::Harness;
use common::keys::KeyPair;
use common::{ALL_PARAMS, ML_DSA_44, ML_DSA_65, ML_DSA_87, Params, Rng, flip};
use mldsa_verify::{Item, Path};

/// A message whose signature uses and leaves bytes for indices.
fn sign_with_unused_indices(params: &Params, key: &KeyPair, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    loop {
        let message = rng.bytes(77);
        let signature = key.sign(&message, &[]);
        let used = usize::from(signature[signature.len() - 1]);
        if (12..=params.omega - 12).contains(&used) {
            return (message, signature);
        }
    }
}

/// A bit in every byte of `bytes`, and every bit of those from `all` on.
fn bits(len: usize, all: usize, rng: &mut Rng) -> Vec<usize> {
    let one_each = (0..all).map(|byte| 8 * byte + rng.below(8));
    one_each.chain(8 * all..8 * len).collect()
}

/// Three signatures: the first through all verifiers, the others through those that are not Rust alone.
fn check(params: &Params, seed: u64) {
    let mut rng = Rng::new(seed);
    for mut harness in [Harness::new(), Harness::fast(), Harness::fast()] {
        let key = KeyPair::new(params.set, rng.array());
        let (message, signature) = sign_with_unused_indices(params, &key, &mut rng);
        check_one(params, &key.item(&message, &signature), &mut harness, &mut rng);
        let damaged = params.set.public_key_len() + params.set.signature_len() + 7 * params.k + 8 * 77;
        assert_eq!(harness.counts(), (1, damaged));
    }
}

fn check_one(params: &Params, honest: &Item<'_>, harness: &mut Harness, rng: &mut Rng) {
    let Item {
        public_key,
        message,
        signature,
        ..
    } = *honest;
    harness.check(true, honest, "honest");
    for bit in bits(public_key.len(), public_key.len(), rng) {
        let public_key = &flip(public_key, bit);
        let item = Item {
            public_key,
            ..*honest
        };
        harness.check(false, &item, &format!("bit {bit} of the key"));
    }
    // The counts of hints, at the end, are few: all their bits.
    for bit in bits(signature.len(), signature.len() - params.k, rng) {
        let signature = &flip(signature, bit);
        let item = Item { signature, ..*honest };
        harness.check(false, &item, &format!("bit {bit} of the signature"));
    }
    for bit in bits(message.len(), 0, rng) {
        let message = &flip(message, bit);
        let item = Item { message, ..*honest };
        harness.check(false, &item, &format!("bit {bit} of the message"));
    }
}

#[test]
fn ml_dsa_44() {
    check(&ML_DSA_44, 21);
}

#[test]
fn ml_dsa_65() {
    check(&ML_DSA_65, 22);
}

#[test]
fn ml_dsa_87() {
    check(&ML_DSA_87, 23);
}

/// Bytes that have nothing to do with a key or a signature: all paths refuse them, and nothing panics.
#[test]
fn noise() {
    let mut rng = Rng::new(24);
    let mut harness = Harness::new();
    for params in &ALL_PARAMS {
        for i in 0..300 {
            let fill = [0, 0xff, 0x55][i % 3];
            let mut noise = |len: usize, random: bool| if random { rng.bytes(len) } else { vec![fill; len] };
            let item = Item {
                set: params.set,
                public_key: &noise(params.set.public_key_len(), i % 2 == 0),
                message: &noise(i, true),
                context: &noise(i % 256, true),
                signature: &noise(params.set.signature_len(), i % 4 < 2),
            };
            harness.check(false, &item, "noise");
        }
    }
    assert_eq!(harness.counts(), (0, 900));
    assert!(Path::ALL.contains(&Path::fastest()) && Path::fastest().is_available());
}
