//! Many quotes at once, without a chain: on one core, on two, and one by one, which must say the same of each.
//!
//! `cargo run --release --features parallel --example verify_quotes`

use aivm::{
    Aivm, Call, Genesis, MemoryHost, Outcome,
    evidence::{self, MAX_EVIDENCE_LEN, Vendor},
    genesis::DEVELOPMENT_ACCOUNT,
    precompiles::Context,
    prewarm::BlockFacts,
};
use aivm_simulator::fleet::{Fleet, NOW};
use alloy_primitives::{Address, B256, U256};
use rayon::ThreadPoolBuilder;
use std::{
    error::Error,
    time::{Duration, Instant},
};

const QUOTES: u32 = 64;

/// The best of so many runs counts: whatever else the machine does only adds to the others.
const RUNS: usize = 20;

/// The roots and collateral that the evidence is verified under.
fn state(aivm: &Aivm, fleet: &Fleet) -> Result<MemoryHost, Box<dyn Error>> {
    let mut state = Genesis::development().memory_host(aivm, NOW);
    for input in fleet.calls() {
        let call = Call {
            input: &input,
            gas_limit: 16_000_000,
            caller: DEVELOPMENT_ACCOUNT,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let registry = aivm.config().addresses.registry;
        let outcome = aivm.call(registry, &mut state, &call).ok_or("no registry")??;
        assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
    }
    Ok(state)
}

#[allow(
    clippy::disallowed_methods,
    reason = "the clock measures, and decides nothing"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

fn main() -> Result<(), Box<dyn Error>> {
    let (aivm, fleet) = (Aivm::default(), Fleet::new());
    let state = state(&aivm, &fleet)?;
    let block = BlockFacts {
        number: 1,
        timestamp: NOW,
        chain_id: 1,
        gas_limit: 36_000_000,
    };
    let pool = |cores| ThreadPoolBuilder::new().num_threads(cores).build();
    let pools = [pool(1)?, pool(2)?];
    for vendor in Vendor::ALL {
        let mut quotes: Vec<_> = (0..QUOTES)
            .map(|number| fleet.device(vendor, number).evidence(B256::ZERO, B256::ZERO, 0))
            .collect();
        quotes[7].resize(MAX_EVIDENCE_LEN + 1, 0);

        let alone = |quote: &Vec<u8>| {
            let mut context = Context {
                config: aivm.config(),
                crypto: aivm.crypto(),
                host: &mut state.clone(),
                caller: Address::ZERO,
            };
            evidence::verify(&mut context, quote)
        };
        let one_by_one: Vec<_> = quotes.iter().map(alone).collect();
        let [mut one, mut two] = [Duration::MAX; 2];
        for _ in 0..RUNS {
            for (pool, best) in pools.iter().zip([&mut one, &mut two]) {
                let (verdicts, time) = timed(|| pool.install(|| aivm.verify_quotes(&state, &block, &quotes)));
                assert_eq!(verdicts, one_by_one);
                *best = time.min(*best);
            }
        }
        let ratio = one.as_secs_f64() / two.as_secs_f64();
        let name = vendor.name();
        println!("{QUOTES} of {name}: {one:?} on one core, {two:?} on two: {ratio:.2} times as fast");
    }
    println!("ok");
    Ok(())
}
