//! `aivm key`: ML-DSA keys, and the file that holds one.

use crate::{
    input::{self, read_file},
    output::{Failure, Fields, Report},
    system,
};
use aivm::crypto::ParameterSet;
use alloy_primitives::{B256, hex};
use clap::Subcommand;
use ml_dsa::{
    MlDsa44, MlDsa65, MlDsa87, MlDsaParams, SigningKey,
    signature::{Keypair, Signer},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The largest key file that is read.
const MAX_KEY_FILE: u64 = 64 << 10;

const NEW_HELP: &str = "\
Examples:
  aivm key new --set 65 --out miner.key
  aivm key new --set 87 --out miner.key --json

The file is JSON, {\"set\": \"ML-DSA-65\", \"seed\": \"0x…\", \"public_key\": \"0x…\"}, and only its owner may read it. \
The seed (32 bytes, FIPS 204's ξ) is the secret: whoever has it can sign. A file that is there already is not \
overwritten.

With --json: {\"set\", \"public_key\", \"file\"}.";

/// Make ML-DSA keys
#[derive(clap::Args)]
#[command(after_help = "Example:\n  aivm key new --set 65 --out miner.key")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key and write it to a file; prints the public key
    #[command(after_help = NEW_HELP)]
    New {
        /// The parameter set: 44, 65 or 87
        #[arg(long, value_name = "44|65|87", value_parser = parameter_set)]
        set: ParameterSet,

        /// The file to write; must not be there yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let Command::New { set, out } = &args.command;
    let key = Key::generate(*set)?;
    key.write(out)?;
    let public_key = hex::encode_prefixed(key.public_key());
    let mut fields = Fields::default();
    fields.add("parameter set", set_name(*set));
    fields.add("key file", out.display());
    fields.add("public key", &public_key);
    Ok(Report {
        json: json!({ "set": set_name(*set), "public_key": public_key, "file": out.display().to_string() }),
        text: fields.render(0),
        passed: true,
    })
}

/// A parameter set by its number or name.
pub(crate) fn parameter_set(text: &str) -> Result<ParameterSet, String> {
    match text.trim_start_matches("ML-DSA-").trim_start_matches("0x") {
        "44" => Ok(ParameterSet::MlDsa44),
        "65" => Ok(ParameterSet::MlDsa65),
        "87" => Ok(ParameterSet::MlDsa87),
        _ => Err("the parameter sets are 44, 65 and 87".into()),
    }
}

/// The name in FIPS 204.
pub(crate) fn set_name(set: ParameterSet) -> &'static str {
    match set {
        ParameterSet::MlDsa44 => "ML-DSA-44",
        ParameterSet::MlDsa65 => "ML-DSA-65",
        ParameterSet::MlDsa87 => "ML-DSA-87",
    }
}

/// The byte that names the set in VerifyMLDSA.
pub(crate) fn set_byte(set: ParameterSet) -> u8 {
    match set {
        ParameterSet::MlDsa44 => 0x44,
        ParameterSet::MlDsa65 => 0x65,
        ParameterSet::MlDsa87 => 0x87,
    }
}

/// A key pair.
pub(crate) struct Key {
    set: ParameterSet,
    seed: [u8; 32],
    public_key: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with set, seed and public_key")]
struct KeyFile {
    set: String,
    seed: B256,
    public_key: String,
}

impl Key {
    /// A new key.
    pub(crate) fn generate(set: ParameterSet) -> Result<Self, Failure> {
        Ok(Self::from_seed(set, system::random_seed()?))
    }

    /// The key that FIPS 204's key generation makes of a seed.
    pub(crate) fn from_seed(set: ParameterSet, seed: [u8; 32]) -> Self {
        let public_key = match set {
            ParameterSet::MlDsa44 => public_key::<MlDsa44>(seed),
            ParameterSet::MlDsa65 => public_key::<MlDsa65>(seed),
            ParameterSet::MlDsa87 => public_key::<MlDsa87>(seed),
        };
        Self {
            set,
            seed,
            public_key,
        }
    }

    /// The key in a file that `aivm key new` wrote.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let not_a_key = |why: String| {
            Failure::new(format!("--key: {} is not a key file: {why}", path.display()))
                .next("make one: aivm key new --set 65 --out FILE")
        };
        let bytes = read_file("--key", path, MAX_KEY_FILE)?;
        let file: KeyFile = serde_json::from_slice(&bytes).map_err(|error| not_a_key(error.to_string()))?;
        let set = parameter_set(&file.set).map_err(not_a_key)?;
        let key = Self::from_seed(set, file.seed.0);
        let public_key = input::hex_bytes(&file.public_key).map_err(not_a_key)?;
        if public_key != key.public_key {
            return Err(not_a_key("its public key is not the one of its seed".into()));
        }
        Ok(key)
    }

    /// Writes the key to a new file that only its owner may read.
    fn write(&self, path: &Path) -> Result<(), Failure> {
        let file = KeyFile {
            set: set_name(self.set).into(),
            seed: self.seed.into(),
            public_key: hex::encode_prefixed(&self.public_key),
        };
        let mut text = serde_json::to_string_pretty(&file).map_err(Failure::internal)?;
        text.push('\n');
        let mut file = create_private(path).map_err(|error| {
            let failure = Failure::new(format!("--out: cannot create {}: {error}", path.display()));
            match error.kind() {
                io::ErrorKind::AlreadyExists => failure.next("name another file: a key is never overwritten"),
                _ => failure.next("check that the folder exists and that you may write there"),
            }
        })?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|error| {
            let _ = fs::remove_file(path); // half a key is of no use
            Failure::new(format!("--out: cannot write {}: {error}", path.display()))
        })
    }

    /// The parameter set.
    pub(crate) fn set(&self) -> ParameterSet {
        self.set
    }

    /// The encoded public key.
    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Pure ML-DSA with the empty context, deterministic: the same message has the same signature.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        match self.set {
            ParameterSet::MlDsa44 => sign::<MlDsa44>(self.seed, message),
            ParameterSet::MlDsa65 => sign::<MlDsa65>(self.seed, message),
            ParameterSet::MlDsa87 => sign::<MlDsa87>(self.seed, message),
        }
    }
}

fn public_key<P: MlDsaParams>(seed: [u8; 32]) -> Vec<u8> {
    let key = SigningKey::<P>::from_seed(&seed.into());
    key.verifying_key().encode().to_vec()
}

fn sign<P: MlDsaParams>(seed: [u8; 32], message: &[u8]) -> Result<Vec<u8>, Failure> {
    let key = SigningKey::<P>::from_seed(&seed.into());
    let signature = key.try_sign(message).map_err(Failure::internal)?;
    Ok(signature.encode().to_vec())
}

/// Creates a file that is not there yet, for its owner alone.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
