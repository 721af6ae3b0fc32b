//! Keys that need no second look (specification, section 4, "Known devices").
//!
//! Most signatures that come with evidence certify the key that signs it, and stay the same from proof to proof. Once
//! `verifyAttestation` has verified a device's, the registry keeps a digest of all that went into those checks
//! ([`crate::state::verified_key`]):
//!
//! `SHA-256("aivm.verified-key.v1" ‖ vendor(1) ‖ id of the collateral's record(32) ‖ for each input: length(4) ‖ input)`
//!
//! Where it is that of the evidence at hand, the same checks would be made of the same bytes, so they are left out, and
//! *nothing else* is: windows, revocation, TCB, policy are judged each time. Another byte, or other collateral, makes
//! another digest. A digest is written only for evidence that was accepted.

use super::{Vendor, stored::Usable};
use crate::{host::HostError, precompile::Context, state::RegistryState};
use alloy_primitives::B256;
use sha2::{Digest, Sha256};

const TAG: &[u8] = b"aivm.verified-key.v1";

/// The signatures that certify a device's key, while they are checked.
#[derive(Debug)]
pub(super) struct Certification {
    key: Option<VerifiedKey>,
    is_known: bool,
    /// How many of them are yet to be checked.
    left: usize,
}

/// A key whose certification was verified, or is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedKey {
    device_id: B256,
    digest: B256,
    is_known: bool,
}

impl Certification {
    /// Looks a device's key up. `inputs` is all that `signatures` checks read, but for the issuer's key, which is in the
    /// record. Evidence that names no device is never known.
    pub(super) fn look_up(
        context: &mut Context<'_>,
        vendor: Vendor,
        device_id: Option<B256>,
        record: &Usable,
        inputs: &[&[u8]],
        signatures: usize,
    ) -> Result<Self, HostError> {
        let Some(device_id) = device_id else {
            return Ok(Self {
                key: None,
                is_known: false,
                left: signatures,
            });
        };
        let digest = digest(vendor, record.id, inputs);
        let is_known = context.registry().verified_key(device_id)? == digest;
        let key = VerifiedKey {
            device_id,
            digest,
            is_known,
        };
        Ok(Self {
            key: Some(key),
            is_known,
            left: signatures,
        })
    }

    /// Whether one of the signatures holds. That of a known key does.
    pub(super) fn holds(&mut self, signature: impl FnOnce() -> bool) -> bool {
        let holds = self.is_known || signature();
        if holds {
            self.left = self.left.saturating_sub(1);
        }
        holds
    }

    /// The key, once all of its signatures were found to hold.
    pub(super) fn verified(self) -> Option<VerifiedKey> {
        self.key.filter(|_| self.left == 0)
    }
}

impl VerifiedKey {
    /// Keeps the digest, so that the next proof needs fewer signatures. Only for evidence that was accepted.
    pub(crate) fn remember(&self, registry: &mut RegistryState<'_>) -> Result<(), HostError> {
        if self.is_known {
            return Ok(());
        }
        registry.set_verified_key(self.device_id, self.digest)
    }
}

fn digest(vendor: Vendor, record: B256, inputs: &[&[u8]]) -> B256 {
    let mut hasher = Sha256::new();
    hasher.update(TAG);
    hasher.update([vendor.number()]);
    hasher.update(record);
    for input in inputs {
        // Evidence has at most 16,384 bytes; a length that did not fit would make a digest that no other has.
        hasher.update(u32::try_from(input.len()).unwrap_or(u32::MAX).to_be_bytes());
        hasher.update(input);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    digest.into()
}
