//! Genuine AMD reports, verified under AMD's own roots: two samples from packages of the registry
//! (`tests/fixtures/snp/`, each folder with its sources), and six more where the environment variable
//! `AIVM_EVIDENCE_DIR` points to them. Each verdict is taken with both signature backends, from the verifier and through
//! the precompiles.

mod common;
#[path = "snp/samples.rs"]
mod samples;

use aivm::{
    abi::IAttestationRegistry::{MeasurementState, setMeasurementCall},
    evidence::{
        Rejection, Vendor, device_id, measurement_id,
        score::Deduction,
        snp::{
            pack,
            report::{REPORT_LEN, Report},
            tcb::Product,
            vek::{Vek, VekKind, collateral_key},
        },
    },
};
use aivm_simulator::snp;
use aivm_test_support::fixtures::evidence_dir;
use alloy_primitives::B256;
use common::world::World;
use samples::{NOW, Sample, VLEK_NOW, ask, further, further_cas, packaged, turin_vcek};

/// What a sample must come to at its time: the score, which an unknown measurement lowers to 70, or a code.
const VERDICTS: [(&str, Result<u8, u16>); 8] = [
    ("sev", Ok(70)),
    ("az-cvm-vtpm", Err(425)),
    ("dstack", Ok(70)),
    ("ms-tav milan", Ok(70)),
    ("ms-tav genoa", Ok(70)),
    ("az genoa", Ok(70)),
    ("vlek", Err(440)),
    ("go-sev-guest", Err(441)),
];

#[test]
fn the_packaged_samples() {
    assert_eq!(check(&packaged()), 2);
}

#[test]
fn the_larger_set() {
    if evidence_dir().is_none() {
        println!("AIVM_EVIDENCE_DIR is not set: the larger set is not there");
        return;
    }
    assert_eq!(check(&further()), 6);
}

/// Checks every sample and gives their number.
fn check(samples: &[Sample]) -> usize {
    for sample in samples {
        let name = sample.name;
        let verdict = VERDICTS.iter().find(|(other, _)| *other == name);
        let (_, verdict) = verdict.unwrap_or_else(|| panic!("no verdict is written down for {name}"));
        let mut world = furnished(sample);
        let verified = world.verify(&sample.evidence());
        let actual = verified.as_ref().map(|verified| verified.trust_score);
        assert_eq!(actual.map_err(|rejection| rejection.code()), *verdict, "{name}");
        if let Ok(verified) = verified {
            let report = parsed(sample);
            let claims = verified.claims;
            assert_eq!(claims.vendor, Vendor::SevSnp);
            assert_eq!(claims.report_data, *report.report_data);
            assert_eq!(
                claims.device_id,
                Some(device_id(Vendor::SevSnp, &[report.chip_id]))
            );
            assert_eq!(
                claims.measurement_id,
                measurement_id(Vendor::SevSnp, &[report.measurement])
            );
            assert_eq!(claims.tcb_status, None);
            let deductions: Vec<_> = claims.deductions.iter().collect();
            assert_eq!(deductions, [Deduction::UnknownMeasurement], "{name}");
            check_damaged(&mut world, sample);
        }
    }
    samples.len()
}

/// A bit of every part of the evidence changed, a byte more, a byte less: refused.
fn check_damaged(world: &mut World, sample: &Sample) {
    let evidence = sample.evidence();
    let len = evidence.len();
    let places = [
        0x00, 0x08, 0x50, 0x90, 0xc0, 0x180, 0x1a0, 0x29f, 0x2a0, 0x2d0, 0x2e8, 0x330, 0x49f,
    ];
    for at in places
        .map(|at| 1 + at)
        .into_iter()
        .chain([1 + REPORT_LEN, 1 + REPORT_LEN + 100, len - 1])
    {
        let mut damaged = evidence.clone();
        damaged[at] ^= 0x10;
        assert!(world.verify(&damaged).is_err(), "{}: byte {at}", sample.name);
    }
    assert!(world.verify(&[&evidence[..], &[0]].concat()).is_err());
    assert!(world.verify(&evidence[..len - 1]).is_err());
}

fn parsed(sample: &Sample) -> Report<'_> {
    Report::parse(sample.report[..].try_into().expect("1,184 bytes")).expect("a report")
}

