//! Every limit on both sides, and evidence at the edge of the form that must be accepted.

use super::{Valid, evidence_of, furnished, golden_of, report::blocks, set_golden};
use crate::common::world::{GOVERNANCE, MAX_EVIDENCE_LEN};
use aivm::{
    abi::IAttestationRegistry::{NvidiaGolden, NvidiaMeasurement, TEEVendor, setGoldenMeasurementCall},
    abi::IPrecompile::InputTooLong,
    evidence::Rejection,
};
use aivm_simulator::{
    nvidia::{Chip, NOW, Opaque, Scenario, opaque},
    x509::{BasicConstraints, Extension},
};
use alloy_sol_types::{SolError, SolValue};

/// Fills the opaque data up to so many fields.
pub(super) fn fields(s: &mut Scenario, count: usize) {
    let more = count - s.report.opaque.len();
    let fields = (0..more).map(|number| Opaque::new(1_000 + number as u16, &[]));
    s.report.opaque.extend(fields);
}

/// Makes the two certificates exactly so long, with an extension of the leaf that says nothing. The filling varies as
/// well, because the length of a signature in DER depends on what is signed.
pub(super) fn fill(s: &mut Scenario, len: usize) {
    let room = len - s.leaf_der().len() - s.brom_der().len();
    for (filling, extra) in (0..=255).flat_map(|filling| (16..40).map(move |extra| (filling, extra))) {
        let value = vec![filling; room - extra];
        s.leaf
            .extensions
            .push(Extension::new("1.3.6.1.4.1.99999.2", false, value));
        if s.leaf_der().len() + s.brom_der().len() == len {
            return;
        }
        s.leaf.extensions.pop();
    }
    panic!("no filling makes {len} bytes");
}

