//! Every row of the specification's table "What must be refused" (appendix A.8), for SGX and for each TDX format to
//! which it applies, under a synthetic Intel PKI: one thing is wrong, the rest still holds. Each case must be refused
//! with its own code, by the verifier with both signature backends and through the precompiles, and a refusal leaves the
//! state as it was. Besides the tables: windows to the second, submissions one after another, the order of the checks,
//! every byte of a quote and of collateral, and both forms of every signature.

mod common;
#[path = "intel/negative/mod.rs"]
mod negative;

use aivm::evidence::{Rejection, intel::TcbStatus};
use aivm_simulator::intel::{Format, NOW, PckCa, Scenario};
use common::{evidence_of, furnished_world};
use negative::{TABLES, Valid};
use std::collections::BTreeSet;

/// The number of cases, and that of cases times formats.
const CASES: usize = 539;
const RUNS: usize = 1_827;

/// Codes below 100 that the tables reach: state and policy. `tests/intel_policy.rs` has the others.
const STATE_CODES: [u16; 6] = [6, 7, 8, 9, 13, 14];

#[test]
fn every_case_is_refused_with_its_own_code() {
    let mut wrong = Vec::new();
    let mut runs = 0;
    for format in Format::ALL {
        let valid = Valid::new(format);
        let cases = TABLES.into_iter().flatten();
        for case in cases.filter(|case| case.on.contains(&format)) {
            let code = case.run(&valid);
            if code != Ok(case.code) {
                wrong.push(format!("{case} ({format:?}): {code:?}, not {}", case.code));
            }
            runs += 1;
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(runs, RUNS);
}

#[test]
fn every_row_and_every_code_is_there() {
    let cases: Vec<_> = TABLES.into_iter().flatten().collect();
    let rows: BTreeSet<_> = cases.iter().map(|case| case.row).collect();
    assert_eq!(rows, (1..=26).collect());
    let names: BTreeSet<_> = cases.iter().map(|case| case.to_string()).collect();
    assert_eq!((cases.len(), names.len()), (CASES, CASES), "a name appears twice");

    let reached: BTreeSet<_> = cases.iter().map(|case| case.code).collect();
    let defined = Rejection::CODES.iter().map(|(code, _)| *code);
    let intel: BTreeSet<_> = defined.filter(|code| (100..=251).contains(code)).collect();
    assert_eq!(&reached - &intel, BTreeSet::from(STATE_CODES));
    assert_eq!(
        &intel - &reached,
        BTreeSet::new(),
        "defined, and no case reaches it"
    );
}

/// What the cases bend is accepted unbent.
#[test]
fn what_is_bent_is_valid() {
    for format in Format::ALL {
        for ca in [PckCa::Processor, PckCa::Platform] {
            let mut scenario = Scenario::new(format);
            scenario.use_pck_ca(ca);
            let verified = furnished_world(&scenario, NOW).verify(&evidence_of(&scenario));
            let verified = verified.map(|verified| (verified.trust_score, verified.claims.tcb_status));
            assert_eq!(verified, Ok((70, Some(TcbStatus::UpToDate))), "{format:?} {ca:?}");
        }
    }
}
