//! Certificates that do not belong, changed reports, bad usage.

use super::{
    SEV, ark, ask,
    common::{assert_evidence_refused, fixture, hex, pem, scratch, text},
    report, vcek, verify, verify_with, write,
};
use serde_json::json;
use std::{fs, path::Path};

#[test]
fn refuses_certificates_that_do_not_belong() {
    let (report, vcek) = (report(), vcek());
    let scenario = aivm_simulator::snp::Scenario::new(
        aivm_simulator::snp::Product::Milan,
        aivm_simulator::snp::Kind::Vcek,
        2,
    );
    let (made_up_ark, made_up_ask) = (scenario.ark_der(), scenario.ca_der());
    let turin = fs::read(fixture(&format!("{SEV}/vcek_turin.der"))).unwrap();
    let cases: [(Vec<&[u8]>, u16); 7] = [
        (vec![&vcek, &ask("milan").leak()[..], &made_up_ark], 452),
        (vec![&vcek, &made_up_ask], 452),
        (
            vec![&vcek, &ask("milan").leak()[..], &ark("genoa").leak()[..]],
            453,
        ),
        (vec![&vcek, &ask("genoa").leak()[..]], 6),
        (vec![&turin], 425),
        (vec![&made_up_ask[..], &made_up_ark, &vcek], 452),
        (vec![b"\x30\x82\x00\x01\x00"], 410),
    ];
    for (number, (certificates, code)) in cases.iter().enumerate() {
        let run = verify_with(&format!("certificates-{number}"), &report, certificates);
        assert_evidence_refused(&run, "sevsnp", *code);
    }
}

#[test]
fn refuses_changed_reports() {
    let (report, vcek) = (report(), vcek());
    let changed = |offset: usize, value: u8| {
        let mut report = report.clone();
        report[offset] = value;
        report
    };
    let cases = [
        (changed(0x50, 0xff), 430),
        (changed(0x1a0, 0xff), 425),
        (changed(0x34, 2), 402),
        (changed(0x2a0 + 48, 1), 404),
        (changed(0x330, 1), 404),
        (changed(0x48, 7 << 2), 405),
        (changed(0, 4), 401),
        (report[..1183].to_vec(), 400),
        ([report.as_slice(), &[0]].concat(), 410),
    ];
    for (number, (report, code)) in cases.iter().enumerate() {
        let run = verify_with(&format!("changed-{number}"), report, &[&vcek]);
        assert_evidence_refused(&run, "sevsnp", *code);
    }
    assert_eq!(cases.len(), 9);
}

#[test]
fn refuses_bad_usage() {
    let folder = scratch("snp-usage");
    let alone = write(&folder, "alone", report());
    let whole = write(&folder, "whole", [report(), vcek()].concat());
    let certs = |certificates: &[&[u8]]| write(&folder, "certs", pem(certificates));
    let two = json!([{ "report": hex(&report()) }, { "report": hex(&report()) }]);
    let two = write(&folder, "two", two.to_string());
    let unknown = write(
        &folder,
        "unknown",
        json!({ "vendor": "acme", "report": "00" }).to_string(),
    );
    let no_field = write(&folder, "no-field", "{}");
    let bad_text = write(&folder, "bad-text", json!({ "report": "!" }).to_string());
    let bad_certs = write(
        &folder,
        "bad-certs",
        json!({ "report": "00", "certs": [7] }).to_string(),
    );
    let anchor = text(&fixture("cca/ccatoken-0.1.0/ta.json"));
    let cases = [
        (verify(&alone, None, &[]), "--certs"),
        (verify(&alone, Some(&certs(&[])), &[]), "--certs"),
        (
            verify(&alone, Some(&certs(&[&vcek(), &vcek()])), &[]),
            "more than one",
        ),
        (
            verify(&whole, Some(&fixture(&format!("{SEV}/vcek_turin.der"))), &[]),
            "another",
        ),
        (verify(&two, None, &[]), "--entry"),
        (verify(&two, None, &["--entry", "3"]), "not that many"),
        (verify(&two, None, &["--entry", "0"]), "not that many"),
        (verify(&alone, None, &["--entry", "1"]), "not JSON"),
        (verify(&unknown, None, &[]), "acme"),
        (verify(&no_field, None, &[]), "attestation_report"),
        (verify(&bad_text, None, &[]), "neither hexadecimal nor base64"),
        (verify(&bad_certs, None, &[]), "not text"),
        (verify(&whole, Some(Path::new("/no/such")), &[]), "/no/such"),
        (
            verify(&whole, None, &["--trust-anchor", &anchor]),
            "--trust-anchor",
        ),
        (verify(&whole, None, &["--collateral", &anchor]), "not collateral"),
        (verify(&whole, None, &["--driver-rim", &anchor]), "--vbios-rim"),
    ];
    for (run, what) in &cases {
        run.assert_bad_usage(what);
    }
    assert_eq!(cases.len(), 16);
}
