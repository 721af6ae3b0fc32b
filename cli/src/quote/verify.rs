//! `aivm quote verify`: what the registry and VerifyTEE would say of evidence.

use super::{
    Input,
    evidence::{Evidence, Incomplete},
    submission,
    verdict::{self, Accepted},
};
use crate::{
    certificate_file,
    collateral::{
        chain::{Chain, Refusal, Stop},
        file::{Collateral, Form},
        trust_anchor::TrustAnchor,
    },
    golden::{self, GoldenFiles},
    input,
    output::{Failure, Report},
    system,
};
use aivm::evidence::{Golden, Rejection, Vendor, cca::token::Token};
use alloy_primitives::B256;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm quote verify quote.bin --collateral collateral.json
  aivm quote verify quote.bin --collateral collateral.json --at 1751328000 --json
  aivm quote verify report.bin --certs vcek.pem --nonce 0x<32 bytes>
  aivm quote verify gpu.bin --certs chain.pem
  aivm quote verify gpu.json --driver-rim driver.xml --vbios-rim vbios.xml
  aivm quote verify token.cbor --trust-anchor ta.json

It does what a new chain would do at that time: it checks the layout of the evidence, submits the collateral to the \
registry, and verifies the evidence against it with the default policy. The first check that fails gives the code. The \
measurement is on no allow list of a new chain, which costs 30 points (but for NVIDIA, where golden measurements judge); \
the least score that verifies is 50.

What each vendor needs beside the evidence:

  SGX, TDX   --collateral: JSON as the crate dcap-qvl writes it (QuoteCollateralV3). If it has pck_certificate_chain, \
that must be the chain in the quote.
  SEV-SNP    --certs: the VCEK or VLEK, if it does not follow the report, and if you like its issuers (ASK or ASVK, ARK). \
