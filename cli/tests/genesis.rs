//! `aivm genesis`: configuration files, and the accounts that follow from them.

mod common;

use aivm::{
    Aivm, Genesis,
    abi::exec::{AccountCode, SlotValue},
    precompiles::memory::MemoryAccount,
};
use alloy_primitives::{Address, B256, Bytes, U256, hex};
use alloy_sol_types::SolValue;
use common::{GOVERNANCE, Run, aivm, aivm_with_input, scratch, text};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

/// The least file.
const LEAST: &str = "genesis.governance = '0x00000000000000000000000000000000000000c1'\n";

fn with_config(command: &str, config: &str, more: &[&str]) -> Run {
    let arguments = [&["genesis", command, "--config", "-"], more].concat();
    aivm_with_input(&arguments, config.as_bytes())
}

/// The accounts of an `alloc` object, all of which have no ether.
fn accounts(alloc: &Value) -> BTreeMap<Address, MemoryAccount> {
    let number = |value: &Value| value.as_str().unwrap().parse::<U256>().unwrap();
    let entries = alloc.as_object().unwrap().iter();
    let account = |(address, entry): (&String, &Value)| {
        assert_eq!(entry.as_object().unwrap().len(), 4, "{entry}");
        assert_eq!(entry["balance"], "0x0");
        assert_eq!(address, &address.to_lowercase());
        let slots = entry["storage"].as_object().unwrap().iter();
        let storage = slots.map(|(slot, value)| {
            assert_eq!((slot.len(), value.as_str().unwrap().len()), (66, 66), "{slot}");
            (slot.parse::<B256>().unwrap().into(), number(value))
        });
        let account = MemoryAccount {
            nonce: number(&entry["nonce"]).to(),
            code: entry["code"].as_str().unwrap().parse::<Bytes>().unwrap(),
            storage: storage.collect(),
        };
        (address.parse().unwrap(), account)
    };
    entries.map(account).collect()
}

