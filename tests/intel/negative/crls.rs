//! The two CRLs: rows 3 and 4.

use super::cases;
use crate::common::edit::{parts, with_signature};
use aivm_simulator::{
    der,
    intel::{Extension, Format, Key, NOW, PckCa, Scenario, oids},
};

cases! {
    /// Each fault in the root CRL and in the PCK CRL.
    CRLS:
    3 "a root CRL that has expired" [BOTH] Collateral(|s| s.root_crl.next_update = Some(NOW - 1)) => 244,
    3 "a root CRL at its nextUpdate" [BOTH] Collateral(|s| s.root_crl.next_update = Some(NOW)) => 244,
    3 "a root CRL of the future" [BOTH] Collateral(|s| s.root_crl.this_update = NOW + 1) => 243,
    3 "no root CRL" [BOTH] Parts(|p, _| p.rootCaCrl = Default::default()) => 240,
    3 "a root CRL without nextUpdate" [BOTH] Collateral(|s| s.root_crl.next_update = None) => 240,
    3 "a root CRL without number" [BOTH] Collateral(|s| s.root_crl.number = None) => 240,
    3 "a root CRL without extensions" [BOTH] Collateral(|s| { s.root_crl.number = None; s.root_crl.omitted.push(oids::AUTHORITY_KEY_ID) }) => 240,
    3 "a root CRL with a number of more than 64 bits" [BOTH] Collateral(|s| { s.root_crl.number = None; s.root_crl.extensions.push(long_number()) }) => 240,
    3 "a root CRL with two numbers" [BOTH] Collateral(|s| s.root_crl.extensions.push(number(2))) => 240,
    3 "a root CRL of version 1" [BOTH] Collateral(|s| s.root_crl.version = None) => 240,
    3 "a root CRL of version 3" [BOTH] Collateral(|s| s.root_crl.version = Some(2)) => 240,
    3 "a root CRL with a critical extension" [BOTH] Collateral(|s| s.root_crl.extensions.push(Extension::unknown_critical())) => 240,
    3 "a root CRL that is a delta" [BOTH] Collateral(|s| s.root_crl.extensions.push(extension("2.5.29.27", &[2, 1, 0]))) => 240,
    3 "a root CRL with a restricted scope" [BOTH] Collateral(|s| s.root_crl.extensions.push(extension("2.5.29.28", &[0x30, 3, 0x81, 1, 0xff]))) => 240,
    3 "a root CRL that is a delta, not marked critical" [BOTH] Collateral(|s| s.root_crl.extensions.push(not_critical("2.5.29.27", &[2, 1, 0]))) => 240,
    3 "a root CRL with a restricted scope, not marked critical" [BOTH] Collateral(|s| s.root_crl.extensions.push(not_critical("2.5.29.28", &[0x30, 3, 0x81, 1, 0xff]))) => 240,
    3 "a root CRL with SHA-384" [BOTH] Collateral(|s| s.root_crl.signature_algorithm = oids::ECDSA_WITH_SHA384) => 240,
    3 "a root CRL with a negative serial number" [BOTH] Collateral(|s| s.root_crl.revoked.push(vec![0x80])) => 240,
    3 "a root CRL with a serial number of 21 bytes" [BOTH] Collateral(|s| s.root_crl.revoked.push(vec![1; 21])) => 240,
    3 "a byte after the root CRL" [BOTH] Parts(|p, _| p.rootCaCrl = [&p.rootCaCrl[..], &[0]].concat().into()) => 240,
    3 "a root CRL that is a certificate of the root's" [BOTH] Parts(|p, _| p.rootCaCrl = p.pckCa.clone()) => 240,
    3 "a root CRL that is PEM" [BOTH] Parts(|p, _| p.rootCaCrl = b"-----BEGIN X509 CRL-----\n"[..].into()) => 240,
    3 "the PCK CRL in the place of the root CRL" [BOTH] Parts(|p, _| p.rootCaCrl = p.pckCrl.clone()) => 241,
    3 "a root CRL of another issuer" [BOTH] Collateral(|s| s.root_crl.issuer_cn = Some("Intel SGX PCK Platform CA".into())) => 241,
    3 "a root CRL of another issuer, by a stranger" [BOTH] Collateral(|s| { s.root_crl.issuer_cn = Some("Anyone".into()); s.root_crl.signed_by = Some(Key::stranger()) }) => 241,
    3 "a root CRL that the root did not sign" [BOTH] Collateral(|s| s.root_crl.signed_by = Some(Key::stranger())) => 242,
    3 "a root CRL that the PCK CA signed" [BOTH] Collateral(|s| s.root_crl.signed_by = Some(s.pck_ca.key.clone())) => 242,
    3 "a root CRL with a signature of zeros" [BOTH] Parts(|p, _| p.rootCaCrl = with_signature(&p.rootCaCrl, |_| [0; 64]).into()) => 242,

    4 "a PCK CRL that has expired" [BOTH] Collateral(|s| s.pck_crl.next_update = Some(NOW - 1)) => 250,
    4 "a PCK CRL at its nextUpdate" [BOTH] Collateral(|s| s.pck_crl.next_update = Some(NOW)) => 250,
    4 "a PCK CRL of the future" [BOTH] Collateral(|s| s.pck_crl.this_update = NOW + 1) => 249,
    4 "no PCK CRL" [BOTH] Parts(|p, _| p.pckCrl = Default::default()) => 246,
    4 "a PCK CRL without nextUpdate" [BOTH] Collateral(|s| s.pck_crl.next_update = None) => 246,
    4 "a PCK CRL without number" [BOTH] Collateral(|s| s.pck_crl.number = None) => 246,
    4 "a PCK CRL with a number of more than 64 bits" [BOTH] Collateral(|s| { s.pck_crl.number = None; s.pck_crl.extensions.push(long_number()) }) => 246,
    4 "a PCK CRL with two numbers" [BOTH] Collateral(|s| s.pck_crl.extensions.push(number(2))) => 246,
    4 "a PCK CRL of version 1" [BOTH] Collateral(|s| s.pck_crl.version = None) => 246,
    4 "a PCK CRL with a critical extension" [BOTH] Collateral(|s| s.pck_crl.extensions.push(Extension::unknown_critical())) => 246,
    4 "a PCK CRL that is a delta" [BOTH] Collateral(|s| s.pck_crl.extensions.push(extension("2.5.29.27", &[2, 1, 0]))) => 246,
    4 "a PCK CRL with a restricted scope" [BOTH] Collateral(|s| s.pck_crl.extensions.push(extension("2.5.29.28", &[0x30, 3, 0x82, 1, 0xff]))) => 246,
    4 "a PCK CRL that is a delta, not marked critical" [BOTH] Collateral(|s| s.pck_crl.extensions.push(not_critical("2.5.29.27", &[2, 1, 0]))) => 246,
    4 "a PCK CRL with a restricted scope, not marked critical" [BOTH] Collateral(|s| s.pck_crl.extensions.push(not_critical("2.5.29.28", &[0x30, 3, 0x81, 1, 0xff]))) => 246,
    4 "a PCK CRL with SHA-384" [BOTH] Collateral(|s| s.pck_crl.signature_algorithm = oids::ECDSA_WITH_SHA384) => 246,
    4 "a PCK CRL with a negative serial number" [BOTH] Collateral(|s| s.pck_crl.revoked.push(vec![0x80])) => 246,
    4 "a PCK CRL with a serial number of 21 bytes" [BOTH] Collateral(|s| s.pck_crl.revoked.push(vec![1; 21])) => 246,
    4 "a byte after the PCK CRL" [BOTH] Parts(|p, _| p.pckCrl = [&p.pckCrl[..], &[0]].concat().into()) => 246,
    4 "a PCK CRL that is a certificate of the PCK CA's" [BOTH] Parts(|p, s| p.pckCrl = s.pck_leaf_der().into()) => 246,
    4 "the PCK CRL of the other CA" [BOTH] Parts(|p, s| p.pckCrl = crl_of_the_other_ca(s).into()) => 247,
    4 "the root CRL in the place of the PCK CRL" [BOTH] Parts(|p, _| p.pckCrl = p.rootCaCrl.clone()) => 247,
    4 "a PCK CRL of another issuer" [BOTH] Collateral(|s| s.pck_crl.issuer_cn = Some("Intel SGX Root CA".into())) => 247,
    4 "a PCK CRL that the CA did not sign" [BOTH] Collateral(|s| s.pck_crl.signed_by = Some(Key::stranger())) => 248,
    4 "a PCK CRL that the root signed" [BOTH] Collateral(|s| s.pck_crl.signed_by = Some(s.root.key.clone())) => 248,
    4 "a PCK CRL with a signature of zeros" [BOTH] Parts(|p, _| p.pckCrl = with_signature(&p.pckCrl, |_| [0; 64]).into()) => 248,
    4 "a PCK CRL of a CA whose key is no point of the curve" [BOTH] Collateral(|s| s.pck_ca.public_key = Some([&[4], &[1; 64][..]].concat())) => 248,
    4 "more revoked certificates than an account can hold" [BOTH] Collateral(revoke_1230) => 201,
}

