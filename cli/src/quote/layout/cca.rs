//! What a token of Arm CCA claims.

use super::Section;
use crate::x509::Values;
use aivm::evidence::{
    self, Vendor,
    cca::{
        claims::{Component, HashAlgorithm, PlatformClaims, Profile, RealmClaims},
        key::PublicKey,
        sign1::Algorithm,
        token::{Form, Token},
    },
    device_id,
};
use alloy_primitives::{B256, hex};
use serde_json::{Value, json};

/// The software, as policy names it.
pub(super) fn measurement_id(token: &Token<'_>) -> B256 {
    evidence::measurement_id(Vendor::ArmCca, &[token.realm.rim])
}

/// What a token claims.
pub(super) fn sections(token: &Token<'_>) -> Vec<Section> {
    let form = match token.form {
        Form::Legacy => "collection with tag 399",
        Form::Collection => "collection with tag 907 (CMW)",
    };
    let header = vec![
        ("form", json!(form)),
        (
            "platform_algorithm",
            json!(algorithm(token.platform_message.algorithm)),
        ),
        ("realm_algorithm", json!(algorithm(token.realm_message.algorithm))),
    ];
    vec![
        Section::new("token", "Token", header),
        Section::new("platform", "Platform", platform(&token.platform)),
        Section::new("realm", "Realm", realm(&token.realm)),
    ]
}

const fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Es256 => "ES256",
        Algorithm::Es384 => "ES384",
    }
}

fn platform(claims: &PlatformClaims<'_>) -> Values {
    let profile = match claims.profile {
        Profile::Legacy => "legacy, CCA-SSD 1.0.0",
        Profile::Arm2023 => "2023, cca_platform 1.0.0",
    };
    let components: Vec<_> = claims.components.iter().map(component).collect();
    vec![
        ("profile", json!(profile)),
        ("instance_id", json!(hex::encode_prefixed(claims.instance_id))),
        (
            "implementation_id",
            json!(hex::encode_prefixed(claims.implementation_id)),
        ),
        (
            "lifecycle",
            json!(format!(
                "{:#06x}, {}",
                claims.lifecycle,
                lifecycle(claims.lifecycle)
            )),
        ),
        ("config", json!(hex::encode_prefixed(claims.config))),
        ("challenge", json!(hex::encode_prefixed(claims.challenge))),
        ("service", json!(claims.service)),
        ("hash", json!(claims.hash)),
        ("components", json!(components)),
        (
            "device_id",
            json!(device_id(Vendor::ArmCca, &[claims.instance_id])),
        ),
    ]
}

/// The security lifecycle in words (RMM specification, A7.2.3.2.4).
const fn lifecycle(state: u16) -> &'static str {
    match state >> 8 {
        0x00 => "unknown",
        0x10 => "assembly and test",
        0x20 => "provisioning",
        0x30 => "secured",
        0x40 => "non-CCA platform debug",
        0x50 => "recoverable CCA platform debug",
        0x60 => "decommissioned",
        _ => "reserved",
    }
}

fn component(component: &Component<'_>) -> Value {
    json!({
        "type": component.kind,
        "version": component.version,
        "measurement": hex::encode_prefixed(component.measurement),
        "signer": hex::encode_prefixed(component.signer),
        "hash": component.hash,
    })
}

fn realm(claims: &RealmClaims<'_>) -> Values {
    let hash = |algorithm| match algorithm {
        HashAlgorithm::Sha256 => "sha-256",
        HashAlgorithm::Sha512 => "sha-512",
    };
    let curve = match claims.rak.key {
        PublicKey::P256(_) => "P-256",
        PublicKey::P384(_) => "P-384",
    };
    vec![
        ("challenge", json!(hex::encode_prefixed(claims.challenge))),
        (
            "personalization",
            json!(hex::encode_prefixed(claims.personalization)),
        ),
        ("hash", json!(hash(claims.hash))),
        ("rim", json!(hex::encode_prefixed(claims.rim))),
        ("rem", json!(claims.rem.map(hex::encode_prefixed))),
        ("rak_curve", json!(curve)),
        ("rak", json!(hex::encode_prefixed(claims.rak.key.to_sec1()))),
        ("rak_hash", json!(hash(claims.rak_hash))),
    ]
}
