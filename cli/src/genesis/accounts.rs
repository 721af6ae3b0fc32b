//! `aivm genesis accounts`: the accounts for a genesis file.

use super::{Chain, ConfigFile};
use crate::{
    input,
    output::{Failure, Report},
};
use aivm::{
    Aivm, Genesis,
    abi::exec::{AccountCode, SlotValue},
    precompiles::memory::MemoryAccount,
};
use alloy_primitives::{Address, B256, hex};
use alloy_sol_types::SolValue;
use clap::ArgGroup;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// The accounts, by address.
type Accounts = BTreeMap<Address, MemoryAccount>;

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

With --governance there is no file: the default configuration, governed by this account, with the vendors' own roots.
With --abi: the hexadecimal of abi.encode(AccountCode[] codes, SlotValue[] slots), for tests in Solidity that call the \
precompiles by `aivm exec`; its help shows the structs.
    aivm genesis accounts --governance 0x7FA9385bE102ac3EAc297483Dd6233D62b3e1496 --abi

With --json: the same object on one line; with --abi {\"abi\"}; with --out {\"file\", \"accounts\": <how many>}.

Exit codes: 0 printed, 2 bad usage, a configuration that is refused among it.";

/// Print the accounts for a genesis file: balance, nonce, code and storage
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
#[command(group(ArgGroup::new("source").required(true).args(["config", "governance"])))]
pub(super) struct Args {
    /// The configuration file, TOML or JSON; - is standard input
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Who governs, of the default configuration
    #[arg(long, value_name = "ADDRESS", value_parser = input::address)]
    governance: Option<Address>,

    /// Print them as Solidity encodes them, in hexadecimal
    #[arg(long, conflicts_with = "out")]
    abi: bool,

    /// Write them to this file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let accounts = args.accounts()?;
    if args.abi {
        let text = hex::encode_prefixed(encode(&accounts));
        return Ok(Report {
            json: json!({ "abi": text }),
            text,
            passed: true,
        });
    }
    let alloc = alloc(&accounts);
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
    let count = accounts.len();
    Ok(Report {
        json: json!({ "file": path.display().to_string(), "accounts": count }),
        text: format!("{count} accounts written to {}", path.display()),
        passed: true,
    })
}

impl Args {
    /// The accounts of the file, or of the default configuration.
    fn accounts(&self) -> Result<Accounts, Failure> {
        if let Some(config) = &self.config {
            let file = ConfigFile {
                config: config.clone(),
            };
            let chain = Chain::read(&file.read()?).map_err(|problem| {
                Failure::new(format!("--config: {}: {problem}", file.shown())).next(
                    "`aivm genesis example` shows every field, `aivm genesis check` says what a file comes to",
                )
            })?;
            return Ok(chain.accounts);
        }
        let governance = self.governance.unwrap_or_default();
        Genesis::new(governance)
            .accounts(&Aivm::default())
            .map_err(|error| Failure::new(format!("--governance: {error}")))
    }
}

/// The same as Solidity encodes it.
fn encode(accounts: &Accounts) -> Vec<u8> {
    let codes = accounts.iter().map(|(address, account)| AccountCode {
        account: *address,
        code: account.code.clone(),
    });
    let slots = accounts.iter().flat_map(|(address, account)| {
        let slots = account.storage.iter();
        slots.map(|(slot, value)| SlotValue {
            account: *address,
            slot: (*slot).into(),
            value: (*value).into(),
        })
    });
    (codes.collect::<Vec<_>>(), slots.collect::<Vec<_>>()).abi_encode_params()
}

/// The `alloc` object.
fn alloc(accounts: &Accounts) -> Value {
    let entries = accounts.iter().map(|(address, account)| {
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
