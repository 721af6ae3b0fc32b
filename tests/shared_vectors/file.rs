//! The file: flat and regular, so that tools with little of JSON can read it. Numbers are integers, bytes hexadecimal.
//!
//! | member | what |
//! |---|---|
//! | `pieces` | bytes; `data`, `output` and a log's `data` are lists of indices of pieces that follow one another, `topics` one of a piece for each topic |
//! | `accounts`, `blocks` | what `to` and `caller`, and `block`, are indices of |
//! | `sequences` | each begins on a fresh chain with the default genesis of `governance`: `first` and `count` of its calls |
//! | `calls` | a call of the kind `call`, `static` or `delegate`, and how it ended: `success`, `revert` or `out_of_gas` |
//! | `logs` | of all calls, in order; the precompile emits them |

use super::{
    calls::{Call, Ended, Kind, Sequence, Status},
    evm::CHAIN_ID,
};
use alloy_primitives::{Address, B256, Bytes, keccak256};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};

/// Longer bytes are cut into pieces, where their content says: what two of them have in common is one piece.
const WHOLE: usize = 256;

/// About one byte in so many ends a piece.
const MEAN_LEN: u64 = 64;
const SHORTEST: usize = 16;

/// So many bytes decide whether a piece ends.
const DECIDING: usize = 8;

/// Different values, in the order in which they came.
struct Distinct<T> {
    indices: BTreeMap<T, usize>,
    in_order: Vec<T>,
}

impl<T: Clone + Ord> Distinct<T> {
    fn new() -> Self {
        let (indices, in_order) = (BTreeMap::new(), Vec::new());
        Self { indices, in_order }
    }

    fn index(&mut self, value: T) -> usize {
        let next = self.in_order.len();
        let index = *self.indices.entry(value.clone()).or_insert(next);
        if index == next {
            self.in_order.push(value);
        }
        index
    }
}

/// What the file's entries refer to.
struct Writer {
    pieces: Distinct<Bytes>,
    accounts: Distinct<Address>,
    blocks: Distinct<(u64, u64)>,
}

/// A piece ends where the last bytes hash to a round number.
fn cut(bytes: &Bytes) -> Vec<Bytes> {
    if bytes.len() <= WHOLE {
        return vec![bytes.clone()];
    }
    let (mut pieces, mut start) = (Vec::new(), 0);
    for end in SHORTEST..bytes.len() {
        let last: [u8; 8] = keccak256(&bytes[end - DECIDING..end])[..8]
            .try_into()
            .expect("eight bytes");
        if end - start >= SHORTEST && u64::from_be_bytes(last).is_multiple_of(MEAN_LEN) {
            pieces.push(bytes.slice(start..end));
            start = end;
        }
    }
    pieces.push(bytes.slice(start..));
    pieces
}

/// The file's text: a line for each entry.
pub(crate) fn write(sequences: &[Sequence], ended: &[Vec<Ended>]) -> String {
    let mut writer = Writer {
        pieces: Distinct::new(),
        accounts: Distinct::new(),
        blocks: Distinct::new(),
    };
    let (mut heads, mut calls, mut logs) = (Vec::new(), Vec::new(), Vec::new());
    for (sequence, ended) in sequences.iter().zip(ended) {
        heads.push(json!({
            "name": sequence.name, "governance": sequence.governance, "first": calls.len(), "count": ended.len(),
        }));
        for (call, ended) in sequence.calls.iter().zip(ended) {
            let index = calls.len();
            logs.extend(
                ended
                    .logs
                    .iter()
                    .map(|(topics, data)| writer.log(index, topics, data)),
            );
            calls.push(writer.call(call, ended));
        }
    }
    let blocks = writer.blocks.in_order.iter();
    let blocks = blocks.map(|(number, timestamp)| json!({ "number": number, "timestamp": timestamp }));
    let lists: [(&str, Vec<Value>); 6] = [
        ("sequences", heads),
        ("calls", calls),
        ("logs", logs),
        ("blocks", blocks.collect()),
        (
            "accounts",
            writer
                .accounts
                .in_order
                .iter()
                .map(|account| json!(account))
                .collect(),
        ),
        (
            "pieces",
            writer.pieces.in_order.iter().map(|piece| json!(piece)).collect(),
        ),
    ];
    let mut text = String::from("{\n\"chainId\": 1");
    for (name, items) in lists {
        let items: Vec<_> = items.iter().map(Value::to_string).collect();
        let _ = write!(text, ",\n\"{name}\": [\n{}\n]", items.join(",\n"));
    }
    text + "\n}\n"
}

