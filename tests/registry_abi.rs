//! The registry against its JSON ABI, with selectors, topics and data made by hand: every function reaches a
//! handler, `view` is what only reads, and every event is exactly as declared.

mod evm;

use aivm::{
    Call,
    abi::{
        IAttestationRegistry::IAttestationRegistryCalls,
        IPrecompile::{StaticCallNotAllowed, UnknownOperation},
    },
    precompiles::{Outcome, evidence::intel},
};
use alloy_primitives::{Address, B256, FixedBytes, Log, U256, keccak256};
use alloy_sol_types::SolInterface;
use evm::{REGISTRY, SENDER, calls, evidence::COLLATERAL_KEY, furnish, memory::Machine, revert_data, word};
use serde_json::Value;
use std::collections::BTreeSet;

const OWNER: Address = SENDER;

/// The writes that return something.
const PROOF_FUNCTIONS: [&str; 2] = ["verifyAttestation", "verifyAttestationFor"];

fn items(kind: &str) -> Vec<Value> {
    let abi: Vec<Value> =
        serde_json::from_str(include_str!("../abi/json/IAttestationRegistry.json")).unwrap();
    abi.into_iter().filter(|item| item["type"] == kind).collect()
}

/// `name(type,type)`, as it is hashed.
fn declaration(item: &Value) -> String {
    format!("{}({})", item["name"].as_str().unwrap(), types(&item["inputs"]))
}

/// The types of parameters, those of a struct in brackets.
fn types(parameters: &Value) -> String {
    let types =
        parameters
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| match parameter["type"].as_str().unwrap() {
                "tuple" => format!("({})", types(&parameter["components"])),
                plain => plain.to_owned(),
            });
    types.collect::<Vec<_>>().join(",")
}

/// The operation of this name as the owner calls it.
fn named(name: &str) -> calls::Case {
    let mut cases = calls::all_by(OWNER).into_iter();
    cases.find(|case| case.name == name).expect("an operation")
}

fn selector(item: &Value) -> [u8; 4] {
    keccak256(declaration(item))[..4].try_into().unwrap()
}

/// Makes a call with less than one argument, below a STATICCALL or not, and gives the gas and the revert data.
fn probe(input: &[u8], is_static: bool) -> (u64, Vec<u8>) {
    let mut machine = Machine::new(OWNER);
    let call = Call {
        input,
        gas_limit: 10_000_000,
        caller: OWNER,
        value: U256::ZERO,
        is_static,
        is_direct: true,
    };
    match machine
        .aivm
        .call(REGISTRY, &mut machine.host, &call)
        .unwrap()
        .unwrap()
    {
        Outcome::Success { gas_used, .. } => (gas_used, Vec::new()),
        Outcome::Revert { gas_used, output } => (gas_used, output.to_vec()),
        Outcome::OutOfGas => panic!("out of gas"),
    }
}

#[test]
fn every_function_reaches_a_handler() {
    let functions = items("function");
    let selectors: BTreeSet<_> = functions.iter().map(selector).collect();
    assert_eq!(selectors, IAttestationRegistryCalls::selectors().collect());
    assert_eq!(selectors.len(), calls::REGISTRY_FUNCTIONS);
    for function in &functions {
        let selector = selector(function);
        let unknown = revert_data(&UnknownOperation {
            operation: FixedBytes(selector),
        });
        for input in [&selector[..], &[&selector[..], &[1; 64]].concat()] {
            let (gas, output) = probe(input, false);
            assert!(gas >= 2_600, "{function}");
            assert_ne!(output, unknown, "{function}");
        }
    }
    // One that is not there, to show that the probe can tell.
    let other = keccak256("nobody()")[..4].try_into().unwrap();
    let unknown = revert_data(&UnknownOperation {
        operation: FixedBytes(other),
    });
    assert_eq!(probe(&other, false), (1_000, unknown.to_vec()));
}

