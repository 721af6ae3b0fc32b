//! What `dcap-qvl` accepts as up to date, and is refused here for what it is.

use super::{Bundle, Judge, NOT_PACKED, Opinion, state::SECOND_CHAIN_CODES};
use crate::common::edit::{fill_certificate, pem, set_pem};
use aivm_simulator::{
    der,
    intel::{
        Format::{self, SgxV3, TdxV4, TdxV5Td15},
        Grade, Key, NOW, Scenario, SgxExtension,
        certificate::pem_chain,
        oids,
        sgx_extension::COMPONENTS,
    },
};
use std::collections::BTreeSet;

const SGX: &[Format] = &[SgxV3];
const TDX: &[Format] = &[TdxV4, TdxV5Td15];
const ALL: &[Format] = &Format::ALL;

/// Something that `dcap-qvl` overlooks, and the code that refuses it here.
struct Overlooked {
    name: &'static str,
    on: &'static [Format],
    bend: fn(&mut Scenario),
    code: u16,
}

macro_rules! overlooked {
    ($($name:literal [$on:ident] $bend:expr => $code:literal,)+) => {
        const OVERLOOKED: &[Overlooked] = &[$(Overlooked { name: $name, on: $on, bend: $bend, code: $code }),+];
    };
}

overlooked! {
    "a zero byte after the quote" [ALL] |s| s.envelope.trailing.push(0) => 107,
    "bytes after the quote" [ALL] |s| s.envelope.trailing = vec![1; 39] => 107,
    "a byte counted by the outermost length" [ALL] |s| s.envelope.signature_data_trailing.push(1) => 108,
    "a byte in the outer certification data" [TDX] |s| s.envelope.outer_trailing.push(1) => 108,
    "outer certification data of type 5" [TDX] |s| s.envelope.outer_type = Some(5) => 110,
    "outer certification data of type 0" [TDX] |s| s.envelope.outer_type = Some(0) => 110,
    "another certificate as root of the quote" [ALL] |s| chain(s, |c| c[2] = Scenario::new(SgxV3).tcb_signer_der()) => 120,
    "a byte of the root in the quote" [ALL] |s| chain(s, |c| c[2][300] ^= 1) => 120,
    "nothing as root of the quote" [ALL] |s| chain(s, |c| c[2].clear()) => 111,
    "no root in the quote" [ALL] |s| chain(s, |c| drop(c.pop())) => 111,
    "a fourth certificate" [ALL] |s| chain(s, |c| c.push(c[2].clone())) => 111,
    "CA and root swapped" [ALL] |s| chain(s, |c| c.swap(1, 2)) => 120,
    "CR LF" [ALL] |s| { let text = pem(s).replace('\n', "\r\n"); set_pem(s, text.into()) } => 111,
    "a text before the chain" [ALL] |s| { let text = format!("PCK\n{}", pem(s)); set_pem(s, text.into()) } => 111,
    "a text after the chain" [ALL] |s| { let text = pem(s) + "end"; set_pem(s, text.into()) } => 111,
    "lines without end" [ALL] |s| { let text = unwrapped(&pem(s)); set_pem(s, text.into()) } => 111,
    "PCEID of the TCB info" [ALL] |s| s.tcb_info.pce_id = vec![1, 0] => 128,
    "PCEID of the PCK" [ALL] |s| extension(s).pce_id = vec![0, 1] => 128,
    "a component that is not the CPUSVN's" [ALL] |s| extension(s).components[0] = 1 => 127,
    "a component that is missing" [ALL] |s| extension(s).missing.push(COMPONENTS[3]) => 127,
    "an entry twice" [ALL] |s| extension(s).duplicated.push(oids::FMSPC) => 127,
    "another PCESVN behind the first" [ALL] |s| extension(s).appended.push((oids::PCE_SVN, der::unsigned(&[99]))) => 127,
    "an element after the SGX extension" [ALL] |s| extension(s).trailing = vec![5, 0] => 127,
    "a PPID of 15 bytes" [ALL] |s| extension(s).ppid.truncate(15) => 127,
    "no platform instance id" [TDX] |s| extension(s).missing.push(oids::PLATFORM_INSTANCE_ID) => 127,
    "a PCK with a negative serial number" [ALL] |s| s.pck_leaf.serial = vec![0x80; 20] => 122,
    "a PCK of 2,049 bytes" [ALL] long_leaf => 122,
    "a compressed key" [ALL] |s| s.pck_leaf.public_key = Some(compressed(&s.pck_leaf.key)) => 122,
    "a root that has expired" [ALL] |s| s.root.not_after = NOW - 1 => 236,
    "a root that is not valid yet" [ALL] |s| s.root.not_before = NOW + 1 => 235,
    "a TCB signer of another name" [ALL] |s| s.tcb_signer.subject_cn = "Intel SGX".into() => 220,
    "a PCK CA of another name" [ALL] |s| s.pck_ca.subject_cn = "Intel SGX PCK CA".into() => 230,
    "a root CRL without number" [ALL] |s| s.root_crl.number = None => 240,
    "a PCK CRL without number" [ALL] |s| s.pck_crl.number = None => 246,
    "a root CRL of the future" [ALL] |s| s.root_crl.this_update = NOW + 1 => 243,
    "a PCK CRL of the future" [ALL] |s| s.pck_crl.this_update = NOW + 1 => 249,
    "more revoked certificates than an account holds" [ALL] revoke_1230 => 201,
    "TCB info of version 2" [SGX] |s| s.tcb_info.version = 2 => 203,
    "TCB info of version 4" [ALL] |s| s.tcb_info.version = 4 => 203,
    "TCB info for SGX with a module" [SGX] |s| s.tcb_info.tdx_module = Some(Default::default()) => 203,
    "a status that none can have, at a level that nobody has" [ALL] |s| s.tcb_info.levels[1].grade = Grade::new("TDRelaunchAdvised") => 202,
    "a QE status that none can have, at a level that nobody has" [ALL] |s| s.qe_identity.levels[1].grade = Grade::new("SWHardeningNeeded") => 208,
    "a module status that none can have, at a level that nobody has" [TDX] |s| s.tcb_info.tdx_module_identities[0].levels[1].grade = Grade::new("SWHardeningNeeded") => 202,
    "a mask of an unused module, a byte short" [TDX] |s| s.tcb_info.tdx_module_identities[0].module.attributes_mask.truncate(7) => 202,
    "a PCEID of one byte" [ALL] |s| s.tcb_info.pce_id.truncate(1) => 202,
}

