//! A synthetic Intel PKI, and a mint for SGX and TDX quotes with the collateral that goes with them.
//!
//! [`Scenario::new`] describes evidence that is valid in every respect at [`NOW`]. A test bends the
//! description and only then has it encoded and signed, so that one thing is wrong and the rest still holds:
//!
//! ```
//! use aivm_simulator::intel::{Format, NOW, Scenario};
//!
//! let mut scenario = Scenario::new(Format::TdxV4);
//! scenario.tcb_info.next_update = NOW - 1;
//! scenario.pck_crl.revoked.push(scenario.pck_leaf.serial.clone());
//! let (quote, collateral) = (scenario.quote(), scenario.collateral());
//! assert_eq!(quote[0], 4);
//! assert!(collateral.tcb_info.starts_with(r#"{"id":"TDX""#));
//! ```
//!
//! What is not signed, above all the collateral's PEM chains, a test can change in the result as well.

pub mod certificate;
pub mod crl;
mod defaults;
pub mod json;
pub mod key;
pub mod oids;
pub mod qe_identity;
pub mod quote;
pub mod report;
pub mod sgx_extension;
pub mod tcb_info;

use dcap_qvl::QuoteCollateralV3;
use sha2::{Digest, Sha256};

pub use certificate::{Certificate, Extension};
pub use crl::Crl;
pub use json::{Edit, Grade, Signing};
pub use key::Key;
pub use qe_identity::QeIdentity;
pub use quote::{Envelope, Header, QeReport};
pub use report::{EnclaveReport, TdReport, TdReportEx};
pub use sgx_extension::{Configuration, SgxExtension};
pub use tcb_info::{IsvSvnLevel, TcbInfo, TcbLevel, TdxModule, TdxModuleIdentity};

/// The time at which an unchanged scenario is valid: 2025-10-09T08:53:20Z, in Unix seconds.
pub const NOW: u64 = 1_760_000_000;

/// The kinds of quote that Intel's quoting enclaves make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// SGX, quote version 3.
    SgxV3,
    /// TDX, quote version 4.
    TdxV4,
    /// TDX, quote version 5, body type 2: a TD 1.0 report.
    TdxV5Td10,
    /// TDX, quote version 5, body type 3: a TD 1.5 report.
    TdxV5Td15,
    /// TDX, quote version 5, body type 4: a TD 1.5ex report.
    TdxV5Td15Ex,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [
        Self::SgxV3,
        Self::TdxV4,
        Self::TdxV5Td10,
        Self::TdxV5Td15,
        Self::TdxV5Td15Ex,
    ];

    /// Whether the body is a TD report.
    pub fn is_tdx(self) -> bool {
        self != Self::SgxV3
    }
}

/// Which CA issues the PCK leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PckCa {
    /// The Processor CA, of platforms with one package.
    Processor,
    /// The Platform CA, of platforms that were registered.
    Platform,
}

/// A quote and its collateral before anything is signed.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The kind of quote; it decides which body is written and in which layout.
    pub format: Format,
    /// The root CA's certificate.
    pub root: Certificate,
    /// The certificate that signs TCB info and QE identity.
    pub tcb_signer: Certificate,
    /// The certificate that signs QE identity, where it is not `tcb_signer`.
    pub qe_identity_signer: Option<Certificate>,
    /// The certificate of the CA that issues the PCK leaf.
    pub pck_ca: Certificate,
    /// The PCK leaf; its SGX extension is `sgx_extension`.
    pub pck_leaf: Certificate,
    /// The SGX extension of the PCK leaf; `None` leaves it out.
    pub sgx_extension: Option<SgxExtension>,
    /// The root CA's CRL.
    pub root_crl: Crl,
    /// The PCK CA's CRL.
    pub pck_crl: Crl,
    /// TCB info.
    pub tcb_info: TcbInfo,
    /// QE identity.
    pub qe_identity: QeIdentity,
    /// The quote's header.
    pub header: Header,
    /// The body of an SGX quote.
    pub sgx: EnclaveReport,
    /// The body of a TDX quote.
    pub td: TdReport,
    /// The QE report.
    pub qe_report: QeReport,
    /// The quote's layout, keys and certification data.
    pub envelope: Envelope,
}

impl Scenario {
    /// The root CA's certificate.
    pub fn root_der(&self) -> Vec<u8> {
        self.root.der(&self.root)
    }

