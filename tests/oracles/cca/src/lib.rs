//! The package `ccatoken` 0.1.0 (the Veraison project) as a second opinion on Arm CCA tokens.
//!
//! It is sound where it reads claims, and where its trust vectors say that a signature failed. It is no verifier to
//! follow: it answers `Ok` whatever it finds, also where the realm's key is not bound to the platform, and then calls
//! the realm trustworthy all the same.

use aivm::{
    Aivm, Call, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::{CcaCpak, TEEVendor, updateRootCACall},
    crypto::AwsLc,
    evidence::{
        Vendor, VerifyError,
        cca::{pack, token::Token},
        verify,
    },
    precompiles::Context,
};
use aivm_simulator::cca::{Cpak, Curve, Scenario};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use base64ct::{Base64UrlUnpadded, Encoding};
use ccatoken::{store::MemoTrustAnchorStore, token::Evidence};
use ear::claim::{CRYPTO_VALIDATION_FAILED, NO_CLAIM, TRUSTWORTHY_INSTANCE, UNRECOGNIZED_INSTANCE};
use serde_json::{Value, json};

/// What the oracle says of the two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// It cannot be read.
    Unreadable,
    /// The platform is not known.
    Unknown,
    /// The platform token's signature fails.
    PlatformFails,
    /// The realm token's signature fails.
    RealmFails,
    /// Both signatures hold, the binding does not: the realm is called trustworthy, though nothing else of it is.
    Unbound,
    /// All holds.
    Trustworthy,
}

/// The oracle's opinion under this trust anchor.
pub fn opinion(token: &[u8], anchor: &Value) -> Opinion {
    let Ok(mut evidence) = Evidence::decode(&token.to_vec()) else {
        return Opinion::Unreadable;
    };
    let mut anchors = MemoTrustAnchorStore::new();
    anchors
        .load_json(&json!([anchor]).to_string())
        .expect("an anchor");
    evidence.verify(&anchors).expect("it always answers Ok");
    let (platform, realm) = evidence.get_trust_vectors();
    match (platform.instance_identity.get(), realm.instance_identity.get()) {
        (UNRECOGNIZED_INSTANCE, NO_CLAIM) => Opinion::Unknown,
        (CRYPTO_VALIDATION_FAILED, NO_CLAIM) => Opinion::PlatformFails,
        (TRUSTWORTHY_INSTANCE, CRYPTO_VALIDATION_FAILED) => Opinion::RealmFails,
        (TRUSTWORTHY_INSTANCE, TRUSTWORTHY_INSTANCE) => match realm.executables.get() {
            CRYPTO_VALIDATION_FAILED => Opinion::Unbound,
            _ => Opinion::Trustworthy,
        },
        other => panic!("an opinion that was not foreseen: {other:?}"),
    }
}

/// A minted key in the oracle's form.
pub fn anchor(cpak: &Cpak, curve: Curve) -> Value {
    let (x, y) = cpak.public_key[1..].split_at(cpak.public_key.len() / 2);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    json!({
        "instance-id": hex(&cpak.instance_id),
        "implementation-id": hex(&cpak.implementation_id),
        "pkey": {
            "kty": "EC",
            "crv": if curve == Curve::P256 { "P-256" } else { "P-384" },
            "x": Base64UrlUnpadded::encode_string(x),
            "y": Base64UrlUnpadded::encode_string(y),
        },
    })
}

/// A key of ours, from the oracle's form.
///
/// # Panics
///
/// If the form is another.
pub fn registered(anchor: &Value) -> Option<CcaCpak> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let hex = |name: &str| aivm_simulator::from_hex(&text(&anchor[name]));
    let coordinate =
        |name: &str| Base64UrlUnpadded::decode_vec(&text(&anchor["pkey"][name])).expect("base64url");
    let instance = hex("instance-id").try_into().expect("33 bytes");
    let implementation: [u8; 32] = hex("implementation-id").try_into().expect("32 bytes");
    pack::cpak(
        &instance,
        implementation.into(),
        &coordinate("x"),
        &coordinate("y"),
    )
    .ok()
}

