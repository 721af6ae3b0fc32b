//! `aivm quote` for SGX and TDX: the verdicts on genuine quotes, damaged ones, and bad usage.

mod common;

use common::{Run, aivm, hex, sample, scratch, text};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

const JULY_2025: u64 = 1_751_328_000;

fn verify(quote: &Path, collateral: &Path, at: u64, more: &[&str]) -> Run {
    let (quote, collateral, at) = (text(quote), text(collateral), at.to_string());
    let mut arguments = vec![
        "quote",
        "verify",
        &quote,
        "--collateral",
        &collateral,
        "--at",
        &at,
        "--json",
    ];
    arguments.extend(more);
    aivm(&arguments)
}

fn verify_tdx(quote: &Path, more: &[&str]) -> Run {
    verify(quote, &sample("tdx_quote_collateral.json"), JULY_2025, more)
}

fn verify_sgx(quote: &Path) -> Run {
    verify(quote, &sample("sgx_quote_collateral.json"), JULY_2025, &[])
}

/// Asserts a refusal, in the form that scripts rely on.
fn assert_refused(run: &Run, vendor: Value, code: u16) {
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let json = run.json();
    assert!(json["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    let expected = json!({
        "verified": false, "trust_score": 0, "vendor": vendor, "device_id": null, "measurement_id": null,
        "report_data": null, "tcb_status": null, "code": code, "reason": json["reason"],
    });
    assert_eq!(json, expected);
}

