//! `aivm exec`: one call of a precompile against state that the caller holds.
//!
//! | module | what it holds |
//! |---|---|
//! | `request` | a call with what is known of the state, and the answer |
//! | `recorder` | the host that notes what is missing and what is written |
//! | `json` | requests and answers as JSON |
//! | `abi` | the same as Solidity encodes it |

mod abi;
mod json;
mod recorder;
mod request;

use crate::{
    input::{hex_bytes, read_file},
    output::{Failure, Report},
};
use aivm::{Aivm, Call, Outcome, abi::exec::SOURCE};
use alloy_primitives::Address;
use recorder::Recorder;
use request::{Answer, Done, Request, Status};
use serde_json::Value;
use std::path::Path;

/// The longest request in bytes of text. The longest input of a precompile and all the state that one call reads come
/// to less than a tenth of it.
const MAX_REQUEST: usize = 4 << 20;

const LONG_ABOUT: &str = "\
Run one call of a precompile against state that the caller holds.

For an EVM that has no precompiles of its own making: it hands over the call and what it knows of the state, and \
applies what comes back. The process keeps nothing between calls. What runs is the code that clients run.

The answer is NEED when the call touched storage slots or codes that the request does not give: the list of all that \
it touched. Add them, zero and empty ones too, and ask again; a few rounds (at most ten) are enough. Otherwise the answer is how the \
call ended, its gas, its output, and what a success writes and logs: store the slots, set the codes, emit the logs, \
take gas_used from the frame, and end as the status says. A call that does not succeed writes and logs nothing.

Addresses and prices are those of the default configuration.";

const AFTER_HELP: &str = "\
Examples:
  Is this work spent? Nothing is known yet, so the answer names the slot to give:
    echo '{\"target\": \"0x0000000000000000000000000000000000000300\", \"gas\": 100000,
           \"caller\": \"0x0000000000000000000000000000000000000001\", \"value\": \"0x0\",
           \"is_static\": true, \"is_direct\": true, \"timestamp\": 1751328000,
           \"block_number\": 1, \"chain_id\": 31337, \"data\": \"0x04<work id>\"}' |
      aivm exec --json
  The same from Solidity, under Foundry's vm.ffi:
    aivm exec <abi.encode(ExecRequest)>

With --json, a request on standard input:
  {\"target\", \"caller\", \"value\", \"gas\", \"is_static\", \"is_direct\", \"timestamp\", \"block_number\",
   \"chain_id\", \"data\", \"slots\": [{\"account\", \"slot\", \"value\"}], \"codes\": [{\"account\", \"code\"}]}
  and an answer on standard output, one of
  {\"status\": \"need\", \"slots\": [{\"account\", \"slot\"}], \"codes\": [\"0x<account>\"]}
  {\"status\": \"success\" | \"revert\" | \"out_of_gas\", \"gas_used\": 100, \"output\": \"0x…\",
   \"slots\": [{\"account\", \"slot\", \"value\"}], \"codes\": [{\"account\", \"code\"}],
   \"logs\": [{\"address\", \"topics\", \"data\"}]}
  gas, gas_used, timestamp, block_number and chain_id are numbers; value is hexadecimal or decimal text;
  slots and their values are 32 bytes. All of a request but slots and codes must be there; nothing else may.

Without --json, a request is the hexadecimal of abi.encode(ExecRequest): in one argument, in several that are put \
together (an argument holds at most 128 KiB on Linux; split between bytes), or on standard input. The answer is the \
hexadecimal of abi.encode(ExecAnswer). The structs:";

/// Below the structs.
const END_OF_HELP: &str =
    "A request may have 4 MiB of text. Exit codes: 0 an answer is given, also for a revert, 2 bad usage.";

/// Run one call of a precompile against state that the caller holds
#[derive(clap::Args)]
#[command(long_about = LONG_ABOUT, after_help = format!("{AFTER_HELP}\n\n{SOURCE}\n{END_OF_HELP}"))]
pub(crate) struct Args {
    /// The request without --json: hexadecimal, whole or in pieces; none reads standard input
    #[arg(value_name = "HEX")]
    pieces: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, as_json: bool) -> Result<Report, Failure> {
    // The place for a configuration of one's own.
    let aivm = Aivm::default();
    let request = if as_json {
        if !args.pieces.is_empty() {
            return Err(Failure::new("with --json, a request is not an argument")
                .next("write it to standard input, or leave --json out"));
        }
        json::decode(&standard_input()?)?
    } else {
        abi::decode(&hex_request(&args.pieces)?)?
    };
    let answer = answer(&aivm, request)?;
    let (json, text) = if as_json {
        (json::encode(&answer), String::new())
    } else {
        (Value::Null, abi::encode(answer))
    };
    Ok(Report {
        json,
        text,
        passed: true,
    })
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(MAX_REQUEST).unwrap_or(u64::MAX);
    read_file("the request", Path::new("-"), limit)
}

/// The bytes of a request in hexadecimal.
fn hex_request(pieces: &[String]) -> Result<Vec<u8>, Failure> {
    let bad = |error| {
        Failure::new(format!("the request: {error}"))
            .next("give the hexadecimal of abi.encode(ExecRequest); `aivm exec --help` shows the struct")
    };
    if pieces.is_empty() {
        let text = standard_input()?;
        return hex_bytes(&String::from_utf8_lossy(&text)).map_err(bad);
    }
    let bytes: Result<Vec<_>, _> = pieces.iter().map(|piece| hex_bytes(piece)).collect();
    Ok(bytes.map_err(bad)?.concat())
}

/// Makes the call, as every adapter does.
fn answer(aivm: &Aivm, request: Request) -> Result<Answer, Failure> {
    let call = Call {
        input: &request.data,
        gas_limit: request.gas,
        caller: request.caller,
        value: request.value,
        is_static: request.is_static,
        is_direct: request.is_direct,
    };
    let mut host = Recorder::new(request.block, request.known)?;
    let result = aivm
        .call(request.target, &mut host, &call)
        .ok_or_else(|| no_precompile(aivm, request.target))?;
    if let Some(need) = host.missing() {
        return Ok(need); // what came of it rests on guesses, a fault too
    }
    let outcome = result.map_err(|error| {
        Failure::new(format!(
            "the state that was given is not a state of the chain: {error}"
        ))
        .next("check that every slot and code is what the chain has")
    })?;
    let done = |status, gas_used, output| Done {
        status,
        gas_used,
        output,
        ..Done::default()
    };
    Ok(Answer::Done(match outcome {
        Outcome::Success { gas_used, output } => host.written(done(Status::Success, gas_used, output)),
        Outcome::Revert { gas_used, output } => done(Status::Revert, gas_used, output),
        Outcome::OutOfGas => done(Status::OutOfGas, request.gas, Default::default()),
    }))
}

fn no_precompile(aivm: &Aivm, target: Address) -> Failure {
    let precompiles = aivm
        .rows()
        .map(|(address, row)| format!("{address} ({})", row.name));
    Failure::new(format!("target: there is no precompile at {target}")).next(format!(
        "call one of {}",
        precompiles.collect::<Vec<_>>().join(", ")
    ))
}
