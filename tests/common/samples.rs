//! Recorded evidence: the samples of two packages, below `tests/fixtures/`, and the larger set that the environment
//! variable `AIVM_EVIDENCE_DIR` points to.

use aivm::evidence::{
    Vendor,
    intel::{pack, quote::Quote},
};
use aivm_simulator::from_hex;
use aivm_test_support::fixtures::{self, IntelCase, fixture};
use dcap_qvl::QuoteCollateralV3;

/// The vendor that a quote's TEE type names.
pub(crate) fn vendor_of_quote(quote: &[u8]) -> Vendor {
    match quote[4] {
        0 => Vendor::Sgx,
        _ => Vendor::Tdx,
    }
}

/// The vendor that collateral is for.
pub(crate) fn vendor_of_collateral(collateral: &QuoteCollateralV3) -> Vendor {
    if collateral.tcb_info.contains(r#""id":"TDX""#) {
        Vendor::Tdx
    } else {
        Vendor::Sgx
    }
}

/// What a caller makes of a delivered quote: zero bytes after the declared end of a TDX quote are cut off, other
/// bytes and those of an SGX quote stay.
pub(crate) fn without_padding(quote: &[u8]) -> &[u8] {
    match Quote::parse_prefix(vendor_of_quote(quote), quote) {
        Ok((_, rest)) if vendor_of_quote(quote) == Vendor::Tdx && rest.iter().all(|byte| *byte == 0) => {
            &quote[..quote.len() - rest.len()]
        }
        _ => quote,
    }
}

/// Collateral of a recorded case as `submitCollateral` takes it.
pub(crate) fn packed(case: &IntelCase) -> Vec<u8> {
    pack::pack(&case.collateral).expect("chains in PEM")
}

/// The sample of the package `mc-attestation-verifier`.
pub(crate) fn mc_case() -> IntelCase {
    let file = |name: &str| fixture(format!("intel/mc-attestation-verifier-0.5.0/{name}"));
    let text = |name: &str| String::from_utf8(file(name)).expect("text");
    let (tcb_info, tcb_info_signature) =
        signed_text(&text("fmspc_00906ED50000_2023_07_12.json"), r#"{"tcbInfo":"#);
    let (qe_identity, qe_identity_signature) =
        signed_text(&text("qe_identity.json"), r#"{"enclaveIdentity":"#);
    let chain = |name: &str| text(name) + &text("root_ca.pem");
    IntelCase {
        name: "mc-attestation-verifier".into(),
        quote: file("hw_quote.dat"),
        collateral: QuoteCollateralV3 {
            pck_crl_issuer_chain: chain("processor_ca.pem"),
            root_ca_crl: file("root_crl.der"),
            pck_crl: file("processor_crl.der"),
            tcb_info_issuer_chain: chain("tcb_signer.pem"),
            tcb_info,
            tcb_info_signature,
            qe_identity_issuer_chain: chain("tcb_signer.pem"),
            qe_identity,
            qe_identity_signature,
            pck_certificate_chain: None,
        },
        now: 1_689_811_200,
        expect: "crl expired".into(),
    }
}

/// The signed text in an answer of Intel's service, its bytes as they stand, and the signature.
fn signed_text(answer: &str, before: &str) -> (String, Vec<u8>) {
    let rest = answer.trim().strip_prefix(before).expect("the signed text first");
    let (text, rest) = rest.split_once(r#","signature":""#).expect("a signature");
    let signature = rest.strip_suffix(r#""}"#).expect("the signature last");
    (text.into(), from_hex(signature))
}

/// The seven samples of the two packages.
pub(crate) fn packaged_cases() -> Vec<IntelCase> {
    let mut cases = fixtures::dcap_sample_cases();
    cases.push(mc_case());
    cases
}

/// The larger set, empty where there is none.
pub(crate) fn further_cases() -> Vec<IntelCase> {
    fixtures::evidence_dir().map_or_else(Vec::new, |dir| fixtures::intel_cases(&dir))
}
