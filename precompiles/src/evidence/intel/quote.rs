//! The layout of a DCAP quote: Intel's "SGX ECDSA quote" (version 3) and "TDX quote" (versions 4 and 5).
//! Integers are little-endian.
//!
//! | bytes | version 3 | version 4 | version 5 |
//! |---|---|---|---|
//! | 0–47 | header | header | header |
//! | then | enclave report (384) | TD report 1.0 (584) | body type(2), size(4), TD report |
//! | then | signature data length(4) and signature data | the same | the same |
//!
//! Header: version(2), attestation key type(2), TEE type(4), reserved and SVNs(4), QE vendor id(16), user
//! data(20). Signature data: signature(64), attestation key(64), in versions 4 and 5 certification data of type 6
//! (type(2), size(4)) that wraps the rest, QE report(384), its signature(64), QE authentication data (size(2),
//! bytes), and certification data of type 5: the PCK chain in PEM.

use crate::evidence::{Rejection, Vendor};

/// Intel's QE vendor id: 939A7233-F79C-4CA9-940A-0DB3957F0607.
const INTEL_QE_VENDOR_ID: [u8; 16] = [
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
];

const TEE_TYPE_SGX: u32 = 0;
const TEE_TYPE_TDX: u32 = 0x81;
const ECDSA_P256: u16 = 2;
const BODY_TD10: u16 = 2;
const BODY_TD15: u16 = 3;
const BODY_TD15_EX: u16 = 4;
const CERTIFICATION_PCK_CHAIN: u16 = 5;
const CERTIFICATION_QE_REPORT: u16 = 6;
const QE_AUTH_DATA_LEN: u16 = 32;

/// What the fields of a TD 1.5 extended report beyond those of TD 1.5 take: VMID to CUR_SERVTD_ATTR. They are
/// signed, and all zero unless a service TD is bound, which is refused.
const TD15_EX_EXTRA_LEN: usize = 237;

/// A quote, its fields in place.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'a> {
    /// The quote's version: 3, 4 or 5.
    pub version: u16,
    /// What the TEE reports.
    pub body: Body<'a>,
    /// The bytes that the attestation key signed: header and body.
    pub signed: &'a [u8],
    /// The attestation key's signature, r ‖ s.
    pub signature: &'a [u8; 64],
    /// The attestation key, x ‖ y.
    pub attestation_key: &'a [u8; 64],
    /// The quoting enclave's report as bytes, signed by the PCK certificate.
    pub qe_report_bytes: &'a [u8; 384],
    /// The quoting enclave's report.
    pub qe_report: EnclaveReport<'a>,
    /// The signature over the quoting enclave's report, r ‖ s.
    pub qe_report_signature: &'a [u8; 64],
    /// What the quoting enclave hashed with the attestation key.
    pub qe_auth_data: &'a [u8],
    /// The PCK chain, PEM.
    pub pck_chain: &'a [u8],
}

/// What the TEE reports.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// An SGX enclave.
    Enclave(EnclaveReport<'a>),
    /// A TDX trust domain.
    Td(TdReport<'a>),
}

/// An SGX report body: `sgx_report_body_t`, 384 bytes.
#[derive(Clone, Copy, Debug)]
pub struct EnclaveReport<'a> {
    /// MISCSELECT.
    pub misc_select: &'a [u8; 4],
    /// ATTRIBUTES: flags(8), XFRM(8).
    pub attributes: &'a [u8; 16],
    /// MRENCLAVE.
    pub mr_enclave: &'a [u8; 32],
    /// MRSIGNER.
    pub mr_signer: &'a [u8; 32],
    /// ISVPRODID.
    pub isv_prod_id: u16,
    /// ISVSVN.
    pub isv_svn: u16,
    /// REPORTDATA.
    pub report_data: &'a [u8; 64],
}

/// A TD report body: 584 bytes for TDX 1.0, 648 for 1.5, 885 for 1.5 extended.
#[derive(Clone, Copy, Debug)]
pub struct TdReport<'a> {
    /// TEE_TCB_SVN: what the TD was launched on.
    pub tee_tcb_svn: &'a [u8; 16],
    /// MRSIGNERSEAM: who signed the TDX module; zero for Intel.
    pub mr_signer_seam: &'a [u8; 48],
    /// SEAMATTRIBUTES.
    pub seam_attributes: &'a [u8; 8],
    /// TDATTRIBUTES.
    pub td_attributes: &'a [u8; 8],
    /// MRTD.
    pub mr_td: &'a [u8; 48],
    /// RTMR0 to RTMR3.
    pub rtmrs: [&'a [u8; 48]; 4],
    /// REPORTDATA.
    pub report_data: &'a [u8; 64],
    /// What a TDX 1.5 report adds.
    pub td15: Option<Td15<'a>>,
}

