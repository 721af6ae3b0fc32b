//! The storage of AI mining: the spent set and the contracts that may add to it.

use crate::{host::HostError, precompile::Context};
use alloy_primitives::{Address, B256, U256};

/// The slot that is 1 when the work is spent.
pub fn spent_slot(work_id: B256) -> U256 {
    slot(b"spnt", work_id.as_slice())
}

/// The slot that is 1 when the address may mark work as spent.
pub fn authorized_slot(address: Address) -> U256 {
    slot(b"auth", address.as_slice())
}

fn slot(tag: &[u8; 4], key: &[u8]) -> U256 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(tag);
    hasher.update(key);
    U256::from_be_bytes(*hasher.finalize().as_bytes())
}

impl Context<'_> {
    /// Whether a slot of AI mining is set.
    pub(super) fn mining_flag(&mut self, slot: U256) -> Result<bool, HostError> {
        Ok(!self.host.storage(self.config.addresses.mining, slot)?.is_zero())
    }

    /// Sets or clears a slot of AI mining.
    pub(super) fn set_mining_flag(&mut self, slot: U256, value: bool) -> Result<(), HostError> {
        self.host
            .set_storage(self.config.addresses.mining, slot, U256::from(value))
    }
}
