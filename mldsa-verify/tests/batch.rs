//! Batches: whatever is in them and however the cores share them, each item gets the verdict that it gets alone.

mod common;

use common::harness::{Harness, paths};
use common::keys::KeyPair;
use common::reference::Ring;
use common::tiny_t::TinyTKey;
use common::zero_t1::pack_hint;
use common::{ALL_PARAMS, Rng, flip};
use mldsa_verify::{Item, ParameterSet, verify_batch};
use rayon::ThreadPoolBuilder;

/// A signature that was made, and what became of it.
struct Sample {
    set: ParameterSet,
    public_key: Vec<u8>,
    message: Vec<u8>,
    context: Vec<u8>,
    signature: Vec<u8>,
    valid: bool,
}

impl Sample {
    fn item(&self) -> Item<'_> {
        Item {
            set: self.set,
            public_key: &self.public_key,
            message: &self.message,
            context: &self.context,
            signature: &self.signature,
        }
    }
}

/// Four keys of each parameter set.
fn keys(rng: &mut Rng) -> Vec<KeyPair> {
    let sets = ParameterSet::ALL.into_iter().flat_map(|set| [set; 4]);
    sets.map(|set| KeyPair::new(set, rng.array())).collect()
}

/// A signature by one of `keys`, valid or with one of several things wrong.
fn draw(keys: &[KeyPair], rng: &mut Rng) -> Sample {
    let key = &keys[rng.below(keys.len())];
    let (message, context) = (rng.below(400), rng.below(2) * rng.below(256));
    let (message, context) = (rng.bytes(message), rng.bytes(context));
    let mut sample = Sample {
        set: key.set,
        public_key: key.public_key.clone(),
        signature: key.sign(&message, &context),
        message,
        context,
        valid: false,
    };
    match rng.below(12) {
        0 => sample.signature = flip(&sample.signature, rng.below(8 * sample.signature.len())),
        1 => sample.public_key = flip(&sample.public_key, rng.below(8 * sample.public_key.len())),
        2 => sample.message.push(0),
        3 => sample.context.insert(0, 0),
        4 => drop(sample.signature.pop()),
        5 => sample.public_key.push(0),
        6 => sample.signature.clear(),
        7 => sample.set = ParameterSet::ALL[(sample.set as usize + 1) % 3],
        8 => sample.context = rng.bytes(256),
        _ => sample.valid = true,
    }
    sample
}

/// One after the other, by every path and `fips204`.
fn check_alone(samples: &[Sample]) -> Vec<bool> {
    let mut harness = Harness::new();
    for sample in samples {
        harness.check(sample.valid, &sample.item(), "alone");
    }
    let verdicts: Vec<_> = samples.iter().map(|sample| sample.valid).collect();
    let valid = verdicts.iter().filter(|valid| **valid).count();
    assert_eq!(harness.counts(), (valid, samples.len() - valid));
    verdicts
}

#[test]
fn every_size_and_mix() {
    let mut rng = Rng::new(31);
    let keys = keys(&mut rng);
    let samples: Vec<_> = (0..512).map(|_| draw(&keys, &mut rng)).collect();
    let verdicts = check_alone(&samples);
    let items: Vec<_> = samples.iter().map(Sample::item).collect();
    let harness = Harness::new();
    let (mut batches, mut accepted) = (0, 0);
    for size in (0..=17).chain([31, 32, 33, 63, 64, 65, 128]) {
        for _ in 0..6 {
            let start = rng.below(items.len() - size + 1);
            let range = start..start + size;
            harness.check_batch(
                &verdicts[range.clone()],
                &items[range.clone()],
                &format!("{range:?}"),
            );
            accepted += verdicts[range].iter().filter(|valid| **valid).count();
            batches += 1;
        }
    }
    assert_eq!(batches, 6 * 25);
    assert!(accepted > 500, "{accepted} valid signatures in all batches");
    harness.check_batch(&verdicts, &items, "all");
    assert_eq!(verify_batch(&items), verdicts);
}

