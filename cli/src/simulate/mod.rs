//! `aivm simulate`: proofs, evidence and signatures of made-up vendors and miners, for tests and development networks.
//!
//! | file | what it holds |
//! |---|---|
//! | `device` | proofs and evidence of simulated devices, and the calls after which they verify |
//! | `signer` | ML-DSA keys that are functions of a number, and their signatures |

mod device;
mod signer;

use crate::output::{Failure, Report};
use clap::Subcommand;

const LONG_ABOUT: &str = "\
Proofs, evidence and signatures of made-up vendors and miners, for tests and development networks.

Nothing trusts them: a chain accepts this evidence only after its governance has installed the made-up roots, with the \
calls that `aivm simulate calls` prints. From then on anyone can make evidence for that chain: never do so where anything \
of value is. The keys of `aivm simulate key` follow from a small number: everyone has them.

The evidence is real in every other respect: formats, certificate chains and signatures are verified as genuine ones \
are. The roots and the collateral are valid from 2025-10-09 08:53:20 UTC (1760000000) for five years: set the time of the \
block to that or later. The same arguments give the same bytes in every run.";

const AFTER_HELP: &str = "\
Examples:
  aivm simulate calls
  aivm simulate proof --vendor tdx --device 7 --chain-id 31337 --operator 0x<address> --nonce 1
  aivm simulate evidence --vendor armcca --device 7 --nonce 0x<32 bytes>
  aivm simulate key --set 65 --seed 1
  aivm simulate sign --set 65 --seed 1 --message 0x1234

Every command prints hexadecimal, for Foundry's vm.ffi. With --json: one object, as the help of each says.";

/// Make proofs and evidence of made-up vendors, for tests and development networks
#[derive(clap::Args)]
#[command(long_about = LONG_ABOUT, after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the calls to the registry after which simulated evidence verifies
    #[command(after_help = device::CALLS_HELP)]
    Calls,
    Proof(device::ProofArgs),
    Evidence(device::EvidenceArgs),
    Key(signer::KeyArgs),
    Sign(signer::SignArgs),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    Ok(match &args.command {
        Command::Calls => device::calls(),
        Command::Proof(args) => device::proof(args),
        Command::Evidence(args) => device::evidence(args),
        Command::Key(args) => signer::key(args),
        Command::Sign(args) => signer::sign(args)?,
    })
}
