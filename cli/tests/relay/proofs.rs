//! `aivm relay proof`: from files, and from the registry of a state file.

use crate::{
    common::{aivm, scratch, text},
    root,
};
use aivm::light_client::{Status, Tree};
use alloy_primitives::{Address, B256, U256};
use serde_json::{Value, json};
use std::{fs, path::Path};

fn status(seed: u8) -> Status {
    Status {
        attested: true,
        trust_score: seed,
        last_seen: U256::from(1_751_328_000),
        operator: Address::repeat_byte(seed),
        vendor: 3,
    }
}

fn status_json(seed: u8, vendor: Value) -> Value {
    json!({
        "attested": true,
        "trust_score": seed,
        "last_seen": 1_751_328_000,
        "operator": Address::repeat_byte(seed).to_string().to_lowercase(),
        "vendor": vendor,
    })
}

/// A tree of five devices, and the proof file of one of them.
fn proof_of(seed: u8, vendor: Value) -> (Tree, Value) {
    let device = |seed: u8| B256::repeat_byte(seed);
    let tree = Tree::new((0..5).map(|seed| status(seed).leaf(device(seed))));
    let nodes = tree.proof(seed.into()).unwrap();
    let nodes: Vec<_> = nodes.iter().map(B256::to_string).collect();
    let proof = json!({
        "device_id": device(seed).to_string(),
        "status": status_json(seed, vendor),
        "nodes": nodes,
    });
    (tree, proof)
}

fn write(folder: &Path, proof: &Value) -> String {
    let path = folder.join("proof.json");
    fs::write(&path, proof.to_string()).unwrap();
    text(&path)
}

#[test]
fn a_proof_file() {
    let folder = scratch("relay-proof-file");
    let mut calls = Vec::new();
    for (seed, vendor) in [(0, json!("tdx")), (3, json!("TDX")), (4, json!(3))] {
        let (tree, proof) = proof_of(seed, vendor);
        let (file, root) = (write(&folder, &proof), tree.root().to_string());
        let run = aivm(&["relay", "proof", "--proof", &file, "--root", &root, "--json"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let found = run.json();
        assert_eq!((&found["proven"], &found["root"]), (&json!(true), &json!(root)));
        assert_eq!(found["function"], "verifyDeviceProof");
        assert_eq!(found["proof"]["nodes"], proof["nodes"]);
        // What is printed can be read again.
        let file = write(&folder, &found["proof"]);
        let again = aivm(&["relay", "proof", "--proof", &file, "--root", &root, "--json"]);
        assert_eq!(again.json(), found);
        let at = aivm(&[
            "relay", "proof", "--proof", &file, "--root", &root, "--height", "7", "--json",
        ]);
        assert_eq!(at.json()["function"], "verifyDeviceProofAt");
        calls.push(found["data"].clone());
        calls.push(at.json()["data"].clone());
    }
    assert_eq!(calls.len(), 6);
    calls.dedup();
    assert_eq!(calls.len(), 6);
}

#[test]
fn what_is_not_proven() {
    let folder = scratch("relay-proof-not");
    let (tree, proof) = proof_of(2, json!("tdx"));
    let wrong = write(&folder, &proof);
    let out = text(&folder.join("call.bin"));
    let run = aivm(&[
        "relay",
        "proof",
        "--proof",
        &wrong,
        "--root",
        &root(1).to_string(),
        "--out",
        &out,
        "--json",
    ]);
    assert_eq!(run.code, 1);
    let found = run.json();
    assert_eq!((&found["proven"], &found["data"]), (&json!(false), &Value::Null));
    assert_eq!(
        found["root"],
        tree.root().to_string(),
        "the root that the proof leads to"
    );
    assert!(!fs::exists(&out).unwrap());
    let mut changed = proof.clone();
    changed["status"]["trust_score"] = json!(99);
    let file = write(&folder, &changed);
    let run = aivm(&[
        "relay",
        "proof",
        "--proof",
        &file,
        "--root",
        &tree.root().to_string(),
    ]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("registryRoot"), "{}", run.stdout);
}

#[test]
fn files_that_are_no_proof() {
    let folder = scratch("relay-proof-bad");
    let (_, good) = proof_of(2, json!("tdx"));
    let root = root(1).to_string();
    let changed = |pointer: &str, value: Value| {
        let mut proof = good.clone();
        *proof.pointer_mut(pointer).unwrap() = value;
        proof
    };
    let nodes: Vec<_> = (0..65).map(|_| root.clone()).collect();
    let cases = [
        (changed("/nodes", json!(nodes)), "65 nodes"),
        (changed("/nodes", json!(["0x12"])), "is no proof"),
        (changed("/status/vendor", json!("arm")), "\"arm\" is no vendor"),
        (changed("/status/vendor", json!(6)), "6 is no vendor"),
        (changed("/status/trust_score", json!(256)), "is no proof"),
        (changed("/status", json!({})), "attested"),
        (changed("/device_id", json!(1)), "is no proof"),
        (json!([]), "is no proof"),
    ];
    let count = cases.len();
    for (proof, what) in cases {
        let file = write(&folder, &proof);
        aivm(&["relay", "proof", "--proof", &file, "--root", &root]).assert_bad_usage(what);
    }
    assert_eq!(count, 8);
    let file = write(&folder, &good);
    aivm(&["relay", "proof", "--proof", &file]).assert_bad_usage("--root");
    aivm(&["relay", "proof"]).assert_bad_usage("--proof");
    aivm(&["relay", "proof", "--state", &file]).assert_bad_usage("--device");
    let state = ["relay", "proof", "--state", "/no/such/file", "--device", &root];
    aivm(&state).assert_bad_usage("/no/such/file");
}