/// What is bent within the form, or one step outside of it, and the code for that.
type Edge = (&'static str, fn(&mut Scenario), Option<u16>);

const EDGES: [Edge; 34] = [
    ("certificates of 2,047 bytes", |s| fill(s, 2_047), None),
    ("certificates of 2,048 bytes", |s| fill(s, 2_048), None),
    ("certificates of 2,049 bytes", |s| fill(s, 2_049), Some(502)),
    ("63 fields", |s| fields(s, 63), None),
    ("64 fields", |s| fields(s, 64), None),
    ("65 fields", |s| fields(s, 65), Some(521)),
    ("slot 7", |s| slot(s, 7), None),
    ("slot 8", |s| slot(s, 8), Some(509)),
    ("1 block", |s| blocks(s, 1), None),
    ("254 blocks", |s| blocks(s, 254), None),
    ("255 blocks", |s| blocks(s, 255), None),
    ("a driver version of 1 letter", |s| driver(s, 1), None),
    ("a driver version of 63 letters", |s| driver(s, 63), None),
    ("a driver version of 64 letters", |s| driver(s, 64), None),
    ("a driver version of 65 letters", |s| driver(s, 65), Some(523)),
    (
        "a driver version without zero",
        |s| s.report.set(opaque::DRIVER_VERSION, b"580.95.05"),
        None,
    ),
    (
        "a driver version with three zeros",
        |s| s.report.set(opaque::DRIVER_VERSION, b"580\0\0\0"),
        None,
    ),
    (
        "a VBIOS version of 2 bytes",
        |s| s.report.set(opaque::VBIOS_VERSION, &[1; 2]),
        None,
    ),
    (
        "a VBIOS version of 14 bytes",
        |s| s.report.set(opaque::VBIOS_VERSION, &[1; 14]),
        None,
    ),
    (
        "a VBIOS version of 15 bytes",
        |s| s.report.set(opaque::VBIOS_VERSION, &[1; 15]),
        Some(523),
    ),
    (
        "a VBIOS version of 16 bytes",
        |s| s.report.set(opaque::VBIOS_VERSION, &[1; 16]),
        None,
    ),
    (
        "a VBIOS version of 17 bytes",
        |s| s.report.set(opaque::VBIOS_VERSION, &[1; 17]),
        Some(523),
    ),
    (
        "a VBIOS version of 18 bytes",
        |s| s.report.set(opaque::VBIOS_VERSION, &[1; 18]),
        Some(523),
    ),
    (
        "reserved bits of the response",
        |s| s.report.response[2..].copy_from_slice(&[0xff, 0xf0]),
        None,
    ),
    ("another kind of block", |s| s.report.blocks[0].kind = 3, None),
    ("MPT", |s| mode(s, 1, 0x55), None),
    ("MPT with protected PCIe", |s| mode(s, 1, 0xaa), None),
    ("PPCIE", |s| mode(s, 2, 0xaa), None),
    (
        "a mode of one byte",
        |s| s.report.set(opaque::FEATURE_FLAG, &[1]),
        None,
    ),
    (
        "a mode of four bytes",
        |s| s.report.set(opaque::FEATURE_FLAG, &[0; 4]),
        None,
    ),
    ("mode 3", |s| mode(s, 3, 0xaa), Some(542)),
    (
        "a mode that an old driver does not know",
        |s| s.report.remove(opaque::FEATURE_FLAG),
        None,
    ),
    (
        "protected PCIe of an old driver",
        |s| {
            mode(s, 0, 0xaa);
            s.report.remove(opaque::FEATURE_FLAG)
        },
        None,
    ),
    (
        "a chip of 16 letters",
        |s| super::certificates::common_name(&mut s.leaf, "G123456789012345"),
        None,
    ),
];

fn slot(s: &mut Scenario, slot: u8) {
    s.report.slot = slot;
    s.report.response[3] = slot;
}

fn driver(s: &mut Scenario, len: usize) {
    s.report.set(opaque::DRIVER_VERSION, &vec![b'5'; len]);
}

fn mode(s: &mut Scenario, flag: u8, protected_pcie: u8) {
    s.report.set(opaque::FEATURE_FLAG, &[flag, 0]);
    s.report.set(opaque::PROTECTED_PCIE_STATUS, &[protected_pcie]);
}

#[test]
fn evidence_at_every_limit() {
    for chip in Chip::GPUS {
        let valid = Valid::new(chip);
        for (name, bend, code) in EDGES {
            let evidence = evidence_of(&valid.bent(bend));
            let verified = valid.world.clone().verify(&evidence);
            let expected = code.map_or(Ok(80), Err);
            let score = verified.map(|verified| verified.trust_score);
            assert_eq!(
                score.map_err(|rejection| rejection.code()),
                expected,
                "{name} ({chip:?})"
            );
        }
    }
}

/// Evidence may fill all that any evidence may have.
#[test]
fn the_longest_evidence() {
    let mut scenario = Scenario::new(Chip::Gh100);
    let mut world = furnished(&scenario, NOW);
    let room = MAX_EVIDENCE_LEN - evidence_of(&scenario).len() - 4;
    for (more, code) in [(0, None), (1, Some(Rejection::EvidenceTooLong))] {
        scenario.report.set(99, &vec![0; room + more]);
        let evidence = evidence_of(&scenario);
        assert_eq!(evidence.len(), MAX_EVIDENCE_LEN + more);
        assert_eq!(world.verify(&evidence).err(), code);
    }
}

/// A CA may say exactly how many CAs follow it.
#[test]
fn path_lengths_that_suffice() {
    let allow = |path_len| {
        Some(BasicConstraints {
            is_ca: true,
            path_len: Some(path_len),
        })
    };
    let mut scenario = Scenario::new(Chip::Gh100);
    scenario.root.basic_constraints = allow(3);
    scenario.identity.basic_constraints = allow(2);
    scenario.provisioner.basic_constraints = allow(1);
    scenario.brom.basic_constraints = allow(0);
    let verified = furnished(&scenario, NOW).verify(&evidence_of(&scenario));
    assert_eq!(verified.map(|verified| verified.trust_score), Ok(80));
}

type GoldenEdge = (&'static str, fn(&mut NvidiaGolden), Result<(), u16>);

const GOLDEN_EDGES: [GoldenEdge; 9] = [
    ("1 digest", |g| digests(g, 1), Ok(())),
    ("7 digests", |g| digests(g, 7), Ok(())),
    ("8 digests", |g| digests(g, 8), Ok(())),
    ("9 digests", |g| digests(g, 9), Err(574)),
    ("64 measurements", |g| measurements(g, 64), Ok(())),
    ("65 measurements", |g| measurements(g, 65), Err(571)),
    ("index 64", |g| g.driver[0].index = 64, Ok(())),
    ("a chip of 16 letters", |g| g.chip = "G".repeat(16), Ok(())),
    (
        "versions of 64 letters",
        |g| (g.driverVersion, g.vbiosVersion) = ("5".repeat(64), "9".repeat(64)),
        Ok(()),
    ),
];

fn digests(golden: &mut NvidiaGolden, count: usize) {
    golden.driver[0].digests = vec![vec![1; 48].into(); count];
}

fn measurements(golden: &mut NvidiaGolden, count: u8) {
    golden.vbios.clear();
    golden.driver = (1..=count)
        .map(|index| NvidiaMeasurement {
            index,
            digests: vec![vec![index; 48].into()],
        })
        .collect();
}

#[test]
fn golden_measurements_at_every_limit() {
    let valid = Valid::new(Chip::Gh100);
    for (name, change, expected) in GOLDEN_EDGES {
        let mut golden = golden_of(&valid.scenario);
        change(&mut golden);
        let stored = set_golden(&mut valid.world.clone(), &golden.abi_encode());
        assert_eq!(stored, expected, "{name}");
    }
}

/// As many digests as the form allows are longer than an argument may be; what may be given fits into an account.
#[test]
fn the_longest_golden_measurements() {
    let mut world = Valid::new(Chip::Gh100).world;
    let mut golden = golden_of(&Scenario::new(Chip::Gh100));
    measurements(&mut golden, 64);
    let mut accepted = 0;
    for index in 0..64 {
        golden.driver[index].digests = vec![vec![1; 48].into(); 8];
        let call = setGoldenMeasurementCall {
            vendor: TEEVendor::NVIDIA,
            golden: golden.abi_encode().into(),
        };
        match world.registry(GOVERNANCE, &call) {
            Ok(_) => accepted += 1,
            Err(output) => {
                let error = InputTooLong::abi_decode(&output).expect("the argument is too long");
                assert_eq!(error.length.to::<usize>(), golden.abi_encoded_size());
                assert_eq!(error.maximum.to::<usize>(), 65_536);
            }
        }
    }
    assert_eq!(accepted, 54);
}
