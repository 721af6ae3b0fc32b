//! `aivm quote verify`: what the registry and VerifyTEE would say of a quote.

use super::{IntelTee, file::QuoteFile};
use crate::{
    input::{self, read_file},
    output::{Failure, Fields, Report, time},
    system,
};
use aivm::{
    Aivm, Genesis, HostError, MemoryHost,
    crypto::AwsLc,
    evidence::{
        self, MAX_COLLATERAL_LEN, MAX_TRUST_SCORE, Rejection, Vendor, Verified, VerifyError,
        Stored, intel::{self, pack},
    },
    precompiles::Context,
};
use alloy_primitives::{Address, B256, hex};
use dcap_qvl::QuoteCollateralV3;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The largest collateral file that is read. Intel's collateral has about 20,000 bytes.
const MAX_COLLATERAL_FILE: u64 = 1 << 20;

const AFTER_HELP: &str = "\
Examples:
  aivm quote verify quote.bin --collateral collateral.json
  aivm quote verify quote.bin --collateral collateral.json --at 1751328000 --json
  aivm quote verify quote.bin --collateral collateral.json --nonce 0x<32 bytes>

It does what a new chain would do at that time: it checks the layout of the quote, submits the collateral to the \
registry, and verifies the quote against it with the default policy. The first check that fails gives the code. The measurement of the quote is on no \
allow list of a new chain, which costs 30 points; the least score that verifies is 50.

The collateral is JSON as the crate dcap-qvl writes it (QuoteCollateralV3): tcb_info and qe_identity as strings, their \
signatures and the CRLs (root_ca_crl, pck_crl) in hexadecimal, the chains (tcb_info_issuer_chain, \
qe_identity_issuer_chain, pck_crl_issuer_chain) in PEM. If it has pck_certificate_chain, that must be the chain in the \
quote.

With --json:
  {\"verified\", \"trust_score\", \"vendor\", \"device_id\", \"measurement_id\", \"report_data\", \"tcb_status\", \"code\", \
\"reason\"}
  Verified: code and reason are null. Not verified: trust_score is 0, and device_id, measurement_id, report_data and \
tcb_status are null.

Exit codes: 0 verified, 1 not verified, 2 bad usage.";

/// Verify a quote against Intel's collateral, at a time
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The quote: raw, hexadecimal or base64
    file: PathBuf,

    /// Read it as a quote of this TEE [default: as its TEE type says]
    #[arg(long)]
    vendor: Option<IntelTee>,

    /// Intel's collateral for the platform, JSON; required
    #[arg(long, value_name = "JSON")]
    collateral: Option<PathBuf>,

    /// When to verify, in Unix seconds [default: the current time]
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,

    /// The 32 bytes that the report data must begin with [default: they are not checked]
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    nonce: Option<B256>,
}

/// Why a quote does not verify.
struct Refusal {
    code: u16,
    name: &'static str,
    reason: String,
    /// What was refused.
    part: &'static str,
}

impl Refusal {
    fn new(part: &'static str, rejection: Rejection) -> Self {
        Self::saying(part, rejection, rejection.to_string())
    }

    fn saying(part: &'static str, rejection: Rejection, reason: String) -> Self {
        Self {
            code: rejection.code(),
            name: rejection.name(),
            reason,
            part,
        }
    }
}

/// A quote that verifies.
struct Accepted {
    verified: Verified,
    collateral_until: u64,
}

/// A refusal, or a fault that no input can cause.
enum Stop {
    Refused(Refusal),
    Fault(HostError),
}

impl Stop {
    fn of(part: &'static str) -> impl Fn(VerifyError) -> Self {
        move |error| match error {
            VerifyError::Rejected(rejection) => Self::Refused(Refusal::new(part, rejection)),
            VerifyError::Host(error) => Self::Fault(error),
        }
    }

    fn refused(part: &'static str) -> impl Fn(Rejection) -> Self {
        move |rejection| Self::Refused(Refusal::new(part, rejection))
    }
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let file = QuoteFile::read("the quote", &args.file)?;
    let Some(path) = &args.collateral else {
        return Err(Failure::new(
            "a quote can only be verified against Intel's collateral: --collateral is missing",
        )
        .next(
            "fetch it for the quote's FMSPC and CA, which `aivm quote inspect` shows, from Intel's or a data \
                   center's provisioning service with dcap-qvl, and give --collateral FILE",
        ));
    };
    let collateral = read_collateral(path)?;
    let at = args.at.map_or_else(system::now, Ok)?;
    let vendor = args.vendor.map(Vendor::from).or_else(|| file.vendor());
    let result = match vendor {
        Some(vendor) => verify(&file, vendor, &collateral, at, args.nonce),
        None => {
            let (rejection, reason) = file.no_vendor();
            Err(Stop::Refused(Refusal::saying("quote", rejection, reason)))
        }
    };
    match result {
        Ok(accepted) => Ok(accept(&accepted, &file, at, args.nonce)),
        Err(Stop::Refused(refusal)) => Ok(refuse(&refusal, vendor, &file, at)),
        Err(Stop::Fault(error)) => Err(Failure::internal(error)),
    }
}