/// Makes a chain in PEM.
type Chain = fn(&Scenario) -> String;

/// The chain beside the PCK CRL, which `dcap-qvl` does not read: its first certificate travels as the PCK CA.
const UNREAD_CHAINS: [(&str, Chain, u16); 5] = [
    ("no chain", |_| String::new(), NOT_PACKED),
    ("no PEM", |_| "PEM".into(), NOT_PACKED),
    (
        "the TCB signer's chain",
        |s| s.collateral().tcb_info_issuer_chain,
        230,
    ),
    (
        "a byte of the PCK CA",
        |s| another_ca(s, |der| *der.last_mut().expect("a certificate") ^= 1),
        231,
    ),
    (
        "a PCK CA cut short",
        |s| another_ca(s, |der| der.truncate(500)),
        230,
    ),
];

/// Every code with which something is refused here that `dcap-qvl` accepts, as the tables of this file and of
/// `state.rs` show one by one.
pub(crate) fn known_codes() -> BTreeSet<u16> {
    let overlooked = OVERLOOKED.iter().map(|case| case.code);
    let unread = UNREAD_CHAINS.iter().map(|(.., code)| *code);
    overlooked.chain(unread).chain(SECOND_CHAIN_CODES).collect()
}

#[test]
fn a_chain_that_only_this_verifier_reads() {
    let mut judge = Judge::synthetic();
    for format in Format::ALL {
        for (name, chain, code) in UNREAD_CHAINS {
            let scenario = Scenario::new(format);
            let mut bundle = Bundle::minted(&scenario);
            bundle.collateral.pck_crl_issuer_chain = chain(&scenario);
            assert_eq!(judge.ours(&bundle), Err(code), "{name} {format:?}");
            assert_eq!(
                judge.opinion(&bundle),
                Opinion::Accepted("UpToDate".into()),
                "{name}"
            );
        }
    }
}

#[test]
fn what_only_the_other_accepts() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for case in OVERLOOKED {
        for &format in case.on {
            let mut scenario = Scenario::new(format);
            (case.bend)(&mut scenario);
            let bundle = Bundle::minted(&scenario);
            let mut judge = Judge::new(scenario.root_der());
            let verdicts = (judge.ours(&bundle), judge.opinion(&bundle));
            if verdicts != (Err(case.code), Opinion::Accepted("UpToDate".into())) {
                wrong.push(format!(
                    "{} ({format:?}): {verdicts:?}, not {}",
                    case.name, case.code
                ));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((OVERLOOKED.len(), checked), (45, 199));
}

fn extension(s: &mut Scenario) -> &mut SgxExtension {
    s.sgx_extension.as_mut().expect("an SGX extension")
}

fn another_ca(s: &Scenario, change: fn(&mut Vec<u8>)) -> String {
    let mut der = s.pck_ca_der();
    change(&mut der);
    pem_chain(&[der, s.root_der()])
}

/// Changes the certificates of the chain in the quote.
pub(crate) fn chain(s: &mut Scenario, change: fn(&mut Vec<Vec<u8>>)) {
    let mut chain = s.pck_chain();
    change(&mut chain);
    s.envelope.chain = Some(chain);
}

/// PEM whose base64 stands in one line each.
fn unwrapped(pem: &str) -> String {
    let joined = pem.replace('\n', "");
    let joined = joined.replace("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n");
    joined.replace("-----END CERTIFICATE-----", "\n-----END CERTIFICATE-----\n")
}

fn long_leaf(s: &mut Scenario) {
    let extension = s.sgx_extension.take().expect("an SGX extension").extension();
    s.pck_leaf.extensions.push(extension);
    let issuer = s.pck_ca.clone();
    fill_certificate(&mut s.pck_leaf, &issuer, 2_049);
}

fn compressed(key: &Key) -> Vec<u8> {
    let point = key.public();
    [&[2 | point[63] & 1], &point[..32]].concat()
}

fn revoke_1230(s: &mut Scenario) {
    let serials = 0x4000..0x4000 + 1_230_u16;
    s.pck_crl.revoked = serials.map(|serial| serial.to_be_bytes().to_vec()).collect();
}
