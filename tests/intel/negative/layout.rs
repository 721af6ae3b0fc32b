//! The layout of a quote and of submitted collateral: rows 1, 14, 24 and 25.

use super::cases;
use crate::common::edit::pem_start;
use aivm::evidence::Vendor;
use aivm_simulator::intel::{Format, Scenario, certificate::pem_chain};

cases! {
    /// Nothing may follow a declared end, and every length must say the truth.
    LAYOUT:
    1 "a zero byte after the end" [ALL] Bytes(|quote| quote.push(0)) => 107,
    1 "another byte after the end" [ALL] Bytes(|quote| quote.push(0xff)) => 107,
    1 "padding after the end" [ALL] Bytes(|quote| quote.extend([0; 3_065])) => 107,
    1 "the quote twice" [ALL] Bytes(|quote| quote.extend_from_within(..)) => 107,
    1 "a byte after the PCK chain, counted by the outermost length" [ALL] Quote(|s| s.envelope.signature_data_trailing.push(0)) => 108,
    1 "a byte after the PCK chain, counted by the outer certification data" [TDX] Quote(|s| s.envelope.outer_trailing.push(0)) => 108,
    1 "the outermost length a byte too long" [ALL] Quote(|s| outermost(s, 1)) => 100,
    1 "the outermost length a byte too short" [ALL] Quote(|s| outermost(s, -1)) => 108,
    1 "the outermost length zero" [ALL] Quote(|s| s.envelope.signature_data_len = Some(0)) => 100,
    1 "the outermost length as long as it can be" [ALL] Quote(|s| s.envelope.signature_data_len = Some(u32::MAX)) => 100,
    1 "the outer certification data a byte too long" [TDX] Quote(|s| outer(s, 1)) => 108,
    1 "the outer certification data a byte too short" [TDX] Quote(|s| outer(s, -1)) => 108,
    1 "the outer certification data as long as it can be" [TDX] Quote(|s| s.envelope.outer_len = Some(u32::MAX)) => 108,
    1 "the outer certification data empty, counted so" [TDX] Quote(|s| s.envelope.outer_len = Some(0)) => 108,
    1 "the PCK chain a byte too long" [ALL] Quote(|s| inner(s, 1)) => 108,
    1 "the PCK chain a byte too short" [ALL] Quote(|s| inner(s, -1)) => 108,
    1 "the PCK chain as long as it can be" [ALL] Quote(|s| s.envelope.certification_len = Some(u32::MAX)) => 108,
    1 "nothing but the vendor byte" [ALL] Bytes(Vec::clear) => 100,
    1 "a header and nothing else" [ALL] Bytes(|quote| quote.truncate(48)) => 100,
    1 "cut within the PCK chain" [ALL] Bytes(|quote| quote.truncate(quote.len() - 1)) => 100,
    1 "collateral with a word after its end" [BOTH] Encoding(|bytes| bytes.extend([0; 32])) => 200,
    1 "collateral with a byte after its end" [BOTH] Encoding(|bytes| bytes.push(0)) => 200,
    1 "collateral cut" [BOTH] Encoding(|bytes| bytes.truncate(bytes.len() - 32)) => 200,
    1 "collateral of nothing" [BOTH] Encoding(Vec::clear) => 200,
    1 "collateral of zeros, as long as it may be" [BOTH] Encoding(|bytes| *bytes = vec![0; 65_536]) => 200,
    1 "collateral with a dirty padding byte" [BOTH] Encoding(|bytes| *bytes.last_mut().unwrap() ^= 1) => 200,
    1 "collateral with two offsets that name one field" [BOTH] Encoding(|bytes| bytes.copy_within(32..64, 64)) => 200,
    1 "collateral with a length past its end" [BOTH] Encoding(|bytes| bytes[320..352].fill(0xff)) => 200,

    14 "QE authentication data of 31 bytes" [ALL] Quote(|s| s.qe_report.auth_data.truncate(31)) => 109,
    14 "QE authentication data of 33 bytes" [ALL] Quote(|s| s.qe_report.auth_data.push(0)) => 109,
    14 "no QE authentication data" [ALL] Quote(|s| s.qe_report.auth_data.clear()) => 109,
    14 "QE authentication data of 64 bytes" [ALL] Quote(|s| s.qe_report.auth_data = vec![7; 64]) => 109,
    14 "QE authentication data said to have 31 bytes" [ALL] Quote(|s| s.qe_report.auth_data_len = Some(31)) => 109,
    14 "QE authentication data said to have 65,535 bytes" [ALL] Quote(|s| s.qe_report.auth_data_len = Some(u16::MAX)) => 109,

    24 "version 4" [SGX] Quote(|s| s.header.version = 4) => 101,
    24 "version 5" [SGX] Quote(|s| s.header.version = 5) => 101,
    24 "version 4 in the layout of version 4" [SGX] Quote(|s| { s.header.version = 4; s.envelope.outer_type = Some(6) }) => 101,
    24 "version 5 in the layout of version 5" [SGX] Quote(sgx_version_5) => 101,
    24 "version 2" [SGX] Quote(|s| s.header.version = 2) => 101,
    24 "version 3" [TDX] Quote(|s| s.header.version = 3) => 101,
    24 "version 6" [TDX] Quote(|s| s.header.version = 6) => 101,
    24 "version 0" [ALL] Quote(|s| s.header.version = 0) => 101,
    24 "version in the other byte order" [ALL] Quote(|s| s.header.version = s.header.version.swap_bytes()) => 101,
    24 "TEE type of TDX" [SGX] Quote(|s| s.header.tee_type = 0x81) => 102,
    24 "TEE type of SGX" [TDX] Quote(|s| s.header.tee_type = 0) => 102,
    24 "TEE type that nothing has" [ALL] Quote(|s| s.header.tee_type = 0x1_0081) => 102,
    24 "an SGX quote as TDX evidence" [SGX] As(Vendor::Tdx) => 102,
    24 "a TDX quote as SGX evidence" [TDX] As(Vendor::Sgx) => 102,
    24 "attestation key type 0" [ALL] Quote(|s| s.header.attestation_key_type = 0) => 103,
    24 "attestation key type of P-384" [ALL] Quote(|s| s.header.attestation_key_type = 3) => 103,
    24 "another QE vendor" [ALL] Quote(|s| s.header.qe_vendor_id[15] ^= 1) => 104,
    24 "body type 0" [V5] Quote(|s| s.envelope.body_type = Some(0)) => 105,
    24 "body type of an SGX enclave" [V5] Quote(|s| s.envelope.body_type = Some(1)) => 105,
    24 "body type 5" [V5] Quote(|s| s.envelope.body_type = Some(5)) => 105,
    24 "body type of another TD report" [V5] Quote(another_body_type) => 106,
    24 "body a byte too long" [V5] Quote(|s| body(s, 1)) => 106,
    24 "body a byte too short" [V5] Quote(|s| body(s, -1)) => 106,
    24 "body as long as it can be" [V5] Quote(|s| s.envelope.body_len = Some(u32::MAX)) => 106,

    25 "certification data type 1" [ALL] Quote(|s| s.envelope.certification_type = 1) => 110,
    25 "certification data type 3, an encrypted PPID" [ALL] Quote(|s| s.envelope.certification_type = 3) => 110,
    25 "certification data type 4, a PCK leaf" [ALL] Quote(|s| s.envelope.certification_type = 4) => 110,
    25 "certification data type 6 inside" [ALL] Quote(|s| s.envelope.certification_type = 6) => 110,
    25 "certification data type 7" [ALL] Quote(|s| s.envelope.certification_type = 7) => 110,
    25 "outer certification data of type 5" [TDX] Quote(|s| s.envelope.outer_type = Some(5)) => 110,
    25 "outer certification data of type 7" [TDX] Quote(|s| s.envelope.outer_type = Some(7)) => 110,
    25 "the layout of version 3" [TDX] Quote(|s| s.envelope.outer_type = None) => 110,
    25 "a given chain with another leaf" [ALL] Given(|c, s| c.pck_certificate_chain = Some(chain(s, |s| s.pck_leaf.not_after += 1))) => 112,
    25 "a given chain with another CA" [ALL] Given(|c, s| c.pck_certificate_chain = Some(chain(s, |s| s.pck_ca.not_after += 1))) => 112,
    25 "a given chain with another root" [ALL] Given(|c, s| c.pck_certificate_chain = Some(chain(s, |s| s.root.not_after -= 1))) => 112,
    25 "a given chain of two" [ALL] Given(|c, s| c.pck_certificate_chain = Some(pem_chain(&s.pck_chain()[..2]))) => 112,
    25 "a given chain of four" [ALL] Given(|c, s| c.pck_certificate_chain = Some(pem_chain(&[&s.pck_chain()[..], &s.pck_chain()[2..]].concat()))) => 112,
    25 "a given chain of nothing" [ALL] Given(|c, _| c.pck_certificate_chain = Some(String::new())) => 112,
    25 "a given chain that is no PEM" [ALL] Given(|c, _| c.pck_certificate_chain = Some("PEM".into())) => 112,
}

