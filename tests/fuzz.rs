//! One million mutated inputs across the eight operations of AI mining: no panic, the properties of
//! `aivm_test_support::fuzz`, and no input that takes ten times as long as an honest one.
//!
//! The inputs are the same on every run. `cargo xtask fuzz` searches further, guided by coverage.

use aivm::{Outcome, precompiles::mining::Operation};
use aivm_test_support::{
    fuzz::{Harness, mutate, seeds},
    rng::Rng,
};
use std::time::{Duration, Instant};

/// Inputs for each operation: eight times as many make a million.
const CASES: usize = 125_000;

/// Every so many inputs, the other signature backend must agree.
const BOTH_BACKENDS_EVERY: usize = 32;

/// How much longer than an honest input a mutated one may take.
const SLOWDOWN: u32 = 10;

/// How often a slow input is measured again: other programs disturb a measurement, a slow input stays slow.
const REPEATS: usize = 9;

#[allow(clippy::disallowed_methods)] // a test measures time
fn time(harness: &Harness, input: &[u8]) -> (Outcome, Duration) {
    let start = Instant::now();
    let (outcome, _) = harness.run(input);
    (outcome, start.elapsed())
}

fn least_time(harness: &Harness, input: &[u8]) -> Duration {
    (0..REPEATS)
        .map(|_| time(harness, input).1)
        .min()
        .expect("at least one measurement")
}

/// The slowest honest input, measured at its best.
fn honest_time(harness: &Harness, seeds: &[Vec<u8>]) -> Duration {
    seeds
        .iter()
        .map(|seed| least_time(harness, seed))
        .max()
        .expect("at least one seed")
}

fn fuzz(operation: Operation) {
    let harness = Harness::new();
    let seeds = seeds(operation);
    let limit = honest_time(&harness, &seeds) * SLOWDOWN;
    let mut rng = Rng(u64::from(operation.opcode()));
    let (mut successes, mut reverts) = (0_usize, 0_usize);
    for case in 0..CASES {
        let input = mutate(&mut rng, &seeds);
        let (outcome, elapsed) = time(&harness, &input);
        if elapsed > limit {
            let least = least_time(&harness, &input);
            assert!(
                least <= limit,
                "case {case}: {least:?}, and an honest one {:?}",
                limit / SLOWDOWN
            );
        }
        let checked = if case % BOTH_BACKENDS_EVERY == 0 {
            harness.check_backends(&input)
        } else {
            harness.check(&input)
        };
        assert_eq!(checked, outcome, "case {case}: twice the same call, two outcomes");
        match outcome {
            Outcome::Success { .. } => successes += 1,
            _ => reverts += 1,
        }
    }
    println!(
        "{}: {CASES} inputs, {successes} succeed, {reverts} revert",
        operation.name()
    );
    assert_eq!(successes + reverts, CASES);
    assert!(
        successes.min(reverts) > CASES / 1_000,
        "{successes} and {reverts}: the inputs are one-sided"
    );
}

#[test]
fn verify_mldsa() {
    fuzz(Operation::VerifyMldsa);
}

#[test]
fn calculate_reward() {
    fuzz(Operation::CalculateReward);
}

#[test]
fn verify_tee() {
    fuzz(Operation::VerifyTee);
}

#[test]
fn is_spent() {
    fuzz(Operation::IsSpent);
}

#[test]
fn compute_work_id() {
    fuzz(Operation::ComputeWorkId);
}

#[test]
fn mark_spent() {
    fuzz(Operation::MarkSpent);
}

#[test]
fn set_authorized() {
    fuzz(Operation::SetAuthorized);
}

#[test]
fn is_authorized() {
    fuzz(Operation::IsAuthorized);
}

#[test]
fn every_operation_makes_a_million() {
    assert_eq!(Operation::ALL.len() * CASES, 1_000_000);
}
