//! One piece of evidence of each vendor but TDX, with which the story is told: what anyone submits, and what VerifyTEE
//! must then say. All are genuine but Arm CCA's, of which none is in public: it is signed with Arm's test keys.

use crate::output::Failure;
use aivm::evidence::{
    Vendor,
    cca::{self, token::Token},
    intel::{pack, pck::PckChain, quote::Quote},
    nvidia::{self, pack::Chain},
    snp::{self, vek::EndorsementCa},
};
use alloy_primitives::{B256, hex};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};

macro_rules! fixture {
    ($path:literal) => {
        concat!("../../../tests/fixtures/", $path)
    };
}

const SGX_QUOTE: &[u8] = include_bytes!(fixture!("intel/dcap-qvl-0.7.1/sgx_quote"));
const SGX_COLLATERAL: &str = include_str!(fixture!("intel/dcap-qvl-0.7.1/sgx_quote_collateral.json"));
const SNP_REPORT: &str = include_str!(fixture!("snp/sev-8.0.0/report_milan.hex"));
const SNP_VCEK: &[u8] = include_bytes!(fixture!("snp/sev-8.0.0/vcek_milan.der"));
const SNP_ASK: &str = include_str!(fixture!("snp/sev-8.0.0/ask_milan.pem"));
const GPU_REPORT: &str = include_str!(fixture!(
    "nvidia/nv-local-gpu-verifier-2.7.3/hopperAttestationReport.txt"
));
const GPU_CHAIN: &[u8] = include_bytes!(fixture!("nvidia/nv-local-gpu-verifier-2.7.3/hopperCertChain.txt"));
const CCA_TOKEN: &[u8] = include_bytes!(fixture!("cca/ccatoken-0.1.0/cca-token-01.cbor"));
const CCA_KEY: &str = include_str!(fixture!("cca/ccatoken-0.1.0/cpak.json"));

/// Evidence, and what it needs.
pub(super) struct Sample {
    pub(super) vendor: Vendor,
    /// What `submitCollateral` takes.
    pub(super) collateral: Vec<u8>,
    /// Under which key it is stored, and until when it can be used.
    pub(super) key: B256,
    pub(super) until: u64,
    /// What is submitted, in words.
    pub(super) submits: &'static str,
    /// The evidence, vendor byte first.
    pub(super) evidence: Vec<u8>,
    /// The first 32 bytes that the workload chose.
    pub(super) nonce: [u8; 32],
    /// What the evidence is, in words.
    pub(super) is: &'static str,
    /// The score: no software is on the allow list, and no golden measurements are stored.
    pub(super) score: u8,
}

/// SGX, SEV-SNP, NVIDIA and Arm CCA.
pub(super) fn samples() -> Result<[Sample; 4], Failure> {
    Ok([sgx()?, sev_snp()?, nvidia()?, arm_cca()?])
}

fn evidence(vendor: Vendor, body: &[u8]) -> Vec<u8> {
    [&[vendor.number()], body].concat()
}

fn first_32(report_data: &[u8; 64]) -> [u8; 32] {
    *report_data.first_chunk().unwrap_or(&[0; 32])
}

fn sgx() -> Result<Sample, Failure> {
    let quote = Quote::parse(Vendor::Sgx, SGX_QUOTE).map_err(Failure::internal)?;
    let chain = PckChain::from_pem(quote.pck_chain).ok_or_else(|| Failure::internal("the PCK chain"))?;
    let pck = chain.pck().map_err(Failure::internal)?;
    let collateral = serde_json::from_str(SGX_COLLATERAL).map_err(Failure::internal)?;
    Ok(Sample {
        vendor: Vendor::Sgx,
        collateral: pack::pack(&collateral).map_err(Failure::internal)?,
        key: pck.collateral_key(),
        until: 1_752_919_278,
        submits: "SGX: what Intel signed about the platform of another quote",
        evidence: evidence(Vendor::Sgx, SGX_QUOTE),
        nonce: first_32(quote.body.report_data()),
        is: "a genuine SGX quote: 100 - 30 (unknown software) - 15 (ConfigurationAndSWHardeningNeeded)",
        score: 55,
    })
}

fn sev_snp() -> Result<Sample, Failure> {
    let report = hex::decode(SNP_REPORT.trim()).map_err(Failure::internal)?;
    let body = snp::pack::evidence(&report, SNP_VCEK).map_err(Failure::internal)?;
    let (bytes, vcek) = snp::split(&body).map_err(Failure::internal)?;
    let parsed = snp::report::Report::parse(bytes).map_err(Failure::internal)?;
    let issuer: EndorsementCa = snp::vek::Vek::parse(vcek).map_err(Failure::internal)?.issuer;
    Ok(Sample {
        vendor: Vendor::SevSnp,
        collateral: snp::pack::collateral(&from_pem(SNP_ASK)?, None),
        key: issuer.collateral_key(),
        until: 2_392_305_785,
        submits: "SEV-SNP: the certificate of AMD's CA for the keys of Milan processors (ASK)",
        nonce: first_32(parsed.report_data),
        evidence: evidence(Vendor::SevSnp, &body),
        is: "a genuine AMD SEV-SNP report of a Milan processor: 100 - 30 (unknown software)",
        score: 70,
    })
}

fn nvidia() -> Result<Sample, Failure> {
    let report = hex::decode(GPU_REPORT.trim()).map_err(Failure::internal)?;
    let chain = Chain::read(GPU_CHAIN).map_err(Failure::internal)?;
    let body = chain.evidence(&report).map_err(Failure::internal)?;
    let nonce = *nvidia::report::Report::parse(&report)
        .map_err(Failure::internal)?
        .nonce;
    let parts = nvidia::Evidence::parse(&body).map_err(Failure::internal)?;
    let device = nvidia::device::Device::parse(parts.certificates).map_err(Failure::internal)?;
    Ok(Sample {
        vendor: Vendor::Nvidia,
        collateral: chain.collateral(),
        key: nvidia::collateral_key(device.brom.issuer()),
        until: 253_402_300_799,
        submits: "NVIDIA: the CAs between the root and the H100 that signed the report below",
        evidence: evidence(Vendor::Nvidia, &body),
        nonce,
        is: "a genuine report of an NVIDIA H100: 100 - 20 (no golden measurements stored)",
        score: 80,
    })
}

fn arm_cca() -> Result<Sample, Failure> {
    let token = Token::parse(CCA_TOKEN).map_err(Failure::internal)?;
    let key: serde_json::Value = serde_json::from_str(CCA_KEY).map_err(Failure::internal)?;
    let coordinate = |name: &str| {
        let text = key
            .get(name)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        Base64UrlUnpadded::decode_vec(text).map_err(Failure::internal)
    };
    let cpak = cca::pack::cpak_of(&token, &coordinate("x")?, &coordinate("y")?).map_err(Failure::internal)?;
    Ok(Sample {
        vendor: Vendor::ArmCca,
        collateral: cca::pack::entry(&cpak),
        key: cca::cpak::collateral_key(token.platform.instance_id),
        until: u64::MAX,
        submits: "Arm CCA: governance registers Arm's published TEST key, which no hardware has",
        nonce: first_32(token.realm.challenge),
        evidence: evidence(Vendor::ArmCca, CCA_TOKEN),
        is: "an Arm CCA token signed with TEST keys (no genuine one is in public): 100 - 30 (unknown software)",
        score: 70,
    })
}

fn from_pem(text: &str) -> Result<Vec<u8>, Failure> {
    let body: String = text
        .split("-----")
        .nth(2)
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    Base64::decode_vec(&body).map_err(Failure::internal)
}
