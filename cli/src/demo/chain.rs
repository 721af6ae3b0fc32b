//! A development chain in memory: one transaction to a block, and a probe on the precompile's frame.

use crate::{
    evm::{self, Block, Status},
    ledger::{Account, Ledger},
    output::Failure,
    system::Stopwatch,
};
use aivm::Aivm;
use alloy_primitives::{Address, Bytes, Log, TxKind, U256, address, bytes};
use revm::{
    InspectCommitEvm, Inspector, MainBuilder,
    context::TxEnv,
    interpreter::{CallInputs, CallOutcome},
};

/// Seconds between blocks.
const BLOCK_SECONDS: u64 = 12;

/// Below the limit that a transaction has since EIP-7825.
const TRANSACTION_GAS: u64 = 16_000_000;

const CHAIN_ID: u64 = 31_337;

/// Where the demo's mining contract is.
pub(super) const MINING_CONTRACT: Address = address!("0000000000000000000000000000000000c0ffee");

/// The demo's mining contract: passes call data on to 0x0300, and what it answers back.
///
/// ```text
/// CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY
/// PUSH0 PUSH0 CALLDATASIZE PUSH0 PUSH0 PUSH2 0x0300 GAS CALL
/// RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY
/// PUSH1 0x18 JUMPI RETURNDATASIZE PUSH0 REVERT JUMPDEST RETURNDATASIZE PUSH0 RETURN
/// ```
const MINING_CONTRACT_CODE: Bytes = bytes!("365f5f375f5f365f5f6103005af13d5f5f3e6018573d5ffd5b3d5ff3");

/// A transaction that ends at a precompile.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Who sends it.
    pub(super) from: Address,
    /// The contract that it goes through, if it does.
    pub(super) via: Option<Address>,
    /// The precompile.
    pub(super) precompile: Address,
    /// The call data.
    pub(super) data: Bytes,
}

/// What happened in the precompile's frame, and what the transaction logged.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub(super) status: Status,
    pub(super) output: Bytes,
    pub(super) gas: u64,
    pub(super) micros: f64,
    pub(super) logs: Vec<Log>,
}

/// The chain.
pub(super) struct Chain {
    aivm: Aivm,
    ledger: Ledger,
    number: u64,
    genesis_time: u64,
}

impl Chain {
    /// A new chain whose first block is at `time`.
    pub(super) fn new(time: u64) -> Self {
        let aivm = Aivm::default();
        let mut ledger = Ledger::development(&aivm);
        let contract = Account {
            nonce: 1,
            code: MINING_CONTRACT_CODE,
            ..Default::default()
        };
        ledger.accounts.insert(MINING_CONTRACT, contract);
        Self {
            aivm,
            ledger,
            number: 0,
            genesis_time: time.saturating_sub(BLOCK_SECONDS),
        }
    }

    /// The precompiles.
    pub(super) fn aivm(&self) -> &Aivm {
        &self.aivm
    }

    /// The accounts as the last block left them.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Runs a transaction in a block of its own, and commits the block.
    pub(super) fn transact(&mut self, call: &Call) -> Result<Measured, Failure> {
        self.number += 1;
        let block = Block {
            number: self.number,
            timestamp: self.genesis_time + self.number * BLOCK_SECONDS,
            chain_id: CHAIN_ID,
        };
        let transaction = TxEnv::builder()
            .chain_id(Some(CHAIN_ID))
            .caller(call.from)
            .kind(TxKind::Call(call.via.unwrap_or(call.precompile)))
            .value(U256::ZERO)
            .data(call.data.clone())
            .gas_limit(TRANSACTION_GAS)
            .build()
            .map_err(|error| Failure::internal(format!("{error:?}")))?;
        let probe = Probe::new(call.precompile);
        let context = evm::context(evm::block_state(&self.ledger), &block);
        let evm = context.build_mainnet_with_inspector(probe);
        let mut evm = evm.with_precompiles(evm::precompiles(&self.aivm, &block)?);
        let result = evm.inspect_tx_commit(transaction).map_err(Failure::internal)?;
        let frames = evm.inspector.frames;
        let changes = evm::changes(&mut evm.ctx.journaled_state.database);
        self.ledger.apply(changes);
        let [frame] = <[Measured; 1]>::try_from(frames).map_err(|frames| {
            Failure::internal(format!(
                "the precompile was called {} times, not once",
                frames.len()
            ))
        })?;
        Ok(Measured {
            logs: result.into_logs(),
            ..frame
        })
    }
}

/// Watches the call frames of one precompile.
struct Probe {
    precompile: Address,
    stopwatch: Stopwatch,
    frames: Vec<Measured>,
}

impl Probe {
    fn new(precompile: Address) -> Self {
        Self {
            precompile,
            stopwatch: Stopwatch::start(),
            frames: Vec::new(),
        }
    }
}

impl<CTX> Inspector<CTX> for Probe {
    fn call(&mut self, _context: &mut CTX, inputs: &mut CallInputs) -> Option<CallOutcome> {
        if inputs.bytecode_address == self.precompile {
            self.stopwatch = Stopwatch::start();
        }
        None
    }

    fn call_end(&mut self, _context: &mut CTX, inputs: &CallInputs, outcome: &mut CallOutcome) {
        if inputs.bytecode_address == self.precompile {
            self.frames.push(Measured {
                micros: self.stopwatch.micros(),
                status: evm::status(outcome.result.result),
                output: outcome.result.output.clone(),
                gas: outcome.result.gas.total_gas_spent(),
                logs: Vec::new(),
            });
        }
    }
}
