//! `aivm quote` for Arm CCA: tokens under test keys, accepted once their key is given and not before.

mod common;

use base64ct::{Base64, Encoding};
use common::{Run, aivm, assert_evidence_refused, assert_evidence_verified, fixture, hex, scratch, text};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

const FOLDER: &str = "cca/ccatoken-0.1.0";

fn file(name: &str) -> PathBuf {
    fixture(&format!("{FOLDER}/{name}"))
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn verify(token: &Path, anchor: Option<&Path>, more: &[&str]) -> Run {
    let (token, anchor) = (text(token), anchor.map(text));
    let mut arguments = vec!["quote", "verify", &token, "--json"];
    if let Some(anchor) = &anchor {
        arguments.extend(["--trust-anchor", anchor]);
    }
    arguments.extend(more);
    aivm(&arguments)
}

#[test]
fn verifies_tokens_once_their_key_is_given() {
    for (token, anchor) in [
        ("cca-token-01.cbor", "cpak.json"),
        ("cca-token-02.cbor", "ta-02-ok.json"),
    ] {
        let json = assert_evidence_verified(&verify(&file(token), Some(&file(anchor)), &[]), "armcca", 70);
        assert!(json["tcb_status"].is_null(), "{token}");
    }
    let without = |token: &str| verify(&file(token), None, &[]);
    assert_evidence_refused(&without("cca-token-01.cbor"), "armcca", 651);
    assert_evidence_refused(&without("cca-token-02.cbor"), "armcca", 650);
}

#[test]
fn refuses_keys_that_are_not_the_platforms() {
    let cases = [
        ("cca-token-01.cbor", "ta.json", 651),
        ("cca-token-01.cbor", "ta-02-ok.json", 651),
        ("cca-token-02.cbor", "ta.json", 650),
        ("cca-token-02.cbor", "cpak.json", 626),
        ("cca-token-02.cbor", "ta-02-bad.json", 663),
    ];
    for (token, anchor, code) in cases {
        assert_evidence_refused(&verify(&file(token), Some(&file(anchor)), &[]), "armcca", code);
    }
    // The right key for another implementation, and another key of the right curve.
    let folder = scratch("cca-anchors");
    let mut anchor: Value = serde_json::from_slice(&fs::read(file("ta-02-ok.json")).unwrap()).unwrap();
    anchor[0]["implementation-id"] = json!("11".repeat(32));
    let other = write(&folder, "other.json", anchor.to_string());
    assert_evidence_refused(
        &verify(&file("cca-token-02.cbor"), Some(&other), &[]),
        "armcca",
        653,
    );
    let ta: Value = serde_json::from_slice(&fs::read(file("ta.json")).unwrap()).unwrap();
    let other = write(&folder, "key.json", ta[0]["pkey"].to_string());
    let run = verify(&file("cca-token-02.cbor"), Some(&other), &[]);
    let expected = if ta[0]["pkey"] == anchor[0]["pkey"] { 0 } else { 1 };
    assert_eq!(run.code, expected, "{}", run.stdout);
}

#[test]
fn reads_every_encoding_and_form() {
    let folder = scratch("cca-encodings");
    let token = fs::read(file("cca-token-02.cbor")).unwrap();
    let with_vendor = [&[5], token.as_slice()].concat();
    let forms: [Vec<u8>; 6] = [
        hex(&token).into(),
        Base64::encode_string(&token).into(),
        with_vendor.clone(),
        hex(&with_vendor).into(),
        json!({ "vendor": "armcca", "token": Base64::encode_string(&token) })
            .to_string()
            .into(),
        json!([{ "evidence": hex(&token) }]).to_string().into(),
    ];
    let anchor = file("ta-02-ok.json");
    let expected = verify(&file("cca-token-02.cbor"), Some(&anchor), &[]).json();
    for form in &forms {
        assert_eq!(
            verify(&write(&folder, "token", form), Some(&anchor), &[]).json(),
            expected
        );
    }
    let collateral = text(&anchor);
    let run = verify(&file("cca-token-02.cbor"), None, &["--collateral", &collateral]);
    assert_eq!(run.json(), expected);
}

#[test]
fn refuses_changed_tokens_and_claims_alone() {
    let folder = scratch("cca-changed");
    let genuine = fs::read(file("cca-token-02.cbor")).unwrap();
    let anchor = file("ta-02-ok.json");
    let with = |bytes: &[u8]| verify(&write(&folder, "token", bytes), Some(&anchor), &[]);
    let mut changed = genuine.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_evidence_refused(&with(&changed), "armcca", 644);
    assert_evidence_refused(&with(&[genuine.as_slice(), &[0]].concat()), "armcca", 601);
    assert_evidence_refused(&with(&genuine[..last]), "armcca", 600);
    let claims = verify(&file("realm-claims.cbor"), None, &["--vendor", "armcca"]);
    assert_evidence_refused(&claims, "armcca", 610);
}

#[test]
fn shows_a_token() {
    let json = aivm(&["quote", "inspect", &text(&file("cca-token-02.cbor")), "--json"]).json();
    assert_eq!(
        (&json["vendor"], &json["token"]["platform_algorithm"]),
        (&json!("armcca"), &json!("ES256"))
    );
    assert_eq!(json["platform"]["lifecycle"], "0x3000, secured");
    assert_eq!(json["realm"]["rem"].as_array().unwrap().len(), 4);
    let verified = verify(&file("cca-token-02.cbor"), Some(&file("ta-02-ok.json")), &[]).json();
    assert_eq!(json["platform"]["device_id"], verified["device_id"]);
    assert_eq!(json["measurement_id"], verified["measurement_id"]);
    assert_eq!(json["realm"]["challenge"], verified["report_data"]);
    let people = aivm(&["quote", "inspect", &text(&file("cca-token-01.cbor"))]);
    assert!(people.stdout.starts_with("Nothing here is verified"));
}

#[test]
fn refuses_bad_usage() {
    let folder = scratch("cca-usage");
    let token = file("cca-token-02.cbor");
    let anchor = |value: &Value| verify(&token, Some(&write(&folder, "anchor", value.to_string())), &[]);
    let good: Value = serde_json::from_slice(&fs::read(file("ta-02-ok.json")).unwrap()).unwrap();
    let changed = |pointer: &str, value: &str| {
        let mut anchor = good.clone();
        *anchor.pointer_mut(pointer).unwrap() = json!(value);
        anchor
    };
    let cases = [
        (anchor(&json!([])), "the list is empty"),
        (anchor(&json!({})), "no keys of Arm CCA platforms"),
        (anchor(&json!([{}])), "instance-id"),
        (anchor(&changed("/0/instance-id", "0g")), "instance-id"),
        (
            anchor(&changed("/0/implementation-id", "00")),
            "implementation-id",
        ),
        (anchor(&changed("/0/pkey/crv", "P-521")), "P-521"),
        (anchor(&changed("/0/pkey/kty", "RSA")), "RSA"),
        (anchor(&changed("/0/pkey/x", "AAAA")), "3 bytes"),
        (anchor(&changed("/0/pkey/y", "%")), "base64url"),
        (verify(&token, Some(&token), &[]), "no keys of Arm CCA platforms"),
        (verify(&token, Some(Path::new("/no/such")), &[]), "/no/such"),
        (verify(&token, None, &["--certs", &text(&token)]), "--certs"),
    ];
    for (run, what) in &cases {
        run.assert_bad_usage(what);
    }
    assert_eq!(cases.len(), 12);
    // An instance id of another length is the registry's to refuse.
    assert_evidence_refused(&anchor(&changed("/0/instance-id", "0102")), "armcca", 661);
}
