//! `aivm work encode` and `aivm work id`: a work proof as bytes, and its id.

use super::mining_call;
use crate::{
    abi, call,
    evm::Status,
    input,
    output::{Failure, Report},
    quote::file::EvidenceFile,
};
use aivm::{
    evidence::MAX_EVIDENCE_LEN,
    precompiles::mining::{Operation, WorkProof},
};
use alloy_primitives::{B256, hex};
use serde_json::json;
use std::path::PathBuf;

const ENCODE_HELP: &str = "\
Examples:
  aivm work encode --device-id 0x1111111111111111111111111111111111111111111111111111111111111111 \\
    --nonce 0x2222222222222222222222222222222222222222222222222222222222222222 \\
    --timestamp 1766708400 --level confidential --minutes 60
  aivm work encode … --evidence quote.bin --json

The evidence is a quote as `aivm quote` reads it (its vendor byte is put in front, delivery padding is cut off), or \
evidence that begins with its vendor byte. It is no part of the work id.

With --json: {\"work_proof\", \"bytes\"}.";

const ID_HELP: &str = "\
Examples:
  aivm work id @proof.hex
  aivm work id 0x1111…003c --json

The id is BLAKE3-256 of the first 78 bytes, from ComputeWorkId at 0x0300: evidence does not change it.

With --json: {\"work_id\", \"gas_used\", \"error\"}; error is null, or {\"name\", \"args\"} where the proof is refused, and \
then work_id is null and the exit code 1.";

/// Encode a work proof; prints it in hexadecimal
#[derive(clap::Args)]
#[command(after_help = ENCODE_HELP)]
pub(super) struct EncodeArgs {
    /// The device that did the work, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    device_id: B256,

    /// The work's nonce, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    nonce: B256,

    /// When the work was done, in Unix seconds
    #[arg(long, value_name = "SECONDS")]
    timestamp: u64,

    /// Who may see the data: 1 public, 2 private, 3 confidential, 4 sovereign
    #[arg(long, value_parser = privacy_level)]
    level: u16,

    /// How many minutes the work took
    #[arg(long)]
    minutes: u32,

    /// Append evidence from this file
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
}

/// The id of a work proof
#[derive(clap::Args)]
#[command(after_help = ID_HELP)]
pub(super) struct IdArgs {
    /// The work proof: hexadecimal, or @ and the name of a file
    #[arg(value_name = "HEX|@FILE")]
    proof: String,
}

/// Runs `aivm work encode`.
pub(super) fn encode(args: &EncodeArgs) -> Result<Report, Failure> {
    let header = Header {
        device_id: args.device_id,
        nonce: args.nonce,
        timestamp: args.timestamp,
        level: args.level,
        minutes: args.minutes,
    };
    let mut proof = header.encode();
    if let Some(path) = &args.evidence {
        proof.extend(evidence(&EvidenceFile::read("--evidence", path, None)?)?);
    }
    WorkProof::parse(&proof).map_err(Failure::internal)?;
    Ok(Report {
        json: json!({ "work_proof": hex::encode_prefixed(&proof), "bytes": proof.len() }),
        text: hex::encode_prefixed(&proof),
        passed: true,
    })
}

/// Runs `aivm work id`.
pub(super) fn id(args: &IdArgs) -> Result<Report, Failure> {
    let proof = input::bytes_argument("the work proof", &args.proof)?;
    let (mining, data) = mining_call(Operation::ComputeWorkId, &[&proof]);
    let outcome = call::pure(mining, data)?;
    let error = abi::error_of(&outcome);
    let passed = outcome.status == Status::Success;
    Ok(Report {
        json: json!({
            "work_id": passed.then_some(&outcome.output),
            "gas_used": outcome.gas_used,
            "error": error.as_ref().map(abi::Named::json),
        }),
        text: error.map_or_else(
            || outcome.output.to_string(),
            |error| format!("refused: {}", error.text()),
        ),
        passed,
    })
}

/// The fields that every work proof has.
pub(crate) struct Header {
    /// The device that did the work.
    pub(crate) device_id: B256,
    /// The work's nonce.
    pub(crate) nonce: B256,
    /// When the work was done, in Unix seconds.
    pub(crate) timestamp: u64,
    /// The privacy level, 1 to 4.
    pub(crate) level: u16,
    /// How long the work took.
    pub(crate) minutes: u32,
}

impl Header {
    /// The 78 bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        [
            self.device_id.as_slice(),
            self.nonce.as_slice(),
            &self.timestamp.to_be_bytes(),
            &self.level.to_be_bytes(),
            &self.minutes.to_be_bytes(),
        ]
        .concat()
    }
}

/// The evidence of a file, with its vendor byte.
fn evidence(file: &EvidenceFile) -> Result<Vec<u8>, Failure> {
    let evidence = file.complete_evidence().ok_or_else(|| {
        Failure::new(
            "--evidence: the file is neither a quote nor evidence that begins with a vendor byte, 1 to 5",
        )
        .next("make it such: aivm quote pack FILE --out EVIDENCE")
    })?;
    if evidence.len() > MAX_EVIDENCE_LEN {
        let len = evidence.len();
        return Err(Failure::new(format!(
            "--evidence: the file holds {len} bytes of evidence; the most is {MAX_EVIDENCE_LEN}"
        )));
    }
    Ok(evidence)
}

fn privacy_level(text: &str) -> Result<u16, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "public" => Ok(1),
        "2" | "private" => Ok(2),
        "3" | "confidential" => Ok(3),
        "4" | "sovereign" => Ok(4),
        _ => Err("the levels are 1 public, 2 private, 3 confidential, 4 sovereign".into()),
    }
}
