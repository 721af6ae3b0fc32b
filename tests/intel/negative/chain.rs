//! The PCK chain in a quote, and the platform it names: rows 2, 5, 18 and 26.

use super::{cases, extension};
use crate::common::{
    edit::{der_content, split_der},
    world::World,
};
use aivm::abi::IAttestationRegistry::{TEEVendor, updateRootCACall};
use aivm_simulator::{
    der,
    intel::{
        Certificate, Format, Key, NOW, PckCa, Scenario, certificate::pem_chain, oids,
        sgx_extension::COMPONENTS,
    },
};

cases! {
    /// The three certificates and their PEM.
    CHAIN:
    2 "a PKI of one's own" [ALL] Quote(|s| s.root.key = Key::new("another root")) => 120,
    2 "another certificate of the root's key" [ALL] Quote(|s| s.root.serial[5] ^= 1) => 120,
    2 "another signature of the root's" [ALL] Quote(|s| s.root.signed_by = Some(Key::stranger())) => 120,
    2 "the PCK CA in the place of the root" [ALL] Quote(|s| order(s, &[0, 1, 1])) => 120,
    2 "collateral under a root that was replaced" [BOTH] After(replace_roots) => 9,
    2 "collateral under a root that another joined" [BOTH] After(add_root) => 9,
    26 "a PCK CA with another key" [ALL] Quote(|s| s.pck_ca.key = Key::new("another ca")) => 121,
    26 "another certificate of the PCK CA's key" [ALL] Quote(|s| s.pck_ca.serial[5] ^= 1) => 121,
    26 "a PCK CA that the root did not sign" [ALL] Quote(|s| s.pck_ca.signed_by = Some(Key::stranger())) => 121,
    26 "the root in the place of the PCK CA" [ALL] Quote(|s| order(s, &[0, 2, 2])) => 121,
    26 "the PCK CA in the place of the leaf" [ALL] Quote(|s| order(s, &[1, 1, 2])) => 122,
    26 "the chain the other way round" [ALL] Quote(|s| order(s, &[2, 1, 0])) => 122,
    26 "a byte after the root certificate" [ALL] Quote(|s| lengthen(s, 2)) => 120,
    26 "a byte after the PCK CA certificate" [ALL] Quote(|s| lengthen(s, 1)) => 121,
    26 "a byte after the PCK certificate" [ALL] Quote(|s| lengthen(s, 0)) => 122,
    26 "no root certificate" [ALL] Quote(|s| order(s, &[0, 1])) => 111,
    26 "the leaf alone" [ALL] Quote(|s| order(s, &[0])) => 111,
    26 "a fourth certificate" [ALL] Quote(|s| order(s, &[0, 1, 2, 2])) => 111,
    26 "no certificate" [ALL] Quote(|s| order(s, &[])) => 111,
    26 "two NULs at the end" [ALL] Quote(|s| s.envelope.chain_tail = vec![0, 0]) => 111,
    26 "a line feed at the end" [ALL] Quote(|s| s.envelope.chain_tail = vec![b'\n']) => 111,
    26 "a space at the end" [ALL] Quote(|s| s.envelope.chain_tail = vec![b' ']) => 111,
    26 "a NUL between the certificates" [ALL] Pem(|pem| pem.replacen("-----\n-----", "-----\n\0-----", 1).into()) => 111,
    26 "CR LF" [ALL] Pem(|pem| pem.replace('\n', "\r\n").into()) => 111,
    26 "one CR" [ALL] Pem(|pem| pem.replacen('\n', "\r\n", 1).into()) => 111,
    26 "an empty line between the certificates" [ALL] Pem(|pem| pem.replacen("-----\n-----", "-----\n\n-----", 1).into()) => 111,
    26 "an empty line before the base64" [ALL] Pem(|pem| pem.replacen("BEGIN CERTIFICATE-----\n", "BEGIN CERTIFICATE-----\n\n", 1).into()) => 111,
    26 "an empty line after the base64" [ALL] Pem(|pem| pem.replacen("\n-----END", "\n\n-----END", 1).into()) => 111,
    26 "no line feed after the base64" [ALL] Pem(|pem| pem.replacen("\n-----END", "-----END", 1).into()) => 111,
    26 "no line feed at the end" [ALL] Pem(|pem| pem.trim_end().into()) => 111,
    26 "lines of 63 columns" [ALL] Pem(|pem| rewrap(&pem, 63)) => 111,
    26 "lines of 65 columns" [ALL] Pem(|pem| rewrap(&pem, 65)) => 111,
    26 "lines of 76 columns, as MIME has them" [ALL] Pem(|pem| rewrap(&pem, 76)) => 111,
    26 "one line" [ALL] Pem(|pem| rewrap(&pem, 10_000)) => 111,
    26 "a space in the base64" [ALL] Pem(|pem| pem.replacen("\nMII", "\n MII", 1).into()) => 111,
    26 "a space at the end of a line" [ALL] Pem(|pem| pem.replacen("-----\nMII", "----- \nMII", 1).into()) => 111,
    26 "another label" [ALL] Pem(|pem| pem.replace("CERTIFICATE", "X509 CERTIFICATE").into()) => 111,
    26 "a text before the chain" [ALL] Pem(|pem| format!("PCK\n{pem}").into()) => 111,
    26 "a header in the PEM" [ALL] Pem(|pem| pem.replacen("-----\nMII", "-----\nProc-Type: 4\n\nMII", 1).into()) => 111,
    26 "a byte order mark" [ALL] Pem(|pem| format!("\u{feff}{pem}").into()) => 111,
    26 "bytes that are no UTF-8" [ALL] Pem(|pem| [pem.as_bytes(), &[0xff]].concat()) => 111,
    26 "base64 without padding" [ALL] Pem(|pem| without_padding(&pem)) => 111,
    26 "base64 with the bits behind the last byte set" [ALL] Pem(|pem| with_trailing_bits(&pem)) => 111,
    26 "base64 of the other alphabet" [ALL] Pem(|pem| pem.replacen("\nMII", "\n-II", 1).into()) => 111,
    26 "no PEM at all" [ALL] Pem(|_| Vec::new()) => 111,
    26 "DER" [ALL] Pem(|_| Scenario::new(Format::SgxV3).pck_chain().concat()) => 111,
}

