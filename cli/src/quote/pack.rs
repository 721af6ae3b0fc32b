//! `aivm quote pack`: evidence as the precompiles take it (specification, section 4).

use super::{
    Input,
    evidence::{Evidence, Incomplete},
};
use crate::{
    call_data::write_file,
    certificate_file,
    output::{Failure, Fields, Report, grouped},
};
use aivm::evidence::{MAX_EVIDENCE_LEN, Rejection, Vendor};
use alloy_primitives::hex;
use serde_json::{Value, json};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm quote pack quote.bin --out evidence.bin
  aivm quote pack report.bin --certs vcek.pem
  aivm quote pack gpu.json --json

The vendor byte, then: the quote without delivery padding; the report and its VCEK or VLEK; the length of the SPDM \
messages, the messages, the leaf and the device's certificate; the token. It is what VerifyTEE, verifyAttestation and \
`aivm work encode --evidence` take. The layout is checked and nothing is verified: `aivm quote verify` does that.

With --json: {\"vendor\", \"bytes\", \"evidence\"}; what has not the layout: {\"vendor\", \"code\", \"reason\"}.

Exit codes: 0 packed, 1 it has not the layout of evidence, 2 bad usage.";

/// Make the bytes that the precompiles take as evidence
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,

    /// SEV-SNP, NVIDIA: the certificates that the evidence comes without, PEM or DER
    #[arg(long, value_name = "PEM")]
    certs: Option<PathBuf>,

    /// Write the bytes into this file [default: hexadecimal on standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let (file, vendor) = args.input.read()?;
    let Some(vendor) = vendor else {
        let (rejection, reason) = file.no_vendor();
        return Ok(refuse(None, rejection, &reason));
    };
    let certificates = args
        .certs
        .as_deref()
        .map(|path| certificate_file::read("--certs", path));
    let certificates = certificates.transpose()?;
    let evidence = match Evidence::assemble(&file, vendor, certificates.as_deref()) {
        Ok(evidence) => evidence,
        Err(Incomplete::Missing(failure)) => return Err(failure),
        Err(Incomplete::Refused(rejection, reason)) => return Ok(refuse(Some(vendor), rejection, &reason)),
    };
    if let Err(rejection) = check(&evidence) {
        return Ok(refuse(Some(vendor), rejection, &rejection.to_string()));
    }
    let bytes = evidence.bytes();
    let text = match &args.out {
        None => hex::encode_prefixed(&bytes),
        Some(path) => {
            write_file(path, &bytes)?;
            let count = grouped(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            format!(
                "{count} bytes of evidence of {} written to {}",
                vendor.name(),
                path.display()
            )
        }
    };
    Ok(Report {
        json: json!({
            "vendor": vendor.name(),
            "bytes": bytes.len(),
            "evidence": hex::encode_prefixed(&bytes),
        }),
        text,
        passed: true,
    })
}

fn check(evidence: &Evidence) -> Result<(), Rejection> {
    if evidence.bytes().len() > MAX_EVIDENCE_LEN {
        return Err(Rejection::EvidenceTooLong);
    }
    evidence.check_layout()
}

fn refuse(vendor: Option<Vendor>, rejection: Rejection, reason: &str) -> Report {
    let mut fields = Fields::default();
    fields.add("packed", "no");
    fields.add("code", format!("{} {}", rejection.code(), rejection.name()));
    fields.add("reason", reason);
    fields.add("vendor", vendor.map_or("unknown", Vendor::name));
    Report {
        json: json!({
            "vendor": vendor.map_or(Value::Null, |vendor| json!(vendor.name())),
            "code": rejection.code(),
            "reason": reason,
        }),
        text: fields.render(0),
        passed: false,
    }
}
