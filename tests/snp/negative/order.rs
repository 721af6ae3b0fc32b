//! The order of the checks: of two faults, the one that is looked for first gives the code.

use crate::snp_common::{VARIANTS, evidence_of, furnish, packed, world_of};
use aivm::{
    abi::IAttestationRegistry::{TEEVendor, pauseCall},
    evidence::Vendor,
};
use aivm_simulator::{
    snp::{
        self, Kind, NOW, Scenario, ark,
        report::{MASK_CHIP_KEY, POLICY_DEBUG, POLICY_MIGRATE_MA},
        vek::SNP,
    },
    x509::P384Key,
};

/// A fault, and its code.
type Step = (u16, fn(&mut Scenario));

/// The checks of a report, in their order. Faults of the collateral are made in the chain, between two of these.
const BEFORE_COLLATERAL: [Step; 7] = [
    (401, |s| s.report.version = 4),
    (404, |s| s.signing.reserved[9] = 1),
    (402, |s| s.report.signature_algorithm = 2),
    (405, |s| s.report.set_signing_key(7)),
    (410, |s| s.vek.version = None),
    (411, |s| s.vek.issuer = Some(snp::name("SEV-Rome"))),
    (412, |s| s.vek.subject = snp::name("SEV")),
];

const AFTER_COLLATERAL: [Step; 16] = [
    (413, |s| s.vek.signed_by = Some(snp::stranger())),
    (415, |s| s.vek.not_after = NOW - 1),
    (416, |s| s.vek.serial = vec![0x33]),
    (421, |s| {
        s.vek_extensions.product_name = Some(snp::vek::ia5_string("Rome"))
    }),
    (422, |s| s.report.cpuid[0] = 0x17),
    (425, |s| s.report.chip_id[0] ^= 1),
    (429, |s| s.vek_extensions.component(SNP)[2] ^= 1),
    (430, |s| s.signing.signed_by = Some(P384Key::new("stranger"))),
    (440, |s| s.report.vmpl = 1),
    (441, |s| s.report.policy |= POLICY_DEBUG),
    (442, |s| s.report.policy |= POLICY_MIGRATE_MA),
    (443, |s| s.report.key_info |= MASK_CHIP_KEY),
    (444, |s| s.report.policy |= 1 << 26),
    (445, |s| s.report.key_info |= 1 << 5),
    (446, |s| s.report.reserved_4c[0] = 1),
    (11, |_| {}),
];

fn revoking() -> Option<aivm_simulator::x509::Crl> {
    let mut crl = snp::crl();
    crl.revoked = vec![vec![0x33]];
    Some(crl)
}

/// All faults from one on: the first gives the code. The last is policy: a banned measurement.
#[test]
fn of_all_later_faults_the_first_gives_the_code() {
    let mut checked = 0;
    for variant in VARIANTS
        .into_iter()
        .filter(|variant| variant.version >= 3 && variant.kind == Kind::Vcek)
    {
        let mut valid = variant.scenario();
        valid.crl = revoking();
        let mut world = world_of(&valid, NOW);
        furnish(&mut world, &valid);
        world.govern(&aivm::abi::IAttestationRegistry::setMeasurementCall {
            measurementId: aivm::evidence::measurement_id(Vendor::SevSnp, &[&valid.report.measurement]),
            state: aivm::abi::IAttestationRegistry::MeasurementState::Banned,
        });
        let steps: Vec<_> = BEFORE_COLLATERAL.iter().chain(&AFTER_COLLATERAL).collect();
        for first in 0..steps.len() {
            let mut bent = valid.clone();
            for (_, bend) in steps[first..].iter().rev() {
                bend(&mut bent);
            }
            let refused = world
                .verify(&evidence_of(&bent))
                .err()
                .map(|rejection| rejection.code());
            assert_eq!(refused, Some(steps[first].0), "{variant:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 4 * 23);
}

/// Roots, record, its window and its list come after the form of the certificate and before its signature.
#[test]
fn collateral_in_its_place() {
    for variant in VARIANTS {
        let mut bent = variant.scenario();
        for (_, bend) in AFTER_COLLATERAL.iter().rev() {
            bend(&mut bent);
        }
        let evidence = evidence_of(&bent);
        let valid = variant.scenario();
        let mut world = world_of(&valid, NOW);
        let expect = |world: &mut crate::common::world::World, code| {
            let refused = world.verify(&evidence).err().map(|rejection| rejection.code());
            assert_eq!(refused, Some(code), "{variant:?}");
        };
        expect(&mut world, 6);
        let mut listed = valid.clone();
        listed.crl = Some(snp::crl());
        furnish(&mut world, &listed);
        expect(&mut world, 413);
        let mut newer = snp::crl();
        newer.number = Some(2);
        super::furnish_other_kind(&mut world, &valid, Some(newer));
        expect(&mut world, 418);
        expect(world.at(snp::crl().next_update.expect("a time")), 8);
        let mut late = world.clone();
        late.set_roots(
            Vendor::SevSnp,
            &ark(super::certificates::other(valid.product)).self_signed(),
        );
        expect(&mut late, 9);
        late.govern(&pauseCall {
            vendor: TEEVendor::SEVSNP,
        });
        expect(&mut late, 4);
    }
}

/// The same for collateral. The list's floor comes last, when the record is known to fit.
#[test]
fn of_all_later_faults_of_collateral_the_first_gives_the_code() {
    const STEPS: [Step; 10] = [
        (450, |s| s.ca.key_usage = None),
        (451, |s| s.ca.subject = snp::name("SEV")),
        (452, |s| s.ca.signed_by = Some(snp::stranger())),
        (458, |s| s.ark.not_after = NOW - 1),
        (462, |s| s.crl.as_mut().unwrap().signed_by = Some(snp::stranger())),
        (464, |s| s.crl.as_mut().unwrap().next_update = Some(NOW)),
        (459, |s| {
            s.crl.as_mut().unwrap().revoked.push(s.ark.serial.clone())
        }),
        (455, |s| s.ca.not_after = NOW - 1),
        (456, |s| s.crl.as_mut().unwrap().revoked.push(s.ca.serial.clone())),
        (201, |s| {
            s.crl
                .as_mut()
                .unwrap()
                .revoked
                .extend((0..1_300_u16).map(|n| [&[9], &n.to_be_bytes()[..]].concat()))
        }),
    ];
    let mut checked = 0;
    for variant in VARIANTS.into_iter().take(5) {
        for first in 0..STEPS.len() {
            let mut bent = variant.scenario();
            bent.crl = Some(snp::crl());
            for (_, bend) in STEPS[first..].iter().rev() {
                bend(&mut bent);
            }
            let mut world = world_of(&bent, NOW);
            let refused = world.submit(Vendor::SevSnp, &packed(&bent.collateral())).err();
            assert_eq!(
                refused.map(|rejection| rejection.code()),
                Some(STEPS[first].0),
                "{variant:?}"
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 50);
}
