//! From call data to arguments.

use crate::{call_data, error::Error};
use aivm_abi::IAttestationProofs::IAttestationProofsCalls;
use alloy_primitives::U256;

/// The longest arguments in bytes: two words.
const MAX_ARGUMENTS_LEN: usize = 64;

/// Decodes a call.
pub(super) fn decode(input: &[u8]) -> Result<IAttestationProofsCalls, Error> {
    call_data::decode(input, |_| MAX_ARGUMENTS_LEN)
}

/// The number of a block; `None` for one that no chain will reach.
pub(super) fn block_number(argument: U256) -> Option<u64> {
    argument.try_into().ok()
}