/// The code with which we refuse a token, the key of `anchor` being registered where we take it; `None` if we accept
/// the token.
pub fn code(token: &[u8], anchor: &Value) -> Option<u16> {
    let aivm = Aivm::default();
    let mut host = Genesis::development().memory_host(&aivm, 0);
    if let Some(key) = registered(anchor) {
        register(&aivm, &mut host, key);
    }
    let verdict = verify(
        &mut Context {
            config: aivm.config(),
            crypto: &AwsLc,
            host: &mut host,
            caller: Address::ZERO,
        },
        &[&[Vendor::ArmCca.number()], token].concat(),
    );
    match verdict {
        Ok(_) => None,
        Err(VerifyError::Rejected(rejection)) => Some(rejection.code()),
        Err(VerifyError::Host(error)) => panic!("{error}"),
    }
}

fn register(aivm: &Aivm, host: &mut MemoryHost, key: CcaCpak) {
    let input = updateRootCACall {
        vendor: TEEVendor::ARMCCA,
        newRootCA: pack::bundle(&[key]).into(),
    }
    .abi_encode();
    let call = Call {
        input: &input,
        gas_limit: 10_000_000,
        caller: Genesis::development().governance,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let registry = aivm.config().addresses.registry;
    let outcome = aivm
        .call(registry, host, &call)
        .expect("a precompile")
        .expect("memory");
    assert!(outcome != Outcome::OutOfGas);
}

/// Asserts that both read the same claims out of a token that both read.
///
/// # Panics
///
/// If they do not.
pub fn assert_same_claims(token: &[u8]) {
    let theirs = Evidence::decode(&token.to_vec()).expect("they read it");
    let ours = Token::parse(token).expect("we read it");
    let (platform, realm) = (&theirs.platform_claims, &theirs.realm_claims);
    assert_eq!(platform.profile, ours.platform.profile.name());
    assert_eq!(platform.challenge, ours.platform.challenge);
    assert_eq!(platform.impl_id, *ours.platform.implementation_id);
    assert_eq!(platform.inst_id, *ours.platform.instance_id);
    assert_eq!(platform.config, ours.platform.config);
    assert_eq!(platform.lifecycle, ours.platform.lifecycle);
    assert_eq!(platform.verification_service.as_deref(), ours.platform.service);
    assert_eq!(Some(platform.hash_alg.as_str()), ours.platform.hash);
    assert_eq!(platform.sw_components.len(), ours.platform.components.len());
    for (theirs, ours) in platform.sw_components.iter().zip(&ours.platform.components) {
        assert_eq!(theirs.mtyp.as_deref(), ours.kind);
        assert_eq!(theirs.mval, ours.measurement);
        assert_eq!(theirs.version.as_deref(), ours.version);
        assert_eq!(theirs.signer_id, ours.signer);
        assert_eq!(theirs.hash_alg.as_deref(), ours.hash);
    }
    assert_eq!(realm.challenge, *ours.realm.challenge);
    assert_eq!(realm.perso, *ours.realm.personalization);
    assert_eq!(realm.rim, ours.realm.rim);
    assert_eq!(realm.rem.each_ref().map(Vec::as_slice), ours.realm.rem);
    assert_eq!(realm.hash_alg, ours.realm.hash.name());
    assert_eq!(realm.rak, *ours.realm.rak.bytes);
    assert_eq!(realm.rak_hash_alg, ours.realm.rak_hash.name());
    assert_eq!(theirs.platform.payload, ours.platform_message.payload);
    assert_eq!(theirs.realm.payload, ours.realm_message.payload);
}

/// The anchor and the token of a scenario.
pub fn minted(scenario: &Scenario) -> (Value, Vec<u8>) {
    let curve = scenario.platform_sign1.key.curve;
    (anchor(&scenario.cpak(), curve), scenario.token())
}
