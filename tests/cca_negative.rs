//! Every row of the specification's table "What must be refused" for Arm CCA, in both forms of a token to which it
//! applies: one thing is wrong, the rest still holds and is signed. Each case must be refused with its own code, by the
//! verifier with both signature backends and through the precompiles, and a refusal leaves the state as it was. Besides
//! the tables: registered keys one after another, every limit, every byte of a token, random changes, both forms of
//! every signature, and how many of them are verified.

#[path = "cca/setup.rs"]
mod cca;
mod common;
#[path = "cca/negative/mod.rs"]
mod negative;

use aivm::evidence::Rejection;
use aivm_simulator::cca::{Form, Scenario};
use cca::{verify, world_of};
use negative::{TABLES, Valid};
use std::collections::BTreeSet;

/// The number of cases, and that of cases times forms.
const CASES: usize = 385;
const RUNS: usize = 722;

/// Codes that the tables reach besides those of Arm CCA: state, policy, and what is of every vendor.
const SHARED_CODES: [u16; 6] = [10, 11, 12, 200, 310, 311];

#[test]
fn every_case_is_refused_with_its_own_code() {
    let mut wrong = Vec::new();
    let mut runs = 0;
    for form in Form::ALL {
        let valid = Valid::new(form);
        let cases = TABLES.into_iter().flatten();
        for case in cases.filter(|case| case.on.contains(&form)) {
            let code = case.run(&valid);
            if code != Ok(case.code) {
                wrong.push(format!("{case} ({form:?}): {code:?}, not {}", case.code));
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
    assert_eq!(rows, (0..=26).collect(), "0 is what governance submits");
    let names: BTreeSet<_> = cases.iter().map(|case| case.to_string()).collect();
    assert_eq!((cases.len(), names.len()), (CASES, CASES), "a name appears twice");

    let reached: BTreeSet<_> = cases.iter().map(|case| case.code).collect();
    let defined = Rejection::CODES.iter().map(|(code, _)| *code);
    let ours: BTreeSet<_> = defined.filter(|code| (600..680).contains(code)).collect();
    assert_eq!(&reached - &ours, BTreeSet::from(SHARED_CODES));
    assert_eq!(
        &ours - &reached,
        BTreeSet::new(),
        "defined, and no case reaches it"
    );
}

/// What the cases bend is accepted unbent.
#[test]
fn what_is_bent_is_valid() {
    for form in Form::ALL {
        let scenario = Scenario::new(form);
        let verified = verify(&mut world_of(&scenario), &scenario.token());
        assert_eq!(verified.map(|verified| verified.trust_score), Ok(70), "{form:?}");
    }
}
