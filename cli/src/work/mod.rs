//! `aivm work`: work proofs, their ids, and ML-DSA signatures over them.

mod claim;
mod proof;
mod signature;

pub(crate) use proof::Header;

use crate::output::{Failure, Report};
use aivm::{Config, precompiles::mining::Operation};
use alloy_primitives::Address;
use clap::Subcommand;

const AFTER_HELP: &str = "\
A work proof is device id(32), nonce(32), timestamp(8), privacy level(2), compute minutes(4), and optional evidence.
What is signed is the bytes of the work proof, or what the contract MiningRewards takes. Where a file is named with @, @- is standard input.

Examples:
  aivm work encode --device-id 0x<32 bytes> --nonce 0x<32 bytes> --timestamp 1766708400 \\
    --level private --minutes 60 > proof.hex
  aivm work id @proof.hex
  aivm key new --set 65 --out miner.key
  aivm work sign --key miner.key @proof.hex > signature.hex
  aivm work verify --key miner.key --signature @signature.hex @proof.hex
  aivm work sign --key miner.key --for 0x<MiningRewards> --chain-id 96369 @proof.hex > claim.hex";

/// Make, name, sign and verify work proofs
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Encode(proof::EncodeArgs),
    Id(proof::IdArgs),
    Sign(signature::SignArgs),
    Verify(signature::VerifyArgs),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.command {
        Command::Encode(args) => proof::encode(args),
        Command::Id(args) => proof::id(args),
        Command::Sign(args) => signature::sign(args),
        Command::Verify(args) => signature::verify(args),
    }
}

/// Where AI mining is, and a call of one of its operations.
fn mining_call(operation: Operation, payload: &[&[u8]]) -> (Address, Vec<u8>) {
    let mut data = vec![operation.opcode()];
    data.extend(payload.concat());
    (Config::default().addresses.mining, data)
}