fn read_collateral(path: &Path) -> Result<QuoteCollateralV3, Failure> {
    let bytes = read_file("--collateral", path, MAX_COLLATERAL_FILE)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(format!(
            "--collateral: {} is not collateral in dcap-qvl's JSON form: {error}",
            path.display()
        ))
        .next("see `aivm quote verify --help` for the fields that it has")
    })
}

/// The quote's layout, the collateral, then the quote, on a new chain at this time.
fn verify(
    file: &QuoteFile,
    vendor: Vendor,
    collateral: &QuoteCollateralV3,
    at: u64,
    nonce: Option<B256>,
) -> Result<Accepted, Stop> {
    file.check_layout(vendor).map_err(Stop::refused("quote"))?;
    let aivm = Aivm::default();
    let mut host: MemoryHost = Genesis::development().memory_host(&aivm, at);
    let mut context = Context {
        config: aivm.config(),
        crypto: &AwsLc,
        host: &mut host,
        caller: Address::ZERO,
    };
    let stored = submit(&mut context, vendor, collateral)?;
    let verified = evidence::verify(&mut context, &file.evidence(vendor)).map_err(Stop::of("quote"))?;
    let (quote, _) = file.parse(vendor).map_err(Stop::refused("quote"))?;
    pack::check_pck_chain(collateral, quote.pck_chain).map_err(Stop::refused("collateral"))?;
    let report_data = verified.claims.report_data;
    if nonce.is_some_and(|nonce| !report_data.starts_with(nonce.as_slice())) {
        return Err(Stop::refused("nonce")(Rejection::NonceMismatch));
    }
    Ok(Accepted {
        verified,
        collateral_until: stored.valid_until,
    })
}

/// Submits the collateral to the registry.
fn submit(context: &mut Context<'_>, vendor: Vendor, collateral: &QuoteCollateralV3) -> Result<Stored, Stop> {
    let refused = |rejection, reason| Stop::Refused(Refusal::saying("collateral", rejection, reason));
    let packed =
        pack::pack(collateral).map_err(|error| refused(Rejection::CollateralMalformed, error.to_string()))?;
    if packed.len() > MAX_COLLATERAL_LEN {
        let reason = format!(
            "packed, the collateral has {} bytes, more than {MAX_COLLATERAL_LEN}",
            packed.len()
        );
        return Err(refused(Rejection::CollateralTooLarge, reason));
    }
    intel::submit_collateral(context, vendor, &packed).map_err(Stop::of("collateral"))
}

fn accept(accepted: &Accepted, file: &QuoteFile, at: u64, nonce: Option<B256>) -> Report {
    let Verified { claims, trust_score } = &accepted.verified;
    let status = claims.tcb_status.map(intel::TcbStatus::name);
    let report_data = hex::encode_prefixed(claims.report_data);
    let mut score = format!("{trust_score} = {MAX_TRUST_SCORE}");
    for deduction in claims.deductions.iter() {
        score += &format!(" - {} ({})", deduction.points(), deduction.reason());
    }
    let mut fields = Fields::default();
    fields.add("verified", "yes");
    fields.add("trust score", score);
    fields.add("vendor", claims.vendor.name());
    fields.add("TCB status", status.unwrap_or("none"));
    fields.add(
        "device id",
        claims.device_id.map_or("none: cannot register a device".into(), |id| id.to_string()),
    );
    fields.add("measurement id", claims.measurement_id);
    fields.add("report data", &report_data);
    fields.add(
        "nonce",
        nonce.map_or("not checked; give --nonce to compare it", |_| "matches"),
    );
    fields.add("verified at", time(at));
    fields.add("collateral until", time(accepted.collateral_until));
    add_padding(&mut fields, file, Some(claims.vendor));
    Report {
        json: json!({
            "verified": true,
            "trust_score": trust_score,
            "vendor": claims.vendor.name(),
            "device_id": claims.device_id,
            "measurement_id": claims.measurement_id,
            "report_data": report_data,
            "tcb_status": status,
            "code": null,
            "reason": null,
        }),
        text: fields.render(0),
        passed: true,
    }
}

fn refuse(refusal: &Refusal, vendor: Option<Vendor>, file: &QuoteFile, at: u64) -> Report {
    let mut fields = Fields::default();
    fields.add("verified", "no");
    fields.add("code", format!("{} {}", refusal.code, refusal.name));
    fields.add("reason", &refusal.reason);
    fields.add("refused", format!("the {}", refusal.part));
    fields.add("vendor", vendor.map_or("unknown", Vendor::name));
    fields.add("verified at", time(at));
    add_padding(&mut fields, file, vendor);
    Report {
        json: json!({
            "verified": false,
            "trust_score": 0,
            "vendor": vendor.map(Vendor::name),
            "device_id": null,
            "measurement_id": null,
            "report_data": null,
            "tcb_status": null,
            "code": refusal.code,
            "reason": refusal.reason,
        }),
        text: fields.render(0),
        passed: false,
    }
}

fn add_padding(fields: &mut Fields, file: &QuoteFile, vendor: Option<Vendor>) {
    let padding = vendor.map_or(0, |vendor| file.padding(vendor));
    if padding > 0 {
        let what = format!("{padding} zero bytes of delivery padding were cut off the quote's end");
        fields.add("padding", what);
    }
}