cases! {
    /// The leaf, and finding the collateral of its platform.
    PCK:
    5 "the PCK revoked" [ALL] Evidence(|s| revoke(s, &[])) => 126,
    5 "the PCK revoked, first of three" [ALL] Evidence(|s| revoke(s, &[0x70, 0x71])) => 126,
    5 "the PCK revoked, last of three" [ALL] Evidence(|s| revoke(s, &[0x01, 0x02])) => 126,
    5 "the PCK revoked, with a serial number of a sign bit" [ALL] Evidence(|s| revoke_serial(s, &[0, 0x80, 1])) => 126,
    5 "the PCK revoked, with a serial number of one byte" [ALL] Evidence(|s| revoke_serial(s, &[1])) => 126,
    18 "another FMSPC" [ALL] Quote(|s| extension(s).fmspc[5] ^= 1) => 6,
    18 "the other PCK CA" [ALL] Quote(other_ca) => 6,
    18 "another PCEID in the certificate" [ALL] Quote(|s| extension(s).pce_id[1] ^= 1) => 128,
    18 "another PCEID in the TCB info" [ALL] Evidence(|s| s.tcb_info.pce_id[0] ^= 1) => 128,
    26 "a PCK that the CA did not sign" [ALL] Quote(|s| s.pck_leaf.signed_by = Some(Key::stranger())) => 123,
    26 "a PCK that the root signed" [ALL] Quote(|s| s.pck_leaf.signed_by = Some(s.root.key.clone())) => 123,
    26 "a PCK that signed itself" [ALL] Quote(|s| s.pck_leaf.signed_by = Some(s.pck_leaf.key.clone())) => 123,
    26 "a PCK whose issuer has another organisation" [ALL] Quote(issuer_of_another_organisation) => 121,
    26 "a PCK whose issuer is no PCK CA" [ALL] Quote(|s| s.pck_leaf.issuer_cn = Some("Intel SGX Root CA".into())) => 122,
    26 "a PCK that is not valid yet" [ALL] Quote(|s| s.pck_leaf.not_before = NOW + 1) => 124,
    26 "a PCK that has expired" [ALL] Quote(|s| s.pck_leaf.not_after = NOW - 1) => 125,
    26 "a PCK that is a CA" [ALL] Quote(|s| s.pck_leaf.is_ca = true) => 122,
    26 "a PCK without SGX extension" [ALL] Quote(|s| s.sgx_extension = None) => 127,
    26 "a PCK whose SGX extension is critical" [ALL] Quote(|s| extension(s).critical = true) => 122,
    26 "two SGX extensions" [ALL] Quote(|s| { let again = extension(s).extension(); s.pck_leaf.extensions.push(again) }) => 122,
    26 "no PPID" [ALL] Quote(|s| extension(s).missing.push(oids::PPID)) => 127,
    26 "no TCB" [ALL] Quote(|s| extension(s).missing.push(oids::TCB)) => 127,
    26 "no PCEID" [ALL] Quote(|s| extension(s).missing.push(oids::PCE_ID)) => 127,
    26 "no FMSPC" [ALL] Quote(|s| extension(s).missing.push(oids::FMSPC)) => 127,
    26 "no PCESVN" [ALL] Quote(|s| extension(s).missing.push(oids::PCE_SVN)) => 127,
    26 "no CPUSVN" [ALL] Quote(|s| extension(s).missing.push(oids::CPU_SVN)) => 127,
    26 "no first component" [ALL] Quote(|s| extension(s).missing.push(COMPONENTS[0])) => 127,
    26 "no last component" [ALL] Quote(|s| extension(s).missing.push(COMPONENTS[15])) => 127,
    26 "no SGX type" [ALL] Quote(|s| extension(s).missing.push(oids::SGX_TYPE)) => 127,
    26 "two SGX types" [ALL] Quote(|s| extension(s).duplicated.push(oids::SGX_TYPE)) => 127,
    26 "an SGX type of two bytes" [ALL] Quote(|s| set_entry(s, oids::SGX_TYPE, &[10, 2, 1, 0])) => 127,
    26 "an SGX type that is an INTEGER" [ALL] Quote(|s| set_entry(s, oids::SGX_TYPE, &[2, 1, 0])) => 127,
    26 "no platform instance id from the Platform CA" [TDX] Quote(|s| extension(s).missing.push(oids::PLATFORM_INSTANCE_ID)) => 127,
    26 "a platform instance id of 15 bytes" [TDX] Quote(|s| extension(s).platform_instance_id.as_mut().unwrap().truncate(15)) => 127,
    26 "two platform instance ids" [TDX] Quote(|s| extension(s).duplicated.push(oids::PLATFORM_INSTANCE_ID)) => 127,
    26 "two PPIDs" [ALL] Quote(|s| extension(s).duplicated.push(oids::PPID)) => 127,
    26 "two TCBs" [ALL] Quote(|s| extension(s).duplicated.push(oids::TCB)) => 127,
    26 "two FMSPCs" [ALL] Quote(|s| extension(s).duplicated.push(oids::FMSPC)) => 127,
    26 "two PCEIDs" [ALL] Quote(|s| extension(s).duplicated.push(oids::PCE_ID)) => 127,
    26 "two PCESVNs" [ALL] Quote(|s| extension(s).appended.push((oids::PCE_SVN, der::unsigned(&[99])))) => 127,
    26 "two CPUSVNs" [ALL] Quote(|s| extension(s).appended.push((oids::CPU_SVN, der::octet_string(&[99; 16])))) => 127,
    26 "the first component is not the CPUSVN's" [ALL] Quote(|s| extension(s).components[0] += 1) => 127,
    26 "the last component is not the CPUSVN's" [ALL] Quote(|s| extension(s).components[15] += 1) => 127,
    26 "the CPUSVN is not the components" [ALL] Quote(|s| extension(s).cpu_svn[7] += 1) => 127,
    26 "a PPID of 15 bytes" [ALL] Quote(|s| extension(s).ppid.truncate(15)) => 127,
    26 "a PPID of 17 bytes" [ALL] Quote(|s| extension(s).ppid.push(0)) => 127,
    26 "a PCEID of 3 bytes" [ALL] Quote(|s| extension(s).pce_id.push(0)) => 127,
    26 "an FMSPC of 7 bytes" [ALL] Quote(|s| extension(s).fmspc.push(0)) => 127,
    26 "a CPUSVN of 15 bytes" [ALL] Quote(|s| extension(s).cpu_svn.truncate(15)) => 127,
    26 "a CPUSVN of 17 bytes" [ALL] Quote(|s| extension(s).cpu_svn.push(0)) => 127,
    26 "a PCESVN of three bytes" [ALL] Quote(|s| set_entry(s, oids::PCE_SVN, &[2, 3, 1, 0, 0])) => 127,
    26 "a PCESVN with a zero in front" [ALL] Quote(|s| set_entry(s, oids::PCE_SVN, &[2, 2, 0, 13])) => 127,
    26 "a negative PCESVN" [ALL] Quote(|s| set_entry(s, oids::PCE_SVN, &[2, 1, 0xff])) => 127,
    26 "a PCESVN that is an OCTET STRING" [ALL] Quote(|s| set_entry(s, oids::PCE_SVN, &[4, 1, 13])) => 127,
    26 "a first component with a zero in front" [ALL] Quote(|s| { let svn = extension(s).components[0]; set_entry(s, COMPONENTS[0], &[2, 2, 0, svn]) }) => 127,
    26 "a PPID that is a BIT STRING" [ALL] Quote(|s| set_entry(s, oids::PPID, &[&[3, 17, 0], &[1; 16][..]].concat())) => 127,
    26 "an FMSPC with its length in the long form" [ALL] Quote(|s| set_entry(s, oids::FMSPC, &[4, 0x81, 6, 0xa1, 0xc0, 0x6f, 0, 0, 0])) => 127,
    26 "a TCB that is empty" [ALL] Quote(|s| set_entry(s, oids::TCB, &[0x30, 0])) => 127,
    26 "a byte after the SGX extension" [ALL] Quote(|s| extension(s).trailing.push(0)) => 127,
    26 "an element after the SGX extension" [ALL] Quote(|s| extension(s).trailing = vec![5, 0]) => 127,
}

