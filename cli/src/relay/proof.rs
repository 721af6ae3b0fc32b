//! `aivm relay proof`: a device proof, checked, and made into a call.

use super::{
    proof_file::{Found, from_state, read},
    source::number,
};
use crate::{
    call_data::CallData,
    input,
    output::{Failure, Fields, Report},
};
use alloy_primitives::{B256, U256};
use serde_json::json;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  From the registry of a state file of `aivm call`:
    aivm relay proof --state source.json --device 0x<device id> --json > found.json
  From provenStatus and getMerkleProof of 0x0AAB on the source chain, as a file:
    aivm relay proof --proof proof.json --root 0x<root>
  Under the root of an earlier block:
    aivm relay proof --proof proof.json --root 0x<root> --height 1000500 --out call.bin
    aivm call --to 0xAAC --data @call.bin --state chain.json --static

A proof file:
  {\"device_id\": \"0x…\",
   \"status\": {\"attested\": true, \"trust_score\": 90, \"last_seen\": 1751328000, \"operator\": \"0x…\", \"vendor\": \"tdx\"},
   \"nodes\": [\"0x…\", …]}
  Status and nodes must be those of one block, the block of the root. nodes is empty for the only device of a chain.

With --json: {\"proven\", \"root\", \"proof\": {\"device_id\", \"status\", \"nodes\"}, \"function\", \"to\", \"data\"}; root is the \
one that the proof leads to, and proof has the form of a proof file. Not proven: function, to and data are null.

Exit codes: 0 proven, 1 not proven, 2 bad usage.";

/// Check a device proof against a root, and make the call of verifyDeviceProof
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The proof, a JSON file; - is standard input
    #[arg(
        long,
        value_name = "FILE",
        requires = "root",
        conflicts_with = "state",
        required_unless_present = "state"
    )]
    proof: Option<PathBuf>,

    /// Take the proof from the registry of this state file
    #[arg(long, value_name = "FILE", requires = "device")]
    state: Option<PathBuf>,

    /// The device, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word, requires = "state")]
    device: Option<B256>,

    /// The root that must prove it, 32 bytes [default with --state: that of its registry]
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    root: Option<B256>,

    /// Make the call of verifyDeviceProofAt, under the root of this block [default: the latest root]
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    height: Option<U256>,

    /// Write the call data into this file, for `aivm call --data @FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let (found, root) = match (&args.proof, &args.state, args.device, args.root) {
        (Some(path), None, None, Some(root)) => (read(path)?, root),
        (None, Some(path), Some(device), root) => {
            let (found, registry_root) = from_state(path, device)?;
            (found, root.unwrap_or(registry_root))
        }
        _ => {
            return Err(
                Failure::new("where is the proof?").next("give --proof and --root, or --state and --device")
            );
        }
    };
    if found.proof.proves(root) {
        proven(args, &found)
    } else {
        Ok(not_proven(&found, root))
    }
}

fn proven(args: &Args, found: &Found) -> Result<Report, Failure> {
    let (function, data) = match args.height {
        Some(height) => ("verifyDeviceProofAt", found.proof.call_data_at(height)),
        None => ("verifyDeviceProof", found.proof.call_data()),
    };
    let call = CallData::for_sync(data.to_vec());
    call.write(args.out.as_deref())?;
    let mut fields = Fields::default();
    fields.add("proven", "yes");
    fields.add("root", found.proof.root());
    call.describe(function, args.out.as_deref(), &mut fields);
    Ok(Report {
        json: json!({
            "proven": true,
            "root": found.proof.root(),
            "proof": found.json,
            "function": function,
            "to": call.to,
            "data": call.hex(),
        }),
        text: fields.render(0),
        passed: true,
    })
}

fn not_proven(found: &Found, root: B256) -> Report {
    let mut fields = Fields::default();
    fields.add("proven", "no");
    fields.add("the proof leads to", found.proof.root());
    fields.add("the root is", root);
    fields.add(
        "next",
        "take provenStatus, getMerkleProof and registryRoot from one block of the source chain",
    );
    Report {
        json: json!({
            "proven": false,
            "root": found.proof.root(),
            "proof": found.json,
            "function": null,
            "to": null,
            "data": null,
        }),
        text: fields.render(0),
        passed: false,
    }
}
