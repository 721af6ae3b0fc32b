//! `aivm golden inspect`: what a RIM file says.

use super::{RimFile, Trust, rim::Rim};
use crate::output::{Failure, Fields, Report, table, time};
use alloy_primitives::hex;
use serde_json::{Value, json};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm golden inspect driver.xml
  aivm golden inspect vbios.xml --at 1704067200 --json

The signature and the certificates are verified first, and only what was signed is shown.

With --json: {\"verified\": true, \"file\", \"component\": \"driver\" | \"VBIOS\", \"chip\", \"version\", \"signer\", \
\"valid_from\", \"valid_until\", \"measurements\": [{\"index\", \"digests\"}]}; refused: {\"verified\": false, \"file\", \
\"reason\", \"next\"}. An index is that of the report: that of the RIM file and one.

Exit codes: 0 shown, 1 refused, 2 bad usage.";

/// Show what a RIM file says, after verifying it
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The RIM file, XML; - is standard input
    file: PathBuf,

    #[command(flatten)]
    trust: Trust,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let (root, at) = (args.trust.root()?, args.trust.at()?);
    match RimFile::read("the RIM file", &args.file, &root, at) {
        Ok(file) => Ok(show(&file, at)),
        Err(stop) => stop.report(),
    }
}

fn show(file: &RimFile, at: u64) -> Report {
    let RimFile { signed, rim, .. } = file;
    let mut fields = Fields::default();
    fields.add("verified", "yes");
    fields.add("file", file.path.display());
    fields.add("component", rim.component.name());
    fields.add("chip", &rim.product);
    fields.add("version", &rim.version);
    fields.add("signed by", &signed.signer);
    fields.add("verified at", time(at));
    fields.add("valid until", time(signed.window.until));
    fields.add(
        "measurements",
        format!("{} that must match", rim.measurements().count()),
    );
    Report {
        json: json!({
            "verified": true,
            "file": file.path.display().to_string(),
            "component": rim.component.name(),
            "chip": rim.product,
            "version": rim.version,
            "signer": signed.signer,
            "valid_from": signed.window.from,
            "valid_until": signed.window.until,
            "measurements": measurements_json(rim),
        }),
        text: format!("{}\n\n{}", fields.render(0), measurements_text(&[rim])),
        passed: true,
    }
}

/// `[{"index", "digests"}]`, by the index of the report.
pub(super) fn measurements_json(rim: &Rim) -> Value {
    let entries = rim.measurements().map(|(index, digests)| {
        let digests: Vec<_> = digests.iter().map(hex::encode_prefixed).collect();
        json!({ "index": index, "digests": digests })
    });
    entries.collect()
}

/// A table of what measurements must be.
pub(super) fn measurements_text(rims: &[&Rim]) -> String {
    let mut rows: Vec<(u8, Vec<String>)> = Vec::new();
    for rim in rims {
        for (index, digests) in rim.measurements() {
            for (number, digest) in digests.iter().enumerate() {
                let name = if number == 0 {
                    index.to_string()
                } else {
                    String::new()
                };
                let component = if number == 0 { rim.component.name() } else { "or" };
                rows.push((index, vec![name, component.to_owned(), hex::encode(digest)]));
            }
        }
    }
    rows.sort_by_key(|(index, _)| *index);
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    table(&[">index", "of", "SHA-384"], &rows)
}
