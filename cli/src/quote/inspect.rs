//! `aivm quote inspect`: what a quote and the certificates in it say, without verifying any of it.

use super::{
    IntelTee,
    file::QuoteFile,
    layout::{self, Values},
};
use crate::output::{Failure, Fields, Report, time};
use aivm::evidence::{
    Rejection, Vendor, device_id,
    intel::{
        self,
        pck::{Pck, PckCa, PckChain},
        quote::Quote,
    },
    scheme::P256Sha256,
    x509::Certificate,
};
use alloy_primitives::hex;
use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm quote inspect quote.bin
  aivm quote inspect quote.hex --json

Nothing is verified: anyone can write a file that says anything. `aivm quote verify` verifies.

With --json: {\"file\", \"encoding\", \"bytes\", \"verified\": false, \"vendor\", \"quote_bytes\", \"padding_bytes\", \
\"trailing_bytes\", \"measurement_id\", \"header\", \"report\", \"qe_report\", \"pck\", \"chain\"}. What cannot be read as a \
quote gives {\"file\", \"encoding\", \"bytes\", \"verified\": false, \"vendor\", \"code\", \"reason\"} and exit code 1.";

/// Show the fields of a quote and of the certificates in it; verifies nothing
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The quote: raw, hexadecimal or base64
    file: PathBuf,

    /// Read it as a quote of this TEE [default: as its TEE type says]
    #[arg(long)]
    vendor: Option<IntelTee>,
}

/// Names and values under a title.
struct Section {
    key: &'static str,
    title: String,
    values: Values,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let file = QuoteFile::read("the quote", &args.file)?;
    let vendor = args.vendor.map(Vendor::from).or_else(|| file.vendor());
    let parsed = match vendor {
        Some(vendor) => match file.parse(vendor) {
            Ok(parsed) => Ok((vendor, parsed)),
            Err(rejection) => Err((rejection, rejection.to_string())),
        },
        None => Err(file.no_vendor()),
    };
    Ok(match parsed {
        Ok((vendor, (quote, rest))) => show(&file, vendor, &quote, rest),
        Err((rejection, reason)) => unreadable(&file, vendor, rejection, &reason),
    })
}

fn show(file: &QuoteFile, vendor: Vendor, quote: &Quote<'_>, rest: &[u8]) -> Report {
    let chain = certificates(quote.pck_chain);
    let sections = sections(vendor, quote);
    let mut json = file_json(file, Some(vendor));
    let padding = file.padding(vendor);
    let measurement_id = intel::quote_measurement_id(vendor, &quote.body);
    json.insert("quote_bytes".into(), json!(file.bytes.len() - rest.len()));
    json.insert("padding_bytes".into(), json!(padding));
    json.insert("trailing_bytes".into(), json!(rest.len() - padding));
    json.insert("measurement_id".into(), json!(measurement_id));
    for section in &sections {
        json.insert(section.key.into(), object(&section.values));
    }
    json.insert("chain".into(), chain.iter().map(object).collect());

    let mut summary = file_fields(file, Some(vendor));
    summary.add("quote", format!("{} bytes", file.bytes.len() - rest.len()));
    summary.add("after its end", after_the_end(rest.len(), padding));
    summary.add("measurement id", measurement_id);
    let mut parts = vec![
        "Nothing here is verified. To verify it: aivm quote verify".to_owned(),
        summary.render(0),
    ];
    for section in &sections {
        parts.push(format!("{}\n{}", section.title, render(&section.values)));
    }
    for (index, certificate) in chain.iter().enumerate() {
        parts.push(format!("Certificate {}\n{}", index + 1, render(certificate)));
    }
    Report {
        json: json.into(),
        text: parts.join("\n\n"),
        passed: true,
    }
}

fn after_the_end(trailing: usize, padding: usize) -> String {
    match (trailing, padding) {
        (0, _) => "nothing".into(),
        (trailing, 0) => format!("{trailing} bytes, for which it would be refused (code 107)"),
        (_, padding) => format!("{padding} zero bytes of delivery padding, which are cut off"),
    }
}

