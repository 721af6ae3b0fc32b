//! Quote files: raw, hexadecimal or base64, with the padding that delivery adds.

use crate::{
    input::{hex_bytes, is_hex_text, read_file},
    output::Failure,
};
use aivm::evidence::{Rejection, Vendor, intel::quote::Quote};
use base64ct::{Base64Unpadded, Encoding};
use std::path::{Path, PathBuf};

/// The largest quote file that is read. A genuine quote has about 5,000 bytes, as text twice as many.
const MAX_QUOTE_FILE: u64 = 256 << 10;

/// Where a quote says which TEE it is from.
const TEE_TYPE_OFFSET: usize = 4;

const TEE_TYPE_SGX: u32 = 0;
const TEE_TYPE_TDX: u32 = 0x81;

/// A quote as a file holds it.
#[derive(Clone, Debug)]
pub(crate) struct QuoteFile {
    /// The file.
    pub(crate) path: PathBuf,
    /// How the file holds the bytes.
    pub(crate) encoding: &'static str,
    /// The bytes, padding included.
    pub(crate) bytes: Vec<u8>,
}

impl QuoteFile {
    /// Reads a file. `what` is how the user calls it.
    pub(crate) fn read(what: &str, path: &Path) -> Result<Self, Failure> {
        let content = read_file(what, path, MAX_QUOTE_FILE)?;
        let (encoding, bytes) = decode(content).map_err(|why| {
            Failure::new(format!("{what}: {}: {why}", path.display()))
                .next("a quote file is raw bytes, hexadecimal text or base64 text")
        })?;
        Ok(Self {
            path: path.to_path_buf(),
            encoding,
            bytes,
        })
    }

    /// The TEE type, if the quote is long enough to have one.
    fn tee_type(&self) -> Option<u32> {
        let (_, from) = self.bytes.split_at_checked(TEE_TYPE_OFFSET)?;
        from.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// The vendor that the TEE type names.
    pub(crate) fn vendor(&self) -> Option<Vendor> {
        match self.tee_type()? {
            TEE_TYPE_SGX => Some(Vendor::Sgx),
            TEE_TYPE_TDX => Some(Vendor::Tdx),
            _ => None,
        }
    }

    /// Why no vendor could be told, and in words.
    pub(crate) fn no_vendor(&self) -> (Rejection, String) {
        let rejection = match self.tee_type() {
            Some(tee_type) => {
                let reason = format!("TEE type {tee_type:#x} is neither SGX (0) nor TDX (0x81)");
                return (Rejection::QuoteTeeType { tee_type }, reason);
            }
            None if self.bytes.is_empty() => Rejection::EvidenceEmpty,
            None => Rejection::QuoteTruncated,
        };
        (rejection, rejection.to_string())
    }

    /// The quote, and what follows the end that it declares.
    pub(crate) fn parse(&self, vendor: Vendor) -> Result<(Quote<'_>, &[u8]), Rejection> {
        Quote::parse_prefix(vendor, &self.bytes)
    }

    /// Refuses what does not have the layout of a quote of `vendor`, to the last byte but for delivery padding.
    pub(crate) fn check_layout(&self, vendor: Vendor) -> Result<(), Rejection> {
        let end = self.bytes.len() - self.padding(vendor);
        Quote::parse(vendor, self.bytes.get(..end).unwrap_or_default()).map(|_| ())
    }

    /// How many bytes at the end are delivery padding: zeros after the declared end of a TDX quote.
    pub(crate) fn padding(&self, vendor: Vendor) -> usize {
        match self.parse(vendor) {
            Ok((_, rest)) if vendor == Vendor::Tdx && rest.iter().all(|byte| *byte == 0) => rest.len(),
            _ => 0,
        }
    }

    /// The quote as evidence: the vendor byte, then the quote without delivery padding.
    pub(crate) fn evidence(&self, vendor: Vendor) -> Vec<u8> {
        let end = self.bytes.len() - self.padding(vendor);
        let quote = self.bytes.iter().take(end);
        std::iter::once(&vendor.number()).chain(quote).copied().collect()
    }
}

/// Text of hexadecimal digits is hexadecimal, other text base64, the rest raw.
fn decode(content: Vec<u8>) -> Result<(&'static str, Vec<u8>), String> {
    let is_text = !content.is_empty()
        && content
            .iter()
            .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    if !is_text {
        return Ok(("raw", content));
    }
    let text = String::from_utf8_lossy(&content);
    if is_hex_text(&content) {
        return Ok(("hexadecimal", hex_bytes(&text)?));
    }
    let base64: String = text.split_whitespace().collect();
    let base64 = base64.trim_end_matches('=').replace('-', "+").replace('_', "/");
    match Base64Unpadded::decode_vec(&base64) {
        Ok(bytes) => Ok(("base64", bytes)),
        Err(_) => Err("it is text, but neither hexadecimal nor base64".into()),
    }
}
