//! The two certificates in evidence: the leaf and the device's.

use super::cases;
use aivm_simulator::{
    intel,
    nvidia::{Chip, Key, NOW, Scenario},
    x509::{Algorithm, BasicConstraints, Certificate, Extension, Name, name},
};

cases! {
    /// Their number, their form, who issued them, what they may do, and when.
    CERTIFICATES:
    3 "no certificate" Body(|s| s.body_of(&s.report_bytes(), &[])) => 500,
    3 "a chain of four: no device certificate" Body(|s| s.body_of(&s.report_bytes(), &[s.leaf_der()])) => 500,
    3 "a chain of four: no leaf" Body(|s| s.body_of(&s.report_bytes(), &[s.brom_der()])) => 500,
    3 "a chain of six: the provisioner's certificate as well" Body(|s| s.body_of(&s.report_bytes(), &[s.leaf_der(), s.brom_der(), small(s)])) => 501,
    3 "the device certificate twice" Body(|s| s.body_of(&s.report_bytes(), &[s.leaf_der(), small(s), small(s)])) => 501,
    3 "the whole chain" Body(|s| s.body_of(&s.report_bytes(), &s.chain())) => 502,
    3 "leaf and device certificate exchanged" Body(|s| s.body_of(&s.report_bytes(), &[s.brom_der(), s.leaf_der()])) => 6,
    3 "certificates of 2,049 bytes" Evidence(|s| super::limits::fill(s, 2_049)) => 502,
    5 "a leaf that a stranger signed" Evidence(|s| s.leaf.signed_by = Some(Key::p384("stranger"))) => 534,
    5 "a leaf that the provisioner signed" Evidence(|s| s.leaf.signed_by = Some(s.provisioner.key.clone())) => 534,
    5 "a leaf with another issuer's name" Evidence(|s| s.leaf.issuer = Some(s.provisioner.subject.clone())) => 534,
    5 "a leaf that signs itself" Evidence(|s| s.leaf.signed_by = Some(s.leaf.key.clone())) => 534,
    5 "a device certificate that a stranger signed" Evidence(|s| s.brom.signed_by = Some(Key::p384("stranger"))) => 530,
    5 "a device certificate that the identity CA signed" Evidence(|s| s.brom.signed_by = Some(s.identity.key.clone())) => 530,
    5 "a leaf of a stranger's device" Evidence(|s| { s.brom.key = Key::p384("stranger"); s.brom.signed_by = Some(Key::p384("stranger")) }) => 530,
    6 "a device certificate without the CA bit" Evidence(|s| s.brom.basic_constraints = Some(BasicConstraints { is_ca: false, path_len: None })) => 531,
    6 "a device certificate without basic constraints" Evidence(|s| s.brom.basic_constraints = None) => 531,
    6 "a device certificate that may not sign certificates" Evidence(|s| s.brom.key_usage = Some(0x80)) => 531,
    6 "a device certificate without key usage" Evidence(|s| s.brom.key_usage = None) => 531,
    6 "a leaf with the CA bit" Evidence(|s| s.leaf.basic_constraints = Some(BasicConstraints { is_ca: true, path_len: None })) => 535,
    6 "a leaf that may only sign certificates" Evidence(|s| s.leaf.key_usage = Some(0x04)) => 535,
    6 "a leaf without key usage" Evidence(|s| s.leaf.key_usage = None) => 535,
    7 "a P-256 key in the leaf" Evidence(|s| s.leaf.public_key_info = Some(p256())) => 503,
    7 "a P-256 key in the device certificate" Evidence(|s| s.brom.public_key_info = Some(p256())) => 505,
    7 "an RSA key in the leaf" Evidence(|s| s.leaf.public_key_info = Some(Key::rsa4096(0).public_key_info())) => 503,
    7 "an RSA key in the device certificate" Evidence(|s| s.brom.public_key_info = Some(Key::rsa4096(0).public_key_info())) => 505,
    7 "a leaf signed with SHA-256, as it says" Evidence(|s| s.leaf.algorithm = Some(Algorithm::other(intel::oids::ECDSA_WITH_SHA256))) => 503,
    7 "a device certificate signed with SHA-256, as it says" Evidence(|s| s.brom.algorithm = Some(Algorithm::other(intel::oids::ECDSA_WITH_SHA256))) => 505,
    7 "a leaf that says it twice, differently" Evidence(|s| s.leaf.outer_algorithm = Some(Algorithm::other(intel::oids::ECDSA_WITH_SHA256))) => 503,
    7 "a device certificate of version 1" Evidence(|s| s.brom.version = None) => 505,
    7 "a leaf of version 2" Evidence(|s| s.leaf.version = Some(1)) => 503,
    7 "a leaf with an unknown critical extension" Evidence(|s| s.leaf.extensions.push(Extension::unknown_critical())) => 503,
    7 "a device certificate with an unknown critical extension" Evidence(|s| s.brom.extensions.push(Extension::unknown_critical())) => 505,
    7 "a leaf with key usage twice" Evidence(|s| s.leaf.duplicated.push(intel::oids::KEY_USAGE)) => 503,
    7 "a device certificate with basic constraints twice" Evidence(|s| s.brom.duplicated.push(intel::oids::BASIC_CONSTRAINTS)) => 505,
    7 "a leaf that is no DER" Body(|s| s.body_of(&s.report_bytes(), &[vec![0xff; 64], s.brom_der()])) => 503,
    7 "a device certificate that is no DER" Body(|s| s.body_of(&s.report_bytes(), &[s.leaf_der(), vec![0xff; 64]])) => 505,
    7 "a device certificate cut" Body(|s| { let mut brom = s.brom_der(); brom.pop(); s.body_of(&s.report_bytes(), &[s.leaf_der(), brom]) }) => 505,
    7 "a leaf in BER with an indefinite length" Body(|s| s.body_of(&s.report_bytes(), &[vec![0x30, 0x80, 0, 0], s.brom_der()])) => 503,
    7 "a device certificate with serial number 0" Evidence(|s| s.brom.serial = vec![0]) => 505,
    7 "a device certificate with a negative serial number" Evidence(|s| s.brom.serial = vec![0xff]) => 505,
    5 "a leaf that is not valid yet" Evidence(|s| s.leaf.not_before = NOW + 1) => 536,
    5 "a leaf that has expired" Evidence(|s| s.leaf.not_after = NOW - 1) => 537,
    5 "a device certificate that is not valid yet" Evidence(|s| s.brom.not_before = NOW + 1) => 532,
    5 "a device certificate that has expired" Evidence(|s| s.brom.not_after = NOW - 1) => 533,
    24 "a leaf that names no chip" Evidence(|s| s.leaf.subject = Name::new(&[(name::ORGANIZATION, "NVIDIA")])) => 503,
    24 "a leaf that names two chips" Evidence(|s| { let twice = s.leaf.subject.attributes.clone(); s.leaf.subject.attributes.extend(twice) }) => 503,
    24 "a leaf that names an empty chip" Evidence(|s| common_name(&mut s.leaf, "")) => 503,
    24 "a leaf whose chip is lower case" Evidence(|s| common_name(&mut s.leaf, "gh100 A01 GSP FMC LF")) => 504,
    24 "a leaf whose chip has 17 letters" Evidence(|s| common_name(&mut s.leaf, "G1234567890123456 LF")) => 503,
    24 "a switch" Body(|_| Scenario::new(Chip::Ls10).body()) => 504,
    24 "a switch under the GPU's device certificate" Evidence(|s| common_name(&mut s.leaf, "LS10 A01 GSP FMC LF")) => 504,
    24 "a switch whose name begins with NVIDIA's" Evidence(|s| common_name(&mut s.leaf, "NVIDIA LS10 FMC LF")) => 504,
}

/// Gives a certificate another common name.
pub(super) fn common_name(certificate: &mut Certificate, text: &str) {
    certificate.subject = certificate.subject.clone().with_common_name(text);
}

/// The `SubjectPublicKeyInfo` of a P-256 key.
pub(super) fn p256() -> Vec<u8> {
    use aivm_simulator::der::{bit_string, oid, sequence};
    let algorithm = [oid(intel::oids::EC_PUBLIC_KEY), oid(intel::oids::PRIME256V1)];
    let point = intel::Key::new("p-256").public_sec1();
    sequence(&[sequence(&algorithm), bit_string(0, &point)])
}

/// A device certificate without what makes it long.
fn small(s: &Scenario) -> Vec<u8> {
    let mut brom = s.brom.clone();
    brom.key_ids = false;
    brom.der(&s.provisioner)
}
