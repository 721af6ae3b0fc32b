//! Random damage to genuine evidence: both backends agree, and nothing is accepted but the other form of a signature.

use crate::{common::world::World, samples};
use aivm::{
    crypto::{AwsLc, RustCrypto},
    evidence::{Vendor, verify},
};
use aivm_simulator::x509::other_s;
use aivm_test_support::rng::Rng;

const MUTATIONS: usize = 20_000;

fn mutate(evidence: &mut Vec<u8>, rng: &mut Rng) {
    let len = evidence.len();
    match rng.below(10) {
        0..5 => evidence[rng.below(len)] ^= 1 << rng.below(8),
        5 => evidence[rng.below(len)] = rng.below(256) as u8,
        6 => {
            evidence.remove(rng.below(len));
        }
        7 => evidence.insert(rng.below(len), rng.below(256) as u8),
        8 => {
            let (from, to) = (rng.below(len), rng.below(len));
            let count = 1 + rng.below(48);
            for i in 0..count.min(len - from.max(to)) {
                evidence[to + i] = evidence[from + i];
            }
        }
        _ => evidence.swap(rng.below(len), rng.below(len)),
    }
}

/// The evidence with the other of the two forms of the report's signature, in which r and s are little-endian.
fn with_other_s(evidence: &[u8]) -> Vec<u8> {
    let mut evidence = evidence.to_vec();
    let (r, s) = (1 + 0x2a0, 1 + 0x2e8);
    let mut raw: [u8; 96] = [&evidence[r..r + 48], &evidence[s..s + 48]]
        .concat()
        .try_into()
        .unwrap();
    raw[..48].reverse();
    raw[48..].reverse();
    let mut other = other_s(&raw);
    other[48..].reverse();
    evidence[s..s + 48].copy_from_slice(&other[48..]);
    evidence
}

#[test]
fn damaged_genuine_evidence() {
    let samples: Vec<_> = samples::packaged()
        .into_iter()
        .chain(samples::further())
        .collect();
    let accepted = samples
        .iter()
        .filter(|sample| !["az-cvm-vtpm", "vlek", "go-sev-guest"].contains(&sample.name));
    let mut rng = Rng(20_251_120);
    let mut originals = Vec::new();
    for sample in accepted {
        let mut world = World::new(sample.now);
        world
            .submit(Vendor::SevSnp, &sample.collateral())
            .expect("genuine collateral");
        let honest = world.verify(&sample.evidence()).expect("genuine evidence");
        let other = world
            .verify(&with_other_s(&sample.evidence()))
            .expect("the other s");
        assert_eq!(honest, other, "{}", sample.name);
        originals.push((world, sample.evidence(), honest));
    }
    let mut same = 0;
    for i in 0..MUTATIONS {
        let (world, original, honest) = &originals[i % originals.len()];
        let mut evidence = original.clone();
        for _ in 0..1 + rng.below(2) {
            mutate(&mut evidence, &mut rng);
        }
        let [fast, portable] = [
            world.directly(&AwsLc, |context| verify(context, &evidence)).0,
            world
                .directly(&RustCrypto, |context| verify(context, &evidence))
                .0,
        ];
        assert_eq!(fast, portable, "the backends disagree");
        if let Ok(verified) = fast {
            // A byte copied over itself, or a bit flipped back.
            assert_eq!(
                (&evidence, &verified),
                (original, honest),
                "damaged evidence is accepted"
            );
            same += 1;
        }
    }
    assert!(same < MUTATIONS / 10, "{same} of {MUTATIONS} were no damage");
    println!("{same} of {MUTATIONS} were no damage");
}