fn number(number: u8) -> Extension {
    Extension {
        oid: oids::CRL_NUMBER,
        critical: false,
        value: der::unsigned(&[number]),
    }
}

fn long_number() -> Extension {
    Extension {
        oid: oids::CRL_NUMBER,
        critical: false,
        value: der::unsigned(&[1, 0, 0, 0, 0, 0, 0, 0, 0]),
    }
}

/// A critical extension, as RFC 5280 demands of deltaCRLIndicator and issuingDistributionPoint.
fn extension(oid: &'static str, value: &[u8]) -> Extension {
    Extension {
        oid,
        critical: true,
        value: value.to_vec(),
    }
}

fn not_critical(oid: &'static str, value: &[u8]) -> Extension {
    Extension {
        critical: false,
        ..extension(oid, value)
    }
}

fn crl_of_the_other_ca(s: &Scenario) -> Vec<u8> {
    let mut other = Scenario::new(s.format);
    other.use_pck_ca(if s.format == Format::SgxV3 {
        PckCa::Platform
    } else {
        PckCa::Processor
    });
    parts(&other).pckCrl.to_vec()
}

/// Serial numbers take 20 bytes each in a record, 24,600 in all; in the CRL these are short, so that the collateral
/// stays below its own limit.
fn revoke_1230(s: &mut Scenario) {
    s.pck_crl.revoked = (0x4000..0x4000 + 1_230_u16)
        .map(|serial| serial.to_be_bytes().to_vec())
        .collect();
}
