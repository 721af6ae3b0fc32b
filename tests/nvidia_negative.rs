//! Every row of the specification's table "What must be refused" for NVIDIA, for a Hopper and for a Blackwell GPU under
//! a synthetic PKI: one thing is wrong, the rest still holds. Each case must be refused with its own code, by the
//! verifier with both signature backends and through the precompiles, and a refusal leaves the state as it was. Besides
//! the tables: every limit on both sides, windows to the second, both forms of every signature, every byte, and 20,000
//! mutations of genuine evidence.

mod common;
#[path = "nvidia/negative/mod.rs"]
mod negative;
#[path = "nvidia/samples.rs"]
mod samples;

use aivm::evidence::{Rejection, score::Deduction};
use aivm_simulator::nvidia::{Chip, NOW, Scenario};
use negative::{TABLES, Valid, evidence_of, furnished};
use std::collections::BTreeSet;

/// The number of cases; each is run for both GPUs.
const CASES: usize = 273;

/// Rows 25 and 26 are about evidence that is accepted: see `negative/identity.rs`.
const IDENTITY_ROWS: [u8; 2] = [25, 26];

/// Codes outside of NVIDIA's that the tables reach: state, roots, collateral and golden measurements of any vendor.
const COMMON_CODES: [u16; 12] = [4, 5, 6, 7, 8, 9, 10, 200, 235, 236, 303, 310];

#[test]
fn every_case_is_refused_with_its_own_code() {
    let mut wrong = Vec::new();
    let mut runs = 0;
    for chip in Chip::GPUS {
        let valid = Valid::new(chip);
        for case in TABLES.into_iter().flatten() {
            let code = case.run(&valid);
            if code != Ok(case.code) {
                wrong.push(format!("{case} ({chip:?}): {code:?}, not {}", case.code));
            }
            runs += 1;
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(runs, CASES * Chip::GPUS.len());
}

#[test]
fn every_row_and_every_code_is_there() {
    let cases: Vec<_> = TABLES.into_iter().flatten().collect();
    let rows: BTreeSet<_> = cases.iter().map(|case| case.row).collect();
    let identity = BTreeSet::from(IDENTITY_ROWS);
    assert_eq!(&rows | &identity, (1..=26).collect());
    assert!(rows.is_disjoint(&identity));
    let names: BTreeSet<_> = cases.iter().map(|case| case.to_string()).collect();
    assert_eq!((cases.len(), names.len()), (CASES, CASES), "a name appears twice");

    let reached: BTreeSet<_> = cases.iter().map(|case| case.code).collect();
    let defined = Rejection::CODES.iter().map(|(code, _)| *code);
    let nvidia: BTreeSet<_> = defined.filter(|code| (500..600).contains(code)).collect();
    assert_eq!(&reached - &nvidia, BTreeSet::from(COMMON_CODES));
    assert_eq!(
        &nvidia - &reached,
        BTreeSet::new(),
        "defined, and no case reaches it"
    );
}

/// What the cases bend is accepted unbent.
#[test]
fn what_is_bent_is_valid() {
    for chip in Chip::GPUS {
        let scenario = Scenario::new(chip);
        let verified = furnished(&scenario, NOW).verify(&evidence_of(&scenario));
        let verified = verified.expect("valid evidence");
        assert_eq!(verified.trust_score, 80, "{chip:?}");
        let deductions: Vec<_> = verified.claims.deductions.iter().collect();
        assert_eq!(deductions, [Deduction::NoGolden]);
    }
}
