//! Bad usage of `aivm relay`: what is wrong, and what to do.

use crate::{Setting, common::aivm, root};
use serde_json::json;
use std::fs;

#[test]
fn committees_that_are_none() {
    let setting = Setting::new("no-committee");
    let address = |byte: u8| format!("0x{}", format!("{byte:02x}").repeat(20));
    let member = |byte: u8, weight: u64| json!({ "address": address(byte), "weight": weight });
    let many: Vec<_> = (1..=33).map(|byte| member(byte, 1)).collect();
    let cases = [
        (json!({ "members": [] }), "it has no members"),
        (json!({ "members": many }), "33 members"),
        (
            json!({ "members": [member(1, 1), member(2, 1), member(1, 5)] }),
            "is there twice",
        ),
        (json!({ "members": [member(0, 1)] }), "the zero address"),
        (json!({ "members": [member(1, 0)] }), "has no weight"),
        (
            json!({ "members": [{ "address": address(1), "weight": -1 }] }),
            "a weight",
        ),
        (
            json!({ "members": [{ "address": address(1), "weight": "many" }] }),
            "many",
        ),
        (
            json!({ "members": [{ "address": "0x12", "weight": 1 }] }),
            "is no committee",
        ),
        (json!({ "members": [{ "address": address(1) }] }), "weight"),
        (json!({ "members": [member(1, 1)], "threshold": 2 }), "threshold"),
        (
            json!({ "members": [{ "address": "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "weight": 1 }] }),
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        ),
        (json!([[member(1, 1)]]), "sequence, expected fields by name"),
        (
            json!({ "members": [[address(1), "+5"]] }),
            "sequence, expected fields by name",
        ),
        (json!([]), "is no committee"),
        (json!("committee"), "members"),
    ];
    let count = cases.len();
    for (content, what) in cases {
        let path = setting.path("bad.json");
        fs::write(&path, content.to_string()).unwrap();
        let run = aivm(&[
            "relay",
            "committee",
            &path,
            "--source-chain",
            "1",
            "--from-height",
            "0",
        ]);
        run.assert_bad_usage(what);
        assert!(run.stderr.contains("next: "), "{}", run.stderr);
    }
    assert_eq!(count, 15);
    let run = aivm(&[
        "relay",
        "committee",
        "/no/such/file",
        "--source-chain",
        "1",
        "--from-height",
        "0",
    ]);
    run.assert_bad_usage("/no/such/file");
}

/// A weight above 2^53 may be written as text; JSON numbers of that size are read exactly too.
#[test]
fn large_weights() {
    let setting = Setting::new("large-weights");
    let path = setting.path("large.json");
    let address = |byte: u8| format!("0x{}", format!("{byte:02x}").repeat(20));
    let members = json!({ "members": [
        { "address": address(1), "weight": u64::MAX },
        { "address": address(2), "weight": u64::MAX.to_string() },
    ] });
    fs::write(&path, members.to_string()).unwrap();
    let run = aivm(&[
        "relay",
        "committee",
        &path,
        "--source-chain",
        "1",
        "--from-height",
        "0",
        "--json",
    ]);
    assert_eq!(run.json()["total"], (2 * u128::from(u64::MAX)).to_string());
}

#[test]
fn messages_that_cannot_be_signed() {
    let setting = Setting::new("no-message");
    let zero = format!("0x{}", "00".repeat(32));
    setting
        .relay("digest", &["--root", &zero, "--height", "1"])
        .assert_bad_usage("the root is zero");
    setting
        .relay("update", &["--root", &zero, "--height", "1"])
        .assert_bad_usage("0x0AAB");
    let run = aivm(&[
        "relay",
        "committee",
        &setting.file,
        "--source-chain",
        "0",
        "--from-height",
        "0",
    ]);
    run.assert_bad_usage("--source-chain");
    for command in ["digest", "rotate"] {
        setting
            .relay(command, &["--next", &setting.file, "--from-height", "0"])
            .assert_bad_usage("first height is zero");
    }
    let root = root(1).to_string();
    for (more, what) in [
        (&[][..], "--root"),
        (&["--root", &root], "--height"),
        (&["--height", "1"], "--root"),
        (&["--next", &setting.file], "--from-height"),
        (&["--from-height", "1"], "--next"),
        (
            &[
                "--root",
                &root,
                "--height",
                "1",
                "--next",
                &setting.file,
                "--from-height",
                "1",
            ],
            "--next",
        ),
        (&["--root", "0x12", "--height", "1"], "32 bytes"),
        (&["--root", &root, "--height", "soon"], "decimal"),
        (&["--root", &root, "--height", "1_000"], "decimal"),
    ] {
        setting.relay("digest", more).assert_bad_usage(what);
    }
}

#[test]
fn signatures_that_are_no_hexadecimal() {
    let setting = Setting::new("no-hex");
    setting.update(&["signature"]).assert_bad_usage("not hexadecimal");
    setting.update(&["0x123"]).assert_bad_usage("odd number");
    setting
        .update(&["@/no/such/file"])
        .assert_bad_usage("/no/such/file");
    let path = setting.path("binary");
    fs::write(&path, [0xff; 65]).unwrap();
    setting
        .update(&[&format!("@{path}")])
        .assert_bad_usage("is not text");
    // None at all is nobody's signature, not bad usage.
    let run = setting.update(&[]);
    assert_eq!((run.code, &run.json()["weight"]), (1, &json!("0")));
}

/// Nothing is written where there is no call.
#[test]
fn no_file_without_a_call() {
    let setting = Setting::new("no-file");
    let out = setting.path("call.bin");
    let own = setting.signatures(&[0]).remove(0);
    assert_eq!(setting.update(&[&own, "--out", &out]).code, 1);
    assert!(!fs::exists(&out).unwrap());
    let both = setting.signatures(&[0, 1]);
    assert_eq!(setting.update(&[&both[0], &both[1], "--out", &out]).code, 0);
    assert!(fs::exists(&out).unwrap());
    setting
        .update(&[&both[0], &both[1], "--out", "/no/such/folder/x"])
        .assert_bad_usage("--out");
}
