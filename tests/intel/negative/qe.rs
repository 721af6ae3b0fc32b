//! The quoting enclave and the signatures of a quote: rows 10, 11, 13, 15 and 16.

use super::cases;
use crate::common::edit::pem_start;
use aivm_simulator::intel::{Key, Scenario};

/// The order of P-256.
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

cases! {
    /// From the PCK to the quote.
    QE:
    10 "another MRSIGNER" [ALL] Quote(|s| s.qe_report.report.mr_signer[31] ^= 1) => 144,
    10 "the MRSIGNER of the other TEE's quoting enclave" [ALL] Quote(mr_signer_of_the_other) => 144,
    10 "another MRSIGNER in the identity" [ALL] Evidence(|s| s.qe_identity.mrsigner[0] ^= 0x80) => 144,
    10 "a higher ISVPRODID" [ALL] Quote(|s| s.qe_report.report.isv_prod_id += 1) => 145,
    10 "a lower ISVPRODID" [ALL] Quote(|s| s.qe_report.report.isv_prod_id -= 1) => 145,
    10 "an ISVPRODID whose low byte is right" [ALL] Quote(|s| s.qe_report.report.isv_prod_id |= 0x100) => 145,
    10 "another MISCSELECT" [ALL] Quote(|s| s.qe_report.report.miscselect = 1) => 142,
    10 "another MISCSELECT in the identity" [ALL] Evidence(|s| s.qe_identity.miscselect[3] = 0x80) => 142,
    10 "ATTRIBUTES without a flag" [ALL] Quote(|s| s.qe_report.report.attributes[0] = 0x05) => 143,
    10 "ATTRIBUTES with a flag more" [ALL] Quote(|s| s.qe_report.report.attributes[0] |= 0x20) => 143,
    10 "ATTRIBUTES with a flag in the last byte of the mask" [ALL] Quote(|s| s.qe_report.report.attributes[7] = 1) => 143,
    10 "a quoting enclave in debug mode" [ALL] Quote(|s| s.qe_report.report.attributes[0] |= 2) => 143,
    10 "a quoting enclave in debug mode, which the identity allows" [ALL] Evidence(debug_qe) => 143,
    11 "an ISVSVN below every level" [ALL] Quote(|s| s.qe_report.report.isv_svn = s.qe_identity.levels[1].isv_svn - 1) => 146,
    11 "ISVSVN 0" [ALL] Quote(|s| s.qe_report.report.isv_svn = 0) => 146,
    11 "no level" [ALL] Evidence(|s| s.qe_identity.levels.clear()) => 146,
    11 "levels above every ISVSVN" [ALL] Evidence(|s| s.qe_identity.levels.iter_mut().for_each(|level| level.isv_svn = u16::MAX)) => 146,
    13 "report data of zeros" [ALL] Quote(|s| s.qe_report.report_data = Some([0; 64])) => 141,
    13 "another attestation key" [ALL] Quote(another_attestation_key) => 141,
    13 "other authentication data" [ALL] Quote(|s| { s.qe_report.report_data = Some(s.qe_binding()); s.qe_report.auth_data[0] ^= 1 }) => 141,
    13 "the hash in the second half" [ALL] Quote(hash_in_the_second_half) => 141,
    13 "the hash of the key alone" [ALL] Quote(hash_of_the_key) => 141,
    15 "a QE report that a stranger signed" [ALL] Quote(|s| s.qe_report.signed_by = Some(Key::stranger())) => 140,
    15 "a QE report that the PCK CA signed" [ALL] Quote(|s| s.qe_report.signed_by = Some(s.pck_ca.key.clone())) => 140,
    15 "a QE report that the attestation key signed" [ALL] Quote(|s| s.qe_report.signed_by = Some(s.envelope.attestation_key.clone())) => 140,
    15 "a signature of zeros over the QE report" [ALL] Quote(|s| s.qe_report.signature = Some([0; 64])) => 140,
    15 "r = 0 over the QE report" [ALL] Bytes(|quote| fill(quote, QE_SIGNATURE, &[0; 32])) => 140,
    15 "s = 0 over the QE report" [ALL] Bytes(|quote| fill(quote, QE_SIGNATURE - 32, &[0; 32])) => 140,
    15 "r = n over the QE report" [ALL] Bytes(|quote| fill(quote, QE_SIGNATURE, &N)) => 140,
    15 "s = n over the QE report" [ALL] Bytes(|quote| fill(quote, QE_SIGNATURE - 32, &N)) => 140,
    15 "r + n over the QE report" [ALL] Bytes(|quote| fill(quote, QE_SIGNATURE, &[0xff; 32])) => 140,
    15 "the signature of another QE report" [ALL] Quote(|s| s.qe_report.signature = Some(s.pck_leaf.key.sign(b"another"))) => 140,
    16 "a quote that a stranger signed" [ALL] Quote(|s| s.envelope.signed_by = Some(Key::stranger())) => 147,
    16 "a quote that the PCK signed" [ALL] Quote(|s| s.envelope.signed_by = Some(s.pck_leaf.key.clone())) => 147,
    16 "a signature of zeros over the quote" [ALL] Quote(|s| s.envelope.signature = Some([0; 64])) => 147,
    16 "a signature of ones over the quote" [ALL] Quote(|s| s.envelope.signature = Some([0xff; 64])) => 147,
    16 "r and s in the other byte order" [ALL] Quote(|s| { let mut raw = s.envelope.attestation_key.sign(&s.signed_part()); raw[..32].reverse(); raw[32..].reverse(); s.envelope.signature = Some(raw) }) => 147,
    16 "s ‖ r" [ALL] Quote(|s| { let mut raw = s.envelope.attestation_key.sign(&s.signed_part()); raw.rotate_left(32); s.envelope.signature = Some(raw) }) => 147,
    16 "an attestation key that is no point of the curve" [ALL] Quote(|s| s.envelope.attestation_key_bytes = Some([1; 64])) => 147,
    16 "an attestation key of zeros" [ALL] Quote(|s| s.envelope.attestation_key_bytes = Some([0; 64])) => 147,
    16 "an attestation key with its coordinates swapped" [ALL] Quote(|s| { let mut key = s.envelope.attestation_key.public(); key.rotate_left(32); s.envelope.attestation_key_bytes = Some(key) }) => 147,
    16 "a changed report data" [ALL] Bytes(|quote| { let at = signed_end(quote) - 1; quote[at] ^= 1 }) => 147,
    16 "changed user data" [ALL] Bytes(|quote| quote[28] ^= 1) => 147,
    16 "changed reserved bytes of the header" [ALL] Bytes(|quote| quote[8] ^= 1) => 147,
}

