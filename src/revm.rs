//! The adapter for revm: a `PrecompileProvider` that adds the precompiles to those of Ethereum.
//!
//! ```
//! use aivm::{Aivm, revm::AivmPrecompiles};
//! use revm::{Context, MainBuilder, MainContext, primitives::hardfork::SpecId};
//!
//! let precompiles = AivmPrecompiles::new(Aivm::default(), SpecId::OSAKA, 1_766_708_400)?;
//! let evm = Context::mainnet().build_mainnet().with_precompiles(precompiles);
//! # Ok::<_, aivm::ConfigError>(())
//! ```

mod activation;

pub use activation::{ActivationError, activate, activation_changes};

use crate::table::{Activation, Aivm, ConfigError};
use aivm_precompiles::{Call, Host, HostError, Outcome};
use alloy_primitives::{Address, Bytes, Log, U256, map::AddressSet};
use revm::{
    bytecode::Bytecode,
    context::{Block, Cfg, ContextTr, JournalTr},
    handler::{EthPrecompiles, PrecompileProvider, precompile_output_to_interpreter_result},
    interpreter::{CallInputs, CallScheme, InterpreterResult},
    precompile::{PrecompileHalt, PrecompileOutput, Precompiles},
    primitives::hardfork::SpecId,
};

impl Activation {
    /// Whether a block with this spec and timestamp has the precompiles.
    pub fn is_active(self, spec: SpecId, timestamp: u64) -> bool {
        match self {
            Self::Genesis => true,
            Self::Timestamp(first) => timestamp >= first,
            Self::Spec(first) => spec.is_enabled_in(first),
        }
    }
}

/// The precompiles of Ethereum and of aivm.
///
/// Made for the block that it is used in: whether the precompiles are active, and so which addresses are warm, is
/// decided from the timestamp given to [`AivmPrecompiles::new`], as clients build their EVM for each block.
#[derive(Clone, Debug)]
pub struct AivmPrecompiles {
    aivm: Aivm,
    eth: EthPrecompiles,
    timestamp: u64,
    active: bool,
    warm: AddressSet,
}

impl AivmPrecompiles {
    /// The precompiles for a block with this spec and timestamp (Unix seconds).
    pub fn new(aivm: Aivm, spec: SpecId, timestamp: u64) -> Result<Self, ConfigError> {
        let eth = EthPrecompiles::new(spec);
        for (address, _) in aivm.rows() {
            // Those of later forks too: found at start-up, not on the day of the fork.
            if Precompiles::latest().contains(&address) {
                return Err(ConfigError::AddressTaken(address));
            }
        }
        let mut precompiles = Self {
            aivm,
            eth,
            timestamp,
            active: false,
            warm: AddressSet::default(),
        };
        precompiles.refresh();
        Ok(precompiles)
    }

    fn refresh(&mut self) {
        self.active = self.aivm.activation().is_active(self.eth.spec, self.timestamp);
        self.warm.clone_from(self.eth.warm_addresses());
        if self.active {
            self.warm.extend(self.aivm.rows().map(|(address, _)| address));
        }
    }
}

impl<CTX> PrecompileProvider<CTX> for AivmPrecompiles
where
    CTX: ContextTr<Cfg: Cfg<Spec = SpecId>>,
{
    type Output = InterpreterResult;

    fn set_spec(&mut self, spec: SpecId) -> bool {
        let changed = <EthPrecompiles as PrecompileProvider<CTX>>::set_spec(&mut self.eth, spec);
        if changed {
            self.refresh();
        }
        changed
    }

    fn run(&mut self, context: &mut CTX, inputs: &CallInputs) -> Result<Option<InterpreterResult>, String> {
        if !self.active || self.aivm.find(inputs.bytecode_address).is_none() {
            return self.eth.run(context, inputs);
        }
        let (block, _, cfg, journal, _, local) = context.all_mut();
        // Borrowed: a flat price cannot pay for a copy of all that a caller's memory may hold.
        let input = inputs.input.as_bytes_local(local);
        let call = Call {
            input: &input,
            gas_limit: inputs.gas_limit,
            caller: inputs.caller,
            value: inputs.value.get(),
            is_static: inputs.is_static,
            is_direct: inputs.target_address == inputs.bytecode_address
                && matches!(inputs.scheme, CallScheme::Call | CallScheme::StaticCall),
        };
        let (timestamp, number) = (block.timestamp().saturating_to(), block.number().saturating_to());
        let mut host = JournalHost::new(journal, timestamp, number, cfg.chain_id());
        let Some(outcome) = self.aivm.call(inputs.bytecode_address, &mut host, &call) else {
            return Ok(None);
        };
        let output = precompile_output(outcome.map_err(|error| error.to_string())?, inputs.reservoir);
        Ok(Some(precompile_output_to_interpreter_result(
            output,
            inputs.gas_limit,
        )))
    }

    fn warm_addresses(&self) -> &AddressSet {
        &self.warm
    }
}

/// An outcome in revm's words.
pub(crate) fn precompile_output(outcome: Outcome, reservoir: u64) -> PrecompileOutput {
    match outcome {
        Outcome::Success { gas_used, output } => PrecompileOutput::new(gas_used, output, reservoir),
        Outcome::Revert { gas_used, output } => PrecompileOutput::revert(gas_used, output, reservoir),
        Outcome::OutOfGas => PrecompileOutput::halt(PrecompileHalt::OutOfGas, reservoir),
    }
}

/// The journal of the current frame as the precompiles see it: what it reverts, it reverts here too.
#[derive(Debug)]
pub struct JournalHost<'a, J> {
    journal: &'a mut J,
    timestamp: u64,
    number: u64,
    chain_id: u64,
    /// The account that was loaded last. It stays so: nothing is reverted while a precompile runs.
    loaded: Option<Address>,
}

fn database_fault(error: impl std::fmt::Display) -> HostError {
    HostError(error.to_string())
}

impl<'a, J: JournalTr> JournalHost<'a, J> {
    /// A host for one call, in a block of this time (Unix seconds) and number.
    pub fn new(journal: &'a mut J, timestamp: u64, number: u64, chain_id: u64) -> Self {
        Self {
            journal,
            timestamp,
            number,
            chain_id,
            loaded: None,
        }
    }

    fn load(&mut self, account: Address) -> Result<(), HostError> {
        if self.loaded != Some(account) {
            self.journal.load_account(account).map_err(database_fault)?;
            self.loaded = Some(account);
        }
        Ok(())
    }
}

impl<J: JournalTr> Host for JournalHost<'_, J> {
    fn storage(&mut self, account: Address, slot: U256) -> Result<U256, HostError> {
        self.load(account)?;
        Ok(self.journal.sload(account, slot).map_err(database_fault)?.data)
    }

    fn set_storage(&mut self, account: Address, slot: U256, value: U256) -> Result<(), HostError> {
        self.load(account)?;
        self.journal
            .sstore(account, slot, value)
            .map_err(database_fault)?;
        Ok(())
    }

    fn code(&mut self, account: Address) -> Result<Bytes, HostError> {
        Ok(self.journal.code(account).map_err(database_fault)?.data)
    }

    fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), HostError> {
        self.journal
            .load_account_with_code(account)
            .map_err(database_fault)?;
        self.journal.set_code(account, Bytecode::new_legacy(code));
        Ok(())
    }

    fn log(&mut self, log: Log) {
        self.journal.log(log);
    }

    fn block_timestamp(&self) -> u64 {
        self.timestamp
    }

    fn block_number(&self) -> u64 {
        self.number
    }

    fn chain_id(&self) -> u64 {
        self.chain_id
    }
}
