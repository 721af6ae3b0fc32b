//! TCB info and QE identity: the JSON of Intel's provisioning certification service, API version 4. Parsed with
//! the types of `dcap-qvl`, after its signature was verified, and turned into what [`Record`](super::record::Record)
//! stores.

use super::{
    list::List,
    record::{QeIdentity, QeLevel, TcbLevel, TdxModule, TdxModuleIdentity, TdxModuleLevel},
    tcb::TcbStatus,
};
use crate::{
    evidence::{Rejection, Vendor, x509::Window},
    state::floor::Floor,
};
use alloy_primitives::hex;
use chrono::DateTime;
use core::cmp::Reverse;
use dcap_qvl::{Tcb, TcbComponents, TcbInfo, TcbStatus as DcapStatus};

/// The version of TCB info that lists SGX and TDX components separately.
const TCB_INFO_VERSION: u8 = 3;

/// What the two documents say of a platform.
#[derive(Clone, Debug)]
pub(super) struct Appraisal {
    /// The FMSPC that the TCB info is for.
    pub(super) fmspc: [u8; 6],
    /// The PCEID that the TCB info is for.
    pub(super) pce_id: [u8; 2],
    pub(super) tcb_info_window: Window,
    pub(super) tcb_info_evaluation: u32,
    pub(super) tcb_levels: List<'static, TcbLevel>,
    pub(super) tdx_module: Option<TdxModule>,
    pub(super) tdx_module_identities: Vec<TdxModuleIdentity<'static>>,
    pub(super) qe_identity_window: Window,
    pub(super) qe_identity_evaluation: u32,
    pub(super) qe_identity: QeIdentity<'static>,
}

impl Appraisal {
    /// Parses both documents for SGX or TDX.
    pub(super) fn parse(vendor: Vendor, tcb_info: &[u8], qe_identity: &[u8]) -> Result<Self, Rejection> {
        let is_tdx = vendor == Vendor::Tdx;
        let tcb: TcbInfo = serde_json::from_slice(tcb_info).map_err(|_| Rejection::TcbInfoMalformed)?;
        let qe: dcap_qvl::QeIdentity =
            serde_json::from_slice(qe_identity).map_err(|_| Rejection::QeIdentityMalformed)?;
        let (tcb_id, qe_id, max_qe_version) = if is_tdx {
            ("TDX", "TD_QE", 3)
        } else {
            ("SGX", "QE", 2)
        };
        if tcb.id != tcb_id || tcb.version != TCB_INFO_VERSION || tcb.tdx_module.is_some() != is_tdx {
            return Err(Rejection::TcbInfoWrongTee);
        }
        if qe.id != qe_id || !(2..=max_qe_version).contains(&qe.version) {
            return Err(Rejection::QeIdentityWrongTee);
        }
        Self::from_dcap(is_tdx, tcb, qe)
    }

    fn from_dcap(is_tdx: bool, tcb: TcbInfo, qe: dcap_qvl::QeIdentity) -> Result<Self, Rejection> {
        let malformed = Rejection::TcbInfoMalformed;
        let module = match &tcb.tdx_module {
            Some(module) => Some(
                tdx_module(&module.mrsigner, &module.attributes, &module.attributes_mask).ok_or(malformed)?,
            ),
            None => None,
        };
        Ok(Self {
            fmspc: hex_array(&tcb.fmspc).ok_or(malformed)?,
            pce_id: hex_array(&tcb.pce_id).ok_or(malformed)?,
            tcb_info_window: window(&tcb.issue_date, &tcb.next_update).ok_or(malformed)?,
            tcb_info_evaluation: tcb.tcb_evaluation_data_number,
            tcb_levels: tcb_levels(is_tdx, &tcb).ok_or(malformed)?,
            tdx_module: module,
            tdx_module_identities: tdx_module_identities(&tcb).ok_or(malformed)?,
            qe_identity_window: window(&qe.issue_date, &qe.next_update)
                .ok_or(Rejection::QeIdentityMalformed)?,
            qe_identity_evaluation: qe.tcb_evaluation_data_number,
            qe_identity: convert_qe_identity(&qe).ok_or(Rejection::QeIdentityMalformed)?,
        })
    }

    /// How new the TCB info is.
    pub(super) fn tcb_info_floor(&self) -> Floor {
        Floor {
            issued: self.tcb_info_window.from,
            number: self.tcb_info_evaluation.into(),
        }
    }

    /// How new the QE identity is.
    pub(super) fn qe_identity_floor(&self) -> Floor {
        Floor {
            issued: self.qe_identity_window.from,
            number: self.qe_identity_evaluation.into(),
        }
    }
}

/// Exactly `N` bytes in hexadecimal, without the `0x` in front that the decoder would skip.
fn hex_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = Some(text).filter(|text| text.len() == N.saturating_mul(2));
    hex::decode_to_array(digits?).ok()
}

/// issueDate to nextUpdate.
fn window(issue_date: &str, next_update: &str) -> Option<Window> {
    let seconds = |text: &str| u64::try_from(DateTime::parse_from_rfc3339(text).ok()?.timestamp()).ok();
    Some(Window {
        from: seconds(issue_date)?,
        until: seconds(next_update)?,
    })
}