fn order(s: &mut Scenario, order: &[usize]) {
    let chain = s.pck_chain();
    s.envelope.chain = Some(order.iter().map(|&index| chain[index].clone()).collect());
}

fn lengthen(s: &mut Scenario, index: usize) {
    let mut chain = s.pck_chain();
    chain[index].push(0);
    s.envelope.chain = Some(chain);
}

fn rewrap(pem: &str, columns: usize) -> Vec<u8> {
    let mut out = String::new();
    for block in pem.split_inclusive("-----END CERTIFICATE-----\n") {
        let body = block.trim_start_matches("-----BEGIN CERTIFICATE-----\n");
        let base64 = body
            .trim_end_matches("-----END CERTIFICATE-----\n")
            .replace('\n', "");
        out += "-----BEGIN CERTIFICATE-----\n";
        for line in base64.as_bytes().chunks(columns) {
            out += std::str::from_utf8(line).unwrap();
            out.push('\n');
        }
        out += "-----END CERTIFICATE-----\n";
    }
    assert_ne!(out, pem);
    out.into()
}

fn without_padding(pem: &str) -> Vec<u8> {
    assert!(pem.contains('='), "some certificate is padded");
    pem.replace('=', "").into()
}

/// Some certificate ends in `=`: the last base64 digit before it has bits that say nothing.
fn with_trailing_bits(pem: &str) -> Vec<u8> {
    let mut bytes = pem.as_bytes().to_vec();
    let padding = bytes.iter().position(|byte| *byte == b'=').expect("padding");
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = digits
        .iter()
        .position(|digit| *digit == bytes[padding - 1])
        .expect("a digit");
    bytes[padding - 1] = digits[value | 1];
    assert_ne!(bytes, pem.as_bytes());
    bytes
}

