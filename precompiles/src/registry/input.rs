//! From call data to arguments: the canonical ABI encoding and nothing else.

use super::price::PRICED_BY_LENGTH;
use crate::{error::Error, evidence::Vendor};
use aivm_abi::{
    IAttestationRegistry::{IAttestationRegistryCalls, InvalidAbiEncoding, TEEVendor, UnsupportedVendor},
    IPrecompile::{InputTooLong, UnknownOperation},
};
use alloy_primitives::{FixedBytes, U256};
use alloy_sol_types::SolInterface;

/// The longest arguments of a function whose price does not grow with them, in bytes. Only `setMinimumTcb` has
/// any that could be long.
const MAX_FLAT_LEN: usize = 1_024;

/// The function selector of an input.
pub(super) fn selector(input: &[u8]) -> Option<[u8; 4]> {
    input.first_chunk().copied()
}

/// Decodes a call. What another encoder would have written differently is refused: dirty upper bits, offsets out
/// of place, lengths out of range, trailing bytes.
pub(super) fn decode(input: &[u8]) -> Result<IAttestationRegistryCalls, Error> {
    let Some(selector) =
        selector(input).filter(|selector| IAttestationRegistryCalls::valid_selector(*selector))
    else {
        return Err(unknown_operation(input));
    };
    if !PRICED_BY_LENGTH.contains(&selector) {
        check_length(input.get(4..).unwrap_or_default(), MAX_FLAT_LEN)?;
    }
    // Validated, because an enum's 255 decodes to its invalid variant, and that encodes to the same bytes.
    let call = IAttestationRegistryCalls::abi_decode_validate(input)
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

/// The vendor of an argument; `None` for `TEEVendor.None`.
pub(super) fn vendor(vendor: TEEVendor) -> Option<Vendor> {
    match vendor {
        TEEVendor::SGX => Some(Vendor::Sgx),
        TEEVendor::SEVSNP => Some(Vendor::SevSnp),
        TEEVendor::TDX => Some(Vendor::Tdx),
        TEEVendor::NVIDIA => Some(Vendor::Nvidia),
        TEEVendor::ARMCCA => Some(Vendor::ArmCca),
        TEEVendor::None | TEEVendor::__Invalid => None,
    }
}

/// The vendor of an argument where one must be named.
pub(super) fn one_vendor(argument: TEEVendor) -> Result<Vendor, Error> {
    vendor(argument).ok_or(UnsupportedVendor { vendor: argument }.into())
}

/// Refuses an argument that is longer than its limit.
pub(super) fn check_length(bytes: &[u8], maximum: usize) -> Result<(), Error> {
    if bytes.len() > maximum {
        return Err(InputTooLong {
            length: U256::from(bytes.len()),
            maximum: U256::from(maximum),
        }
        .into());
    }
    Ok(())
}
