//! What evidence looks like, and what clouds and tools wrap it in.
//!
//! | begins with | is |
//! |---|---|
//! | a vendor byte, then that vendor's evidence | evidence as the precompiles take it (specification, section 4) |
//! | version 3, 4 or 5 and key type 2, little-endian | a quote of Intel SGX or TDX |
//! | version 2 to 5 in four bytes, little-endian | a report of AMD SEV-SNP, with or without its certificate |
//! | `HCLA` | Azure's blob around a report of SEV-SNP |
//! | 0, a number, 1,184 in SCALE | dstack's attestation around a report of SEV-SNP |
//! | `11 E0` | NVIDIA's SPDM request and response |
//! | CBOR tag 399 or 907 | a token of Arm CCA |

use aivm::evidence::{Vendor, snp::report::REPORT_LEN};
use sha2::{Digest, Sha256};

/// What of a report must be there for it to be told.
const SNP_HEADER_LEN: usize = 64;

/// How a certificate begins, DER.
const CERTIFICATE: [u8; 2] = [0x30, 0x82];

/// The versions of SEV-SNP reports that there are.
const SNP_VERSIONS: std::ops::RangeInclusive<u32> = 2..=5;

/// `GET_MEASUREMENTS` of SPDM 1.1.
const SPDM_REQUEST: [u8; 2] = [0x11, 0xe0];

/// `MEASUREMENTS` of SPDM 1.1.
const SPDM_RESPONSE: [u8; 2] = [0x11, 0x60];

/// CBOR tags 399 and 907.
const CCA_TAGS: [[u8; 3]; 2] = [[0xd9, 0x01, 0x8f], [0xd9, 0x03, 0x8b]];

const HCL_MAGIC: &[u8] = b"HCLA";
const HCL_REPORT: usize = 32;
const HCL_DATA: usize = HCL_REPORT + REPORT_LEN;
const HCL_DATA_HEADER: usize = 20;
const HCL_SNP: u32 = 2;
const HCL_SHA256: u32 = 1;

/// SCALE's compact form of 1,184.
const SCALE_1184: [u8; 2] = [0x81, 0x12];

/// Bytes that were told apart.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    /// Whose evidence it is, if that can be told.
    pub(crate) vendor: Option<Vendor>,
    /// What it was in.
    pub(crate) container: Option<&'static str>,
    /// The vendor's own bytes.
    pub(crate) bytes: Vec<u8>,
    /// Whether it is all that the verifier takes, certificates included.
    pub(crate) is_complete: bool,
}

impl Content {
    fn raw(vendor: Option<Vendor>, bytes: &[u8]) -> Self {
        Self {
            vendor,
            container: None,
            bytes: bytes.to_vec(),
            is_complete: false,
        }
    }
}

/// Tells what these bytes are.
pub(crate) fn open(bytes: &[u8]) -> Result<Content, String> {
    if bytes.starts_with(HCL_MAGIC) {
        return open_hcl(bytes);
    }
    if let Some(report) = open_dstack(bytes) {
        return Ok(Content {
            container: Some("dstack attestation"),
            ..Content::raw(Some(Vendor::SevSnp), report)
        });
    }
    if let Some((vendor, body)) = open_evidence(bytes) {
        return Ok(Content {
            container: Some("evidence with its vendor byte"),
            is_complete: true,
            ..Content::raw(Some(vendor), body)
        });
    }
    if bytes.starts_with(&SPDM_RESPONSE) {
        return Err(
            "it is an SPDM response alone: the signature also covers the 37 bytes of the request".into(),
        );
    }
    let vendor = Vendor::ALL.into_iter().find(|vendor| begins_as(*vendor, bytes));
    let behind = bytes.get(REPORT_LEN..).unwrap_or_default();
    Ok(Content {
        is_complete: vendor == Some(Vendor::SevSnp) && behind.starts_with(&CERTIFICATE),
        ..Content::raw(vendor, bytes)
    })
}

