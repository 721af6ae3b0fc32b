//! Every bit that decides a verdict decides its key.

use crate::prewarm::key::Key;
use aivm_precompiles::crypto::{Item, ParameterSet};
use alloy_primitives::B256;
use proptest::{collection::vec, prelude::*, sample::Index};
use std::collections::BTreeSet;

/// A check: the kind, and its fields. Of a fixed length are all but the messages and what ML-DSA takes.
#[derive(Clone, Debug)]
struct Check {
    kind: usize,
    fields: Vec<Vec<u8>>,
}

/// How many kinds of checks there are.
const KINDS: usize = 8;

impl Check {
    fn key(&self) -> Key {
        let field = |index: usize| self.fields[index].as_slice();
        let sets = [
            ParameterSet::MlDsa44,
            ParameterSet::MlDsa65,
            ParameterSet::MlDsa87,
        ];
        match self.kind {
            set @ 0..3 => Key::mldsa(&Item {
                set: sets[set],
                public_key: field(0),
                message: field(1),
                context: field(2),
                signature: field(3),
            }),
            3 => Key::p256(fixed(field(0)), field(1), fixed(field(2))),
            4 => Key::p384(fixed(field(0)), field(1), fixed(field(2))),
            5 => Key::rsa_pss(fixed(field(0)), field(1), fixed(field(2))),
            parity => Key::secp256k1(&B256::from_slice(field(0)), fixed(field(1)), parity == 7),
        }
    }

    fn any() -> impl Strategy<Value = Self> {
        (0..KINDS).prop_flat_map(|kind| {
            let fields = match kind {
                0..3 => vec![bytes(0, 80), bytes(0, 80), bytes(0, 80), bytes(1, 80)],
                3 => vec![bytes(64, 64), bytes(0, 80), bytes(64, 64)],
                4 => vec![bytes(96, 96), bytes(0, 80), bytes(96, 96)],
                5 => vec![bytes(512, 512), bytes(0, 80), bytes(512, 512)],
                _ => vec![bytes(32, 32), bytes(64, 64)],
            };
            fields.prop_map(move |fields| Self { kind, fields })
        })
    }
}

fn bytes(least: usize, most: usize) -> BoxedStrategy<Vec<u8>> {
    vec(any::<u8>(), least..=most).boxed()
}

fn fixed<const N: usize>(bytes: &[u8]) -> &[u8; N] {
    bytes.try_into().expect("the length of its kind")
}

proptest! {
    #[test]
    fn any_bit_makes_another_key(check in Check::any(), at: Index) {
        let bits: usize = check.fields.iter().map(|field| field.len() * 8).sum();
        let mut bit = at.index(bits);
        let mut changed = check.clone();
        for field in &mut changed.fields {
            if bit < field.len() * 8 {
                field[bit / 8] ^= 1 << (bit % 8);
                break;
            }
            bit -= field.len() * 8;
        }
        prop_assert_ne!(changed.key(), check.key());
        prop_assert_eq!(check.clone().key(), check.key());
    }

    /// Fields of any length: the same bytes, parted elsewhere.
    #[test]
    fn a_border_elsewhere_makes_another_key(set in 0..3_usize, all in vec(any::<u8>(), 1..200), cuts: [[Index; 3]; 2]) {
        let parts = cuts.map(|cuts| {
            let mut cuts = cuts.map(|cut| cut.index(all.len() + 1));
            cuts.sort_unstable();
            let [a, b, c] = cuts;
            [&all[..a], &all[a..b], &all[b..c], &all[c..]].map(<[u8]>::to_vec)
        });
        let keys = parts.clone().map(|fields| Check { kind: set, fields: fields.into() }.key());
        prop_assert_eq!(parts[0] == parts[1], keys[0] == keys[1]);
    }

    /// The message between a key and a signature of fixed length: a byte more, at either end.
    #[test]
    fn a_longer_message_makes_another_key(check in Check::any(), byte: u8) {
        prop_assume!(check.kind < 6);
        for at in [0, check.fields[1].len()] {
            let mut longer = check.clone();
            longer.fields[1].insert(at, byte);
            prop_assert_ne!(longer.key(), check.key());
        }
    }
}

#[test]
fn every_kind_has_keys_of_its_own() {
    // The same bytes wherever two kinds can have the same.
    let fields = |kind| match kind {
        0..3 => vec![vec![0; 64], vec![], vec![], vec![0; 64]],
        3 => vec![vec![0; 64], vec![], vec![0; 64]],
        4 => vec![vec![0; 96], vec![], vec![0; 96]],
        5 => vec![vec![0; 512], vec![], vec![0; 512]],
        _ => vec![vec![0; 32], vec![0; 64]],
    };
    let keys = (0..KINDS).map(|kind| {
        let fields = fields(kind);
        Check { kind, fields }.key()
    });
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), KINDS);
}
