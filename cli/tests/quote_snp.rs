//! `aivm quote` for AMD SEV-SNP: genuine reports in every wrapping, and what is refused.

mod common;

#[path = "quote_snp/refused.rs"]
mod refused;

use base64ct::{Base64, Encoding};
use common::{
    Run, aivm, assert_evidence_refused, assert_evidence_verified, fixture, from_pem, hex, pem, scratch, text,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Inside the windows of the packaged certificates.
const AT: &str = "1795000000";

const SEV: &str = "snp/sev-8.0.0";

fn report() -> Vec<u8> {
    let text = fs::read_to_string(fixture(&format!("{SEV}/report_milan.hex"))).unwrap();
    aivm_simulator::from_hex(&text)
}

fn vcek() -> Vec<u8> {
    fs::read(fixture(&format!("{SEV}/vcek_milan.der"))).unwrap()
}

fn ask(product: &str) -> Vec<u8> {
    let text = fs::read_to_string(fixture(&format!("{SEV}/ask_{product}.pem"))).unwrap();
    from_pem(&text).remove(0)
}

fn ark(product: &str) -> Vec<u8> {
    let path = format!("../precompiles/roots/amd_ark_{product}.der");
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn verify(file: &Path, certs: Option<&Path>, more: &[&str]) -> Run {
    let file = text(file);
    let certs = certs.map(text);
    let mut arguments = vec!["quote", "verify", &file, "--at", AT, "--json"];
    if let Some(certs) = &certs {
        arguments.extend(["--certs", certs]);
    }
    arguments.extend(more);
    aivm(&arguments)
}

/// Verifies a report with these certificates.
fn verify_with(name: &str, report: &[u8], certificates: &[&[u8]]) -> Run {
    let folder = scratch(&format!("snp-{name}"));
    let report = write(&folder, "report.bin", report);
    let certs = write(&folder, "certs.pem", pem(certificates));
    verify(&report, Some(&certs), &[])
}

#[test]
fn verifies_a_report_in_every_wrapping() {
    let folder = scratch("snp-wrappings");
    let (report, vcek) = (report(), vcek());
    let certs = write(&folder, "vcek.der", &vcek);
    let expected = assert_evidence_verified(
        &verify(&fixture(&format!("{SEV}/report_milan.hex")), Some(&certs), &[]),
        "sevsnp",
        70,
    );
    assert!(expected["tcb_status"].is_null());
    assert_eq!(expected["device_id"].as_str().unwrap().len(), 66);

    let dstack = [&[0, 3, 0x81, 0x12], report.as_slice(), b"{\"app_id\":\"86e5\"}"].concat();
    let alone = [
        report.clone(),
        hex(&report).into(),
        Base64::encode_string(&report).into(),
        dstack,
    ];
    for bytes in &alone {
        assert_eq!(
            verify(&write(&folder, "alone", bytes), Some(&certs), &[]).json(),
            expected
        );
    }

    let whole = [report.clone(), vcek.clone()].concat();
    let vendor_byte = [&[2], whole.as_slice()].concat();
    let evidence = json!({ "vendor": "sevsnp", "evidence": hex(&vendor_byte) });
    let separate =
        json!({ "attestation_report": hex(&report), "cert_chain": [Base64::encode_string(&vcek)] });
    let of_pem = json!({ "report": Base64::encode_string(&report), "certificate": Base64::encode_string(pem(&[&vcek]).as_bytes()) });
    let whole_forms: [Vec<u8>; 7] = [
        whole.clone(),
        hex(&whole).into(),
        vendor_byte.clone(),
        Base64::encode_string(&vendor_byte).into(),
        evidence.to_string().into(),
        separate.to_string().into(),
        json!([of_pem]).to_string().into(),
    ];
    for bytes in &whole_forms {
        assert_eq!(
            verify(&write(&folder, "whole", bytes), None, &[]).json(),
            expected
        );
    }
    // The certificate that is there already does no harm.
    assert_eq!(
        verify(&write(&folder, "whole", &whole), Some(&certs), &[]).json(),
        expected
    );
}

#[test]
fn takes_the_issuers_from_the_certificates_or_from_collateral() {
    let (report, vcek) = (report(), vcek());
    let (ask_milan, ark_milan) = (ask("milan"), ark("milan"));
    for (number, certificates) in [
        vec![vcek.as_slice()],
        vec![vcek.as_slice(), &ask_milan],
        vec![&vcek, &ask_milan, &ark_milan],
        vec![&ark_milan, &ask_milan, &vcek],
    ]
    .iter()
    .enumerate()
    {
        assert_evidence_verified(
            &verify_with(&format!("issuers-{number}"), &report, certificates),
            "sevsnp",
            70,
        );
    }

    let folder = scratch("snp-collateral");
    let file = write(&folder, "whole", [report, vcek].concat());
    let collateral = |value: Value| {
        let path = text(&write(&folder, "collateral.json", value.to_string()));
        verify(&file, None, &["--collateral", &path])
    };
    for endorsement_ca in [
        hex(&ask_milan),
        Base64::encode_string(&ask_milan),
        pem(&[&ask_milan]),
    ] {
        assert_evidence_verified(
            &collateral(json!({ "endorsement_ca": endorsement_ca })),
            "sevsnp",
            70,
        );
        assert_evidence_verified(
            &collateral(json!({ "endorsement_ca": endorsement_ca, "crl": "" })),
            "sevsnp",
            70,
        );
    }
    let with_crl = |crl: &[u8]| collateral(json!({ "endorsement_ca": hex(&ask_milan), "crl": hex(crl) }));
    assert_evidence_refused(&with_crl(&ask_milan), "sevsnp", 460);
    assert_evidence_refused(
        &collateral(json!({ "endorsement_ca": hex(&ask("genoa")) })),
        "sevsnp",
        6,
    );
    assert_evidence_refused(
        &collateral(json!({ "endorsement_ca": hex(&file_of(&file)) })),
        "sevsnp",
        450,
    );
}

/// The certificate at the end of a file, which is no CA's.
fn file_of(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap().split_off(1184)
}

#[test]
fn checks_the_nonce_and_the_time() {
    let folder = scratch("snp-nonce");
    let file = write(&folder, "whole", [report(), vcek()].concat());
    let nonce = hex(&report()[0x50..0x70]);
    assert_eq!(verify(&file, None, &["--nonce", &nonce]).code, 0);
    assert_evidence_refused(&verify(&file, None, &["--nonce", &"11".repeat(32)]), "sevsnp", 10);
    let at = |at: &str| aivm(&["quote", "verify", &text(&file), "--at", at, "--json"]);
    assert_evidence_refused(&at("1600000000"), "sevsnp", 457);
    assert_evidence_refused(&at("1650000000"), "sevsnp", 414);
    assert_evidence_refused(&at("1950000000"), "sevsnp", 415);

    let people = aivm(&["quote", "verify", &text(&file), "--at", AT]);
    let score = "70 = 100 - 30 (measurement on no allow list)";
    for what in [score, "collateral until", "not checked; give --nonce"] {
        assert!(people.stdout.contains(what), "{}", people.stdout);
    }
}

/// Azure's blob holds the report and the data that it vouches for; this one came with the VCEK of another chip.
#[test]
fn opens_azures_blob() {
    let folder = scratch("snp-hcl");
    let blob = fs::read(fixture("snp/az-cvm-vtpm-0.8.2/hcl-report-snp.bin")).unwrap();
    let certs = fixture("snp/az-cvm-vtpm-0.8.2/certs.pem");
    let with = |bytes: &[u8]| verify(&write(&folder, "blob", bytes), Some(&certs), &[]);
    assert_evidence_refused(&with(&blob), "sevsnp", 425);

    let shown = aivm(&[
        "quote",
        "inspect",
        &text(&write(&folder, "blob", &blob)),
        "--json",
    ])
    .json();
    assert_eq!(
        (&shown["container"], &shown["quote_bytes"]),
        (&json!("Azure HCL blob"), &json!(1184))
    );
    let change = |offset: usize| {
        let mut blob = blob.clone();
        blob[offset] ^= 1;
        blob
    };
    with(&change(1300)).assert_bad_usage("does not vouch");
    with(&change(0x70)).assert_bad_usage("does not vouch");
    with(&change(1216 + 8)).assert_bad_usage("of type 3");
    with(&change(1216 + 12)).assert_bad_usage("does not vouch");
    with(&change(1216)).assert_bad_usage("disagree");
    with(&blob[..1500]).assert_bad_usage("cut off");
    with(&blob[..20]).assert_bad_usage("cut off");
}

#[test]
fn shows_a_report() {
    let folder = scratch("snp-inspect");
    let file = write(&folder, "whole", [report(), vcek()].concat());
    let json = aivm(&["quote", "inspect", &text(&file), "--json"]).json();
    assert_eq!(
        (&json["vendor"], &json["report"]["version"]),
        (&json!("sevsnp"), &json!(2))
    );
    assert_eq!(
        (&json["tcb"]["product"], &json["tcb"]["reported"]["microcode"]),
        (&json!("Milan"), &json!(115))
    );
    assert_eq!(json["chain"][0]["subject"], "SEV-VCEK");
    let url = json["key"]["certificate_at"].as_str().unwrap();
    assert!(
        url.starts_with("https://kdsintf.amd.com/vcek/v1/Milan/d49554ec"),
        "{url}"
    );
    assert!(
        url.ends_with("?blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=115"),
        "{url}"
    );
    let verified = verify(&file, None, &[]).json();
    for (shown, said) in [
        (&json["key"]["device_id"], "device_id"),
        (&json["measurement_id"], "measurement_id"),
        (&json["report"]["report_data"], "report_data"),
    ] {
        assert_eq!(*shown, verified[said], "{said}");
    }
    // Without the certificate the product of a version 2 report is not known.
    let json = aivm(&[
        "quote",
        "inspect",
        &text(&fixture(&format!("{SEV}/report_milan.hex"))),
        "--json",
    ])
    .json();
    assert!(json["key"]["certificate_at"].is_null() && json["tcb"]["product"].is_null());
}

#[test]
fn packs_what_the_precompiles_take() {
    let folder = scratch("snp-pack");
    let out = folder.join("evidence.bin");
    let file = write(&folder, "report", report());
    let certs = write(&folder, "chain", pem(&[&vcek(), &ask("milan"), &ark("milan")]));
    let run = aivm(&[
        "quote",
        "pack",
        &text(&file),
        "--certs",
        &text(&certs),
        "--out",
        &text(&out),
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let evidence = [&[2], report().as_slice(), &vcek()].concat();
    assert_eq!(fs::read(&out).unwrap(), evidence);
    let printed = aivm(&["quote", "pack", &text(&out)]);
    assert_eq!(printed.stdout.trim_end(), format!("0x{}", hex(&evidence)));
    assert_evidence_verified(&verify(&out, None, &[]), "sevsnp", 70);

    let changed = write(&folder, "changed", [&[4], &report()[1..], &vcek()].concat());
    let refused = aivm(&["quote", "pack", &text(&changed), "--json"]);
    assert_eq!((refused.code, &refused.json()["code"]), (1, &json!(401)));
}
