//! TCB info and QE identity: rows 6 to 9 and 12.

use super::{SgxV3, TdxV4, cases};
use crate::common::edit::parts;
use aivm::abi::IAttestationRegistry::IntelCollateral;
use aivm_simulator::intel::{Edit, Grade, Key, NOW, Scenario, TcbLevel};

cases! {
    /// Both documents: windows, signatures, and what they must say.
    JSON:
    6 "TCB info that has expired" [BOTH] Collateral(|s| s.tcb_info.next_update = NOW - 1) => 205,
    6 "TCB info of the future" [BOTH] Collateral(|s| s.tcb_info.issue_date = NOW + 1) => 204,
    6 "TCB info that ends before it begins" [BOTH] Collateral(|s| (s.tcb_info.issue_date, s.tcb_info.next_update) = (NOW + 1, NOW - 1)) => 204,
    7 "a QE identity that has expired" [BOTH] Collateral(|s| s.qe_identity.next_update = NOW - 1) => 211,
    7 "a QE identity of the future" [BOTH] Collateral(|s| s.qe_identity.issue_date = NOW + 1) => 210,

    8 "TCB info changed" [BOTH] Parts(|p, _| p.tcbInfo = replaced(&p.tcbInfo, "OutOfDate", "UpToDate")) => 206,
    8 "TCB info with a space at its end" [BOTH] Parts(|p, _| p.tcbInfo = [&p.tcbInfo[..], b" "].concat().into()) => 206,
    8 "no TCB info" [BOTH] Parts(|p, _| p.tcbInfo = Default::default()) => 206,
    8 "the TCB info's signature changed" [BOTH] Parts(|p, _| p.tcbInfoSignature = flipped(&p.tcbInfoSignature, 63)) => 206,
    8 "a TCB info signature of zeros" [BOTH] Collateral(|s| s.tcb_info.signing.signature = Some(vec![0; 64])) => 206,
    8 "a TCB info signature of 63 bytes" [BOTH] Parts(|p, _| p.tcbInfoSignature = p.tcbInfoSignature[..63].to_vec().into()) => 206,
    8 "a TCB info signature of 65 bytes" [BOTH] Parts(|p, _| p.tcbInfoSignature = [&p.tcbInfoSignature[..], &[0]].concat().into()) => 206,
    8 "no TCB info signature" [BOTH] Parts(|p, _| p.tcbInfoSignature = Default::default()) => 206,
    8 "a TCB info signature in DER" [BOTH] Parts(|p, s| p.tcbInfoSignature = s.tcb_signer.key.sign_der(&p.tcbInfo).into()) => 206,
    8 "the QE identity's signature over the TCB info" [BOTH] Parts(|p, _| p.tcbInfoSignature = p.qeIdentitySignature.clone()) => 206,
    8 "TCB info that a stranger signed" [BOTH] Collateral(|s| s.tcb_info.signing.signed_by = Some(Key::stranger())) => 206,
    8 "TCB info that the root signed" [BOTH] Collateral(|s| s.tcb_info.signing.signed_by = Some(s.root.key.clone())) => 206,
    8 "TCB info of a signer whose key is no point of the curve" [BOTH] Collateral(|s| s.tcb_signer.public_key = Some([&[4], &[1; 64][..]].concat())) => 206,
    8 "TCB info that is no JSON" [BOTH] Parts(|p, s| sign_tcb_info(p, s, b"TCB info")) => 202,
    8 "TCB info that is an array" [BOTH] Parts(|p, s| sign_tcb_info(p, s, b"[]")) => 202,
    8 "TCB info with something after it" [BOTH] Parts(|p, s| { let text = [&p.tcbInfo[..], b"{}"].concat(); sign_tcb_info(p, s, &text) }) => 202,
    8 "TCB info with a key twice" [BOTH] Collateral(|s| info(s, r#""tcbType""#, r#""tcbType":0,"tcbType""#)) => 202,
    8 "TCB info with its levels twice" [BOTH] Collateral(|s| info(s, r#""tcbLevels":"#, r#""tcbLevels":[],"tcbLevels":"#)) => 202,
    8 "TCB info without PCEID" [BOTH] Collateral(|s| info(s, r#""pceId":"0000","#, "")) => 202,
    8 "TCB info without evaluation number" [BOTH] Collateral(|s| info(s, r#""tcbEvaluationDataNumber":20,"#, "")) => 202,
    8 "TCB info without levels" [BOTH] Collateral(|s| info(s, r#""tcbLevels""#, r#""levels""#)) => 202,
    8 "an FMSPC of 5 bytes" [BOTH] Collateral(|s| s.tcb_info.fmspc.truncate(5)) => 202,
    8 "an FMSPC of 7 bytes" [BOTH] Collateral(|s| s.tcb_info.fmspc.push(0)) => 202,
    8 "an FMSPC that is no hexadecimal" [BOTH] Collateral(|s| info(s, "A1C06F", "G1C06F")) => 202,
    8 "an FMSPC with 0x in front" [BOTH] Collateral(|s| info(s, "A1C06F", "0xA1C06F")) => 202,
    8 "a PCEID of 1 byte" [BOTH] Collateral(|s| s.tcb_info.pce_id.truncate(1)) => 202,
    8 "a PCEID with 0x in front" [BOTH] Collateral(|s| info(s, r#""pceId":""#, r#""pceId":"0x"#)) => 202,
    8 "a status that nobody knows" [BOTH] Collateral(|s| s.tcb_info.levels[0].grade = Grade::new("Fine")) => 202,
    8 "a status in lower case" [BOTH] Collateral(|s| s.tcb_info.levels[0].grade = Grade::new("uptodate")) => 202,
    8 "a status that only a verifier gives" [BOTH] Collateral(|s| s.tcb_info.levels[1].grade = Grade::new("TDRelaunchAdvised")) => 202,
    8 "15 components" [BOTH] Collateral(|s| s.tcb_info.levels[0].sgx.truncate(15)) => 202,
    8 "17 components" [BOTH] Collateral(|s| s.tcb_info.levels[0].sgx.push(0)) => 202,
    8 "15 TDX components" [V4] Collateral(|s| s.tcb_info.levels[1].tdx.as_mut().unwrap().truncate(15)) => 202,
    8 "no TDX components" [V4] Collateral(|s| s.tcb_info.levels[0].tdx = None) => 202,
    8 "a component of 256" [BOTH] Collateral(|s| info(s, r#"{"svn":2"#, r#"{"svn":256"#)) => 202,
    8 "a negative component" [BOTH] Collateral(|s| info(s, r#"{"svn":2"#, r#"{"svn":-2"#)) => 202,
    8 "a component that is a text" [BOTH] Collateral(|s| info(s, r#"{"svn":2"#, r#"{"svn":"2""#)) => 202,
    8 "a PCESVN of 65,536" [BOTH] Collateral(|s| info(s, r#""pcesvn":13"#, r#""pcesvn":65536"#)) => 202,
    8 "an evaluation number of 2³²" [BOTH] Collateral(|s| info(s, r#"Number":20"#, r#"Number":4294967296"#)) => 202,
    8 "an evaluation number with a fraction" [BOTH] Collateral(|s| info(s, r#"Number":20"#, r#"Number":20.0"#)) => 202,
    8 "an issue date without zone" [BOTH] Collateral(|s| info(s, r#"Z","nextUpdate"#, r#"","nextUpdate"#)) => 202,
    8 "an issue date before 1970" [BOTH] Collateral(|s| info(s, r#""issueDate":"2025"#, r#""issueDate":"1925"#)) => 202,
    8 "a next update on the 30th of February" [BOTH] Collateral(|s| info(s, r#""nextUpdate":"2025-11-03"#, r#""nextUpdate":"2026-02-30"#)) => 202,
    8 "an MRSIGNER of the module of 47 bytes" [V4] Collateral(|s| s.tcb_info.tdx_module.as_mut().unwrap().mrsigner.truncate(47)) => 202,
    8 "an MRSIGNER of the module with 0x in front" [V4] Collateral(|s| info(s, r#""mrsigner":""#, r#""mrsigner":"0x"#)) => 202,
    8 "attributes of the module of 7 bytes" [V4] Collateral(|s| s.tcb_info.tdx_module.as_mut().unwrap().attributes.truncate(7)) => 202,
    8 "a mask of the module of 9 bytes" [V4] Collateral(|s| s.tcb_info.tdx_module.as_mut().unwrap().attributes_mask.push(0)) => 202,
    8 "an MRSIGNER of a module identity of 49 bytes" [V4] Collateral(|s| s.tcb_info.tdx_module_identities[0].module.mrsigner.push(0)) => 202,
    8 "a module whose status a module cannot have" [V4] Collateral(|s| s.tcb_info.tdx_module_identities[0].levels[0].grade = Grade::new("SWHardeningNeeded")) => 202,
    8 "a module ISVSVN of 256" [V4] Collateral(|s| s.tcb_info.tdx_module_identities[0].levels[0].isv_svn = 256) => 202,
    8 "more levels than a record can count" [SGX] Collateral(|s| s.tcb_info.levels = vec![short_level(); 256]) => 201,

    9 "QE identity changed" [BOTH] Parts(|p, _| p.qeIdentity = replaced(&p.qeIdentity, "OutOfDate", "UpToDate")) => 212,
    9 "no QE identity" [BOTH] Parts(|p, _| p.qeIdentity = Default::default()) => 212,
    9 "the QE identity's signature changed" [BOTH] Parts(|p, _| p.qeIdentitySignature = flipped(&p.qeIdentitySignature, 0)) => 212,
    9 "a QE identity signature of zeros" [BOTH] Collateral(|s| s.qe_identity.signing.signature = Some(vec![0; 64])) => 212,
    9 "a QE identity signature of 63 bytes" [BOTH] Parts(|p, _| p.qeIdentitySignature = p.qeIdentitySignature[1..].to_vec().into()) => 212,
    9 "a QE identity signature of 65 bytes" [BOTH] Parts(|p, _| p.qeIdentitySignature = [&p.qeIdentitySignature[..], &[0]].concat().into()) => 212,
    9 "the TCB info's signature over the QE identity" [BOTH] Parts(|p, _| p.qeIdentitySignature = p.tcbInfoSignature.clone()) => 212,
    9 "a QE identity that a stranger signed" [BOTH] Collateral(|s| s.qe_identity.signing.signed_by = Some(Key::stranger())) => 212,
    9 "a QE identity that is no JSON" [BOTH] Parts(|p, s| sign_qe_identity(p, s, b"null")) => 208,
    9 "a QE identity with a key twice" [BOTH] Collateral(|s| identity(s, r#""isvprodid""#, r#""isvprodid":1,"isvprodid""#)) => 208,
    9 "a QE identity without MRSIGNER" [BOTH] Collateral(|s| identity(s, r#""mrsigner""#, r#""signer""#)) => 208,
    9 "a QE identity without levels" [BOTH] Collateral(|s| identity(s, r#""tcbLevels""#, r#""levels""#)) => 208,
    9 "a MISCSELECT of 3 bytes" [BOTH] Collateral(|s| s.qe_identity.miscselect.truncate(3)) => 208,
    9 "a MISCSELECT mask of 5 bytes" [BOTH] Collateral(|s| s.qe_identity.miscselect_mask.push(0)) => 208,
    9 "ATTRIBUTES of 15 bytes" [BOTH] Collateral(|s| s.qe_identity.attributes.truncate(15)) => 208,
    9 "an ATTRIBUTES mask of 17 bytes" [BOTH] Collateral(|s| s.qe_identity.attributes_mask.push(0)) => 208,
    9 "a MISCSELECT with 0x in front" [BOTH] Collateral(|s| identity(s, r#""miscselect":""#, r#""miscselect":"0x"#)) => 208,
    9 "a MISCSELECT that is no hexadecimal" [BOTH] Collateral(|s| identity(s, r#""miscselect":"0"#, r#""miscselect":"x"#)) => 208,
    9 "an MRSIGNER of 31 bytes" [BOTH] Collateral(|s| s.qe_identity.mrsigner.truncate(31)) => 208,
    9 "an ISVPRODID of 65,536" [BOTH] Collateral(|s| identity(s, r#""isvprodid":"#, r#""isvprodid":6553600"#)) => 208,
    9 "a QE status that a QE cannot have" [BOTH] Collateral(|s| s.qe_identity.levels[1].grade = Grade::new("SWHardeningNeeded")) => 208,
    9 "a QE status that only a verifier gives" [BOTH] Collateral(|s| s.qe_identity.levels[1].grade = Grade::new("TDRelaunchAdvised")) => 208,
    9 "a QE issue date that is none" [BOTH] Collateral(|s| identity(s, r#"Z","nextUpdate"#, r#"","nextUpdate"#)) => 208,
    9 "more QE levels than a record can count" [BOTH] Collateral(|s| { let level = s.qe_identity.levels[0].clone(); s.qe_identity.levels.resize(256, level) }) => 201,

    12 "the QE identity of the other TEE" [BOTH] Parts(identity_of_the_other) => 209,
    12 "a QE identity that calls itself the other's" [BOTH] Collateral(|s| s.qe_identity.id = if s.format == SgxV3 { "TD_QE" } else { "QE" }.into()) => 209,
    12 "a QE identity in lower case" [BOTH] Collateral(|s| s.qe_identity.id = s.qe_identity.id.to_lowercase()) => 209,
    12 "a QVE identity" [BOTH] Collateral(|s| s.qe_identity.id = "QVE".into()) => 209,
    12 "a QE identity of version 1" [BOTH] Collateral(|s| s.qe_identity.version = 1) => 209,
    12 "a QE identity of version 3" [SGX] Collateral(|s| s.qe_identity.version = 3) => 209,
    12 "a QE identity of version 4" [V4] Collateral(|s| s.qe_identity.version = 4) => 209,
    12 "all collateral of the other TEE" [BOTH] Parts(|p, s| *p = parts(&Scenario::new(other(s)))) => 203,
    12 "the TCB info of the other TEE" [BOTH] Parts(info_of_the_other) => 203,
    12 "TCB info that calls itself the other's" [BOTH] Collateral(|s| s.tcb_info.id = if s.format == SgxV3 { "TDX" } else { "SGX" }.into()) => 203,
    12 "TCB info of version 2" [BOTH] Collateral(|s| s.tcb_info.version = 2) => 203,
    12 "TCB info of version 4" [BOTH] Collateral(|s| s.tcb_info.version = 4) => 203,
    12 "TCB info for TDX without a module" [V4] Collateral(|s| s.tcb_info.tdx_module = None) => 203,
    12 "TCB info for SGX with a module" [SGX] Collateral(|s| s.tcb_info.tdx_module = Some(Default::default())) => 203,
}

/// Edits the TCB info before it is signed.
fn info(s: &mut Scenario, find: &str, replace: &str) {
    s.tcb_info.signing.edits.push(Edit::new(find, replace));
}

/// So short a level that 256 of them stay below the limit of collateral.
fn short_level() -> TcbLevel {
    let grade = Grade {
        tcb_date: String::new(),
        ..Grade::new("Revoked")
    };
    TcbLevel::sgx([0; 16], 0, grade)
}

/// Edits the QE identity before it is signed.
fn identity(s: &mut Scenario, find: &str, replace: &str) {
    s.qe_identity.signing.edits.push(Edit::new(find, replace));
}

fn sign_tcb_info(p: &mut IntelCollateral, s: &Scenario, text: &[u8]) {
    p.tcbInfo = text.to_vec().into();
    p.tcbInfoSignature = s.tcb_signer.key.sign(text).to_vec().into();
}

fn sign_qe_identity(p: &mut IntelCollateral, s: &Scenario, text: &[u8]) {
    p.qeIdentity = text.to_vec().into();
    p.qeIdentitySignature = s.tcb_signer.key.sign(text).to_vec().into();
}

fn replaced(text: &[u8], find: &str, replace: &str) -> alloy_primitives::Bytes {
    let text = std::str::from_utf8(text).unwrap();
    assert!(text.contains(find));
    text.replacen(find, replace, 1).into_bytes().into()
}

fn flipped(bytes: &[u8], at: usize) -> alloy_primitives::Bytes {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes.into()
}

fn other(s: &Scenario) -> aivm_simulator::intel::Format {
    if s.format == SgxV3 { TdxV4 } else { SgxV3 }
}

/// The one TCB signer signs both, so the signature holds.
fn identity_of_the_other(p: &mut IntelCollateral, s: &Scenario) {
    let other = parts(&Scenario::new(other(s)));
    (p.qeIdentity, p.qeIdentitySignature) = (other.qeIdentity, other.qeIdentitySignature);
}

fn info_of_the_other(p: &mut IntelCollateral, s: &Scenario) {
    let other = parts(&Scenario::new(other(s)));
    (p.tcbInfo, p.tcbInfoSignature) = (other.tcbInfo, other.tcbInfoSignature);
}
