//! TCB levels: how far a platform, a TDX module and a quoting enclave are up to date. After Intel's "Appraisal
//! of TCB" in the DCAP quote verification library.

use super::record::{QeIdentity, Record, TcbLevel, TdxModuleIdentity};
use crate::evidence::{Deduction, Rejection};
use core::fmt;

/// The state of a TCB, in Intel's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcbStatus {
    /// Nothing is known against it.
    UpToDate,
    /// Software must defend itself.
    SwHardeningNeeded,
    /// The platform's configuration matters.
    ConfigurationNeeded,
    /// Both.
    ConfigurationAndSwHardeningNeeded,
    /// The TD was launched on an old TCB, but runs on a newer one: it should be launched anew.
    TdRelaunchAdvised,
    /// The same, and the platform's configuration matters.
    TdRelaunchAdvisedConfigurationNeeded,
    /// Security updates are missing.
    OutOfDate,
    /// Security updates are missing, and the platform's configuration matters.
    OutOfDateConfigurationNeeded,
    /// Not to be trusted.
    Revoked,
}

impl TcbStatus {
    /// Every status, in the order of the numbers that [`Record`] stores.
    pub const ALL: [Self; 9] = [
        Self::UpToDate,
        Self::SwHardeningNeeded,
        Self::ConfigurationNeeded,
        Self::ConfigurationAndSwHardeningNeeded,
        Self::TdRelaunchAdvised,
        Self::TdRelaunchAdvisedConfigurationNeeded,
        Self::OutOfDate,
        Self::OutOfDateConfigurationNeeded,
        Self::Revoked,
    ];

    /// What the status takes off the trust score, if anything. (Revoked, which refuses the evidence, never gets
    /// so far.)
    pub const fn deduction(self) -> Option<Deduction> {
        match self {
            Self::UpToDate | Self::Revoked => None,
            Self::SwHardeningNeeded => Some(Deduction::SwHardeningNeeded),
            Self::ConfigurationNeeded => Some(Deduction::ConfigurationNeeded),
            Self::ConfigurationAndSwHardeningNeeded => Some(Deduction::ConfigurationAndSwHardeningNeeded),
            Self::TdRelaunchAdvised => Some(Deduction::TdRelaunchAdvised),
            Self::TdRelaunchAdvisedConfigurationNeeded => {
                Some(Deduction::TdRelaunchAdvisedConfigurationNeeded)
            }
            Self::OutOfDate => Some(Deduction::OutOfDate),
            Self::OutOfDateConfigurationNeeded => Some(Deduction::OutOfDateConfigurationNeeded),
        }
    }

    /// Intel's name for the status.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UpToDate => "UpToDate",
            Self::SwHardeningNeeded => "SWHardeningNeeded",
            Self::ConfigurationNeeded => "ConfigurationNeeded",
            Self::ConfigurationAndSwHardeningNeeded => "ConfigurationAndSWHardeningNeeded",
            Self::TdRelaunchAdvised => "TDRelaunchAdvised",
            Self::TdRelaunchAdvisedConfigurationNeeded => "TDRelaunchAdvisedConfigurationNeeded",
            Self::OutOfDate => "OutOfDate",
            Self::OutOfDateConfigurationNeeded => "OutOfDateConfigurationNeeded",
            Self::Revoked => "Revoked",
        }
    }

    /// The platform's status with that of a component of it: `convergeTcbStatuses` in Intel's library.
    fn converge(self, component: Self) -> Self {
        match (component, self) {
            (Self::Revoked, _) => Self::Revoked,
            (Self::OutOfDate, Self::UpToDate | Self::SwHardeningNeeded) => Self::OutOfDate,
            (Self::OutOfDate, Self::ConfigurationNeeded | Self::ConfigurationAndSwHardeningNeeded) => {
                Self::OutOfDateConfigurationNeeded
            }
            _ => self,
        }
    }

    /// The status at launch with that of now: `checkForRelaunch` in Intel's library.
    fn relaunch(self, current: Self) -> Self {
        let launched_out_of_date = matches!(self, Self::OutOfDate | Self::OutOfDateConfigurationNeeded);
        let runs_up_to_date = matches!(
            current,
            Self::UpToDate
                | Self::SwHardeningNeeded
                | Self::ConfigurationNeeded
                | Self::ConfigurationAndSwHardeningNeeded
        );
        if !launched_out_of_date || !runs_up_to_date {
            self
        } else if self == Self::OutOfDateConfigurationNeeded
            || matches!(
                current,
                Self::ConfigurationNeeded | Self::ConfigurationAndSwHardeningNeeded
            )
        {
            Self::TdRelaunchAdvisedConfigurationNeeded
        } else {
            Self::TdRelaunchAdvised
        }
    }
}

impl fmt::Display for TcbStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The security versions that the PCK certificate vouches for.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlatformSvn {
    pub(super) cpu_svn: [u8; 16],
    pub(super) pce_svn: u16,
}

/// Which of the two TCBs of a TD a level is looked up for: they are refused for different reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TdTcb {
    Launch,
    Current,
}

/// The status of an SGX platform.
pub(super) fn sgx_status(
    record: &Record<'_>,
    platform: PlatformSvn,
    qe: TcbStatus,
) -> Result<TcbStatus, Rejection> {
    let level = record
        .tcb_levels
        .iter()
        .find(|level| meets_sgx(level, platform))
        .ok_or(Rejection::NoTcbLevel)?;
    not_revoked(level.status.converge(qe))
}