    /// The certificate that signs TCB info.
    pub fn tcb_signer_der(&self) -> Vec<u8> {
        self.tcb_signer.der(&self.root)
    }

    /// The certificate that signs QE identity.
    pub fn qe_identity_signer_der(&self) -> Vec<u8> {
        self.qe_identity_signer
            .as_ref()
            .unwrap_or(&self.tcb_signer)
            .der(&self.root)
    }

    /// The PCK CA's certificate.
    pub fn pck_ca_der(&self) -> Vec<u8> {
        self.pck_ca.der(&self.root)
    }

    /// The PCK leaf.
    pub fn pck_leaf_der(&self) -> Vec<u8> {
        let mut leaf = self.pck_leaf.clone();
        let sgx_extension = self.sgx_extension.iter().map(SgxExtension::extension);
        leaf.extensions.splice(0..0, sgx_extension);
        leaf.der(&self.pck_ca)
    }

    /// The root CA's CRL.
    pub fn root_crl_der(&self) -> Vec<u8> {
        self.root_crl.der(&self.root)
    }

    /// The PCK CA's CRL.
    pub fn pck_crl_der(&self) -> Vec<u8> {
        self.pck_crl.der(&self.pck_ca)
    }

    /// The PCK chain as DER: leaf, CA, root.
    pub fn pck_chain(&self) -> Vec<Vec<u8>> {
        vec![self.pck_leaf_der(), self.pck_ca_der(), self.root_der()]
    }

    /// The quote.
    pub fn quote(&self) -> Vec<u8> {
        let chain = self.envelope.chain.clone().unwrap_or_else(|| self.pck_chain());
        let mut chain = certificate::pem_chain(&chain).into_bytes();
        chain.extend_from_slice(&self.envelope.chain_tail);
        self.envelope
            .wrap(self.signed_part(), self.qe_report_part(), chain)
    }

    /// The part of the quote that the attestation key signs: header and body.
    pub fn signed_part(&self) -> Vec<u8> {
        let body = if self.format.is_tdx() {
            self.td.bytes(self.format)
        } else {
            self.sgx.bytes()
        };
        self.envelope.signed_part(&self.header, &body)
    }

    /// The collateral, as Intel's PCS hands it out.
    pub fn collateral(&self) -> QuoteCollateralV3 {
        let root = self.root_der();
        let chain = |der: Vec<u8>| certificate::pem_chain(&[der, root.clone()]);
        let tcb_info = self.tcb_info.json();
        let qe_identity = self.qe_identity.json();
        let qe_identity_signer = self.qe_identity_signer.as_ref().unwrap_or(&self.tcb_signer);
        QuoteCollateralV3 {
            pck_crl_issuer_chain: chain(self.pck_ca_der()),
            root_ca_crl: self.root_crl_der(),
            pck_crl: self.pck_crl_der(),
            tcb_info_issuer_chain: chain(self.tcb_signer_der()),
            tcb_info_signature: self.tcb_info.signing.sign(&tcb_info, &self.tcb_signer.key),
            tcb_info,
            qe_identity_issuer_chain: chain(self.qe_identity_signer_der()),
            qe_identity_signature: self
                .qe_identity
                .signing
                .sign(&qe_identity, &qe_identity_signer.key),
            qe_identity,
            pck_certificate_chain: None,
        }
    }

    /// QE report, its signature, and the QE authentication data after its length.
    fn qe_report_part(&self) -> Vec<u8> {
        let qe = &self.qe_report;
        let mut report = qe.report.clone();
        report.report_data = qe.report_data.unwrap_or_else(|| self.qe_binding());
        let report = report.bytes();
        let signer = qe.signed_by.as_ref().unwrap_or(&self.pck_leaf.key);
        let signature = qe.signature.unwrap_or_else(|| signer.sign(&report));
        let len = qe.auth_data_len.unwrap_or(qe.auth_data.len() as u16);
        [&report[..], &signature, &len.to_le_bytes(), &qe.auth_data].concat()
    }

    /// The report data of the QE report that binds the attestation key: SHA-256 of the key and the QE
    /// authentication data, then zeros.
    pub fn qe_binding(&self) -> [u8; 64] {
        let key = self.envelope.attestation_key_octets();
        let hash = Sha256::new()
            .chain_update(key)
            .chain_update(&self.qe_report.auth_data)
            .finalize();
        let mut report_data = [0; 64];
        report_data[..32].copy_from_slice(&hash);
        report_data
    }
}
