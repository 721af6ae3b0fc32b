//! `aivm collateral`: every vendor's collateral, shown, tried out, and packed for the registry.

mod common;

use common::{GOVERNANCE, Run, aivm, fixture, from_pem, hex, pem, sample, scratch, text};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// When Intel's packaged collateral was valid.
const JULY_2025: &str = "1751328000";

const NVIDIA_CHAIN: &str = "nvidia/nv-local-gpu-verifier-2.7.3/hopperCertChain.txt";

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn run(command: &str, file: &Path, more: &[&str]) -> Run {
    let file = text(file);
    let mut arguments = vec!["collateral", command, &file, "--json"];
    arguments.extend(more);
    aivm(&arguments)
}

/// Collateral of each vendor: vendor, file, and the time at which it is good.
fn genuine(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let ask = fs::read_to_string(fixture("snp/sev-8.0.0/ask_milan.pem")).unwrap();
    let ask = from_pem(&ask).remove(0);
    let ark = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../precompiles/roots/amd_ark_milan.der"))
        .unwrap();
    let nvidia = from_pem(&fs::read_to_string(fixture(NVIDIA_CHAIN)).unwrap());
    let nvidia_json = json!({ "identity_ca": hex(&nvidia[3]), "provisioner_ca": hex(&nvidia[2]) });
    vec![
        ("sgx", sample("sgx_quote_collateral.json")),
        ("tdx", sample("tdx_quote_collateral.json")),
        ("sevsnp", write(folder, "ask.pem", pem(&[&ask]))),
        ("sevsnp", write(folder, "chain.pem", pem(&[&ask, &ark]))),
        ("sevsnp", write(folder, "chain.der", [ask.clone(), ark].concat())),
        (
            "sevsnp",
            write(
                folder,
                "amd.json",
                json!({ "endorsement_ca": hex(&ask), "crl": null }).to_string(),
            ),
        ),
        ("nvidia", fixture(NVIDIA_CHAIN)),
        ("nvidia", write(folder, "nvidia.json", nvidia_json.to_string())),
        ("armcca", fixture("cca/ccatoken-0.1.0/ta-02-ok.json")),
    ]
}

#[test]
fn verifies_and_shows_what_is_genuine() {
    let folder = scratch("collateral-genuine");
    let cases = genuine(&folder);
    for (vendor, file) in &cases {
        let verified = run("verify", file, &["--at", JULY_2025]);
        assert_eq!(
            verified.code, 0,
            "{vendor}: {}{}",
            verified.stdout, verified.stderr
        );
        let json = verified.json();
        assert_eq!(json.as_object().unwrap().len(), 6);
        assert_eq!(
            (&json["verified"], &json["vendor"]),
            (&json!(true), &json!(vendor))
        );
        assert_eq!(json["key"].as_str().unwrap().len(), 66);
        assert_eq!(json["valid_until"].is_null(), *vendor == "armcca");
        let shown = run("inspect", file, &[]);
        assert_eq!(
            (shown.code, &shown.json()["vendor"]),
            (0, &json!(vendor)),
            "{}",
            shown.stderr
        );
        let people = aivm(&["collateral", "inspect", &text(file)]);
        assert!(people.stdout.starts_with("Nothing here is verified"));
    }
    assert_eq!(cases.len(), 9);
}

#[test]
fn shows_names_numbers_and_windows() {
    let json = run("inspect", &sample("tdx_quote_collateral.json"), &[]).json();
    assert_eq!(json["tcb_info"]["id"], "TDX");
    assert_eq!(json["tcb_info"]["fmspc"], "B0C06F000000");
    assert!(json["tcb_info"]["evaluation_number"].is_u64());
    assert!(json["tcb_info"]["next_update"].as_u64() > json["tcb_info"]["this_update"].as_u64());
    assert_eq!(json["qe_identity"]["id"], "TD_QE");
    assert_eq!(json["pck_crl"]["issuer"], "Intel SGX PCK Platform CA");
    let revoked = json["pck_crl"]["revoked"].as_array().unwrap();
    assert!(!revoked.is_empty());
    assert_eq!(json["pck_crl"]["revoked_count"], revoked.len());
    assert_eq!(json["tcb_info_issuer_chain_2"]["subject"], "Intel SGX Root CA");

    let json = run("inspect", &fixture(NVIDIA_CHAIN), &[]).json();
    assert_eq!(json["identity_ca"]["subject"], "NVIDIA GH100 Identity");
    assert_eq!(json["provisioner_ca"]["not_after"], 253_402_300_799_u64);
    let json = run("inspect", &fixture("cca/ccatoken-0.1.0/ta.json"), &[]).json();
    assert_eq!(
        (&json["platform_1"]["curve"], json["platform_2"].is_null()),
        (&json!("P-256"), true)
    );
}

