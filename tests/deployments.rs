//! `abi/deployments.json`: where the precompiles of the default configuration are and what they cost, for tools that
//! are not in Rust.

mod evm;

use aivm::{Addresses, GasSchedule};
use aivm_test_support::committed;
use alloy_primitives::Address;
use evm::calls::{self, BY_THE_BYTE, Case};
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// The interfaces, without their I, in the order of their addresses.
const NAMES: [&str; 4] = [
    "AIMining",
    "AttestationRegistry",
    "AttestationProofs",
    "AttestationLightClient",
];

/// The functions of state sync whose price grows with the committee.
const BY_THE_MEMBER: [&str; 2] = ["rotateCommittee", "setCommittee"];

fn addresses() -> [Address; 4] {
    let Addresses {
        mining,
        registry,
        proofs,
        sync,
    } = Addresses::default();
    [mining, registry, proofs, sync]
}

/// The price of an operation, as the schedule has it.
fn price(case: &Case) -> Value {
    let gas = GasSchedule::default();
    let [_, registry, proofs, _] = addresses();
    let base = match case.name {
        "VerifyMLDSA" => gas.verify_mldsa,
        "CalculateReward" => gas.calculate_reward,
        "VerifyTEE" => gas.verify_tee,
        "IsSpent" => gas.is_spent,
        "ComputeWorkId" => gas.compute_work_id,
        "MarkSpent" => gas.mark_spent,
        "SetAuthorized" => gas.set_authorized,
        "IsAuthorized" => gas.is_authorized,
        "verifyAttestation" | "verifyAttestationFor" => gas.verify_attestation,
        "updateRoot" => gas.update_root,
        "verifyDeviceProof" | "verifyDeviceProofAt" => gas.verify_device_proof,
        name if BY_THE_BYTE.contains(&name) => {
            return json!({ "base": gas.collateral_base, "perInputByte": gas.collateral_byte });
        }
        name if BY_THE_MEMBER.contains(&name) => {
            return json!({ "base": gas.committee_base, "perMember": gas.committee_member });
        }
        _ if case.to == proofs => gas.proofs,
        _ if case.to == registry && case.writes => gas.registry_write,
        _ if case.to == registry => gas.registry_read,
        _ => gas.sync_read,
    };
    json!({ "base": base })
}

fn deployments() -> Value {
    let named = NAMES.into_iter().zip(addresses());
    let places: Map<_, _> = named
        .clone()
        .map(|(name, address)| (name.to_owned(), json!(address.to_checksum(None))))
        .collect();
    let cases = calls::all();
    let gas: Map<_, _> = named
        .map(|(name, address)| {
            let functions = cases.iter().filter(|case| case.to == address);
            let prices: Map<_, _> = functions
                .map(|case| (case.name.to_owned(), price(case)))
                .collect();
            (name.to_owned(), Value::Object(prices))
        })
        .collect();
    json!({ "default": places, "gas": gas, "unknownOperation": GasSchedule::default().unknown_operation })
}

#[test]
fn the_file_is_current() {
    committed::assert_current("abi/deployments.json", &format!("{:#}\n", deployments()));
}

/// What the file says of each operation is what it costs, as the specification says it.
#[test]
fn the_prices_are_those_of_the_specification() {
    let deployments = deployments();
    let mut prices = 0;
    for case in calls::all() {
        let index = addresses().iter().position(|address| *address == case.to);
        let price = &deployments["gas"][NAMES[index.expect("a precompile")]][case.name];
        let number = |member: &str| price[member].as_u64().unwrap_or_default();
        let members = match case.name {
            "rotateCommittee" => 3,
            "setCommittee" => 4,
            _ => 0,
        };
        let bytes = case.input.len() as u64;
        let total = number("base") + number("perInputByte") * bytes + number("perMember") * members;
        assert_eq!(total, case.price, "{}", case.name);
        prices += 1;
    }
    assert_eq!(prices, calls::OPERATIONS);
}

/// The library for Solidity says and checks the same prices: in the comment of each function, and in its code.
#[test]
fn the_prices_are_those_of_the_library() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/AiMiningLib.sol");
    let source = fs::read_to_string(path).expect("the library");
    let [mining, ..] = addresses();
    let operations = calls::all().into_iter().filter(|case| case.to == mining);
    let mut checked = 0;
    for case in operations {
        let name = case.name[..1].to_lowercase() + &case.name[1..];
        let (comment, code) = source
            .split_once(&format!("function {name}("))
            .unwrap_or_else(|| panic!("the library has no {name}"));
        let comment = comment.rsplit("@notice").next().expect("a comment");
        let comment = comment.split("/// @dev").next().expect("a notice");
        let code = code.split("\n    }\n").next().expect("a function");
        let said = comment
            .trim()
            .strip_suffix("gas.")
            .expect("its price comes last")
            .trim();
        let said = said.rsplit(' ').next().expect("a number").replace(',', "");
        let price = case.price.to_string();
        assert_eq!(said, price, "{name}");
        let call = code
            .find("_read(")
            .or_else(|| code.find("_write("))
            .expect("it asks");
        let arguments = code[call..].split(';').next().expect("a statement");
        let (_, last) = arguments.rsplit_once(", ").expect("arguments");
        let last = last.trim_end_matches(')').replace('_', "");
        assert_eq!(last, price, "{name}");
        checked += 1;
    }
    assert_eq!(checked, calls::MINING_OPERATIONS);
}
