//! A call with what is known of the state, and the answer.

use alloy_primitives::{Address, B256, Bytes, Log, U256};

/// One call of a precompile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The precompile.
    pub(super) target: Address,
    /// The immediate sender.
    pub(super) caller: Address,
    /// Wei sent along.
    pub(super) value: U256,
    /// The gas that the call may use.
    pub(super) gas: u64,
    /// Whether this frame, or any above it, is a STATICCALL.
    pub(super) is_static: bool,
    /// Whether it is a CALL or STATICCALL, not a DELEGATECALL or CALLCODE.
    pub(super) is_direct: bool,
    /// The block, and the chain.
    pub(super) block: Block,
    /// The call data.
    pub(super) data: Bytes,
    /// What is known of the state.
    pub(super) known: Known,
}

/// What a call sees of the block and the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its time in Unix seconds.
    pub(super) timestamp: u64,
    /// Its number.
    pub(super) number: u64,
    /// The chain's id.
    pub(super) chain_id: u64,
}

/// What is known of the state, as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Slots with their values.
    pub(super) slots: Vec<(SlotKey, B256)>,
    /// Accounts with their codes.
    pub(super) codes: Vec<(Address, Bytes)>,
}

/// A storage slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SlotKey {
    /// Whose storage.
    pub(super) account: Address,
    /// Which slot.
    pub(super) slot: B256,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The call touched what was not given, in the order in which it did.
    Need {
        /// Slots.
        slots: Vec<SlotKey>,
        /// Accounts whose code.
        codes: Vec<Address>,
    },
    /// The call ended.
    Done(Done),
}

/// How a call ended. Nothing is written and nothing logged unless it succeeded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// In one word.
    pub(super) status: Status,
    /// The gas it used.
    pub(super) gas_used: u64,
    /// The return data or revert data.
    pub(super) output: Bytes,
    /// The last value of each slot that it wrote, first written first.
    pub(super) slots: Vec<(SlotKey, B256)>,
    /// The same for codes.
    pub(super) codes: Vec<(Address, Bytes)>,
    /// Oldest first.
    pub(super) logs: Vec<Log>,
}

/// How a call ended, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Status {
    #[default]
    Success,
    Revert,
    OutOfGas,
}
