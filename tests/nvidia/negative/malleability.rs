//! A signature (r, s) can be changed into (r, n − s) by anyone: both are accepted everywhere, and name the same device
//! and the same measurement. No other byte of evidence can be changed.

use super::{evidence, world_of};
use crate::common::{edit::split_der, world::World};
use aivm::{
    crypto::{AwsLc, RustCrypto},
    evidence::{Vendor, Verified, nvidia::pack, verify},
};
use aivm_simulator::{
    der::{bit_string, sequence, unsigned},
    nvidia::{Chip, NOW, Scenario, other_s},
};

/// The signatures that evidence rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signature {
    Root,
    Identity,
    Provisioner,
    Brom,
    Leaf,
    Report,
}

use Signature::*;

const SIGNATURES: [Signature; 6] = [Root, Identity, Provisioner, Brom, Leaf, Report];

/// A certificate with the other signature over the same content: n − s for s.
pub(super) fn with_other_s(der: &[u8]) -> Vec<u8> {
    let content = crate::common::edit::der_content(der);
    let (tbs, rest) = split_der(content);
    let (algorithm, signature) = split_der(rest);
    let integers = crate::common::edit::der_content(&crate::common::edit::der_content(signature)[1..]);
    let (r, s) = split_der(integers);
    let mut raw = [0; 96];
    for (half, integer) in raw.chunks_exact_mut(48).zip([r, s]) {
        let magnitude = crate::common::edit::der_content(integer);
        let magnitude = &magnitude[magnitude.len().saturating_sub(48)..];
        half[48 - magnitude.len()..].copy_from_slice(magnitude);
    }
    let raw = other_s(&raw);
    let signature = sequence(&[unsigned(&raw[..48]), unsigned(&raw[48..])]);
    sequence(&[tbs.to_vec(), algorithm.to_vec(), bit_string(0, &signature)])
}

/// A report with the other signature over the same content.
pub(super) fn report_with_other_s(mut report: Vec<u8>) -> Vec<u8> {
    let signature = report.last_chunk_mut::<96>().expect("a signature");
    *signature = other_s(signature);
    report
}

/// Evidence of a scenario with these signatures changed, under the changed root and collateral.
fn verified_with(scenario: &Scenario, changed: &[Signature]) -> Result<Verified, String> {
    let der = |signature, der: Vec<u8>| {
        if changed.contains(&signature) {
            with_other_s(&der)
        } else {
            der
        }
    };
    let mut world = World::new(NOW);
    world.set_roots(Vendor::Nvidia, &der(Root, scenario.root_der()));
    let identity = der(Identity, scenario.identity_der());
    let collateral = pack::collateral(&identity, &der(Provisioner, scenario.provisioner_der()));
    world
        .submit(Vendor::Nvidia, &collateral)
        .map_err(|rejection| format!("collateral: {rejection}"))?;
    let mut report = scenario.report_bytes();
    if changed.contains(&Report) {
        report = report_with_other_s(report);
    }
    let certificates = [der(Leaf, scenario.leaf_der()), der(Brom, scenario.brom_der())];
    world
        .verify(&evidence(&scenario.body_of(&report, &certificates)))
        .map_err(|rejection| format!("evidence: {rejection}"))
}

#[test]
fn either_s_is_accepted_and_names_the_same() {
    let mut checked = 0;
    for chip in Chip::GPUS {
        let scenario = Scenario::new(chip);
        let honest = verified_with(&scenario, &[]).expect("valid evidence");
        for signature in SIGNATURES {
            let changed = verified_with(&scenario, &[signature]);
            assert_eq!(changed, Ok(honest.clone()), "{signature:?} {chip:?}");
            checked += 1;
        }
        assert_eq!(verified_with(&scenario, &SIGNATURES), Ok(honest), "all of them");
        checked += 1;
    }
    assert_eq!(checked, 14);
}

/// Every byte changed, and evidence cut at every byte: refused, by both backends for the same reason.
#[test]
fn no_byte_can_be_changed() {
    let scenario = Scenario::new(Chip::Gh100);
    let mut world = world_of(&scenario, NOW);
    let collateral = pack::collateral(&scenario.identity_der(), &scenario.provisioner_der());
    world.submit(Vendor::Nvidia, &collateral).expect("collateral");
    let valid = evidence(&scenario.body());
    let refused = |bytes: &[u8], what: &str, at: usize| {
        let run = |context: &mut aivm::precompiles::Context<'_>| verify(context, bytes);
        let (fast, _) = world.directly(&AwsLc, run);
        assert!(fast.is_err(), "{what} {at}: accepted");
        assert_eq!(fast, world.directly(&RustCrypto, run).0, "{what} {at}");
    };
    for at in 1..valid.len() {
        let mut changed = valid.clone();
        changed[at] ^= 1 << (at % 8);
        refused(&changed, "changed at", at);
    }
    for at in 1..valid.len() {
        refused(&valid[..at], "cut at", at);
    }
}

/// A certificate in another encoding of the same content is another sequence of bytes, and is refused: lengths must be
/// the shortest, and integers too.
#[test]
fn no_other_encoding_of_a_signature() {
    let scenario = Scenario::new(Chip::Gh100);
    let mut world = super::furnished(&scenario, NOW);
    let brom = scenario.brom_der();
    let content = crate::common::edit::der_content(&brom);
    let (tbs, rest) = split_der(content);
    let (algorithm, signature) = split_der(rest);
    let integers = crate::common::edit::der_content(&crate::common::edit::der_content(signature)[1..]);
    let (r, s) = split_der(integers);
    let padded = |integer: &[u8]| {
        let content = [&[0][..], crate::common::edit::der_content(integer)].concat();
        aivm_simulator::der::integer_octets(&content)
    };
    let certificate = |r: Vec<u8>, s: Vec<u8>, unused: u8, tail: &[u8]| {
        let signature = [sequence(&[r, s]), tail.to_vec()].concat();
        sequence(&[tbs.to_vec(), algorithm.to_vec(), bit_string(unused, &signature)])
    };
    let others = [
        certificate(padded(r), s.to_vec(), 0, &[]),
        certificate(r.to_vec(), padded(s), 0, &[]),
        certificate(r.to_vec(), s.to_vec(), 0, &[0]),
        certificate(r.to_vec(), s.to_vec(), 1, &[]),
        [&[0x30, 0x83, 0], &brom[2..]].concat(),
    ];
    for brom in others {
        let body = scenario.body_of(&scenario.report_bytes(), &[scenario.leaf_der(), brom]);
        let code = world
            .verify(&evidence(&body))
            .err()
            .map(|rejection| rejection.code());
        assert_eq!(code, Some(505));
    }
}

/// Collateral, which anyone may submit, has one encoding: whatever byte is changed, it is refused.
#[test]
fn no_byte_of_collateral_can_be_changed() {
    let scenario = Scenario::new(Chip::Gh100);
    let world = world_of(&scenario, NOW);
    let valid = super::packed(&scenario);
    let submit = |bytes: &[u8]| {
        let run = |context: &mut aivm::precompiles::Context<'_>| {
            aivm::evidence::submit_collateral(context, Vendor::Nvidia, bytes)
        };
        let (fast, _) = world.directly(&AwsLc, run);
        assert_eq!(fast, world.directly(&RustCrypto, run).0);
        fast
    };
    assert!(submit(&valid).is_ok());
    for at in 0..valid.len() {
        let mut changed = valid.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(submit(&changed).is_err(), "changed at {at}");
        assert!(submit(&valid[..at]).is_err(), "cut at {at}");
    }
}