fn write(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn gives_the_recorded_verdicts() {
    let good = [
        (
            "sgx_quote",
            JULY_2025,
            "sgx",
            55,
            "ConfigurationAndSWHardeningNeeded",
        ),
        ("tdx_quote", JULY_2025, "tdx", 70, "UpToDate"),
        ("tdx_quote_td15ex", 1_792_454_400, "tdx", 70, "UpToDate"),
    ];
    for (name, at, vendor, score, status) in good {
        let run = verify(
            &sample(name),
            &sample(&format!("{name}_collateral.json")),
            at,
            &[],
        );
        assert_eq!(run.code, 0, "{name}: {}{}", run.stdout, run.stderr);
        let json = run.json();
        assert_eq!(json.as_object().unwrap().len(), 9, "{json}");
        assert_eq!(json["verified"], true);
        assert_eq!(json["vendor"], vendor);
        assert_eq!(json["trust_score"], score, "{name}");
        assert_eq!(json["tcb_status"], status, "{name}");
        assert!(json["code"].is_null() && json["reason"].is_null());
        assert_eq!(json["device_id"].as_str().unwrap().len(), 66);
        assert_eq!(json["measurement_id"].as_str().unwrap().len(), 66);
        assert_eq!(json["report_data"].as_str().unwrap().len(), 130);
    }
    let below = [
        ("tdx_quote_outdated", "tdx_quote_outdated", 1_772_323_200),
        ("quote-from-tappd.hex", "tdx_quote", JULY_2025),
        ("tdx-quote.hex", "tdx_quote", JULY_2025),
    ];
    for (name, collateral, at) in below {
        let collateral = sample(&format!("{collateral}_collateral.json"));
        assert_refused(&verify(&sample(name), &collateral, at, &[]), json!("tdx"), 160);
    }
}

#[test]
fn compares_the_nonce_if_there_is_one() {
    let quote = sample("tdx_quote");
    let report_data = verify_tdx(&quote, &[]).json()["report_data"].clone();
    let nonce = &report_data.as_str().unwrap()[..66];
    assert_eq!(verify_tdx(&quote, &["--nonce", nonce]).code, 0);
    assert_refused(
        &verify_tdx(&quote, &["--nonce", &"00".repeat(32)]),
        json!("tdx"),
        10,
    );

    let (quote, collateral) = (text(&quote), text(&sample("tdx_quote_collateral.json")));
    let run = aivm(&[
        "quote",
        "verify",
        &quote,
        "--collateral",
        &collateral,
        "--at",
        "1751328000",
    ]);
    assert!(run.stdout.contains("not checked"), "{}", run.stdout);
    assert!(run.stdout.contains("70 zero bytes"), "{}", run.stdout);
}

#[test]
fn cuts_off_the_padding_of_tdx_and_nothing_else() {
    let folder = scratch("quote-padding");
    let tdx = fs::read(sample("tdx_quote")).unwrap();
    let sgx = fs::read(sample("sgx_quote")).unwrap();
    let after = |quote: &[u8], bytes: &[u8]| write(&folder, "quote", &[quote, bytes].concat());

    assert_eq!(verify_tdx(&after(&tdx, &[0; 3000]), &[]).code, 0);
    assert_eq!(verify_tdx(&after(&tdx[..4936], &[]), &[]).code, 0);
    assert_refused(&verify_tdx(&after(&tdx, &[1]), &[]), json!("tdx"), 107);
    assert_refused(&verify_sgx(&after(&sgx, &[0])), json!("sgx"), 107);
    assert_refused(&verify_sgx(&after(&sgx, &[7; 16])), json!("sgx"), 107);
}

#[test]
fn reads_every_encoding() {
    use base64ct::{Base64, Base64UrlUnpadded, Encoding};

    let folder = scratch("quote-encodings");
    let quote = fs::read(sample("tdx_quote")).unwrap();
    let spaced: Vec<_> = hex(&quote).as_bytes().chunks(64).map(<[u8]>::to_vec).collect();
    let forms = [
        quote.clone(),
        hex(&quote).into_bytes(),
        format!("0x{}\n", hex(&quote).to_uppercase()).into_bytes(),
        spaced.join(&b"\n"[..]),
        Base64::encode_string(&quote).into_bytes(),
        Base64UrlUnpadded::encode_string(&quote).into_bytes(),
    ];
    let expected = verify_tdx(&sample("tdx_quote"), &[]).json();
    assert_eq!(expected["verified"], true);
    for form in &forms {
        assert_eq!(verify_tdx(&write(&folder, "quote", form), &[]).json(), expected);
    }
    assert_eq!(forms.len(), 6);
}

#[test]
fn refuses_quotes_that_are_none() {
    let folder = scratch("quote-none");
    let quote = fs::read(sample("tdx_quote")).unwrap();
    let mut unknown_tee = quote.clone();
    unknown_tee[4] = 0x82;
    let mut changed = quote.clone();
    changed[600] ^= 1;
    let cases: [(&[u8], Value, u16); 5] = [
        (&[], Value::Null, 1),
        (&quote[..7], Value::Null, 100),
        (&unknown_tee, Value::Null, 102),
        (&quote[..4000], json!("tdx"), 100),
        (&changed, json!("tdx"), 147),
    ];
    for (bytes, vendor, code) in cases {
        assert_refused(&verify_tdx(&write(&folder, "quote", bytes), &[]), vendor, code);
    }
    let as_sgx = verify_tdx(&sample("tdx_quote"), &["--vendor", "sgx"]);
    assert_refused(&as_sgx, json!("sgx"), 102);
}

#[test]
fn gives_the_code_of_refused_collateral() {
    let folder = scratch("quote-collateral");
    let genuine: Value =
        serde_json::from_slice(&fs::read(sample("tdx_quote_collateral.json")).unwrap()).unwrap();
    let changed = |field: &str, value: Value| {
        let mut collateral = genuine.clone();
        collateral[field] = value;
        write(&folder, field, collateral.to_string().as_bytes())
    };
    let tcb_info = genuine["tcb_info"]
        .as_str()
        .unwrap()
        .replace("UpToDate", "OutOfDate");
    let long = "x".repeat(70_000);
    let cases = [
        (changed("tcb_info", json!(tcb_info)), 206),
        (changed("tcb_info_signature", json!("00")), 206),
        (changed("qe_identity", json!(long)), 201),
        (changed("pck_crl", json!("")), 246),
        (changed("root_ca_crl", genuine["pck_crl"].clone()), 241),
        (changed("pck_crl_issuer_chain", json!("not PEM")), 200),
        (changed("tcb_info_issuer_chain", json!("")), 200),
        (sample("sgx_quote_collateral.json"), 203),
        (
            changed("pck_certificate_chain", genuine["tcb_info_issuer_chain"].clone()),
            112,
        ),
        (changed("pck_certificate_chain", json!("not PEM")), 112),
    ];
    assert_eq!(cases.len(), 10);
    for (collateral, code) in cases {
        let run = verify(&sample("tdx_quote"), &collateral, JULY_2025, &[]);
        assert_refused(&run, json!("tdx"), code);
    }
    let collateral = sample("tdx_quote_collateral.json");
    for (at, code) in [(1_700_000_000, 243), (1_795_000_000, 244)] {
        assert_refused(
            &verify(&sample("tdx_quote"), &collateral, at, &[]),
            json!("tdx"),
            code,
        );
    }
}

#[test]
fn accepts_the_pck_chain_of_the_quote_with_the_collateral() {
    let folder = scratch("quote-chain");
    let quote = fs::read(sample("tdx_quote")).unwrap();
    let begin = b"-----BEGIN CERTIFICATE-----";
    let start = quote
        .windows(begin.len())
        .position(|window| window == begin)
        .unwrap();
    let chain = String::from_utf8_lossy(&quote[start..]);
    let mut collateral: Value =
        serde_json::from_slice(&fs::read(sample("tdx_quote_collateral.json")).unwrap()).unwrap();
    collateral["pck_certificate_chain"] = json!(chain.trim_end_matches('\0'));
    let collateral = write(&folder, "collateral", collateral.to_string().as_bytes());
    let run = verify(&sample("tdx_quote"), &collateral, JULY_2025, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn shows_what_a_quote_says() {
    for (name, vendor, version, report, chain) in [
        ("sgx_quote", "sgx", 3, "mr_enclave", "Intel SGX PCK Processor CA"),
        ("tdx_quote", "tdx", 4, "mr_td", "Intel SGX PCK Platform CA"),
        (
            "tdx_quote_td15ex",
            "tdx",
            5,
            "cur_servtd_attr",
            "Intel SGX PCK Platform CA",
        ),
    ] {
        let run = aivm(&["quote", "inspect", &text(&sample(name)), "--json"]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        let json = run.json();
        assert_eq!(json["verified"], false);
        assert_eq!(json["vendor"], vendor);
        assert_eq!(json["header"]["version"], version);
        assert!(json["report"][report].is_string(), "{name}: {report}");
        assert_eq!(json["chain"].as_array().unwrap().len(), 3);
        assert_eq!(json["chain"][0]["issuer"], chain);
        assert_eq!(json["chain"][2]["subject"], "Intel SGX Root CA");
        let people = aivm(&["quote", "inspect", &text(&sample(name))]);
        assert!(people.stdout.starts_with("Nothing here is verified"));
    }
    let json = aivm(&["quote", "inspect", &text(&sample("tdx_quote")), "--json"]).json();
    assert_eq!(
        (&json["quote_bytes"], &json["padding_bytes"]),
        (&json!(4936), &json!(70))
    );
    assert_eq!(json["report"]["td_attributes_set"], json!(["SEPT_VE_DISABLE"]));
    assert_eq!(json["pck"]["fmspc"], "0xb0c06f000000");
    let verified = verify_tdx(&sample("tdx_quote"), &[]).json();
    assert_eq!(json["pck"]["device_id"], verified["device_id"]);
    assert_eq!(json["measurement_id"], verified["measurement_id"]);
    assert_eq!(json["report"]["report_data"], verified["report_data"]);

    let nothing = write(&scratch("quote-inspect"), "quote", &[7; 100]);
    let run = aivm(&["quote", "inspect", &text(&nothing), "--json"]);
    assert_eq!((run.code, run.json()["code"].clone()), (1, json!(2)));
}

#[test]
fn refuses_bad_usage() {
    let folder = scratch("quote-usage");
    let quote = text(&sample("tdx_quote"));
    let collateral = text(&sample("tdx_quote_collateral.json"));
    let mut bad_hex: Value = serde_json::from_slice(&fs::read(&collateral).unwrap()).unwrap();
    bad_hex["root_ca_crl"] = json!("0x3g");
    let bad_hex = text(&write(&folder, "bad-hex", bad_hex.to_string().as_bytes()));
    let no_fields = text(&write(&folder, "no-fields", b"{}"));
    let long = text(&write(&folder, "long", &[0; 300_000]));
    let prose = text(&write(&folder, "prose", b"this is no quote!"));
    let odd = text(&write(&folder, "odd", b"0x040"));
    let with = |quote: &str, collateral: &str, more: &[&str]| {
        let mut arguments = vec!["quote", "verify", quote, "--collateral", collateral, "--json"];
        arguments.extend(more);
        aivm(&arguments)
    };
    let cases = [
        (
            aivm(&["quote", "verify", &quote, "--json"]),
            "--collateral is missing",
        ),
        (with("/no/such/quote", &collateral, &[]), "/no/such/quote"),
        (with(&quote, "/no/such/json", &[]), "/no/such/json"),
        (with(&quote, &quote, &[]), "not collateral"),
        (with(&quote, &no_fields, &[]), "missing field"),
        (with(&quote, &bad_hex, &[]), "bad-hex"),
        (with(&long, &collateral, &[]), "more than 262144 bytes"),
        (with(&prose, &collateral, &[]), "neither hexadecimal nor base64"),
        (with(&odd, &collateral, &[]), "odd number"),
        (with(&quote, &collateral, &["--nonce", "0x11"]), "--nonce"),
        (with(&quote, &collateral, &["--at", "today"]), "--at"),
        (with(&quote, &collateral, &["--vendor", "amd"]), "--vendor"),
        (aivm(&["quote"]), "Usage"),
    ];
    assert_eq!(cases.len(), 13);
    for (run, what) in &cases {
        run.assert_bad_usage(what);
    }
}
