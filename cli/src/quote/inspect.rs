//! `aivm quote inspect`: what evidence and the certificates in it say, without verifying any of it.

use super::{
    Input,
    file::EvidenceFile,
    layout::{self, Shown},
};
use crate::{
    certificate_file,
    output::{Failure, Fields, Report},
    x509::{Values, certificate_values, in_words},
};
use aivm::evidence::{Rejection, Vendor};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm quote inspect quote.bin
  aivm quote inspect report.bin --certs vcek.pem
  aivm quote inspect gpu.json --json

Nothing is verified: anyone can write a file that says anything. `aivm quote verify` verifies.

With --json: {\"file\", \"encoding\", \"container\", \"bytes\", \"verified\": false, \"vendor\", \"quote_bytes\", \
\"padding_bytes\", \"trailing_bytes\", \"measurement_id\", the sections below, \"chain\"}. The sections: header, report, \
qe_report, pck (SGX, TDX); report, tcb, key (SEV-SNP); report, software, measurements, device (NVIDIA); token, platform, \
realm (Arm CCA). What cannot be read as evidence gives {\"file\", \"encoding\", \"container\", \"bytes\", \"verified\": \
false, \"vendor\", \"code\", \"reason\"} and exit code 1.";

/// Show the fields of evidence and of the certificates in it; verifies nothing
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,

    /// SEV-SNP, NVIDIA: certificates to be shown along, PEM or DER
    #[arg(long, value_name = "PEM")]
    certs: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let (file, vendor) = args.input.read()?;
    let certificates = args
        .certs
        .as_deref()
        .map(|path| certificate_file::read("--certs", path));
    let certificates = certificates.transpose()?;
    let Some(vendor) = vendor else {
        let (rejection, reason) = file.no_vendor();
        return Ok(unreadable(&file, None, rejection, &reason));
    };
    Ok(match layout::read(&file, vendor, certificates.as_deref()) {
        Ok(shown) => show(&file, vendor, &shown),
        Err(rejection) => unreadable(&file, Some(vendor), rejection, &rejection.to_string()),
    })
}

fn show(file: &EvidenceFile, vendor: Vendor, shown: &Shown) -> Report {
    let padding = file.padding(vendor);
    let len = file.bytes().len().saturating_sub(shown.trailing);
    let chain: Vec<_> = shown
        .certificates
        .iter()
        .map(|der| certificate_values(der))
        .collect();
    let mut json = file.json(Some(vendor));
    json.insert("quote_bytes".into(), json!(len));
    json.insert("padding_bytes".into(), json!(padding));
    json.insert(
        "trailing_bytes".into(),
        json!(shown.trailing.saturating_sub(padding)),
    );
    json.insert("measurement_id".into(), json!(shown.measurement_id));
    for section in &shown.sections {
        json.insert(section.key.into(), object(&section.values));
    }
    json.insert("chain".into(), chain.iter().map(object).collect());

    let mut summary = file.fields(Some(vendor));
    summary.add("evidence", format!("{len} bytes"));
    summary.add("after its end", after_the_end(shown.trailing, padding));
    let measurement_id = shown.measurement_id.map(|id| id.to_string());
    summary.add("measurement id", measurement_id.as_deref().unwrap_or("none"));
    let mut parts = vec![
        "Nothing here is verified. To verify it: aivm quote verify".to_owned(),
        summary.render(0),
    ];
    for section in &shown.sections {
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
        (trailing, 0) => format!("{trailing} bytes, for which it would be refused"),
        (_, padding) => format!("{padding} zero bytes of delivery padding, which are cut off"),
    }
}

fn unreadable(file: &EvidenceFile, vendor: Option<Vendor>, rejection: Rejection, reason: &str) -> Report {
    let mut json = file.json(vendor);
    json.insert("code".into(), json!(rejection.code()));
    json.insert("reason".into(), json!(reason));
    let mut fields = file.fields(vendor);
    fields.add("code", format!("{} {}", rejection.code(), rejection.name()));
    fields.add("reason", reason);
    Report {
        json: json.into(),
        text: format!("This is no evidence that can be read.\n\n{}", fields.render(0)),
        passed: false,
    }
}

fn object(values: &Values) -> Value {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// Names and values in two columns; of a list of structures, each on its own line, and of digests those that are not
/// zero.
fn render(values: &Values) -> String {
    let mut fields = Fields::default();
    for (name, value) in values {
        let title = name.replace('_', " ");
        match value {
            Value::Array(items) if name == &"digests" => {
                let is_zero = |item: &&Value| {
                    item.as_str()
                        .is_some_and(|hex| !hex.contains(|c| c > '0' && c < 'x'))
                };
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !is_zero(item)) {
                    fields.add((index + 1).to_string(), in_words("", item));
                }
                fields.add(
                    "zero",
                    format!("the other {}", items.iter().filter(is_zero).count()),
                );
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for item in items {
                    fields.add(title.clone(), in_words("", item));
                }
            }
            other => {
                fields.add(title, in_words(name, other));
            }
        }
    }
    fields.render(2)
}
