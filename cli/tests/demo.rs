//! `aivm demo` passes, and what it measures is the schedule.

mod common;

use aivm::GasSchedule;
use common::aivm;

#[test]
fn measures_the_prices_of_the_schedule() {
    let run = aivm(&["demo", "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report = run.json();
    assert_eq!(report["passed"], true);
    let steps = report["steps"].as_array().unwrap();
    let schedule = GasSchedule::default();
    let flat = [
        ("setMeasurement", schedule.registry_write, 1),
        ("SetAuthorized", schedule.set_authorized, 1),
        ("VerifyTEE", schedule.verify_tee, 5),
        ("VerifyMLDSA", schedule.verify_mldsa, 2),
        ("CalculateReward", schedule.calculate_reward, 2),
        ("ComputeWorkId", schedule.compute_work_id, 1),
        ("IsSpent", schedule.is_spent, 2),
        ("MarkSpent", schedule.mark_spent, 2),
    ];
    let mut checked = 0;
    for (operation, gas, times) in flat {
        let mut seen = 0;
        for step in steps.iter().filter(|step| step["operation"] == operation) {
            assert_eq!(step["gas"], gas, "{operation}");
            assert_eq!(step["gas_specified"], gas, "{operation}");
            seen += 1;
        }
        assert_eq!(seen, times, "{operation}");
        checked += seen;
    }
    let mut submitted = 0;
    for submit in steps
        .iter()
        .filter(|step| step["operation"] == "submitCollateral")
    {
        let gas = submit["gas"].as_u64().unwrap();
        assert_eq!(submit["gas_specified"], gas);
        assert_eq!(
            (gas - schedule.collateral_base) % schedule.collateral_byte,
            0,
            "{gas} is not the base and so much for each byte"
        );
        submitted += 1;
    }
    assert_eq!(
        (checked, submitted, steps.len()),
        (16, 5, 22),
        "16 flat prices, five times submitCollateral, genesis"
    );
}

#[test]
fn every_step_is_what_it_must_be() {
    let report = aivm(&["demo", "--json"]).json();
    let steps = report["steps"].as_array().unwrap();
    let story: Vec<_> = steps
        .iter()
        .map(|step| {
            assert_eq!(step["passed"], true, "{step}");
            assert!(step["problem"].is_null(), "{step}");
            let text = |name: &str| step[name].as_str().unwrap_or("-").to_owned();
            (text("operation"), text("status"))
        })
        .collect();
    let expected = [
        ("genesis", "-"),
        ("submitCollateral", "success"),
        ("setMeasurement", "success"),
        ("SetAuthorized", "success"),
        ("VerifyTEE", "success"),
        ("VerifyMLDSA", "success"),
        ("VerifyMLDSA", "success"),
        ("submitCollateral", "success"),
        ("VerifyTEE", "success"),
        ("submitCollateral", "success"),
        ("VerifyTEE", "success"),
        ("submitCollateral", "success"),
        ("VerifyTEE", "success"),
        ("submitCollateral", "success"),
        ("VerifyTEE", "success"),
        ("CalculateReward", "success"),
        ("CalculateReward", "revert"),
        ("ComputeWorkId", "success"),
        ("IsSpent", "success"),
        ("MarkSpent", "success"),
        ("IsSpent", "success"),
        ("MarkSpent", "revert"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(operation, status)| ((*operation).to_owned(), (*status).to_owned()))
        .collect();
    assert_eq!(story, expected);
    let scores = [4, 8, 10, 12, 14].map(|step: usize| steps[step]["result"].as_str().unwrap());
    let expected = [
        "(true, 100)",
        "(true, 55)",
        "(true, 70)",
        "(true, 80)",
        "(true, 70)",
    ];
    assert_eq!(scores, expected, "TDX, SGX, SEV-SNP, NVIDIA, Arm CCA");
    assert_eq!(report["block_time"], 1_751_328_000);
}

#[test]
fn tells_the_story_to_people() {
    let run = aivm(&["demo"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stderr, "");
    assert!(!run.stdout.contains("FAILED"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("  ok  ").count(), 22);
    let last = run.stdout.lines().last().unwrap();
    assert!(last.contains("double spend refused"), "{last}");
    for heading in ["operation", "gas", "gas in the specification", "µs", "result"] {
        assert!(run.stdout.contains(heading), "{heading}");
    }
}