Or --collateral: JSON {\"endorsement_ca\", \"crl\"}. Without either the ASK of AMD that is built in is used; a VLEK needs \
its ASVK, which AMD's service gives.
  NVIDIA     --certs: the chain of five, from the leaf to the root, if it does not come with the report. Or two \
certificates (leaf and device) and --collateral: JSON {\"identity_ca\", \"provisioner_ca\"}. With --driver-rim and \
--vbios-rim the measurements are compared, as where governance has stored them.
  Arm CCA    --trust-anchor: JSON [{\"instance-id\", \"implementation-id\", \"pkey\"}], pkey being a JWK, or a JWK alone, \
which is then the key of the platform that the token names. Governance registers it; without it no token verifies.

A root among the certificates must be the one in state.

With --json:
  {\"verified\", \"trust_score\", \"vendor\", \"device_id\", \"measurement_id\", \"report_data\", \"tcb_status\", \"code\", \
\"reason\"}
  Verified: code and reason are null. Not verified: trust_score is 0, and device_id, measurement_id, report_data and \
tcb_status are null. device_id is null too for evidence that names no device, tcb_status for vendors that have none.

Exit codes: 0 verified, 1 not verified, 2 bad usage.";

/// Verify evidence at a time: what a new chain would say of it
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    input: Input,

    /// SEV-SNP, NVIDIA: the certificates that the evidence comes without, PEM or DER
    #[arg(long, value_name = "PEM")]
    certs: Option<PathBuf>,

    /// The vendor's collateral, JSON; required for SGX and TDX
    #[arg(long, value_name = "JSON")]
    collateral: Option<PathBuf>,

    /// Arm CCA: the keys of platforms, JSON
    #[arg(long, value_name = "JSON")]
    trust_anchor: Option<PathBuf>,

    #[command(flatten)]
    golden: GoldenFiles,

    /// When to verify, in Unix seconds [default: the current time]
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,

    /// The 32 bytes that the report data must begin with [default: they are not checked]
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    nonce: Option<B256>,
}

/// What is given along with evidence.
struct Given {
    collateral: Option<Collateral>,
    trust_anchor: Option<TrustAnchor>,
    golden: Option<Golden>,
    nonce: Option<B256>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let (file, vendor) = args.input.read()?;
    let at = args.at.map_or_else(system::now, Ok)?;
    let Some(vendor) = vendor else {
        let (rejection, reason) = file.no_vendor();
        let refusal = Refusal::saying("evidence", rejection, reason);
        return Ok(verdict::refuse(&refusal, None, &file, at));
    };
    let certificates = read_certificates(args, vendor)?;
    let given = read_given(args, vendor, at)?;
    let evidence = match Evidence::assemble(&file, vendor, certificates.as_deref()) {
        Ok(evidence) => evidence,
        Err(Incomplete::Missing(failure)) => return Err(failure),
        Err(Incomplete::Refused(rejection, reason)) => {
            let refusal = Refusal::saying("certificates", rejection, reason);
            return Ok(verdict::refuse(&refusal, Some(vendor), &file, at));
        }
    };
    let with_golden = given.golden.is_some();
    Ok(match verify(&evidence, given, at) {
        Ok(accepted) if with_golden && accepted.lacks_golden() => return Err(other_versions()),
        Ok(accepted) => verdict::accept(&accepted, &file, at, args.nonce),
        Err(stop) => verdict::refuse(&stop.refusal()?, Some(vendor), &file, at),
    })
}

fn read_certificates(args: &Args, vendor: Vendor) -> Result<Option<Vec<Vec<u8>>>, Failure> {
    let Some(path) = &args.certs else {
        return Ok(None);
    };
    match vendor {
        Vendor::SevSnp | Vendor::Nvidia => certificate_file::read("--certs", path).map(Some),
        Vendor::Sgx | Vendor::Tdx | Vendor::ArmCca => Err(Failure::new(format!(
            "--certs: evidence of {} needs none beside it",
            vendor.name()
        ))
        .next("leave it out")),
    }
}

/// Reads the other files.
fn read_given(args: &Args, vendor: Vendor, at: u64) -> Result<Given, Failure> {
    let collateral = match (&args.collateral, vendor) {
        (Some(path), _) => Some(Collateral::read("--collateral", path, Some(Form::of(vendor)))?),
        (None, Vendor::Sgx | Vendor::Tdx) => return Err(no_collateral()),
        (None, _) => None,
    };
    let trust_anchor = args.trust_anchor.as_deref();
    if trust_anchor.is_some() && vendor != Vendor::ArmCca {
        return Err(Failure::new("--trust-anchor is for tokens of Arm CCA").next("leave it out"));
    }
    let trust_anchor = trust_anchor
        .map(|path| TrustAnchor::read("--trust-anchor", path))
        .transpose()?;
    Ok(Given {
        collateral,
        trust_anchor,
        golden: golden::read_pair(&args.golden, vendor, at)?,
        nonce: args.nonce,
    })
}

fn no_collateral() -> Failure {
    Failure::new("a quote can only be verified against Intel's collateral: --collateral is missing").next(
        "fetch it for the quote's FMSPC and CA, which `aivm quote inspect` shows, from Intel's or a data center's \
         provisioning service with dcap-qvl, and give --collateral FILE",
    )
}

fn other_versions() -> Failure {
    Failure::new("--driver-rim and --vbios-rim are not for the driver and the VBIOS of this report")
        .next("get the files for its versions: `aivm quote inspect` shows their ids")
}

/// The evidence's layout, the collateral, then the evidence, on a new chain at this time.
fn verify(evidence: &Evidence, given: Given, at: u64) -> Result<Accepted, Stop> {
    evidence.check_layout().map_err(Stop::refused("evidence"))?;
    submission::check_roots(evidence)?;
    let mut chain = Chain::at(at);
    let stored = match given.trust_anchor {
        Some(anchor) => {
            let token = Token::parse(&evidence.body).map_err(Stop::refused("evidence"))?;
            let keys = Collateral::Cca(anchor.platforms(&token));
            submission::submit(&mut chain, evidence, Some(&keys))?
        }
        None => submission::submit(&mut chain, evidence, given.collateral.as_ref())?,
    };
    if let Some(golden) = &given.golden {
        chain.set_golden(evidence.vendor, golden)?;
    }
    let verified = chain.verify(&evidence.bytes())?;
    submission::check_pck_chain(evidence, given.collateral.as_ref())?;
    let report_data = verified.claims.report_data;
    if given
        .nonce
        .is_some_and(|nonce| !report_data.starts_with(nonce.as_slice()))
    {
        return Err(Stop::refused("nonce")(Rejection::NonceMismatch));
    }
    Ok(Accepted { verified, stored })
}
