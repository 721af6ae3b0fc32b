//! Genuine NVIDIA reports, verified under NVIDIA's own root: the sample of a package of the registry
//! (`tests/fixtures/nvidia/`, with its source), and seven where the environment variable `AIVM_EVIDENCE_DIR` points to
//! them. Each verdict is taken with both signature backends, from the verifier and through the precompiles.

mod common;
#[path = "nvidia/samples.rs"]
mod samples;

use aivm::{
    abi::IAttestationRegistry::{
        NvidiaGolden, NvidiaMeasurement, TEEVendor, goldenMeasurementCall, setGoldenMeasurementCall,
    },
    evidence::{
        Rejection, Vendor, device_id,
        nvidia::{
            Evidence, collateral_key,
            device::Device,
            golden::golden_key,
            opaque::{Software, field},
            pack::{self, Chain, PackError},
            report::Report,
            report_measurement_id,
        },
        score::Deduction,
    },
};
use aivm_simulator::{
    intel::certificate,
    nvidia::{Chip, Scenario},
};
use aivm_test_support::fixtures::evidence_dir;
use alloy_primitives::{Bytes, hex};
use alloy_sol_types::SolValue;
use common::world::World;
use samples::{NOW, Sample, further, packaged};

/// Serial number of the device, driver, VBIOS, and what a sample must come to: the score or a code.
type Expected = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Result<u8, u16>,
);

const VERDICTS: [Expected; 8] = [
    (
        "packaged",
        "41431D480FE5E87274",
        "550.90.07",
        "96.00.9F.00.01",
        Ok(80),
    ),
    ("coco_hopper1", "41D1A9A24F202CB2B5", "", "", Err(507)),
    (
        "hopper_evidence.0",
        "412921CE551E4EEDA3",
        "590.12",
        "96.00.A5.00.01",
        Ok(80),
    ),
    (
        "multi_gpu_hopper.0",
        "412921CE551E4EEDA3",
        "590.12",
        "96.00.A5.00.01",
        Ok(80),
    ),
    (
        "multi_gpu_hopper.1",
        "419BDFFE09391C64D4",
        "590.12",
        "96.00.A5.00.01",
        Ok(80),
    ),
    (
        "nvtrust_hopper",
        "41431D480FE5E87274",
        "550.90.07",
        "96.00.9F.00.01",
        Ok(80),
    ),
    (
        "sdkhop",
        "416A5FAFCBD9FA5CA3",
        "535.86.09",
        "96.00.5E.00.01",
        Ok(70),
    ),
    (
        "sdkhopbad",
        "416A5FAFCBD9FA5CA3",
        "560.00",
        "96.00.A5.00.01",
        Err(538),
    ),
];

/// A chain with NVIDIA's root and the collateral of this sample.
fn furnished(sample: &Sample) -> World {
    let mut world = World::new(NOW);
    let stored = world.submit(Vendor::Nvidia, &sample.chain.collateral());
    let stored = stored.expect("collateral that is accepted");
    assert_eq!(stored.valid_until, 253_402_300_799, "the year 9999");
    world
}

#[test]
fn the_packaged_sample() {
    check(&packaged());
}

#[test]
fn the_larger_set() {
    if evidence_dir().is_none() {
        println!("AIVM_EVIDENCE_DIR is not set: the larger set is not there");
        return;
    }
    let samples = further();
    samples.iter().for_each(check);
    assert_eq!(samples.len(), VERDICTS.len() - 1);
}

fn check(sample: &Sample) {
    let name = &sample.name;
    let expected = VERDICTS.iter().find(|(other, ..)| other == name);
    let Some((_, serial, driver, vbios, verdict)) = expected else {
        panic!("no verdict is written down for {name}");
    };
    let evidence = sample.evidence();
    let verified = furnished(sample).verify(&evidence);
    let actual = verified.as_ref().map(|verified| verified.trust_score);
    assert_eq!(actual.map_err(Rejection::code), *verdict, "{name}");
    let parts = Evidence::parse(&evidence[1..]).expect("two parts");
    let device = Device::parse(parts.certificates).expect("two certificates");
    assert_eq!(hex::encode_upper(device.hardware_id()), *serial, "{name}");
    let Ok(verified) = verified else { return };

    let report = Report::parse(parts.report).expect("a report");
    let software = Software::parse(&report.opaque).expect("versions");
    assert_eq!(
        (software.driver_version, &software.vbios_version[..]),
        (*driver, *vbios)
    );
    let claims = verified.claims;
    assert_eq!(
        claims.report_data,
        [report.nonce.as_slice(), &[0; 32]].concat()[..]
    );
    let serial = hex::decode(serial).expect("hex");
    assert_eq!(claims.device_id, Some(device_id(Vendor::Nvidia, &[&serial])));
    assert_eq!(
        claims.measurement_id,
        report_measurement_id(Vendor::Nvidia, &software)
    );
    let deductions: Vec<_> = claims.deductions.iter().collect();
    let no_fwid = report.opaque.get(field::FWID).is_none();
    let expected = [Deduction::NoGolden, Deduction::NoFwid];
    assert_eq!(deductions, expected[..1 + usize::from(no_fwid)], "{name}");
    assert_eq!(report.measurements.iter().count(), 64);
}