/// The levels, highest first: Intel's library sorts them too, and does not rely on the order in the JSON.
fn tcb_levels(is_tdx: bool, info: &TcbInfo) -> Option<List<'static, TcbLevel>> {
    let levels = info.tcb_levels.iter().map(|level| {
        Some(TcbLevel {
            sgx_svn: components(&level.tcb.sgx_components)?,
            pce_svn: level.tcb.pce_svn,
            tdx_svn: tdx_components(is_tdx, &level.tcb)?,
            status: platform_status(level.tcb_status)?,
        })
    });
    let mut levels = levels.collect::<Option<Vec<_>>>()?;
    levels.sort_by_key(|level| Reverse((level.sgx_svn, level.pce_svn, level.tdx_svn)));
    Some(List::new(&levels))
}

fn tdx_components(is_tdx: bool, tcb: &Tcb) -> Option<[u8; 16]> {
    if is_tdx {
        components(&tcb.tdx_components)
    } else {
        Some([0; 16])
    }
}

fn components(components: &[TcbComponents]) -> Option<[u8; 16]> {
    let components: &[TcbComponents; 16] = components.try_into().ok()?;
    Some(components.map(|component| component.svn))
}

fn tdx_module(mr_signer: &str, attributes: &str, attributes_mask: &str) -> Option<TdxModule> {
    Some(TdxModule {
        mr_signer: hex_array(mr_signer)?,
        attributes: hex_array(attributes)?,
        attributes_mask: hex_array(attributes_mask)?,
    })
}

/// The identities that a quote can select: a module's version is one byte, `TDX_03` for 3.
fn tdx_module_identities(info: &TcbInfo) -> Option<Vec<TdxModuleIdentity<'static>>> {
    let identities = info.tdx_module_identities.iter().filter_map(|identity| {
        let version = module_version(&identity.id)?;
        let levels = identity.tcb_levels.iter().map(|level| {
            Some(TdxModuleLevel {
                isv_svn: level.tcb.isvsvn,
                status: component_status(level.tcb_status)?,
            })
        });
        let module = tdx_module(
            &identity.mrsigner,
            &identity.attributes,
            &identity.attributes_mask,
        );
        Some(
            module
                .zip(levels.collect::<Option<Vec<_>>>())
                .map(|(module, levels)| TdxModuleIdentity {
                    version,
                    module,
                    levels: List::new(&levels),
                }),
        )
    });
    identities.collect()
}

/// The version in an id such as `TDX_03`; `None` for an id that no quote can select.
fn module_version(id: &str) -> Option<u8> {
    let (prefix, version) = id.split_at_checked(4)?;
    let [version] = hex_array(version)?;
    (prefix.eq_ignore_ascii_case("TDX_") && version != 0).then_some(version)
}

fn convert_qe_identity(qe: &dcap_qvl::QeIdentity) -> Option<QeIdentity<'static>> {
    let levels = qe.tcb_levels.iter().map(|level| {
        Some(QeLevel {
            isv_svn: level.tcb.isvsvn,
            status: qe_status(level.tcb_status)?,
        })
    });
    Some(QeIdentity {
        misc_select: qe.miscselect,
        misc_select_mask: qe.miscselect_mask,
        attributes: qe.attributes,
        attributes_mask: qe.attributes_mask,
        mr_signer: qe.mrsigner,
        isv_prod_id: qe.isvprodid,
        levels: List::new(&levels.collect::<Option<Vec<_>>>()?),
    })
}

/// A status that a TCB info may give a platform.
fn platform_status(status: DcapStatus) -> Option<TcbStatus> {
    match status {
        DcapStatus::UpToDate => Some(TcbStatus::UpToDate),
        DcapStatus::SWHardeningNeeded => Some(TcbStatus::SwHardeningNeeded),
        DcapStatus::ConfigurationNeeded => Some(TcbStatus::ConfigurationNeeded),
        DcapStatus::ConfigurationAndSWHardeningNeeded => Some(TcbStatus::ConfigurationAndSwHardeningNeeded),
        DcapStatus::OutOfDate => Some(TcbStatus::OutOfDate),
        DcapStatus::OutOfDateConfigurationNeeded => Some(TcbStatus::OutOfDateConfigurationNeeded),
        DcapStatus::Revoked => Some(TcbStatus::Revoked),
        DcapStatus::TDRelaunchAdvised | DcapStatus::TDRelaunchAdvisedConfigurationNeeded => None,
    }
}

/// A status that a TCB info may give a TDX module.
fn component_status(status: DcapStatus) -> Option<TcbStatus> {
    let status = platform_status(status)?;
    matches!(
        status,
        TcbStatus::UpToDate | TcbStatus::OutOfDate | TcbStatus::Revoked
    )
    .then_some(status)
}

/// A status that a QE identity may give a quoting enclave.
fn qe_status(status: DcapStatus) -> Option<TcbStatus> {
    let status = platform_status(status)?;
    let hardening = matches!(
        status,
        TcbStatus::SwHardeningNeeded | TcbStatus::ConfigurationAndSwHardeningNeeded
    );
    (!hardening).then_some(status)
}