/// Whether bytes begin as evidence of this vendor does.
fn begins_as(vendor: Vendor, bytes: &[u8]) -> bool {
    match vendor {
        Vendor::Sgx => intel(bytes) == Some(0),
        Vendor::Tdx => intel(bytes) == Some(0x81),
        Vendor::SevSnp => {
            let version = bytes.first_chunk().map(|version| u32::from_le_bytes(*version));
            version.is_some_and(|version| SNP_VERSIONS.contains(&version)) && bytes.len() > SNP_HEADER_LEN
        }
        Vendor::Nvidia => bytes.starts_with(&SPDM_REQUEST),
        Vendor::ArmCca => CCA_TAGS.iter().any(|tag| bytes.starts_with(tag)),
    }
}

/// The TEE type of what begins as a quote of Intel does.
fn intel(bytes: &[u8]) -> Option<u32> {
    is_intel(bytes).then(|| tee_type(bytes)).flatten()
}

/// Whether bytes begin as quotes of Intel do, be the TEE known or not.
pub(crate) fn is_intel(bytes: &[u8]) -> bool {
    matches!(bytes, [3..=5, 0, 2 | 3, 0, ..])
}

/// Where a quote of Intel says which TEE it is from, if it is long enough.
pub(crate) fn tee_type(bytes: &[u8]) -> Option<u32> {
    let field = bytes.get(4..)?.first_chunk()?;
    Some(u32::from_le_bytes(*field))
}

/// Evidence as the precompiles take it: the vendor byte and a body that begins as this vendor's does.
fn open_evidence(bytes: &[u8]) -> Option<(Vendor, &[u8])> {
    let (number, body) = bytes.split_first()?;
    let vendor = Vendor::from_number(*number)?;
    let front = match vendor {
        Vendor::Nvidia => {
            let (len, message) = body.split_first_chunk()?;
            let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
            message.get(..len)?
        }
        _ => body,
    };
    begins_as(vendor, front).then_some((vendor, body))
}

fn open_dstack(bytes: &[u8]) -> Option<&[u8]> {
    let (header, rest) = bytes.split_first_chunk::<4>()?;
    let [0, _, len @ ..] = header else { return None };
    let report = rest.get(..REPORT_LEN)?;
    (*len == SCALE_1184 && begins_as(Vendor::SevSnp, report)).then_some(report)
}

/// Azure's blob: a header of 32 bytes, the report, then a header of 20 bytes and the JSON whose hash the report
/// holds. Numbers are little-endian.
fn open_hcl(bytes: &[u8]) -> Result<Content, String> {
    let number = |offset: usize| {
        let field = bytes.get(offset..)?.first_chunk()?;
        Some(u32::from_le_bytes(*field))
    };
    let at = |offset: usize| number(HCL_DATA + offset).ok_or("the HCL blob is cut off");
    let (data_len, report_type, hash_type, json_len) = (at(0)?, at(8)?, at(12)?, at(16)?);
    if report_type != HCL_SNP {
        return Err(format!(
            "the HCL blob holds a report of type {report_type}, not one of SEV-SNP (2): Azure's TDX machines turn theirs \
             into a quote, which is what can be verified"
        ));
    }
    let start = HCL_DATA + HCL_DATA_HEADER;
    let json = usize::try_from(json_len)
        .ok()
        .and_then(|len| bytes.get(start..start.checked_add(len)?));
    let json = json.ok_or("the HCL blob is cut off")?;
    if u64::from(data_len) != u64::from(json_len) + 20 {
        return Err("the lengths in the HCL blob disagree".into());
    }
    let report = bytes.get(HCL_REPORT..HCL_DATA).ok_or("the HCL blob is cut off")?;
    let report_data = report.get(0x50..0x70).unwrap_or_default();
    if hash_type != HCL_SHA256 || report_data != Sha256::digest(json).as_slice() {
        return Err("the report in the HCL blob does not vouch for the runtime data beside it".into());
    }
    Ok(Content {
        container: Some("Azure HCL blob"),
        ..Content::raw(Some(Vendor::SevSnp), report)
    })
}
