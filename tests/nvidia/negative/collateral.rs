//! The two CAs of phase one, and the root above them.

use super::{
    cases,
    certificates::{common_name, p256},
};
use aivm::evidence::nvidia::pack;
use aivm_simulator::{
    intel,
    nvidia::{Chip, Key, NOW, Scenario},
    x509::{Algorithm, BasicConstraints, Certificate, Extension},
};
use alloy_primitives::Bytes;

cases! {
    /// Their encoding, their form, who issued them, what they may do, when, and for which chip.
    COLLATERAL:
    1 "collateral with a word after its end" Encoding(|bytes| bytes.extend([0; 32])) => 200,
    1 "collateral with a byte after its end" Encoding(|bytes| bytes.push(0)) => 200,
    1 "collateral cut" Encoding(|bytes| bytes.truncate(bytes.len() - 32)) => 200,
    1 "collateral of nothing" Encoding(Vec::clear) => 200,
    1 "collateral of zeros, as long as it may be" Encoding(|bytes| *bytes = vec![0; 65_536]) => 200,
    1 "collateral with a dirty padding byte" Encoding(|bytes| *bytes.last_mut().unwrap() ^= 1) => 200,
    1 "collateral with two offsets that name one field" Encoding(|bytes| bytes.copy_within(32..64, 64)) => 200,
    1 "collateral with a length past its end" Encoding(|bytes| bytes[96..128].fill(0xff)) => 200,
    1 "an identity CA with a byte after it" Parts(|c, _| append(&mut c.identityCa)) => 550,
    1 "a provisioner CA with a byte after it" Parts(|c, _| append(&mut c.provisionerCa)) => 556,

    2 "a self-made root" Foreign(|s| s.root.key = Key::p384("stranger")) => 551,
    2 "an identity CA that signs itself" Collateral(|s| s.identity.signed_by = Some(s.identity.key.clone())) => 551,
    2 "an identity CA with another issuer's name" Collateral(|s| s.identity.issuer = Some(s.identity.subject.clone())) => 551,
    2 "a provisioner CA that the root signed" Collateral(|s| s.provisioner.signed_by = Some(s.root.key.clone())) => 557,
    2 "a provisioner CA that a stranger signed" Collateral(|s| s.provisioner.signed_by = Some(Key::p384("stranger"))) => 557,
    2 "a provisioner CA with another issuer's name" Collateral(|s| s.provisioner.issuer = Some(s.root.subject.clone())) => 557,
    2 "a root that is not valid yet" Collateral(|s| s.root.not_before = NOW + 1) => 235,
    2 "a root that has expired" Collateral(|s| s.root.not_after = NOW - 1) => 236,
    4 "no identity CA" Parts(|c, _| c.identityCa = Bytes::new()) => 550,
    4 "no provisioner CA" Parts(|c, _| c.provisionerCa = Bytes::new()) => 556,
    4 "the provisioner CA for the identity CA" Parts(|c, _| c.identityCa = c.provisionerCa.clone()) => 551,
    4 "the identity CA for the provisioner CA" Parts(|c, _| c.provisionerCa = c.identityCa.clone()) => 557,
    4 "the root for the identity CA" Parts(|c, s| c.identityCa = s.root_der().into()) => 557,
    4 "an identity CA that allows no CA below it" Parts(identity_issues_leaves) => 562,
    4 "a device certificate for the provisioner CA" Parts(|c, s| c.provisionerCa = s.brom_der().into()) => 557,

    6 "an identity CA without the CA bit" Collateral(|s| no_ca(&mut s.identity)) => 552,
    6 "an identity CA that may not sign certificates" Collateral(|s| s.identity.key_usage = Some(0x80)) => 552,
    6 "an identity CA without key usage" Collateral(|s| s.identity.key_usage = None) => 552,
    6 "a provisioner CA without the CA bit" Collateral(|s| no_ca(&mut s.provisioner)) => 558,
    6 "a provisioner CA that may only sign CRLs" Collateral(|s| s.provisioner.key_usage = Some(0x02)) => 558,
    6 "a root that allows two CAs below it" Collateral(|s| path(&mut s.root, 2)) => 562,
    6 "an identity CA that allows one CA below it" Collateral(|s| path(&mut s.identity, 1)) => 562,
    6 "a provisioner CA that allows no CA below it" Collateral(|s| path(&mut s.provisioner, 0)) => 562,

    7 "a P-256 key in the root" Roots(|s| s.root.public_key_info = Some(p256())) => 303,
    7 "an RSA key in the root" Roots(|s| s.root.key = Key::rsa4096(0)) => 303,
    7 "a P-256 key in the identity CA" Collateral(|s| s.identity.public_key_info = Some(p256())) => 550,
    7 "a P-256 key in the provisioner CA" Collateral(|s| s.provisioner.public_key_info = Some(p256())) => 556,
    7 "an RSA key in the provisioner CA" Collateral(|s| s.provisioner.public_key_info = Some(Key::rsa4096(1).public_key_info())) => 556,
    7 "an identity CA signed with SHA-256, as it says" Collateral(|s| s.identity.algorithm = Some(Algorithm::other(intel::oids::ECDSA_WITH_SHA256))) => 550,
    7 "a provisioner CA that says it twice, differently" Collateral(|s| s.provisioner.outer_algorithm = Some(Algorithm::other(intel::oids::ECDSA_WITH_SHA256))) => 556,
    7 "an identity CA with an unknown critical extension" Collateral(|s| s.identity.extensions.push(Extension::unknown_critical())) => 550,
    7 "a provisioner CA with basic constraints twice" Collateral(|s| s.provisioner.duplicated.push(intel::oids::BASIC_CONSTRAINTS)) => 556,
    7 "a provisioner CA of version 1" Collateral(|s| s.provisioner.version = None) => 556,

    4 "an identity CA that is not valid yet" Collateral(|s| s.identity.not_before = NOW + 1) => 553,
    4 "an identity CA that has expired" Collateral(|s| s.identity.not_after = NOW - 1) => 554,
    4 "a provisioner CA that is not valid yet" Collateral(|s| s.provisioner.not_before = NOW + 1) => 559,
    4 "a provisioner CA that has expired" Collateral(|s| s.provisioner.not_after = NOW - 1) => 560,
    4 "an older identity CA" Older(|s| s.identity.not_before -= 1) => 555,
    4 "an older provisioner CA" Older(|s| s.provisioner.not_before -= 1) => 561,
    4 "an older provisioner CA with another key" Older(|s| { s.provisioner.not_before -= 1; s.provisioner.key = Key::p384("leaked") }) => 561,
    4 "an older identity CA with another provisioner CA" Older(|s| { s.identity.not_before -= 1; another_provisioner(s) }) => 555,

    22 "an identity CA that names nothing" Collateral(|s| common_name(&mut s.identity, "NVIDIA")) => 563,
    22 "an identity CA whose chip has 17 letters" Collateral(|s| common_name(&mut s.identity, "NVIDIA G1234567890123456 Identity")) => 563,
    22 "an identity CA with an empty name" Collateral(|s| common_name(&mut s.identity, "")) => 563,
    24 "an identity CA of something in lower case" Collateral(|s| common_name(&mut s.identity, "NVIDIA gh100 Identity")) => 564,
    24 "the CAs of a switch" Collateral(|s| *s = Scenario::new(Chip::Ls10)) => 564,
}

fn append(certificate: &mut Bytes) {
    *certificate = [certificate, &[0][..]].concat().into();
}

fn no_ca(certificate: &mut Certificate) {
    certificate.basic_constraints = Some(BasicConstraints {
        is_ca: false,
        path_len: None,
    });
}

fn path(certificate: &mut Certificate, len: u8) {
    certificate.basic_constraints = Some(BasicConstraints {
        is_ca: true,
        path_len: Some(len),
    });
}

fn another_provisioner(s: &mut Scenario) {
    let text = format!("NVIDIA {} Provisioner ICA 9", s.chip.name());
    common_name(&mut s.provisioner, &text);
}

/// An identity CA for device certificates only.
fn identity_issues_leaves(parts: &mut aivm::abi::IAttestationRegistry::NvidiaCollateral, s: &Scenario) {
    let mut identity = s.identity.clone();
    path(&mut identity, 0);
    let collateral = pack::collateral(&identity.der(&s.root), &s.provisioner.der(&identity));
    *parts = alloy_sol_types::SolValue::abi_decode(&collateral).expect("collateral");
}
