//! AMD SEV-SNP (attestation report versions 2, 3 and 5), in two phases.
//!
//! [`submit_collateral`] verifies collateral once and stores a [`record::Record`]. [`verify`] then checks a report
//! against it with two signatures: the endorsement key's certificate (RSASSA-PSS), and the report (P-384). Of a chip whose
//! endorsement key is known only the report's is left ([`super::known_key`]).
//!
//! ```text
//! ARK ─┬─ ASK ── VCEK ─┬─ report
//!      └─ ASVK ─ VLEK ─┘
//! ```
//!
//! Evidence is the report (1,184 bytes) and the certificate of the endorsement key (DER), nothing after it.
//!
//! | file | what it holds |
//! |---|---|
//! | `report` | the layout of a report |
//! | `tcb` | products, and the layout of their TCB versions |
//! | `vek` | the endorsement key's certificate, and what it must have in common with the report |
//! | `policy` | what a guest must not be allowed to do |
//! | `collateral` | phase one |
//! | `record` | the compact form |
//! | `pack` | for those who submit: from files to evidence and collateral |

mod collateral;
pub mod pack;
mod policy;
pub mod record;
pub mod report;
pub mod tcb;
pub mod vek;

pub use collateral::submit as submit_collateral;

use super::{
    Claims, Deductions, Genuine, Rejection, Vendor, VerifyError, device_id, known_key::Certification,
    measurement_id, score::Deduction, stored,
};
use crate::precompile::Context;
use record::Record;
use report::{REPORT_LEN, Report};
use tcb::MinimumTcb;
use vek::{Vek, VekKind};

/// The default roots: AMD's root keys (ARK) for Milan, Genoa and Turin, DER. Their provenance is in
/// `roots/README.md`.
pub const ROOTS: &[&[u8]] = &[
    include_bytes!("../../../roots/amd_ark_milan.der"),
    include_bytes!("../../../roots/amd_ark_genoa.der"),
    include_bytes!("../../../roots/amd_ark_turin.der"),
];

/// How many signatures certify an endorsement key: the CA's.
const CERTIFIED_BY: usize = 1;

/// Verifies a report and its endorsement key against the collateral in state.
pub fn verify(context: &mut Context<'_>, vendor: Vendor, body: &[u8]) -> Result<Genuine, VerifyError> {
    let (report, vek) = split(body)?;
    let report = Report::parse(report)?;
    let kind = VekKind::of_report(&report)?;
    let vek = Vek::parse(vek)?;
    vek.check_kind(kind)?;
    let stored = stored::load(context, vendor, vek.issuer.collateral_key())?;
    let record = Record::decode(&stored.bytes).ok_or(Rejection::NoCollateral)?;
    collateral::check_crl(context, vendor, &record)?;

    let (device_id, lent_key) = match kind {
        VekKind::Vcek => (Some(device_id(vendor, &[report.chip_id])), None),
        VekKind::Vlek => (None, Some(Deduction::Vlek)),
    };
    let certified = [vek.certificate.der()];
    let mut certification =
        Certification::look_up(context, vendor, device_id, &stored, &certified, CERTIFIED_BY)?;
    let now = context.host.block_timestamp();
    vek.verify(&record, &mut certification, now, context.crypto)?;
    vek.check_report(&report)?;
    let key = &vek.certificate.public_key;
    if !context.crypto.verify_p384(key, report.signed, &report.signature) {
        return Err(Rejection::ReportSignatureInvalid.into());
    }
    let product = vek.issuer.product;
    policy::check(&report, product)?;
    let minimum = MinimumTcb::parse(&context.registry().minimum_tcb(vendor)?).unwrap_or_default();
    let below = (!minimum.is_met_by(product, &report)).then_some(Deduction::BelowMinimumTcb);
    let claims = Claims {
        vendor,
        report_data: *report.report_data,
        device_id,
        measurement_id: measurement_id(vendor, &[report.measurement]),
        tcb_status: None,
        deductions: Deductions::none().and_maybe(below).and_maybe(lent_key),
    };
    Ok(Genuine {
        claims,
        key: certification.verified(),
    })
}

/// The two parts of evidence: the report, and the endorsement key's certificate.
pub fn split(body: &[u8]) -> Result<(&[u8; REPORT_LEN], &[u8]), Rejection> {
    body.split_first_chunk().ok_or(Rejection::ReportTruncated)
}

/// Whether a minimum TCB is three TCB versions (see [`MinimumTcb`]), or none.
pub fn is_minimum_tcb(minimum: &[u8]) -> bool {
    MinimumTcb::parse(minimum).is_some()
}
