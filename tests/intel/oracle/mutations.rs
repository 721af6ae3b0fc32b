//! 20,000 mutated inputs, the same on every run: changed quotes, changed collateral, other times, and whatever can be
//! said under valid signatures.

use super::{Bundle, Judge, Tally, mutators, resigned};
use crate::common::samples::packaged_cases;
use aivm_simulator::intel::{Format, NOW, Scenario};
use aivm_test_support::rng::Rng;

const QUOTES: usize = 9_000;
const COLLATERAL: usize = 6_000;
const TIMES: usize = 3_500;
const RESIGNED: usize = 1_500;

#[test]
fn the_inputs_are_20_000() {
    assert_eq!(QUOTES + COLLATERAL + TIMES + RESIGNED, 20_000);
}

/// A judge for each root, with the bundles under it: genuine samples, and a minted one of each format.
fn judges() -> [(Judge, Vec<Bundle>); 2] {
    let genuine = packaged_cases().iter().map(Bundle::recorded).collect();
    let minted = Format::ALL.map(|format| Bundle::minted(&Scenario::new(format)));
    [(Judge::intel(), genuine), (Judge::synthetic(), minted.into())]
}

/// Mutates half of the inputs from bundles under one root, half from those under the other. Inputs from one bundle
/// come one after another, so that its collateral is verified here only once where it stays as it is.
fn run(total: usize, seed: u64, mutate: impl Fn(&mut Rng, &mut Bundle, &[Bundle])) -> Tally {
    let mut rng = Rng(seed);
    let mut tally = Tally::default();
    for (mut judge, bundles) in judges() {
        let mut inputs: Vec<_> = (0..total / 2).map(|index| index % bundles.len()).collect();
        inputs.sort_unstable();
        for index in inputs {
            let mut bundle = bundles[index].clone();
            mutate(&mut rng, &mut bundle, &bundles);
            judge.compare(&bundle, &mut tally);
        }
    }
    assert_eq!(tally.panics, 0, "the other panicked");
    tally
}

#[test]
fn changed_quotes() {
    run(QUOTES, 1, mutators::quote).assert_each_class(QUOTES);
}

#[test]
fn changed_collateral() {
    run(COLLATERAL, 2, mutators::collateral).assert_each_class(COLLATERAL);
}

#[test]
fn other_times() {
    run(TIMES, 3, mutators::time).assert_each_class(TIMES);
}

/// Under valid signatures only the synthetic root says more than the samples do.
#[test]
fn whatever_can_be_said() {
    let mut rng = Rng(4);
    let mut tally = Tally::default();
    let mut judge = Judge::synthetic();
    for index in 0..RESIGNED {
        let mut scenario = Scenario::new(Format::ALL[index % Format::ALL.len()]);
        let bends = resigned::bend(&mut rng, &mut scenario);
        let mut bundle = Bundle::minted(&scenario);
        bundle.name += &format!(", {bends}");
        assert_eq!(bundle.now, NOW);
        judge.compare(&bundle, &mut tally);
    }
    assert_eq!(tally.panics, 0, "the other panicked");
    tally.assert_each_class(RESIGNED);
}
