//! Every case ends as its label says, on every way and with every backend, and every operation has its cases.

use aivm_bench::{
    case::{Case, Kind, Target, UNKNOWN},
    cases::{self, Scale},
    measure::{check, prepare},
    subject::{Backend, Path},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

static CASES: LazyLock<Vec<Arc<Case>>> = LazyLock::new(|| cases::all(Scale::SMALL));

#[test]
fn every_case_ends_as_it_says() {
    let (mut stage, subjects) = prepare(&CASES);
    let faults = check(&mut stage, &subjects);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let count = |path, backend| {
        let here = |subject: &&_| {
            let subject: &aivm_bench::subject::Subject = subject;
            (subject.path, subject.backend) == (path, backend)
        };
        subjects.iter().filter(here).count()
    };
    assert_eq!(count(Path::Adapter, Backend::AwsLc), CASES.len());
    assert_eq!(
        count(Path::Bare, Backend::AwsLc),
        CASES.len() - 2,
        "all but the references"
    );
    assert!(count(Path::Adapter, Backend::RustCrypto) > 80);
    // Whatever is written is taken back: a second time is as the first.
    assert_eq!(check(&mut stage, &subjects), Vec::<String>::new());
}

/// The precompiles' own tables say which operations there are.
#[test]
fn every_operation_has_its_cases() {
    let mut kinds = BTreeMap::<_, BTreeSet<_>>::new();
    for case in CASES.iter() {
        assert!(
            !case.what.is_empty() && !case.inputs.is_empty(),
            "{}",
            case.name()
        );
        for input in &case.inputs {
            assert_eq!(case.target.operation(input), case.operation(), "{}", case.name());
        }
        kinds
            .entry((case.target, case.operation()))
            .or_default()
            .insert(case.kind);
    }
    let mut operations = 0;
    for target in Target::OURS {
        for operation in target.operations() {
            let kinds = kinds.get(&(target, operation));
            let has = |kind| kinds.is_some_and(|kinds| kinds.contains(&kind));
            let accepted = has(Kind::AnyAccepted) || (has(Kind::Honest) && has(Kind::WorstAccepted));
            assert!(accepted, "{} {operation} has no accepted case", target.name());
            assert!(
                has(Kind::WorstRejected),
                "{} {operation} has no rejected case",
                target.name()
            );
            operations += 1;
        }
    }
    assert_eq!(operations, 8 + 34 + 6 + 11);
    assert!(kinds.contains_key(&(Target::Mining, UNKNOWN)));
}

#[test]
fn names_tell_cases_apart() {
    let names: BTreeSet<_> = CASES.iter().map(|case| (case.target, case.name())).collect();
    let twice: Vec<_> = CASES.iter().map(|case| case.name()).collect();
    assert_eq!(names.len(), CASES.len(), "{twice:#?}");
}