/// What a TDX 1.5 report adds.
#[derive(Clone, Copy, Debug)]
pub struct Td15<'a> {
    /// TEE_TCB_SVN2: what the TD runs on now.
    pub tee_tcb_svn2: &'a [u8; 16],
    /// MRSERVICETD.
    pub mr_service_td: &'a [u8; 48],
}

impl<'a> Body<'a> {
    /// The 64 bytes that the workload chose.
    pub fn report_data(&self) -> &'a [u8; 64] {
        match self {
            Self::Enclave(report) => report.report_data,
            Self::Td(report) => report.report_data,
        }
    }
}

impl<'a> Quote<'a> {
    /// Parses a quote of `vendor` (SGX or TDX) that fills `bytes` exactly.
    pub fn parse(vendor: Vendor, bytes: &'a [u8]) -> Result<Self, Rejection> {
        let (quote, rest) = Self::parse_prefix(vendor, bytes)?;
        if rest.is_empty() {
            Ok(quote)
        } else {
            Err(Rejection::TrailingBytes { count: rest.len() })
        }
    }

    /// Parses a quote at the start of `bytes`, and gives what follows its declared end.
    pub fn parse_prefix(vendor: Vendor, bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Rejection> {
        let mut cursor = Cursor(bytes);
        let version = parse_header(vendor, &mut cursor)?;
        let body = parse_body(version, &mut cursor)?;
        let signed_len = bytes
            .len()
            .checked_sub(cursor.0.len())
            .ok_or(Rejection::QuoteTruncated)?;
        let signed = bytes.get(..signed_len).ok_or(Rejection::QuoteTruncated)?;
        let signature_data = cursor.prefixed()?;
        let quote = parse_signature_data(version, body, signed, signature_data)?;
        Ok((quote, cursor.0))
    }
}

fn parse_header(vendor: Vendor, cursor: &mut Cursor<'_>) -> Result<u16, Rejection> {
    let version = cursor.u16()?;
    let key_type = cursor.u16()?;
    let tee_type = cursor.u32()?;
    let _reserved_and_svns = cursor.array::<4>()?;
    let qe_vendor_id = cursor.array::<16>()?;
    let _user_data = cursor.array::<20>()?;
    let (expected_tee, known_version) = match vendor {
        Vendor::Sgx => (TEE_TYPE_SGX, version == 3),
        _ => (TEE_TYPE_TDX, version == 4 || version == 5),
    };
    if tee_type != expected_tee {
        return Err(Rejection::QuoteTeeType { tee_type });
    }
    if !known_version {
        return Err(Rejection::QuoteVersion { version });
    }
    if key_type != ECDSA_P256 {
        return Err(Rejection::AttestationKeyType { key_type });
    }
    if *qe_vendor_id != INTEL_QE_VENDOR_ID {
        return Err(Rejection::QeVendor);
    }
    Ok(version)
}

fn parse_body<'a>(version: u16, cursor: &mut Cursor<'a>) -> Result<Body<'a>, Rejection> {
    match version {
        3 => Ok(Body::Enclave(EnclaveReport::parse(cursor.array()?)?)),
        4 => Ok(Body::Td(TdReport::parse(BODY_TD10, cursor)?)),
        _ => {
            let body_type = cursor.u16()?;
            let size = cursor.u32()?;
            let expected = match body_type {
                BODY_TD10 => 584,
                BODY_TD15 => 648,
                BODY_TD15_EX => 885,
                _ => return Err(Rejection::BodyType { body_type }),
            };
            if size != expected {
                return Err(Rejection::BodySize { size });
            }
            Ok(Body::Td(TdReport::parse(body_type, cursor)?))
        }
    }
}

