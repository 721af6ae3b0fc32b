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
pub mod token;

pub use cbor::{MAX_DEPTH, MAX_ITEMS};
pub use cpak::{read_roots, submit as submit_collateral};
pub use golden::read_golden;

use super::{Claims, Deductions, Rejection, Vendor, VerifyError, device_id, measurement_id};
use crate::precompile::Context;
use alloy_sol_types::{
    SolType, SolValue,
    abi::{self, Token as _},
};
use claims::{HashAlgorithm, PlatformClaims, RealmClaims};
use core::ops::RangeInclusive;
use sha2::{Digest, Sha256, Sha512};
use token::Token;

/// No keys at genesis: Arm publishes none.
pub const ROOTS: &[&[u8]] = &[];

/// The ranges of lifecycle states (RMM specification, A7.2.3.2.4). Those that are not named are refused as well.
const SECURED: RangeInclusive<u16> = 0x3000..=0x30ff;
const NON_CCA_DEBUG: RangeInclusive<u16> = 0x4000..=0x40ff;
const RECOVERABLE_DEBUG: RangeInclusive<u16> = 0x5000..=0x50ff;
const DECOMMISSIONED: RangeInclusive<u16> = 0x6000..=0x60ff;

/// Whether a minimum TCB has the vendor's form: there is none.
pub fn is_minimum_tcb(minimum: &[u8]) -> bool {
    minimum.is_empty()
}

/// Verifies a token against the keys and golden measurements in state.
pub fn verify(context: &mut Context<'_>, vendor: Vendor, token: &[u8]) -> Result<Claims, VerifyError> {
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
    Ok(Claims {
        vendor,
        report_data: *realm.challenge,
        device_id: Some(device_id(vendor, &[platform.instance_id])),
        measurement_id: measurement_id(vendor, &[realm.rim]),
        tcb_status: None,
        deductions: Deductions::none(),
    })
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
    if SECURED.contains(&lifecycle) {
        Ok(())
    } else if NON_CCA_DEBUG.contains(&lifecycle) || RECOVERABLE_DEBUG.contains(&lifecycle) {
        Err(Rejection::CcaDebug { lifecycle })
    } else if DECOMMISSIONED.contains(&lifecycle) {
        Err(Rejection::CcaDecommissioned { lifecycle })
    } else {
        Err(Rejection::CcaNotSecured { lifecycle })
    }
}

/// The token of `T` in `bytes`, if they are the canonical ABI encoding of one.
fn canonical<T: SolValue>(bytes: &[u8]) -> Option<<T::SolType as SolType>::Token<'_>> {
    /// The length of an ABI word in bytes.
    const WORD_LEN: usize = 32;

    let token = abi::decode::<<T::SolType as SolType>::Token<'_>>(bytes).ok()?;
    // Offsets may point to the same bytes many times over: compare the length before encoding.
    let is_canonical =
        token.total_words().checked_mul(WORD_LEN)? == bytes.len() && abi::encode(&token) == bytes;
    is_canonical.then_some(token)
}
