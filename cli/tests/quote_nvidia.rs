//! `aivm quote` for NVIDIA: a genuine report of an H100 in every wrapping, and what is refused.

mod common;

use base64ct::{Base64, Encoding};
use common::{
    Run, aivm, assert_evidence_refused, assert_evidence_verified, fixture, from_pem, hex, pem, scratch, text,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

const AT: &str = "1760000000";
const FOLDER: &str = "nvidia/nv-local-gpu-verifier-2.7.3";
const RIMS: &str = "rim/nv-local-gpu-verifier-2.7.3";

fn report_file() -> PathBuf {
    fixture(&format!("{FOLDER}/hopperAttestationReport.txt"))
}

fn chain_file() -> PathBuf {
    fixture(&format!("{FOLDER}/hopperCertChain.txt"))
}

fn report() -> Vec<u8> {
    aivm_simulator::from_hex(&fs::read_to_string(report_file()).unwrap())
}

/// Leaf, device, provisioner CA, identity CA, root.
fn chain() -> [Vec<u8>; 5] {
    from_pem(&fs::read_to_string(chain_file()).unwrap())
        .try_into()
        .unwrap()
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn verify(file: &Path, more: &[&str]) -> Run {
    let file = text(file);
    let mut arguments = vec!["quote", "verify", &file, "--at", AT, "--json"];
    arguments.extend(more);
    aivm(&arguments)
}

fn verify_with(name: &str, report: &[u8], certificates: &[&[u8]]) -> Run {
    let folder = scratch(&format!("nvidia-{name}"));
    let report = write(&folder, "report.bin", report);
    let certs = text(&write(&folder, "certs.pem", pem(certificates)));
    verify(&report, &["--certs", &certs])
}

/// The evidence that the precompiles take.
fn evidence() -> Vec<u8> {
    let [leaf, brom, ..] = chain();
    let len = u32::try_from(report().len()).unwrap().to_be_bytes();
    [&[4], len.as_slice(), &report(), &leaf, &brom].concat()
}

#[test]
fn verifies_a_report_in_every_wrapping() {
    let folder = scratch("nvidia-wrappings");
    let (report, chain) = (report(), chain());
    let certs = text(&chain_file());
    let expected = assert_evidence_verified(&verify(&report_file(), &["--certs", &certs]), "nvidia", 80);
    assert!(expected["tcb_status"].is_null());

    let der = text(&write(&folder, "chain.der", chain.concat()));
    for (file, certs) in [
        (write(&folder, "raw", &report), &certs),
        (write(&folder, "base64", Base64::encode_string(&report)), &der),
        (write(&folder, "evidence", evidence()), &certs),
    ] {
        assert_eq!(verify(&file, &["--certs", certs]).json(), expected);
    }

    let all: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let sdk = json!({
        "arch": "HOPPER",
        "evidence": Base64::encode_string(&report),
        "certificate": Base64::encode_string(pem(&all).as_bytes()),
        "nonce": hex(&report[4..36]),
    });
    let other = json!({ "evidence": "AAAA", "certificate": "" });
    let certificates: Vec<_> = chain.iter().map(|der| hex(der)).collect();
    let forms = [
        (json!([sdk]), vec![]),
        (sdk.clone(), vec![]),
        (json!({ "nonce": "00", "evidence_list": [sdk] }), vec![]),
        (json!([other, sdk]), vec!["--entry", "2"]),
        (
            json!({ "vendor": "nvidia", "report": hex(&report), "cert_chain": certificates }),
            vec![],
        ),
        (json!({ "quote": hex(&evidence()), "certs": pem(&all) }), vec![]),
    ];
    for (json, more) in &forms {
        let file = write(&folder, "json", json.to_string());
        assert_eq!(verify(&file, more).json(), expected, "{json}");
    }
    assert_eq!(forms.len(), 6);
}

#[test]
fn takes_the_intermediates_from_collateral() {
    let folder = scratch("nvidia-collateral");
    let [leaf, brom, provisioner, identity, _] = chain();
    let evidence = write(&folder, "evidence", evidence());
    let collateral = |value: Value| text(&write(&folder, "collateral.json", value.to_string()));
    let good = json!({ "identity_ca": hex(&identity), "provisioner_ca": pem(&[&provisioner]) });
    let good = collateral(good);
    assert_evidence_verified(&verify(&evidence, &["--collateral", &good]), "nvidia", 80);
    let two = text(&write(&folder, "two.pem", pem(&[&leaf, &brom])));
    assert_evidence_verified(
        &verify(&report_file(), &["--certs", &two, "--collateral", &good]),
        "nvidia",
        80,
    );
    // A chain of certificates is collateral too.
    assert_evidence_verified(
        &verify(&evidence, &["--collateral", &text(&chain_file())]),
        "nvidia",
        80,
    );

    // Without the intermediates nothing is stored.
    assert_evidence_refused(&verify(&evidence, &[]), "nvidia", 6);
    assert_evidence_refused(&verify(&report_file(), &["--certs", &two]), "nvidia", 6);
    let swapped = json!({ "identity_ca": hex(&provisioner), "provisioner_ca": hex(&identity) });
    assert_evidence_refused(
        &verify(&evidence, &["--collateral", &collateral(swapped)]),
        "nvidia",
        551,
    );
}

#[test]
fn refuses_chains_that_are_not_the_one() {
    let report = report();
    let [leaf, brom, provisioner, identity, root] = chain();
    let cases: [(Vec<&[u8]>, u16); 9] = [
        (vec![&leaf], 500),
        (vec![&leaf, &brom, &provisioner], 500),
        (vec![&leaf, &brom, &provisioner, &identity], 500),
        (vec![&leaf, &brom, &identity, &root], 500),
        (vec![&leaf, &brom, &provisioner, &identity, &root, &root], 501),
        (vec![&leaf, &brom, &provisioner, &identity, &identity], 551),
        (vec![&brom, &leaf, &provisioner, &identity, &root], 6),
        (vec![&leaf, &brom, &identity, &provisioner, &root], 551),
        (vec![&leaf, &brom, &provisioner, &root, &identity], 551),
    ];
    for (number, (certificates, code)) in cases.iter().enumerate() {
        let run = verify_with(&format!("chain-{number}"), &report, certificates);
        assert_evidence_refused(&run, "nvidia", *code);
    }
}

#[test]
fn refuses_a_root_of_ones_own() {
    let scenario = aivm_simulator::nvidia::Scenario::new(aivm_simulator::nvidia::Chip::Gh100);
    let chain = scenario.chain();
    let certificates: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let run = verify_with("made-up", &scenario.report_bytes(), &certificates);
    assert_evidence_refused(&run, "nvidia", 551);
    // Nor does NVIDIA's root help.
    let [.., root] = self::chain();
    let mut certificates = certificates;
    certificates.pop();
    certificates.push(&root);
    assert_evidence_refused(
        &verify_with("made-up-2", &scenario.report_bytes(), &certificates),
        "nvidia",
        551,
    );
}

#[test]
fn refuses_changed_reports() {
    let genuine = report();
    let changed = |offset: usize, value: u8| {
        let mut report = genuine.clone();
        report[offset] = value;
        report
    };
    let chain = chain();
    let certificates: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let end = genuine.len();
    let cases = [
        (changed(10, 0), 538),
        (changed(120, 0), 538),
        (changed(end - 1, genuine[end - 1] ^ 1), 538),
        (changed(2, 0), 508),
        (changed(41, 63), 514),
        ([genuine.as_slice(), &[0]].concat(), 507),
        (genuine[..end - 1].to_vec(), 506),
        (genuine[..37].to_vec(), 506),
    ];
    for (number, (report, code)) in cases.iter().enumerate() {
        let run = verify_with(&format!("changed-{number}"), report, &certificates);
        assert_evidence_refused(&run, "nvidia", *code);
    }
    assert_eq!(cases.len(), 8);
}

#[test]
fn checks_the_nonce_of_the_request() {
    let certs = text(&chain_file());
    let with = |nonce: &str| verify(&report_file(), &["--certs", &certs, "--nonce", nonce]);
    assert_evidence_verified(&with(&hex(&report()[4..36])), "nvidia", 80);
    // The nonce of the GPU's own answer is not the requester's.
    let shown = aivm(&["quote", "inspect", &text(&report_file()), "--json"]).json();
    let responder = shown["report"]["responder_nonce"].as_str().unwrap();
    assert_evidence_refused(&with(responder), "nvidia", 10);
}

#[test]
fn golden_files_must_be_for_the_report() {
    let certs = text(&chain_file());
    let driver = text(&fixture(&format!("{RIMS}/Driver_RIM_test_no_gpu.swidtag")));
    let vbios = text(&fixture(&format!("{RIMS}/1010_0200_882_96005E0001_PROD.swidtag")));
    let with = |driver: &str, vbios: &str, at: &str| {
        let file = text(&report_file());
        let mut arguments = vec!["quote", "verify", &file, "--certs", &certs, "--at", at, "--json"];
        arguments.extend(["--driver-rim", driver, "--vbios-rim", vbios]);
        aivm(&arguments)
    };
    with(&driver, &vbios, "1704067200").assert_bad_usage("not for the driver and the VBIOS of this report");
    with(&driver, &vbios, AT).assert_bad_usage("was valid until");
    with(&vbios, &driver, "1704067200").assert_bad_usage("RIM file of a VBIOS");
}

#[test]
fn shows_a_report() {
    let certs = text(&chain_file());
    let json = aivm(&[
        "quote",
        "inspect",
        &text(&report_file()),
        "--certs",
        &certs,
        "--json",
    ])
    .json();
    assert_eq!(
        (&json["vendor"], &json["encoding"]),
        (&json!("nvidia"), &json!("hexadecimal"))
    );
    assert_eq!(json["software"]["driver_rim_id"], "NV_GPU_DRIVER_GH100_550.90.07");
    assert_eq!(
        json["software"]["vbios_rim_id"],
        "NV_GPU_VBIOS_1010_0200_882_96009F0001"
    );
    assert_eq!(json["measurements"]["digests"].as_array().unwrap().len(), 64);
    assert_eq!(json["device"]["serial"], "0x41431d480fe5e87274");
    assert_eq!(json["chain"].as_array().unwrap().len(), 5);
    assert_eq!(json["chain"][4]["subject"], "NVIDIA Device Identity CA");
    let verified = verify(&report_file(), &["--certs", &certs]).json();
    assert_eq!(json["device"]["device_id"], verified["device_id"]);
    assert_eq!(json["measurement_id"], verified["measurement_id"]);
    let people = aivm(&["quote", "inspect", &text(&report_file())]);
    assert!(
        people.stdout.contains("the other"),
        "measurements that are zero are counted"
    );
}

#[test]
fn packs_what_the_precompiles_take() {
    let run = aivm(&[
        "quote",
        "pack",
        &text(&report_file()),
        "--certs",
        &text(&chain_file()),
        "--json",
    ]);
    assert_eq!(run.json()["evidence"], format!("0x{}", hex(&evidence())));
    let missing = aivm(&["quote", "pack", &text(&report_file())]);
    missing.assert_bad_usage("--certs");
    let folder = scratch("nvidia-pack");
    let response = write(&folder, "response", &report()[37..]);
    aivm(&["quote", "pack", &text(&response)]).assert_bad_usage("response alone");
}
