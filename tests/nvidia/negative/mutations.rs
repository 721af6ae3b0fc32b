//! 20,000 mutations of genuine evidence: both backends agree on every one, and what is accepted names the same device.

use crate::{
    common::world::World,
    negative::malleability::{report_with_other_s, with_other_s},
    samples::{NOW, Sample, packaged},
};
use aivm::{
    crypto::{AwsLc, RustCrypto},
    evidence::{Vendor, Verified, verify},
};
use aivm_test_support::rng::Rng;

const MUTATIONS: usize = 20_000;

/// Every so many mutations only signatures are changed, into their other forms.
const OTHER_FORMS_EVERY: usize = 500;

/// Genuine evidence with some of its signatures in their other form.
fn other_forms(sample: &Sample, rng: &mut Rng) -> Vec<u8> {
    let mut changed = sample.clone();
    if rng.below(2) == 1 {
        changed.chain.leaf = with_other_s(&changed.chain.leaf);
    }
    if rng.below(2) == 1 {
        changed.chain.brom = with_other_s(&changed.chain.brom);
    }
    if rng.below(2) == 1 {
        changed.report = report_with_other_s(changed.report);
    }
    changed.evidence()
}

/// A few changes: bits, bytes, lengths, pieces moved, doubled or left out. The vendor byte stays.
fn mutated(valid: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for _ in 0..=rng.below(3) {
        let at = 1 + rng.below(bytes.len() - 1);
        let end = (at + rng.below(64)).min(bytes.len());
        match rng.below(8) {
            0..=2 => bytes[at] ^= 1 << rng.below(8),
            3 => bytes[at] = rng.byte(),
            4 => {
                bytes.drain(at..end);
            }
            5 => bytes.truncate(at + 1),
            6 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let more = 1 + rng.below(8);
                bytes.extend(rng.bytes(more));
            }
        }
        if bytes.len() < 2 {
            break;
        }
    }
    bytes
}

fn verdict(world: &World, evidence: &[u8]) -> Result<Verified, u16> {
    let run = |context: &mut aivm::precompiles::Context<'_>| verify(context, evidence);
    let (fast, _) = world.directly(&AwsLc, run);
    assert_eq!(fast, world.directly(&RustCrypto, run).0, "the backends disagree");
    fast.map_err(|rejection| rejection.code())
}

#[test]
fn mutations_of_genuine_evidence() {
    let sample = packaged();
    let valid = sample.evidence();
    let mut world = World::new(NOW);
    world
        .submit(Vendor::Nvidia, &sample.chain.collateral())
        .expect("genuine collateral");
    let honest = verdict(&world, &valid).expect("genuine evidence");
    let mut rng = Rng(0x4e56);
    let (mut same, mut refused) = (0, 0);
    for count in 0..MUTATIONS {
        let other_form = count % OTHER_FORMS_EVERY == 0;
        let evidence = if other_form {
            other_forms(&sample, &mut rng)
        } else {
            std::iter::repeat_with(|| mutated(&valid, &mut rng))
                .find(|mutated| *mutated != valid)
                .expect("a mutation that changes something")
        };
        match verdict(&world, &evidence) {
            Ok(verified) => {
                assert_eq!(verified, honest, "mutation {count}");
                assert!(other_form, "mutation {count} is accepted");
                same += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert_eq!((same, same + refused), (MUTATIONS / OTHER_FORMS_EVERY, MUTATIONS));
}
