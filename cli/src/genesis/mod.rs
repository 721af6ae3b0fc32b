//! `aivm genesis`: a chain's configuration file, and the accounts that follow from it.
//!
//! | file | what it holds |
//! |---|---|
//! | `accounts` | the accounts for a genesis file |
//! | `check` | what a configuration comes to, and what to think of before a chain starts |

mod accounts;
mod check;

use crate::{
    input::read_file,
    output::{Failure, Report},
};
use aivm::{
    Aivm,
    config_file::{ChainConfig, EXAMPLE, SCHEMA},
    precompiles::memory::MemoryAccount,
    revm::AivmPrecompiles,
};
use alloy_primitives::Address;
use clap::Subcommand;
use revm::primitives::hardfork::SpecId;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The largest configuration file that is read. Two bundles of roots in hexadecimal have about 100,000 bytes.
const MAX_CONFIG_FILE: u64 = 1 << 20;

const AFTER_HELP: &str = "\
One file, TOML or JSON of the same shape, says what a chain chooses: addresses, gas, activation, and who governs and what \
is trusted at first. Every field but genesis.governance has a default.

Examples:
  aivm genesis example > aivm.toml
  aivm genesis check --config aivm.toml
  aivm genesis accounts --config aivm.toml --out alloc.json
  aivm genesis schema --json > config.schema.json";

/// A new chain: its configuration file, and the accounts that follow from it
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Accounts(accounts::Args),
    Check(check::Args),
    /// Print the JSON Schema of the configuration file, for editors and validators
    #[command(after_help = "\
Example:
  aivm genesis schema > config.schema.json

With --json: the same, on one line.")]
    Schema,
    /// Print a configuration file that shows every field with its default
    #[command(after_help = "\
Example:
  aivm genesis example > aivm.toml

Its governance is the account that every development tool knows: replace it.

With --json: the same as JSON, without the comments.")]
    Example,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.command {
        Command::Accounts(args) => accounts::run(args),
        Command::Check(args) => check::run(args),
        Command::Schema => Ok(Report {
            json: serde_json::from_str(SCHEMA).map_err(Failure::internal)?,
            text: SCHEMA.trim_end().to_owned(),
            passed: true,
        }),
        Command::Example => Ok(Report {
            json: toml::from_str::<Value>(EXAMPLE).map_err(Failure::internal)?,
            text: EXAMPLE.trim_end().to_owned(),
            passed: true,
        }),
    }
}

/// Which file.
#[derive(clap::Args)]
struct ConfigFile {
    /// The configuration file, TOML or JSON; - is standard input
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// A configuration that a chain can start with.
struct Chain {
    config: ChainConfig,
    aivm: Aivm,
    accounts: BTreeMap<Address, MemoryAccount>,
}

impl ConfigFile {
    /// The file's text.
    fn read(&self) -> Result<String, Failure> {
        let bytes = read_file("--config", &self.config, MAX_CONFIG_FILE)?;
        String::from_utf8(bytes).map_err(|error| {
            Failure::new(format!("--config: {} is not text: {error}", self.shown()))
                .next("`aivm genesis example` prints a file to begin with")
        })
    }

    /// The file's name, for messages.
    fn shown(&self) -> String {
        if self.config == Path::new("-") {
            "standard input".into()
        } else {
            self.config.display().to_string()
        }
    }
}

impl Chain {
    /// What a file's text says, or what is wrong with it.
    fn read(text: &str) -> Result<Self, String> {
        let read = || -> Result<Self, Box<dyn std::error::Error>> {
            // No TOML begins with a brace.
            let config = if text.trim_start().starts_with('{') {
                ChainConfig::from_json(text)?
            } else {
                ChainConfig::from_toml(text)?
            };
            let aivm = config.aivm()?;
            AivmPrecompiles::new(aivm.clone(), SpecId::default(), 0)?;
            let accounts = config.genesis.accounts(&aivm)?;
            Ok(Self {
                config,
                aivm,
                accounts,
            })
        };
        read().map_err(|error| error.to_string())
    }
}
