//! The time of `verifyAttestation` through the revm adapter with 10 and with 100,000 devices, over a database in memory:
//! what more devices cost is a longer path in the tree, and must stay below 1.3 times the whole.
//!
//! `cargo bench --bench registry`. Fails beyond the limit.

#![allow(clippy::disallowed_methods)] // a clock, to measure with

use aivm::{
    Aivm, Genesis, MemoryHost,
    abi::IAttestationRegistry::verifyAttestationCall,
    evidence::Vendor,
    precompiles::{Call, Outcome},
    revm::AivmPrecompiles,
};
use aivm_test_support::{
    fleet::{Claim, Fleet, NOW},
    scale,
};
use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_sol_types::SolCall;
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext, bytecode::Bytecode, context::TxEnv, database::InMemoryDB,
    primitives::hardfork::SpecId, state::AccountInfo,
};
use std::{hint::black_box, process::ExitCode, time::Instant};

/// What the time with the most devices may be, in times of that with the fewest.
const LIMIT: f64 = 1.3;

/// How many devices there are.
const COUNTS: [u64; 4] = [10, 1_000, 10_000, 100_000];

/// Rounds, in each of which every count has its turn, and calls in a turn.
const ROUNDS: usize = 60;
const CALLS: usize = 20;

const OPERATOR: Address = Address::repeat_byte(0xa1);
const CHAIN_ID: u64 = 1;

/// A registry with so many devices, and a call that renews the one that is there for real.
struct Registry {
    database: InMemoryDB,
    renewal: Bytes,
}

impl Registry {
    fn new(aivm: &Aivm, fleet: &Fleet, count: u64) -> Self {
        let genesis = Genesis::development();
        let mut host = genesis.memory_host(aivm, NOW);
        (host.chain_id, host.number) = (CHAIN_ID, 1);
        for input in fleet.calls() {
            call(aivm, &mut host, genesis.governance, &input);
        }
        let device = fleet.device(Vendor::Tdx, 1);
        let proof = |nonce: u64| verifyAttestationCall {
            proof: device.prove(&Claim::new(CHAIN_ID, OPERATOR, U256::from(nonce))),
        };
        call(aivm, &mut host, OPERATOR, &proof(1).abi_encode());
        scale::populate(&mut host, aivm.config().addresses.registry, count);
        Self {
            database: database(&host),
            renewal: proof(2).abi_encode().into(),
        }
    }

    /// Microseconds for a renewal that is not kept.
    fn time(&mut self, aivm: &Aivm) -> f64 {
        let precompiles = AivmPrecompiles::new(aivm.clone(), SpecId::OSAKA, NOW).expect("free addresses");
        let mut evm = Context::mainnet()
            .modify_block_chained(|block| (block.timestamp, block.number) = (U256::from(NOW), U256::ONE))
            .modify_cfg_chained(|cfg| cfg.disable_nonce_check = true)
            .with_db(&mut self.database)
            .build_mainnet()
            .with_precompiles(precompiles);
        let transaction = TxEnv::builder()
            .caller(OPERATOR)
            .kind(TxKind::Call(aivm.config().addresses.registry))
            .data(self.renewal.clone())
            .gas_limit(1_000_000)
            .build()
            .expect("a transaction");
        let start = Instant::now();
        for _ in 0..CALLS {
            let result = evm.transact(black_box(transaction.clone())).expect("a result");
            assert!(result.result.is_success(), "{:?}", result.result);
        }
        start.elapsed().as_secs_f64() * 1e6 / CALLS as f64
    }
}

fn call(aivm: &Aivm, host: &mut MemoryHost, caller: Address, input: &[u8]) {
    let call = Call {
        input,
        gas_limit: 30_000_000,
        caller,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let registry = aivm.config().addresses.registry;
    let outcome = aivm
        .call(registry, host, &call)
        .expect("a precompile")
        .expect("memory");
    assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
}

fn database(host: &MemoryHost) -> InMemoryDB {
    let mut database = InMemoryDB::default();
    for (address, account) in &host.accounts {
        let code = Bytecode::new_legacy(account.code.clone());
        let info = AccountInfo::default().with_nonce(account.nonce).with_code(code);
        database.insert_account_info(*address, info);
        for (slot, value) in &account.storage {
            database
                .insert_account_storage(*address, *slot, *value)
                .expect("memory cannot fail");
        }
    }
    database
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() -> ExitCode {
    let aivm = Aivm::default();
    let fleet = Fleet::new();
    let mut registries = COUNTS.map(|count| {
        eprintln!("a registry with {count} devices …");
        Registry::new(&aivm, &fleet, count)
    });
    let mut times = COUNTS.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (registry, times) in registries.iter_mut().zip(&mut times) {
            times.push(registry.time(&aivm));
        }
    }
    let medians = times.map(|mut times| median(&mut times));
    println!("{:>9} {:>9} {:>6}", "devices", "µs", "ratio");
    for (count, time) in COUNTS.iter().zip(medians) {
        println!("{count:>9} {time:>9.1} {:>6.3}", time / medians[0]);
    }
    let ratio = medians[COUNTS.len() - 1] / medians[0];
    if ratio <= LIMIT {
        return ExitCode::SUCCESS;
    }
    eprintln!("verifyAttestation takes {ratio:.2} times as long with the most devices; the limit is {LIMIT}");
    ExitCode::FAILURE
}
