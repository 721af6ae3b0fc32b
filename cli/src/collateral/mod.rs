//! `aivm collateral`: what verifies evidence, shown, packed and tried out.
//!
//! | file | what it holds |
//! |---|---|
//! | `file` | files that hold collateral of any vendor |
//! | `trust_anchor` | keys of Arm CCA platforms |
//! | `chain` | a new chain, which collateral is submitted to |
//! | `inspect`, `pack`, `verify` | the commands |

pub(crate) mod chain;
pub(crate) mod file;
mod inspect;
mod pack;
pub(crate) mod trust_anchor;
pub(crate) mod verify;

use crate::output::{Failure, Report};
use clap::Subcommand;

const AFTER_HELP: &str = "\
Evidence is checked against collateral, which anyone submits to the registry from time to time. A file is one of:

  SGX, TDX   JSON as the crate dcap-qvl writes it (QuoteCollateralV3)
  SEV-SNP    JSON {\"endorsement_ca\", \"crl\"}, or the chain that AMD's service gives (ASK or ASVK, then ARK), PEM or DER
  NVIDIA     JSON {\"identity_ca\", \"provisioner_ca\"}, or a GPU's chain of five certificates, PEM or DER
  Arm CCA    JSON [{\"instance-id\", \"implementation-id\", \"pkey\"}], pkey being a JWK: the keys of platforms

The fields of SEV-SNP and NVIDIA are PEM, or DER in hexadecimal or base64; crl may be left out as long as the chain knows \
none.

Examples:
  aivm collateral inspect collateral.json
  aivm collateral verify collateral.json --at 1751328000
  aivm collateral pack cert_chain.pem --out call.bin
  aivm call --to 0xAAA --data @call.bin --state chain.json --json";

/// Show, pack or try out the collateral of a vendor
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::Args),
    Pack(pack::Args),
    Verify(verify::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.command {
        Command::Inspect(args) => inspect::run(args),
        Command::Pack(args) => pack::run(args),
        Command::Verify(args) => verify::run(args),
    }
}