/// Batches of one parameter set, under one key and under many, all valid but one: that one is found in every place.
#[test]
fn one_damaged_in_every_place() {
    let mut rng = Rng::new(32);
    let harness = Harness::new();
    let mut batches = 0;
    for set in ParameterSet::ALL {
        for shared_key in [true, false] {
            let keys: Vec<_> = (0..17).map(|_| KeyPair::new(set, rng.array())).collect();
            let key = |i: usize| &keys[if shared_key { 0 } else { i }];
            let signatures: Vec<_> = (0..17u8).map(|i| key(i.into()).sign(&[i], &[])).collect();
            let messages: Vec<_> = (0..17u8).map(|i| [i]).collect();
            for size in [1, 7, 8, 9, 16, 17] {
                for damaged in 0..size {
                    let bit = rng.below(8 * set.signature_len());
                    let damaged_signature = flip(&signatures[damaged], bit);
                    let items: Vec<_> = (0..size)
                        .map(|i| {
                            let signature = if i == damaged {
                                &damaged_signature
                            } else {
                                &signatures[i]
                            };
                            key(i).item(&messages[i], signature)
                        })
                        .collect();
                    let verdicts: Vec<_> = (0..size).map(|i| i != damaged).collect();
                    let what = format!("{set:?}, one key: {shared_key}, {damaged} of {size}, bit {bit}");
                    harness.check_batch(&verdicts, &items, &what);
                    batches += 1;
                }
            }
        }
    }
    assert_eq!(batches, 3 * 2 * (1 + 7 + 8 + 9 + 16 + 17));
}

/// Keys with one ρ and so one A, but each with a t1 of its own: no signature may be measured by its neighbour's t1 or tr.
#[test]
fn keys_that_share_rho() {
    let (ring, mut rng) = (Ring::new(), Rng::new(34));
    let mut harness = Harness::new();
    for params in &ALL_PARAMS {
        let rho = rng.array();
        let keys: Vec<_> = (0..9)
            .map(|i| {
                let mut b = vec![[i % 2; 256]; params.k];
                b[rng.below(params.k)][rng.below(256)] ^= 1;
                TinyTKey::new(params, &ring, rho, b)
            })
            .collect();
        let no_hint = pack_hint(params, &vec![vec![]; params.k]);
        let signatures: Vec<_> = keys
            .iter()
            .map(|key| {
                let z: Vec<_> = (0..params.l)
                    .map(|_| std::array::from_fn(|_| rng.within(1000)))
                    .collect();
                key.sign(&z, &key.a_times_z(&z), &no_hint)
            })
            .collect();
        for shift in [0, 1] {
            // With a shift each signature stands under its neighbour's key.
            let items: Vec<_> = (0..9)
                .map(|i| {
                    let (message, signature) = &signatures[i];
                    keys[(i + shift) % 9].item(message, signature)
                })
                .collect();
            for item in &items {
                harness.check(shift == 0, item, "alone");
            }
            harness.check_batch(&[shift == 0; 9], &items, "one ρ");
        }
    }
    assert_eq!(harness.counts(), (3 * 9, 3 * 9));
}

/// The same items, also with other messages under one key, whichever pool and however many threads.
#[test]
fn any_number_of_threads() {
    let mut rng = Rng::new(33);
    let keys = keys(&mut rng);
    let samples: Vec<_> = (0..200).map(|_| draw(&keys, &mut rng)).collect();
    let verdicts = check_alone(&samples);
    let items: Vec<_> = samples.iter().map(Sample::item).collect();
    let mut runs = 0;
    for threads in [1, 2, 3, 4, 16] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for path in paths() {
            for size in [0, 1, 8, 9, 15, 16, 17, 33, 64, 200] {
                let answer = pool.install(|| path.verify_batch(&items[..size]));
                assert_eq!(
                    answer,
                    verdicts[..size],
                    "{path:?}, {threads} threads, {size} items"
                );
                runs += 1;
            }
        }
    }
    assert_eq!(runs, 5 * paths().len() * 10);
}