/// What the example comes to is what the library makes of the development genesis.
#[test]
fn the_accounts_of_the_example() {
    let folder = scratch("genesis-accounts");
    let (config, out) = (folder.join("aivm.toml"), folder.join("alloc.json"));
    let example = aivm(&["genesis", "example"]);
    assert_eq!((example.code, example.stderr.as_str()), (0, ""));
    fs::write(&config, &example.stdout).unwrap();
    let printed = aivm(&["genesis", "accounts", "--config", &text(&config)]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    let expected = Genesis::development().accounts(&Aivm::default()).unwrap();
    assert_eq!(accounts(&printed.json()), expected);
    assert_eq!(expected.len(), 8);

    let json = aivm(&["genesis", "accounts", "--config", &text(&config), "--json"]);
    assert_eq!((json.stdout.lines().count(), json.json()), (1, printed.json()));

    let arguments = [
        "genesis",
        "accounts",
        "--config",
        &text(&config),
        "--out",
        &text(&out),
        "--json",
    ];
    let written = aivm(&arguments);
    assert_eq!(written.json(), json!({ "file": text(&out), "accounts": 8 }));
    let file: Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(file, printed.json());
}

/// Without a file: the default configuration, and the same as Solidity reads it.
#[test]
fn the_accounts_of_the_default_configuration() {
    let governance = "0x00000000000000000000000000000000000000c1";
    let of_file = with_config("accounts", LEAST, &[]).json();
    let run = aivm(&["genesis", "accounts", "--governance", governance]);
    assert_eq!((run.code, run.json()), (0, of_file.clone()));
    let encoded = aivm(&["genesis", "accounts", "--governance", "0xc1", "--abi"]);
    assert_eq!(encoded.code, 0, "{}", encoded.stderr);
    let bytes = hex::decode(encoded.stdout.trim_end()).unwrap();
    let (codes, slots) =
        <(Vec<AccountCode>, Vec<SlotValue>)>::abi_decode_params_validate(&bytes).expect("codes and slots");
    let mut decoded = BTreeMap::new();
    for AccountCode { account, code } in codes {
        let account = decoded.insert(
            account,
            MemoryAccount {
                code,
                nonce: 1,
                ..Default::default()
            },
        );
        assert!(account.is_none(), "each account once");
    }
    for SlotValue { account, slot, value } in slots {
        let account = decoded.get_mut(&account).expect("an account with code");
        let slot = account.storage.insert(slot.into(), value.into());
        assert!(slot.is_none(), "each slot once");
    }
    assert_eq!(decoded, accounts(&of_file));
    let json = with_config("accounts", LEAST, &["--abi", "--json"]).json();
    assert_eq!(json, json!({ "abi": encoded.stdout.trim_end() }));
}

#[test]
fn whose_accounts() {
    let accounts = |more: &[&str]| aivm(&[&["genesis", "accounts"], more].concat());
    accounts(&[]).assert_bad_usage("--config");
    accounts(&["--governance", "0x0"]).assert_bad_usage("governance");
    accounts(&["--governance", "c1"]).assert_bad_usage("0x");
    accounts(&["--governance", "0xc1", "--config", "-"]).assert_bad_usage("cannot be used with");
    accounts(&["--governance", "0xc1", "--abi", "--out", "x"]).assert_bad_usage("cannot be used with");
}

/// JSON of the same shape is the same configuration.
#[test]
fn toml_or_json() {
    let example = aivm(&["genesis", "example", "--json"]).json();
    assert_eq!(example["gas"]["verify_tee"], 5_000);
    let from_json = with_config("accounts", &example.to_string(), &[]);
    let from_toml = with_config("accounts", &aivm(&["genesis", "example"]).stdout, &[]);
    assert_eq!(from_json.code, 0, "{}", from_json.stderr);
    assert_eq!(from_json.json(), from_toml.json());
}

#[test]
fn the_schema() {
    let schema = aivm(&["genesis", "schema"]);
    assert_eq!(schema.json()["title"], "aivm configuration");
    assert_eq!(schema.json()["required"], json!(["genesis"]));
    assert_eq!(aivm(&["genesis", "schema", "--json"]).json(), schema.json());
}

#[test]
fn what_a_file_comes_to() {
    let run = with_config("check", LEAST, &["--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json = run.json();
    assert_eq!(json.as_object().unwrap().len(), 8, "{json}");
    assert_eq!((&json["valid"], &json["accounts"]), (&json!(true), &json!(8)));
    assert_eq!(json["activation"], "genesis");
    assert_eq!(
        json["addresses"]["AI mining"],
        "0x0000000000000000000000000000000000000300"
    );
    assert_eq!(json["addresses"].as_object().unwrap().len(), 4);
    assert_eq!(json["governance"], "0x00000000000000000000000000000000000000c1");
    assert_eq!(json["guardian"], "0x0000000000000000000000000000000000000000");
    let intel = "0xa1acc73eb45794fa1734f14d882e91925b6006f79d3bb2460df9d01b333d7009";
    assert_eq!(
        (&json["roots"]["sgx"], &json["roots"]["tdx"]),
        (&json!(intel), &json!(intel))
    );
    assert_eq!(json["roots"]["armcca"], Value::Null);
    assert_eq!(json["warnings"], json!([]));

    let later = format!("activation = {{ hard_fork = 'spurious_dragon' }}\n{LEAST}roots.tdx = 'none'\n");
    let json = with_config("check", &later.replace("roots", "genesis.roots"), &["--json"]).json();
    assert_eq!(json["activation"], json!({ "hard_fork": "spurious_dragon" }));
    assert_eq!(
        (&json["roots"]["tdx"], &json["accounts"]),
        (&Value::Null, &json!(7))
    );
    let text = with_config("check", LEAST, &[]).stdout;
    assert!(
        text.contains("governance") && text.contains(intel) && !text.contains("WARNING"),
        "{text}"
    );
}

#[test]
fn warnings() {
    let development = format!("genesis.governance = '{GOVERNANCE}'\n");
    let cases = [
        (development.clone(), "governance is the development account"),
        (
            format!("{LEAST}genesis.guardian = '{GOVERNANCE}'\n"),
            "guardian is the development account",
        ),
        (
            format!("{LEAST}genesis.guardian = '0x00000000000000000000000000000000000000c1'\n"),
            "guardian is governance",
        ),
        (format!("{LEAST}genesis.validity = 0\n"), "validity is 0"),
    ];
    let prices = [
        "verify_mldsa",
        "calculate_reward",
        "verify_tee",
        "verify_attestation",
        "collateral_base",
        "collateral_byte",
        "update_root",
        "committee_base",
        "committee_member",
        "verify_device_proof",
    ];
    let free = prices.map(|name| {
        (
            format!("{LEAST}gas.{name} = 0\n"),
            format!("chain; gas.{name} is 0"),
        )
    });
    let cases: Vec<_> = cases
        .map(|(config, warning)| (config, warning.to_owned()))
        .into_iter()
        .chain(free)
        .collect();
    assert_eq!(cases.len(), 4 + 10);
    for (config, warning) in cases {
        let json = with_config("check", &config, &["--json"]).json();
        let warnings = json["warnings"].as_array().unwrap();
        assert_eq!(warnings.len(), 1, "{json}");
        assert!(warnings[0].as_str().unwrap().contains(&warning), "{json}");
        assert_eq!(
            with_config("check", &config, &[])
                .stdout
                .matches("WARNING")
                .count(),
            1
        );
    }
}

/// What is wrong is named with its field, its value and what to do; both commands agree.
#[test]
fn what_is_refused() {
    let cases = [
        (
            format!("gas.verfy_tee = 1\n{LEAST}"),
            "gas.verfy_tee: unknown field",
        ),
        (
            format!("genesis.min_trust_score = 101\n{LEAST}"),
            "genesis.min_trust_score is 101",
        ),
        (
            format!("genesis.minimum_tcb.tdx = '0x01'\n{LEAST}"),
            "genesis.minimum_tcb.tdx: 0x01",
        ),
        (
            format!("genesis.roots.sgx = {{ bundle = '0x3000' }}\n{LEAST}"),
            "genesis.roots.sgx: refused with code",
        ),
        (
            format!("addresses.mining = '0x0000000000000000000000000000000000000aaa'\n{LEAST}"),
            "two aivm precompiles are configured at 0x0000000000000000000000000000000000000aaa; give each",
        ),
        (
            format!("addresses.mining = '0x0000000000000000000000000000000000000001'\n{LEAST}"),
            "already has a precompile at 0x0000000000000000000000000000000000000001",
        ),
        (
            format!("addresses.sync = '0x0000000000000000000000000000000000000000'\n{LEAST}"),
            "the address of state sync is zero",
        ),
        (
            "genesis.governance = '0x0000000000000000000000000000000000000aaa'".into(),
            "genesis.governance: 0x0000000000000000000000000000000000000aaa is an aivm precompile",
        ),
        (
            format!("genesis.authorized = ['0x0000000000000000000000000000000000000300']\n{LEAST}"),
            "genesis.authorized: 0x0000000000000000000000000000000000000300 is an aivm precompile",
        ),
        (
            format!(
                "genesis.measurements = {{ '0x{0}AA' = 'banned', '0x{0}aa' = 'allowed' }}\n{LEAST}",
                "00".repeat(31)
            ),
            "aa is there twice",
        ),
        (format!("gas = [5, 6]\n{LEAST}"), "gas: invalid type: sequence"),
        ("{".into(), "EOF"),
        (String::new(), "missing field `genesis`"),
    ];
    for (config, problem) in cases {
        let check = with_config("check", &config, &["--json"]);
        assert_eq!(check.code, 1, "{config}");
        let json = check.json();
        assert_eq!(json["valid"], false);
        assert!(
            json["reason"].as_str().unwrap().contains(problem),
            "{problem:?} is not in {json}"
        );
        with_config("accounts", &config, &[]).assert_bad_usage(problem);
    }
}

#[test]
fn files_that_cannot_be_read() {
    aivm(&["genesis", "check", "--config", "there-is-none.toml"]).assert_bad_usage("there-is-none.toml");
    aivm_with_input(&["genesis", "check", "--config", "-"], &[0xff, 0xfe]).assert_bad_usage("not text");
    let big = vec![b'#'; (1 << 20) + 1];
    aivm_with_input(&["genesis", "check", "--config", "-"], &big).assert_bad_usage("1048576 bytes");
    let nowhere = [
        "genesis",
        "accounts",
        "--config",
        "-",
        "--out",
        "no/such/folder/alloc.json",
    ];
    aivm_with_input(&nowhere, LEAST.as_bytes()).assert_bad_usage("--out");
}