fn sections(vendor: Vendor, quote: &Quote<'_>) -> Vec<Section> {
    let (kind, body) = layout::body(quote);
    let section = |key, title: &str, values| Section {
        key,
        title: title.into(),
        values,
    };
    vec![
        section("header", "Header", layout::header(quote)),
        section("report", kind, body),
        section(
            "qe_report",
            "Report of the quoting enclave",
            layout::enclave_report(quote.qe_report_bytes),
        ),
        section(
            "pck",
            "Platform, from the PCK certificate",
            platform(vendor, quote),
        ),
    ]
}

/// What the PCK certificate says of the platform.
fn platform(vendor: Vendor, quote: &Quote<'_>) -> Values {
    let chain = PckChain::from_pem(quote.pck_chain).ok_or(Rejection::PckChainMalformed);
    let pck = chain
        .as_ref()
        .map_err(|rejection| *rejection)
        .and_then(PckChain::pck);
    match pck {
        Ok(pck) => platform_values(vendor, &pck),
        Err(rejection) => vec![
            ("code", json!(rejection.code())),
            ("reason", json!(rejection.to_string())),
        ],
    }
}

fn platform_values(vendor: Vendor, pck: &Pck<'_>) -> Values {
    let ca = match pck.issuer {
        PckCa::Processor => "Processor",
        PckCa::Platform => "Platform",
    };
    vec![
        ("fmspc", json!(hex::encode_prefixed(pck.fmspc))),
        ("pce_id", json!(hex::encode_prefixed(pck.pce_id))),
        ("ppid", json!(hex::encode_prefixed(pck.ppid))),
        ("ca", json!(ca)),
        ("collateral_key", json!(pck.collateral_key())),
        ("device_id", json!(device_id(vendor, &[&pck.ppid, &pck.pce_id]))),
    ]
}

/// The certificates in the PEM chain of a quote, as far as they can be read.
fn certificates(pem: &[u8]) -> Vec<Values> {
    let text = String::from_utf8_lossy(pem);
    let certificates = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    certificates
        .map(|part| {
            let base64 = part.split("-----END").next().unwrap_or_default();
            let base64: String = base64.split_whitespace().collect();
            certificate(&Base64::decode_vec(&base64).unwrap_or_default())
        })
        .collect()
}

fn certificate(der: &[u8]) -> Values {
    let Some(certificate) = Certificate::<P256Sha256>::parse(der) else {
        return vec![("error", json!("it cannot be read"))];
    };
    let serial: Vec<u8> = certificate
        .serial
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    vec![
        ("subject", json!(certificate.subject_common_name())),
        ("issuer", json!(certificate.issuer_common_name())),
        ("serial", json!(hex::encode_prefixed(serial))),
        ("not_before", json!(certificate.window.from)),
        ("not_after", json!(certificate.window.until)),
    ]
}

fn unreadable(file: &QuoteFile, vendor: Option<Vendor>, rejection: Rejection, reason: &str) -> Report {
    let mut json = file_json(file, vendor);
    json.insert("code".into(), json!(rejection.code()));
    json.insert("reason".into(), json!(reason));
    let mut fields = file_fields(file, vendor);
    fields.add("code", format!("{} {}", rejection.code(), rejection.name()));
    fields.add("reason", reason);
    Report {
        json: json.into(),
        text: format!("This is not a quote that can be read.\n\n{}", fields.render(0)),
        passed: false,
    }
}

fn file_json(file: &QuoteFile, vendor: Option<Vendor>) -> Map<String, Value> {
    let pairs = [
        ("file", json!(file.path.display().to_string())),
        ("encoding", json!(file.encoding)),
        ("bytes", json!(file.bytes.len())),
        ("verified", json!(false)),
        ("vendor", json!(vendor.map(Vendor::name))),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn file_fields(file: &QuoteFile, vendor: Option<Vendor>) -> Fields {
    let mut fields = Fields::default();
    fields.add("file", file.path.display());
    fields.add(
        "encoding",
        format!("{}, {} bytes", file.encoding, file.bytes.len()),
    );
    fields.add("vendor", vendor.map_or("unknown", Vendor::name));
    fields
}

fn object(values: &Values) -> Value {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

fn render(values: &Values) -> String {
    let mut fields = Fields::default();
    for (name, value) in values {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            Value::Number(number) if name.starts_with("not_") => {
                number.as_u64().map(time).unwrap_or_default()
            }
            Value::Null => "none".into(),
            other => other.to_string(),
        };
        fields.add(
            name.replace('_', " "),
            if text.is_empty() { "none".into() } else { text },
        );
    }
    fields.render(2)
}