/// A `view` function costs what reads cost and runs below a STATICCALL; any other is refused there.
#[test]
fn views_read_and_the_rest_writes() {
    let refusal = revert_data(&StaticCallNotAllowed {}).to_vec();
    let (mut views, mut writes) = (0, 0);
    for function in items("function") {
        let input = selector(&function);
        let (gas, output) = probe(&input, true);
        match function["stateMutability"].as_str().unwrap() {
            "view" => {
                assert_ne!(output, refusal, "{function}");
                assert_eq!(gas, 2_600);
                views += 1;
            }
            "nonpayable" => {
                assert_eq!(output, refusal, "{function}");
                assert!(gas >= 25_000);
                let returned = if PROOF_FUNCTIONS.contains(&function["name"].as_str().unwrap()) {
                    "bool"
                } else {
                    ""
                };
                assert_eq!(types(&function["outputs"]), returned);
                writes += 1;
            }
            other => panic!("{other}: {function}"),
        }
    }
    assert_eq!((views, writes), (17, 17));
    // The table of cases says the same.
    for case in calls::all_by(OWNER)
        .into_iter()
        .filter(|case| case.to == REGISTRY)
    {
        let functions = items("function");
        let function = functions.iter().find(|item| item["name"] == case.name).unwrap();
        assert_eq!(
            function["stateMutability"] == "nonpayable",
            case.writes,
            "{}",
            case.name
        );
        assert_eq!(selector(function), case.input[..4], "{}", case.name);
    }
}

/// What a function returns is as long as its outputs are: nothing, for most writes.
#[test]
fn return_data_is_as_declared() {
    let functions = items("function");
    for case in calls::all_by(OWNER)
        .into_iter()
        .filter(|case| case.to == REGISTRY)
    {
        let function = functions.iter().find(|item| item["name"] == case.name).unwrap();
        let outputs = types(&function["outputs"]);
        let words = outputs.split(',').filter(|output| !output.is_empty()).count();
        let output = Machine::new(OWNER).call(OWNER, REGISTRY, &case.input).unwrap();
        if outputs.split(',').any(|output| output == "bytes") {
            assert!(output.len() >= 32 * (words + 1) && output.len().is_multiple_of(32));
        } else {
            assert_eq!(output.len(), 32 * words, "{}: {outputs}", case.name);
        }
    }
}

/// The event that a write of the table of cases leaves: its declaration, what is indexed, its data.
struct Event {
    write: &'static str,
    declaration: &'static str,
    indexed: Vec<B256>,
    data: Vec<u8>,
}

fn event(write: &'static str, declaration: &'static str, indexed: &[B256], data: &[u8]) -> Event {
    Event {
        write,
        declaration,
        indexed: indexed.to_vec(),
        data: data.to_vec(),
    }
}

fn expected_events() -> Vec<Event> {
    let roots = root_events().into_iter();
    roots.chain(policy_events()).chain(device_events()).collect()
}

fn device_events() -> [Event; 5] {
    let (device, owner) = (furnish::device().id, OWNER.into_word());
    // Vendor 5, and 100 less 30 for a measurement that nobody knows.
    let verified = |nonce| {
        let proof = furnish::proof(OWNER, nonce);
        [&word(5)[..], &word(70), &proof.jobHash[..], &proof.outputHash[..]].concat()
    };
    let declaration = "AttestationVerified(bytes32,address,uint8,uint8,bytes32,bytes32)";
    let indexed = [device, owner];
    let unknown = furnish::unknown_device();
    [
        event("verifyAttestation", declaration, &indexed, &verified(2)),
        event("verifyAttestationFor", declaration, &indexed, &verified(3)),
        event("refresh", "DeviceRefreshed(bytes32,bool)", &[device], &word(1)),
        event("releaseDevice", "DeviceReleased(bytes32,address)", &indexed, &[]),
        event("revokeDevice", "DeviceRevoked(bytes32)", &[unknown], &[]),
    ]
}

const TDX: B256 = B256::with_last_byte(3);

fn root_events() -> [Event; 4] {
    let root = keccak256(intel::ROOT_CA);
    let minimum = [&word(32)[..], &word(4), &[0, 0, 0, 17], &[0; 28]].concat();
    let roots = [&word(2)[..], &root[..], &root[..]].concat();
    let (key, until) = (COLLATERAL_KEY, word(1_752_919_234));
    let declaration = "CollateralUpdated(uint8,bytes32,uint64)";
    let collateral = event("submitCollateral", declaration, &[TDX, key], &until);
    let declaration = "RootCAUpdated(uint8,uint64,bytes32,bytes32)";
    let roots = event("updateRootCA", declaration, &[TDX], &roots);
    let declaration = "MinimumTcbChanged(uint8,bytes)";
    [
        collateral,
        roots,
        event("setMinimumTcb", declaration, &[TDX], &minimum),
        golden_event(),
    ]
}

