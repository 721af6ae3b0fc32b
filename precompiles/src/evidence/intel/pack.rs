//! For those who submit collateral: from the form in which Intel's services and `dcap-qvl` give it to the bytes
//! that `submitCollateral` takes.

use super::pck::PckChain;
use crate::evidence::Rejection;
use aivm_abi::IAttestationRegistry::IntelCollateral;
use alloy_sol_types::SolValue;
use base64ct::{Base64, Encoding};
use dcap_qvl::QuoteCollateralV3;
use thiserror::Error;

/// Why collateral cannot be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PackError {
    /// A chain is not PEM.
    #[error("{0} is not a chain of PEM certificates")]
    Chain(&'static str),
    /// The packed form reads certificates that a chain lacks.
    #[error("{0} has no certificate")]
    Empty(&'static str),
}

/// The bytes for `submitCollateral(SGX | TDX, …)`. Of each chain only the first certificate travels: the root is
/// in state.
pub fn pack(collateral: &QuoteCollateralV3) -> Result<Vec<u8>, PackError> {
    let first = |name: &'static str, chain: &str| {
        let certificates = decode_pem(chain).ok_or(PackError::Chain(name))?;
        certificates.into_iter().next().ok_or(PackError::Empty(name))
    };
    let packed = IntelCollateral {
        tcbInfo: collateral.tcb_info.clone().into_bytes().into(),
        tcbInfoSignature: collateral.tcb_info_signature.clone().into(),
        qeIdentity: collateral.qe_identity.clone().into_bytes().into(),
        qeIdentitySignature: collateral.qe_identity_signature.clone().into(),
        tcbInfoSigner: first("tcb_info_issuer_chain", &collateral.tcb_info_issuer_chain)?.into(),
        qeIdentitySigner: first("qe_identity_issuer_chain", &collateral.qe_identity_issuer_chain)?.into(),
        pckCa: first("pck_crl_issuer_chain", &collateral.pck_crl_issuer_chain)?.into(),
        rootCaCrl: collateral.root_ca_crl.clone().into(),
        pckCrl: collateral.pck_crl.clone().into(),
    };
    Ok(packed.abi_encode())
}

/// Whether the PCK chain that came with the collateral, if one did, is the one in the quote.
pub fn check_pck_chain(collateral: &QuoteCollateralV3, quote_chain: &[u8]) -> Result<(), Rejection> {
    let Some(given) = &collateral.pck_certificate_chain else {
        return Ok(());
    };
    let in_quote = PckChain::from_pem(quote_chain).ok_or(Rejection::PckChainMalformed)?;
    match decode_pem(given) {
        Some(given) if in_quote.is(&given) => Ok(()),
        _ => Err(Rejection::PckChainDisagreement),
    }
}

/// Certificates in PEM, with whatever white space there is between them.
fn decode_pem(text: &str) -> Option<Vec<Vec<u8>>> {
    let text = text.trim_end_matches('\0');
    let mut certificates = Vec::new();
    let mut parts = text.split("-----BEGIN CERTIFICATE-----");
    if !parts.next()?.trim().is_empty() {
        return None;
    }
    for part in parts {
        let (base64, after) = part.split_once("-----END CERTIFICATE-----")?;
        let base64: String = base64.split_whitespace().collect();
        certificates.push(Base64::decode_vec(&base64).ok()?);
        if !after.trim().is_empty() {
            return None;
        }
    }
    Some(certificates)
}
