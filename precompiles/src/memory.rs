//! A [`Host`] in memory, for programs and tests that need no EVM.

use crate::host::{Host, HostError};
use alloy_primitives::{Address, Bytes, Log, U256};
use std::collections::BTreeMap;

/// Accounts, logs and the block time, held in memory.
///
/// A caller that wants a revert to undo writes clones the host before the call and puts the clone back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryHost {
    /// Every account that has code or storage.
    pub accounts: BTreeMap<Address, MemoryAccount>,
    /// What has been logged, oldest first.
    pub logs: Vec<Log>,
    /// The timestamp of the block, in Unix seconds.
    pub timestamp: u64,
    /// The number of the block.
    pub number: u64,
    /// The id of the chain.
    pub chain_id: u64,
}

/// An account of a [`MemoryHost`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryAccount {
    /// The account's nonce.
    pub nonce: u64,
    /// The account's code.
    pub code: Bytes,
    /// The slots that are not zero.
    pub storage: BTreeMap<U256, U256>,
}

impl Host for MemoryHost {
    fn storage(&mut self, account: Address, slot: U256) -> Result<U256, HostError> {
        let value = self
            .accounts
            .get(&account)
            .and_then(|account| account.storage.get(&slot));
        Ok(value.copied().unwrap_or_default())
    }

    fn set_storage(&mut self, account: Address, slot: U256, value: U256) -> Result<(), HostError> {
        let storage = &mut self.accounts.entry(account).or_default().storage;
        if value.is_zero() {
            storage.remove(&slot);
        } else {
            storage.insert(slot, value);
        }
        Ok(())
    }

    fn code(&mut self, account: Address) -> Result<Bytes, HostError> {
        Ok(self
            .accounts
            .get(&account)
            .map(|account| account.code.clone())
            .unwrap_or_default())
    }

    fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), HostError> {
        self.accounts.entry(account).or_default().code = code;
        Ok(())
    }

    fn log(&mut self, log: Log) {
        self.logs.push(log);
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
