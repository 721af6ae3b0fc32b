//! Arm CCA: tokens of a platform and a realm, under keys that governance registers.
//!
//! [`verify`] takes two ECDSA signatures: the platform token's, by the platform's registered key (CPAK), and the realm
//! token's, by the realm's key (RAK), which the platform token vouches for. There are no certificates and no times.
//!
//! | file | what it holds |
//! |---|---|
//! | `cbor` | strict CBOR |
//! | `token`, `sign1`, `claims`, `rak` | the layout of a token |
//! | `key` | public keys |
//! | `cpak` | registered keys |
//! | `golden` | what platforms and realms may be and run |
//! | `pack` | for those who register either |

mod cbor;
pub mod claims;
pub mod cpak;
pub mod golden;
pub mod key;
pub mod pack;
pub mod rak;
pub mod sign1;
#[cfg(test)]
mod tests;
pub mod token;

pub use cbor::{MAX_DEPTH, MAX_ITEMS};
pub use cpak::{read_roots, submit as submit_collateral};
pub use golden::read_golden;

use super::{Claims, Deductions, Genuine, Rejection, Vendor, VerifyError, device_id, measurement_id};
use crate::precompile::Context;
use claims::{HashAlgorithm, Lifecycle, PlatformClaims, RealmClaims};
use sha2::{Digest, Sha256, Sha512};
use token::Token;

/// No keys at genesis: Arm publishes none.
pub const ROOTS: &[&[u8]] = &[];

/// Whether a minimum TCB has the vendor's form: there is none.
pub fn is_minimum_tcb(minimum: &[u8]) -> bool {
    minimum.is_empty()
}

/// Verifies a token against the keys and golden measurements in state.
pub fn verify(context: &mut Context<'_>, vendor: Vendor, token: &[u8]) -> Result<Genuine, VerifyError> {
    let token = Token::parse(token)?;
    let (platform, realm) = (&token.platform, &token.realm);
    let cpak = cpak::find(context, vendor, platform.instance_id)?;
    if cpak.implementation_id != platform.implementation_id {
        return Err(Rejection::CcaImplementationMismatch.into());
    }
    if !cpak.public_key.verify(&token.platform_message, context.crypto)? {
        return Err(Rejection::CcaPlatformSignatureInvalid.into());
    }
    if !realm.rak.key.verify(&token.realm_message, context.crypto)? {
        return Err(Rejection::CcaRealmSignatureInvalid.into());
    }
    check_binding(platform, realm)?;
    check_lifecycle(platform.lifecycle)?;
    golden::check(context, vendor, &token)?;
    let claims = Claims {
        vendor,
        report_data: *realm.challenge,
        device_id: Some(device_id(vendor, &[platform.instance_id])),
        measurement_id: measurement_id(vendor, &[realm.rim]),
        tcb_status: None,
        deductions: Deductions::none(),
    };
    // Both signatures are over what changes from proof to proof.
    Ok(Genuine { claims, key: None })
}

/// The platform's challenge must be the hash of the realm's key: only then are both tokens of one realm.
fn check_binding(platform: &PlatformClaims<'_>, realm: &RealmClaims<'_>) -> Result<(), Rejection> {
    let bound = match realm.rak_hash {
        HashAlgorithm::Sha256 => *platform.challenge == *Sha256::digest(realm.rak.bytes),
        HashAlgorithm::Sha512 => *platform.challenge == *Sha512::digest(realm.rak.bytes),
    };
    if bound {
        Ok(())
    } else {
        Err(Rejection::CcaBindingMismatch)
    }
}

fn check_lifecycle(lifecycle: u16) -> Result<(), Rejection> {
    match Lifecycle::of(lifecycle) {
        Lifecycle::Secured => Ok(()),
        Lifecycle::NonCcaPlatformDebug | Lifecycle::RecoverableCcaPlatformDebug => {
            Err(Rejection::CcaDebug { lifecycle })
        }
        Lifecycle::Decommissioned => Err(Rejection::CcaDecommissioned { lifecycle }),
        Lifecycle::Unknown
        | Lifecycle::AssemblyAndTest
        | Lifecycle::RotProvisioning
        | Lifecycle::Reserved => Err(Rejection::CcaNotSecured { lifecycle }),
    }
}
