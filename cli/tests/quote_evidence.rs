//! `aivm quote` over all genuine evidence in the folder that `AIVM_EVIDENCE_DIR` names, if it names one; and over
//! damaged files, which never make the program panic.

mod common;

use common::{Run, aivm, evidence_folder, fixture, sample, scratch, text};
use serde_json::json;
use std::{fs, path::Path};

/// What is expected: the score, or the code.
#[derive(Clone, Copy, Debug)]
enum Expected {
    Score(u8),
    Code(u16),
}

use Expected::{Code, Score};

fn assert_verdict(run: &Run, name: &str, vendor: &str, expected: Expected) {
    let json = run.json();
    assert_eq!(json["vendor"], vendor, "{name}");
    match expected {
        Score(score) => {
            assert_eq!(
                (run.code, &json["trust_score"]),
                (0, &json!(score)),
                "{name}: {json}"
            );
        }
        Code(code) => assert_eq!((run.code, &json["code"]), (1, &json!(code)), "{name}: {json}"),
    }
}

#[test]
fn intel() {
    let Some(folder) = evidence_folder() else { return };
    let cases = [
        ("neg_sgx_expired_now", "sgx", Code(244)),
        ("neg_sgx_future_now", "sgx", Code(249)),
        ("neg_sgx_reportdata_bitflip", "sgx", Code(147)),
        ("neg_sgx_trailing", "sgx", Code(107)),
        ("neg_sgx_wrongcollateral", "sgx", Code(203)),
        ("neg_tdx_trailing_nonzero", "tdx", Code(107)),
        ("sgx_mc_00906ed50000_expiredcrl", "sgx", Code(250)),
        ("sgx_occlum_debug_00606a000000", "sgx", Code(170)),
        ("sgx_phala_00a067110000", "sgx", Score(55)),
        ("tdx_azure_00806f05_v4", "tdx", Code(176)),
        ("tdx_debug_50806f_v4", "tdx", Code(171)),
        ("tdx_dstack_b0c06f_v4", "tdx", Code(160)),
        ("tdx_google_E4_50806f_v4", "tdx", Code(107)),
        ("tdx_google_E4_50806f_v4_2023", "tdx", Code(107)),
        ("tdx_google_cos113_00806f05_v4", "tdx", Score(70)),
        ("tdx_hex_b0c06f_v4", "tdx", Code(160)),
        ("tdx_phala_90c06f_v5_outdated", "tdx", Code(160)),
        ("tdx_phala_b0c06f_v4", "tdx", Score(70)),
        ("tdx_phala_b0c06f_v5_td15ex", "tdx", Score(70)),
        ("tdx_tappd_b0c06f_v4", "tdx", Code(160)),
    ];
    for (name, vendor, expected) in cases {
        let case = folder.join("intel").join(name);
        let at = fs::read_to_string(case.join("now")).unwrap();
        let (quote, collateral) = (text(&case.join("quote.bin")), text(&case.join("collateral.json")));
        let run = aivm(&[
            "quote",
            "verify",
            &quote,
            "--collateral",
            &collateral,
            "--at",
            at.trim(),
            "--json",
        ]);
        assert_verdict(&run, name, vendor, expected);
    }
    assert_eq!(fs::read_dir(folder.join("intel")).unwrap().count(), cases.len());
}

#[test]
fn snp() {
    let Some(folder) = evidence_folder() else { return };
    let cases = [
        (
            "sev-8.0.0/report_milan.hex",
            "sev-8.0.0/vcek_milan.der",
            Score(70),
        ),
        ("dstack/report.bin", "dstack/sev_snp_vcek.pem", Score(70)),
        (
            "dstack/sev_snp_attestation.bin",
            "dstack/sev_snp_vcek.pem",
            Score(70),
        ),
        (
            "ms-tav/milan_attestation_report.bin",
            "ms-tav/milan_vcek.pem",
            Score(70),
        ),
        (
            "ms-tav/genoa_attestation_report.bin",
            "ms-tav/genoa_vcek.pem",
            Score(70),
        ),
        (
            "trustee/az_genoa.report.bin",
            "trustee/az_genoa.vcek.pem",
            Score(70),
        ),
        (
            "az-cvm-vtpm-0.8.2/hcl-report-snp.bin",
            "az-cvm-vtpm-0.8.2/certs.pem",
            Code(425),
        ),
        (
            "go-sev-guest/attestation.bin",
            "go-sev-guest/vcek.testcer",
            Code(441),
        ),
        (
            "trustee/snp_test-vlek-report.bin",
            "trustee/snp_test-vlek.der",
            Code(6),
        ),
    ];
    let folder = folder.join("snp");
    for (report, certs, expected) in cases {
        let (file, certs) = (text(&folder.join(report)), text(&folder.join(certs)));
        let run = aivm(&[
            "quote",
            "verify",
            &file,
            "--certs",
            &certs,
            "--at",
            "1795000000",
            "--json",
        ]);
        assert_verdict(&run, report, "sevsnp", expected);
        let shown = aivm(&["quote", "inspect", &file, "--json"]);
        assert_eq!(
            (shown.code, &shown.json()["vendor"]),
            (0, &json!("sevsnp")),
            "{report}"
        );
    }
    assert_eq!(cases.len(), 9);
}

