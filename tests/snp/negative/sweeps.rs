//! Every byte: evidence and collateral with any one byte changed, evidence cut at any byte, each refused for a reason
//! that fits the place. One backend looks at all of them, both and the precompiles at every sixteenth.

use crate::{
    common::world::World,
    snp_common::{VARIANTS, evidence, furnished_world, packed, world_of},
};
use aivm::{
    crypto::AwsLc,
    evidence::{Vendor, submit_collateral, verify},
};
use aivm_simulator::snp::{self, Kind, NOW, Product, Scenario};
use std::ops::Range;

/// Every so many inputs, everything is looked at, not one backend alone.
const ALL_EVERY: usize = 16;

/// The code with which evidence is refused, if it is.
fn refused(world: &mut World, index: usize, evidence: &[u8]) -> Option<u16> {
    let rejection = if index.is_multiple_of(ALL_EVERY) {
        world.verify(evidence).err()
    } else {
        world
            .directly(&AwsLc, |context| verify(context, evidence))
            .0
            .err()
    };
    rejection.map(|rejection| rejection.code())
}

/// A range of bytes, and the codes with which a change in it may be refused.
type Region = (&'static str, Range<usize>, &'static [u16]);

/// The codes of a certificate that was changed: malformed, of another issuer, kind or product, not signed. A product
/// without collateral is 6.
const CERTIFICATE: &[u16] = &[6, 410, 411, 412, 413];

/// The places of evidence, in the order of their bytes.
const REGIONS: [Region; 16] = [
    ("version", 0..0x04, &[401, 422, 430]),
    ("up to VMPL", 0x04..0x34, &[430]),
    ("signature algorithm", 0x34..0x38, &[402]),
    ("CURRENT_TCB, PLATFORM_INFO", 0x38..0x48, &[430]),
    ("KEY_INFO", 0x48..0x49, &[405, 406, 412, 430]),
    ("up to REPORTED_TCB", 0x49..0x180, &[430]),
    ("REPORTED_TCB", 0x180..0x188, &[429]),
    ("CPUID", 0x188..0x18b, &[422, 430]),
    ("reserved", 0x18b..0x1a0, &[430]),
    ("CHIP_ID", 0x1a0..0x1e0, &[425, 430]),
    ("up to the signature", 0x1e0..0x2a0, &[430]),
    ("r", 0x2a0..0x2d0, &[430]),
    ("after r", 0x2d0..0x2e8, &[404]),
    ("s", 0x2e8..0x318, &[430]),
    ("after s", 0x318..0x4a0, &[404]),
    ("certificate", 0x4a0..usize::MAX, CERTIFICATE),
];

#[test]
fn every_byte_of_evidence() {
    let mut checked = 0;
    for variant in VARIANTS {
        let scenario = variant.scenario();
        let mut world = furnished_world(&scenario);
        let body = scenario.evidence();
        for at in 0..body.len() {
            let (name, _, codes) = REGIONS
                .iter()
                .find(|(_, range, _)| range.contains(&at))
                .expect("a region");
            for change in [0x01, 0x80] {
                let mut changed = body.clone();
                changed[at] ^= change;
                let code = refused(&mut world, checked, &evidence(&changed));
                let expected = code.is_some_and(|code| codes.contains(&code));
                assert!(expected, "{name}, byte {at:#x}, {variant:?}: {code:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 8 * 2 * 2_400, "{checked}");
}

/// Cut at any byte, with the codes of what is missing.
#[test]
fn cut_at_every_byte() {
    for variant in VARIANTS {
        let scenario = variant.scenario();
        let mut world = furnished_world(&scenario);
        let body = scenario.evidence();
        for len in 0..body.len() {
            let code = refused(&mut world, len, &evidence(&body[..len]));
            assert_eq!(
                code,
                Some(if len < 1_184 { 400 } else { 410 }),
                "{len} bytes, {variant:?}"
            );
        }
    }
}

/// Any byte of the endorsement CA, of the list, and of the encoding around them.
#[test]
fn every_byte_of_collateral() {
    let mut checked = 0;
    for product in Product::ALL {
        let mut scenario = Scenario::new(product, Kind::Vcek, 2);
        let mut crl = snp::crl();
        crl.revoked = vec![vec![1, 2, 3]];
        scenario.crl = Some(crl);
        let mut world = world_of(&scenario, NOW);
        let collateral = packed(&scenario.collateral());
        for at in 0..collateral.len() {
            let mut changed = collateral.clone();
            changed[at] ^= if at % 2 == 0 { 0x01 } else { 0x80 };
            let code = if at.is_multiple_of(ALL_EVERY) {
                world.submit(Vendor::SevSnp, &changed).err()
            } else {
                let result = world.directly(&AwsLc, |context| {
                    submit_collateral(context, Vendor::SevSnp, &changed)
                });
                result.0.err()
            };
            let code = code
                .unwrap_or_else(|| panic!("{product:?}: byte {at} is accepted"))
                .code();
            let fits = code == 200 || (450..=453).contains(&code) || (460..=462).contains(&code);
            assert!(fits, "{product:?}, byte {at}: {code}");
            checked += 1;
        }
        assert!(world.submit(Vendor::SevSnp, &collateral).is_ok());
    }
    assert!(checked > 3 * 2_300, "{checked}");
}
