//! Mutated inputs of every format that anyone may send (`aivm_test_support::formats`): no panic, no write by what is
//! refused, the same verdict by both signature backends, and no input that takes ten times as long as an honest one.
//!
//! The inputs are the same on every run. `cargo xtask fuzz` searches further, guided by coverage.

use aivm::evidence::Vendor;
use aivm_test_support::{
    formats::{Chain, FORMATS, Format, Verdict, seeds},
    fuzz::mutate,
    rng::Rng,
};
use std::time::{Duration, Instant};

/// Inputs for each format.
const CASES: usize = 50_000;

/// Every so many inputs, the other signature backend must agree.
const BOTH_BACKENDS_EVERY: usize = 32;

/// How much longer than an honest input a mutated one may take.
const SLOWDOWN: u32 = 10;

/// How often a slow input is measured again: other programs disturb a measurement, a slow input stays slow.
const REPEATS: usize = 9;

#[allow(clippy::disallowed_methods)] // a test measures time
fn time(chain: &Chain, format: Format, input: &[u8]) -> (Verdict, Duration) {
    let start = Instant::now();
    let verdict = chain.check_behind_signatures(format, input);
    (verdict, start.elapsed())
}

fn least_time(chain: &Chain, format: Format, input: &[u8]) -> Duration {
    let times = (0..REPEATS).map(|_| time(chain, format, input).1);
    times.min().expect("at least one measurement")
}

/// Mutates honest inputs, and counts those that are accepted with signatures that are all good.
fn fuzz(index: usize) -> usize {
    let (name, format) = FORMATS[index];
    let chain = Chain::new();
    // The mutator leaves the first byte alone, so each input is given one.
    let seeds: Vec<_> = seeds(format)
        .into_iter()
        .map(|seed| [vec![0], seed].concat())
        .collect();
    let honest = seeds.iter().map(|seed| least_time(&chain, format, &seed[1..]));
    let limit = honest.max().expect("at least one seed") * SLOWDOWN;
    let mut rng = Rng(index as u64 + 1);
    let mut accepted = 0;
    for case in 0..CASES {
        let input = &mutate(&mut rng, &seeds)[1..];
        let (verdict, elapsed) = time(&chain, format, input);
        accepted += usize::from(verdict.is_ok());
        assert!(
            elapsed <= limit || least_time(&chain, format, input) <= limit,
            "{name}, case {case}: {elapsed:?}, and the limit is {limit:?}"
        );
        let _verdict = if case % BOTH_BACKENDS_EVERY == 0 {
            chain.check_both(format, input)
        } else {
            chain.check(format, input)
        };
    }
    println!("{name}: {CASES} inputs, {accepted} accepted where every signature is good");
    accepted
}

/// One test for each format, so that they run side by side.
macro_rules! formats {
    ($($index:literal $name:ident,)+) => {
        $(
            #[test]
            fn $name() {
                assert_eq!(FORMATS[$index].0, stringify!($name));
                let accepted = fuzz($index);
                assert!((1..CASES).contains(&accepted), "{accepted} accepted: the inputs are one-sided");
            }
        )+

        #[test]
        fn every_format_has_a_test() {
            assert_eq!([$($index),+].len(), FORMATS.len());
        }
    };
}

formats! {
    0 evidence_sgx,
    1 evidence_sevsnp,
    2 evidence_tdx,
    3 evidence_nvidia,
    4 evidence_armcca,
    5 collateral_sgx,
    6 collateral_sevsnp,
    7 collateral_tdx,
    8 collateral_nvidia,
    9 collateral_armcca,
    10 roots_x509,
    11 roots_armcca,
    12 golden_nvidia,
    13 golden_armcca,
}

/// What is honest is taken, with real signatures: what is genuine everywhere, of what is minted what needs none.
#[test]
fn honest_inputs() {
    let chain = Chain::new();
    for (name, format) in FORMATS {
        let seeds = seeds(format);
        assert_eq!(chain.check_both(format, &seeds[0]), Ok(()), "{name}");
    }
}

/// Mutations of one genuine quote, each verified with both signature backends: the same verdict, the same code. (The
/// other vendors' suites do the same with theirs.)
fn both_backends(format: Format) {
    const MUTATIONS: usize = 20_000;
    let chain = Chain::new();
    let genuine = [[vec![0], seeds(format).swap_remove(0)].concat()];
    let mut rng = Rng(20_000);
    let mut accepted = 0;
    for _ in 0..MUTATIONS {
        let input = &mutate(&mut rng, &genuine)[1..];
        accepted += usize::from(chain.check_both(format, input).is_ok());
    }
    // What is left as it was, or changed back.
    assert!(accepted < MUTATIONS / 100, "{accepted} mutations are accepted");
}

#[test]
fn both_backends_on_mutated_sgx_quotes() {
    both_backends(Format::Evidence(Vendor::Sgx));
}

#[test]
fn both_backends_on_mutated_tdx_quotes() {
    both_backends(Format::Evidence(Vendor::Tdx));
}
