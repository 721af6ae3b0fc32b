//! From call data to arguments.

use super::price::{PRICED_BY_LENGTH, PROOFS};
use crate::{
    call_data::{self, MAX_FLAT_LEN},
    error::Error,
    evidence::{MAX_EVIDENCE_LEN, Vendor},
};
use aivm_abi::IAttestationRegistry::{IAttestationRegistryCalls, TEEVendor, UnsupportedVendor};

/// The longest arguments of `verifyAttestationFor`, in bytes, with two pieces of evidence as long as they may be:
/// operator and offset, the struct's six words, and the length and bytes of each piece. `verifyAttestation` has one
/// word less.
const MAX_PROOF_LEN: usize = 2 * 32 + 6 * 32 + 2 * (32 + MAX_EVIDENCE_LEN);

/// Decodes a call.
pub(super) fn decode(input: &[u8]) -> Result<IAttestationRegistryCalls, Error> {
    call_data::decode(input, |selector| {
        if PRICED_BY_LENGTH.contains(&selector) {
            usize::MAX
        } else if PROOFS.contains(&selector) {
            MAX_PROOF_LEN
        } else {
            MAX_FLAT_LEN
        }
    })
}

/// The vendor of an argument; `None` for `TEEVendor.None`.
pub(super) fn vendor(vendor: TEEVendor) -> Option<Vendor> {
    match vendor {
        TEEVendor::SGX => Some(Vendor::Sgx),
        TEEVendor::SEVSNP => Some(Vendor::SevSnp),
        TEEVendor::TDX => Some(Vendor::Tdx),
        TEEVendor::NVIDIA => Some(Vendor::Nvidia),
        TEEVendor::ARMCCA => Some(Vendor::ArmCca),
        TEEVendor::None | TEEVendor::__Invalid => None,
    }
}

/// The vendor of an argument where one must be named.
pub(super) fn one_vendor(argument: TEEVendor) -> Result<Vendor, Error> {
    vendor(argument).ok_or(UnsupportedVendor { vendor: argument }.into())
}
