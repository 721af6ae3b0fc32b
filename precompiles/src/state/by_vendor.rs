//! Slots of the mappings by vendor that every piece of evidence reads: as constants, for a hash each takes as long as
//! reading the slot.

#[cfg(test)]
use super::slots;
use crate::evidence::Vendor;
use alloy_primitives::{U256, uint};

/// A mapping by vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByVendor {
    /// Slot 6.
    AllowlistRequired,
    /// Slot 7.
    MinimumTcb,
    /// Slot 9.
    RootHashes,
}

impl ByVendor {
    /// The slot of the mapping's value for a vendor.
    pub(super) const fn slot(self, vendor: Vendor) -> U256 {
        let [sgx, snp, tdx, nvidia, cca] = match self {
            Self::AllowlistRequired => ALLOWLIST_REQUIRED,
            Self::MinimumTcb => MINIMUM_TCB,
            Self::RootHashes => ROOT_HASHES,
        };
        match vendor {
            Vendor::Sgx => sgx,
            Vendor::SevSnp => snp,
            Vendor::Tdx => tdx,
            Vendor::Nvidia => nvidia,
            Vendor::ArmCca => cca,
        }
    }

    /// The slot of the mapping itself.
    #[cfg(test)]
    const fn mapping(self) -> U256 {
        match self {
            Self::AllowlistRequired => slots::ALLOWLIST_REQUIRED,
            Self::MinimumTcb => slots::MINIMUM_TCB,
            Self::RootHashes => slots::ROOT_HASHES,
        }
    }
}

const ALLOWLIST_REQUIRED: [U256; 5] = [
    uint!(0x3e5fec24aa4dc4e5aee2e025e51e1392c72a2500577559fae9665c6d52bd6a31_U256),
    uint!(0x8819ef417987f8ae7a81f42cdfb18815282fe989326fbff903d13cf0e03ace29_U256),
    uint!(0x75f96ab15d697e93042dc45b5c896c4b27e89bb6eaf39475c5c371cb2513f7d2_U256),
    uint!(0xc5069e24aaadb2addc3e52e868fcf3f4f8acf5a87e24300992fd4540c2a87eed_U256),
    uint!(0xbfd358e93f18da3ed276c3afdbdba00b8f0b6008a03476a6a86bd6320ee6938b_U256),
];
const MINIMUM_TCB: [U256; 5] = [
    uint!(0xb39221ace053465ec3453ce2b36430bd138b997ecea25c1043da0c366812b828_U256),
    uint!(0xb7c774451310d1be4108bc180d1b52823cb0ee0274a6c0081bcaf94f115fb96d_U256),
    uint!(0x3be6fd20d5acfde5b873b48692cd31f4d3c7e8ee8a813af4696af8859e5ca6c6_U256),
    uint!(0xb805995a7ec585a251200611a61d179cfd7fb105e1ab17dc415a7336783786f7_U256),
    uint!(0xbcdda56b5d08466ec462cbbe0adfa57cb0a15fcc8940ef68f702f21b787bc935_U256),
];
const ROOT_HASHES: [U256; 5] = [
    uint!(0x92e85d02570a8092d09a6e3a57665bc3815a2699a4074001bf1ccabf660f5a36_U256),
    uint!(0x6cde3cea4b3a3fb2488b2808bae7556f4a405e50f65e1794383bc026131b13c3_U256),
    uint!(0xc575c31fea594a6eb97c8e9d3f9caee4c16218c6ef37e923234c0fe9014a61e7_U256),
    uint!(0x8dc18c4ccfd75f5c815b63770fa542fd953e8fef7e0e44bbdd4913470ce7e9cb_U256),
    uint!(0x74b05292d1d4b2b48b65261b07099d24244bcb069f138d9a6bfdcf776becac4c_U256),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{mapping_slot, vendor_key};

    #[test]
    fn the_slots_of_mappings_by_vendor() {
        for mapping in [
            ByVendor::AllowlistRequired,
            ByVendor::MinimumTcb,
            ByVendor::RootHashes,
        ] {
            for vendor in Vendor::ALL {
                assert_eq!(
                    mapping.slot(vendor),
                    mapping_slot(vendor_key(vendor), mapping.mapping())
                );
            }
        }
    }
}
