//! What surrounds the body of a quote: header, signatures, QE report and certification data.

use super::key::Key;
use super::report::EnclaveReport;

/// The QE vendor id of Intel.
pub const INTEL_QE_VENDOR_ID: [u8; 16] = [
    0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9, 0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07,
];

/// The 48 bytes at the start of every quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Version: 3, 4 or 5. It says nothing about how this mint lays the quote out.
    pub version: u16,
    /// Attestation key type: 2 is ECDSA with P-256.
    pub attestation_key_type: u16,
    /// TEE type: 0 is SGX, 0x81 is TDX.
    pub tee_type: u32,
    /// QE SVN of version 3; reserved from version 4 on.
    pub qe_svn: u16,
    /// PCE SVN of version 3; reserved from version 4 on.
    pub pce_svn: u16,
    /// QE vendor id.
    pub qe_vendor_id: [u8; 16],
    /// User data, whose first 16 bytes are the QE's id.
    pub user_data: [u8; 20],
}

impl Header {
    /// The 48 bytes.
    pub fn bytes(&self) -> Vec<u8> {
        [
            &self.version.to_le_bytes()[..],
            &self.attestation_key_type.to_le_bytes(),
            &self.tee_type.to_le_bytes(),
            &self.qe_svn.to_le_bytes(),
            &self.pce_svn.to_le_bytes(),
            &self.qe_vendor_id,
            &self.user_data,
        ]
        .concat()
    }
}

/// The QE report and how it is bound and signed.
#[derive(Clone, Debug)]
pub struct QeReport {
    /// The report; its report data is filled in unless `report_data` overrides it.
    pub report: EnclaveReport,
    /// The report data, where it is not SHA-256 of attestation key and authentication data, and zeros.
    pub report_data: Option<[u8; 64]>,
    /// The key that signs, where it is not the PCK leaf's.
    pub signed_by: Option<Key>,
    /// The signature bytes, where they are not those of a signature.
    pub signature: Option<[u8; 64]>,
    /// QE authentication data, usually 32 bytes.
    pub auth_data: Vec<u8>,
    /// The length written before the authentication data, where it is not the true one.
    pub auth_data_len: Option<u16>,
}

/// How the quote is laid out and signed; every length is right unless it is overridden.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The body type of version 5; `None` writes no body descriptor, as in versions 3 and 4.
    pub body_type: Option<u16>,
    /// The body size in the body descriptor, where it is not the true one.
    pub body_len: Option<u32>,
    /// The attestation key.
    pub attestation_key: Key,
    /// The attestation key's bytes, where they are not those of `attestation_key`.
    pub attestation_key_bytes: Option<[u8; 64]>,
    /// The key that signs header and body, where it is not the attestation key.
    pub signed_by: Option<Key>,
    /// The signature bytes, where they are not those of a signature.
    pub signature: Option<[u8; 64]>,
    /// The length of all signature data, where it is not the true one.
    pub signature_data_len: Option<u32>,
    /// The type of the outer certification data, 6 from version 4 on; `None` writes none, as in version 3.
    pub outer_type: Option<u16>,
    /// The length of the outer certification data, where it is not the true one.
    pub outer_len: Option<u32>,
    /// Bytes after the inner certification data, inside the outer.
    pub outer_trailing: Vec<u8>,
    /// The type of the certification data that holds the PCK chain: 5.
    pub certification_type: u16,
    /// The length of the certification data, where it is not the true one.
    pub certification_len: Option<u32>,
    /// The certificates of the PCK chain as DER, where they are not leaf, CA and root.
    pub chain: Option<Vec<Vec<u8>>>,
    /// Bytes after the last PEM block: nothing, or one zero byte.
    pub chain_tail: Vec<u8>,
    /// The certification data itself, where it is not the PEM chain.
    pub certification_data: Option<Vec<u8>>,
    /// Bytes after everything else inside the signature data, counted by its length.
    pub signature_data_trailing: Vec<u8>,
    /// Bytes after the quote's declared end.
    pub trailing: Vec<u8>,
}

impl Envelope {
    /// The attestation key as the quote carries it.
    pub(super) fn attestation_key_octets(&self) -> [u8; 64] {
        self.attestation_key_bytes
            .unwrap_or_else(|| self.attestation_key.public())
    }

    /// Header, body descriptor where there is one, and body: what the attestation key signs.
    pub(super) fn signed_part(&self, header: &Header, body: &[u8]) -> Vec<u8> {
        let mut out = header.bytes();
        if let Some(body_type) = self.body_type {
            out.extend(body_type.to_le_bytes());
            out.extend(self.body_len.unwrap_or(body.len() as u32).to_le_bytes());
        }
        out.extend_from_slice(body);
        out
    }

    /// The quote around `signed_part`; `qe_report` starts with the QE report and ends with the QE
    /// authentication data, `chain` is the PEM chain.
    pub(super) fn wrap(&self, signed_part: Vec<u8>, qe_report: Vec<u8>, chain: Vec<u8>) -> Vec<u8> {
        let signer = self.signed_by.as_ref().unwrap_or(&self.attestation_key);
        let signature = self.signature.unwrap_or_else(|| signer.sign(&signed_part));
        let certification = self.certification_data.clone().unwrap_or(chain);
        let mut inner = qe_report;
        inner.extend(typed(
            self.certification_type,
            self.certification_len,
            certification,
        ));
        if let Some(outer_type) = self.outer_type {
            inner.extend_from_slice(&self.outer_trailing);
            inner = typed(outer_type, self.outer_len, inner);
        }
        let mut data = [&signature[..], &self.attestation_key_octets(), &inner].concat();
        data.extend_from_slice(&self.signature_data_trailing);

        let mut out = signed_part;
        out.extend(self.signature_data_len.unwrap_or(data.len() as u32).to_le_bytes());
        out.extend(data);
        out.extend_from_slice(&self.trailing);
        out
    }
}

/// Certification data: type, length, content.
fn typed(kind: u16, len: Option<u32>, content: Vec<u8>) -> Vec<u8> {
    let len = len.unwrap_or(content.len() as u32);
    [&kind.to_le_bytes()[..], &len.to_le_bytes(), &content].concat()
}