impl Writer {
    fn bytes(&mut self, bytes: &Bytes) -> Vec<usize> {
        let pieces = if bytes.is_empty() { vec![] } else { cut(bytes) };
        pieces.into_iter().map(|piece| self.pieces.index(piece)).collect()
    }

    fn log(&mut self, call: usize, topics: &[B256], data: &Bytes) -> Value {
        let topics: Vec<_> = topics
            .iter()
            .map(|topic| self.pieces.index(Bytes::copy_from_slice(&topic[..])))
            .collect();
        json!({ "call": call, "topics": topics, "data": self.bytes(data) })
    }

    fn call(&mut self, call: &Call, ended: &Ended) -> Value {
        let kind = KINDS.iter().find(|(_, kind)| *kind == call.kind);
        let status = STATUSES.iter().find(|(_, status)| *status == ended.status);
        json!({
            "to": self.accounts.index(call.to), "caller": self.accounts.index(call.caller),
            "block": self.blocks.index((call.number, call.timestamp)),
            "kind": kind.expect("a kind").0, "value": call.value.to::<u64>(), "gas": call.gas,
            "data": self.bytes(&call.data), "status": status.expect("a status").0, "gasUsed": ended.gas_used,
            "output": self.bytes(&ended.output),
        })
    }
}

/// How the file calls them.
const KINDS: [(&str, Kind); 3] = [
    ("call", Kind::Call),
    ("static", Kind::Static),
    ("delegate", Kind::Delegate),
];
const STATUSES: [(&str, Status); 3] = [
    ("success", Status::Success),
    ("revert", Status::Revert),
    ("out_of_gas", Status::OutOfGas),
];

/// A file that is read.
struct Reader {
    file: Value,
    pieces: Vec<Bytes>,
}

/// What a file says.
pub(crate) fn read(text: &str) -> (Vec<Sequence>, Vec<Vec<Ended>>) {
    let file: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(file["chainId"], CHAIN_ID);
    let pieces = one(&file["pieces"]);
    let reader = Reader { file, pieces };
    let sequences = items(&reader.file["sequences"]).iter();
    sequences.map(|head| reader.sequence(head)).unzip()
}

impl Reader {
    fn sequence(&self, head: &Value) -> (Sequence, Vec<Ended>) {
        let first: usize = one(&head["first"]);
        let range = first..first + one::<usize>(&head["count"]);
        let sequence = Sequence {
            name: one(&head["name"]),
            governance: one(&head["governance"]),
            calls: range.clone().map(|index| self.call(index)).collect(),
        };
        (sequence, range.map(|index| self.ended(index)).collect())
    }

    fn bytes(&self, indices: &Value) -> Bytes {
        let indices: Vec<usize> = one(indices);
        let bytes: Vec<_> = indices
            .into_iter()
            .map(|index| self.pieces[index].to_vec())
            .collect();
        bytes.concat().into()
    }

    fn call(&self, index: usize) -> Call {
        let call = &self.file["calls"][index];
        let account = |index: &Value| one(&self.file["accounts"][one::<usize>(index)]);
        let block = &self.file["blocks"][one::<usize>(&call["block"])];
        let kind = KINDS.iter().find(|(name, _)| call["kind"] == *name);
        Call {
            to: account(&call["to"]),
            caller: account(&call["caller"]),
            kind: kind.expect("a kind").1,
            value: one(&call["value"]),
            gas: one(&call["gas"]),
            number: one(&block["number"]),
            timestamp: one(&block["timestamp"]),
            data: self.bytes(&call["data"]),
            recorded: None,
        }
    }

    fn ended(&self, index: usize) -> Ended {
        let call = &self.file["calls"][index];
        let logs = items(&self.file["logs"])
            .iter()
            .filter(|log| log["call"] == index);
        let topic = |index: usize| B256::from_slice(&self.pieces[index]);
        let logs = logs.map(|log| {
            let topics: Vec<usize> = one(&log["topics"]);
            (topics.into_iter().map(topic).collect(), self.bytes(&log["data"]))
        });
        let status = STATUSES.iter().find(|(name, _)| call["status"] == *name);
        Ended {
            status: status.expect("a status").1,
            gas_used: one(&call["gasUsed"]),
            output: self.bytes(&call["output"]),
            logs: logs.collect(),
        }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn one<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("of this type")
}
