//! Rollback floors: the newest collateral that was accepted, below which none is accepted again.
//!
//! `Floor` is one slot, `floors[keccak("aivm.floor.v1" ‖ vendor(1) ‖ keccak(root certificate) ‖ component(1) ‖
//! subject)]`: bits 0–63 are the issue date in Unix seconds, bits 64–127 the number that the issuer counts up
//! (CRL number, TCB evaluation number). Neither ever falls. A floor belongs to a root certificate, so another
//! root's counters start anew.

use super::{RegistryState, low_u64, mapping_slot, slots};
use crate::{evidence::Vendor, host::HostError};
use alloy_primitives::{B256, Keccak256, U256};

/// What a floor is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorKey<'a> {
    /// The vendor the collateral was submitted for.
    pub vendor: Vendor,
    /// The Keccak-256 hash of the root certificate it was verified under.
    pub root: B256,
    /// Which component of the collateral: numbered by the vendor's module.
    pub component: u8,
    /// Which one of several, such as the FMSPC of a TCB info.
    pub subject: &'a [u8],
}

/// How new a piece of collateral is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// When it was issued, in Unix seconds.
    pub issued: u64,
    /// The number that its issuer counts up.
    pub number: u64,
}

impl Floor {
    /// Whether neither the date nor the number is below `floor`.
    pub fn is_at_least(self, floor: Self) -> bool {
        self.issued >= floor.issued && self.number >= floor.number
    }
}

impl FloorKey<'_> {
    fn slot(&self) -> U256 {
        let mut hasher = Keccak256::new();
        hasher.update(b"aivm.floor.v1");
        hasher.update([self.vendor.number()]);
        hasher.update(self.root);
        hasher.update([self.component]);
        hasher.update(self.subject);
        mapping_slot(hasher.finalize(), slots::FLOORS)
    }
}

impl RegistryState<'_> {
    /// The floor of a component, zero if none was accepted yet.
    pub fn floor(&mut self, key: &FloorKey<'_>) -> Result<Floor, HostError> {
        let word = self.get(key.slot())?;
        Ok(Floor {
            issued: low_u64(word),
            number: low_u64(word.wrapping_shr(64)),
        })
    }

    /// Raises the floor of a component.
    pub fn set_floor(&mut self, key: &FloorKey<'_>, floor: Floor) -> Result<(), HostError> {
        self.set(key.slot(), U256::from_limbs([floor.issued, floor.number, 0, 0]))
    }
}
