//! What a precompile needs of the EVM it runs in.

use alloy_primitives::{Address, Bytes, Log, U256};
use thiserror::Error;

/// The database under the EVM failed. The transaction is aborted; no input can cause this.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("database: {0}")]
pub struct HostError(pub String);

/// State, logs and block facts, as the frame of the current call sees them.
///
/// Writes and logs must be journaled: a revert of this call, or of any frame above it, undoes them.
pub trait Host {
    /// The value of a storage slot.
    fn storage(&mut self, account: Address, slot: U256) -> Result<U256, HostError>;

    /// Sets a storage slot.
    fn set_storage(&mut self, account: Address, slot: U256, value: U256) -> Result<(), HostError>;

    /// The code of an account, empty if it has none.
    fn code(&mut self, account: Address) -> Result<Bytes, HostError>;

    /// Sets the code of an account.
    fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), HostError>;

    /// Appends a log.
    fn log(&mut self, log: Log);

    /// The timestamp of the current block, in Unix seconds: what "now" means everywhere here.
    fn block_timestamp(&self) -> u64;

    /// The number of the current block.
    fn block_number(&self) -> u64;

    /// The id of the chain (EIP-155).
    fn chain_id(&self) -> u64;
}