/// Layout version, chip, then each index with its one digest.
fn golden_event() -> Event {
    let software = b"aivm.golden.v1550.90.07\x0096.00.9F.00.01";
    let stored = [&b"\x01\x05GH100\x02"[..], &[2, 1], &[2; 48], &[3, 1], &[3; 48]].concat();
    event(
        "setGoldenMeasurement",
        "GoldenMeasurementChanged(uint8,bytes32,bytes32)",
        &[B256::with_last_byte(4), keccak256(software)],
        &keccak256(stored)[..],
    )
}

fn policy_events() -> [Event; 8] {
    let owner = OWNER.into_word();
    let heir = Address::repeat_byte(0x77).into_word();
    let id = B256::repeat_byte(0x66);
    let list = "AllowlistRequirementChanged(uint8,bool)";
    let handed_over = "GovernanceChanged(address,address)";
    let guardian = "GuardianChanged(address,address)";
    let score = "MinTrustScoreChanged(uint8)";
    let measurement = "MeasurementChanged(bytes32,uint8)";
    [
        event("pause", "Paused(uint8,address)", &[TDX, owner], &[]),
        event("unpause", "Unpaused(uint8,address)", &[TDX, owner], &[]),
        event("setMeasurement", measurement, &[id], &word(1)),
        event("requireAllowlist", list, &[TDX], &word(1)),
        event("setMinTrustScore", score, &[], &word(60)),
        event("setValidity", "ValidityChanged(uint64)", &[], &word(3_600)),
        event("setGovernance", handed_over, &[owner, heir], &[]),
        event("setGuardian", guardian, &[owner, heir], &[]),
    ]
}

#[test]
fn every_event_is_as_declared() {
    let events = expected_events();
    for Event {
        write,
        declaration,
        indexed,
        data,
    } in &events
    {
        let mut machine = Machine::new(OWNER);
        machine.call(OWNER, REGISTRY, &named(write).input).unwrap();
        let topics = [&[keccak256(declaration)], &indexed[..]].concat();
        let expected = Log::new(REGISTRY, topics, data.clone().into()).unwrap();
        assert_eq!(machine.take_logs(), [expected], "{write}");
    }
    assert_eq!(events.len(), 17);
    let declared: BTreeSet<_> = items("event").iter().map(declaration).collect();
    assert_eq!(
        declared,
        events.iter().map(|event| event.declaration.to_owned()).collect()
    );
    for item in items("event") {
        let declaration = declaration(&item);
        let inputs = item["inputs"].as_array().unwrap();
        let indexed = inputs.iter().filter(|input| input["indexed"] == true).count();
        let expected = events
            .iter()
            .find(|event| event.declaration == declaration)
            .unwrap();
        assert_eq!(indexed, expected.indexed.len(), "{declaration}");
        assert_eq!(item["anonymous"], false);
    }
}

/// Each `RootCAUpdated` takes up where the one before it left off; a pause of all names no vendor.
#[test]
fn the_chain_of_root_hashes() {
    use aivm::abi::IAttestationRegistry::{TEEVendor, pauseCall, updateRootCACall};
    use aivm_simulator::intel::{Format, Scenario};
    let mut machine = Machine::new(OWNER);
    let second = Scenario::new(Format::SgxV3).root_der();
    let bundles = [
        second.clone(),
        intel::ROOT_CA.to_vec(),
        [intel::ROOT_CA, &second].concat(),
    ];
    let mut previous = keccak256(intel::ROOT_CA);
    for (version, bundle) in (2..).zip(bundles) {
        let current = keccak256(&bundle);
        let call = updateRootCACall {
            vendor: TEEVendor::SGX,
            newRootCA: bundle.into(),
        };
        machine.registry(OWNER, &call).unwrap();
        let logs = machine.take_logs();
        assert_eq!(logs[0].topics()[1..], [B256::with_last_byte(1)]);
        assert_eq!(
            logs[0].data.data,
            [&word(version)[..], &previous[..], &current[..]].concat()
        );
        previous = current;
    }
    machine
        .registry(
            OWNER,
            &pauseCall {
                vendor: TEEVendor::None,
            },
        )
        .unwrap();
    let expected = [keccak256("Paused(uint8,address)"), B256::ZERO, OWNER.into_word()];
    assert_eq!(machine.take_logs()[0].topics(), expected);
}
