//! The certificate of the endorsement key: its form, its issuer, its window, and finding its collateral.

use super::{cases, furnish_other_kind};
use crate::{
    common::world::World,
    snp_common::{furnish, world_of},
};
use aivm::evidence::Vendor;
use aivm_simulator::{
    der::{boolean, octet_string, sequence},
    intel::Extension,
    snp::{self, Kind, NOW, Product, Scenario, ark, endorsement_ca},
    x509::{Algorithm, BasicConstraints, Key, P384Key},
};

cases! {
    /// The certificate, and the collateral it is verified against.
    VEK:
    2 "a root that was replaced" [ALL] After(|world, s| world.set_roots(Vendor::SevSnp, &ark(other(s.product)).self_signed())) => 9,
    2 "a root that another joined" [ALL] After(|world, s| world.set_roots(Vendor::SevSnp, &[s.ark_der(), ark(other(s.product)).self_signed()].concat())) => 9,
    2 "collateral of another product" [ALL] Evidence(|s| *s = Scenario::new(other(s.product), s.kind, s.report.version)) => 6,
    4 "collateral of the other kind of key" [ALL] After(other_kind_only) => 6,
    4 "a VCEK, and a report that says VLEK" [VCEK] Evidence(|s| s.report.set_signing_key(1)) => 412,
    4 "a VLEK, and a report that says VCEK" [VLEK] Evidence(|s| s.report.set_signing_key(0)) => 412,
    4 "a VCEK that the ASVK issued" [VCEK] Evidence(|s| s.ca = endorsement_ca(s.product, Kind::Vlek)) => 412,
    4 "a VLEK that the ASK issued" [VLEK] Evidence(|s| s.ca = endorsement_ca(s.product, Kind::Vcek)) => 412,
    4 "a VCEK that the ASVK signed in the ASK's name" [VCEK] Evidence(|s| s.vek.signed_by = Some(endorsement_ca(s.product, Kind::Vlek).key)) => 413,
    4 "a VLEK that the ASK signed in the ASVK's name" [VLEK] Evidence(|s| s.vek.signed_by = Some(endorsement_ca(s.product, Kind::Vcek).key)) => 413,
    4 "a VCEK that is called a VLEK" [VCEK] Evidence(|s| s.vek.subject = snp::name("SEV-VLEK")) => 412,
    4 "a VLEK that is called a VCEK" [VLEK] Evidence(|s| s.vek.subject = snp::name("SEV-VCEK")) => 412,
    4 "a certificate of another name" [ALL] Evidence(|s| s.vek.subject = snp::name("SEV-VCEK ")) => 412,
    5 "not valid yet" [ALL] Evidence(|s| s.vek.not_before = NOW + 1) => 414,
    5 "expired" [ALL] Evidence(|s| s.vek.not_after = NOW - 1) => 415,
    5 "expired since" [ALL] After(|world, s| { world.at(s.vek.not_after + 1); }) => 415,
    5 "expired before it began" [ALL] Evidence(|s| { s.vek.not_before = NOW + 1; s.vek.not_after = NOW - 1 }) => 414,
    6 "revoked" [ALL] Both(|s| revoke(s, &[])) => 416,
    6 "revoked, first of three" [ALL] Both(|s| { s.vek.serial = vec![1]; revoke(s, &[0x70, 0x71]) }) => 416,
    6 "revoked, last of three" [ALL] Both(|s| { s.vek.serial = vec![0x7f]; revoke(s, &[1, 2]) }) => 416,
    6 "revoked, with a serial number of twenty bytes" [ALL] Both(|s| { s.vek.serial = vec![0x55; 20]; revoke(s, &[1]) }) => 416,
    6 "revoked, with a serial number of a sign bit" [ALL] Both(|s| { s.vek.serial = vec![0, 0x80]; revoke(s, &[1]) }) => 416,
    6 "revoked since" [ALL] After(revoked_since) => 416,
    3 "issued by nobody known" [ALL] Evidence(|s| s.vek.issuer = Some(snp::name("SEV-Naples"))) => 411,
    3 "issued by the root" [ALL] Evidence(|s| { let root = s.ark.clone(); s.ca = root }) => 411,
    3 "issued by itself" [ALL] Evidence(|s| { s.vek.issuer = Some(s.vek.subject.clone()) }) => 411,
    3 "issued by a CA of another organisation" [ALL] Evidence(another_organisation) => 413,
    3 "an issuer of two common names" [ALL] Evidence(two_common_names) => 411,
    3 "signed by a stranger" [ALL] Evidence(|s| s.vek.signed_by = Some(snp::stranger())) => 413,
    3 "signed by the root" [ALL] Evidence(|s| s.vek.signed_by = Some(s.ark.key.clone())) => 413,
    3 "signed with ECDSA by itself" [ALL] Evidence(|s| { s.vek.signed_by = Some(s.vek.key.clone()); s.vek.algorithm = None }) => 410,
    3 "a CA of one's own under the same name" [ALL] Evidence(|s| s.ca.key = snp::stranger()) => 413,
    23 "a certificate that is a CA" [ALL] Evidence(|s| s.vek.basic_constraints = Some(BasicConstraints { is_ca: true, path_len: None })) => 410,
    23 "a certificate of version 1" [ALL] Evidence(|s| s.vek.version = None) => 410,
    23 "a certificate of version 2" [ALL] Evidence(|s| s.vek.version = Some(1)) => 410,
    23 "a negative serial number" [ALL] Evidence(|s| s.vek.serial = vec![0x80]) => 410,
    23 "a serial number of 21 bytes" [ALL] Evidence(|s| s.vek.serial = vec![1; 21]) => 410,
    23 "an RSA key" [ALL] Bytes(|body| { let ca = endorsement_ca(Product::Milan, Kind::Vcek); body.truncate(1_184); body.extend(ca.der(&ark(Product::Milan))) }) => 410,
    23 "a key on another curve" [ALL] Evidence(|s| s.vek.public_key_info = Some(P256_KEY.to_vec())) => 410,
    23 "a compressed key" [ALL] Evidence(compressed_key) => 410,
    23 "a key of a byte less" [ALL] Evidence(|s| { let mut info = s.vek.key.public_key_info(); info.pop(); shorten(&mut info); s.vek.public_key_info = Some(info) }) => 410,
    16 "a key that is no point of the curve" [ALL] Evidence(|s| { let mut info = s.vek.key.public_key_info(); *info.last_mut().unwrap() ^= 1; s.vek.public_key_info = Some(info) }) => 430,
    16 "another key in the certificate" [ALL] Evidence(|s| { s.signing.signed_by = Some(p384(s)); s.vek.key = Key::P384(P384Key::new("another")) }) => 430,
    23 "an algorithm outside that is not the one inside" [ALL] Evidence(other_trailer) => 410,
    23 "RSASSA-PSS without parameters" [ALL] Evidence(|s| s.vek.algorithm = Some(Algorithm::other("1.2.840.113549.1.1.10"))) => 410,
    23 "PKCS #1 v1.5 with SHA-384" [ALL] Evidence(|s| s.vek.algorithm = Some(Algorithm::other("1.2.840.113549.1.1.12"))) => 410,
    23 "ECDSA with SHA-384" [ALL] Evidence(|s| s.vek.algorithm = Some(Algorithm::EcdsaSha384)) => 410,
    23 "a salt of 32 bytes" [ALL] Evidence(|s| s.vek.algorithm = Some(pss(|der| replace(der, &[2, 1, 48], &[2, 1, 32])))) => 410,
    23 "an algorithm that nobody knows" [ALL] Evidence(|s| s.vek.algorithm = Some(Algorithm::Other(sequence(&[vec![6, 1, 42]])))) => 410,
    23 "SHA-256 in the parameters" [ALL] Evidence(|s| s.vek.algorithm = Some(pss(|der| replace(der, SHA384, SHA256)))) => 410,
    23 "another trailer" [ALL] Evidence(|s| s.vek.algorithm = Some(pss(|der| replace(der, &[0xa3, 3, 2, 1, 1], &[0xa3, 3, 2, 1, 2])))) => 410,
    23 "an unknown critical extension" [ALL] Evidence(|s| s.vek.extensions.push(Extension::unknown_critical())) => 410,
    23 "a critical extension of AMD's" [ALL] Evidence(|s| s.vek_extensions.critical = true) => 410,
    23 "two extensions of the same name" [ALL] Evidence(|s| s.vek.extensions = vec![harmless(), harmless()]) => 410,
    23 "a length that is not the certificate's" [ALL] Bytes(|body| body[1_184 + 3] ^= 1) => 410,
    23 "a length in the long form" [ALL] Bytes(|body| { body.splice(1_184..1_188, [0x30, 0x83, 0, body[1_186], body[1_187]]); }) => 410,
    23 "a certificate in a SET" [ALL] Bytes(|body| body[1_184] = 0x31) => 410,
}

