//! Evidence: what a vendor's hardware signed, and whether it holds now.
//!
//! The first byte numbers the vendor (specification, section 3), the rest is the vendor's own format (section
//! 4). [`verify`] gives what the evidence proves, or the one [`Rejection`] that refused it.

mod canonical;
pub mod cca;
pub mod crl;
pub(crate) mod format;
pub mod intel;
pub mod known_key;
pub mod nvidia;
mod reader;
mod rejection;
pub mod roots;
pub mod scheme;
pub mod score;
pub mod snp;
pub mod stored;
pub mod x509;

pub use format::{Golden, default_roots, is_minimum_tcb, read_roots};
pub use known_key::VerifiedKey;
pub use rejection::Rejection;
pub use score::{Deduction, Deductions, MAX_TRUST_SCORE};
pub use stored::Stored;

use crate::{host::HostError, precompile::Context, state::MeasurementState};
use alloy_primitives::{B256, Keccak256};
use thiserror::Error;

/// The longest piece of evidence in bytes, vendor byte included (specification, section 1, "Gas").
pub const MAX_EVIDENCE_LEN: usize = 16_384;

/// The longest collateral in bytes (specification, section 1, "Gas").
pub const MAX_COLLATERAL_LEN: usize = 65_536;

/// Whose hardware signed the evidence (specification, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vendor {
    /// Intel SGX.
    Sgx,
    /// AMD SEV-SNP.
    SevSnp,
    /// Intel TDX.
    Tdx,
    /// NVIDIA GPUs in confidential-computing mode.
    Nvidia,
    /// Arm CCA.
    ArmCca,
}

impl Vendor {
    /// Every vendor, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Sgx, Self::SevSnp, Self::Tdx, Self::Nvidia, Self::ArmCca];

    /// The vendor with this number, if there is one.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Sgx),
            2 => Some(Self::SevSnp),
            3 => Some(Self::Tdx),
            4 => Some(Self::Nvidia),
            5 => Some(Self::ArmCca),
            _ => None,
        }
    }

    /// The vendor's number: `TEEVendor` in Solidity.
    pub const fn number(self) -> u8 {
        match self {
            Self::Sgx => 1,
            Self::SevSnp => 2,
            Self::Tdx => 3,
            Self::Nvidia => 4,
            Self::ArmCca => 5,
        }
    }

    /// The vendor's name in programs: lower case, no punctuation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sgx => "sgx",
            Self::SevSnp => "sevsnp",
            Self::Tdx => "tdx",
            Self::Nvidia => "nvidia",
            Self::ArmCca => "armcca",
        }
    }
}

/// What genuine evidence says, before policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Whose hardware signed.
    pub vendor: Vendor,
    /// The 64 bytes that the workload chose; the first 32 are compared with the nonce.
    pub report_data: [u8; 64],
    /// The hardware, as [`device_id`] names it. Evidence that names none cannot register a device.
    pub device_id: Option<B256>,
    /// The software, as [`measurement_id`] names it.
    pub measurement_id: B256,
    /// How far the platform's firmware is up to date, for vendors that say.
    pub tcb_status: Option<intel::TcbStatus>,
    /// What the platform's state takes off the score. Policy may add to it.
    pub deductions: Deductions,
}

/// What a vendor's module found genuine. The key is no claim: a signature has more than one form, and so has what
/// certifies a key.
#[derive(Clone, Debug)]
pub struct Genuine {
    /// What the evidence says.
    pub claims: Claims,
    /// The device's key, if it stays the same from proof to proof.
    pub key: Option<VerifiedKey>,
}

/// Evidence that is genuine and that policy accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the evidence says, with all deductions.
    pub claims: Claims,
    /// 0 to 100 (specification, section 4, "Trust score").
    pub trust_score: u8,
}

/// Why evidence or collateral gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// It was refused.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The database failed.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// Verifies evidence against the roots, collateral and policy in state, at the block's time.
pub fn verify(context: &mut Context<'_>, evidence: &[u8]) -> Result<Verified, VerifyError> {
    verify_with_key(context, evidence).map(|(verified, _)| verified)
}

/// The same, with the key that the registry may remember once all else is accepted.
pub(crate) fn verify_with_key(
    context: &mut Context<'_>,
    evidence: &[u8],
) -> Result<(Verified, Option<VerifiedKey>), VerifyError> {
    if evidence.len() > MAX_EVIDENCE_LEN {
        return Err(Rejection::EvidenceTooLong.into());
    }
    let (number, body) = evidence.split_first().ok_or(Rejection::EvidenceEmpty)?;
    let vendor = Vendor::from_number(*number).ok_or(Rejection::VendorUnknown)?;
    if context.registry().is_paused(Some(vendor))? {
        return Err(Rejection::VendorPaused.into());
    }
    let Genuine { mut claims, key } = (format::format(vendor).verify)(context, vendor, body)?;
    let trust_score = judge(context, &mut claims)?;
    Ok((Verified { claims, trust_score }, key))
}

/// Verifies collateral against the vendor's roots at the block's time and stores it.
pub fn submit_collateral(
    context: &mut Context<'_>,
    vendor: Vendor,
    collateral: &[u8],
) -> Result<Stored, VerifyError> {
    (format::format(vendor).submit_collateral)(context, vendor, collateral)
}

/// Policy (specification, section 6): the trust score of genuine evidence, or why it is refused all the same.
fn judge(context: &mut Context<'_>, claims: &mut Claims) -> Result<u8, VerifyError> {
    let mut registry = context.registry();
    if let Some(id) = claims.device_id
        && registry.is_revoked(id)?
    {
        return Err(Rejection::DeviceRevoked.into());
    }
    let unknown = match registry.measurement(claims.measurement_id)? {
        MeasurementState::Banned => return Err(Rejection::MeasurementBanned.into()),
        MeasurementState::Allowed => false,
        MeasurementState::Unset if registry.allowlist_required(claims.vendor)? => {
            return Err(Rejection::MeasurementNotAllowed.into());
        }
        // Golden measurements are what judges the software of a GPU.
        MeasurementState::Unset => claims.vendor != Vendor::Nvidia,
    };
    let unknown = unknown.then_some(Deduction::UnknownMeasurement);
    claims.deductions = core::mem::take(&mut claims.deductions).and_maybe(unknown);
    let score = claims.deductions.score();
    let minimum = registry.min_trust_score()?;
    if score < minimum {
        return Err(Rejection::TrustScoreTooLow { score, minimum }.into());
    }
    Ok(score)
}

/// `keccak("aivm.device.v1" ‖ vendor(1) ‖ hardware id)`: names hardware, not a tenant.
pub fn device_id(vendor: Vendor, hardware_id: &[&[u8]]) -> B256 {
    tagged_hash(b"aivm.device.v1", vendor, hardware_id)
}

/// `keccak("aivm.measurement.v1" ‖ vendor(1) ‖ m)`: names software.
pub fn measurement_id(vendor: Vendor, measurements: &[&[u8]]) -> B256 {
    tagged_hash(b"aivm.measurement.v1", vendor, measurements)
}

fn tagged_hash(tag: &[u8], vendor: Vendor, parts: &[&[u8]]) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(tag);
    hasher.update([vendor.number()]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}
