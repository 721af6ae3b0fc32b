//! The database below `State<DB>`: what a client keeps on disk, and can fail to read.

use aivm::precompiles::memory::MemoryAccount;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use revm::{
    Database, DatabaseRef,
    bytecode::Bytecode,
    database::{BundleState, states::bundle_state::OriginalValuesKnown},
    database_interface::DBErrorMarker,
    state::AccountInfo,
};
use std::{collections::BTreeMap, fmt};

/// An account on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) balance: U256,
    pub(crate) nonce: u64,
    pub(crate) code_hash: B256,
    pub(crate) storage: BTreeMap<U256, U256>,
}

/// What cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A slot of an account.
    Storage(Address, U256),
    /// An account's nonce, balance and code hash.
    Account(Address),
    /// The code of an account.
    Code(Address),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {self:?}")
    }
}

impl std::error::Error for Fault {}

impl DBErrorMarker for Fault {}

/// Accounts and code, and what of it cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disk {
    pub(crate) accounts: BTreeMap<Address, Stored>,
    pub(crate) codes: BTreeMap<B256, Bytes>,
    pub(crate) fault: Option<Fault>,
}

impl Disk {
    /// Writes an account as genesis describes it.
    pub(crate) fn insert(&mut self, address: Address, account: &MemoryAccount) {
        let stored = Stored {
            balance: U256::ZERO,
            nonce: account.nonce,
            code_hash: self.insert_code(&account.code),
            storage: account.storage.clone(),
        };
        self.accounts.insert(address, stored);
    }

    /// Writes the code of an account.
    pub(crate) fn set_code(&mut self, address: Address, code: &Bytes) {
        let code_hash = self.insert_code(code);
        let account = self.accounts.entry(address).or_default();
        account.code_hash = code_hash;
        account.nonce = account.nonce.max(1);
    }

    fn insert_code(&mut self, code: &Bytes) -> B256 {
        if code.is_empty() {
            return KECCAK256_EMPTY;
        }
        let hash = keccak256(code);
        self.codes.insert(hash, code.clone());
        hash
    }

    /// An account's code.
    pub(crate) fn code(&self, address: Address) -> Bytes {
        let account = self.accounts.get(&address);
        account
            .and_then(|account| self.codes.get(&account.code_hash))
            .cloned()
            .unwrap_or_default()
    }

    /// A slot's value.
    pub(crate) fn slot(&self, address: Address, slot: U256) -> U256 {
        let account = self.accounts.get(&address);
        account
            .and_then(|account| account.storage.get(&slot))
            .copied()
            .unwrap_or_default()
    }

    /// Writes a slot.
    pub(crate) fn set_slot(&mut self, address: Address, slot: U256, value: U256) {
        self.accounts
            .entry(address)
            .or_default()
            .storage
            .insert(slot, value);
    }

    /// An account's balance.
    pub(crate) fn balance(&self, address: Address) -> U256 {
        self.accounts
            .get(&address)
            .map(|account| account.balance)
            .unwrap_or_default()
    }

    /// Writes what a block changed, as a client does.
    pub(crate) fn apply(&mut self, bundle: &BundleState) {
        let changes = bundle.to_plain_state(OriginalValuesKnown::Yes);
        for (hash, code) in changes.contracts {
            self.codes.insert(hash, code.original_bytes());
        }
        for (address, info) in changes.accounts {
            let Some(info) = info else {
                self.accounts.remove(&address);
                continue;
            };
            let account = self.accounts.entry(address).or_default();
            (account.balance, account.nonce, account.code_hash) = (info.balance, info.nonce, info.code_hash);
        }
        for change in changes.storage {
            let Some(account) = self.accounts.get_mut(&change.address) else {
                continue;
            };
            if change.wipe_storage {
                account.storage.clear();
            }
            account.storage.extend(change.storage);
            account.storage.retain(|_, value| !value.is_zero());
        }
    }

    /// Everything but the accounts that pay for transactions.
    pub(crate) fn without(&self, payers: &[Address]) -> Self {
        let mut disk = self.clone();
        disk.accounts.retain(|address, _| !payers.contains(address));
        disk
    }

    fn check(&self, read: Fault) -> Result<(), Fault> {
        match self.fault {
            Some(fault) if fault == read => Err(fault),
            _ => Ok(()),
        }
    }
}

impl DatabaseRef for Disk {
    type Error = Fault;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Fault> {
        self.check(Fault::Account(address))?;
        let Some(account) = self.accounts.get(&address) else {
            return Ok(None);
        };
        Ok(Some(AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            code: None,
            ..Default::default()
        }))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, Fault> {
        if let Some(Fault::Code(address)) = self.fault
            && self
                .accounts
                .get(&address)
                .is_some_and(|account| account.code_hash == hash)
        {
            return Err(Fault::Code(address));
        }
        Ok(Bytecode::new_raw(
            self.codes.get(&hash).cloned().unwrap_or_default(),
        ))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Fault> {
        self.check(Fault::Storage(address, slot))?;
        Ok(self.slot(address, slot))
    }

    fn block_hash_ref(&self, _number: u64) -> Result<B256, Fault> {
        Ok(B256::ZERO)
    }
}

impl Database for Disk {
    type Error = Fault;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Fault> {
        self.basic_ref(address)
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Fault> {
        self.code_by_hash_ref(hash)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Fault> {
        self.storage_ref(address, slot)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Fault> {
        self.block_hash_ref(number)
    }
}
