//! The time of `verifyAttestation` through the revm adapter with 10 and with 100,000 devices, over a database in memory:
//! what more devices cost is a longer path in the tree, and must stay below 1.3 times the whole. And the time of what a
//! proof writes (record, leaf and all above it, the block's tree, log), by itself: of the same device each time, which
//! has a limit, and of one device after the other, which says more of the processor's caches and of the database's map.
//!
//! `cargo bench --bench registry`. Fails beyond the limits.

#![allow(clippy::disallowed_methods)] // a clock, to measure with

use aivm::{
    Aivm, Genesis, MemoryHost,
    abi::IAttestationRegistry::verifyAttestationCall,
    evidence::Vendor,
    precompiles::{
        Call, Host, Outcome,
        state::{RegistryState, device::ProofTrace},
    },
    revm::{AivmPrecompiles, JournalHost},
};
use aivm_test_support::{
    fleet::{Claim, Fleet, NOW},
    scale,
};
use alloy_primitives::{Address, B256, Bytes, Log, LogData, TxKind, U256};
use alloy_sol_types::SolCall;
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext,
    bytecode::Bytecode,
    context::{ContextTr, TxEnv},
    database::InMemoryDB,
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use std::{hint::black_box, process::ExitCode, time::Instant};

/// What the time with the most devices may be, in times of that with the fewest.
const LIMIT: f64 = 1.3;

/// What writing may take with the most devices, in microseconds.
const WRITING_LIMIT: f64 = 15.0;

/// How many devices there are.
const COUNTS: [u64; 4] = [10, 1_000, 10_000, 100_000];

/// Rounds, in each of which every count has its turn, and calls in a turn.
const ROUNDS: usize = 60;
const CALLS: usize = 20;

/// How many proofs are written for each count.
const WRITES: u64 = 4_000;

/// A prime: every device has its turn, and none is beside the one before.
const STRIDE: u64 = 7_919;

const OPERATOR: Address = Address::repeat_byte(0xa1);
const CHAIN_ID: u64 = 1;

/// A registry with so many devices, and a call that renews the one that is there for real.
struct Registry {
    database: InMemoryDB,
    renewal: Bytes,
    count: u64,
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
            count,
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

    /// Microseconds for what a proof writes: a tenth of many takes less. What disturbs so short a time makes it longer.
    fn writing(&mut self, registry: Address, stride: u64) -> f64 {
        let mut times: Vec<_> = (0..WRITES)
            .map(|number| self.time_writing(registry, number, stride))
            .collect();
        quantile(&mut times, 0.1)
    }

    /// Microseconds for what one proof writes. It is not kept.
    fn time_writing(&mut self, registry: Address, number: u64, stride: u64) -> f64 {
        // The device with number 0 is the one that is there for real.
        let id = scale::device_id(1 + number.wrapping_mul(stride) % (self.count - 1));
        let trace = ProofTrace {
            nonce: U256::from(number + 2),
            attested_key: B256::ZERO,
        };
        let mut context = Context::mainnet().with_db(&mut self.database);
        let start = Instant::now();
        let mut host = JournalHost::new(context.journal_mut(), NOW, 1, CHAIN_ID);
        let mut state = RegistryState::new(&mut host, registry);
        state
            .record_proof(black_box(id), &scale::device(OPERATOR, NOW), &trace)
            .expect("memory cannot fail");
        state
            .push_attestation(1, black_box(id))
            .expect("memory cannot fail");
        let data = LogData::new_unchecked(vec![id; 3], Bytes::from_static(&[0; 128]));
        host.log(Log {
            address: registry,
            data,
        });
        start.elapsed().as_secs_f64() * 1e6
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

/// The time below which this part of them is, from 0 to 1.
fn quantile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() as f64 * part) as usize]
}

fn main() -> ExitCode {
    let aivm = Aivm::default();
    let fleet = Fleet::new();
    let mut registries = COUNTS.map(|count| {
        eprintln!("a registry with {count} devices …");
        Registry::new(&aivm, &fleet, count)
    });
    let address = aivm.config().addresses.registry;
    let mut times = COUNTS.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (registry, times) in registries.iter_mut().zip(&mut times) {
            times.push(registry.time(&aivm));
        }
    }
    let times = times.map(|mut times| quantile(&mut times, 0.5));
    let writing = registries.map(|mut registry| [0, STRIDE].map(|stride| registry.writing(address, stride)));
    println!(
        "{:>9} {:>9} {:>6} {:>12} {:>19}",
        "devices", "µs", "ratio", "writing, µs", "of another each"
    );
    for ((count, time), [same, other]) in COUNTS.iter().zip(times).zip(writing) {
        let ratio = time / times[0];
        println!("{count:>9} {time:>9.1} {ratio:>6.3} {same:>12.1} {other:>19.1}");
    }
    let most = COUNTS.len() - 1;
    let (ratio, [writing, _]) = (times[most] / times[0], writing[most]);
    if ratio > LIMIT {
        eprintln!(
            "verifyAttestation takes {ratio:.2} times as long with the most devices; the limit is {LIMIT}"
        );
    }
    if writing > WRITING_LIMIT {
        eprintln!(
            "a proof's writes take {writing:.1} µs with the most devices; the limit is {WRITING_LIMIT}"
        );
    }
    if ratio > LIMIT || writing > WRITING_LIMIT {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
