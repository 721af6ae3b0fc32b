//! The accounts that revm runs over: a database in memory that takes what a block changed.

use aivm::{Aivm, Genesis};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use revm::{
    DatabaseRef,
    bytecode::Bytecode,
    database::states::{PlainStorageChangeset, StateChangeset},
    state::AccountInfo,
};
use std::{collections::BTreeMap, convert::Infallible};

/// One account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// How many transactions it sent or contracts it made.
    pub(crate) nonce: u64,
    /// Wei.
    pub(crate) balance: U256,
    /// Its code.
    pub(crate) code: Bytes,
    /// The slots that are not zero.
    pub(crate) storage: BTreeMap<U256, U256>,
}

/// All accounts. Every other address is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// By address.
    pub(crate) accounts: BTreeMap<Address, Account>,
}

impl Ledger {
    /// The accounts of a new development chain.
    pub(crate) fn development(aivm: &Aivm) -> Self {
        let accounts = Genesis::development().accounts(aivm);
        let accounts = accounts.expect("roots and policy of development").into_iter();
        let accounts = accounts.map(|(address, account)| {
            let account = Account {
                nonce: account.nonce,
                balance: U256::ZERO,
                code: account.code,
                storage: account.storage,
            };
            (address, account)
        });
        Self {
            accounts: accounts.collect(),
        }
    }

    /// Gives `address` what it lacks to own `amount`.
    pub(crate) fn provide(&mut self, address: Address, amount: U256) {
        if !amount.is_zero() {
            let account = self.accounts.entry(address).or_default();
            account.balance = account.balance.max(amount);
        }
    }

    /// Takes over what a block changed.
    pub(crate) fn apply(&mut self, changes: StateChangeset) {
        let codes: BTreeMap<B256, Bytecode> = changes.contracts.into_iter().collect();
        for (address, info) in changes.accounts {
            match info {
                None => {
                    self.accounts.remove(&address);
                }
                Some(info) => {
                    let account = self.accounts.entry(address).or_default();
                    account.nonce = info.nonce;
                    account.balance = info.balance;
                    if let Some(code) = codes.get(&info.code_hash) {
                        account.code = code.original_bytes();
                    }
                }
            }
        }
        for change in changes.storage {
            self.apply_storage(change);
        }
    }

    fn apply_storage(&mut self, change: PlainStorageChangeset) {
        let Some(account) = self.accounts.get_mut(&change.address) else {
            return; // destroyed together with its storage
        };
        if change.wipe_storage {
            account.storage.clear();
        }
        for (slot, value) in change.storage {
            if value.is_zero() {
                account.storage.remove(&slot);
            } else {
                account.storage.insert(slot, value);
            }
        }
    }
}

impl DatabaseRef for Ledger {
    type Error = Infallible;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        Ok(self.accounts.get(&address).map(|account| {
            let code = Bytecode::new_raw_checked(account.code.clone())
                .unwrap_or_else(|_| Bytecode::new_legacy(account.code.clone()));
            AccountInfo {
                balance: account.balance,
                nonce: account.nonce,
                code_hash: code.hash_slow(),
                code: Some(code),
                ..Default::default()
            }
        }))
    }

    /// Never asked for: an account comes with its code.
    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, Infallible> {
        let code = self
            .accounts
            .values()
            .find(|account| keccak256(&account.code) == hash);
        Ok(code.map_or_else(Bytecode::default, |account| {
            Bytecode::new_legacy(account.code.clone())
        }))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Infallible> {
        let account = self.accounts.get(&address);
        let value = account.and_then(|account| account.storage.get(&slot));
        Ok(value.copied().unwrap_or_default())
    }

    /// There are no blocks before this one.
    fn block_hash_ref(&self, _number: u64) -> Result<B256, Infallible> {
        Ok(B256::ZERO)
    }
}
