//! A host that takes back what a call wrote, without a copy of the state.

use aivm::{Host, HostError, MemoryHost, precompiles::memory::MemoryAccount};
use alloy_primitives::{Address, Bytes, Log, U256};

/// A [`MemoryHost`] and what it was.
pub(crate) struct Undo<'a> {
    host: &'a mut MemoryHost,
    writes: Vec<Write>,
    logs: usize,
}

/// What there was before a write.
enum Write {
    Slot(Address, U256, U256),
    Code(Address, Option<MemoryAccount>),
}

impl<'a> Undo<'a> {
    pub(crate) fn new(host: &'a mut MemoryHost) -> Self {
        let logs = host.logs.len();
        Self {
            host,
            writes: Vec::new(),
            logs,
        }
    }

    /// Makes the state what it was, the last write first.
    pub(crate) fn undo(&mut self) {
        for write in self.writes.drain(..).rev() {
            match write {
                Write::Slot(account, slot, value) => {
                    self.host
                        .set_storage(account, slot, value)
                        .expect("memory cannot fail");
                }
                Write::Code(address, Some(account)) => {
                    self.host.accounts.insert(address, account);
                }
                Write::Code(address, None) => {
                    self.host.accounts.remove(&address);
                }
            }
        }
        self.host.logs.truncate(self.logs);
    }
}

impl Host for Undo<'_> {
    fn storage(&mut self, account: Address, slot: U256) -> Result<U256, HostError> {
        self.host.storage(account, slot)
    }

    fn set_storage(&mut self, account: Address, slot: U256, value: U256) -> Result<(), HostError> {
        let before = self.host.storage(account, slot)?;
        self.writes.push(Write::Slot(account, slot, before));
        self.host.set_storage(account, slot, value)
    }

    fn code(&mut self, account: Address) -> Result<Bytes, HostError> {
        self.host.code(account)
    }

    fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), HostError> {
        // Accounts with code have no storage to speak of: a copy is small.
        self.writes
            .push(Write::Code(account, self.host.accounts.get(&account).cloned()));
        self.host.set_code(account, code)
    }

    fn log(&mut self, log: Log) {
        self.host.log(log);
    }

    fn block_timestamp(&self) -> u64 {
        self.host.block_timestamp()
    }

    fn block_number(&self) -> u64 {
        self.host.block_number()
    }

    fn chain_id(&self) -> u64 {
        self.host.chain_id()
    }
}
