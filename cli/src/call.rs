//! `aivm call`: one call frame in revm, with the precompiles, over a state of one's own.

use crate::{
    abi::{self, Named},
    evm::{self, Block, Frame, Outcome, Status},
    input,
    ledger::Ledger,
    output::{Failure, Fields, Report, grouped, time},
    state_file, system,
};
use aivm::Aivm;
use alloy_primitives::{Address, Bytes, Log, U256, hex};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The chain id of most development chains.
const DEVELOPMENT_CHAIN_ID: u64 = 31_337;

const LONG_ABOUT: &str = "\
Call a precompile, or any contract, in revm.

Runs one call frame. There is no transaction around it: no nonce, no fee, no gas for call data. So gas_used is exactly \
what the precompile charges.

Without --state the call runs on a new development chain and nothing is kept. Its governance and guardian are \
0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, the first account of the test mnemonic that development tools know.";

const AFTER_HELP: &str = "\
Examples:
  Is this work spent?
    aivm call --to 0x300 --data 0x04<work id> --static
  Let a mining contract mark work as spent, and keep the state:
    aivm call --to 0x300 --data 0x07<address>01 --state chain.json \\
      --from 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
  minTrustScore():
    aivm call --to 0xAAA --data 0x859d448c --json
  Call data from a file, at a time of one's own:
    aivm call --to 0x300 --data @input.bin --at 1751328000

With --json:
  {\"status\": \"success\" | \"revert\" | \"halt\", \"output\": \"0x…\", \"gas_used\": 50,
   \"logs\": [{\"address\", \"topics\", \"data\"}], \"error\": {\"name\", \"args\"} | null}
  Arguments of errors have their Solidity names. Integers of up to 64 bits are numbers, wider ones decimal strings.
  A halt has the name that revm gives it, such as OutOfGas.

The state file is JSON:
  {\"accounts\": {\"0x…\": {\"nonce\": 1, \"balance\": \"0x0\", \"code\": \"0xfe\",
                         \"storage\": {\"0x<slot>\": \"0x<value>\"}}}}
  A file that is not there yet is a new development chain. It is written after a call that succeeds, and only then, in \
one step. Every precompile must have an account with nonce 1 and code 0xfe, or state clearing would delete what it \
writes. Calls that share a file must run one after another.

Exit codes: 0 success, 1 revert or halt, 2 bad usage.";

/// Call a precompile, or any contract, in revm
#[derive(clap::Args)]
#[command(long_about = LONG_ABOUT, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Who is called; short hexadecimal will do: 0x300 is AI mining, 0xAAA the attestation registry
    #[arg(long, value_name = "ADDRESS", value_parser = input::address)]
    to: Address,

    /// The call data: hexadecimal, or @ and the name of a file with hexadecimal text or the bytes themselves; @- is
    /// standard input
    #[arg(long, value_name = "HEX|@FILE")]
    data: String,

    /// Who calls
    #[arg(long, value_name = "ADDRESS", value_parser = input::address, default_value = "0x0000000000000000000000000000000000000000")]
    from: Address,

    /// Wei sent along, decimal or 0x; the caller is given what it lacks
    #[arg(long, value_name = "WEI", value_parser = input::amount, default_value = "0", conflicts_with = "static")]
    value: U256,

    /// Call with STATICCALL: whatever writes is refused
    #[arg(long = "static", id = "static")]
    is_static: bool,

    /// The gas that the call may use
    #[arg(long, default_value_t = 30_000_000)]
    gas: u64,

    /// The block's time in Unix seconds [default: the current time]
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,

    /// The chain's id
    #[arg(long, value_name = "ID", default_value_t = DEVELOPMENT_CHAIN_ID)]
    chain_id: u64,

    /// Keep the state in this file; made if it is not there
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let aivm = Aivm::default();
    let data = Bytes::from(input::bytes_argument("--data", &args.data)?);
    let block = Block {
        number: 1,
        timestamp: args.at.map_or_else(system::now, Ok)?,
        chain_id: args.chain_id,
    };
    let frame = Frame {
        from: args.from,
        to: args.to,
        value: args.value,
        data,
        gas: args.gas,
        is_static: args.is_static,
    };
    let mut ledger = match &args.state {
        Some(path) => state_file::read(path, &aivm)?,
        None => Ledger::development(&aivm),
    };
    ledger.provide(args.from, args.value);
    let outcome = evm::run_frame(&aivm, &mut ledger, &block, &frame)?;
    if let Some(path) = &args.state
        && outcome.status == Status::Success
    {
        state_file::write(path, &ledger)?;
    }
    let remark = if is_nothing_at(args.to, &aivm, &ledger) && outcome.gas_used == 0 {
        Some("there is neither a precompile nor code at this address".into())
    } else {
        abi::returned(args.to, &frame.data, &outcome)
    };
    Ok(report(&outcome, &block, remark))
}

/// A call to an address that is empty succeeds in every EVM, so a mistyped one shows nowhere else.
fn is_nothing_at(address: Address, aivm: &Aivm, ledger: &Ledger) -> bool {
    let account = ledger.accounts.get(&address);
    aivm.find(address).is_none() && account.is_none_or(|account| account.code.is_empty())
}

/// Runs a call of `data` at `to` on a new development chain, for commands that need no state.
pub(crate) fn pure(to: Address, data: Vec<u8>) -> Result<Outcome, Failure> {
    let aivm = Aivm::default();
    let block = Block {
        number: 1,
        timestamp: 0,
        chain_id: DEVELOPMENT_CHAIN_ID,
    };
    let frame = Frame {
        from: Address::ZERO,
        to,
        value: U256::ZERO,
        data: data.into(),
        gas: 30_000_000,
        is_static: true,
    };
    evm::run_frame(&aivm, &mut Ledger::development(&aivm), &block, &frame)
}

fn report(outcome: &Outcome, block: &Block, remark: Option<String>) -> Report {
    let error = abi::error_of(outcome);
    Report {
        json: json!({
            "status": status_name(&outcome.status),
            "output": outcome.output,
            "gas_used": outcome.gas_used,
            "logs": outcome.logs.iter().map(log_json).collect::<Vec<_>>(),
            "error": error.as_ref().map(Named::json),
        }),
        text: text(outcome, error.as_ref(), block, remark),
        passed: outcome.status == Status::Success,
    }
}

/// The status in one word.
pub(crate) fn status_name(status: &Status) -> &'static str {
    match status {
        Status::Success => "success",
        Status::Revert => "revert",
        Status::Halt(_) => "halt",
    }
}

fn log_json(log: &Log) -> Value {
    json!({
        "address": log.address,
        "topics": log.topics(),
        "data": log.data.data,
    })
}

fn text(outcome: &Outcome, error: Option<&Named>, block: &Block, remark: Option<String>) -> String {
    let mut fields = Fields::default();
    fields.add("status", status_name(&outcome.status));
    if let Some(error) = error {
        fields.add("error", error.text());
        if let Some(meaning) = error.meaning() {
            fields.add("", meaning);
        }
    }
    fields.add("output", &outcome.output);
    if let Some(remark) = remark {
        fields.add("", remark);
    }
    fields.add("gas used", grouped(outcome.gas_used));
    fields.add("block time", time(block.timestamp));
    for log in &outcome.logs {
        fields.add("log", log_text(log));
    }
    fields.render(0)
}

/// A log on one line: by name where it is one of ours.
fn log_text(log: &Log) -> String {
    let what = abi::event(log).map_or_else(
        || format!("{:?} {}", log.topics(), hex::encode_prefixed(&log.data.data)),
        |event| event.text(),
    );
    format!("{what} at {}", log.address)
}
