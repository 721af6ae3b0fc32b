//! Intel SGX (quote version 3) and TDX (versions 4 and 5), in two phases.
//!
//! [`submit_collateral`] verifies collateral once and stores a [`record::Record`]. [`verify`] then checks a quote
//! against it with three P-256 signatures: the PCK certificate, the quoting enclave's report, and the quote. Of a device
//! whose attestation key is known only the quote's is left ([`super::known_key`]).
//!
//! | file | what it holds |
//! |---|---|
//! | `quote` | the layout of a quote |
//! | `pck`, `pem` | the certificate chain in it |
//! | `collateral`, `chain`, `json` | phase one |
//! | `record`, `list` | the compact form |
//! | `tcb` | TCB levels |
//! | `attributes` | what an enclave or a TD must not be allowed to do |
//! | `pack` | for those who submit: collateral as Intel's services and `dcap-qvl` give it |

mod attributes;
mod chain;
mod collateral;
mod json;
pub mod list;
pub mod pack;
pub mod pck;
mod pem;
pub mod quote;
pub mod record;
mod tcb;

pub use collateral::submit as submit_collateral;
pub use tcb::TcbStatus;

use super::{
    Claims, Deductions, Genuine, Rejection, Vendor, VerifyError, device_id, known_key::Certification,
    measurement_id, stored,
};
use crate::{crypto::Crypto, precompile::Context};
use pck::{Pck, PckChain};
use quote::{Body, EnclaveReport, Quote};
use record::{QeIdentity, Record};
use sha2::{Digest, Sha256};

/// The Intel SGX Root CA, DER: the default root of SGX and TDX. Its provenance is in `roots/README.md`.
pub const ROOT_CA: &[u8] = include_bytes!("../../../roots/intel_sgx_root_ca.der");

/// The default roots.
pub const ROOTS: &[&[u8]] = &[ROOT_CA];

/// The length of Intel's minimum TCB: a `tcbEvaluationDataNumber`, uint32.
pub const MINIMUM_TCB_LEN: usize = 4;

/// The DEBUG flag of an enclave's ATTRIBUTES.
const SGX_FLAG_DEBUG: u8 = 0x02;

/// How many signatures certify an attestation key: the PCK CA's and the PCK's.
const CERTIFIED_BY: usize = 2;

/// Verifies a quote of SGX or TDX against the collateral in state.
pub fn verify(context: &mut Context<'_>, vendor: Vendor, quote: &[u8]) -> Result<Genuine, VerifyError> {
    let quote = Quote::parse(vendor, quote)?;
    let chain = PckChain::with_pck(quote.pck_chain).ok_or(Rejection::PckChainMalformed)?;
    // The form of the whole chain comes before all that follows, and is looked at where that goes wrong: else the issuers
    // are those of the record, byte for byte.
    let form_first = |error: VerifyError| match chain.check_issuers() {
        Err(form) if matches!(error, VerifyError::Rejected(_)) => form.into(),
        _ => error,
    };
    let pck = chain.pck().map_err(|rejection| form_first(rejection.into()))?;
    let stored = stored::load(context, vendor, pck.collateral_key()).map_err(form_first)?;
    let record = Record::decode(&stored.bytes).ok_or(Rejection::NoCollateral);
    let record = record.map_err(|rejection| form_first(rejection.into()))?;
    check_minimum_tcb(context, vendor, &record).map_err(form_first)?;

    let device_id = Some(device_id(vendor, &[&pck.ppid, &pck.pce_id]));
    let certified = [
        pck.certificate.der(),
        quote.qe_report_bytes,
        quote.qe_report_signature,
    ];
    let mut certification =
        Certification::look_up(context, vendor, device_id, &stored, &certified, CERTIFIED_BY)?;
    let now = context.host.block_timestamp();
    pck.verify(&chain, &record, &mut certification, now, context.crypto)?;
    verify_signatures(&quote, &pck, &record, &mut certification, context.crypto)?;
    let tcb_status = tcb_status(&quote, &pck, &record)?;
    attributes::check(&quote.body)?;
    let claims = Claims {
        vendor,
        report_data: *quote.body.report_data(),
        device_id,
        measurement_id: quote_measurement_id(vendor, &quote.body),
        tcb_status: Some(tcb_status),
        deductions: Deductions::none().and_maybe(tcb_status.deduction()),
    };
    Ok(Genuine {
        claims,
        key: certification.verified(),
    })
}