/// Another product.
pub(super) fn other(product: Product) -> Product {
    match product {
        Product::Milan => Product::Genoa,
        Product::Genoa => Product::Turin,
        Product::Turin => Product::Milan,
    }
}

/// A chain that has collateral of the other kind of key only.
fn other_kind_only(world: &mut World, s: &Scenario) {
    *world = world_of(s, NOW);
    furnish_other_kind(world, s, None);
}

/// Revokes the endorsement key, and certificates of these serial numbers.
pub(super) fn revoke(s: &mut Scenario, others: &[u8]) {
    let mut crl = snp::crl();
    crl.revoked = others.iter().map(|byte| vec![*byte]).collect();
    crl.revoked.push(s.vek.serial.clone());
    s.crl = Some(crl);
}

fn revoked_since(world: &mut World, s: &Scenario) {
    let mut s = s.clone();
    revoke(&mut s, &[9]);
    furnish(world, &s);
}

/// The issuer's name has the right common name and another organisation.
fn another_organisation(s: &mut Scenario) {
    let mut name = s.ca.subject.clone();
    name.attributes[4].1 = aivm_simulator::x509::Text::Utf8("Advanced Micro Devices, Inc".into());
    s.vek.issuer = Some(name);
}

fn two_common_names(s: &mut Scenario) {
    let mut name = s.ca.subject.clone();
    let common_name = name.attributes[5].clone();
    name.attributes.push(common_name);
    s.vek.issuer = Some(name);
}

