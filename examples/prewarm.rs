//! A client on revm that checks a block's signatures ahead, on all cores, and what that gains: each block is executed
//! without and with it, and everything must be equal.
//!
//! `cargo run --release --features parallel --example prewarm`

use aivm::{
    Aivm, Call, Genesis, Outcome,
    evidence::Vendor,
    genesis::DEVELOPMENT_ACCOUNT,
    precompiles::mining::Operation,
    prewarm::{BlockFacts, Memo, OnRevm, OuterCall},
    revm::AivmPrecompiles,
};
use aivm_simulator::fleet::{Fleet, NOW};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, address};
use ml_dsa::{Keypair, MlDsa65, Signer, SigningKey};
use revm::{
    Context, DatabaseCommit, ExecuteEvm, MainBuilder, MainContext,
    bytecode::Bytecode,
    context::{BlockEnv, TxEnv, result::ExecutionResult},
    database::{BundleState, CacheDB, EmptyDB, State, states::bundle_state::BundleRetention},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

const MINING: Address = address!("0000000000000000000000000000000000000300");
const REGISTRY: Address = address!("0000000000000000000000000000000000000AAA");
const SPEC: SpecId = SpecId::OSAKA;
const BLOCK_GAS_LIMIT: u64 = 36_000_000;

type Disk = CacheDB<EmptyDB>;
type Executed = (Vec<ExecutionResult>, BundleState);

/// Executes a block over the state before it, as a client does that knows nothing of a memo.
fn execute(disk: &Disk, aivm: &Aivm, block: &BlockFacts, txs: &[TxEnv]) -> Result<Executed, Box<dyn Error>> {
    let mut state = State::builder()
        .with_database_ref(disk)
        .with_bundle_update()
        .build();
    let mut evm = Context::mainnet()
        .with_db(&mut state)
        .with_block(BlockEnv {
            number: U256::from(block.number),
            timestamp: U256::from(block.timestamp),
            gas_limit: u64::MAX,
            ..Default::default()
        })
        .modify_cfg_chained(|cfg| {
            cfg.set_spec_and_mainnet_gas_params(SPEC);
            cfg.disable_nonce_check = true; // a client of course checks it
        })
        .build_mainnet()
        .with_precompiles(AivmPrecompiles::new(aivm.clone(), SPEC, block.timestamp)?);
    let mut results = Vec::new();
    for tx in txs {
        let outcome = evm.transact(tx.clone())?;
        evm.ctx.journaled_state.database.commit(outcome.state);
        results.push(outcome.result);
    }
    state.merge_transitions(BundleRetention::Reverts);
    Ok((results, state.take_bundle()))
}

/// The state of a chain on which the fleet's devices can attest.
fn disk(aivm: &Aivm, fleet: &Fleet) -> Result<Disk, Box<dyn Error>> {
    let mut host = Genesis::development().memory_host(aivm, NOW);
    for input in fleet.calls() {
        let call = Call {
            input: &input,
            gas_limit: 16_000_000,
            caller: DEVELOPMENT_ACCOUNT,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let outcome = aivm.call(REGISTRY, &mut host, &call).ok_or("no registry")??;
        assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
    }
    let mut disk = Disk::default();
    for (address, account) in host.accounts {
        let code = Bytecode::new_legacy(account.code);
        let info = AccountInfo::new(U256::ZERO, account.nonce, code.hash_slow(), code);
        disk.insert_account_info(address, info);
        for (slot, value) in account.storage {
            disk.insert_account_storage(address, slot, value)?;
        }
    }
    Ok(disk)
}

fn transaction(to: Address, input: Bytes) -> Result<TxEnv, Box<dyn Error>> {
    let tx = TxEnv::builder()
        .caller(DEVELOPMENT_ACCOUNT)
        .kind(TxKind::Call(to))
        .data(input)
        .gas_limit(16_000_000);
    tx.build().map_err(|error| format!("{error:?}").into())
}

/// A block of 64 signed messages and 32 quotes.
fn transactions(fleet: &Fleet) -> Result<Vec<TxEnv>, Box<dyn Error>> {
    let mut txs = Vec::new();
    for number in 0..64_u8 {
        let key = SigningKey::<MlDsa65>::from_seed(&[number; 32].into());
        let (message, public_key) = ([number; 32], key.verifying_key().encode());
        let signature = key.sign(&message).encode();
        let opcode = Operation::VerifyMldsa.opcode();
        let input = [&[opcode, 0x65], &public_key[..], &signature[..], &message].concat();
        txs.push(transaction(MINING, input.into())?);
    }
    for number in 0..32 {
        let nonce = B256::with_last_byte(7);
        let evidence = fleet.device(Vendor::Tdx, number).evidence(nonce, B256::ZERO, 0);
        let input = [&[Operation::VerifyTee.opcode()], &evidence[..], &nonce[..]].concat();
        txs.push(transaction(MINING, input.into())?);
    }
    Ok(txs)
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
    let disk = disk(&aivm, &fleet)?;
    let txs = transactions(&fleet)?;
    for number in 2..5 {
        let block = BlockFacts {
            number,
            timestamp: NOW,
            chain_id: 1,
            gas_limit: BLOCK_GAS_LIMIT,
        };
        let (without, alone) = timed(|| execute(&disk, &aivm, &block, &txs));

        let memo = Arc::new(Memo::new());
        let calls = txs.iter().filter_map(OuterCall::of_revm);
        let ((), ahead) = timed(|| aivm.prewarm(&memo, &OnRevm(&disk), &block, calls));
        let (with, after) = timed(|| execute(&disk, &aivm.with_memo(&memo), &block, &txs));

        assert_eq!(without?, with?);
        println!(
            "block {number}: {alone:?} without a memo; {ahead:?} ahead, then {after:?}: {:?}",
            memo.stats()
        );
        assert_eq!((memo.stats().hits, memo.stats().misses), (64 + 3 * 32, 0));
    }
    println!("ok");
    Ok(())
}
