//! The order of the checks: where two things are wrong, the first check that fails gives the code.

use super::{certificates::common_name, evidence_of, furnished, golden_of, packed, set_golden, world_of};
use aivm::evidence::Vendor;
use aivm_simulator::{
    nvidia::{Chip, Key, LeafFwid, NOW, Scenario, opaque},
    x509::{BasicConstraints, Extension},
};
use alloy_sol_types::SolValue;

/// What is bent, and the code for it.
type Step = (fn(&mut Scenario), u16);

/// Faults of evidence, in the order in which they are found.
const EVIDENCE: [Step; 22] = [
    (|s| s.leaf.extensions.push(Extension::unknown_critical()), 503),
    (|s| common_name(&mut s.leaf, "LS10 A01 GSP FMC LF"), 504),
    (|s| s.brom.extensions.push(Extension::unknown_critical()), 505),
    (|s| s.trailing.push(0), 501),
    (|s| s.report.request[3] = 0, 508),
    (|s| s.report.slot = 9, 509),
    (|s| s.report.response[1] = 0x61, 510),
    (|s| s.report.response[3] = 2, 511),
    (|s| s.report.blocks[4].specification = 0, 516),
    (|s| s.report.block_count = Some(3), 514),
    (|s| s.report.trailing.push(0), 507),
    (|s| s.report.opaque_trailing.push(0), 519),
    (|s| s.report.remove(opaque::DRIVER_VERSION), 522),
    (
        |s| common_name(&mut s.provisioner, "NVIDIA GH100 Provisioner ICA 7"),
        6,
    ),
    (|s| s.brom.signed_by = Some(Key::p384("stranger")), 530),
    (|s| s.brom.key_usage = None, 531),
    (|s| s.brom.not_after = NOW - 1, 533),
    (|s| s.leaf.signed_by = Some(Key::p384("stranger")), 534),
    (|s| s.leaf.key_usage = None, 535),
    (|s| s.leaf.not_before = NOW + 1, 536),
    (|s| s.report.signed_by = Some(Key::p384("stranger")), 538),
    (|s| s.leaf_fwid = LeafFwid::Absent, 539),
];

/// Faults of evidence that are found after those, when the signatures hold.
const CONTENT: [Step; 3] = [
    (|s| s.report.set(opaque::FWID, &[1; 48]), 541),
    (|s| s.report.set(opaque::FEATURE_FLAG, &[7, 0]), 542),
    (|s| s.report.blocks[0].value[0] ^= 1, 577),
];

/// Faults of collateral, in the order in which they are found.
const COLLATERAL: [Step; 11] = [
    (|s| s.identity.version = None, 550),
    (|s| s.identity.signed_by = Some(Key::p384("stranger")), 551),
    (|s| s.root.not_after = NOW - 1, 236),
    (|s| s.identity.key_usage = None, 552),
    (|s| s.identity.not_before = NOW + 1, 553),
    (|s| s.provisioner.version = None, 556),
    (|s| s.provisioner.signed_by = Some(Key::p384("stranger")), 557),
    (|s| s.provisioner.key_usage = None, 558),
    (|s| s.provisioner.not_after = NOW - 1, 560),
    (|s| path_len(s, 0), 562),
    (|s| common_name(&mut s.identity, "NVIDIA LS10 Identity"), 564),
];

fn path_len(s: &mut Scenario, len: u8) {
    s.provisioner.basic_constraints = Some(BasicConstraints {
        is_ca: true,
        path_len: Some(len),
    });
}

/// Every pair of faults, the later one applied first: the code must be the earlier one's.
fn check_pairs(steps: &[Step], refused: impl Fn(&Scenario) -> Option<u16>) -> usize {
    let mut pairs = 0;
    for (index, (first, code)) in steps.iter().enumerate() {
        for (second, later) in &steps[index + 1..] {
            let mut scenario = Scenario::new(Chip::Gh100);
            second(&mut scenario);
            first(&mut scenario);
            assert_eq!(refused(&scenario), Some(*code), "{code} and {later}");
            pairs += 1;
        }
    }
    pairs
}

#[test]
fn the_first_fault_of_evidence_gives_the_code() {
    let scenario = Scenario::new(Chip::Gh100);
    let mut world = furnished(&scenario, NOW);
    set_golden(&mut world, &golden_of(&scenario).abi_encode()).expect("golden measurements");
    let refused = |scenario: &Scenario| {
        let verdict = world.clone().verify(&evidence_of(scenario));
        verdict.err().map(|rejection| rejection.code())
    };
    let steps = [&EVIDENCE[..], &CONTENT].concat();
    assert_eq!(check_pairs(&steps, refused), 25 * 24 / 2);
}

#[test]
fn the_first_fault_of_collateral_gives_the_code() {
    let refused = |scenario: &Scenario| {
        let mut world = world_of(scenario, NOW);
        let verdict = world.submit(Vendor::Nvidia, &packed(scenario));
        verdict.err().map(|rejection| rejection.code())
    };
    assert_eq!(check_pairs(&COLLATERAL, refused), 11 * 10 / 2);
}