fn parse_signature_data<'a>(
    version: u16,
    body: Body<'a>,
    signed: &'a [u8],
    signature_data: &'a [u8],
) -> Result<Quote<'a>, Rejection> {
    let mut cursor = Cursor(signature_data);
    let signature = cursor.array()?;
    let attestation_key = cursor.array()?;
    if version != 3 {
        cursor = Cursor(cursor.certification_data(CERTIFICATION_QE_REPORT)?);
    }
    let qe_report_bytes = cursor.array()?;
    let qe_report_signature = cursor.array()?;
    let length = cursor.u16()?;
    if length != QE_AUTH_DATA_LEN {
        return Err(Rejection::QeAuthDataLength { length });
    }
    let qe_auth_data = cursor.take(usize::from(length))?;
    let pck_chain = cursor.certification_data(CERTIFICATION_PCK_CHAIN)?;
    let qe_report = EnclaveReport::parse(qe_report_bytes)?;
    Ok(Quote {
        version,
        body,
        signed,
        signature,
        attestation_key,
        qe_report_bytes,
        qe_report,
        qe_report_signature,
        qe_auth_data,
        pck_chain,
    })
}

impl<'a> EnclaveReport<'a> {
    fn parse(bytes: &'a [u8; 384]) -> Result<Self, Rejection> {
        let mut cursor = Cursor(bytes);
        let _cpu_svn = cursor.array::<16>()?;
        let misc_select = cursor.array()?;
        let _reserved1 = cursor.array::<28>()?;
        let attributes = cursor.array()?;
        let mr_enclave = cursor.array()?;
        let _reserved2 = cursor.array::<32>()?;
        let mr_signer = cursor.array()?;
        let _reserved3 = cursor.array::<96>()?;
        let isv_prod_id = cursor.u16()?;
        let isv_svn = cursor.u16()?;
        let _reserved4 = cursor.array::<60>()?;
        let report_data = cursor.array()?;
        Ok(Self {
            misc_select,
            attributes,
            mr_enclave,
            mr_signer,
            isv_prod_id,
            isv_svn,
            report_data,
        })
    }
}

impl<'a> TdReport<'a> {
    fn parse(body_type: u16, cursor: &mut Cursor<'a>) -> Result<Self, Rejection> {
        let tee_tcb_svn = cursor.array()?;
        let _mr_seam = cursor.array::<48>()?;
        let mr_signer_seam = cursor.array()?;
        let seam_attributes = cursor.array()?;
        let td_attributes = cursor.array()?;
        let _xfam = cursor.array::<8>()?;
        let mr_td = cursor.array()?;
        let _mr_config_id_owner_owner_config = cursor.array::<144>()?;
        let rtmrs = [cursor.array()?, cursor.array()?, cursor.array()?, cursor.array()?];
        let report_data = cursor.array()?;
        let td15 = match body_type {
            BODY_TD10 => None,
            _ => Some(Td15 {
                tee_tcb_svn2: cursor.array()?,
                mr_service_td: cursor.array()?,
            }),
        };
        if body_type == BODY_TD15_EX {
            cursor.array::<TD15_EX_EXTRA_LEN>()?;
        }
        Ok(Self {
            tee_tcb_svn,
            mr_signer_seam,
            seam_attributes,
            td_attributes,
            mr_td,
            rtmrs,
            report_data,
            td15,
        })
    }
}

/// Reads fields off the front of what is left.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Rejection> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Rejection::QuoteTruncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Rejection> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Rejection::QuoteTruncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, Rejection> {
        self.array().map(|bytes| u16::from_le_bytes(*bytes))
    }

    fn u32(&mut self) -> Result<u32, Rejection> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// A four-byte length, and as many bytes.
    fn prefixed(&mut self) -> Result<&'a [u8], Rejection> {
        let len = usize::try_from(self.u32()?).map_err(|_| Rejection::QuoteTruncated)?;
        self.take(len)
    }

    /// Certification data of the expected type, which must reach to the end of what is left.
    fn certification_data(&mut self, expected: u16) -> Result<&'a [u8], Rejection> {
        let data_type = self.u16()?;
        if data_type != expected {
            return Err(Rejection::CertificationDataType { data_type });
        }
        let data = self.prefixed().map_err(|_| Rejection::SignatureDataLength)?;
        if self.0.is_empty() {
            Ok(data)
        } else {
            Err(Rejection::SignatureDataLength)
        }
    }
}
