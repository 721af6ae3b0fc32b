//! `aivm collateral verify`: what the registry of a new chain would say of collateral.

use super::{
    chain::{Chain, Refusal, Stop},
    file::{Collateral, Form},
    pack::vendor,
};
use crate::{
    output::{Failure, Fields, Report, time},
    quote::Tee,
    system,
};
use aivm::evidence::{Rejection, Stored, Vendor};
use serde_json::json;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm collateral verify collateral.json
  aivm collateral verify cert_chain.pem --at 1751328000 --json

It does what a new chain would do at that time: it submits the collateral to a registry with the default roots. The first \
check that fails gives the code.

With --json: {\"verified\", \"vendor\", \"key\", \"valid_until\", \"code\", \"reason\"}. Verified: code and reason are null. \
Not verified: key and valid_until are null. Keys of Arm CCA platforms never expire: valid_until is null, and key is that \
of the last one.

Exit codes: 0 verified, 1 not verified, 2 bad usage.";

/// Submit collateral to the registry of a new chain, at a time
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The collateral; - is standard input
    file: PathBuf,

    /// Whose collateral it is [default: told from the file]
    #[arg(long)]
    vendor: Option<Tee>,

    /// When to submit it, in Unix seconds [default: the current time]
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let form = args.vendor.map(|tee| Form::of(tee.into()));
    let collateral = Collateral::read("the collateral", &args.file, form)?;
    let vendor = vendor(args.vendor, &collateral)?;
    let at = args.at.map_or_else(system::now, Ok)?;
    Ok(match submit_all(&mut Chain::at(at), vendor, &collateral) {
        Ok(stored) => accept(stored, vendor, at),
        Err(stop) => refuse(&stop.refusal()?, vendor, at),
    })
}

/// Submits what a file holds: the last of what was stored.
pub(crate) fn submit_all(chain: &mut Chain, vendor: Vendor, collateral: &Collateral) -> Result<Stored, Stop> {
    let malformed =
        |why: String| Stop::Refused(Refusal::saying("collateral", Rejection::CollateralMalformed, why));
    let packed = collateral.pack().map_err(malformed)?;
    let mut last = Err(malformed("it is empty".into()));
    for piece in &packed {
        last = Ok(chain.submit(vendor, piece)?);
    }
    last
}

/// The last second at which collateral can be used, if there is one.
pub(crate) fn valid_until(stored: Stored) -> Option<u64> {
    Some(stored.valid_until).filter(|until| *until != u64::MAX)
}

fn accept(stored: Stored, vendor: Vendor, at: u64) -> Report {
    let until = valid_until(stored);
    let mut fields = Fields::default();
    fields.add("verified", "yes");
    fields.add("vendor", vendor.name());
    fields.add("key", stored.key);
    fields.add("verified at", time(at));
    fields.add("valid until", until.map_or("it never expires".into(), time));
    Report {
        json: json!({
            "verified": true,
            "vendor": vendor.name(),
            "key": stored.key,
            "valid_until": until,
            "code": null,
            "reason": null,
        }),
        text: fields.render(0),
        passed: true,
    }
}

fn refuse(refusal: &Refusal, vendor: Vendor, at: u64) -> Report {
    let mut fields = Fields::default();
    fields.add("verified", "no");
    fields.add("code", format!("{} {}", refusal.code, refusal.name));
    fields.add("reason", &refusal.reason);
    fields.add("vendor", vendor.name());
    fields.add("verified at", time(at));
    Report {
        json: json!({
            "verified": false,
            "vendor": vendor.name(),
            "key": null,
            "valid_until": null,
            "code": refusal.code,
            "reason": refusal.reason,
        }),
        text: fields.render(0),
        passed: false,
    }
}