/// A chain with AMD's own roots, and the sample's collateral.
fn furnished(sample: &Sample) -> World {
    let mut world = World::new(sample.now);
    let stored = world.submit(Vendor::SevSnp, &sample.collateral());
    stored.unwrap_or_else(|rejection| panic!("{}: {rejection}", sample.name));
    world
}

/// The VLEK is refused for its VMPL while it is valid, and for its age afterwards.
#[test]
fn the_recorded_vlek_has_expired() {
    let Some(sample) = further().into_iter().find(|sample| sample.name == "vlek") else {
        return;
    };
    let mut world = furnished(&sample);
    assert_eq!(world.verify(&sample.evidence()), Err(Rejection::Vmpl { vmpl: 1 }));
    for (now, rejection) in [
        (1_733_868_860, Rejection::VekNotYetValid),
        (1_733_868_861, Rejection::Vmpl { vmpl: 1 }),
        (1_765_404_861, Rejection::Vmpl { vmpl: 1 }),
        (1_765_404_862, Rejection::VekExpired),
        (NOW, Rejection::VekExpired),
    ] {
        assert_eq!(world.at(now).verify(&sample.evidence()), Err(rejection), "{now}");
    }
    assert_eq!(VLEK_NOW, sample.now);
}

/// An allowed measurement has the whole score.
#[test]
fn an_allowed_measurement() {
    let sample = &packaged()[0];
    let mut world = furnished(sample);
    let id = measurement_id(Vendor::SevSnp, &[parsed(sample).measurement]);
    world.govern(&setMeasurementCall {
        measurementId: id,
        state: MeasurementState::Allowed,
    });
    let verified = world.verify(&sample.evidence()).expect("genuine");
    assert_eq!(verified.trust_score, 100);
}

/// Every endorsement CA of AMD is accepted under the default roots, each with a record of its own.
#[test]
fn the_endorsement_cas() {
    let mut world = World::new(NOW);
    let mut keys = Vec::new();
    let packaged: Vec<_> = ["milan", "genoa", "turin"].map(ask).into();
    for ca in packaged.iter().chain(&further_cas()) {
        let stored = world
            .submit(Vendor::SevSnp, &pack::collateral(ca, None))
            .expect("a CA of AMD's");
        keys.push(stored.key);
    }
    let key = |product, kind| collateral_key(product, kind);
    let asks = Product::ALL.map(|product| key(product, VekKind::Vcek));
    assert_eq!(keys[..3], asks);
    if !keys[3..].is_empty() {
        let all = Product::ALL.map(|product| [VekKind::Vcek, VekKind::Vlek].map(|kind| key(product, kind)));
        assert_eq!(keys[3..], *all.as_flattened());
    }
    let mut expected = B256::ZERO;
    expected[..2].copy_from_slice(&[3, 1]);
    assert_eq!(asks[2], expected);
}

/// The VCEK of a genuine Turin passes every check that comes before the signature of a report, which nobody here can
/// make for it.
#[test]
fn a_genuine_turin_vcek() {
    let vek = turin_vcek();
    let parsed = Vek::parse(&vek).expect("a VCEK");
    assert_eq!(
        (parsed.issuer.product, parsed.issuer.kind),
        (Product::Turin, VekKind::Vcek)
    );
    let mut scenario = snp::Scenario::new(snp::Product::Turin, snp::Kind::Vcek, 5);
    scenario.set_tcb(snp::Tcb {
        microcode: 9,
        ..Default::default()
    });
    let mut chip_id = [0; 64];
    chip_id[..8].copy_from_slice(&[0x1e, 0x55, 0x0a, 0x8e, 0xe5, 0xcf, 0x9f, 0x4d]);
    scenario.report.chip_id = chip_id;
    let mut world = World::new(NOW);
    world
        .submit(Vendor::SevSnp, &pack::collateral(&ask("turin"), None))
        .expect("the ASK");
    let mut verify = |scenario: &snp::Scenario| {
        let body = pack::evidence(&scenario.report_bytes(), &vek).expect("a report");
        world.verify(&[&[Vendor::SevSnp.number()], &body[..]].concat())
    };
    assert_eq!(verify(&scenario), Err(Rejection::ReportSignatureInvalid));
    scenario.report.reported_tcb[7] = 8;
    assert_eq!(verify(&scenario), Err(Rejection::VekTcbMismatch));
    scenario.report.chip_id[8] = 1;
    assert_eq!(verify(&scenario), Err(Rejection::ChipIdMismatch));
}
