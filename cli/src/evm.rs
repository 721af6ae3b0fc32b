//! revm with the precompiles in it, over a [`Ledger`], with state clearing as clients have it.

use crate::{ledger::Ledger, output::Failure};
use aivm::{Aivm, revm::AivmPrecompiles};
use alloy_primitives::{Address, Bytes, Log, U256};
use revm::{
    Context, DatabaseCommit, MainBuilder, MainContext,
    context::{ContextTr, JournalTr, LocalContextTr},
    context_interface::result::EVMError,
    database::{
        State, WrapDatabaseRef,
        states::{StateChangeset, bundle_state::BundleRetention},
    },
    handler::{EthFrame, FrameResult, Handler, MainnetContext, MainnetHandler},
    interpreter::{
        CallInput, CallInputs, CallScheme, CallValue, FrameInput, InstructionResult, SharedMemory,
        interpreter_action::FrameInit,
    },
    primitives::hardfork::SpecId,
};

/// The hard fork that calls run under.
pub(crate) const SPEC: SpecId = SpecId::OSAKA;

/// The state of one block: what transactions before it left, and what its own change.
pub(crate) type BlockState<'a> = State<WrapDatabaseRef<&'a Ledger>>;

/// What a call sees of the block and the chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// Its number.
    pub(crate) number: u64,
    /// Its time in Unix seconds.
    pub(crate) timestamp: u64,
    /// The chain's id.
    pub(crate) chain_id: u64,
}

/// One call frame.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Who calls.
    pub(crate) from: Address,
    /// Who is called.
    pub(crate) to: Address,
    /// Wei sent along.
    pub(crate) value: U256,
    /// The call data.
    pub(crate) data: Bytes,
    /// The gas it may use.
    pub(crate) gas: u64,
    /// Whether it is a STATICCALL.
    pub(crate) is_static: bool,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It returned.
    Success,
    /// It reverted.
    Revert,
    /// It failed and used up its gas, for this reason.
    Halt(String),
}

/// What a call came to.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// How it ended.
    pub(crate) status: Status,
    /// What it returned or reverted with.
    pub(crate) output: Bytes,
    /// The gas it used.
    pub(crate) gas_used: u64,
    /// What it logged.
    pub(crate) logs: Vec<Log>,
}

/// The state of a new block on top of `ledger`.
pub(crate) fn block_state(ledger: &Ledger) -> BlockState<'_> {
    State::builder()
        .with_database_ref(ledger)
        .with_bundle_update()
        .build()
}

/// What a block changed.
pub(crate) fn changes(state: &mut BlockState<'_>) -> StateChangeset {
    state.merge_transitions(BundleRetention::PlainState);
    state
        .take_bundle()
        .to_plain_state(revm::database::OriginalValuesKnown::Yes)
}

/// revm's context for a block.
pub(crate) fn context<'a>(state: BlockState<'a>, block: &Block) -> MainnetContext<BlockState<'a>> {
    Context::mainnet()
        .with_db(state)
        .modify_cfg_chained(|cfg| {
            cfg.set_spec_and_mainnet_gas_params(SPEC);
            cfg.chain_id = block.chain_id;
            cfg.disable_nonce_check = true;
        })
        .modify_block_chained(|env| {
            env.number = U256::from(block.number);
            env.timestamp = U256::from(block.timestamp);
        })
}

/// The precompiles for a block.
pub(crate) fn precompiles(aivm: &Aivm, block: &Block) -> Result<AivmPrecompiles, Failure> {
    AivmPrecompiles::new(aivm.clone(), SPEC, block.timestamp).map_err(Failure::internal)
}

/// Runs one call frame, without a transaction around it: no nonce, no fee, no intrinsic gas. `ledger` changes only
/// if the call succeeds.
pub(crate) fn run_frame(
    aivm: &Aivm,
    ledger: &mut Ledger,
    block: &Block,
    frame: &Frame,
) -> Result<Outcome, Failure> {
    let evm = context(block_state(ledger), block).build_mainnet();
    let mut evm = evm.with_precompiles(precompiles(aivm, block)?);
    let mut handler = MainnetHandler::<_, EVMError<_>, EthFrame>::default();
    let fault = |error: EVMError<_>| Failure::internal(error);
    handler.load_accounts(&mut evm).map_err(fault)?;
    let first = first_frame(&mut evm.ctx, frame)?;
    let FrameResult::Call(call) = handler.run_exec_loop(&mut evm, first).map_err(fault)? else {
        return Err(Failure::internal("a call ended as a creation"));
    };
    let outcome = Outcome {
        status: status(call.result.result),
        gas_used: call.result.gas.total_gas_spent(),
        output: call.result.output,
        logs: evm.ctx.journal_mut().take_logs(),
    };
    if outcome.status == Status::Success {
        let touched = evm.ctx.journal_mut().finalize();
        let mut state = evm.ctx.journaled_state.database;
        state.commit(touched);
        let changes = changes(&mut state);
        ledger.apply(changes);
    }
    Ok(outcome)
}

/// The frame as revm's handler makes the first one of a transaction.
fn first_frame(context: &mut MainnetContext<BlockState<'_>>, frame: &Frame) -> Result<FrameInit, Failure> {
    let journal = context.journal_mut();
    journal.load_account(frame.from).map_err(Failure::internal)?;
    let callee = journal
        .load_account_with_code(frame.to)
        .map_err(Failure::internal)?;
    let known_bytecode = (
        callee.info.code_hash,
        callee.info.code.clone().unwrap_or_default(),
    );
    let inputs = CallInputs {
        input: CallInput::Bytes(frame.data.clone()),
        return_memory_offset: 0..0,
        gas_limit: frame.gas,
        reservoir: 0,
        bytecode_address: frame.to,
        known_bytecode,
        target_address: frame.to,
        caller: frame.from,
        value: CallValue::Transfer(frame.value),
        scheme: if frame.is_static {
            CallScheme::StaticCall
        } else {
            CallScheme::Call
        },
        is_static: frame.is_static,
        charged_new_account_state_gas: false,
    };
    Ok(FrameInit {
        depth: 0,
        memory: SharedMemory::new_with_buffer(context.local().shared_memory_buffer().clone()),
        frame_input: FrameInput::Call(Box::new(inputs)),
    })
}

/// Every way to run out of gas has one name.
pub(crate) fn status(result: InstructionResult) -> Status {
    match result {
        ok if ok.is_ok() => Status::Success,
        InstructionResult::Revert => Status::Revert,
        InstructionResult::OutOfGas
        | InstructionResult::MemoryOOG
        | InstructionResult::MemoryLimitOOG
        | InstructionResult::PrecompileOOG
        | InstructionResult::InvalidOperandOOG
        | InstructionResult::ReentrancySentryOOG => Status::Halt("OutOfGas".into()),
        other => Status::Halt(format!("{other:?}")),
    }
}
