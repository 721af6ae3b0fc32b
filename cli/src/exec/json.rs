//! Requests and answers as JSON.

use super::request::{Answer, Block, Known, Request, SlotKey, Status};
use crate::output::Failure;
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a request")]
struct RequestEntry {
    target: Address,
    caller: Address,
    value: U256,
    gas: u64,
    is_static: bool,
    is_direct: bool,
    timestamp: u64,
    block_number: u64,
    chain_id: u64,
    data: Bytes,
    #[serde(default)]
    slots: Vec<SlotEntry>,
    #[serde(default)]
    codes: Vec<CodeEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a slot with its value")]
struct SlotEntry {
    account: Address,
    slot: B256,
    value: B256,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an account with its code")]
struct CodeEntry {
    account: Address,
    code: Bytes,
}

/// Reads a request.
pub(super) fn decode(bytes: &[u8]) -> Result<Request, Failure> {
    let entry: RequestEntry = serde_json::from_slice(bytes).map_err(|error| {
        Failure::new(format!("the request on standard input: {error}"))
            .next("see `aivm exec --help` for its form")
    })?;
    let slots = entry.slots.into_iter().map(|entry| {
        let SlotEntry { account, slot, value } = entry;
        (SlotKey { account, slot }, value)
    });
    let codes = entry.codes.into_iter().map(|entry| (entry.account, entry.code));
    Ok(Request {
        target: entry.target,
        caller: entry.caller,
        value: entry.value,
        gas: entry.gas,
        is_static: entry.is_static,
        is_direct: entry.is_direct,
        block: Block {
            timestamp: entry.timestamp,
            number: entry.block_number,
            chain_id: entry.chain_id,
        },
        data: entry.data,
        known: Known {
            slots: slots.collect(),
            codes: codes.collect(),
        },
    })
}

/// Writes an answer.
pub(super) fn encode(answer: &Answer) -> Value {
    match answer {
        Answer::Need { slots, codes } => json!({
            "status": "need",
            "slots": slots.iter().map(slot).collect::<Vec<_>>(),
            "codes": codes,
        }),
        Answer::Done(done) => json!({
            "status": status(done.status),
            "gas_used": done.gas_used,
            "output": done.output,
            "slots": done.slots.iter().map(slot_value).collect::<Vec<_>>(),
            "codes": done.codes.iter().map(code).collect::<Vec<_>>(),
            "logs": done.logs.iter().map(log).collect::<Vec<_>>(),
        }),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Success => "success",
        Status::Revert => "revert",
        Status::OutOfGas => "out_of_gas",
    }
}

fn slot(key: &SlotKey) -> Value {
    json!({ "account": key.account, "slot": key.slot })
}

fn slot_value((key, value): &(SlotKey, B256)) -> Value {
    json!({ "account": key.account, "slot": key.slot, "value": value })
}

fn code((account, code): &(Address, Bytes)) -> Value {
    json!({ "account": account, "code": code })
}

fn log(log: &Log) -> Value {
    json!({ "address": log.address, "topics": log.topics(), "data": log.data.data })
}