/// The measurement id of a quote: MRENCLAVE ‖ MRSIGNER, or MRTD.
pub fn quote_measurement_id(vendor: Vendor, body: &Body<'_>) -> alloy_primitives::B256 {
    match body {
        Body::Enclave(report) => measurement_id(vendor, &[report.mr_enclave, report.mr_signer]),
        Body::Td(report) => measurement_id(vendor, &[report.mr_td]),
    }
}

/// Whether a minimum TCB is a `tcbEvaluationDataNumber`, or none.
pub fn is_minimum_tcb(minimum: &[u8]) -> bool {
    minimum.is_empty() || minimum.len() == MINIMUM_TCB_LEN
}

/// Both evaluation numbers must reach the governed minimum (specification, section 6, `setMinimumTcb`).
fn check_minimum_tcb(
    context: &mut Context<'_>,
    vendor: Vendor,
    record: &Record<'_>,
) -> Result<(), VerifyError> {
    let minimum = context.registry().minimum_tcb(vendor)?;
    let minimum = <[u8; MINIMUM_TCB_LEN]>::try_from(minimum.as_slice()).map_or(0, u32::from_be_bytes);
    let number = record.tcb_info_evaluation.min(record.qe_identity_evaluation);
    if number < minimum {
        return Err(Rejection::TcbEvaluationTooLow { number, minimum }.into());
    }
    Ok(())
}

/// How far the platform, its quoting enclave and its TDX module are up to date.
fn tcb_status(quote: &Quote<'_>, pck: &Pck<'_>, record: &Record<'_>) -> Result<TcbStatus, Rejection> {
    let qe = tcb::qe_status(&record.qe_identity, quote.qe_report.isv_svn)?;
    match &quote.body {
        Body::Enclave(_) => tcb::sgx_status(record, pck.svn, qe),
        Body::Td(report) => {
            let current = report.td15.map(|td15| td15.tee_tcb_svn2);
            let status = tcb::tdx_status(record, pck.svn, qe, report.tee_tcb_svn, current)?;
            tcb::check_tdx_module(
                record,
                report.tee_tcb_svn,
                report.mr_signer_seam,
                report.seam_attributes,
            )?;
            Ok(status)
        }
    }
}

/// PCK certificate → QE report → attestation key → quote.
fn verify_signatures(
    quote: &Quote<'_>,
    pck: &Pck<'_>,
    record: &Record<'_>,
    certification: &mut Certification,
    crypto: &dyn Crypto,
) -> Result<(), Rejection> {
    let pck_key = &pck.certificate.public_key;
    if !certification.holds(|| crypto.verify_p256(pck_key, quote.qe_report_bytes, quote.qe_report_signature))
    {
        return Err(Rejection::QeReportSignatureInvalid);
    }
    let vouched = Sha256::new()
        .chain_update(quote.attestation_key)
        .chain_update(quote.qe_auth_data)
        .finalize();
    if quote.qe_report.report_data.first_chunk::<32>() != Some(&vouched.into()) {
        return Err(Rejection::QeReportDataMismatch);
    }
    check_qe_identity(&quote.qe_report, &record.qe_identity)?;
    if !crypto.verify_p256(quote.attestation_key, quote.signed, quote.signature) {
        return Err(Rejection::QuoteSignatureInvalid);
    }
    Ok(())
}

fn check_qe_identity(report: &EnclaveReport<'_>, identity: &QeIdentity<'_>) -> Result<(), Rejection> {
    if *report.mr_signer != identity.mr_signer {
        return Err(Rejection::QeMrSignerMismatch);
    }
    if report.isv_prod_id != identity.isv_prod_id {
        return Err(Rejection::QeProdIdMismatch);
    }
    if !equal_under_mask(
        report.misc_select,
        &identity.misc_select,
        &identity.misc_select_mask,
    ) {
        return Err(Rejection::QeMiscSelectMismatch);
    }
    let [flags, ..] = *report.attributes;
    if flags & SGX_FLAG_DEBUG != 0
        || !equal_under_mask(report.attributes, &identity.attributes, &identity.attributes_mask)
    {
        return Err(Rejection::QeAttributesMismatch);
    }
    Ok(())
}

fn equal_under_mask(actual: &[u8], expected: &[u8], mask: &[u8]) -> bool {
    actual
        .iter()
        .zip(expected)
        .zip(mask)
        .all(|((actual, expected), mask)| actual & mask == expected & mask)
}