fn outermost(s: &mut Scenario, by: i32) {
    let length = (s.quote().len() - s.signed_part().len() - 4) as u32;
    s.envelope.signature_data_len = Some(length.strict_add_signed(by));
}

fn outer(s: &mut Scenario, by: i32) {
    // The signature, the key, and type and length of the data itself stand before it.
    let length = (s.quote().len() - s.signed_part().len() - 4 - 64 - 64 - 6) as u32;
    s.envelope.outer_len = Some(length.strict_add_signed(by));
}

fn inner(s: &mut Scenario, by: i32) {
    let quote = s.quote();
    let length = (quote.len() - pem_start(&quote)) as u32;
    s.envelope.certification_len = Some(length.strict_add_signed(by));
}

fn body(s: &mut Scenario, by: i32) {
    let length = s.td.bytes(s.format).len() as u32;
    s.envelope.body_len = Some(length.strict_add_signed(by));
}

fn another_body_type(s: &mut Scenario) {
    s.envelope.body_type = Some(if s.format == Format::TdxV5Td10 { 3 } else { 2 });
}

fn sgx_version_5(s: &mut Scenario) {
    s.header.version = 5;
    s.envelope.body_type = Some(1);
    s.envelope.outer_type = Some(6);
}

/// The PCK chain of a scenario that is bent.
fn chain(valid: &Scenario, bend: fn(&mut Scenario)) -> String {
    let mut bent = valid.clone();
    bend(&mut bent);
    pem_chain(&bent.pck_chain())
}
