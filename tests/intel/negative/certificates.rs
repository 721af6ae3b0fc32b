//! The certificates that come with collateral, the root, and the form of a PCK certificate: rows 2 to 7 and 26.

use super::cases;
use crate::common::edit::fill_certificate;
use aivm_simulator::intel::{Certificate, Extension, Key, NOW, Scenario, certificate, oids};

cases! {
    /// TCB signer, QE identity signer, PCK CA and root.
    COLLATERAL:
    2 "collateral of a PKI of one's own" [BOTH] Parts(|p, s| *p = of_another_root(s)) => 221,
    2 "a TCB signer that the root did not sign" [BOTH] Collateral(|s| s.tcb_signer.signed_by = Some(Key::stranger())) => 221,
    2 "a TCB signer that the PCK CA signed" [BOTH] Collateral(|s| s.tcb_signer.signed_by = Some(s.pck_ca.key.clone())) => 221,
    2 "a TCB signer of another issuer" [BOTH] Collateral(|s| s.tcb_signer.issuer_cn = Some("Intel SGX PCK Platform CA".into())) => 221,
    2 "a QE identity signer of another root" [BOTH] Collateral(|s| signer(s).signed_by = Some(Key::stranger())) => 226,
    2 "a QE identity signer of another issuer" [BOTH] Collateral(|s| signer(s).issuer_cn = Some("Anyone".into())) => 226,
    2 "a PCK CA of another root" [BOTH] Collateral(|s| s.pck_ca.signed_by = Some(Key::stranger())) => 231,
    2 "a PCK CA of another issuer" [BOTH] Collateral(|s| s.pck_ca.issuer_cn = Some("Anyone".into())) => 231,
    2 "a PCK CA that signed itself" [BOTH] Collateral(|s| { s.pck_ca.signed_by = Some(s.pck_ca.key.clone()); s.pck_ca.issuer_cn = Some(s.pck_ca.subject_cn.clone()) }) => 231,
    2 "a root that may have no CA below it" [BOTH] Collateral(|s| s.root.path_len = Some(0)) => 231,
    3 "a root that is not valid yet" [BOTH] Collateral(|s| s.root.not_before = NOW + 1) => 235,
    3 "a root that has expired" [BOTH] Collateral(|s| s.root.not_after = NOW - 1) => 236,
    4 "a PCK CA that is not valid yet" [BOTH] Collateral(|s| s.pck_ca.not_before = NOW + 1) => 232,
    4 "a PCK CA that has expired" [BOTH] Collateral(|s| s.pck_ca.not_after = NOW - 1) => 233,
    5 "the root revoked" [BOTH] Collateral(|s| s.root_crl.revoked.push(s.root.serial.clone())) => 237,
    5 "the PCK CA revoked" [BOTH] Collateral(|s| s.root_crl.revoked.push(s.pck_ca.serial.clone())) => 234,
    5 "the TCB signer revoked" [BOTH] Collateral(|s| s.root_crl.revoked.push(s.tcb_signer.serial.clone())) => 224,
    5 "the QE identity signer revoked" [BOTH] Collateral(|s| { let serial = signer(s).serial.clone(); s.root_crl.revoked.push(serial) }) => 229,
    5 "the PCK CA revoked among others" [BOTH] Collateral(revoke_ca_among_others) => 234,
    6 "a TCB signer that is not valid yet" [BOTH] Collateral(|s| s.tcb_signer.not_before = NOW + 1) => 222,
    6 "a TCB signer that has expired" [BOTH] Collateral(|s| s.tcb_signer.not_after = NOW - 1) => 223,
    7 "a QE identity signer that is not valid yet" [BOTH] Collateral(|s| signer(s).not_before = NOW + 1) => 227,
    7 "a QE identity signer that has expired" [BOTH] Collateral(|s| signer(s).not_after = NOW - 1) => 228,

    26 "no TCB signer" [BOTH] Parts(|p, _| p.tcbInfoSigner = Default::default()) => 220,
    26 "a TCB signer that is no certificate" [BOTH] Parts(|p, _| p.tcbInfoSigner = vec![0x30; 600].into()) => 220,
    26 "a byte after the TCB signer" [BOTH] Parts(|p, _| p.tcbInfoSigner = [&p.tcbInfoSigner[..], &[0]].concat().into()) => 220,
    26 "a TCB signer that is a CA" [BOTH] Collateral(|s| s.tcb_signer.is_ca = true) => 220,
    26 "a TCB signer of another name" [BOTH] Collateral(|s| s.tcb_signer.subject_cn = "Intel SGX TCB signing".into()) => 220,
    26 "the PCK CA as TCB signer" [BOTH] Parts(|p, _| p.tcbInfoSigner = p.pckCa.clone()) => 220,
    26 "a PCK as TCB signer" [BOTH] Parts(|p, s| p.tcbInfoSigner = s.pck_leaf_der().into()) => 220,
    26 "a TCB signer with a key on P-384" [BOTH] Collateral(|s| s.tcb_signer.curve = oids::SECP384R1) => 220,
    26 "a TCB signer with a critical extension" [BOTH] Collateral(|s| s.tcb_signer.extensions.push(Extension::unknown_critical())) => 220,
    26 "a TCB signer of version 1" [BOTH] Collateral(|s| s.tcb_signer.version = 0) => 220,
    26 "a TCB signer of 2,049 bytes" [BOTH] Collateral(|s| fill_certificate(&mut s.tcb_signer, &s.root, 2_049)) => 220,
    26 "a PCK CA of 2,049 bytes" [BOTH] Collateral(|s| fill_certificate(&mut s.pck_ca, &s.root, 2_049)) => 230,
    26 "no QE identity signer" [BOTH] Parts(|p, _| p.qeIdentitySigner = Default::default()) => 225,
    26 "a QE identity signer that is no certificate" [BOTH] Parts(|p, _| p.qeIdentitySigner = vec![0; 600].into()) => 225,
    26 "a QE identity signer that is a CA" [BOTH] Collateral(|s| signer(s).is_ca = true) => 225,
    26 "a QE identity signer of another name" [BOTH] Collateral(|s| signer(s).subject_cn = "Intel SGX QE Signing".into()) => 225,
    26 "the PCK CA as QE identity signer" [BOTH] Parts(|p, _| p.qeIdentitySigner = p.pckCa.clone()) => 225,
    26 "no PCK CA" [BOTH] Parts(|p, _| p.pckCa = Default::default()) => 230,
    26 "a PCK CA that is no certificate" [BOTH] Parts(|p, _| p.pckCa = vec![0; 600].into()) => 230,
    26 "a byte after the PCK CA" [BOTH] Parts(|p, _| p.pckCa = [&p.pckCa[..], &[0]].concat().into()) => 230,
    26 "the root as PCK CA" [BOTH] Parts(|p, s| p.pckCa = s.root_der().into()) => 230,
    26 "the TCB signer as PCK CA" [BOTH] Parts(|p, _| p.pckCa = p.tcbInfoSigner.clone()) => 230,
    26 "a PCK CA that is no CA" [BOTH] Collateral(|s| s.pck_ca.is_ca = false) => 230,
    26 "a PCK CA of another name" [BOTH] Collateral(|s| s.pck_ca.subject_cn = "Intel SGX PCK CA".into()) => 230,
    26 "a PCK CA that may not sign certificates" [BOTH] Collateral(|s| s.pck_ca.key_usage = Some(0x02)) => 230,
    26 "a PCK CA that may not sign CRLs" [BOTH] Collateral(|s| s.pck_ca.key_usage = Some(0x04)) => 230,
    26 "a PCK CA without key usage" [BOTH] Collateral(|s| s.pck_ca.key_usage = None) => 230,
    26 "a PCK CA without basic constraints" [BOTH] Collateral(|s| s.pck_ca.omitted.push(oids::BASIC_CONSTRAINTS)) => 230,
    26 "a PCK CA with a critical extension" [BOTH] Collateral(|s| s.pck_ca.extensions.push(Extension::unknown_critical())) => 230,
}

