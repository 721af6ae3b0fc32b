//! Keys, signatures, contexts and messages of every length that could matter.

mod common;

use common::harness::Harness;
use common::keys::KeyPair;
use common::{ALL_PARAMS, Rng, flip};
use mldsa_verify::Item;

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
    let mut harness = Harness::new();
    for params in &ALL_PARAMS {
        let key = KeyPair::new(params.set, rng.array());
        let signature = key.sign(b"length", &[]);
        harness.check(true, &key.item(b"length", &signature), "honest");
        for public_key in other_lengths(&key.public_key, ALL_PARAMS.iter().map(|p| p.set.public_key_len())) {
            let item = Item {
                public_key: &public_key,
                ..key.item(b"length", &signature)
            };
            harness.check(false, &item, &format!("key of {} bytes", public_key.len()));
        }
        for signature in other_lengths(&signature, ALL_PARAMS.iter().map(|p| p.set.signature_len())) {
            let item = key.item(b"length", &signature);
            harness.check(false, &item, &format!("{} bytes", signature.len()));
        }
        // What is whole for one set is nothing for another.
        for other in ALL_PARAMS.iter().filter(|other| other.set != params.set) {
            let item = Item {
                set: other.set,
                ..key.item(b"length", &signature)
            };
            harness.check(false, &item, &format!("of {:?}", params.set));
            let other = KeyPair::new(other.set, rng.array());
            let item = Item {
                set: params.set,
                ..other.item(b"length", &signature)
            };
            harness.check(false, &item, &format!("key of {:?}", other.set));
        }
    }
    assert_eq!(harness.counts(), (3, 3 * (7 + 7 + 4)));
}

/// Up to 255 bytes are a context. With 256 the byte for the length would read 0, and a signer who does not look makes
/// a signature all the same.
#[test]
fn contexts_end_at_255_bytes() {
    let mut rng = Rng::new(7);
    let mut harness = Harness::new();
    for params in &ALL_PARAMS {
        let key = KeyPair::new(params.set, rng.array());
        for len in [
            0, 1, 2, 69, 70, 71, 127, 128, 254, 255, 256, 257, 511, 512, 65_536,
        ] {
            let context = rng.bytes(len);
            let signature = key.sign(b"context", &context);
            let item = Item {
                context: &context,
                ..key.item(b"context", &signature)
            };
            harness.check(
                len <= Item::MAX_CONTEXT_LEN,
                &item,
                &format!("context of {len} bytes"),
            );
        }
    }
    assert_eq!(harness.counts(), (3 * 10, 3 * 5));
}

/// The rate of SHAKE256, in bytes.
const RATE: usize = 136;

/// What H takes in before the message: tr, two bytes, the context.
const BEFORE_MESSAGE: usize = 64 + 2;

/// The longest message of this test: the longest that a precompile takes.
const MAX_MESSAGE: usize = 8192;

/// All lengths to two blocks, then those around where a block of µ's hash begins, with the context and all before the
/// message in it, and around multiples of the rate.
fn message_lengths(context: usize) -> Vec<usize> {
    let before = BEFORE_MESSAGE + context;
    let near = |len: usize, distance: usize| (len + distance) % RATE <= 2 * distance;
    (0..=MAX_MESSAGE)
        .filter(|&len| len <= 2 * RATE || near(len + before, 2) || near(len, 1) || MAX_MESSAGE - len <= 1)
        .collect()
}

#[test]
fn messages_around_every_block() {
    let mut rng = Rng::new(8);
    for params in &ALL_PARAMS {
        let mut harness = Harness::new();
        let key = KeyPair::new(params.set, rng.array());
        for context in [0, 255] {
            let context = rng.bytes(context);
            for len in message_lengths(context.len()) {
                let message = rng.bytes(len);
                let signature = key.sign(&message, &context);
                let item = |message| Item {
                    public_key: &key.public_key,
                    context: &context,
                    message,
                    ..key.item(&[], &signature)
                };
                let what = format!("message of {len} bytes, context of {}", context.len());
                harness.check(true, &item(&message), &what);
                // The last byte is read, and no byte beyond it.
                let longer = [&message[..], &[0]].concat();
                harness.check_paths(false, &item(&longer), &what);
                if let Some(last_bit) = (8 * len).checked_sub(1) {
                    harness.check_paths(false, &item(&flip(&message, last_bit)), &what);
                }
            }
        }
        let (accepted, refused) = harness.counts();
        assert_eq!((accepted, refused), (1480, 2 * 1480 - 2), "{:?}", params.set);
    }
}

#[test]
fn long_messages() {
    let mut rng = Rng::new(9);
    let mut harness = Harness::new();
    for params in &ALL_PARAMS {
        let key = KeyPair::new(params.set, rng.array());
        for len in [8_193, 65_535, 65_536, 1 << 20] {
            let message = rng.bytes(len);
            let signature = key.sign(&message, &[]);
            harness.check(true, &key.item(&message, &signature), "long message");
            harness.check(
                false,
                &key.item(&flip(&message, 8 * len - 1), &signature),
                "long message",
            );
        }
    }
    assert_eq!(harness.counts(), (12, 12));
}