/// The status of a TDX platform. A TD 1.5 also says what it runs on now (`current`), which is judged too.
pub(super) fn tdx_status(
    record: &Record<'_>,
    platform: PlatformSvn,
    qe: TcbStatus,
    launch: &[u8; 16],
    current: Option<&[u8; 16]>,
) -> Result<TcbStatus, Rejection> {
    let launch = td_tcb_status(record, platform, launch, TdTcb::Launch)?.converge(qe);
    let Some(current) = current else {
        return not_revoked(launch);
    };
    let current = td_tcb_status(record, platform, current, TdTcb::Current)?.converge(qe);
    not_revoked(current)?;
    not_revoked(launch).map(|launch| launch.relaunch(current))
}

fn td_tcb_status(
    record: &Record<'_>,
    platform: PlatformSvn,
    tee_tcb_svn: &[u8; 16],
    which: TdTcb,
) -> Result<TcbStatus, Rejection> {
    let no_level = match which {
        TdTcb::Launch => Rejection::NoTcbLevel,
        TdTcb::Current => Rejection::CurrentTcbNoLevel,
    };
    let mut levels = record.tcb_levels.iter();
    let level = levels
        .find(|level| meets_sgx(level, platform) && meets_tdx(level, tee_tcb_svn))
        .ok_or(no_level)?;
    let Some(identity) = tdx_module_identity(record, tee_tcb_svn, which)? else {
        return Ok(level.status);
    };
    let [isv_svn, ..] = *tee_tcb_svn;
    let module = identity.levels.iter().find(|module| isv_svn >= module.isv_svn);
    let module = module.ok_or(match which {
        TdTcb::Launch => Rejection::TdxModuleNoTcbLevel,
        TdTcb::Current => Rejection::CurrentTdxModuleNoTcbLevel,
    })?;
    Ok(level.status.converge(module.status))
}

/// The identity of the TDX module whose version is the second byte of `tee_tcb_svn`; none for version 0.
fn tdx_module_identity<'a>(
    record: &'a Record<'a>,
    tee_tcb_svn: &[u8; 16],
    which: TdTcb,
) -> Result<Option<&'a TdxModuleIdentity<'a>>, Rejection> {
    let [_, version, ..] = *tee_tcb_svn;
    if version == 0 {
        return Ok(None);
    }
    let identity = record
        .tdx_module_identities
        .iter()
        .find(|identity| identity.version == version);
    identity.map(Some).ok_or(match which {
        TdTcb::Launch => Rejection::TdxModuleUnknown { version },
        TdTcb::Current => Rejection::CurrentTdxModuleUnknown { version },
    })
}

/// Whether the TDX module is the one that the TCB info describes: its signer, and its attributes under the mask
/// (bits outside the mask must be zero).
pub(super) fn check_tdx_module(
    record: &Record<'_>,
    tee_tcb_svn: &[u8; 16],
    mr_signer_seam: &[u8; 48],
    seam_attributes: &[u8; 8],
) -> Result<(), Rejection> {
    let identity = tdx_module_identity(record, tee_tcb_svn, TdTcb::Launch)?;
    let module = identity
        .map(|identity| &identity.module)
        .or(record.tdx_module.as_ref());
    let module = module.ok_or(Rejection::TcbInfoWrongTee)?;
    if *mr_signer_seam != module.mr_signer {
        return Err(Rejection::TdxModuleSignerMismatch);
    }
    let (actual, mask) = (
        u64::from_le_bytes(*seam_attributes),
        u64::from_le_bytes(module.attributes_mask),
    );
    if actual != u64::from_le_bytes(module.attributes) & mask {
        return Err(Rejection::TdxModuleAttributesMismatch);
    }
    Ok(())
}

/// The status of the quoting enclave with this ISVSVN.
pub(super) fn qe_status(identity: &QeIdentity<'_>, isv_svn: u16) -> Result<TcbStatus, Rejection> {
    let level = identity.levels.iter().find(|level| isv_svn >= level.isv_svn);
    level.map(|level| level.status).ok_or(Rejection::QeNoTcbLevel)
}

fn meets_sgx(level: &TcbLevel, platform: PlatformSvn) -> bool {
    platform.pce_svn >= level.pce_svn && covers(&platform.cpu_svn, &level.sgx_svn)
}

/// Components 0 and 1 are the module's own version unless that is 0: its identity judges them.
fn meets_tdx(level: &TcbLevel, tee_tcb_svn: &[u8; 16]) -> bool {
    match (tee_tcb_svn, &level.tdx_svn) {
        ([_, 0, ..], _) => covers(tee_tcb_svn, &level.tdx_svn),
        ([_, _, have @ ..], [_, _, need @ ..]) => covers(have, need),
    }
}

fn covers(have: &[u8], need: &[u8]) -> bool {
    have.iter().zip(need).all(|(have, need)| have >= need)
}

fn not_revoked(status: TcbStatus) -> Result<TcbStatus, Rejection> {
    if status == TcbStatus::Revoked {
        Err(Rejection::TcbRevoked)
    } else {
        Ok(status)
    }
}