cases! {
    /// Forms of a certificate that are refused, shown on the PCK.
    PCK:
    26 "version 1" [ALL] Quote(|s| s.pck_leaf.version = 0) => 122,
    26 "version 2" [ALL] Quote(|s| s.pck_leaf.version = 1) => 122,
    26 "version 4" [ALL] Quote(|s| s.pck_leaf.version = 3) => 122,
    26 "a serial number of 21 bytes" [ALL] Quote(|s| s.pck_leaf.serial = vec![1; 21]) => 122,
    26 "a negative serial number" [ALL] Quote(|s| s.pck_leaf.serial = vec![0x80; 20]) => 122,
    26 "a key on P-384" [ALL] Quote(|s| s.pck_leaf.curve = oids::SECP384R1) => 122,
    26 "a key of another algorithm" [ALL] Quote(|s| s.pck_leaf.key_algorithm = "1.2.840.113549.1.1.1") => 122,
    26 "a compressed key" [ALL] Quote(|s| s.pck_leaf.public_key = Some(compressed(&s.pck_leaf.key))) => 122,
    26 "a hybrid key" [ALL] Quote(|s| s.pck_leaf.public_key = Some([&[6], &s.pck_leaf.key.public()[..]].concat())) => 122,
    26 "a key a byte too short" [ALL] Quote(|s| s.pck_leaf.public_key = Some(s.pck_leaf.key.public_sec1()[..64].to_vec())) => 122,
    26 "a key a byte too long" [ALL] Quote(|s| s.pck_leaf.public_key = Some([s.pck_leaf.key.public_sec1(), vec![0]].concat())) => 122,
    26 "no key" [ALL] Quote(|s| s.pck_leaf.public_key = Some(Vec::new())) => 122,
    26 "SHA-384" [ALL] Quote(|s| s.pck_leaf.signature_algorithm = oids::ECDSA_WITH_SHA384) => 122,
    26 "SHA-384 outside only" [ALL] Quote(|s| s.pck_leaf.outer_signature_algorithm = Some(oids::ECDSA_WITH_SHA384)) => 122,
    26 "SHA-384 inside only" [ALL] Quote(|s| { s.pck_leaf.signature_algorithm = oids::ECDSA_WITH_SHA384; s.pck_leaf.outer_signature_algorithm = Some(oids::ECDSA_WITH_SHA256) }) => 122,
    26 "a critical extension that nobody knows" [ALL] Quote(|s| s.pck_leaf.extensions.push(Extension::unknown_critical())) => 122,
    26 "key usage twice" [ALL] Quote(|s| s.pck_leaf.extensions.push(key_usage())) => 122,
    26 "key usage of no bits" [ALL] Quote(|s| { s.pck_leaf.key_usage = None; s.pck_leaf.extensions.push(Extension { value: vec![5, 0], ..key_usage() }) }) => 122,
    26 "basic constraints that are no SEQUENCE" [ALL] Quote(|s| { s.pck_leaf.omitted.push(oids::BASIC_CONSTRAINTS); s.pck_leaf.extensions.push(Extension { oid: oids::BASIC_CONSTRAINTS, critical: true, value: vec![5, 0] }) }) => 122,
    26 "an issuer of two common names" [ALL] Quote(issuer_of_two_names) => 122,
    26 "a certificate of 2,049 bytes" [ALL] Quote(|s| fill(s, 2_049)) => 122,
    26 "a key that is no point of the curve" [ALL] Quote(|s| s.pck_leaf.public_key = Some([&[4], &[1; 64][..]].concat())) => 140,
}

