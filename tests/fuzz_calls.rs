//! Mutated inputs to the three precompiles with a Solidity ABI: no panic, the properties of `aivm_test_support::calls`, and
//! no input that takes ten times as long as an honest one.
//!
//! The inputs are the same on every run. `cargo xtask fuzz` searches further, guided by coverage.

use aivm::{
    Outcome,
    abi::{
        IAttestationLightClient::IAttestationLightClientCalls, IAttestationProofs::IAttestationProofsCalls,
        IAttestationRegistry::IAttestationRegistryCalls,
    },
};
use aivm_test_support::{
    calls::{CONTRACTS, Contract, World, seeds},
    fuzz::mutate,
    rng::Rng,
};
use alloy_sol_types::SolInterface;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// Inputs for each precompile.
const CASES: usize = 200_000;

/// Every so many inputs, the other signature backend must agree.
const BOTH_BACKENDS_EVERY: usize = 32;

/// How much longer than an honest input a mutated one may take.
const SLOWDOWN: u32 = 10;

/// How often a slow input is measured again: other programs disturb a measurement, a slow input stays slow.
const REPEATS: usize = 9;

#[allow(clippy::disallowed_methods)] // a test measures time
fn time(world: &World, contract: Contract, input: &[u8]) -> (Outcome, Duration) {
    let start = Instant::now();
    let (outcome, _) = world.run(contract, input);
    (outcome, start.elapsed())
}

fn least_time(world: &World, contract: Contract, input: &[u8]) -> Duration {
    let times = (0..REPEATS).map(|_| time(world, contract, input).1);
    times.min().expect("at least one measurement")
}

fn fuzz(contract: Contract) {
    let world = World::new();
    let seeds = seeds(contract);
    let honest = seeds.iter().map(|seed| least_time(&world, contract, seed));
    let limit = honest.max().expect("at least one seed") * SLOWDOWN;
    let mut rng = Rng(contract as u64 + 1);
    let (mut successes, mut reverts) = (0, 0);
    for case in 0..CASES {
        let input = mutate(&mut rng, &seeds);
        let (outcome, elapsed) = time(&world, contract, &input);
        assert!(
            elapsed <= limit || least_time(&world, contract, &input) <= limit,
            "case {case}: {elapsed:?}, and the limit is {limit:?}"
        );
        let checked = if case % BOTH_BACKENDS_EVERY == 0 {
            world.check_both(contract, &input)
        } else {
            world.check(contract, &input)
        };
        assert_eq!(checked, outcome, "case {case}: twice the same call, two outcomes");
        match outcome {
            Outcome::Success { .. } => successes += 1,
            _ => reverts += 1,
        }
    }
    println!("{contract:?}: {CASES} inputs, {successes} succeed, {reverts} revert");
    assert_eq!(successes + reverts, CASES);
    assert!(
        successes.min(reverts) > CASES / 100,
        "{successes} and {reverts}: the inputs are one-sided"
    );
}

#[test]
fn registry() {
    fuzz(Contract::Registry);
}

#[test]
fn merkle_proofs() {
    fuzz(Contract::Proofs);
}

#[test]
fn state_sync() {
    fuzz(Contract::Sync);
}

/// What is honest succeeds, and every function is called.
#[test]
fn honest_inputs() {
    let world = World::new();
    for (name, contract) in CONTRACTS {
        let seeds = seeds(contract);
        for (index, seed) in seeds.iter().enumerate() {
            let outcome = world.check_both(contract, seed);
            assert!(
                matches!(outcome, Outcome::Success { .. }),
                "{name}, seed {index}: {outcome:?}"
            );
        }
        let called: BTreeSet<[u8; 4]> = seeds
            .iter()
            .map(|seed| *seed.first_chunk().expect("a selector"))
            .collect();
        let functions: BTreeSet<_> = match contract {
            Contract::Registry => IAttestationRegistryCalls::selectors().collect(),
            Contract::Proofs => IAttestationProofsCalls::selectors().collect(),
            Contract::Sync => IAttestationLightClientCalls::selectors().collect(),
        };
        assert_eq!(called, functions, "{name}");
    }
    assert_eq!(CONTRACTS.len(), 3);
}
