//! Recorded AMD evidence: the samples of two packages, below `tests/fixtures/snp/`, and the larger set that the
//! environment variable `AIVM_EVIDENCE_DIR` points to.

#![allow(
    dead_code,
    reason = "each test file compiles this module and uses its own part of it"
)]

use aivm::evidence::{Vendor, snp::pack};
use aivm_simulator::from_hex;
use aivm_test_support::fixtures::{evidence_dir, fixture};
use base64ct::{Base64, Encoding};
use std::{fs, path::Path};

/// When every sample of the packages can be verified, and most of the larger set: 2026-11-18.
pub(crate) const NOW: u64 = 1_795_000_000;

/// When the one recorded VLEK was valid: 2025-06-15.
pub(crate) const VLEK_NOW: u64 = 1_750_000_000;

/// A report with the certificate of its endorsement key and of the CA that issued it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) report: Vec<u8>,
    pub(crate) vek: Vec<u8>,
    pub(crate) ca: Vec<u8>,
    pub(crate) now: u64,
}

impl Sample {
    /// The evidence, vendor byte included.
    pub(crate) fn evidence(&self) -> Vec<u8> {
        let body = pack::evidence(&self.report, &self.vek).expect("a report");
        [&[Vendor::SevSnp.number()], &body[..]].concat()
    }

    /// What `submitCollateral` takes: no CRL was recorded.
    pub(crate) fn collateral(&self) -> Vec<u8> {
        pack::collateral(&self.ca, None)
    }
}

/// Where an HCL report, which Azure's paravisor keeps in a TPM, has the hardware's report.
const HCL_HEADER_LEN: usize = 32;

/// The two samples of the packages: a Milan report, and one beside the VCEK of another chip.
pub(crate) fn packaged() -> Vec<Sample> {
    let sev = |name: &str| fixture(Path::new("snp/sev-8.0.0").join(name));
    let azure = |name: &str| fixture(Path::new("snp/az-cvm-vtpm-0.8.2").join(name));
    let chain = certificates(&azure("certs.pem"));
    vec![
        Sample {
            name: "sev",
            report: from_hex(std::str::from_utf8(&sev("report_milan.hex")).expect("hex text")),
            vek: sev("vcek_milan.der"),
            ca: certificate(&sev("ask_milan.pem")),
            now: NOW,
        },
        Sample {
            name: "az-cvm-vtpm",
            report: azure("hcl-report-snp.bin")[HCL_HEADER_LEN..HCL_HEADER_LEN + 1_184].to_vec(),
            vek: chain[0].clone(),
            ca: chain[1].clone(),
            now: NOW,
        },
    ]
}

/// The ASK of the package `sev` for a product, and its VCEK of a Turin, DER.
pub(crate) fn ask(product: &str) -> Vec<u8> {
    certificate(&fixture(format!("snp/sev-8.0.0/ask_{product}.pem")))
}

/// The VCEK of a Turin, DER. No report of that chip was recorded.
pub(crate) fn turin_vcek() -> Vec<u8> {
    fixture("snp/sev-8.0.0/vcek_turin.der")
}

/// Name, report, certificate of the endorsement key, of its CA, time: below `snp/` of the larger set.
const FURTHER: [(&str, &str, &str, &str, u64); 6] = [
    (
        "dstack",
        "dstack/report.bin",
        "dstack/sev_snp_vcek.pem",
        "dstack/sev_snp_ask.pem",
        NOW,
    ),
    (
        "ms-tav milan",
        "ms-tav/milan_attestation_report.bin",
        "ms-tav/milan_vcek.pem",
        "ms-tav/milan_ask.pem",
        NOW,
    ),
    (
        "ms-tav genoa",
        "ms-tav/genoa_attestation_report.bin",
        "ms-tav/genoa_vcek.pem",
        "ms-tav/genoa_ask.pem",
        NOW,
    ),
    (
        "az genoa",
        "trustee/az_genoa.report.bin",
        "trustee/az_genoa.vcek.pem",
        "roots/genoa_ask.der",
        NOW,
    ),
    (
        "vlek",
        "trustee/snp_test-vlek-report.bin",
        "trustee/snp_test-vlek.der",
        "roots/milan_asvk.der",
        VLEK_NOW,
    ),
    (
        "go-sev-guest",
        "go-sev-guest/attestation.bin",
        "go-sev-guest/vcek.testcer",
        "roots/milan_ask.der",
        NOW,
    ),
];

/// The larger set, empty where there is none.
pub(crate) fn further() -> Vec<Sample> {
    let Some(dir) = evidence_dir() else {
        return Vec::new();
    };
    let read = |path: &str| {
        let path = dir.join("snp").join(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let sample = |(name, report, vek, ca, now)| Sample {
        name,
        report: read(report),
        vek: certificate(&read(vek)),
        ca: certificate(&read(ca)),
        now,
    };
    FURTHER.into_iter().map(sample).collect()
}

/// The endorsement CAs of the larger set, DER: ASK and ASVK of every product.
pub(crate) fn further_cas() -> Vec<Vec<u8>> {
    let Some(dir) = evidence_dir() else {
        return Vec::new();
    };
    let names = ["milan", "genoa", "turin"].into_iter();
    let paths = names.flat_map(|name| ["ask", "asvk"].map(|kind| format!("snp/roots/{name}_{kind}.der")));
    paths
        .map(|path| fs::read(dir.join(path)).expect("a CA certificate"))
        .collect()
}

/// The only certificate of a file, PEM or DER.
fn certificate(file: &[u8]) -> Vec<u8> {
    if file.starts_with(&[0x30, 0x82]) {
        return file.to_vec();
    }
    let [certificate] = <[_; 1]>::try_from(certificates(file)).expect("one certificate");
    certificate
}

/// Certificates in PEM.
fn certificates(pem: &[u8]) -> Vec<Vec<u8>> {
    let pem = std::str::from_utf8(pem).expect("PEM");
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let decode = |block: &str| {
        let (base64, _) = block.split_once("-----END CERTIFICATE-----").expect("an end");
        let base64: String = base64.split_whitespace().collect();
        Base64::decode_vec(&base64).expect("base64")
    };
    blocks.map(decode).collect()
}
