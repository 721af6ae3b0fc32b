//! `aivm relay digest`: what members of a committee sign.

use super::source::{Source, number, read_committee, refused};
use crate::{
    call_data::write_file,
    input,
    output::{Failure, Fields, Report},
};
use aivm::light_client::{Header, Message, Rotation};
use alloy_primitives::{B256, U256};
use serde_json::json;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  A root:
    aivm relay digest --committee committee.json --source-chain 96369 --root 0x<32 bytes> --height 1000500
  The same into a file, which Foundry's cast signs:
    aivm relay digest --committee committee.json --source-chain 96369 --root 0x<32 bytes> --height 1000500 --out root.json
    cast wallet sign --ledger --data --from-file root.json
  A handover to the next committee:
    aivm relay digest --committee committee.json --source-chain 96369 --next next.json --from-height 2000000 --json

Members sign EIP-712 data: the digest, with a key at hand, or the typed data, with a wallet (eth_signTypedData_v4). \
Compare the root with registryRoot() of 0x0AAB on the source chain before you sign: two roots signed for one height \
freeze the client.

With --json: {\"digest\", \"committee\", \"quorum\", \"total\", \"typed_data\"}.

Exit codes: 0, 2 bad usage.";

/// What members of the committee sign, for a root or for a handover
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,

    /// The root, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word, requires = "height", conflicts_with = "next", required_unless_present = "next")]
    root: Option<B256>,

    /// The block of the source chain that it is the root of
    #[arg(long, value_name = "NUMBER", value_parser = number, requires = "root")]
    height: Option<U256>,

    /// The next committee, a JSON file
    #[arg(long, value_name = "FILE", requires = "from_height")]
    next: Option<PathBuf>,

    /// The first block whose root the next committee signs
    #[arg(long, value_name = "NUMBER", value_parser = number, requires = "next")]
    from_height: Option<U256>,

    /// Write the typed data into this file, for wallets that read it from one
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let committee = args.source.committee()?;
    let chain = args.source.source_chain;
    let message: Box<dyn Message> = match (args.root, args.height, &args.next, args.from_height) {
        (Some(root), Some(height), None, _) => Box::new(Header::new(chain, root, height).map_err(refused)?),
        (None, _, Some(next), Some(from_height)) => {
            let next = read_committee("--next", next)?;
            Box::new(Rotation::new(chain, next, from_height).map_err(refused)?)
        }
        _ => {
            return Err(Failure::new("what is signed is a root or a handover")
                .next("give --root and --height, or --next and --from-height"));
        }
    };
    let (digest, typed_data) = (message.digest(&committee), message.typed_data(&committee));
    let mut fields = Fields::default();
    super::source::describe(&committee, &mut fields);
    fields.add("digest", digest);
    let text = typed_data.to_string();
    match &args.out {
        Some(path) => {
            write_file(path, text.as_bytes())?;
            fields.add("typed data", format!("written to {}", path.display()));
        }
        None => {
            fields.add("typed data", text);
        }
    }
    Ok(Report {
        json: json!({
            "digest": digest,
            "committee": committee.id(),
            "quorum": committee.quorum().to_string(),
            "total": committee.total_weight().to_string(),
            "typed_data": typed_data,
        }),
        text: fields.render(0),
        passed: true,
    })
}
