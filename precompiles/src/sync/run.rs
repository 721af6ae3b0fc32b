//! The functions.

use crate::{error::Error, precompile::Context};
use aivm_abi::IPrecompile::UnknownOperation;
use alloy_primitives::{Bytes, FixedBytes};

/// Runs the function that an input calls.
pub(super) fn run(_context: &mut Context<'_>, _input: &[u8]) -> Result<Bytes, Error> {
    Err(UnknownOperation {
        operation: FixedBytes::ZERO,
    }
    .into())
}