/// Golden measurements that fix the first 33 measurements of a report, as driver and VBIOS share them.
fn golden_of(report: &Report<'_>) -> NvidiaGolden {
    let software = Software::parse(&report.opaque).expect("versions");
    let measurement = |index: u8| NvidiaMeasurement {
        index,
        digests: vec![
            report
                .measurements
                .get(index)
                .expect("a measurement")
                .to_vec()
                .into(),
        ],
    };
    NvidiaGolden {
        chip: "GH100".into(),
        driverVersion: software.driver_version.into(),
        vbiosVersion: software.vbios_version,
        driver: (13..=33).map(measurement).collect(),
        vbios: (1..=12).map(measurement).collect(),
    }
}

fn set_golden(world: &mut World, golden: &NvidiaGolden) {
    world.govern(&setGoldenMeasurementCall {
        vendor: TEEVendor::NVIDIA,
        golden: golden.abi_encode().into(),
    });
}

/// With its own measurements as golden ones a genuine report has the whole score; another digest refuses it, and
/// withdrawn ones cost the deduction again.
#[test]
fn golden_measurements_of_a_genuine_report() {
    let sample = packaged();
    let evidence = sample.evidence();
    let report = Report::parse(&sample.report).expect("a report");
    let mut golden = golden_of(&report);
    let mut world = furnished(&sample);
    let key = golden_key(&golden.driverVersion, &golden.vbiosVersion);
    let stored = |world: &mut World| -> Bytes {
        world.view(&goldenMeasurementCall {
            vendor: TEEVendor::NVIDIA,
            key,
        })
    };

    set_golden(&mut world, &golden);
    assert_eq!(stored(&mut world).len(), 1 + 6 + 1 + 33 * (2 + 48));
    let score = |world: &mut World| world.verify(&evidence).map(|verified| verified.trust_score);
    assert_eq!(score(&mut world), Ok(100));
    golden.driver[20].digests[0] = vec![7; 48].into();
    set_golden(&mut world, &golden);
    assert_eq!(score(&mut world), Err(Rejection::GoldenMismatch { index: 33 }));
    golden.driver[20]
        .digests
        .push(report.measurements.get(33).expect("33").to_vec().into());
    set_golden(&mut world, &golden);
    assert_eq!(score(&mut world), Ok(100), "an alternative");
    (golden.driver, golden.vbios) = (Vec::new(), Vec::new());
    set_golden(&mut world, &golden);
    assert!(stored(&mut world).is_empty());
    assert_eq!(score(&mut world), Ok(80));
}

/// One record serves every device whose certificate its CA issued.
#[test]
fn the_record_is_found_by_the_issuer() {
    let sample = packaged();
    let evidence = sample.evidence();
    let parts = Evidence::parse(&evidence[1..]).expect("two parts");
    let device = Device::parse(parts.certificates).expect("two certificates");
    let mut world = World::new(NOW);
    let stored = world.submit(Vendor::Nvidia, &sample.chain.collateral());
    assert_eq!(
        stored.map(|stored| stored.key),
        Ok(collateral_key(device.brom.issuer()))
    );
    assert_eq!(device.leaf.subject_common_name(), Some("GH100 A01 GSP FMC LF"));
}

/// A chain is read in PEM, with or without the white space around it, and in DER.
#[test]
fn chains_in_pem_and_der() {
    let scenario = Scenario::new(Chip::Gh100);
    let certificates = scenario.chain();
    let chain = Chain::read(&certificates.concat()).expect("DER");
    assert_eq!((&chain.leaf, &chain.brom), (&certificates[0], &certificates[1]));
    let pem = certificate::pem_chain(&certificates);
    for text in [
        pem.clone(),
        pem.replace('\n', "\r\n"),
        format!("\n{pem}\0"),
        pem.replace("-\n-", "--"),
    ] {
        assert_eq!(Chain::read(text.as_bytes()), Ok(chain.clone()));
    }
    assert_eq!(
        chain.collateral(),
        pack::collateral(&scenario.identity_der(), &scenario.provisioner_der())
    );
    assert_eq!(chain.evidence(&scenario.report_bytes()), Ok(scenario.body()));
}

#[test]
fn chains_that_cannot_be_read() {
    let certificates = Scenario::new(Chip::Gh100).chain();
    let pem = certificate::pem_chain(&certificates);
    let count = |count| Err(PackError::ChainLength(count));
    assert_eq!(Chain::read(&certificates[..4].concat()), count(4));
    assert_eq!(
        Chain::read(certificate::pem_chain(&certificates[1..]).as_bytes()),
        count(4)
    );
    assert_eq!(
        Chain::read(format!("{pem}{}", certificate::pem_chain(&certificates[..1])).as_bytes()),
        count(6)
    );
    assert_eq!(Chain::read(&[]), count(0));
    for text in [
        format!("{pem}x"),
        format!("x{pem}"),
        pem.replace("END", "FIN"),
        pem.replace('M', "!"),
    ] {
        assert_eq!(Chain::read(text.as_bytes()), Err(PackError::Chain));
    }
    assert_eq!(
        Chain::read(&[&certificates.concat()[..], &[0x30]].concat()),
        Err(PackError::Chain)
    );
}
