//! `aivm simulate key` and `sign`: ML-DSA keys that everyone has.

use crate::{
    input,
    key::{self, Key},
    output::{Failure, Report},
};
use aivm::crypto::ParameterSet;
use alloy_primitives::{Bytes, hex, keccak256};
use serde_json::json;

const KEY_HELP: &str = "\
Example:
  aivm simulate key --set 65 --seed 1

The key's seed is Keccak-256 of \"aivm.simulate.mldsa.v1\", the byte of the set and the number: everyone has the key. For \
a key of one's own: aivm key new.

Prints the public key in hexadecimal.

With --json: {\"set\", \"public_key\"}.";

const SIGN_HELP: &str = "\
Examples:
  aivm simulate sign --set 65 --seed 1 --message 0x1234
  aivm simulate sign --set 65 --seed 1 --message @message.bin --json

Pure ML-DSA of FIPS 204 with the empty context, deterministic, by the key of `aivm simulate key`, which everyone has.

Prints the signature in hexadecimal.

With --json: {\"set\", \"public_key\", \"signature\"}.";

/// Print the public ML-DSA key of a number; everyone has its secret
#[derive(clap::Args)]
#[command(after_help = KEY_HELP)]
pub(super) struct KeyArgs {
    #[command(flatten)]
    signer: Signer,
}

/// Sign with the ML-DSA key of a number, which everyone has
#[derive(clap::Args)]
#[command(after_help = SIGN_HELP)]
pub(super) struct SignArgs {
    #[command(flatten)]
    signer: Signer,

    /// The message: hexadecimal, or @ and the name of a file
    #[arg(long, value_name = "HEX|@FILE")]
    message: String,
}

/// Which key.
#[derive(clap::Args)]
struct Signer {
    /// The parameter set: 44, 65 or 87
    #[arg(long, value_name = "44|65|87", value_parser = key::parameter_set)]
    set: ParameterSet,

    /// The number of the key
    #[arg(long, value_name = "NUMBER")]
    seed: u64,
}

impl Signer {
    fn key(&self) -> Key {
        let set = [key::set_byte(self.set)];
        let label: [&[u8]; 3] = [b"aivm.simulate.mldsa.v1", &set, &self.seed.to_be_bytes()];
        Key::from_seed(self.set, keccak256(label.concat()).0)
    }
}

/// Runs `aivm simulate key`.
pub(super) fn key(args: &KeyArgs) -> Report {
    let public_key = hex::encode_prefixed(args.signer.key().public_key());
    Report {
        json: json!({ "set": key::set_name(args.signer.set), "public_key": public_key }),
        text: public_key,
        passed: true,
    }
}

/// Runs `aivm simulate sign`.
pub(super) fn sign(args: &SignArgs) -> Result<Report, Failure> {
    let key = args.signer.key();
    let message = input::bytes_argument("--message", &args.message)?;
    let signature = Bytes::from(key.sign(&message)?);
    Ok(Report {
        json: json!({
            "set": key::set_name(key.set()),
            "public_key": hex::encode_prefixed(key.public_key()),
            "signature": signature,
        }),
        text: signature.to_string(),
        passed: true,
    })
}
