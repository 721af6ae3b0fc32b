//! NVIDIA GPUs in confidential-computing mode (SPDM 1.1 measurement reports), in two phases.
//!
//! [`submit_collateral`] verifies the CAs of one chip once and stores a [`record::Record`]. [`verify`] then checks a
//! report against it with three P-384 signatures: the device's certificate, the leaf, and the report. Of a device whose
//! leaf is known only the report's is left ([`super::known_key`]).
//!
//! ```text
//! root ── identity CA ── provisioner CA ── device (BROM) ── leaf ── report
//! ```
//!
//! Evidence is a length (uint32) and so many bytes of report, then the leaf and the device's certificate (DER),
//! nothing after them.
//!
//! | file | what it holds |
//! |---|---|
//! | `report`, `opaque` | the layout of a report, and of the fields that NVIDIA adds to it |
//! | `device` | the two certificates in evidence |
//! | `fwid` | the firmware id in the leaf |
//! | `mode` | what a GPU says of the mode it runs in |
//! | `golden` | golden measurements |
//! | `collateral` | phase one |
//! | `record` | the compact form |
//! | `pack` | for those who submit: from files to evidence and collateral |

mod collateral;
pub mod device;
mod fwid;
pub mod golden;
mod mode;
pub mod opaque;
pub mod pack;
pub mod record;
pub mod report;

pub use collateral::submit as submit_collateral;
pub use golden::read as read_golden;

use super::{
    Claims, Deductions, Genuine, Rejection, Vendor, VerifyError, device_id, known_key::Certification,
    measurement_id, reader::Reader, scheme::P384Sha384, stored, x509::Certificate,
};
use crate::precompile::Context;
use alloy_primitives::{B256, keccak256};
use device::Device;
use opaque::Software;
use record::Record;
use report::Report;

/// The default root: NVIDIA Device Identity CA, DER. Its provenance is in `roots/README.md`.
pub const ROOTS: &[&[u8]] = &[include_bytes!("../../../roots/nvidia_device_identity_ca.der")];

/// How many signatures certify a leaf: the provisioner CA's and the device's.
const CERTIFIED_BY: usize = 2;

/// A certificate of NVIDIA's: all of them are P-384 with SHA-384.
pub type NvidiaCertificate<'a> = Certificate<'a, P384Sha384>;

/// The parts of evidence, in place.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Request and response.
    pub report: &'a [u8],
    /// The leaf and the device's certificate, one after the other.
    pub certificates: &'a [u8],
}

impl<'a> Evidence<'a> {
    /// Splits evidence without its vendor byte.
    pub fn parse(body: &'a [u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new(body);
        let len = reader.u32().and_then(|len| usize::try_from(len).ok());
        let report = len.and_then(|len| reader.take(len));
        Ok(Self {
            report: report.ok_or(Rejection::GpuEvidenceTruncated)?,
            certificates: reader.rest(),
        })
    }
}

/// Verifies a report and its certificates against the collateral in state.
pub fn verify(context: &mut Context<'_>, vendor: Vendor, body: &[u8]) -> Result<Genuine, VerifyError> {
    let evidence = Evidence::parse(body)?;
    let device = Device::parse(evidence.certificates)?;
    let report = Report::parse(evidence.report)?;
    let software = Software::parse(&report.opaque)?;
    let stored = stored::load(context, vendor, collateral_key(device.brom.issuer()))?;
    let record = Record::decode(&stored.bytes).ok_or(Rejection::NoCollateral)?;

    let device_id = Some(device_id(vendor, &[device.hardware_id()]));
    let certified = [device.brom.der(), device.leaf.der()];
    let mut certification =
        Certification::look_up(context, vendor, device_id, &stored, &certified, CERTIFIED_BY)?;
    let now = context.host.block_timestamp();
    device.verify(&record, &mut certification, now, context.crypto)?;
    if !context
        .crypto
        .verify_p384(&device.leaf.public_key, report.signed, report.signature)
    {
        return Err(Rejection::GpuReportSignatureInvalid.into());
    }
    let no_fwid = fwid::check(&device.leaf, &report.opaque)?;
    let mode = mode::Mode::of(&report.opaque)?;
    let chip = report.opaque.chip()?.unwrap_or(&record.chip);
    let no_golden = golden::compare(context, vendor, chip, &software, &report, mode)?;
    let claims = Claims {
        vendor,
        report_data: report_data(report.nonce),
        device_id,
        measurement_id: report_measurement_id(vendor, &software),
        tcb_status: None,
        deductions: Deductions::none().and_maybe(no_golden).and_maybe(no_fwid),
    };
    Ok(Genuine {
        claims,
        key: certification.verified(),
    })
}

/// The measurement id of a report: driver version ‖ 0x00 ‖ VBIOS version.
pub fn report_measurement_id(vendor: Vendor, software: &Software<'_>) -> B256 {
    let (driver, vbios) = (software.driver_version, &software.vbios_version);
    measurement_id(vendor, &[driver.as_bytes(), &[0], vbios.as_bytes()])
}

/// The key of the record for devices whose certificates this CA issues: the CA's name, DER.
pub fn collateral_key(provisioner: &[u8]) -> B256 {
    keccak256([b"provisioner", provisioner].concat())
}

/// No minimum TCB has a meaning here: golden measurements say which software is good.
pub fn is_minimum_tcb(minimum: &[u8]) -> bool {
    minimum.is_empty()
}

/// The nonce of the request is all that a requester can choose.
fn report_data(nonce: &[u8; 32]) -> [u8; 64] {
    let mut report_data = [0; 64];
    if let Some(target) = report_data.first_chunk_mut() {
        *target = *nonce;
    }
    report_data
}

/// The chip in the common name of a certificate: the first word, or the one after "NVIDIA".
fn chip(certificate: &NvidiaCertificate<'_>) -> Option<String> {
    let mut words = certificate.subject_common_name()?.split(' ');
    let first = words.next()?;
    let name = if first == "NVIDIA" { words.next()? } else { first };
    is_chip(name).then(|| name.to_owned())
}

/// The longest name of a chip in bytes.
const MAX_CHIP_LEN: usize = 16;

fn is_chip(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_CHIP_LEN && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Names of GPUs begin with a G (GH100, GB100), those of NVLink switches do not (LS10).
fn is_gpu(chip: &str) -> bool {
    chip.starts_with('G')
}
