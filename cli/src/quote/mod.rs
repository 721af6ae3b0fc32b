//! `aivm quote`: Intel SGX and TDX quotes, shown and verified.

pub(crate) mod file;
mod inspect;
mod layout;
mod verify;

use crate::output::{Failure, Report};
use aivm::evidence::Vendor;
use clap::{Subcommand, ValueEnum};

const AFTER_HELP: &str = "\
A quote file is raw bytes, hexadecimal text or base64 text; - is standard input. SGX or TDX is told from the quote's TEE type.
Zero bytes behind the declared end of a TDX quote are delivery padding and are cut off, which is said. SGX quotes are \
never padded: what follows their end is refused (code 107).

Examples:
  aivm quote inspect quote.bin
  aivm quote verify quote.bin --collateral collateral.json --at 1751328000
  aivm quote verify quote.bin --collateral collateral.json --nonce 0x<32 bytes> --json";

/// Show or verify an Intel SGX or TDX quote
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::Args),
    Verify(verify::Args),
}

/// The vendors whose quotes this version reads.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum IntelTee {
    /// Intel SGX, quote version 3
    Sgx,
    /// Intel TDX, quote versions 4 and 5
    Tdx,
}

impl From<IntelTee> for Vendor {
    fn from(tee: IntelTee) -> Self {
        match tee {
            IntelTee::Sgx => Self::Sgx,
            IntelTee::Tdx => Self::Tdx,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.command {
        Command::Inspect(args) => inspect::run(args),
        Command::Verify(args) => verify::run(args),
    }
}
