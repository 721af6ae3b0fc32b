//! What certificates and CRLs of any vendor say, to show it and to tell them apart. Nothing is verified here.

use crate::output::time;
use alloy_primitives::hex;
use serde_json::{Value, json};
use x509_parser::{
    certificate::X509Certificate, prelude::FromDer, revocation_list::CertificateRevocationList,
    time::ASN1Time, x509::X509Name,
};

/// Names with values, in order.
pub(crate) type Values = Vec<(&'static str, Value)>;

/// What a certificate says.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    /// The subject's common name, or the whole name if it has none.
    pub(crate) subject: String,
    /// The issuer's.
    pub(crate) issuer: String,
    /// Whether it is for a CA.
    pub(crate) is_ca: bool,
    /// Whether it names itself as its issuer, as roots do.
    pub(crate) is_self_issued: bool,
    serial: Vec<u8>,
    not_before: Option<u64>,
    not_after: Option<u64>,
}

impl Certificate {
    /// Reads a certificate, if it is one.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        Some(Self {
            subject: name(certificate.subject()),
            issuer: name(certificate.issuer()),
            is_ca: certificate.is_ca(),
            is_self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
            serial: certificate.raw_serial().to_vec(),
            not_before: seconds(certificate.validity().not_before),
            not_after: seconds(certificate.validity().not_after),
        })
    }

    /// What it says, to be shown.
    pub(crate) fn values(&self) -> Values {
        vec![
            ("subject", json!(self.subject)),
            ("issuer", json!(self.issuer)),
            ("serial", json!(hex_number(&self.serial))),
            ("not_before", json!(self.not_before)),
            ("not_after", json!(self.not_after)),
        ]
    }
}

/// What a certificate says, or that it cannot be read.
pub(crate) fn certificate_values(der: &[u8]) -> Values {
    Certificate::read(der).map_or_else(unreadable, |certificate| certificate.values())
}

/// What a CRL says, or that it cannot be read.
pub(crate) fn crl_values(der: &[u8]) -> Values {
    let Ok((_, crl)) = CertificateRevocationList::from_der(der) else {
        return unreadable();
    };
    let revoked: Vec<_> = crl
        .iter_revoked_certificates()
        .map(|entry| hex_number(entry.raw_serial()))
        .collect();
    vec![
        ("issuer", json!(name(crl.issuer()))),
        ("number", json!(crl.crl_number().map(ToString::to_string))),
        ("this_update", json!(seconds(crl.last_update()))),
        ("next_update", json!(crl.next_update().and_then(seconds))),
        ("revoked_count", json!(revoked.len())),
        ("revoked", json!(revoked)),
    ]
}

fn unreadable() -> Values {
    vec![("error", json!("it cannot be read"))]
}

fn name(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().next().and_then(|name| name.as_str().ok());
    common.map_or_else(|| name.to_string(), str::to_owned)
}

fn seconds(time: ASN1Time) -> Option<u64> {
    u64::try_from(time.timestamp()).ok()
}

/// A number without zeros in front.
fn hex_number(bytes: &[u8]) -> String {
    let digits = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    hex::encode_prefixed(bytes.get(digits..).unwrap_or_default())
}

/// A value in words: times as dates, lists and structures with commas.
pub(crate) fn in_words(name: &str, value: &Value) -> String {
    const TIMES: [&str; 6] = [
        "not_before",
        "not_after",
        "this_update",
        "next_update",
        "issued",
        "updated",
    ];
    let text = match value {
        Value::Number(number) if TIMES.contains(&name) => number.as_u64().map(time).unwrap_or_default(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| in_words("", item)).collect();
            items.join(", ")
        }
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            let fields: Vec<_> = fields
                .map(|(name, value)| format!("{name} {}", in_words(name, value)))
                .collect();
            fields.join(", ")
        }
        Value::Null => String::new(),
        other => other.to_string(),
    };
    if text.is_empty() { "none".into() } else { text }
}
