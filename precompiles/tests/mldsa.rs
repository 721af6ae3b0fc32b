//! ML-DSA through the backends: each gives the same verdict, alone and in batches, with the empty context. What the
//! verifiers behind them do, the tests of `mldsa-verify` show.

mod common;

use aivm_precompiles::crypto::{AwsLc, Crypto, Item, ParameterSet, RustCrypto};
use common::keys::KeyPair;
use common::{Rng, flip};

const BACKENDS: [&dyn Crypto; 3] = [&AwsLc, &AwsLc::portable(), &RustCrypto];

/// Every backend must give `expected`, by each of its functions.
#[track_caller]
fn check(expected: bool, item: &Item<'_>, what: &str) {
    for backend in BACKENDS {
        if item.context.is_empty() {
            let alone = backend.verify_mldsa(item.set, item.public_key, item.message, item.signature);
            assert_eq!(alone, expected, "{backend:?}: {what}, {:?}", item.set);
        }
        let batch = backend.verify_mldsa_batch(&[*item]);
        assert_eq!(batch, [expected], "{backend:?}, batch: {what}, {:?}", item.set);
    }
}

#[test]
fn verdicts() {
    let mut rng = Rng::new(1);
    for set in ParameterSet::ALL {
        let key = KeyPair::new(set, rng.array());
        for len in [0, 1, 32, 8192] {
            let message = rng.bytes(len);
            let signature = key.sign(&message, &[]);
            let item = key.item(&message, &signature);
            check(true, &item, "honest");
            let damaged = flip(&signature, rng.below(8 * signature.len()));
            check(false, &key.item(&message, &damaged), "damaged signature");
            let longer = [&message[..], &[0]].concat();
            check(false, &key.item(&longer, &signature), "another message");
            let (_, shorter) = signature.split_first().unwrap();
            check(false, &key.item(&message, shorter), "short signature");
            let public_key = [&key.public_key[..], &[0]].concat();
            let public_key = &public_key;
            check(false, &Item { public_key, ..item }, "long key");
        }
    }
}

/// The precompiles know the empty context alone: under another, a signature is none, though it is good elsewhere.
#[test]
fn other_contexts_are_refused() {
    let mut rng = Rng::new(2);
    for set in ParameterSet::ALL {
        let key = KeyPair::new(set, rng.array());
        let signature = key.sign(b"message", b"context");
        let item = key.item(b"message", &signature);
        check(false, &item, "signed with a context");
        let context = b"context";
        assert!(mldsa_verify::verify(&Item { context, ..item }));
        check(false, &Item { context, ..item }, "with its context");
    }
}

#[test]
fn batches() {
    let mut rng = Rng::new(3);
    let keys: Vec<_> = (ParameterSet::ALL.into_iter().cycle().take(7))
        .map(|set| KeyPair::new(set, rng.array()))
        .collect();
    let signatures: Vec<_> = (0..40)
        .map(|i| keys[i % keys.len()].sign(&[i as u8], &[]))
        .collect();
    let messages: Vec<_> = (0..40u8).map(|i| [i / 4 * 4 + i % 4 % 3]).collect();
    let items: Vec<_> = (0..40)
        .map(|i| keys[i % keys.len()].item(&messages[i], &signatures[i]))
        .collect();
    // In every fourth place the message is another.
    let verdicts: Vec<_> = (0..40).map(|i| i % 4 != 3).collect();
    for backend in BACKENDS {
        for size in [0, 1, 8, 9, 40] {
            let answer = backend.verify_mldsa_batch(&items[..size]);
            assert_eq!(answer, verdicts[..size], "{backend:?}, {size}");
        }
    }
}
