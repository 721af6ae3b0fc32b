//! `aivm relay`: what goes from a source chain to the state sync (`0x0AAC`) of another one.
//!
//! | file | what it holds |
//! |---|---|
//! | `source` | the source chain and its committee, as options and files |
//! | `signatures` | signatures as arguments and files, and what they come to |
//! | `digest` | what members sign |
//! | `update`, `rotate`, `committee` | the calls that write |
//! | `proof`, `proof_file` | device proofs |

mod committee;
mod digest;
mod proof;
mod proof_file;
mod rotate;
mod signatures;
mod source;
mod update;

use crate::output::{Failure, Report};
use clap::Subcommand;

const AFTER_HELP: &str = "\
State sync follows the attestation registry of another chain, the source. A committee signs the roots of its tree; anyone \
may carry root and signatures over, and then prove devices under it.

A committee is a JSON file: {\"members\": [{\"address\": \"0x…\", \"weight\": 1}, …]}, in any order. Its signers must weigh \
more than two thirds.

Examples:
  Governance begins with a committee, which signs from block 1000000 of chain 96369 on:
    aivm relay committee committee.json --source-chain 96369 --from-height 1000000 --out call.bin
  What members sign, for each of them a wallet's eth_signTypedData_v4:
    aivm relay digest --committee committee.json --source-chain 96369 --root 0x<root> --height 1000500 --json
  Their signatures made into a call, which anyone may send to 0x0AAC:
    aivm relay update --committee committee.json --source-chain 96369 --root 0x<root> --height 1000500 @signatures.txt
  A device of the source chain, proven:
    aivm relay proof --proof proof.json --root 0x<root>";

/// State sync: carry roots, committees and device proofs from a source chain
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Digest(digest::Args),
    Update(update::Args),
    Rotate(rotate::Args),
    Committee(committee::Args),
    Proof(proof::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.command {
        Command::Digest(args) => digest::run(args),
        Command::Update(args) => update::run(args),
        Command::Rotate(args) => rotate::run(args),
        Command::Committee(args) => committee::run(args),
        Command::Proof(args) => proof::run(args),
    }
}
