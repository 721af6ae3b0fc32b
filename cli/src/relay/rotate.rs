//! `aivm relay rotate`: the next committee and signatures of the newest, made into the call of rotateCommittee.

use super::{
    signatures::{Signatures, assemble},
    source::{Source, number, read_committee, refused},
};
use crate::output::{Failure, Report};
use aivm::light_client::Rotation;
use alloy_primitives::U256;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm relay digest --committee committee.json --source-chain 96369 --next next.json --from-height 2000000
  aivm relay rotate --committee committee.json --source-chain 96369 --next next.json --from-height 2000000 \\
    @signatures.txt --out call.bin

The newest committee signs, also where its own first block is yet to come. From the given block on the next one does; no \
root of that block or a later one may be known. A committee that was set or rotated to before is refused with \
CommitteeUsed, since what it signed then would count again; the same members come back with other weights, all of them \
doubled, say.

With --json: as `aivm relay update`.

Exit codes: 0 enough signatures, 1 not enough, 2 bad usage.";

/// Make the call of rotateCommittee from the next committee and signatures of the newest
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,

    /// The next committee, a JSON file
    #[arg(long, value_name = "FILE")]
    next: PathBuf,

    /// The first block whose root the next committee signs
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    from_height: U256,

    #[command(flatten)]
    signatures: Signatures,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let committee = args.source.committee()?;
    let next = read_committee("--next", &args.next)?;
    let rotation = Rotation::new(args.source.source_chain, next, args.from_height).map_err(refused)?;
    assemble(rotation, &committee, &args.signatures, "rotateCommittee")
}
