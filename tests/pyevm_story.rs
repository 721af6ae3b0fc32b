//! Writes what the revm adapter makes of the stories, for another EVM to do the same: `tests/oracles/pyevm/replay.py`
//! replays the file in py-evm, with `aivm exec` as the precompiles. `cargo xtask test` runs both.

mod evm;

use alloy_primitives::{Address, Bytes, Log, U256};
use evm::{
    CHAIN_ID, MINING, PROOFS, REGISTRY, SENDER, SYNC,
    chain::{Adapter, BENEFICIARY, Chain, Receipt, Tx},
    registry_story,
    scene::Play,
    sequence::Story,
    sync_story,
    trace::{Frame, FrameOutcome},
};
use revm::{
    interpreter::{CallScheme, InstructionResult},
    primitives::hardfork::SpecId,
};
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// The last hard fork that py-evm knows.
const SPEC: SpecId = SpecId::PRAGUE;

fn chain() -> Chain {
    let mut chain = Chain::new(Adapter::Revm, SENDER);
    chain.spec = SPEC;
    chain
}

/// A transaction with what came of it.
fn transaction(tx: &Tx, receipt: &Receipt) -> Value {
    let result = &receipt.result;
    let status = match result {
        _ if result.is_success() => "success",
        _ if result.is_halt() => "halt",
        _ => "revert",
    };
    let frames = receipt.trace.of(&[MINING, REGISTRY, PROOFS, SYNC]);
    json!({
        "from": tx.from, "to": tx.to, "value": tx.value, "gas_limit": tx.gas_limit, "data": tx.input,
        "status": status, "gas_used": result.tx_gas_used(), "output": receipt.output(),
        "logs": receipt.logs().iter().map(log).collect::<Vec<_>>(),
        "frames": frames.into_iter().map(frame).collect::<Vec<_>>(),
    })
}

fn log(log: &Log) -> Value {
    json!({ "address": log.address, "topics": log.topics(), "data": log.data.data })
}

/// A frame that a precompile answered.
fn frame(frame: &Frame) -> Value {
    let FrameOutcome {
        result,
        output,
        gas_used,
        ..
    } = frame.end();
    let status = match result {
        InstructionResult::Return => "success",
        InstructionResult::Revert => "revert",
        InstructionResult::PrecompileOOG => "out_of_gas",
        other => panic!("no precompile ends with {other:?}"),
    };
    let is_direct = matches!(frame.scheme, CallScheme::Call | CallScheme::StaticCall);
    json!({
        "target": frame.code, "caller": frame.caller, "value": frame.value, "gas": frame.gas_limit,
        "is_static": frame.is_static, "is_direct": is_direct, "data": frame.input,
        "status": status, "gas_used": gas_used, "output": output,
    })
}

/// Every account of a chain.
fn accounts(chain: &Chain) -> Value {
    let word = |value: &U256| Value::String(format!("{value:#066x}"));
    let accounts = chain.disk.accounts.iter().map(|(address, account)| {
        let slots = account.storage.iter();
        let storage: Map<_, _> = slots
            .map(|(slot, value)| (format!("{slot:#066x}"), word(value)))
            .collect();
        let account = json!({
            "nonce": account.nonce, "balance": account.balance, "code": chain.disk.code(*address), "storage": storage,
        });
        (name(*address), account)
    });
    Value::Object(accounts.collect())
}

fn name(address: Address) -> String {
    Bytes::copy_from_slice(&address[..]).to_string()
}

/// A block that was made, and the state after it.
fn block(chain: &Chain, txs: &[Tx], receipts: &[Receipt]) -> Value {
    assert_eq!(txs.len(), receipts.len());
    let transactions = txs.iter().zip(receipts);
    json!({
        "number": chain.number, "timestamp": chain.timestamp, "beneficiary": BENEFICIARY,
        "transactions": transactions.map(|(tx, receipt)| transaction(tx, receipt)).collect::<Vec<_>>(),
        "accounts": accounts(chain),
    })
}

/// All operations, refused schemes, frames that fail.
fn operations() -> Value {
    let story = Story::new();
    let mut chain = chain();
    story.prepare(&mut chain);
    let before = accounts(&chain);
    let mut tell = |txs: &Vec<Tx>| {
        let receipts = chain.block(txs);
        block(&chain, txs, &receipts)
    };
    let blocks: Vec<_> = story.blocks.iter().map(&mut tell).collect();
    json!({ "name": "operations", "accounts": before, "blocks": blocks })
}

/// A story that says itself what must come of it.
fn scenes(name: &str, play: &Play) -> Value {
    let mut chain = chain();
    play.prepare(&mut chain);
    let before = accounts(&chain);
    let mut blocks = Vec::new();
    for scene in &play.scenes {
        let receipts = play.tell(&mut chain, scene);
        blocks.push(block(&chain, &scene.txs(), &receipts));
    }
    json!({ "name": name, "accounts": before, "blocks": blocks })
}

#[test]
fn is_written_for_py_evm() {
    let stories = json!({
        "chain_id": CHAIN_ID,
        "precompiles": [MINING, REGISTRY, PROOFS, SYNC],
        "stories": [
            operations(),
            scenes("devices", &registry_story::devices()),
            scenes("state sync", &sync_story::councils()),
        ],
    });
    let text = serde_json::to_string(&stories).expect("JSON");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pyevm-story.json");
    fs::write(&path, text).expect("the folder for what tests write");
}
