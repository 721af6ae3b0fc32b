//! Addresses and hashes that are pinned, and how the documentation makes such values.

use alloy_primitives::{Address, B256, U256, address, b256, keccak256};

/// The accounts that hold Intel's roots for SGX and for TDX, and one platform's collateral.
pub(crate) const SGX_ROOTS: Address = address!("7d8460053d4383e02b7d4175897a345a43e37d9c");
pub(crate) const TDX_ROOTS: Address = address!("928a5d3562149610a7b954d3cc57352de9f868e1");
pub(crate) const COLLATERAL: Address = address!("608a908775ce5714ee208048909aaeb2b7009676");

/// Keccak-256 of the Intel SGX Root CA, DER.
pub(crate) const ROOT_HASH: B256 = b256!("a1acc73eb45794fa1734f14d882e91925b6006f79d3bb2460df9d01b333d7009");

/// The key of a vendor in a mapping.
pub(crate) fn vendor(number: u8) -> B256 {
    B256::with_last_byte(number)
}

/// A slot of AI mining.
pub(crate) fn blake3(tag: &str, key: &[u8]) -> U256 {
    U256::from_be_bytes(*blake3::hash(&[tag.as_bytes(), key].concat()).as_bytes())
}

/// The last 20 bytes of a hash.
pub(crate) fn account_of(parts: &[&[u8]]) -> Address {
    Address::from_slice(&keccak256(parts.concat())[12..])
}
