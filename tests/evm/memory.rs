//! Calls to a host in memory: fast, for tests of what an operation computes.

use super::{CHAIN_ID, MINING, NOW, REGISTRY, furnish::furnished, mining_input};
use aivm::{Aivm, Call, Genesis, MemoryHost, Outcome};
use alloy_primitives::{Address, Bytes, Log, U256};
use alloy_sol_types::SolCall;

/// The precompiles over a host in memory.
pub(crate) struct Machine {
    pub(crate) aivm: Aivm,
    pub(crate) host: MemoryHost,
}

impl Machine {
    /// In block 1 at [`NOW`], with the default configuration; `owner` governs, guards, is authorised, and has attested a
    /// device.
    pub(crate) fn new(owner: Address) -> Self {
        Self::with_guardian(owner, owner)
    }

    /// The same with another guardian.
    pub(crate) fn with_guardian(owner: Address, guardian: Address) -> Self {
        let aivm = Aivm::default();
        let genesis = Genesis {
            guardian,
            authorized: vec![owner],
            ..Genesis::new(owner)
        };
        let host = MemoryHost {
            accounts: furnished(&aivm, &genesis),
            timestamp: NOW,
            number: 1,
            chain_id: CHAIN_ID,
            ..MemoryHost::default()
        };
        Self { aivm, host }
    }

    /// Makes a direct call without value: the return data, or the revert data of a call that must have left
    /// nothing.
    #[track_caller]
    pub(crate) fn call(&mut self, caller: Address, to: Address, input: &[u8]) -> Result<Bytes, Bytes> {
        let call = Call {
            input,
            gas_limit: 30_000_000,
            caller,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let before = self.host.clone();
        match self
            .aivm
            .call(to, &mut self.host, &call)
            .expect("a precompile")
            .expect("no fault")
        {
            Outcome::Success { output, .. } => Ok(output),
            Outcome::Revert { output, .. } => {
                assert_eq!(self.host, before, "a refused call left something");
                Err(output)
            }
            Outcome::OutOfGas => panic!("out of gas"),
        }
    }

    /// Calls AI mining.
    #[track_caller]
    pub(crate) fn mining(&mut self, caller: Address, opcode: u8, payload: &[u8]) -> Result<Bytes, Bytes> {
        self.call(caller, MINING, &mining_input(opcode, payload))
    }

    /// Calls the registry.
    #[track_caller]
    pub(crate) fn registry(&mut self, caller: Address, call: &impl SolCall) -> Result<Bytes, Bytes> {
        self.call(caller, REGISTRY, &call.abi_encode())
    }

    /// What has been logged since the last time.
    pub(crate) fn take_logs(&mut self) -> Vec<Log> {
        std::mem::take(&mut self.host.logs)
    }

    /// Writes a slot of the registry as it is.
    pub(crate) fn poke(&mut self, slot: U256, value: U256) {
        let storage = &mut self.host.accounts.get_mut(&REGISTRY).expect("installed").storage;
        storage.insert(slot, value);
    }
}
