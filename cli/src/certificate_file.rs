//! Certificates and CRLs in files and in JSON: PEM or DER, as they are or as hexadecimal or base64 text.

use crate::{encoding, input::read_file, output::Failure};
use base64ct::{Base64, Encoding};
use std::path::Path;

/// The largest file that is read. A chain of five certificates has about 5,000 bytes.
const MAX_FILE: u64 = 256 << 10;

/// The most certificates that a file may hold.
const MAX_COUNT: usize = 32;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const CERTIFICATE: &str = "CERTIFICATE";
const CRL: &str = "X509 CRL";

/// Reads the certificates in a file, in its order, DER. `what` is how the user calls it.
pub(crate) fn read(what: &str, path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let bytes = read_file(what, path, MAX_FILE)?;
    decode(&bytes).map_err(|error| {
        Failure::new(format!("{what}: {}: {error}", path.display()))
            .next("give certificates in PEM or DER, one after another")
    })
}

/// The certificates in these bytes, DER.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    elements(bytes, CERTIFICATE)
}

/// The one CRL in these bytes, DER.
pub(crate) fn decode_crl(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut lists = elements(bytes, CRL)?;
    match (lists.pop(), lists.is_empty()) {
        (Some(list), true) => Ok(list),
        _ => Err("it is not exactly one CRL".into()),
    }
}

/// The one certificate in these bytes, DER.
pub(crate) fn decode_one(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut certificates = decode(bytes)?;
    match (certificates.pop(), certificates.is_empty()) {
        (Some(certificate), true) => Ok(certificate),
        _ => Err("it is not exactly one certificate".into()),
    }
}

fn elements(bytes: &[u8], label: &str) -> Result<Vec<Vec<u8>>, String> {
    let decoded = encoding::decode(bytes)?;
    let found = match str::from_utf8(&decoded.bytes) {
        Ok(text) if text.contains(BEGIN) => pem(text, label)?,
        _ => der(&decoded.bytes)?,
    };
    if found.len() > MAX_COUNT {
        return Err(format!("it holds more than {MAX_COUNT}"));
    }
    Ok(found)
}

/// Every block of PEM text (RFC 7468); what is between them is left alone.
fn pem(text: &str, label: &str) -> Result<Vec<Vec<u8>>, String> {
    let blocks = text.split(BEGIN).skip(1);
    let block = |block: &str| {
        let (found, rest) = block.split_once("-----").ok_or("a line of its PEM is cut off")?;
        if found != label {
            return Err(format!("it holds a {found}, not a {label}"));
        }
        let (base64, rest) = rest.split_once(END).ok_or("the end of its PEM is missing")?;
        if !rest.starts_with(&format!("{label}-----")) {
            return Err("the end of its PEM is missing".into());
        }
        let base64: String = base64.split_whitespace().collect();
        Base64::decode_vec(&base64).map_err(|_| "its PEM is not base64".to_owned())
    };
    blocks.map(block).collect()
}

/// DER elements, one after another: sequences with a length of at least 128.
fn der(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let len = sequence_len(bytes).filter(|len| *len <= bytes.len());
        let (element, rest) = bytes.split_at(len.ok_or("it is neither PEM nor DER")?);
        found.push(element.to_vec());
        bytes = rest;
    }
    if found.is_empty() {
        return Err("it is empty".into());
    }
    Ok(found)
}

/// The length of the DER sequence at the front, header included.
fn sequence_len(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0x30, 0x81, len, ..] => Some(usize::from(*len).saturating_add(3)),
        [0x30, 0x82, high, low, ..] => Some(usize::from(u16::from_be_bytes([*high, *low])).saturating_add(4)),
        _ => None,
    }
}
