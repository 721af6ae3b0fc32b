//! From call data to arguments.

use crate::{
    call_data::{self, MAX_FLAT_LEN},
    error::Error,
};
use aivm_abi::IAttestationProofs::IAttestationProofsCalls;
use alloy_primitives::U256;

/// Decodes a call.
pub(super) fn decode(input: &[u8]) -> Result<IAttestationProofsCalls, Error> {
    call_data::decode(input, |_| MAX_FLAT_LEN)
}

/// The number of a block; `None` for one that no chain will reach.
pub(super) fn block_number(argument: U256) -> Option<u64> {
    argument.try_into().ok()
}
