//! Every row of the specification's table of AMD evidence that must be refused, under a synthetic PKI: one thing is
//! wrong, the rest still holds. Each case must be refused with its own code, by the verifier with both signature
//! backends and through the precompiles, and a refusal leaves the state as it was. Besides the tables: windows to the
//! second, submissions one after another, the order of the checks, limits, every byte of evidence and of collateral, both
//! forms of a signature, random damage.

mod common;
#[path = "snp/negative/mod.rs"]
mod negative;
#[path = "snp/samples.rs"]
mod samples;
#[path = "snp/common.rs"]
mod snp_common;

use aivm::evidence::Rejection;
use negative::TABLES;
use snp_common::{VARIANTS, evidence_of, furnished_world};
use std::collections::BTreeSet;

/// The number of cases, and that of cases times variants.
const CASES: usize = 302;
const RUNS: usize = 2_022;

/// Codes outside the vendor's range that the tables reach: state, policy, and what all vendors' collateral shares.
const SHARED_CODES: [u16; 7] = [6, 7, 8, 9, 13, 200, 201];

#[test]
fn every_case_is_refused_with_its_own_code() {
    let (runs, wrong) = negative::run_all();
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
    let own: BTreeSet<_> = defined.filter(|code| (400..=479).contains(code)).collect();
    assert_eq!(own.len(), 52);
    assert_eq!(&reached - &own, BTreeSet::from(SHARED_CODES));
    assert_eq!(
        &own - &reached,
        BTreeSet::new(),
        "defined, and no case reaches it"
    );
}

/// What the cases bend is accepted unbent.
#[test]
fn what_is_bent_is_valid() {
    for variant in VARIANTS {
        let mut scenario = variant.scenario();
        for crl in [None, Some(aivm_simulator::snp::crl())] {
            scenario.crl = crl;
            let verified = furnished_world(&scenario).verify(&evidence_of(&scenario));
            let verified = verified.map(|verified| verified.trust_score);
            assert_eq!(verified, Ok(variant.score()), "{variant:?}");
        }
    }
}
