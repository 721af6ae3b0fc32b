//! Verified keys: of each device, a digest of what certified the key that its last accepted proof was signed with
//! (`crate::evidence::known_key` says of what). Zero for a device without a proof, and for Arm CCA. A digest stays when it
//! is of no more use: other collateral, or another certificate, makes another.

use super::{RegistryState, mapping_slot, slots};
use crate::host::HostError;
use alloy_primitives::B256;

impl RegistryState<'_> {
    /// The digest of a device's verified key, zero for none.
    pub fn verified_key(&mut self, device_id: B256) -> Result<B256, HostError> {
        Ok(self.get(mapping_slot(device_id, slots::VERIFIED_KEYS))?.into())
    }

    /// Replaces the digest of a device's verified key.
    pub(crate) fn set_verified_key(&mut self, device_id: B256, digest: B256) -> Result<(), HostError> {
        self.set(mapping_slot(device_id, slots::VERIFIED_KEYS), digest.into())
    }
}
