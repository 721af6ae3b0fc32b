//! `aivm genesis accounts`: the accounts for a genesis file.

use super::{Chain, ConfigFile};
use crate::output::{Failure, Report};
use alloy_primitives::B256;
use serde_json::{Map, Value, json};
use std::{fs, path::PathBuf};

const AFTER_HELP: &str = "\
The accounts as the `alloc` object of geth's and reth's genesis.json: {\"0x…\": {\"balance\": \"0x0\", \"nonce\": \"0x1\", \
\"code\": \"0xfe…\", \"storage\": {\"0x<slot>\": \"0x<value>\"}}}. Every precompile has one, or state clearing (EIP-161) \
would delete what it stores, and so has every vendor that has roots.

Examples:
  aivm genesis accounts --config aivm.toml --out alloc.json
  Into a genesis.json that is there already:
    aivm genesis accounts --config aivm.toml --out alloc.json
    jq '.alloc += input' genesis.json alloc.json > genesis.with-aivm.json

A chain that runs already installs them in the activation block instead: `aivm::revm::activate`.

With --json: the same object on one line; with --out {\"file\", \"accounts\": <how many>}.

Exit codes: 0 printed, 2 bad usage, a configuration that is refused among it.";

/// Print the accounts for a genesis file: balance, nonce, code and storage
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    file: ConfigFile,

    /// Write them to this file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let chain = Chain::read(&args.file.read()?).map_err(|problem| {
        Failure::new(format!("--config: {}: {problem}", args.file.shown()))
            .next("`aivm genesis example` shows every field, `aivm genesis check` says what a file comes to")
    })?;
    let alloc = alloc(&chain);
    let Some(path) = &args.out else {
        return Ok(Report {
            text: format!("{alloc:#}"),
            json: alloc,
            passed: true,
        });
    };
    fs::write(path, format!("{alloc:#}\n")).map_err(|error| {
        Failure::new(format!("--out: cannot write {}: {error}", path.display()))
            .next("check that the folder exists and that you may write there")
    })?;
    let count = chain.accounts.len();
    Ok(Report {
        json: json!({ "file": path.display().to_string(), "accounts": count }),
        text: format!("{count} accounts written to {}", path.display()),
        passed: true,
    })
}

/// The `alloc` object.
fn alloc(chain: &Chain) -> Value {
    let entries = chain.accounts.iter().map(|(address, account)| {
        let slots = account.storage.iter();
        let storage: Map<_, _> = slots
            .map(|(slot, value)| (B256::from(*slot).to_string(), json!(B256::from(*value))))
            .collect();
        let entry = json!({
            "balance": "0x0",
            "nonce": format!("{:#x}", account.nonce),
            "code": account.code,
            "storage": storage,
        });
        (format!("{address:#x}"), entry)
    });
    Value::Object(entries.collect())
}
