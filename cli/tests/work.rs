//! `aivm work` and `aivm key`: work proofs, ids, keys and signatures.

mod common;

use alloy_primitives::hex;
use common::{GOLDEN_WORK_ID, aivm, golden_proof, sample, scratch, text};
use serde_json::{Value, json};
use std::fs;

fn encode(level: &str, more: &[&str]) -> Value {
    let (device, nonce) = ("11".repeat(32), "22".repeat(32));
    let mut arguments = vec![
        "work",
        "encode",
        "--device-id",
        &device,
        "--nonce",
        &nonce,
        "--json",
    ];
    arguments.extend(["--timestamp", "1766708400", "--minutes", "60", "--level", level]);
    arguments.extend(more);
    let run = aivm(&arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.json()
}

#[test]
fn encodes_the_golden_work_proof() {
    let proof = format!("0x{}", golden_proof());
    for level in ["3", "confidential", "Confidential"] {
        assert_eq!(
            encode(level, &[]),
            json!({"work_proof": proof, "bytes": 78}),
            "{level}"
        );
    }
    let run = aivm(&["work", "id", &proof, "--json"]);
    assert_eq!(
        run.json(),
        json!({"work_id": GOLDEN_WORK_ID, "gas_used": 50, "error": null})
    );
    assert_eq!(aivm(&["work", "id", &proof]).stdout.trim_end(), GOLDEN_WORK_ID);
}

#[test]
fn evidence_is_carried_along_and_is_no_part_of_the_id() {
    let quote = fs::read(sample("tdx_quote")).unwrap();
    let padded = encode("3", &["--evidence", &text(&sample("tdx_quote"))]);
    assert_eq!(
        padded["bytes"],
        78 + 1 + 4936,
        "the padding of 70 bytes is cut off"
    );
    let proof = padded["work_proof"].as_str().unwrap();
    assert_eq!(
        &proof[2 + 156..2 + 156 + 6],
        "030400",
        "the vendor byte of TDX, then the quote"
    );

    let folder = scratch("work-evidence");
    let evidence = folder.join("evidence");
    fs::write(&evidence, [&[3], &quote[..4936]].concat()).unwrap();
    assert_eq!(encode("3", &["--evidence", &text(&evidence)]), padded);

    let file = folder.join("proof");
    fs::write(&file, proof).unwrap();
    let run = aivm(&["work", "id", &format!("@{}", text(&file)), "--json"]);
    assert_eq!(run.json()["work_id"], GOLDEN_WORK_ID);
}

#[test]
fn signs_and_verifies_with_every_parameter_set() {
    let folder = scratch("work-sets");
    let mut sets = 0;
    for (set, name, public_len, signature_len) in [
        ("44", "ML-DSA-44", 1312, 2420),
        ("65", "ML-DSA-65", 1952, 3309),
        ("87", "ML-DSA-87", 2592, 4627),
    ] {
        let key = text(&folder.join(set));
        let made = aivm(&["key", "new", "--set", set, "--out", &key, "--json"]).json();
        assert_eq!((&made["set"], &made["file"]), (&json!(name), &json!(key)));
        let public_key = made["public_key"].as_str().unwrap();
        assert_eq!(public_key.len(), 2 + 2 * public_len);

        let signed = aivm(&["work", "sign", "--key", &key, &golden_proof(), "--json"]).json();
        assert_eq!(signed["public_key"], public_key);
        let signature = signed["signature"].as_str().unwrap();
        assert_eq!(signature.len(), 2 + 2 * signature_len);
        assert_verifies(name, &["--key", &key], signature);
        assert_verifies(name, &["--set", set, "--public-key", public_key], signature);
        sets += 1;
    }
    assert_eq!(sets, 3);
}

/// Asserts that the signature is good for the golden work proof, and neither it nor the proof can be changed.
fn assert_verifies(set: &str, signer: &[&str], signature: &str) {
    let verify = |signature: &str, proof: &str| {
        let mut arguments = vec!["work", "verify"];
        arguments.extend(signer);
        arguments.extend(["--signature", signature, proof, "--json"]);
        aivm(&arguments)
    };
    let proof = golden_proof();
    let good = verify(signature, &proof);
    let expected = json!({"verified": true, "set": set, "gas_used": 3000, "error": null});
    assert_eq!((good.code, good.json()), (0, expected));

    let other = if signature.ends_with('0') { '1' } else { '0' };
    let damaged = format!("{}{other}", &signature[..signature.len() - 1]);
    for run in [
        verify(&damaged, &proof),
        verify(signature, &proof.replace("0003", "0004")),
    ] {
        assert_eq!((run.code, &run.json()["verified"]), (1, &json!(false)));
    }
}

/// What the contract MiningRewards takes: the signature of one proof holds in one contract of one chain.
#[test]
fn signs_what_the_contract_takes() {
    let folder = scratch("work-claim");
    let key = text(&folder.join("key"));
    let public_key =
        aivm(&["key", "new", "--set", "65", "--out", &key, "--json"]).json()["public_key"].clone();
    let proof = golden_proof();
    let (here, there) = ("0x00000000000000000000000000000000000000c1", "0xc2");
    let sign = |more: &[&str], proof: &str| {
        let arguments = [&["work", "sign", "--key", &key], more, &[proof]].concat();
        aivm(&arguments).stdout.trim_end().to_owned()
    };
    let verify = |more: &[&str], signature: &str| {
        let head = ["work", "verify", "--key", &key, "--signature", signature];
        aivm(&[&head[..], more, &[&proof]].concat()).code
    };
    let claim = ["--for", here, "--chain-id", "96369"];
    let signature = sign(&claim, &proof);
    assert_eq!(verify(&claim, &signature), 0);
    for other in [
        &["--for", there, "--chain-id", "96369"][..],
        &["--for", here, "--chain-id", "96370"],
        &[],
    ] {
        assert_eq!(verify(other, &signature), 1, "{other:?}");
    }
    assert_eq!(verify(&claim, &sign(&[], &proof)), 1, "the bare proof");
    let with_evidence = format!("{proof}{}", "09".repeat(9_000));
    assert_eq!(sign(&claim, &with_evidence), signature, "evidence is not signed");

    let contract = format!("{:0>40}", "c1");
    let message = format!(
        "{}{:064x}{contract}{proof}",
        hex::encode("aivm.MiningRewards.v1"),
        96_369
    );
    assert_eq!(message.len(), 2 * (21 + 32 + 20 + 78));
    let input = format!(
        "0x0165{}{}{message}",
        &public_key.as_str().unwrap()[2..],
        &signature[2..]
    );
    let answer = aivm(&["call", "--to", "0x300", "--data", &input, "--json"]);
    assert_eq!(answer.json()["output"], json!(format!("0x{:064x}", 1)));

    aivm(&["work", "sign", "--key", &key, "--for", here, &proof]).assert_bad_usage("--chain-id");
    aivm(&["work", "sign", "--key", &key, "--chain-id", "1", &proof]).assert_bad_usage("--for");
    aivm(&[
        "work",
        "sign",
        "--key",
        &key,
        "--for",
        "c1",
        "--chain-id",
        "1",
        &proof,
    ])
    .assert_bad_usage("0x");
}

#[test]
fn a_key_file_is_private_and_never_overwritten() {
    let folder = scratch("work-key");
    let path = folder.join("key");
    let key = text(&path);
    assert_eq!(aivm(&["key", "new", "--set", "65", "--out", &key]).code, 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = fs::read(&path).unwrap();
    aivm(&["key", "new", "--set", "65", "--out", &key]).assert_bad_usage("never overwritten");
    assert_eq!(fs::read(&path).unwrap(), before);

    let other = text(&folder.join("other"));
    assert_eq!(aivm(&["key", "new", "--set", "65", "--out", &other]).code, 0);
    assert_ne!(fs::read(&other).unwrap(), before, "every key is a new one");

    let mut tampered: Value = serde_json::from_slice(&before).unwrap();
    tampered["seed"] = json!(format!("0x{}", "00".repeat(32)));
    fs::write(&path, tampered.to_string()).unwrap();
    aivm(&["work", "sign", "--key", &key, &golden_proof()]).assert_bad_usage("not the one of its seed");
}

#[test]
fn a_refused_work_proof_is_named() {
    let run = aivm(&["work", "id", "0x1234", "--json"]);
    assert_eq!(run.code, 1);
    let error = json!({"name": "InputTooShort", "args": {"length": "2", "minimum": "78"}});
    assert_eq!(
        run.json(),
        json!({"work_id": null, "gas_used": 50, "error": error})
    );

    let folder = scratch("work-long");
    let key = text(&folder.join("key"));
    assert_eq!(aivm(&["key", "new", "--set", "44", "--out", &key]).code, 0);
    let long = folder.join("proof");
    fs::write(&long, [1; 8_193]).unwrap();
    let long = format!("@{}", text(&long));
    aivm(&["work", "sign", "--key", &key, &long]).assert_bad_usage("at most 8192");
    let signature = "00".repeat(2420);
    let run = aivm(&[
        "work",
        "verify",
        "--key",
        &key,
        "--signature",
        &signature,
        &long,
        "--json",
    ]);
    assert_eq!(
        (run.code, &run.json()["error"]["name"]),
        (1, &json!("InputTooLong"))
    );
}

#[test]
fn refuses_bad_work_proofs() {
    let folder = scratch("work-usage");
    let prose = text(&folder.join("prose"));
    fs::write(&prose, "no evidence").unwrap();
    let unknown = text(&folder.join("unknown"));
    fs::write(&unknown, [9; 100]).unwrap();
    let word = "11".repeat(32);
    let encode = |level, nonce, evidence| {
        let mut arguments = vec!["work", "encode", "--device-id", &word, "--nonce", nonce];
        arguments.extend(["--timestamp", "1", "--minutes", "1"]);
        arguments.extend(["--level", level, "--evidence", evidence]);
        aivm(&arguments)
    };
    let evidence = text(&sample("tdx_quote"));
    encode("5", &word, &evidence).assert_bad_usage("--level");
    encode("1", "0x11", &evidence).assert_bad_usage("--nonce");
    encode("1", &word, "/no/such/file").assert_bad_usage("/no/such/file");
    encode("1", &word, &prose).assert_bad_usage("neither hexadecimal nor base64");
    encode("1", &word, &unknown).assert_bad_usage("vendor byte");
    aivm(&["work", "id", "zz"]).assert_bad_usage("not hexadecimal");
}

#[test]
fn refuses_bad_keys_and_signatures() {
    let folder = scratch("work-usage-keys");
    let key = text(&folder.join("key"));
    assert_eq!(aivm(&["key", "new", "--set", "44", "--out", &key]).code, 0);
    let prose = text(&folder.join("prose"));
    fs::write(&prose, "no key").unwrap();
    let proof = golden_proof();
    let sign = |key: &str, proof: &str| aivm(&["work", "sign", "--key", key, proof]);
    sign(&prose, &proof).assert_bad_usage("not a key file");
    sign("/no/such/key", &proof).assert_bad_usage("/no/such/key");
    sign(&key, "0x1234").assert_bad_usage("78 bytes");

    let verify = |signer: &[&str]| {
        let mut arguments = vec!["work", "verify", "--signature", "00", &proof];
        arguments.extend(signer);
        aivm(&arguments)
    };
    verify(&[]).assert_bad_usage("--key");
    verify(&["--key", &key]).assert_bad_usage("2420");
    verify(&["--public-key", "00"]).assert_bad_usage("--set");
    verify(&["--set", "44", "--public-key", "00"]).assert_bad_usage("1312");
    verify(&["--key", &key, "--set", "44"]).assert_bad_usage("--set");

    let new = |set: &str, out: &str| aivm(&["key", "new", "--set", set, "--out", out]);
    new("3", &prose).assert_bad_usage("--set");
    new("44", "/no/such/folder/key").assert_bad_usage("/no/such/folder/key");
}