/// The VLEK with its ASVK, when it was valid and when it no longer was: at VMPL 1 it is refused at any time.
#[test]
fn snp_vlek() {
    let Some(folder) = evidence_folder() else { return };
    let folder = folder.join("snp");
    let vlek = fs::read(folder.join("trustee/snp_test-vlek.der")).unwrap();
    let asvk = |product: &str| fs::read(folder.join(format!("roots/{product}_asvk.der"))).unwrap();
    let report = text(&folder.join("trustee/snp_test-vlek-report.bin"));
    let certs = scratch("evidence-vlek").join("certs.der");
    let verify = |product: &str, at: &str| {
        fs::write(&certs, [vlek.clone(), asvk(product)].concat()).unwrap();
        aivm(&[
            "quote",
            "verify",
            &report,
            "--certs",
            &text(&certs),
            "--at",
            at,
            "--json",
        ])
    };
    assert_verdict(&verify("milan", "1750000000"), "valid", "sevsnp", Code(440));
    assert_verdict(&verify("milan", "1795000000"), "expired", "sevsnp", Code(415));
    assert_verdict(
        &verify("genoa", "1750000000"),
        "of another product",
        "sevsnp",
        Code(6),
    );
}

#[test]
fn nvidia() {
    let Some(folder) = evidence_folder() else { return };
    let cases = [
        ("nvtrust_hopper", Score(80)),
        ("hopper_evidence.0", Score(80)),
        ("multi_gpu_hopper.0", Score(80)),
        ("multi_gpu_hopper.1", Score(80)),
        ("sdkhop", Score(70)),
        ("sdkhopbad", Code(538)),
        ("coco_hopper1", Code(507)),
    ];
    let folder = folder.join("nvidia");
    for (name, expected) in cases {
        let report = text(&folder.join(format!("{name}.report.bin")));
        let chain = text(&folder.join(format!("{name}.chain.pem")));
        let run = aivm(&[
            "quote",
            "verify",
            &report,
            "--certs",
            &chain,
            "--at",
            "1795000000",
            "--json",
        ]);
        assert_verdict(&run, name, "nvidia", expected);
    }
    // The report of one GPU with the chain of another.
    let report = text(&folder.join("multi_gpu_hopper.0.report.bin"));
    let chain = text(&folder.join("multi_gpu_hopper.1.chain.pem"));
    let run = aivm(&[
        "quote",
        "verify",
        &report,
        "--certs",
        &chain,
        "--at",
        "1795000000",
        "--json",
    ]);
    assert_verdict(&run, "another's chain", "nvidia", Code(538));
}

#[test]
fn cca() {
    let Some(folder) = evidence_folder() else { return };
    let cases = [
        ("cca-token-01.cbor", Some("cpak.json"), Score(70)),
        ("cca-token-01.cbor", Some("ta-tfa.json"), Score(70)),
        ("cca-token-02.cbor", Some("ta-02-ok.json"), Score(70)),
        ("cca-token-02.cbor", Some("ta-02-bad.json"), Code(663)),
        ("cca-token-01.cbor", None, Code(651)),
        ("cca-token-02.cbor", None, Code(650)),
        ("bug-33-repro.cbor", Some("cpak.json"), Code(645)),
    ];
    let folder = folder.join("cca/ccatoken");
    for (token, anchor, expected) in cases {
        let token_file = text(&folder.join(token));
        let anchor = anchor.map(|anchor| text(&folder.join(anchor)));
        let mut arguments = vec!["quote", "verify", &token_file, "--json"];
        if let Some(anchor) = &anchor {
            arguments.extend(["--trust-anchor", anchor]);
        }
        assert_verdict(&aivm(&arguments), token, "armcca", expected);
    }
    assert_eq!(cases.len(), 7);
}

/// Numbers that are the same in every run: xorshift64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    /// Changes, cuts or lengthens what is there.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let position = self.below(bytes.len().max(1));
            match self.below(8) {
                0 => bytes.truncate(position),
                1 => bytes.extend([0, 0x30, 0x82, 0xff]),
                2 => drop(bytes.splice(position..position, [0xff; 3])),
                _ => {
                    let value = u8::try_from(self.below(256)).unwrap();
                    if let Some(byte) = bytes.get_mut(position) {
                        *byte = value;
                    }
                }
            }
        }
    }
}

#[test]
fn damaged_files_never_make_it_panic() {
    let folder = scratch("evidence-damaged");
    let seeds = [
        (sample("tdx_quote"), "quote"),
        (sample("sgx_quote"), "quote"),
        (fixture("snp/sev-8.0.0/report_milan.hex"), "quote"),
        (fixture("snp/az-cvm-vtpm-0.8.2/hcl-report-snp.bin"), "quote"),
        (
            fixture("nvidia/nv-local-gpu-verifier-2.7.3/hopperAttestationReport.txt"),
            "quote",
        ),
        (fixture("cca/ccatoken-0.1.0/cca-token-01.cbor"), "quote"),
        (sample("tdx_quote_collateral.json"), "collateral"),
        (
            fixture("nvidia/nv-local-gpu-verifier-2.7.3/hopperCertChain.txt"),
            "collateral",
        ),
        (fixture("cca/ccatoken-0.1.0/ta.json"), "collateral"),
        (
            fixture("rim/nv-local-gpu-verifier-2.7.3/Driver_RIM_test_no_gpu.swidtag"),
            "golden",
        ),
    ];
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut count = 0;
    for (path, command) in &seeds {
        let genuine = decoded(path);
        for _ in 0..40 {
            let mut bytes = genuine.clone();
            numbers.damage(&mut bytes);
            let file = folder.join("file");
            fs::write(&file, &bytes).unwrap();
            let run = aivm(&[command, "inspect", &text(&file)]);
            assert!((0..=2).contains(&run.code), "{}: {}", path.display(), run.stderr);
            assert!(
                !run.stderr.contains("panicked"),
                "{}: {}",
                path.display(),
                run.stderr
            );
            count += 1;
        }
    }
    assert_eq!(count, 400);
}

/// The bytes of a file, those of hexadecimal text decoded.
fn decoded(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    match str::from_utf8(&bytes) {
        Ok(text) if text.trim().bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            aivm_simulator::from_hex(text)
        }
        _ => bytes,
    }
}
