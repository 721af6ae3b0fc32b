//! `aivm call`: outputs, errors, flags, and the state file.

mod common;

use aivm::abi::IAttestationRegistry::{
    TEEVendor, setGoldenMeasurementCall, submitCollateralCall, updateRootCACall,
};
use alloy_sol_types::SolCall;
use common::{GOLDEN_WORK_ID, GOVERNANCE, Run, aivm, aivm_with_input, golden_proof, hex, scratch, text};
use serde_json::{Value, json};
use std::{fs, path::Path};

const AI_MINING: &str = "0x300";
const REGISTRY: &str = "0xAAA";
const ZERO: &str = "0x0000000000000000000000000000000000000000";

fn call(to: &str, data: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["call", "--to", to, "--data", data, "--json"];
    arguments.extend(more);
    aivm(&arguments)
}

fn work_id() -> String {
    "ab".repeat(32)
}

#[test]
fn computes_the_golden_work_id() {
    let run = call(AI_MINING, &format!("0x05{}", golden_proof()), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = json!({
        "status": "success", "output": GOLDEN_WORK_ID, "gas_used": 50, "logs": [], "error": null,
    });
    assert_eq!(run.json(), expected);
}

/// To whom, call data, flags, and the error that must come: its name and arguments.
type Refusal<'a> = (&'a str, &'a str, &'a [&'a str], &'a str, Value);

fn assert_refused(cases: &[Refusal<'_>]) {
    for (to, data, more, name, args) in cases {
        let run = call(to, data, more);
        let json = run.json();
        assert_eq!(run.code, 1, "{name}: {}", run.stderr);
        assert_eq!(json["status"], "revert", "{name}");
        assert_eq!(json["error"], json!({"name": name, "args": args}));
        assert_ne!(json["gas_used"], 0);
    }
}

#[test]
fn names_the_errors_of_every_call() {
    let mark = format!("06{}", work_id());
    let operation = |bytes: &str| json!({ "operation": bytes });
    let short = json!({"length": "1", "minimum": "32"});
    let cases: [Refusal<'_>; 7] = [
        (AI_MINING, "", &[], "UnknownOperation", operation("0x00000000")),
        (AI_MINING, "09", &[], "UnknownOperation", operation("0x09000000")),
        (
            REGISTRY,
            "0x12345678",
            &[],
            "UnknownOperation",
            operation("0x12345678"),
        ),
        (AI_MINING, "0405", &[], "InputTooShort", short),
        (AI_MINING, &mark, &[], "Unauthorized", json!({ "caller": ZERO })),
        (AI_MINING, &mark, &["--static"], "StaticCallNotAllowed", json!({})),
        (AI_MINING, "05", &["--value", "1"], "ValueNotAllowed", json!({})),
    ];
    assert_refused(&cases);
}

#[test]
fn names_the_errors_of_ai_mining() {
    let level_3 = format!("02{}", golden_proof());
    let device = json!({"deviceId": format!("0x{}", "11".repeat(32))});
    let flag = format!("07{}02", "11".repeat(20));
    let governed: &[&str] = &["--from", GOVERNANCE];
    let set = json!({"parameterSet": 136});
    let cases: [Refusal<'_>; 3] = [
        (AI_MINING, &level_3, &[], "DeviceNotAttested", device),
        (AI_MINING, "0188", &[], "UnknownParameterSet", set),
        (AI_MINING, &flag, governed, "InvalidBool", json!({"value": 2})),
    ];
    assert_refused(&cases);
}

#[test]
fn names_the_errors_of_the_registry() {
    let submit = |vendor| {
        let collateral = vec![1, 2, 3].into();
        hex(&submitCollateralCall { vendor, collateral }.abi_encode())
    };
    let (collateral, other) = (submit(TEEVendor::TDX), submit(TEEVendor::NVIDIA));
    let golden = setGoldenMeasurementCall {
        vendor: TEEVendor::SGX,
        golden: Vec::new().into(),
    };
    let golden = hex(&golden.abi_encode());
    let roots = updateRootCACall {
        vendor: TEEVendor::SGX,
        newRootCA: Vec::new().into(),
    };
    let roots = hex(&roots.abi_encode());
    let score = format!("0x{}{:064x}", selector("setMinTrustScore(uint8)"), 101);
    let governed: &[&str] = &["--from", GOVERNANCE];
    let code = |code: u16| json!({ "code": code });
    let too_high = json!({"score": 101});
    let unsupported = json!({"vendor": 1});
    let cases: [Refusal<'_>; 5] = [
        (REGISTRY, &collateral, &[], "CollateralRejected", code(200)),
        (REGISTRY, &other, &[], "CollateralRejected", code(200)),
        (REGISTRY, &golden, governed, "UnsupportedVendor", unsupported),
        (REGISTRY, &roots, governed, "RootCARejected", code(300)),
        (REGISTRY, &score, governed, "TrustScoreOutOfRange", too_high),
    ];
    assert_refused(&cases);
}

fn selector(signature: &str) -> String {
    hex(&alloy_primitives::keccak256(signature)[..4])
}

#[test]
fn says_what_a_code_means() {
    let submit = submitCollateralCall {
        vendor: TEEVendor::SGX,
        collateral: Vec::new().into(),
    };
    let run = aivm(&["call", "--to", REGISTRY, "--data", &hex(&submit.abi_encode())]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("CollateralRejected(code=200)"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("canonical ABI encoding"), "{}", run.stdout);
}

#[test]
fn runs_out_of_gas_below_the_price_and_not_at_it() {
    let data = format!("05{}", golden_proof());
    let short = call(AI_MINING, &data, &["--gas", "49"]);
    assert_eq!(short.code, 1);
    let expected = json!({
        "status": "halt", "output": "0x", "gas_used": 49, "logs": [], "error": {"name": "OutOfGas", "args": {}},
    });
    assert_eq!(short.json(), expected);
    assert_eq!(call(AI_MINING, &data, &["--gas", "50"]).code, 0);
}

#[test]
fn reads_call_data_from_files_and_standard_input() {
    let folder = scratch("call-data");
    let proof = format!("05{}", golden_proof());
    let bytes = alloy_primitives::hex::decode(&proof).unwrap();
    let contents = [
        ("hex", proof.clone().into_bytes()),
        ("0x", format!("0x{proof}\n").into_bytes()),
        ("raw", bytes),
    ];
    for (name, content) in &contents {
        let file = folder.join(name);
        fs::write(&file, content).unwrap();
        let run = call(AI_MINING, &format!("@{}", text(&file)), &[]);
        assert_eq!(run.json()["output"], GOLDEN_WORK_ID, "{name}");
    }
    let run = aivm_with_input(
        &["call", "--to", AI_MINING, "--data", "@-", "--json"],
        proof.as_bytes(),
    );
    assert_eq!(run.json()["output"], GOLDEN_WORK_ID);
}

/// Writes a state file whose account 0xc0de has this code.
fn state_with_contract(folder: &Path, code: &str) -> String {
    let path = text(&folder.join("state.json"));
    let _ = fs::remove_file(&path);
    assert_eq!(
        call(REGISTRY, &selector("governance()"), &["--state", &path]).code,
        0
    );
    let mut state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    state["accounts"]["0x000000000000000000000000000000000000c0de"] = json!({"nonce": 1, "code": code});
    fs::write(&path, state.to_string()).unwrap();
    path
}

#[test]
fn every_flag_reaches_the_evm() {
    let folder = scratch("call-flags");
    let cases: [(&str, &str, &[&str], &str); 4] = [
        ("CHAINID", "46", &["--chain-id", "4660"], "1234"),
        ("TIMESTAMP", "42", &["--at", "1751328000"], "68632500"),
        ("CALLER", "33", &["--from", "0x77"], "77"),
        ("CALLVALUE", "34", &["--value", "0x99"], "99"),
    ];
    for (name, opcode, more, expected) in cases {
        // opcode PUSH0 MSTORE PUSH1 32 PUSH0 RETURN
        let state = state_with_contract(&folder, &format!("0x{opcode}5f5260205ff3"));
        let mut more = more.to_vec();
        more.extend(["--state", &state]);
        let run = call("0xc0de", "0x", &more);
        let expected = match name {
            "TIMESTAMP" => format!("0x{:064x}", 1_751_328_000),
            _ => format!("0x{expected:0>64}"),
        };
        assert_eq!(run.json()["output"], expected, "{name}: {}", run.stdout);
    }
    // PUSH1 1 PUSH0 SSTORE
    let state = state_with_contract(&folder, "0x60015f55");
    let run = call("0xc0de", "0x", &["--static", "--state", &state]);
    assert_eq!(run.json()["error"]["name"], "StateChangeDuringStaticCall");
}

#[test]
fn keeps_the_state_between_calls() {
    let folder = scratch("call-state");
    let path = text(&folder.join("state.json"));
    let state: &[&str] = &["--state", &path, "--from", GOVERNANCE];
    let is_spent = format!("04{}", work_id());
    let mark_spent = format!("06{}", work_id());

    let refused = call(AI_MINING, &mark_spent, state);
    assert_eq!(
        (refused.code, Path::new(&path).exists()),
        (1, false),
        "nothing is made after a revert"
    );

    let authorize = call(AI_MINING, &format!("07{}01", &GOVERNANCE[2..]), state);
    assert_eq!(authorize.code, 0, "{}{}", authorize.stdout, authorize.stderr);
    assert_eq!(
        call(AI_MINING, &is_spent, state).json()["output"],
        format!("0x{:064x}", 0)
    );

    let marked = call(AI_MINING, &mark_spent, state);
    assert_eq!(marked.code, 0);
    let log = &marked.json()["logs"][0];
    assert_eq!(log["address"], "0x0000000000000000000000000000000000000300");
    assert_eq!(log["topics"][1], format!("0x{}", work_id()));
    assert_eq!(log["data"], "0x");
    assert_eq!(
        call(AI_MINING, &is_spent, state).json()["output"],
        format!("0x{:064x}", 1)
    );

    let before = fs::read(&path).unwrap();
    let again = call(AI_MINING, &mark_spent, state);
    assert_eq!(again.code, 1);
    assert_eq!(again.json()["error"]["name"], "WorkAlreadySpent");
    assert_eq!(fs::read(&path).unwrap(), before, "a revert changes nothing");
    let files: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing is left beside the state file: {files:?}");
}

#[test]
fn a_state_file_is_read_as_it_was_written() {
    let folder = scratch("call-roundtrip");
    let path = state_with_contract(&folder, "0xfe");
    let read = |path: &str| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let governance = selector("governance()");
    assert_eq!(call(REGISTRY, &governance, &["--state", &path]).code, 0);
    let once = read(&path);
    assert_eq!(call(REGISTRY, &governance, &["--state", &path]).code, 0);
    assert_eq!(read(&path), once);
    let contract = &once["accounts"]["0x000000000000000000000000000000000000c0de"];
    assert_eq!(
        *contract,
        json!({"nonce": 1, "balance": "0x0", "code": "0xfe", "storage": {}})
    );
    let registry = &once["accounts"]["0x0000000000000000000000000000000000000aaa"]["storage"];
    let slots = registry.as_object().unwrap();
    assert!(
        slots
            .iter()
            .all(|(slot, value)| slot.len() == 66 && value.as_str().unwrap().len() == 66)
    );
    assert_eq!(
        call("0xc0de", "", &["--state", &path]).json()["error"]["name"],
        "InvalidFEOpcode"
    );
}

#[test]
fn refuses_bad_usage() {
    let folder = scratch("call-usage");
    let write = |name: &str, content: &str| {
        fs::write(folder.join(name), content).unwrap();
        text(&folder.join(name))
    };
    let not_json = write("not-json", "accounts");
    let other_field = write("other-field", r#"{"accounts": {}, "blocks": 1}"#);
    let empty = write("empty", r#"{"accounts": {}}"#);
    let missing_folder = text(&folder.join("missing/state.json"));
    let cases: [(&str, &str, &[&str], &str); 14] = [
        ("0x", "", &[], "--to"),
        ("300", "", &[], "0x300"),
        ("0xzz", "", &[], "--to"),
        (AI_MINING, "0x0", &[], "odd number"),
        (AI_MINING, "0xgg", &[], "not hexadecimal"),
        (AI_MINING, "@/no/such/file", &[], "/no/such/file"),
        (AI_MINING, "04", &["--gas", "lots"], "--gas"),
        (AI_MINING, "04", &["--at", "tomorrow"], "--at"),
        (AI_MINING, "04", &["--value", "1 ether"], "--value"),
        (AI_MINING, "04", &["--static", "--value", "1"], "--static"),
        (AI_MINING, "04", &["--state", &not_json], "not-json"),
        (AI_MINING, "04", &["--state", &other_field], "blocks"),
        (AI_MINING, "04", &["--state", &empty], "has no account"),
        (
            REGISTRY,
            "0x5aa6e675",
            &["--state", &missing_folder],
            "cannot write",
        ),
    ];
    for (to, data, more, what) in cases {
        call(to, data, more).assert_bad_usage(what);
    }
    aivm(&["call", "--to", AI_MINING]).assert_bad_usage("--data");
    aivm(&["call", "--data", "0x"]).assert_bad_usage("--to");
}