fn p384(s: &Scenario) -> P384Key {
    match &s.vek.key {
        Key::P384(key) => key.clone(),
        Key::Rsa4096(_) => panic!("an endorsement key is a P-384 key"),
    }
}

/// The key as a compressed point.
fn compressed_key(s: &mut Scenario) {
    let key = p384(s).public();
    let mut point = vec![2 | key[95] & 1];
    point.extend_from_slice(&key[..48]);
    let algorithm = s.vek.key.public_key_info()[2..20].to_vec();
    s.vek.public_key_info = Some(sequence(&[algorithm, aivm_simulator::der::bit_string(0, &point)]));
}

/// Takes one off the three lengths of a SubjectPublicKeyInfo.
fn shorten(info: &mut [u8]) {
    info[1] -= 1;
    info[21] -= 1;
}

/// The certificate says one form of the algorithm inside and the other outside.
fn other_trailer(s: &mut Scenario) {
    let inside = s.vek.algorithm == Some(Algorithm::RsaPssSha384 { trailer_field: true });
    s.vek.outer_algorithm = Some(Algorithm::RsaPssSha384 {
        trailer_field: !inside,
    });
}

/// The algorithm with its parameters changed.
pub(super) fn pss(change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Algorithm {
    Algorithm::Other(change(Algorithm::RsaPssSha384 { trailer_field: true }.der()))
}

/// Every occurrence replaced by as many bytes.
pub(super) fn replace(mut bytes: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    let places: Vec<_> = (0..bytes.len() - old.len() + 1)
        .filter(|at| bytes[*at..].starts_with(old))
        .collect();
    assert!(!places.is_empty(), "nothing to replace");
    for at in places {
        bytes[at..at + old.len()].copy_from_slice(new);
    }
    bytes
}

pub(super) const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
pub(super) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// The generator of P-256 as a SubjectPublicKeyInfo.
const P256_KEY: &[u8] = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04\
    \x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
    \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

/// An extension that says nothing.
fn harmless() -> Extension {
    Extension {
        oid: "1.3.6.1.4.1.99999.2",
        critical: false,
        value: octet_string(&boolean(false)),
    }
}
