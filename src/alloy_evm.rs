//! The adapter for alloy-evm: installs the precompiles into a `PrecompilesMap`.
//!
//! Call [`install`] where the client's `EvmFactory` makes an EVM for a block. The precompiles are stateful: they
//! are never cached by address and input.

use crate::{
    revm::precompile_output,
    table::{Aivm, ConfigError},
};
use ::alloy_evm::{
    EvmInternals,
    precompiles::{DynPrecompile, PrecompileInput, PrecompilesMap},
};
use aivm_precompiles::{Call, Host, HostError};
use alloy_primitives::{Address, Bytes, Log, U256};
use revm::{
    bytecode::Bytecode,
    precompile::{PrecompileError, PrecompileId, PrecompileResult, Precompiles},
    primitives::hardfork::SpecId,
};

/// Adds the precompiles to `map` if they are active in a block with this spec and timestamp (Unix seconds).
pub fn install(
    map: &mut PrecompilesMap,
    aivm: &Aivm,
    spec: SpecId,
    timestamp: u64,
) -> Result<(), ConfigError> {
    for (address, _) in aivm.rows() {
        // Those of later forks too: found at start-up, not on the day of the fork.
        if map.get(&address).is_some() || Precompiles::latest().contains(&address) {
            return Err(ConfigError::AddressTaken(address));
        }
    }
    if aivm.activation().is_active(spec, timestamp) {
        for (address, row) in aivm.rows() {
            let aivm = aivm.clone();
            let id = PrecompileId::Custom(row.name.into());
            map.apply_precompile(&address, |_| {
                Some(DynPrecompile::new_stateful(id, move |input| {
                    run(&aivm, address, input)
                }))
            });
        }
    }
    Ok(())
}

fn run(aivm: &Aivm, address: Address, mut input: PrecompileInput<'_>) -> PrecompileResult {
    let call = Call {
        input: input.data,
        gas_limit: input.gas,
        caller: input.caller,
        value: input.value,
        is_static: input.is_static,
        is_direct: input.is_direct_call(),
    };
    let fatal = |error: HostError| PrecompileError::Fatal(error.to_string());
    let outcome = aivm.call(address, &mut InternalsHost(&mut input.internals), &call);
    let outcome = outcome.ok_or_else(|| fatal(HostError(format!("no precompile at {address}"))))?;
    Ok(precompile_output(outcome.map_err(fatal)?, input.reservoir))
}

/// The journal of the current frame, as alloy-evm shows it.
struct InternalsHost<'a, 'b>(&'a mut EvmInternals<'b>);

fn database_fault(error: impl std::fmt::Display) -> HostError {
    HostError(error.to_string())
}

impl Host for InternalsHost<'_, '_> {
    fn storage(&mut self, account: Address, slot: U256) -> Result<U256, HostError> {
        Ok(self.0.sload(account, slot).map_err(database_fault)?.data)
    }

    fn set_storage(&mut self, account: Address, slot: U256, value: U256) -> Result<(), HostError> {
        self.0.sstore(account, slot, value).map_err(database_fault)?;
        Ok(())
    }

    fn code(&mut self, account: Address) -> Result<Bytes, HostError> {
        let account = self.0.load_account_code(account).map_err(database_fault)?;
        Ok(account.code().map(Bytecode::original_bytes).unwrap_or_default())
    }

    fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), HostError> {
        self.0
            .set_code(account, Bytecode::new_legacy(code))
            .map_err(database_fault)
    }

    fn log(&mut self, log: Log) {
        self.0.log(log);
    }

    fn block_timestamp(&self) -> u64 {
        self.0.block_timestamp().saturating_to()
    }

    fn block_number(&self) -> u64 {
        self.0.block_number().saturating_to()
    }

    fn chain_id(&self) -> u64 {
        self.0.chain_id()
    }
}
