//! Measuring: rounds, in each of which every subject has its turn, in an order of the round's own, and ecrecover again
//! and again between them. What is compared was measured within the same few milliseconds.

#![allow(clippy::disallowed_methods)] // a clock, to measure with

use crate::{
    case::{Case, ECRECOVER, Target},
    subject::{Stage, Subject},
};
use aivm::Outcome;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How long the calls of a sample take together, at least.
const SAMPLE: Duration = Duration::from_micros(200);

/// How many samples there are between two of ecrecover.
const STRIDE: usize = 6;

/// The fewest rounds: with fewer, tenths of them say nothing.
pub const MIN_ROUNDS: usize = 10;

/// What a subject took.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// Its price.
    pub gas: u64,
    /// Microseconds for one call, a mean for each sample.
    pub micros: Vec<f64>,
    /// The same in times of what ecrecover took in the samples around it.
    pub ratios: Vec<f64>,
}

impl Times {
    /// The value below which this share of all samples is.
    pub fn micros_at(&self, share: f64) -> f64 {
        quantile(&self.micros, share)
    }

    /// The same of the ratios.
    pub fn ratio_at(&self, share: f64) -> f64 {
        quantile(&self.ratios, share)
    }
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1) as f64;
    sorted
        .get((last * share).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

/// Runs every case once on every way, and says which of them do not end as they should, each in a line.
pub fn check(stage: &mut Stage, subjects: &[Subject]) -> Vec<String> {
    let mut faults = Vec::new();
    for subject in subjects {
        for turn in 0..subject.case.inputs.len() {
            let (_, outcome) = stage.run(subject, turn);
            if !subject.case.expected.is(&outcome) {
                let Case { expected, world, .. } = &*subject.case;
                faults.push(format!(
                    "{} ({:?}, {}), call {turn}, on {}: {outcome:?}, not {expected:?}",
                    subject.case.name(),
                    subject.path,
                    subject.backend.name(),
                    world.name
                ));
            }
        }
    }
    faults
}

/// Measures for about as long as `time`, and for at least [`MIN_ROUNDS`] rounds. `progress` hears how many rounds are done
/// and about how many there will be.
///
/// # Panics
///
/// If ecrecover is not among the subjects.
pub fn measure(
    stage: &mut Stage,
    subjects: &[Subject],
    time: Duration,
    mut progress: impl FnMut(usize, usize),
) -> Vec<Times> {
    let reference = subjects
        .iter()
        .position(|subject| subject.case.target == Target::Reference(ECRECOVER))
        .expect("ecrecover is measured too");
    let overhead = clock_overhead();
    let mut times = vec![Times::default(); subjects.len()];
    let mut turns = vec![0; subjects.len()];
    for (subject, times) in subjects.iter().zip(&mut times) {
        times.gas = gas(&stage.run(subject, 0).1);
    }
    let mut sample = |stage: &mut Stage, index: usize| {
        let turn: &mut usize = &mut turns[index];
        micros(stage, &subjects[index], turn, overhead)
    };
    let (start, mut round) = (Instant::now(), 0);
    while round < MIN_ROUNDS || start.elapsed() < time {
        let mut last = sample(stage, reference);
        times[reference].micros.push(last);
        for chunk in order(subjects.len(), round).chunks(STRIDE) {
            let samples: Vec<_> = chunk
                .iter()
                .map(|index| (*index, sample(stage, *index)))
                .collect();
            let next = sample(stage, reference);
            times[reference].micros.push(next);
            times[reference].ratios.push(next / last);
            for (index, micros) in samples {
                if index != reference {
                    times[index].micros.push(micros);
                    times[index].ratios.push(micros * 2.0 / (last + next));
                }
            }
            last = next;
        }
        round += 1;
        let expected = time.as_secs_f64() / start.elapsed().as_secs_f64() * round as f64;
        progress(round, (expected as usize).max(MIN_ROUNDS));
    }
    times
}

/// Microseconds for one call: the mean of as many as a sample takes.
fn micros(stage: &mut Stage, subject: &Subject, turn: &mut usize, overhead: Duration) -> f64 {
    let (mut total, mut calls) = (Duration::ZERO, 0_u32);
    while total < SAMPLE {
        let (time, _) = stage.run(subject, *turn);
        *turn += 1;
        total += time.saturating_sub(overhead).max(Duration::from_nanos(1));
        calls += 1;
    }
    total.as_secs_f64() * 1e6 / f64::from(calls)
}

/// What reading the clock twice takes: the least of many.
fn clock_overhead() -> Duration {
    let once = |_| {
        let start = Instant::now();
        start.elapsed()
    };
    (0..10_000).map(once).min().unwrap_or_default()
}

/// An order of the indices below `len` that differs from round to round: steps of a length that has no divisor in common
/// with `len`.
fn order(len: usize, round: usize) -> Vec<usize> {
    let divides = |step: &usize| {
        let (mut a, mut b) = (*step, len);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    let steps: Vec<_> = (1..len.max(2)).filter(divides).collect();
    let step = steps[(round * 7) % steps.len()];
    (0..len).map(|place| (place * step + round) % len).collect()
}

/// What a call was charged.
pub fn gas(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Success { gas_used, .. } | Outcome::Revert { gas_used, .. } => *gas_used,
        Outcome::OutOfGas => 0,
    }
}

/// The subjects that are measured of these cases, and their stage.
pub fn prepare(cases: &[Arc<Case>]) -> (Stage, Vec<Subject>) {
    let stage = Stage::new(cases.iter().map(|case| &**case));
    (stage, Subject::of(cases))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_has_its_turn_in_every_round() {
        for len in [1, 2, 12, 97, 360] {
            for round in 0..40 {
                let mut order = order(len, round);
                order.sort_unstable();
                assert_eq!(order, (0..len).collect::<Vec<_>>());
            }
        }
        assert_ne!(order(97, 0), order(97, 1));
    }

    #[test]
    fn quantiles() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(
            [0.0, 0.5, 1.0].map(|share| quantile(&values, share)),
            [1.0, 3.0, 5.0]
        );
        assert!(quantile(&[], 0.5).is_nan());
    }
}
