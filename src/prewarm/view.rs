//! The state before a block, as many threads read it at once, and a host over it whose writes go nowhere.

use aivm_precompiles::{Host, HostError, MemoryHost};
use alloy_primitives::{Address, Bytes, Log, U256};
use std::collections::BTreeMap;

/// The state that a block begins with. A revm database is one: `OnRevm`.
pub trait ParentState: Sync {
    /// The value of a storage slot.
    fn storage(&self, account: Address, slot: U256) -> Result<U256, HostError>;

    /// The code of an account, empty if it has none.
    fn code(&self, account: Address) -> Result<Bytes, HostError>;
}

/// What the precompiles know of the block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockFacts {
    /// Its number.
    pub number: u64,
    /// Its timestamp, in Unix seconds.
    pub timestamp: u64,
    /// The id of its chain (EIP-155).
    pub chain_id: u64,
    /// The most gas that its transactions may use. No more than that pays for is checked ahead.
    pub gas_limit: u64,
}

/// A revm database that can be read through a shared reference.
#[cfg(feature = "revm")]
#[derive(Clone, Copy, Debug)]
pub struct OnRevm<'a, D>(pub &'a D);

#[cfg(feature = "revm")]
impl<D: revm::DatabaseRef + Sync> ParentState for OnRevm<'_, D> {
    fn storage(&self, account: Address, slot: U256) -> Result<U256, HostError> {
        self.0.storage_ref(account, slot).map_err(database_fault)
    }

    fn code(&self, account: Address) -> Result<Bytes, HostError> {
        let Some(info) = self.0.basic_ref(account).map_err(database_fault)? else {
            return Ok(Bytes::new());
        };
        let code = match info.code {
            Some(code) => code,
            None if info.code_hash == alloy_primitives::KECCAK256_EMPTY => return Ok(Bytes::new()),
            None => self.0.code_by_hash_ref(info.code_hash).map_err(database_fault)?,
        };
        Ok(code.original_bytes())
    }
}

#[cfg(feature = "revm")]
fn database_fault(error: impl std::fmt::Display) -> HostError {
    HostError(error.to_string())
}

impl ParentState for MemoryHost {
    fn storage(&self, account: Address, slot: U256) -> Result<U256, HostError> {
        let account = self.accounts.get(&account);
        let value = account.and_then(|account| account.storage.get(&slot));
        Ok(value.copied().unwrap_or_default())
    }

    fn code(&self, account: Address) -> Result<Bytes, HostError> {
        let account = self.accounts.get(&account);
        Ok(account.map(|account| account.code.clone()).unwrap_or_default())
    }
}

/// A host for one call: it reads the parent state and what the call itself wrote.
pub(crate) struct View<'a, S: ?Sized> {
    parent: &'a S,
    block: &'a BlockFacts,
    slots: BTreeMap<(Address, U256), U256>,
    codes: BTreeMap<Address, Bytes>,
}

impl<'a, S: ParentState + ?Sized> View<'a, S> {
    pub(crate) fn new(parent: &'a S, block: &'a BlockFacts) -> Self {
        Self {
            parent,
            block,
            slots: BTreeMap::new(),
            codes: BTreeMap::new(),
        }
    }
}

impl<S: ParentState + ?Sized> Host for View<'_, S> {
    fn storage(&mut self, account: Address, slot: U256) -> Result<U256, HostError> {
        match self.slots.get(&(account, slot)) {
            Some(value) => Ok(*value),
            None => self.parent.storage(account, slot),
        }
    }

    fn set_storage(&mut self, account: Address, slot: U256, value: U256) -> Result<(), HostError> {
        self.slots.insert((account, slot), value);
        Ok(())
    }

    fn code(&mut self, account: Address) -> Result<Bytes, HostError> {
        match self.codes.get(&account) {
            Some(code) => Ok(code.clone()),
            None => self.parent.code(account),
        }
    }

    fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), HostError> {
        self.codes.insert(account, code);
        Ok(())
    }

    fn log(&mut self, _log: Log) {}

    fn block_timestamp(&self) -> u64 {
        self.block.timestamp
    }

    fn block_number(&self) -> u64 {
        self.block.number
    }

    fn chain_id(&self) -> u64 {
        self.block.chain_id
    }
}
