//! Governance and policy in storage (specification, section 6).

use super::{RegistryState, by_vendor::ByVendor, low_address, low_u8, low_u64, mapping_slot, slots};
use crate::{evidence::Vendor, host::HostError};
use alloy_primitives::{Address, B256, U256};

/// The longest minimum TCB in bytes: what Solidity keeps in one slot.
pub const MAX_MINIMUM_TCB_LEN: usize = 31;

/// What governance thinks of a measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MeasurementState {
    /// Nothing is known of it.
    #[default]
    Unset,
    /// It is on the allow list.
    Allowed,
    /// It is refused.
    Banned,
}

/// The bit of slot 2 that pauses every vendor.
const PAUSE_ALL: usize = 0;

impl RegistryState<'_> {
    /// The one address that governs.
    pub fn governance(&mut self) -> Result<Address, HostError> {
        Ok(low_address(self.get(slots::GOVERNANCE)?))
    }

    /// Hands governance over.
    pub fn set_governance(&mut self, governance: Address) -> Result<(), HostError> {
        self.set(slots::GOVERNANCE, governance.into_word().into())
    }

    /// The address that may pause, or zero.
    pub fn guardian(&mut self) -> Result<Address, HostError> {
        Ok(low_address(self.get(slots::GUARDIAN)?))
    }

    /// Names the guardian, zero for none.
    pub fn set_guardian(&mut self, guardian: Address) -> Result<(), HostError> {
        self.set(slots::GUARDIAN, guardian.into_word().into())
    }

    /// Whether evidence of `vendor` is refused, by its own pause or the general one.
    pub fn is_paused(&mut self, vendor: Option<Vendor>) -> Result<bool, HostError> {
        let paused = self.get(slots::PAUSED)?;
        Ok(paused.bit(PAUSE_ALL) || paused.bit(pause_bit(vendor)))
    }

    /// Pauses or unpauses `vendor`, or all of them.
    pub fn set_paused(&mut self, vendor: Option<Vendor>, paused: bool) -> Result<(), HostError> {
        let mut bits = self.get(slots::PAUSED)?;
        bits.set_bit(pause_bit(vendor), paused);
        self.set(slots::PAUSED, bits)
    }

    /// What governance thinks of a measurement.
    pub fn measurement(&mut self, id: B256) -> Result<MeasurementState, HostError> {
        Ok(match low_u8(self.get(mapping_slot(id, slots::MEASUREMENTS))?) {
            1 => MeasurementState::Allowed,
            2 => MeasurementState::Banned,
            _ => MeasurementState::Unset,
        })
    }

    /// Allows, bans or forgets a measurement.
    pub fn set_measurement(&mut self, id: B256, state: MeasurementState) -> Result<(), HostError> {
        let value = match state {
            MeasurementState::Unset => 0,
            MeasurementState::Allowed => 1,
            MeasurementState::Banned => 2,
        };
        self.set(mapping_slot(id, slots::MEASUREMENTS), U256::from(value))
    }

    /// Whether evidence of `vendor` must carry an allowed measurement.
    pub fn allowlist_required(&mut self, vendor: Vendor) -> Result<bool, HostError> {
        Ok(!self.get(ByVendor::AllowlistRequired.slot(vendor))?.is_zero())
    }

    /// Requires an allowed measurement of `vendor`, or no longer.
    pub fn set_allowlist_required(&mut self, vendor: Vendor, required: bool) -> Result<(), HostError> {
        self.set(ByVendor::AllowlistRequired.slot(vendor), U256::from(required))
    }

    /// The least score at which evidence verifies.
    pub fn min_trust_score(&mut self) -> Result<u8, HostError> {
        Ok(low_u8(self.get(slots::MIN_TRUST_SCORE)?))
    }

    /// Sets the least score at which evidence verifies.
    pub fn set_min_trust_score(&mut self, score: u8) -> Result<(), HostError> {
        self.set(slots::MIN_TRUST_SCORE, U256::from(score))
    }

    /// How long an attestation lasts, in seconds.
    pub fn validity(&mut self) -> Result<u64, HostError> {
        Ok(low_u64(self.get(slots::VALIDITY)?))
    }

    /// Sets how long an attestation lasts, in seconds.
    pub fn set_validity(&mut self, seconds: u64) -> Result<(), HostError> {
        self.set(slots::VALIDITY, U256::from(seconds))
    }

    /// The least TCB accepted from `vendor`, in the vendor's form, empty for none.
    pub fn minimum_tcb(&mut self, vendor: Vendor) -> Result<Vec<u8>, HostError> {
        let word = self.get(ByVendor::MinimumTcb.slot(vendor))?;
        let len = usize::from(low_u8(word) >> 1);
        Ok(word
            .to_be_bytes::<32>()
            .into_iter()
            .take(len.min(MAX_MINIMUM_TCB_LEN))
            .collect())
    }

    /// Sets the least TCB accepted from `vendor`. Only the first [`MAX_MINIMUM_TCB_LEN`] bytes are kept.
    pub fn set_minimum_tcb(&mut self, vendor: Vendor, minimum: &[u8]) -> Result<(), HostError> {
        let mut word = [0; 32];
        let mut len = 0_u8;
        for (target, byte) in word.iter_mut().zip(minimum.iter().take(MAX_MINIMUM_TCB_LEN)) {
            *target = *byte;
            len = len.saturating_add(1);
        }
        if let Some(last) = word.last_mut() {
            *last = len << 1; // Solidity's short form: twice the length in the lowest byte
        }
        self.set(ByVendor::MinimumTcb.slot(vendor), U256::from_be_bytes(word))
    }
}

/// The bit of slot 2 that pauses `vendor`, or every vendor.
fn pause_bit(vendor: Option<Vendor>) -> usize {
    vendor.map_or(PAUSE_ALL, |vendor| usize::from(vendor.number()))
}
