//! `aivm quote`: evidence of all vendors, shown, verified and packed.
//!
//! | file | what it holds |
//! |---|---|
//! | `file`, `container`, `wrapper` | files that hold evidence, and what it is wrapped in |
//! | `evidence` | evidence put together with the certificates beside it |
//! | `submission` | the collateral that goes with it |
//! | `layout` | what evidence of each vendor says |
//! | `inspect`, `verify`, `pack` | the commands |
//! | `verdict` | what `verify` has to say |

mod container;
mod evidence;
pub(crate) mod file;
mod inspect;
mod layout;
mod pack;
mod submission;
mod verdict;
mod verify;
mod wrapper;

use crate::output::{Failure, Report};
use aivm::evidence::Vendor;
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
A file is raw bytes, hexadecimal text, base64 text, or JSON; - is standard input. Whose evidence it is, is told from the \
bytes:

  SGX, TDX   a quote of version 3, 4 or 5
  SEV-SNP    a report (1,184 bytes), alone or followed by its VCEK or VLEK; Azure's HCL blob; dstack's attestation
  NVIDIA     an SPDM request and the response to it, one after the other
  Arm CCA    a token, CBOR
  any        evidence as the precompiles take it: the vendor byte first

JSON is an object, or a list of them, or one with such a list in evidence_list. The evidence is in the field evidence, \
report, quote, attestation_report or token, in hexadecimal or base64; the certificates in certificate, certificates, \
cert_chain, certificate_chain or certs, in PEM, hexadecimal or base64; vendor, if there, names the vendor. So NVIDIA's own \
[{\"evidence\", \"certificate\"}] is read as it is.

Zero bytes behind the declared end of a TDX quote are delivery padding and are cut off, which is said. What follows the \
end of other evidence is refused.

Examples:
  aivm quote inspect quote.bin
  aivm quote verify quote.bin --collateral collateral.json --at 1751328000
  aivm quote verify report.bin --certs vcek.pem
  aivm quote verify gpu.json --nonce 0x<32 bytes> --json
  aivm quote verify token.cbor --trust-anchor ta.json
  aivm quote pack report.bin --certs vcek.pem --out evidence.bin";

/// Show, verify or pack evidence: SGX, TDX, SEV-SNP, NVIDIA, Arm CCA
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
    Pack(pack::Args),
}

/// The vendors, as options name them.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Tee {
    /// Intel SGX, quote version 3
    #[value(name = "sgx")]
    Sgx,
    /// AMD SEV-SNP, report versions 2, 3 and 5
    #[value(name = "sevsnp")]
    SevSnp,
    /// Intel TDX, quote versions 4 and 5
    #[value(name = "tdx")]
    Tdx,
    /// NVIDIA GPUs, SPDM 1.1
    #[value(name = "nvidia")]
    Nvidia,
    /// Arm CCA tokens
    #[value(name = "armcca")]
    ArmCca,
}

impl From<Tee> for Vendor {
    fn from(tee: Tee) -> Self {
        match tee {
            Tee::Sgx => Self::Sgx,
            Tee::SevSnp => Self::SevSnp,
            Tee::Tdx => Self::Tdx,
            Tee::Nvidia => Self::Nvidia,
            Tee::ArmCca => Self::ArmCca,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.command {
        Command::Inspect(args) => inspect::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Pack(args) => pack::run(args),
    }
}

/// The file with evidence, and how to read it.
#[derive(clap::Args)]
struct Input {
    /// The evidence: raw, hexadecimal, base64 or JSON; - is standard input
    file: PathBuf,

    /// Read it as evidence of this vendor [default: told from the bytes]
    #[arg(long)]
    vendor: Option<Tee>,

    /// Which of several pieces of evidence in JSON, from 1
    #[arg(long, value_name = "NUMBER")]
    entry: Option<usize>,
}

impl Input {
    /// The file, and the vendor that is given or told.
    fn read(&self) -> Result<(file::EvidenceFile, Option<Vendor>), Failure> {
        let file = file::EvidenceFile::read("the evidence", &self.file, self.entry)?;
        let vendor = self.vendor.map(Vendor::from).or_else(|| file.vendor());
        Ok((file, vendor))
    }
}
