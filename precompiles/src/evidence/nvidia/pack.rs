//! For those who submit: from the files that NVIDIA's driver gives to the bytes of evidence and of collateral. Nothing
//! is verified here.

use crate::evidence::roots::split_first;
use aivm_abi::IAttestationRegistry::NvidiaCollateral;
use alloy_sol_types::SolValue;
use base64ct::{Base64, Encoding};
use thiserror::Error;

/// Why evidence cannot be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PackError {
    /// The chain is neither certificates in PEM nor in DER.
    #[error("the chain is not certificates in PEM, nor in DER one after another")]
    Chain,
    /// The chain does not have five certificates.
    #[error("a chain has 5 certificates (leaf, device, provisioner, identity, root), not {0}")]
    ChainLength(usize),
    /// The report is longer than a length can say.
    #[error("the report is too long")]
    ReportLength,
}

/// A chain as the driver gives it. The root is not kept: it is in state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The certificate of the key that signs reports, DER.
    pub leaf: Vec<u8>,
    /// The certificate of the device, DER.
    pub brom: Vec<u8>,
    /// The certificate of the CA that issued it, DER.
    pub provisioner: Vec<u8>,
    /// The certificate of the CA of the chip, DER.
    pub identity: Vec<u8>,
}

impl Chain {
    /// Reads a chain in PEM, or in DER one after another; the leaf is first.
    pub fn read(file: &[u8]) -> Result<Self, PackError> {
        let text = core::str::from_utf8(file).ok();
        let pem = text.filter(|text| text.contains(BEGIN));
        let certificates = match pem {
            Some(text) => decode_pem(text),
            None => split_der(file),
        };
        let certificates = certificates.ok_or(PackError::Chain)?;
        let count = certificates.len();
        let [leaf, brom, provisioner, identity, _root] =
            <[Vec<u8>; 5]>::try_from(certificates).map_err(|_| PackError::ChainLength(count))?;
        Ok(Self {
            leaf,
            brom,
            provisioner,
            identity,
        })
    }

    /// The body of evidence, which the vendor byte precedes: a report with its length, the leaf and the device's
    /// certificate.
    pub fn evidence(&self, report: &[u8]) -> Result<Vec<u8>, PackError> {
        let len = u32::try_from(report.len()).map_err(|_| PackError::ReportLength)?;
        Ok([&len.to_be_bytes(), report, &self.leaf, &self.brom].concat())
    }

    /// The bytes for `submitCollateral(NVIDIA, …)`.
    pub fn collateral(&self) -> Vec<u8> {
        collateral(&self.identity, &self.provisioner)
    }
}

/// The bytes for `submitCollateral(NVIDIA, …)`: the certificates of the CA of the chip and of the CA that issues
/// device certificates, DER.
pub fn collateral(identity: &[u8], provisioner: &[u8]) -> Vec<u8> {
    NvidiaCollateral {
        identityCa: identity.to_vec().into(),
        provisionerCa: provisioner.to_vec().into(),
    }
    .abi_encode()
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Certificates in PEM, with whatever white space there is around them.
fn decode_pem(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut parts = text.split(BEGIN);
    if !parts.next()?.trim().is_empty() {
        return None;
    }
    let decode = |part: &str| {
        let (base64, after) = part.split_once(END)?;
        let base64: String = base64.split_whitespace().collect();
        let der = Base64::decode_vec(&base64).ok()?;
        after
            .trim_matches(['\0', '\n', '\r', ' '])
            .is_empty()
            .then_some(der)
    };
    parts.map(decode).collect()
}

/// Certificates in DER, one after another.
fn split_der(mut rest: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut certificates = Vec::new();
    while !rest.is_empty() {
        let (der, after) = split_first(rest)?;
        certificates.push(der.to_vec());
        rest = after;
    }
    Some(certificates)
}
