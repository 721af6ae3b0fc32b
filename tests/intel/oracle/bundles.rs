//! Bundles as they are: recorded, and minted.

use super::{Bundle, Judge, Opinion, Tally};
use crate::common::samples::{further_cases, packaged_cases};
use aivm_simulator::intel::{Format, PckCa, Scenario};
use aivm_test_support::fixtures::evidence_dir;

#[test]
fn the_packaged_samples() {
    let mut judge = Judge::intel();
    let mut tally = Tally::default();
    for case in packaged_cases() {
        judge.compare(&Bundle::recorded(&case), &mut tally);
    }
    tally.assert_implication();
    assert_eq!(
        (tally.both, tally.neither, tally.stricter()),
        (3, 4, 0),
        "{tally:?}"
    );
}

/// With the padding cut off the two differ nowhere but on the bytes that stay behind a quote.
#[test]
fn the_larger_set() {
    if evidence_dir().is_none() {
        println!("AIVM_EVIDENCE_DIR is not set: the larger set is not there");
        return;
    }
    let mut judge = Judge::intel();
    let mut tally = Tally::default();
    for case in further_cases() {
        judge.compare(&Bundle::recorded(&case), &mut tally);
    }
    tally.assert_implication();
    assert_eq!((tally.both, tally.neither), (4, 14), "{tally:?}");
    assert_eq!(tally.stricter.into_iter().collect::<Vec<_>>(), [(107, 2)]);
}

/// What is below every TCB level here is so there, whatever was recorded about it.
#[test]
fn no_tcb_level_is_no_ones_fault() {
    let mut judge = Judge::intel();
    let cases = packaged_cases().into_iter().chain(further_cases());
    let below = ["tappd", "tdx-quote.hex", "tdx_hex", "dstack", "outdated"];
    let mut seen = 0;
    for case in cases.filter(|case| below.iter().any(|part| case.name.contains(part))) {
        let bundle = Bundle::recorded(&case);
        assert_eq!(judge.ours(&bundle), Err(160), "{}", case.name);
        assert_eq!(judge.opinion(&bundle), Opinion::Refused, "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, if evidence_dir().is_some() { 7 } else { 3 });
}

#[test]
fn every_format_under_either_ca() {
    let mut judge = Judge::synthetic();
    let mut tally = Tally::default();
    for format in Format::ALL {
        for ca in [PckCa::Processor, PckCa::Platform] {
            let mut scenario = Scenario::new(format);
            scenario.use_pck_ca(ca);
            judge.compare(&Bundle::minted(&scenario), &mut tally);
        }
    }
    tally.assert_implication();
    assert_eq!(tally.both, 10, "{tally:?}");
}