/// Revokes the PCK, and certificates with these serial numbers of one byte repeated.
fn revoke(s: &mut Scenario, others: &[u8]) {
    s.pck_crl.revoked = others.iter().map(|byte| vec![*byte; 20]).collect();
    s.pck_crl.revoked.push(s.pck_leaf.serial.clone());
}

fn revoke_serial(s: &mut Scenario, serial: &[u8]) {
    s.pck_leaf.serial = serial.to_vec();
    revoke(s, &[1, 2, 3]);
}

fn other_ca(s: &mut Scenario) {
    s.use_pck_ca(if s.format.is_tdx() {
        PckCa::Processor
    } else {
        PckCa::Platform
    });
}

/// The leaf names a CA with the right common name and another organisation; CA and root are the right ones.
fn issuer_of_another_organisation(s: &mut Scenario) {
    let issuer = Certificate {
        organization: aivm_simulator::intel::certificate::Organization {
            organization: "Intel Corp".into(),
            ..Default::default()
        },
        ..s.pck_ca.clone()
    };
    let mut leaf = s.pck_leaf.clone();
    leaf.extensions.insert(0, extension(s).extension());
    let chain = [leaf.der(&issuer), s.pck_ca_der(), s.root_der()];
    s.envelope.certification_data = Some(pem_chain(&chain).into());
}

