//! A client on revm, in one file: it executes blocks, and activates aivm on a chain that already runs.
//!
//! `cargo run --release --example revm_client`

use aivm::{
    Activation, Aivm, Genesis,
    abi::IAttestationRegistry::{minTrustScoreCall, setMinTrustScoreCall},
    genesis::DEVELOPMENT_ACCOUNT,
    revm::{AivmPrecompiles, activate},
};
use alloy_primitives::{Address, Bytes, TxKind, U256, address};
use alloy_sol_types::SolCall;
use revm::{
    Context, DatabaseCommit, ExecuteEvm, MainBuilder, MainContext,
    context::{BlockEnv, TxEnv, result::ExecutionResult},
    database::{CacheDB, EmptyDB, State, states::bundle_state::BundleRetention},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use std::error::Error;

const MINING: Address = address!("0000000000000000000000000000000000000300");
const REGISTRY: Address = address!("0000000000000000000000000000000000000AAA");

/// The hard fork of every block here.
const SPEC: SpecId = SpecId::OSAKA;

/// The first block with this time has the precompiles.
const ACTIVATION: u64 = 1_800_000_000;

/// A node: its state, and what all nodes of its chain agree on.
struct Node {
    state: State<CacheDB<EmptyDB>>,
    aivm: Aivm,
    genesis: Genesis,
    /// The number and time of the newest block.
    head: (u64, u64),
}

impl Node {
    fn new() -> Self {
        let mut disk = CacheDB::new(EmptyDB::default());
        let rich = AccountInfo::from_balance(U256::from(10).pow(U256::from(18)));
        disk.insert_account_info(DEVELOPMENT_ACCOUNT, rich);
        Self {
            state: State::builder().with_database(disk).with_bundle_update().build(),
            aivm: Aivm::default().with_activation(Activation::Timestamp(ACTIVATION)),
            genesis: Genesis {
                // The mining contract: here, an account of ours.
                authorized: vec![DEVELOPMENT_ACCOUNT],
                ..Genesis::development()
            },
            head: (0, ACTIVATION - 24),
        }
    }

    /// Executes a block of transactions by the development account.
    fn block(
        &mut self,
        timestamp: u64,
        txs: &[(Address, Bytes)],
    ) -> Result<Vec<ExecutionResult>, Box<dyn Error>> {
        let number = self.head.0 + 1;
        // Before the first transaction: on a new chain, the genesis file has the accounts instead.
        if (self.aivm.activation()).begins_in((SPEC, self.head.1), (SPEC, timestamp)) {
            activate(&mut self.state, &self.aivm, &self.genesis)?;
            println!("block {number}: the accounts of aivm are installed");
        }
        let mut results = Vec::new();
        for (to, data) in txs {
            let precompiles = AivmPrecompiles::new(self.aivm.clone(), SPEC, timestamp)?;
            let block = BlockEnv {
                number: U256::from(number),
                timestamp: U256::from(timestamp),
                ..Default::default()
            };
            let mut evm = Context::mainnet()
                .with_db(&mut self.state)
                .with_block(block)
                .modify_cfg_chained(|cfg| {
                    cfg.set_spec_and_mainnet_gas_params(SPEC);
                    cfg.disable_nonce_check = true; // a client of course checks it
                })
                .build_mainnet()
                .with_precompiles(precompiles);
            let tx = TxEnv::builder()
                .caller(DEVELOPMENT_ACCOUNT)
                .kind(TxKind::Call(*to))
                .data(data.clone())
                .gas_limit(1_000_000)
                .build()
                .map_err(|error| format!("{error:?}"))?;
            let outcome = evm.transact(tx)?;
            self.state.commit(outcome.state);
            results.push(outcome.result);
        }
        // Here a client computes the state root and writes the bundle to its disk.
        self.state.merge_transitions(BundleRetention::Reverts);
        self.head = (number, timestamp);
        Ok(results)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let work = [7; 32];
    let mark_spent = (MINING, Bytes::from([&[6][..], &work].concat()));
    let is_spent = (MINING, Bytes::from([&[4][..], &work].concat()));
    let mut node = Node::new();

    let before = node.block(ACTIVATION - 12, std::slice::from_ref(&mark_spent))?;
    println!(
        "block 1: MarkSpent returns {:?}: nobody is there yet",
        before[0].output()
    );
    assert!(before[0].logs().is_empty());

    let set = setMinTrustScoreCall { score: 70 }.abi_encode().into();
    let first = node.block(
        ACTIVATION,
        &[mark_spent.clone(), is_spent.clone(), mark_spent, (REGISTRY, set)],
    )?;
    println!("block 2: MarkSpent logs {:?}", first[0].logs()[0].topics()[0]);
    println!(
        "block 2: IsSpent returns {}",
        first[1].output().ok_or("no output")?
    );
    println!(
        "block 2: MarkSpent again: {}",
        if first[2].is_success() {
            "succeeds"
        } else {
            "reverts"
        }
    );
    assert!(
        first[0].is_success() && first[1].is_success() && !first[2].is_success() && first[3].is_success()
    );

    let get = minTrustScoreCall {}.abi_encode().into();
    let next = node.block(ACTIVATION + 12, &[is_spent, (REGISTRY, get)])?;
    let spent = U256::try_from_be_slice(next[0].output().ok_or("no output")?);
    let score = minTrustScoreCall::abi_decode_returns(next[1].output().ok_or("no output")?)?;
    println!(
        "block 3: IsSpent returns {}, minTrustScore() returns {score}",
        spent == Some(U256::ONE)
    );
    assert_eq!((spent, score), (Some(U256::ONE), 70));
    println!("ok");
    Ok(())
}
