//! `aivm relay proof`: from files, and from the registry of a state file.

use crate::{
    common::{GOVERNANCE, aivm, scratch, text},
    root,
};
use aivm::{
    abi::IAttestationRegistry::{TEEVendor, submitCollateralCall, verifyAttestationForCall},
    evidence::Vendor,
    light_client::{Status, Tree},
};
use aivm_test_support::{
    council::{Council, SOURCE},
    fleet::{Claim, Fleet},
};
use alloy_primitives::{Address, B256, U256, hex};
use alloy_sol_types::SolCall;
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

/// What is printed of a vendor is read back, by name and by number.
#[test]
fn every_vendor() {
    let folder = scratch("relay-proof-vendors");
    let (mut names, device) = (Vec::new(), B256::repeat_byte(1));
    for number in 0..=5 {
        let status = Status {
            vendor: number,
            ..status(1)
        };
        let root = status.leaf(device).to_string();
        let mut proof = json!({
            "device_id": device.to_string(),
            "status": status_json(1, json!(number)),
            "nodes": [],
        });
        let run = |proof: &Value| {
            let file = write(&folder, proof);
            let run = aivm(&["relay", "proof", "--proof", &file, "--root", &root, "--json"]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            run.json()
        };
        let found = run(&proof);
        assert_eq!(run(&found["proof"]), found);
        let name = found["proof"]["status"]["vendor"].as_str().unwrap();
        proof["status"]["vendor"] = json!(name.to_uppercase());
        assert_eq!(run(&proof), found);
        names.push(name.to_owned());
    }
    assert_eq!(names, ["none", "sgx", "sevsnp", "tdx", "nvidia", "armcca"]);
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
        (
            json!([good["device_id"], good["status"], good["nodes"]]),
            "sequence, expected fields by name",
        ),
        (
            changed("/status", json!([true, 1, 1, Address::ZERO.to_string(), 3])),
            "sequence, expected fields by name",
        ),
    ];
    let count = cases.len();
    for (proof, what) in cases {
        let file = write(&folder, &proof);
        aivm(&["relay", "proof", "--proof", &file, "--root", &root]).assert_bad_usage(what);
    }
    assert_eq!(count, 10);
    let file = write(&folder, &good);
    aivm(&["relay", "proof", "--proof", &file]).assert_bad_usage("--root");
    aivm(&["relay", "proof"]).assert_bad_usage("--proof");
    aivm(&["relay", "proof", "--state", &file]).assert_bad_usage("--device");
    let state = ["relay", "proof", "--state", "/no/such/file", "--device", &root];
    aivm(&state).assert_bad_usage("/no/such/file");
}

/// Runs a call of governance that succeeds, on the state file of a chain.
fn succeed(state: &str, to: &str, data: &[u8]) -> Value {
    let path = format!("{state}.call");
    fs::write(&path, data).unwrap();
    let data = format!("@{path}");
    let arguments = [
        "call", "--to", to, "--data", &data, "--from", GOVERNANCE, "--state", state, "--json",
    ];
    let run = aivm(&[&arguments[..], &["--at", "1751328000"]].concat());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    run.json()
}

/// From the registry of one chain to the state sync of another.
#[test]
fn a_state_file() {
    let folder = scratch("relay-proof-state");
    let (source, target) = (
        text(&folder.join("source.json")),
        text(&folder.join("target.json")),
    );
    let (fleet, operator) = (Fleet::new(), Address::repeat_byte(0x0b));
    let devices = [0, 1, 2].map(|number| fleet.device(Vendor::ArmCca, number));
    for (number, device) in (0..).zip(&devices) {
        let key = submitCollateralCall {
            vendor: TEEVendor::ARMCCA,
            collateral: fleet.cca_key(number).into(),
        };
        succeed(&source, "0xAAA", &key.abi_encode());
        let proof = device.prove(&Claim::new(31_337, operator, U256::ONE));
        let call = verifyAttestationForCall { operator, proof };
        succeed(&source, "0xAAA", &call.abi_encode());
    }

    let proof_of = |device: &B256, more: &[&str]| {
        let device = device.to_string();
        aivm(
            &[
                &[
                    "relay", "proof", "--state", &source, "--device", &device, "--json",
                ],
                more,
            ]
            .concat(),
        )
    };
    let found: Vec<_> = devices
        .iter()
        .map(|device| proof_of(&device.id, &[]).json())
        .collect();
    let root: B256 = found[0]["root"].as_str().unwrap().parse().unwrap();
    let council = Council::of_four(1);
    succeed(&target, "0xAAC", &council.set(0).abi_encode());
    succeed(&target, "0xAAC", &council.signed_root(root, 5).abi_encode());
    assert_eq!(SOURCE, 96_369);
    for found in &found {
        assert_eq!(found["root"], root.to_string());
        assert_eq!(found["proof"]["status"]["vendor"], "armcca");
        let data = hex::decode(found["data"].as_str().unwrap()).unwrap();
        let output = succeed(&target, "0xAAC", &data)["output"].clone();
        assert_eq!(output, B256::with_last_byte(1).to_string());
    }
    assert_eq!(
        [0, 1, 2].map(|index| found[index]["proof"]["nodes"].as_array().unwrap().len()),
        [2, 2, 1]
    );

    let other = proof_of(&devices[0].id, &["--root", &B256::repeat_byte(1).to_string()]);
    assert_eq!((other.code, &other.json()["proven"]), (1, &json!(false)));
    proof_of(&B256::repeat_byte(9), &[]).assert_bad_usage("UnknownDevice");
}