#[test]
fn gives_the_code_of_what_is_refused() {
    let folder = scratch("collateral-refused");
    let scenario = aivm_simulator::snp::Scenario::new(
        aivm_simulator::snp::Product::Genoa,
        aivm_simulator::snp::Kind::Vlek,
        3,
    );
    let made_up = write(
        &folder,
        "made-up.pem",
        pem(&[&scenario.ca_der(), &scenario.ark_der()]),
    );
    let gpu = aivm_simulator::nvidia::Scenario::new(aivm_simulator::nvidia::Chip::Gh100);
    let gpu = write(&folder, "gpu.der", gpu.chain().concat());
    let mut intel: Value =
        serde_json::from_slice(&fs::read(sample("sgx_quote_collateral.json")).unwrap()).unwrap();
    intel["tcb_info_issuer_chain"] = json!("");
    let intel = write(&folder, "intel.json", intel.to_string());
    let sgx = sample("sgx_quote_collateral.json");
    let cases = [
        (run("verify", &made_up, &["--at", JULY_2025]), "sevsnp", 452),
        (run("verify", &gpu, &["--at", JULY_2025]), "nvidia", 551),
        (run("verify", &intel, &["--at", JULY_2025]), "sgx", 200),
        (
            run("verify", &sgx, &["--at", JULY_2025, "--vendor", "tdx"]),
            "tdx",
            203,
        ),
        (run("verify", &sgx, &["--at", "1700000000"]), "sgx", 243),
        (run("verify", &sgx, &["--at", "1795000000"]), "sgx", 244),
        (
            run("verify", &fixture("cca/ccatoken-0.1.0/ta-02-bad.json"), &[]),
            "armcca",
            663,
        ),
    ];
    for (run, vendor, code) in &cases {
        assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
        let json = run.json();
        let expected = json!({
            "verified": false, "vendor": vendor, "key": null, "valid_until": null, "code": code,
            "reason": json["reason"],
        });
        assert_eq!(json, expected);
    }
    assert_eq!(cases.len(), 7);
}

/// What is packed is what the registry takes, on a chain of its own.
#[test]
fn packs_calls_that_succeed() {
    let folder = scratch("collateral-pack");
    let cases = genuine(&folder);
    for (number, (vendor, file)) in cases.iter().enumerate() {
        let out = folder.join("call.bin");
        let state = text(&folder.join(format!("chain-{number}.json")));
        let packed = run("pack", file, &["--out", &text(&out)]).json();
        assert_eq!(
            (&packed["vendor"], &packed["function"]),
            (&json!(vendor), &json!("submitCollateral"))
        );
        assert_eq!(
            fs::read(&out).unwrap(),
            aivm_simulator::from_hex(packed["data"].as_str().unwrap())
        );
        let data = format!("@{}", text(&out));
        let call = |from: &str| {
            let arguments = [
                "call", "--to", "0xAAA", "--data", &data, "--from", from, "--at", JULY_2025, "--state",
                &state, "--json",
            ];
            aivm(&arguments)
        };
        let anyone = call("0x1111111111111111111111111111111111111111");
        if *vendor == "armcca" {
            assert_eq!(anyone.json()["error"]["name"], "Unauthorized");
        } else {
            assert_eq!(anyone.code, 0, "{vendor}: {}", anyone.stdout);
        }
        let governance = call(GOVERNANCE);
        assert_eq!(governance.code, 0, "{vendor}: {}", governance.stdout);
        let verified = run("verify", file, &["--at", JULY_2025]).json();
        assert_eq!(governance.json()["logs"][0]["topics"][2], verified["key"]);
    }
}

#[test]
fn packs_all_keys_of_arm_cca_in_one_call() {
    let folder = scratch("collateral-cca");
    let read = |name: &str| -> Value {
        let path = fixture(&format!("cca/ccatoken-0.1.0/{name}"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    let two = json!([read("ta.json")[0], read("ta-02-ok.json")[0]]);
    let two = write(&folder, "two.json", two.to_string());
    run("pack", &two, &[]).assert_bad_usage("--replace-all");
    let packed = run("pack", &two, &["--replace-all"]).json();
    assert_eq!(packed["function"], "updateRootCA");
    let data = packed["data"].as_str().unwrap();
    let call = aivm(&[
        "call", "--to", "0xAAA", "--data", data, "--from", GOVERNANCE, "--json",
    ]);
    assert_eq!(call.code, 0, "{}", call.stdout);
    assert_eq!(run("verify", &two, &[]).code, 0);
}

#[test]
fn refuses_bad_usage() {
    let folder = scratch("collateral-usage");
    let file = |content: &str| write(&folder, "file", content);
    let chain = fs::read_to_string(fixture(NVIDIA_CHAIN)).unwrap();
    let root_alone = pem(&[&from_pem(&chain)[4]]);
    let key = &fixture("cca/ccatoken-0.1.0/cpak.json");
    let long = write(&folder, "long", vec![b' '; (1 << 20) + 1]);
    let cases = [
        (run("inspect", &file("{}"), &[]), "no vendor's collateral"),
        (run("inspect", &file("no JSON"), &[]), "not JSON"),
        (run("inspect", &file("\"text\""), &[]), "no vendor's collateral"),
        (run("verify", &file("{}"), &["--vendor", "sgx"]), "missing field"),
        (run("verify", &file("{}"), &["--vendor", "nvidia"]), "identity_ca"),
        (
            run("verify", &file("{\"endorsement_ca\": \"!\"}"), &[]),
            "endorsement_ca",
        ),
        (
            run("verify", &file("{\"endorsement_ca\": \"\"}"), &[]),
            "endorsement_ca",
        ),
        (run("pack", &file(&root_alone), &[]), "no vendor's collateral"),
        (
            run("pack", &file(&chain), &["--vendor", "tdx"]),
            "no vendor's collateral",
        ),
        (
            run("pack", &file(&chain.replace("-----END", "-----ENDE")), &[]),
            "PEM",
        ),
        (run("pack", key, &[]), "without the instance-id"),
        (
            run("pack", &sample("tdx_quote_collateral.json"), &["--replace-all"]),
            "--replace-all",
        ),
        (run("pack", &long, &[]), "more than 1048576 bytes"),
        (run("verify", Path::new("/no/such"), &[]), "/no/such"),
        (
            run(
                "verify",
                &sample("tdx_quote_collateral.json"),
                &["--vendor", "amd"],
            ),
            "--vendor",
        ),
        (aivm(&["collateral"]), "Usage"),
    ];
    for (run, what) in &cases {
        run.assert_bad_usage(what);
    }
    assert_eq!(cases.len(), 16);
}
