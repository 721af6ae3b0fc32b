//! Files that hold evidence: raw, hexadecimal or base64; in the wrapping of a cloud, a tool or a service.

use super::{
    container::{self, Content},
    wrapper,
};
use crate::{
    encoding,
    input::read_file,
    output::{Failure, Fields},
};
use aivm::evidence::{Rejection, Vendor, intel::quote::Quote};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The largest file that is read. Genuine evidence has at most about 8,000 bytes, as text twice as many.
const MAX_FILE: u64 = 256 << 10;

/// Evidence as a file holds it.
#[derive(Clone, Debug)]
pub(crate) struct EvidenceFile {
    path: PathBuf,
    /// How the file holds the bytes.
    encoding: &'static str,
    /// How many bytes the file holds, once decoded.
    len: usize,
    /// What it is.
    content: Content,
    /// The certificates beside it, DER.
    certificates: Vec<Vec<u8>>,
}

impl EvidenceFile {
    /// Reads a file. `what` is how the user calls it; `entry` chooses one of several in JSON, from 1.
    pub(crate) fn read(what: &str, path: &Path, entry: Option<usize>) -> Result<Self, Failure> {
        let bytes = read_file(what, path, MAX_FILE)?;
        Self::open(path, &bytes, entry).map_err(|why| {
            Failure::new(format!("{what}: {}: {why}", path.display()))
                .next("see `aivm quote --help` for the files that can be read")
        })
    }

    fn open(path: &Path, bytes: &[u8], entry: Option<usize>) -> Result<Self, String> {
        let file = |encoding, len, content, certificates| Self {
            path: path.to_path_buf(),
            encoding,
            len,
            content,
            certificates,
        };
        if wrapper::is_json(bytes) {
            let wrapped = wrapper::read(bytes, entry)?;
            let mut content = container::open(&wrapped.evidence)?;
            content.vendor = content.vendor.or(wrapped.vendor);
            return Ok(file(
                "JSON",
                wrapped.evidence.len(),
                content,
                wrapped.certificates,
            ));
        }
        if entry.is_some() {
            return Err("it is not JSON, so there is nothing to choose with --entry".into());
        }
        let decoded = encoding::decode(bytes)?;
        let content = container::open(&decoded.bytes)?;
        Ok(file(decoded.encoding, decoded.bytes.len(), content, Vec::new()))
    }

    /// Whose evidence it is, if that can be told.
    pub(crate) fn vendor(&self) -> Option<Vendor> {
        self.content.vendor
    }

    /// The vendor's own bytes, with whatever follows their end.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.content.bytes
    }

    /// The certificates in the file beside the evidence.
    pub(super) fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Whether the bytes are all that the verifier takes, certificates included.
    pub(super) fn is_complete(&self) -> bool {
        self.content.is_complete
    }

    /// Why no vendor could be told, and in words.
    pub(super) fn no_vendor(&self) -> (Rejection, String) {
        let bytes = self.bytes();
        let rejection = if bytes.is_empty() {
            Rejection::EvidenceEmpty
        } else if !container::is_intel(bytes) {
            let reason = "it begins as no vendor's evidence does; --vendor says whose it is";
            return (Rejection::VendorUnknown, reason.into());
        } else if let Some(tee_type) = container::tee_type(bytes) {
            let reason = format!("TEE type {tee_type:#x} is neither SGX (0) nor TDX (0x81)");
            return (Rejection::QuoteTeeType { tee_type }, reason);
        } else {
            Rejection::QuoteTruncated
        };
        (rejection, rejection.to_string())
    }

    /// How many bytes at the end are delivery padding: zeros after the declared end of a TDX quote.
    pub(crate) fn padding(&self, vendor: Vendor) -> usize {
        if vendor != Vendor::Tdx {
            return 0;
        }
        match Quote::parse_prefix(vendor, self.bytes()) {
            Ok((_, rest)) if rest.iter().all(|byte| *byte == 0) => rest.len(),
            _ => 0,
        }
    }

    /// The vendor's own bytes without delivery padding.
    pub(super) fn without_padding(&self, vendor: Vendor) -> &[u8] {
        let end = self.bytes().len().saturating_sub(self.padding(vendor));
        self.bytes().get(..end).unwrap_or_default()
    }

    /// The evidence with its vendor byte, where the file holds all of it. What has a vendor byte is taken as it is.
    pub(crate) fn complete_evidence(&self) -> Option<Vec<u8>> {
        let bytes = self.bytes();
        let Some(vendor) = self.vendor() else {
            let known = bytes
                .first()
                .is_some_and(|number| Vendor::from_number(*number).is_some());
            return known.then(|| bytes.to_vec());
        };
        let is_whole = match vendor {
            Vendor::Sgx | Vendor::Tdx | Vendor::ArmCca => true,
            Vendor::SevSnp | Vendor::Nvidia => self.is_complete(),
        };
        is_whole.then(|| [&[vendor.number()], self.without_padding(vendor)].concat())
    }

    /// What the file is, for JSON.
    pub(super) fn json(&self, vendor: Option<Vendor>) -> Map<String, Value> {
        let pairs = [
            ("file", json!(self.path.display().to_string())),
            ("encoding", json!(self.encoding)),
            ("container", json!(self.content.container)),
            ("bytes", json!(self.len)),
            ("verified", json!(false)),
            ("vendor", json!(vendor.map(Vendor::name))),
        ];
        let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
        pairs.collect()
    }

    /// What the file is, for people.
    pub(super) fn fields(&self, vendor: Option<Vendor>) -> Fields {
        let mut fields = Fields::default();
        fields.add("file", self.path.display());
        fields.add("encoding", format!("{}, {} bytes", self.encoding, self.len));
        if let Some(container) = self.content.container {
            fields.add("wrapped as", container);
        }
        fields.add("vendor", vendor.map_or("unknown", Vendor::name));
        fields
    }
}
