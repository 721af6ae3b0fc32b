//! The storage of the attestation registry (`0x0AAA`), which the other precompiles read.
//!
//! Laid out as Solidity would lay it out, so that `eth_getStorageAt` and `eth_getProof` can be read with
//! ordinary tools. This is consensus: a slot never changes its meaning.
//!
//! | slot | Solidity | |
//! |---|---|---|
//! | 0 | `address governance` | |
//! | 1 | `address guardian` | zero for none |
//! | 2 | `uint8 paused` | bit 0: every vendor; bit v: vendor v |
//! | 3 | `uint8 minTrustScore` | 0 to 100 |
//! | 4 | `uint64 validity` | seconds |
//! | 5 | `mapping(bytes32 => uint8) measurements` | 0 unset, 1 allowed, 2 banned |
//! | 6 | `mapping(uint8 => bool) allowlistRequired` | by vendor |
//! | 7 | `mapping(uint8 => bytes) minimumTcb` | by vendor; at most 31 bytes, so always the short form |
//! | 8 | `mapping(uint8 => uint64) rootVersions` | by vendor |
//! | 9 | `mapping(uint8 => bytes32) rootHashes` | Keccak-256 of the vendor's root bundle |
//! | 10 | `mapping(bytes32 => Floor) floors` | see [`floor`] |
//! | 11 | `mapping(bytes32 => Device) devices` | see [`device`] |
//! | 12 | `uint64 deviceCount` | devices that ever attested: leaves of the registry tree |
//! | 13 | `bytes32 registryRoot` | of the registry tree |
//! | 14 | `mapping(uint256 => uint64) attestationCounts` | by block number: leaves of its attestation tree |
//! | 15 | `mapping(bytes32 => bytes32) gpuHolders` | by a GPU's device id: the device that it made hybrid last |
//! | 16 | `mapping(bytes32 => bytes32) verifiedKeys` | by device id, of a machine or a GPU: see [`verified_key`] |
//!
//! The nodes of trees lie apart: see [`tree`].
//!
//! Roots and collateral are the code of accounts of their own: see [`blob`].

pub mod blob;
mod by_vendor;
pub mod device;
pub mod floor;
mod policy;
pub mod tree;
pub mod verified_key;

pub use policy::{MAX_MINIMUM_TCB_LEN, MeasurementState};

use crate::{
    evidence::Vendor,
    host::{Host, HostError},
    precompile::Context,
};
use alloy_primitives::{Address, B256, U256, keccak256};

/// The default least trust score (specification, section 6).
pub const DEFAULT_MIN_TRUST_SCORE: u8 = 50;

/// The default duration of an attestation in seconds: a day (specification, section 6).
pub const DEFAULT_VALIDITY: u64 = 86_400;

/// The slots of the table above.
pub mod slots {
    use alloy_primitives::U256;

    macro_rules! slots {
        ($($name:ident = $slot:literal,)+) => {
            $(#[doc = concat!("Slot ", stringify!($slot), ".")] pub const $name: U256 = U256::from_limbs([$slot, 0, 0, 0]);)+
        };
    }

    slots! {
        GOVERNANCE = 0,
        GUARDIAN = 1,
        PAUSED = 2,
        MIN_TRUST_SCORE = 3,
        VALIDITY = 4,
        MEASUREMENTS = 5,
        ALLOWLIST_REQUIRED = 6,
        MINIMUM_TCB = 7,
        ROOT_VERSIONS = 8,
        ROOT_HASHES = 9,
        FLOORS = 10,
        DEVICES = 11,
        DEVICE_COUNT = 12,
        DEVICE_ROOT = 13,
        ATTESTATION_COUNTS = 14,
        GPU_HOLDERS = 15,
        VERIFIED_KEYS = 16,
    }
}

/// The slot of `mapping[key]`, for a mapping at `slot` whose key is one 32-byte word.
pub fn mapping_slot(key: B256, slot: U256) -> U256 {
    let mut preimage = [0; 64];
    let (head, tail) = preimage.split_at_mut(32);
    head.copy_from_slice(key.as_slice());
    tail.copy_from_slice(&slot.to_be_bytes::<32>());
    keccak256(preimage).into()
}

/// The key of a mapping by vendor.
fn vendor_key(vendor: Vendor) -> B256 {
    B256::with_last_byte(vendor.number())
}

/// The registry's storage, seen through a host.
pub struct RegistryState<'a> {
    host: &'a mut dyn Host,
    account: Address,
}

impl Context<'_> {
    /// The storage of the attestation registry.
    pub fn registry(&mut self) -> RegistryState<'_> {
        RegistryState::new(self.host, self.config.addresses.registry)
    }
}

impl<'a> RegistryState<'a> {
    /// The storage of the registry at `account`.
    pub fn new(host: &'a mut dyn Host, account: Address) -> Self {
        Self { host, account }
    }

    fn get(&mut self, slot: U256) -> Result<U256, HostError> {
        self.host.storage(self.account, slot)
    }

    fn set(&mut self, slot: U256, value: U256) -> Result<(), HostError> {
        self.host.set_storage(self.account, slot, value)
    }
}

/// The low 64 bits of a word.
fn low_u64(word: U256) -> u64 {
    let [limb, ..] = word.into_limbs();
    limb
}

/// The lowest byte of a word.
fn low_u8(word: U256) -> u8 {
    let [byte, ..] = word.to_le_bytes::<32>();
    byte
}

/// The low 160 bits of a word, as an address.
fn low_address(word: U256) -> Address {
    Address::from_word(B256::from(word))
}
