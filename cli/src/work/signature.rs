//! `aivm work sign` and `aivm work verify`: ML-DSA over a work proof.

use super::{claim::Claim, mining_call};
use crate::{
    abi, call,
    evm::Status,
    input,
    key::{self, Key},
    output::{Failure, Fields, Report, grouped},
};
use aivm::{crypto::ParameterSet, precompiles::mining::Operation};
use alloy_primitives::{U256, hex};
use clap::ArgGroup;
use serde_json::json;
use std::path::PathBuf;

const SIGN_HELP: &str = "\
Examples:
  aivm work sign --key miner.key @proof.hex > signature.hex
  aivm work sign --key miner.key --for 0x<MiningRewards> --chain-id 96369 @proof.hex
  aivm work sign --key miner.key 0x1111…003c --json

Pure ML-DSA of FIPS 204 with the empty context, deterministic. What is signed is the bytes of the work proof, evidence \
included. With --for it is what the contract MiningRewards takes, so that a claim holds in one contract of one chain: \
\"aivm.MiningRewards.v1\", the chain's id (32 bytes), the contract (20), and the first 78 bytes of the proof.

With --json: {\"set\", \"public_key\", \"signature\"}.";

const VERIFY_HELP: &str = "\
Examples:
  aivm work verify --key miner.key --signature @signature.hex @proof.hex
  aivm work verify --set 65 --public-key @public.hex --signature @signature.hex @proof.hex --json

Runs VerifyMLDSA at 0x0300. Exit code 0 if the signature verifies, 1 if not. --for and --chain-id are those of the \
signature, if it has any.

With --json: {\"verified\", \"set\", \"gas_used\", \"error\"}; error is null, or {\"name\", \"args\"} where the precompile \
reverts, as it does for more than 8,192 bytes.";

/// Sign a work proof; prints the signature in hexadecimal
#[derive(clap::Args)]
#[command(after_help = SIGN_HELP)]
pub(super) struct SignArgs {
    /// A key file that `aivm key new` wrote
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    #[command(flatten)]
    claim: Claim,
}

/// Verify the signature of a work proof with the precompile
#[derive(clap::Args)]
#[command(after_help = VERIFY_HELP)]
#[command(group(ArgGroup::new("signer").required(true).args(["key", "public_key"])))]
pub(super) struct VerifyArgs {
    /// A key file that `aivm key new` wrote; its public key is used
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    key: Option<PathBuf>,

    /// The public key: hexadecimal, or @ and the name of a file
    #[arg(long, value_name = "HEX|@FILE", requires = "set")]
    public_key: Option<String>,

    /// The parameter set of the public key: 44, 65 or 87
    #[arg(long, value_name = "44|65|87", value_parser = key::parameter_set, requires = "public_key")]
    set: Option<ParameterSet>,

    /// The signature: hexadecimal, or @ and the name of a file
    #[arg(long, value_name = "HEX|@FILE")]
    signature: String,

    #[command(flatten)]
    claim: Claim,
}

/// Runs `aivm work sign`.
pub(super) fn sign(args: &SignArgs) -> Result<Report, Failure> {
    let message = args.claim.message_to_sign()?;
    let key = Key::read(&args.key)?;
    let signature = hex::encode_prefixed(key.sign(&message)?);
    Ok(Report {
        json: json!({
            "set": key::set_name(key.set()),
            "public_key": hex::encode_prefixed(key.public_key()),
            "signature": signature,
        }),
        text: signature,
        passed: true,
    })
}

/// Runs `aivm work verify`.
pub(super) fn verify(args: &VerifyArgs) -> Result<Report, Failure> {
    let message = args.claim.message()?;
    let (set, public_key) = signer(args)?;
    let signature = input::bytes_argument("--signature", &args.signature)?;
    check_length("--signature", set, signature.len(), set.signature_len())?;
    let payload: [&[u8]; 4] = [&[key::set_byte(set)], &public_key, &signature, &message];
    let (mining, data) = mining_call(Operation::VerifyMldsa, &payload);
    let outcome = call::pure(mining, data)?;
    let verified = outcome.status == Status::Success
        && U256::try_from_be_slice(&outcome.output).is_some_and(|word| word == U256::ONE);
    let error = abi::error_of(&outcome);
    let mut fields = Fields::default();
    fields.add("verified", if verified { "yes" } else { "no" });
    fields.add("parameter set", key::set_name(set));
    fields.add("gas used", grouped(outcome.gas_used));
    if let Some(error) = &error {
        fields.add("error", error.text());
    }
    Ok(Report {
        json: json!({
            "verified": verified,
            "set": key::set_name(set),
            "gas_used": outcome.gas_used,
            "error": error.as_ref().map(abi::Named::json),
        }),
        text: fields.render(0),
        passed: verified,
    })
}

fn signer(args: &VerifyArgs) -> Result<(ParameterSet, Vec<u8>), Failure> {
    if let Some(path) = &args.key {
        let key = Key::read(path)?;
        return Ok((key.set(), key.public_key().to_vec()));
    }
    let (Some(set), Some(public_key)) = (args.set, &args.public_key) else {
        return Err(Failure::new("whose signature is it?").next("give --key, or --set and --public-key"));
    };
    let public_key = input::bytes_argument("--public-key", public_key)?;
    check_length("--public-key", set, public_key.len(), set.public_key_len())?;
    Ok((set, public_key))
}

/// Keys and signatures of another length would shift the fields behind them.
fn check_length(option: &str, set: ParameterSet, length: usize, expected: usize) -> Result<(), Failure> {
    if length == expected {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{option}: with {} it has {expected} bytes, this one has {length}",
        key::set_name(set)
    ))
    .next("check that it is complete, and of this parameter set"))
}
