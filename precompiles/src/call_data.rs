//! From call data to a function and its arguments: the canonical ABI encoding and nothing else.

use crate::error::Error;
use aivm_abi::IPrecompile::{InputTooLong, InvalidAbiEncoding, UnknownOperation};
use alloy_primitives::{Bytes, FixedBytes, U256};
use alloy_sol_types::{SolCall, SolInterface};

/// The longest arguments of a function whose price does not grow with them, in bytes, where nothing else is said: far
/// more than any of them needs (specification, section 12).
pub(crate) const MAX_FLAT_LEN: usize = 1_024;

/// The function selector of an input.
pub(crate) fn selector(input: &[u8]) -> Option<[u8; 4]> {
    input.first_chunk().copied()
}

/// The selector of an input that calls a function of `C`.
pub(crate) fn known_selector<C: SolInterface>(input: &[u8]) -> Option<[u8; 4]> {
    selector(input).filter(|selector| C::valid_selector(*selector))
}

/// Decodes a call whose arguments are at most as long as `maximum` says of its selector, in bytes. What another
/// encoder would have written differently is refused: dirty upper bits, offsets out of place, lengths out of range,
/// trailing bytes.
pub(crate) fn decode<C: SolInterface>(
    input: &[u8],
    maximum: impl FnOnce([u8; 4]) -> usize,
) -> Result<C, Error> {
    let selector = known_selector::<C>(input).ok_or_else(|| unknown_operation(input))?;
    check_length(input.get(4..).unwrap_or_default(), maximum(selector))?;
    // Validated, because an enum's 255 decodes to its invalid variant, and that encodes to the same bytes.
    let call = C::abi_decode_validate(input)
        .ok()
        .filter(|call| call.abi_encode() == input);
    call.ok_or(
        InvalidAbiEncoding {
            selector: selector.into(),
        }
        .into(),
    )
}

/// The first four bytes of an input, padded with zeros.
fn unknown_operation(input: &[u8]) -> Error {
    let mut operation = FixedBytes::ZERO;
    for (target, byte) in operation.iter_mut().zip(input) {
        *target = *byte;
    }
    UnknownOperation { operation }.into()
}

/// Refuses an argument that is longer than its limit.
pub(crate) fn check_length(bytes: &[u8], maximum: usize) -> Result<(), Error> {
    if bytes.len() > maximum {
        return Err(InputTooLong {
            length: U256::from(bytes.len()),
            maximum: U256::from(maximum),
        }
        .into());
    }
    Ok(())
}

/// What a function returns.
pub(crate) fn returns<C: SolCall>(value: &C::Return) -> Result<Bytes, Error> {
    Ok(C::abi_encode_returns(value).into())
}
