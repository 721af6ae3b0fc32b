//! The endorsement CA and its root.

use super::{
    cases,
    certificates::{SHA256, SHA384, other, pss, replace},
};
use crate::snp_common::packed;
use aivm_simulator::{
    intel::Extension,
    snp::{self, Kind, NOW, Product, Scenario, endorsement_ca},
    x509::{Algorithm, BasicConstraints, KEY_USAGE_SIGNATURE, Key},
};

cases! {
    /// The endorsement CA, its root, and the encoding of both.
    COLLATERAL:
    1 "no bytes at all" [CAS] Encoding(|bytes| bytes.clear()) => 200,
    1 "a byte more" [CAS] Encoding(|bytes| bytes.push(0)) => 200,
    1 "a word more" [CAS] Encoding(|bytes| bytes.extend([0; 32])) => 200,
    1 "a byte less" [CAS] Encoding(|bytes| { bytes.pop(); }) => 200,
    1 "a dirty byte of padding" [CAS] Encoding(|bytes| { let last = bytes.len() - 33; bytes[last] ^= 1 }) => 200,
    1 "another offset" [CAS] Encoding(|bytes| bytes[31] = 0x40) => 200,
    1 "a length that is too high" [CAS] Encoding(|bytes| { let at = 32 + 64 + 24; bytes[at] = 0xff }) => 200,
    1 "the certificate itself" [CAS] Encoding(|bytes| *bytes = endorsement_ca(Product::Milan, Kind::Vcek).der(&snp::ark(Product::Milan))) => 200,
    3 "no certificate" [CAS] Parts(|parts, _| parts.endorsement_ca.clear()) => 450,
    3 "a byte after the certificate" [CAS] Parts(|parts, _| parts.endorsement_ca.push(0)) => 450,
    3 "the endorsement key in the place of its CA" [CAS] Parts(|parts, s| parts.endorsement_ca = s.vek_der()) => 450,
    3 "the certificate twice" [CAS] Parts(|parts, _| { let again = parts.endorsement_ca.clone(); parts.endorsement_ca.extend(again) }) => 450,
    3 "no CA bit" [CAS] Collateral(|s| s.ca.basic_constraints = Some(BasicConstraints { is_ca: false, path_len: None })) => 450,
    3 "no basic constraints" [CAS] Collateral(|s| s.ca.basic_constraints = None) => 450,
    3 "no key usage" [CAS] Collateral(|s| s.ca.key_usage = None) => 450,
    3 "a key usage that signs no certificates" [CAS] Collateral(|s| s.ca.key_usage = Some(KEY_USAGE_SIGNATURE)) => 450,
    3 "a key usage that signs CRLs only" [CAS] Collateral(|s| s.ca.key_usage = Some(2)) => 450,
    3 "a P-384 key" [CAS] Collateral(|s| s.ca.key = Key::p384("ca")) => 450,
    3 "a certificate of version 1" [CAS] Collateral(|s| s.ca.version = None) => 450,
    3 "an unknown critical extension" [CAS] Collateral(|s| s.ca.extensions.push(Extension::unknown_critical())) => 450,
    3 "SHA-256 in the parameters of the signature" [CAS] Collateral(|s| s.ca.algorithm = Some(pss(|der| replace(der, SHA384, SHA256)))) => 450,
    3 "another exponent" [CAS] Collateral(|s| s.ca.public_key_info = Some(replace(s.ca.key.public_key_info(), &[2, 3, 1, 0, 1], &[2, 3, 1, 0, 3]))) => 450,
    3 "a modulus of 4,088 bits" [CAS] Collateral(|s| s.ca.public_key_info = Some(short_modulus(s))) => 450,
    3 "signed with ECDSA" [CAS] Collateral(|s| s.ca.algorithm = Some(Algorithm::EcdsaSha384)) => 450,
    4 "a CA of another name" [CAS] Collateral(|s| s.ca.subject = snp::name("SEV-Naples")) => 451,
    4 "a CA without a common name" [CAS] Collateral(|s| { s.ca.subject.attributes.pop(); }) => 451,
    4 "a CA called SEV" [CAS] Collateral(|s| s.ca.subject = snp::name("SEV-")) => 451,
    4 "a CA called as its root" [CAS] Collateral(|s| s.ca.subject = s.ark.subject.clone()) => 451,
    4 "a CA called as an endorsement key" [CAS] Collateral(|s| s.ca.subject = snp::name("SEV-VLEK")) => 451,
    4 "a CA called VLEK twice" [CAS] Collateral(|s| s.ca.subject = snp::name("SEV-VLEK-VLEK-Milan")) => 451,
    4 "a CA of a stepping" [CAS] Collateral(|s| s.ca.subject = snp::name("SEV-Milan-B0")) => 451,
    4 "the root in the place of the CA" [CAS] Parts(|parts, s| parts.endorsement_ca = s.ark_der()) => 451,
    3 "a root of one's own of the same name" [CAS] Parts(|parts, s| { let mut own = s.clone(); own.ark.key = snp::stranger(); *parts = own.collateral() }) => 452,
    3 "a CA that a stranger signed" [CAS] Collateral(|s| s.ca.signed_by = Some(snp::stranger())) => 452,
    3 "a CA that signed itself" [CAS] Collateral(|s| s.ca.signed_by = Some(s.ca.key.clone())) => 452,
    3 "a root of another name" [CAS] Collateral(|s| s.ca.issuer = Some(snp::name("ARK-Rome"))) => 452,
    3 "a root under which no CA may be" [CAS] Collateral(|s| s.ark.basic_constraints = Some(BasicConstraints { is_ca: true, path_len: Some(0) })) => 452,
    2 "another product's root" [CAS] Parts(|parts, s| *parts = Scenario::new(other(s.product), s.kind, 2).collateral()) => 452,
    2 "another product's root, that signed in this one's name" [CAS] Collateral(|s| s.ca.signed_by = Some(snp::ark(other(s.product)).key)) => 452,
    2 "a CA for another product than its root" [CAS] Collateral(|s| s.ca.subject = endorsement_ca(other(s.product), s.kind).subject) => 453,
    2 "a CA under another product's root" [CAS] Collateral(|s| s.ark = snp::ark(other(s.product))) => 453,
    2 "a root without a product" [CAS] Collateral(|s| s.ark.subject = snp::name("ARK")) => 453,
    5 "a CA that is not valid yet" [CAS] Collateral(|s| s.ca.not_before = NOW + 1) => 454,
    5 "a CA that has expired" [CAS] Collateral(|s| s.ca.not_after = NOW - 1) => 455,
    5 "a root that is not valid yet" [CAS] Collateral(|s| s.ark.not_before = NOW + 1) => 457,
    5 "a root that has expired" [CAS] Collateral(|s| s.ark.not_after = NOW - 1) => 458,
    5 "a CA that has expired since" [CAS] After(|world, s| { world.at(s.ca.not_after + 1); }) => 8,
    5 "a CA that was not valid then" [CAS] After(|world, s| { world.at(s.ca.not_before - 1); }) => 7,
    5 "a CA issued a second earlier than one that was accepted" [CAS] Older(|s| s.ca.not_before -= 1) => 467,
    5 "a CA issued earlier, with a newer list" [CAS] Older(|s| { s.ca.not_before -= 1; s.crl.as_mut().unwrap().number = Some(2) }) => 467,
    6 "a revoked CA" [CAS] Collateral(|s| { let serial = s.ca.serial.clone(); revoke(s, serial) }) => 456,
    6 "a revoked CA among others" [CAS] Collateral(|s| { let serial = s.ca.serial.clone(); revoke(s, serial); s.crl.as_mut().unwrap().revoked.extend([vec![1], vec![0x7f, 1]]) }) => 456,
    6 "a revoked root" [CAS] Collateral(|s| { let serial = s.ark.serial.clone(); revoke(s, serial) }) => 459,
    6 "a revoked root and a revoked CA" [CAS] Collateral(|s| { let (root, ca) = (s.ark.serial.clone(), s.ca.serial.clone()); revoke(s, root); s.crl.as_mut().unwrap().revoked.push(ca) }) => 459,
    6 "a list that is too long for an account" [CAS] Collateral(|s| { let mut crl = snp::crl(); crl.revoked = (0..1_300_u16).map(|n| [&[9], &n.to_be_bytes()[..]].concat()).collect(); s.crl = Some(crl) }) => 201,
}

fn revoke(s: &mut Scenario, serial: Vec<u8>) {
    let mut crl = snp::crl();
    crl.revoked = vec![serial];
    s.crl = Some(crl);
}

/// The key with a modulus that lacks its last byte.
fn short_modulus(s: &Scenario) -> Vec<u8> {
    let Key::Rsa4096(key) = &s.ca.key else {
        panic!("a CA of AMD's has an RSA key")
    };
    use aivm_simulator::der::{bit_string, element, oid, sequence, unsigned};
    let numbers = sequence(&[unsigned(&key.modulus()[..511]), unsigned(&[1, 0, 1])]);
    let algorithm = sequence(&[oid(aivm_simulator::x509::RSA_ENCRYPTION), element(5, &[])]);
    sequence(&[algorithm, bit_string(0, &numbers)])
}

/// What both kinds of collateral have in common: nothing that either could be taken for.
#[test]
fn the_same_bytes_from_the_program_and_the_mint() {
    for product in Product::ALL {
        let [ask, asvk] = Kind::ALL.map(|kind| packed(&Scenario::new(product, kind, 2).collateral()));
        assert_ne!(ask, asvk);
    }
}
