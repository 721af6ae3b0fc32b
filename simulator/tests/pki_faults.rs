//! Faults in certificates, in CRLs and in the SGX extension are found by an independent verifier.

mod common;

use aivm_simulator::intel::sgx_extension::COMPONENTS;
use aivm_simulator::{
    der,
    intel::{Extension, Format, Key, NOW, Scenario, certificate, oids},
};
use common::{Case, assert_refused, assert_reported, extension, verdict};

const SGX: Format = Format::SgxV3;
const TDX: Format = Format::TdxV4;

/// Certificates and CRLs.
const PKI: [Case; 21] = [
    (
        SGX,
        |s| s.pck_crl.revoked.push(s.pck_leaf.serial.clone()),
        "CertRevoked",
    ),
    (
        TDX,
        |s| s.root_crl.revoked.push(s.pck_ca.serial.clone()),
        "CertRevoked",
    ),
    (
        TDX,
        |s| s.root_crl.revoked.push(s.tcb_signer.serial.clone()),
        "CertRevoked",
    ),
    (SGX, |s| s.pck_leaf.not_after = NOW - 1, "CertExpired"),
    (SGX, |s| s.pck_leaf.not_before = NOW + 1, "CertNotValidYet"),
    (TDX, |s| s.pck_ca.not_after = NOW - 1, "CertExpired"),
    (TDX, |s| s.tcb_signer.not_after = NOW - 1, "CertExpired"),
    (
        SGX,
        |s| s.pck_leaf.signed_by = Some(Key::stranger()),
        "InvalidSignature",
    ),
    (
        SGX,
        |s| s.pck_leaf.issuer_cn = Some("Intel SGX PCK Platform CA".into()),
        "UnknownIssuer",
    ),
    (SGX, |s| s.pck_ca.is_ca = false, "EndEntityUsedAsCa"),
    (
        SGX,
        |s| s.pck_leaf.extensions.push(Extension::unknown_critical()),
        "UnsupportedCriticalExtension",
    ),
    (SGX, |s| s.tcb_signer.is_ca = true, "CaUsedAsEndEntity"),
    (
        SGX,
        |s| s.tcb_signer.curve = oids::SECP384R1,
        "invalid for tcb_info",
    ),
    (
        SGX,
        |s| s.pck_ca.key_usage = Some(certificate::KEY_USAGE_SIGNATURE),
        "IssuerNotCrlSigner",
    ),
    (SGX, |s| s.pck_crl.next_update = Some(NOW - 1), "CrlExpired"),
    (SGX, |s| s.pck_crl.next_update = None, "Failed to parse PCK CRL"),
    (
        SGX,
        |s| s.pck_crl.signed_by = Some(Key::stranger()),
        "InvalidCrlSignature",
    ),
    (
        SGX,
        |s| s.pck_crl.issuer_cn = Some("Intel SGX PCK Platform CA".into()),
        "UnknownRevocationStatus",
    ),
    (
        SGX,
        |s| s.pck_crl.extensions.push(Extension::unknown_critical()),
        "Failed to parse PCK CRL",
    ),
    (SGX, |s| s.root_crl.next_update = Some(NOW - 1), "CrlExpired"),
    (
        SGX,
        |s| s.root_crl.signed_by = Some(Key::stranger()),
        "Failed to parse root CA CRL",
    ),
];

/// The SGX extension of the PCK leaf.
const SGX_EXTENSION: [Case; 8] = [
    (SGX, |s| s.sgx_extension = None, "Intel extension not found"),
    (
        SGX,
        |s| extension(s).missing.push(oids::FMSPC),
        "Failed to find Fmspc",
    ),
    (SGX, |s| extension(s).missing.push(oids::PPID), "is missing"),
    (
        SGX,
        |s| extension(s).missing.push(oids::CPU_SVN),
        "OID is missing",
    ),
    (
        SGX,
        |s| extension(s).cpu_svn.truncate(15),
        "CpuSvn length mismatch",
    ),
    (SGX, |s| extension(s).fmspc.push(0), "Fmspc length mismatch"),
    (SGX, |s| extension(s).fmspc[0] ^= 1, "Fmspc mismatch"),
    (
        SGX,
        |s| s.pck_leaf.extensions.push(extension(&mut s.clone()).extension()),
        "more than once",
    ),
];

/// Faults that this verifier overlooks; the mint makes them all the same, and the rest stays intact.
const OVERLOOKED: [Case; 9] = [
    (SGX, |s| extension(s).components[0] = 1, "UpToDate"),
    (SGX, |s| extension(s).missing.push(COMPONENTS[3]), "UpToDate"),
    (SGX, |s| extension(s).duplicated.push(oids::FMSPC), "UpToDate"),
    (SGX, second_pce_svn, "UpToDate"),
    (SGX, |s| extension(s).trailing = vec![5, 0], "UpToDate"),
    (SGX, |s| s.pck_leaf.subject_cn = "Someone".into(), "UpToDate"),
    (SGX, |s| s.pck_crl.number = None, "UpToDate"),
    (SGX, |s| s.pck_crl.this_update = NOW + 1, "UpToDate"),
    (SGX, |s| s.root.not_after = NOW - 1, "UpToDate"),
];

#[test]
fn faulty_certificates_and_crls_are_refused() {
    assert_refused(&PKI);
}

#[test]
fn a_faulty_sgx_extension_is_refused() {
    assert_refused(&SGX_EXTENSION);
}

#[test]
fn overlooked_faults_leave_the_rest_intact() {
    assert_reported(&OVERLOOKED);
}

#[test]
fn another_root_is_refused() {
    let mut scenario = Scenario::new(SGX);
    scenario.root.key = Key::new("another root");
    assert_eq!(verdict(&scenario, &scenario.root_der()), Ok("UpToDate".into()));
    let other = verdict(&scenario, &Scenario::new(SGX).root_der()).unwrap_err();
    assert_eq!(
        other,
        "Failed to parse root CA CRL: InvalidCrlSignatureForPublicKey"
    );
}

fn second_pce_svn(s: &mut Scenario) {
    extension(s).appended.push((oids::PCE_SVN, der::unsigned(&[99])));
}