/// How far the signature over the QE report begins before the PCK chain: signature(64), length(2), authentication
/// data(32), type(2), size(4).
const QE_SIGNATURE: usize = 64 + 2 + 32 + 2 + 4;

/// Overwrites the bytes that begin so far before the PCK chain.
fn fill(quote: &mut [u8], before_chain: usize, bytes: &[u8]) {
    let at = pem_start(quote) - before_chain;
    quote[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Where the signed range of a quote ends.
pub(crate) fn signed_end(quote: &[u8]) -> usize {
    match quote[0] {
        3 => 432,
        4 => 632,
        _ => 54 + usize::from(u16::from_le_bytes([quote[50], quote[51]])),
    }
}

fn mr_signer_of_the_other(s: &mut Scenario) {
    let other = if s.format.is_tdx() {
        super::SgxV3
    } else {
        super::TdxV4
    };
    s.qe_report.report.mr_signer = Scenario::new(other).qe_report.report.mr_signer;
}

fn debug_qe(s: &mut Scenario) {
    s.qe_identity.attributes_mask = vec![0; 16];
    s.qe_report.report.attributes[0] |= 2;
}

/// The attacker's key signs the quote, and the QE report is the genuine one.
fn another_attestation_key(s: &mut Scenario) {
    s.qe_report.report_data = Some(s.qe_binding());
    s.envelope.attestation_key = Key::stranger();
}

fn hash_in_the_second_half(s: &mut Scenario) {
    let mut report_data = s.qe_binding();
    report_data.rotate_left(32);
    s.qe_report.report_data = Some(report_data);
}

fn hash_of_the_key(s: &mut Scenario) {
    let auth_data = std::mem::take(&mut s.qe_report.auth_data);
    s.qe_report.report_data = Some(s.qe_binding());
    s.qe_report.auth_data = auth_data;
}
