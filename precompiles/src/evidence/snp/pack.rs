//! For those who submit: from the files that AMD's key distribution service and guests give to the bytes of evidence
//! and of collateral. Nothing is verified here.

use super::report::REPORT_LEN;
use aivm_abi::IAttestationRegistry::AmdCollateral;
use alloy_sol_types::SolValue;
use thiserror::Error;

/// Why evidence cannot be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PackError {
    /// The report is too short or too long.
    #[error("a report has {REPORT_LEN} bytes, not {0}")]
    ReportLength(usize),
}

/// The body of evidence, which the vendor byte precedes: the report, and the endorsement key's certificate, DER.
pub fn evidence(report: &[u8], vek: &[u8]) -> Result<Vec<u8>, PackError> {
    if report.len() != REPORT_LEN {
        return Err(PackError::ReportLength(report.len()));
    }
    Ok([report, vek].concat())
}

/// The bytes for `submitCollateral(SEVSNP, …)`: the certificate of the ASK or ASVK, and the product's CRL if there is
/// one, both DER. An empty certificate: the CRL alone.
pub fn collateral(endorsement_ca: &[u8], crl: Option<&[u8]>) -> Vec<u8> {
    AmdCollateral {
        endorsementCa: endorsement_ca.to_vec().into(),
        crl: crl.unwrap_or_default().to_vec().into(),
    }
    .abi_encode()
}
