//! `aivm relay update`: a root and its signatures, made into the call of updateRoot.

use super::{
    signatures::{Signatures, assemble},
    source::{Source, number, refused},
};
use crate::{
    input,
    output::{Failure, Report},
};
use aivm::light_client::Header;
use alloy_primitives::{B256, U256};

const AFTER_HELP: &str = "\
Examples:
  aivm relay update --committee committee.json --source-chain 96369 --root 0x<32 bytes> --height 1000500 \\
    0x<signature> 0x<signature> 0x<signature>
  aivm relay update --committee committee.json --source-chain 96369 --root 0x<32 bytes> --height 1000500 \\
    @signatures.txt --out call.bin
  aivm call --to 0xAAC --data @call.bin --state chain.json

Signatures come in any order; what is there twice or is nobody's is set aside. What is printed passes the checks of the \
precompile, but for its state: the committee must be the one of that height, and the height a new one.

With --json: {\"function\", \"to\", \"data\", \"digest\", \"committee\", \"weight\", \"quorum\", \"total\", \"signers\", \"missing\",
  \"set_aside\": [{\"index\", \"reason\": \"malformed\" | \"duplicate\" | \"foreign\", \"signer\"}]}; signers and missing are \
members with their weights. Not enough signatures: to and data are null.

Exit codes: 0 enough signatures, 1 not enough, 2 bad usage.";

/// Make the call of updateRoot from a root and signatures
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,

    /// The root, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    root: B256,

    /// The block of the source chain that it is the root of
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    height: U256,

    #[command(flatten)]
    signatures: Signatures,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let committee = args.source.committee()?;
    let header = Header::new(args.source.source_chain, args.root, args.height).map_err(refused)?;
    assemble(header, &committee, &args.signatures, "updateRoot")
}