/// Replaces one entry of the SGX extension.
fn set_entry(s: &mut Scenario, id: &str, value: &[u8]) {
    let mut extension = extension(s).extension();
    extension.value = replace_entry(&extension.value, &der::oid(id), value);
    s.sgx_extension = None;
    s.pck_leaf.extensions.insert(0, extension);
}

/// Replaces the value of one entry in a `SEQUENCE OF SEQUENCE { id, value }`, at whatever depth.
fn replace_entry(section: &[u8], id: &[u8], value: &[u8]) -> Vec<u8> {
    let mut entries = Vec::new();
    let mut rest = der_content(section);
    while !rest.is_empty() {
        let (entry, after) = split_der(rest);
        let (name, old) = split_der(der_content(entry));
        let new = match old[0] {
            _ if name == id => value.to_vec(),
            0x30 => replace_entry(old, id, value),
            _ => old.to_vec(),
        };
        entries.push(der::sequence(&[name.to_vec(), new]));
        rest = after;
    }
    der::sequence(&entries)
}

fn replace_roots(world: &mut World, _: &Scenario) {
    let mut other = Scenario::new(Format::SgxV3);
    other.root.key = Key::new("another root");
    install(world, &other.root_der());
}

fn add_root(world: &mut World, valid: &Scenario) {
    let mut other = valid.clone();
    other.root.key = Key::new("another root");
    install(world, &[valid.root_der(), other.root_der()].concat());
}

fn install(world: &mut World, bundle: &[u8]) {
    for vendor in [TEEVendor::SGX, TEEVendor::TDX] {
        world.govern(&updateRootCACall {
            vendor,
            newRootCA: bundle.to_vec().into(),
        });
    }
}
