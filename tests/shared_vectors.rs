//! `tests/vectors/precompile-calls.json`: calls of the precompiles with what comes of them, byte for byte, for everything
//! that runs them to agree on: the adapters here, and the shim for Foundry
//! (`tests/solidity/testing/SharedVectors.t.sol`).
//!
//! They are the calls of the stories that the adapters tell, one after another, and refusals.
#![cfg(feature = "alloy-evm")]

#[path = "shared_vectors/calls.rs"]
mod calls;
mod evm;
#[path = "shared_vectors/file.rs"]
mod file;
#[path = "shared_vectors/record.rs"]
mod record;

use aivm_test_support::committed;
use calls::{Kind, Status};
use evm::chain::Adapter;
use std::{fs, path::Path};

/// Where the file is.
const FILE: &str = "tests/vectors/precompile-calls.json";

/// How many calls each sequence has.
const CALLS: [(&str, usize); 4] = [
    ("operations", 376),
    ("devices", 273),
    ("state sync", 111),
    ("refusals", 27),
];

/// How many calls succeed, revert and run out of gas.
const ENDS: [usize; 3] = [489, 278, 20];

/// The longest that the file may be, in bytes.
const LONGEST: usize = 400_000;

/// What the file has is what the stories come to now; and what came of a frame in its story comes of the call.
#[test]
fn the_file_is_current() {
    let sequences = record::sequences();
    let mut all_ended = Vec::new();
    for sequence in &sequences {
        let ended = sequence.make(Adapter::Revm);
        for (index, (call, ended)) in sequence.calls.iter().zip(&ended).enumerate() {
            if let Some((status, output)) = &call.recorded {
                let place = format!("call {index} of {}", sequence.name);
                assert_eq!((ended.status, &ended.output), (*status, output), "{place}");
            }
        }
        all_ended.push(ended);
    }
    let text = file::write(&sequences, &all_ended);
    assert!(text.len() < LONGEST, "{} bytes", text.len());
    committed::assert_current(FILE, &text);
}

#[test]
fn every_adapter_agrees_with_the_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let (sequences, expected) = file::read(&fs::read_to_string(path).expect("the file"));
    let counts: Vec<_> = sequences
        .iter()
        .map(|sequence| (sequence.name.as_str(), sequence.calls.len()))
        .collect();
    assert_eq!(counts, CALLS);
    for &adapter in Adapter::ALL {
        for (sequence, expected) in sequences.iter().zip(&expected) {
            let ended = sequence.make(adapter);
            for (index, (ended, expected)) in ended.iter().zip(expected).enumerate() {
                assert_eq!(ended, expected, "{adapter:?}: call {index} of {}", sequence.name);
            }
            assert_eq!(ended.len(), expected.len());
        }
    }
    let ended: Vec<_> = expected.iter().flatten().collect();
    let count = |status| ended.iter().filter(|ended| ended.status == status).count();
    let ends = [Status::Success, Status::Revert, Status::OutOfGas].map(count);
    assert_eq!(ends, ENDS);
    let calls: Vec<_> = sequences.iter().flat_map(|sequence| &sequence.calls).collect();
    let of_kind = |kind| calls.iter().filter(|call| call.kind == kind).count();
    assert!(
        [Kind::Static, Kind::Delegate]
            .map(of_kind)
            .iter()
            .all(|count| *count > 30)
    );
    assert!(calls.iter().filter(|call| !call.value.is_zero()).count() > 30);
}
