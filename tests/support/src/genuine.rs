//! Evidence that vendors' hardware signed, with the collateral that it is verified against: from packages of
//! registries, below `tests/fixtures/`. Arm CCA has no genuine sample in public; its token is signed with Arm's
//! published test keys.

use crate::fixtures::{dcap_sample_cases, fixture};
use aivm::evidence::{
    Vendor,
    cca::{self, token::Token},
    intel::{pack, quote::Quote},
    nvidia::pack::Chain,
    snp,
};
use aivm_simulator::from_hex;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};

/// When the collateral of every sample is valid, in Unix seconds.
pub const NOW: u64 = 1_751_328_000;

/// A piece of evidence and what it needs.
#[derive(Clone, Debug)]
pub struct Genuine {
    /// The vendor.
    pub vendor: Vendor,
    /// The evidence, vendor byte first.
    pub evidence: Vec<u8>,
    /// What `submitCollateral` takes.
    pub collateral: Vec<u8>,
    /// The score on a chain where nothing else was set.
    pub score: u8,
}

/// One of each vendor, in the order of their numbers.
///
/// # Panics
///
/// If a fixture is missing or does not parse.
pub fn genuine() -> Vec<Genuine> {
    vec![
        intel("sgx_quote", Vendor::Sgx, 55),
        sev_snp(),
        intel("tdx_quote", Vendor::Tdx, 70),
        nvidia(),
        arm_cca(),
    ]
}

fn evidence(vendor: Vendor, body: &[u8]) -> Vec<u8> {
    [&[vendor.number()], body].concat()
}

fn intel(sample: &str, vendor: Vendor, score: u8) -> Genuine {
    let mut cases = dcap_sample_cases().into_iter();
    let case = cases.find(|case| case.name == sample).expect("a sample");
    let (_, padding) = Quote::parse_prefix(vendor, &case.quote).expect("a genuine quote");
    Genuine {
        vendor,
        evidence: evidence(vendor, &case.quote[..case.quote.len() - padding.len()]),
        collateral: pack::pack(&case.collateral).expect("collateral in PEM"),
        score,
    }
}

/// A report of a Milan processor, version 2, under its VCEK.
pub fn sev_snp() -> Genuine {
    let file = |name: &str| fixture(format!("snp/sev-8.0.0/{name}"));
    let text = |name| String::from_utf8(file(name)).expect("text");
    let report = from_hex(&text("report_milan.hex"));
    let body = snp::pack::evidence(&report, &file("vcek_milan.der")).expect("a report");
    Genuine {
        vendor: Vendor::SevSnp,
        evidence: evidence(Vendor::SevSnp, &body),
        collateral: snp::pack::collateral(&from_pem(&text("ask_milan.pem")), None),
        score: 70,
    }
}

/// A report of an H100.
pub fn nvidia() -> Genuine {
    let file = |name: &str| fixture(format!("nvidia/nv-local-gpu-verifier-2.7.3/{name}"));
    let report = String::from_utf8(file("hopperAttestationReport.txt")).expect("text");
    let chain = Chain::read(&file("hopperCertChain.txt")).expect("a chain of five");
    let body = chain.evidence(&from_hex(&report)).expect("a report");
    Genuine {
        vendor: Vendor::Nvidia,
        evidence: evidence(Vendor::Nvidia, &body),
        collateral: chain.collateral(),
        score: 80,
    }
}

/// A token of Arm's test platform (TF-A), with its published key.
pub fn arm_cca() -> Genuine {
    let file = |name: &str| fixture(format!("cca/ccatoken-0.1.0/{name}"));
    let body = file("cca-token-01.cbor");
    let key: serde_json::Value = serde_json::from_slice(&file("cpak.json")).expect("a JWK");
    let coordinate = |name: &str| {
        Base64UrlUnpadded::decode_vec(key[name].as_str().expect("a coordinate")).expect("base64url")
    };
    let token = Token::parse(&body).expect("a token");
    let cpak = cca::pack::cpak_of(&token, &coordinate("x"), &coordinate("y")).expect("a key");
    Genuine {
        vendor: Vendor::ArmCca,
        evidence: evidence(Vendor::ArmCca, &body),
        collateral: cca::pack::entry(&cpak),
        score: 70,
    }
}

/// The one certificate in a PEM file.
fn from_pem(text: &str) -> Vec<u8> {
    let body = text.split("-----").nth(2).expect("PEM");
    Base64::decode_vec(&body.split_whitespace().collect::<String>()).expect("base64")
}
