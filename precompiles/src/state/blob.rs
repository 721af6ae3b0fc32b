//! Root bundles, collateral and golden measurements, kept as the code of accounts of their own: one read each.
//!
//! | what | account | code |
//! |---|---|---|
//! | a vendor's roots | `keccak("aivm.root.v1" ‖ vendor(1))[12..]` | `0xfe` ‖ certificates, DER, one after another (Arm CCA: keys) |
//! | collateral | `keccak("aivm.collateral.v1" ‖ vendor(1) ‖ key(32))[12..]` | `0xfe` ‖ the vendor's compact form |
//! | golden measurements | `keccak("aivm.golden.v1" ‖ vendor(1) ‖ key(32))[12..]` | `0xfe` ‖ the vendor's compact form |
//!
//! The first byte is the invalid opcode: a call to such an account fails.

use super::{RegistryState, by_vendor::ByVendor, low_u64, mapping_slot, slots, vendor_key};
use crate::{evidence::Vendor, host::HostError};
use alloy_primitives::{Address, B256, Bytes, Keccak256, U256, keccak256};

/// The first byte of every account of ours: the designated invalid opcode (EIP-141).
pub const MARKER: u8 = 0xfe;

/// The longest blob in bytes, so that an account's code, marker included, stays below the limit of EIP-170.
pub const MAX_BLOB_LEN: usize = 24_575;

/// The account that holds the roots of `vendor`.
pub fn root_account(vendor: Vendor) -> Address {
    let mut hasher = Keccak256::new();
    hasher.update(b"aivm.root.v1");
    hasher.update([vendor.number()]);
    Address::from_word(hasher.finalize())
}

/// The account that holds the collateral of `vendor` under `key`.
pub fn collateral_account(vendor: Vendor, key: B256) -> Address {
    keyed_account(b"aivm.collateral.v1", vendor, key)
}

/// The account that holds the golden measurements of `vendor` under `key`.
pub fn golden_account(vendor: Vendor, key: B256) -> Address {
    keyed_account(b"aivm.golden.v1", vendor, key)
}

fn keyed_account(tag: &[u8], vendor: Vendor, key: B256) -> Address {
    let mut hasher = Keccak256::new();
    hasher.update(tag);
    hasher.update([vendor.number()]);
    hasher.update(key);
    Address::from_word(hasher.finalize())
}

/// The code of an account that holds `blob`.
pub fn with_marker(blob: &[u8]) -> Bytes {
    [&[MARKER], blob].concat().into()
}

impl RegistryState<'_> {
    /// How often the roots of `vendor` changed. Zero: they never did.
    pub fn root_version(&mut self, vendor: Vendor) -> Result<u64, HostError> {
        Ok(low_u64(
            self.get(mapping_slot(vendor_key(vendor), slots::ROOT_VERSIONS))?,
        ))
    }

    /// The Keccak-256 hash of the vendor's root bundle, zero if it has none.
    pub fn root_hash(&mut self, vendor: Vendor) -> Result<B256, HostError> {
        Ok(self.get(ByVendor::RootHashes.slot(vendor))?.into())
    }

    /// The vendor's root bundle, empty if it has none.
    pub fn roots(&mut self, vendor: Vendor) -> Result<Bytes, HostError> {
        self.blob(root_account(vendor))
    }

    /// Replaces the vendor's root bundle; the version counts up.
    pub fn set_roots(&mut self, vendor: Vendor, bundle: &[u8]) -> Result<(), HostError> {
        let version = self.root_version(vendor)?.saturating_add(1);
        let versions = mapping_slot(vendor_key(vendor), slots::ROOT_VERSIONS);
        self.set(versions, U256::from(version))?;
        self.set(ByVendor::RootHashes.slot(vendor), keccak256(bundle).into())?;
        self.host.set_code(root_account(vendor), with_marker(bundle))
    }

    /// The vendor's collateral under `key`, empty if there is none.
    pub fn collateral(&mut self, vendor: Vendor, key: B256) -> Result<Bytes, HostError> {
        self.blob(collateral_account(vendor, key))
    }

    /// Stores the vendor's collateral under `key`.
    pub fn set_collateral(&mut self, vendor: Vendor, key: B256, compact: &[u8]) -> Result<(), HostError> {
        self.host
            .set_code(collateral_account(vendor, key), with_marker(compact))
    }

    /// The vendor's golden measurements under `key`, empty if there are none.
    pub fn golden(&mut self, vendor: Vendor, key: B256) -> Result<Bytes, HostError> {
        self.blob(golden_account(vendor, key))
    }

    /// Stores the vendor's golden measurements under `key`; empty for none.
    pub fn set_golden(&mut self, vendor: Vendor, key: B256, compact: &[u8]) -> Result<(), HostError> {
        self.host
            .set_code(golden_account(vendor, key), with_marker(compact))
    }

    fn blob(&mut self, account: Address) -> Result<Bytes, HostError> {
        let code = self.host.code(account)?;
        Ok(match code.first() {
            Some(&MARKER) => code.slice(1..),
            _ => Bytes::new(),
        })
    }
}
