//! Tools to change what was minted: the parts of submitted collateral, the signature of a certificate or CRL, and
//! PEM.

use aivm::{abi::IAttestationRegistry::IntelCollateral, evidence::intel::pack};
use aivm_simulator::{
    der::{bit_string, octet_string, sequence, unsigned},
    intel::{Certificate, Extension, Scenario, certificate, key},
};
use alloy_sol_types::SolValue;

/// The collateral of a scenario as `submitCollateral` takes it.
pub(crate) fn packed(scenario: &Scenario) -> Vec<u8> {
    pack::pack(&scenario.collateral()).expect("chains in PEM")
}

/// The same, in parts.
pub(crate) fn parts(scenario: &Scenario) -> IntelCollateral {
    IntelCollateral::abi_decode(&packed(scenario)).expect("what was encoded")
}

/// The first DER element, and what follows it.
pub(crate) fn split_der(der: &[u8]) -> (&[u8], &[u8]) {
    let (header, len) = match der[1] {
        len @ 0..=0x7f => (2, usize::from(len)),
        0x81 => (3, usize::from(der[2])),
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        other => panic!("a length of {other:#x} octets"),
    };
    der.split_at(header + len)
}

/// The content of a DER element.
pub(crate) fn der_content(der: &[u8]) -> &[u8] {
    let header = match der[1] {
        0..=0x7f => 2,
        0x81 => 3,
        _ => 4,
    };
    &der[header..]
}

/// A certificate or CRL with the other signature over the same content: n − s for s.
pub(crate) fn with_other_s(der: &[u8]) -> Vec<u8> {
    with_signature(der, |signature| key::other_s(&signature))
}

/// A certificate or CRL whose signature, r ‖ s, is changed, and written as DER has it.
pub(crate) fn with_signature(der: &[u8], change: impl FnOnce([u8; 64]) -> [u8; 64]) -> Vec<u8> {
    let (tbs, rest) = split_der(der_content(der));
    let (algorithm, signature) = split_der(rest);
    let integers = der_content(&der_content(signature)[1..]);
    let (r, s) = split_der(integers);
    let mut raw = [0; 64];
    for (half, integer) in raw.chunks_exact_mut(32).zip([r, s]) {
        let magnitude = der_content(integer);
        let magnitude = &magnitude[magnitude.len().saturating_sub(32)..];
        half[32 - magnitude.len()..].copy_from_slice(magnitude);
    }
    let raw = change(raw);
    let signature = sequence(&[unsigned(&raw[..32]), unsigned(&raw[32..])]);
    sequence(&[tbs.to_vec(), algorithm.to_vec(), bit_string(0, &signature)])
}

/// Makes a certificate exactly so long, with an extension that says nothing. The filling varies as well, because the
/// length of a signature in DER depends on what is signed.
pub(crate) fn fill_certificate(certificate: &mut Certificate, issuer: &Certificate, len: usize) {
    let room = len - certificate.der(issuer).len();
    for (filling, extra) in (0..=255).flat_map(|filling| (16..32).map(move |extra| (filling, extra))) {
        certificate.extensions.push(Extension {
            oid: "1.3.6.1.4.1.99999.2",
            critical: false,
            value: octet_string(&vec![filling; room - extra]),
        });
        if certificate.der(issuer).len() == len {
            return;
        }
        certificate.extensions.pop();
    }
    panic!("no filling makes {len} bytes");
}

/// Where the PEM chain begins in a quote.
pub(crate) fn pem_start(quote: &[u8]) -> usize {
    let begin = b"-----BEGIN";
    quote
        .windows(begin.len())
        .position(|window| window == begin)
        .expect("a PEM chain")
}

/// Sets the PEM chain of a scenario's quote to these bytes.
pub(crate) fn set_pem(scenario: &mut Scenario, pem: Vec<u8>) {
    scenario.envelope.certification_data = Some(pem);
}

/// The PEM chain of a scenario's quote.
pub(crate) fn pem(scenario: &Scenario) -> String {
    certificate::pem_chain(&scenario.pck_chain())
}
