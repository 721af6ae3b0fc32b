//! JSON around evidence, as vendors' tools and services write it.
//!
//! An object, or a list of objects; or an object with such a list in `evidence_list`. Each object has the evidence
//! and the certificates in one of the fields below: hexadecimal, base64, or PEM; certificates also as a list.

use crate::{certificate_file, encoding};
use aivm::evidence::Vendor;
use serde_json::Value;

/// Where the evidence may be.
const EVIDENCE: [&str; 5] = ["evidence", "report", "quote", "attestation_report", "token"];

/// Where the certificates may be.
const CERTIFICATES: [&str; 5] = [
    "certificate",
    "certificates",
    "cert_chain",
    "certificate_chain",
    "certs",
];

/// What JSON held.
pub(super) struct Wrapped {
    /// The vendor, if it is named.
    pub(super) vendor: Option<Vendor>,
    /// The evidence.
    pub(super) evidence: Vec<u8>,
    /// The certificates beside it, DER.
    pub(super) certificates: Vec<Vec<u8>>,
}

/// Whether bytes are JSON rather than anything else.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'[')) && serde_json::from_slice::<Value>(bytes).is_ok()
}

/// The entry with this number, from 1; without one, the only one.
pub(super) fn read(bytes: &[u8], entry: Option<usize>) -> Result<Wrapped, String> {
    let json: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let entries = match &json {
        Value::Array(entries) => entries.as_slice(),
        Value::Object(object) => match object.get("evidence_list") {
            Some(Value::Array(entries)) => entries.as_slice(),
            _ => std::slice::from_ref(&json),
        },
        _ => return Err("its JSON is neither an object nor a list of objects".into()),
    };
    let count = entries.len();
    let index = match (entry, count) {
        (None, 1) => 0,
        (None, _) => {
            return Err(format!(
                "it holds {count} pieces of evidence, not one: choose with --entry"
            ));
        }
        (Some(entry), _) => entry.wrapping_sub(1),
    };
    let entry = entries
        .get(index)
        .ok_or_else(|| format!("it holds {count} pieces of evidence, not that many"))?;
    read_entry(entry)
}

fn read_entry(entry: &Value) -> Result<Wrapped, String> {
    let (name, evidence) = field(entry, &EVIDENCE).ok_or_else(|| {
        let names = EVIDENCE.join(", ");
        format!("its JSON has none of the fields that evidence is in: {names}")
    })?;
    let text = evidence
        .as_str()
        .ok_or_else(|| format!("its field {name} is not text"))?;
    let evidence = encoding::decode(text.as_bytes()).map_err(|why| format!("its field {name}: {why}"))?;
    let certificates = match field(entry, &CERTIFICATES) {
        Some((name, value)) => certificates(value).map_err(|why| format!("its field {name}: {why}"))?,
        None => Vec::new(),
    };
    Ok(Wrapped {
        vendor: vendor(entry)?,
        evidence: evidence.bytes,
        certificates,
    })
}

fn field<'a>(entry: &'a Value, names: &[&'static str]) -> Option<(&'static str, &'a Value)> {
    let present =
        |name: &&'static str| Some((*name, entry.get(*name)?)).filter(|(_, value)| !value.is_null());
    names.iter().find_map(present)
}

fn vendor(entry: &Value) -> Result<Option<Vendor>, String> {
    let Some(value) = entry.get("vendor") else {
        return Ok(None);
    };
    let name = value.as_str().unwrap_or_default().to_ascii_lowercase();
    let vendor = Vendor::ALL.into_iter().find(|vendor| vendor.name() == name);
    let names = || Vendor::ALL.map(Vendor::name).join(", ");
    vendor
        .map(Some)
        .ok_or_else(|| format!("its field vendor is {value}, not one of {}", names()))
}

/// Certificates as one text or as a list of texts.
fn certificates(value: &Value) -> Result<Vec<Vec<u8>>, String> {
    let texts = match value {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut all = Vec::new();
    for text in texts {
        let text = text.as_str().ok_or("it is not text")?;
        all.extend(certificate_file::decode(text.as_bytes())?);
    }
    Ok(all)
}
