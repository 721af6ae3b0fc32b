//! `aivm relay committee`: what a committee is, and the call with which governance sets it.

use super::source::{describe, members_json, number, read_committee, refused};
use crate::{
    call_data::CallData,
    output::{Failure, Fields, Report},
};
use aivm::light_client::set_committee;
use alloy_primitives::U256;
use serde_json::json;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm relay committee committee.json --source-chain 96369 --from-height 1000000
  aivm relay committee committee.json --source-chain 96369 --from-height 1000000 --out call.bin
  aivm call --to 0xAAC --data @call.bin --state chain.json --from 0x<governance>

Governance of the registry sets a committee to begin with, and after an equivocation. No root that was accepted before is \
used again, and no committee: one that was set or rotated to before is refused with CommitteeUsed, since what it signed \
then would count again. The same members come back with other weights, all of them doubled, say.

With --json: {\"committee\", \"members\": [{\"address\", \"weight\"}], \"quorum\", \"total\", \"function\", \"to\", \"data\"}.

Exit codes: 0, 2 bad usage.";

/// Show a committee, and make the call of setCommittee
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The committee, a JSON file; - is standard input
    file: PathBuf,

    /// The id of the source chain
    #[arg(long, value_name = "ID", value_parser = number)]
    source_chain: U256,

    /// The first block of the source chain whose root the committee signs
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    from_height: U256,

    /// Write the call data into this file, for `aivm call --data @FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let committee = read_committee("the committee", &args.file)?;
    let data = set_committee(args.source_chain, &committee, args.from_height).map_err(refused)?;
    let call = CallData::for_sync(data.to_vec());
    call.write(args.out.as_deref())?;
    let mut fields = Fields::default();
    describe(&committee, &mut fields);
    call.describe("setCommittee, from governance", args.out.as_deref(), &mut fields);
    Ok(Report {
        json: json!({
            "committee": committee.id(),
            "members": members_json(committee.iter()),
            "quorum": committee.quorum().to_string(),
            "total": committee.total_weight().to_string(),
            "function": "setCommittee",
            "to": call.to,
            "data": call.hex(),
        }),
        text: fields.render(0),
        passed: true,
    })
}
