//! The one canonical ABI encoding of what is submitted.

use alloy_sol_types::{
    SolType, SolValue,
    abi::{self, AbiDecoderConfig},
};

/// The ABI token of `T` in `bytes`, its contents in place, if they are the canonical encoding of one: no gaps, no
/// overlaps, no other padding than zeros, nothing after it. What a word may hold is for the caller to check.
pub(super) fn canonical<T: SolValue>(bytes: &[u8]) -> Option<<T::SolType as SolType>::Token<'_>> {
    abi::decode_with_config(bytes, AbiDecoderConfig::new().strict(true)).ok()
}