/// Makes the PCK as long as this.
fn fill(s: &mut Scenario, len: usize) {
    let extension = s.sgx_extension.take().expect("an SGX extension").extension();
    s.pck_leaf.extensions.push(extension);
    fill_certificate(&mut s.pck_leaf, &s.pck_ca, len);
}

/// A signer of the QE identity that is not the TCB info's.
fn signer(s: &mut Scenario) -> &mut Certificate {
    let key = Key::new("qe identity signer");
    let signer = s.tcb_signer.clone();
    let (not_before, not_after) = (signer.not_before, signer.not_after);
    s.qe_identity_signer
        .get_or_insert_with(|| Certificate::end_entity(&signer.subject_cn, key, not_before, not_after))
}

fn of_another_root(s: &Scenario) -> aivm::abi::IAttestationRegistry::IntelCollateral {
    let mut other = s.clone();
    other.root.key = Key::new("another root");
    crate::common::edit::parts(&other)
}

fn revoke_ca_among_others(s: &mut Scenario) {
    s.root_crl.revoked = vec![
        vec![0x7f; 20],
        s.pck_ca.serial.clone(),
        vec![1],
        vec![0, 0xff],
        vec![0],
    ];
}

fn compressed(key: &Key) -> Vec<u8> {
    let point = key.public();
    [&[2 | point[63] & 1], &point[..32]].concat()
}

fn key_usage() -> Extension {
    Extension {
        oid: oids::KEY_USAGE,
        critical: true,
        value: vec![3, 2, 6, certificate::KEY_USAGE_SIGNATURE],
    }
}

/// The right common name, and another in the place of the locality.
fn issuer_of_two_names(s: &mut Scenario) {
    let leaf = s.pck_leaf_der();
    let (locality, common_name) = ([6, 3, 0x55, 4, 7], [6, 3, 0x55, 4, 3]);
    let at = leaf
        .windows(5)
        .position(|window| window == locality)
        .expect("the issuer's locality");
    let mut leaf = leaf;
    leaf[at..at + 5].copy_from_slice(&common_name);
    s.envelope.chain = Some(vec![leaf, s.pck_ca_der(), s.root_der()]);
}
