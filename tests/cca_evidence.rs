//! Arm CCA tokens that another implementation made: those of the package `ccatoken` (`tests/fixtures/cca/`), and one
//! more where the environment variable `AIVM_EVIDENCE_DIR` points to it. All are signed by test keys that are public.
//! Each verdict is taken with both signature backends, from the verifier and through the precompiles.

#[path = "cca/setup.rs"]
mod cca;
mod common;

use aivm::{
    abi::IAttestationRegistry::CcaCpak,
    evidence::{
        Rejection,
        cca::{
            claims::{HashAlgorithm, PlatformClaims, Profile, RealmClaims},
            cpak::TFA_TEST_INSTANCE_ID,
            golden::component_hash,
            pack,
            token::{Form, Token},
        },
        device_id, measurement_id,
    },
};
use aivm_simulator::{cca::NOW, from_hex};
use aivm_test_support::fixtures::{evidence_dir, fixture};
use cca::{CCA, coordinates, golden_of, refused, set_golden, trust_anchors, verify, world_with};
use common::world::World;
use std::fs;

fn file(name: &str) -> Vec<u8> {
    fixture(format!("cca/ccatoken-0.1.0/{name}"))
}

/// A file of the larger set, where there is one.
fn further(name: &str) -> Option<Vec<u8>> {
    let path = evidence_dir()?.join("cca/ccatoken").join(name);
    Some(fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The key that goes with token 01: the test platform of TF-A.
fn tfa_key() -> CcaCpak {
    let (x, y) = coordinates(&serde_json::from_slice(&file("cpak.json")).expect("a JWK"));
    let token = file("cca-token-01.cbor");
    pack::cpak_of(&Token::parse(&token).expect("a token"), &x, &y).expect("a point")
}

/// The one entry of a trust anchor file.
fn anchor(name: &str) -> Result<CcaCpak, Rejection> {
    let [anchor] = trust_anchors(&file(name)).try_into().expect("one anchor");
    anchor
}

#[test]
fn tokens_are_accepted_once_their_key_is_registered() {
    let cases = [
        ("cca-token-01.cbor", tfa_key(), 651),
        (
            "cca-token-02.cbor",
            anchor("ta-02-ok.json").expect("a point"),
            650,
        ),
    ];
    for (name, key, code) in &cases {
        let token = file(name);
        assert_eq!(
            refused(&mut World::new(NOW), &token),
            Some(*code),
            "{name}, no key"
        );
        let mut world = world_with(std::slice::from_ref(key));
        assert_eq!(
            verify(&mut world, &token).map(|v| v.trust_score),
            Ok(70),
            "{name}"
        );
        for other in cases.iter().filter(|other| other.0 != *name) {
            assert_eq!(refused(&mut world, &file(other.0)), Some(other.2), "{name}'s key");
        }
        // The same key, registered by itself.
        let mut world = World::new(NOW);
        world.submit(CCA, &pack::entry(key)).expect("a key");
        assert_eq!(
            verify(&mut world, &token).map(|v| v.trust_score),
            Ok(70),
            "{name}"
        );
        // Golden measurements that the token meets change nothing; those of nothing else do.
        let mut golden = golden_of(&token);
        set_golden(&mut world, &golden);
        assert_eq!(
            verify(&mut world, &token).map(|v| v.trust_score),
            Ok(70),
            "{name}"
        );
        golden.components = vec![component_hash(&[0; 32], &[0; 32])];
        set_golden(&mut world, &golden);
        assert_eq!(refused(&mut world, &token), Some(672), "{name}");
    }
    assert_eq!(cases.len(), 2);
}

#[test]
fn other_anchors_do_not_serve() {
    assert_eq!(anchor("ta-02-bad.json"), Err(Rejection::CcaCpakOffCurve));
    let mut world = world_with(&[anchor("ta.json").expect("a point")]);
    assert_eq!(refused(&mut world, &file("cca-token-01.cbor")), Some(651));
    assert_eq!(refused(&mut world, &file("cca-token-02.cbor")), Some(650));
    // A good key under another platform's name.
    let mut wrong = anchor("ta.json").expect("a point");
    let right = anchor("ta-02-ok.json").expect("a point");
    wrong.instanceId = right.instanceId.clone();
    assert_eq!(
        refused(&mut world_with(&[wrong.clone()]), &file("cca-token-02.cbor")),
        Some(653)
    );
    wrong.implementationId = right.implementationId;
    assert_eq!(
        refused(&mut world_with(&[wrong]), &file("cca-token-02.cbor")),
        Some(643)
    );
}

/// The hexadecimal strings of a diagnostic notation, in their order.
fn diagnostic_bytes(name: &str) -> Vec<Vec<u8>> {
    let text = String::from_utf8(file(name)).expect("text");
    let strings = text.split("h'").skip(1);
    strings
        .map(|rest| from_hex(rest.split('\'').next().expect("hex")))
        .collect()
}

#[test]
fn tokens_say_what_their_notation_says() {
    for (name, notation) in [
        ("cca-token-01.cbor", "cca-token-01.diag"),
        ("cca-token-02.cbor", "cca-token-02.diag"),
    ] {
        let token = file(name);
        let parsed = Token::parse(&token).expect("a token");
        assert_eq!(
            (parsed.form, parsed.platform.profile),
            (Form::Legacy, Profile::Legacy)
        );
        let [platform, realm] = diagnostic_bytes(notation).try_into().expect("two tokens");
        assert!(platform.ends_with(parsed.platform_message.signature), "{name}");
        assert!(realm.ends_with(parsed.realm_message.signature), "{name}");
        let both = [platform, realm].concat();
        for part in [parsed.platform_message.payload, parsed.realm_message.payload] {
            assert!(both.windows(part.len()).any(|window| window == part), "{name}");
        }
    }
}

#[test]
fn what_tokens_claim() {
    let token = file("cca-token-01.cbor");
    let claims = verify(&mut world_with(&[tfa_key()]), &token)
        .expect("accepted")
        .claims;
    assert_eq!(claims.report_data, [0xab; 64]);
    assert_eq!(claims.device_id, Some(device_id(CCA, &[&TFA_TEST_INSTANCE_ID])));
    assert_eq!(claims.measurement_id, measurement_id(CCA, &[&[0; 32]]));
    assert_eq!((claims.tcb_status, claims.deductions.score()), (None, 70));

    let parsed = Token::parse(&token).expect("a token");
    let platform = &parsed.platform;
    assert_eq!(platform.lifecycle, 0x3003);
    assert_eq!(
        (platform.service, platform.hash),
        (Some("whatever.com"), Some("sha-256"))
    );
    let parts: Vec<_> = platform.components.iter().map(|c| (c.kind, c.version)).collect();
    let expected = [("BL", "3.4.2"), ("M1", "1.2"), ("M2", "1.2.3"), ("M3", "1")];
    assert_eq!(parts, expected.map(|(kind, version)| (Some(kind), Some(version))));
    assert_eq!(parsed.realm.rak_hash, HashAlgorithm::Sha256);
    assert_eq!(parsed.realm.rak.bytes[..4], [0x04, 0x76, 0xf9, 0x88]);
    assert!(
        parsed
            .realm
            .personalization
            .starts_with(b"The quick brown fox jumps")
    );

    let token = file("cca-token-02.cbor");
    let parsed = Token::parse(&token).expect("a token");
    assert_eq!(
        (parsed.platform.lifecycle, parsed.platform.config),
        (0x3000, &[1, 2, 3][..])
    );
    assert_eq!(parsed.realm.rak_hash, HashAlgorithm::Sha512);
    assert_eq!(
        (parsed.realm.rim, parsed.realm.rem),
        (&[0x43; 64][..], [&[0x43; 64][..]; 4])
    );
}

/// The package's own expectations of its claims, and their values.
#[test]
fn claims_as_the_package_expects_them() {
    let bytes = file("platform-claims.cbor");
    let platform = PlatformClaims::parse(&bytes).expect("claims");
    let notation = diagnostic_bytes("platform-claims.diag");
    let components = platform.components.iter().flat_map(|c| [c.measurement, c.signer]);
    let fixed = [
        platform.challenge,
        platform.implementation_id,
        platform.instance_id,
        platform.config,
    ];
    assert_eq!(fixed.into_iter().chain(components).collect::<Vec<_>>(), notation);

    for name in [
        "realm-claims",
        "realm-claims+spurious-numeric-key",
        "realm-claims+spurious-text-key",
    ] {
        let bytes = file(&format!("{name}.cbor"));
        let realm = RealmClaims::parse(&bytes).expect("claims");
        let notation = diagnostic_bytes(&format!("{name}.diag"));
        let [rem0, rem1, rem2, rem3] = realm.rem;
        let fixed = [
            &realm.challenge[..],
            realm.personalization,
            realm.rim,
            rem0,
            rem1,
            rem2,
            rem3,
        ];
        assert_eq!([&fixed[..], &[realm.rak.bytes]].concat(), notation, "{name}");
    }
    let missing = RealmClaims::parse(&file("realm-claims-missing-challenge.cbor")).map(drop);
    assert_eq!(missing, Err(Rejection::CcaRealmClaimMissing { claim: 10 }));
}

/// A token whose platform challenge is not the hash of the realm's key.
#[test]
fn the_larger_set() {
    let Some(token) = further("bug-33-repro.cbor") else {
        println!("AIVM_EVIDENCE_DIR is not set: the larger set is not there");
        return;
    };
    assert_eq!(refused(&mut World::new(NOW), &token), Some(651));
    let anchors = trust_anchors(&further("ta-tfa.json").expect("a file"));
    let [anchor] = <[_; 1]>::try_from(anchors).expect("one anchor");
    assert_eq!(anchor, Ok(tfa_key()), "the same key as cpak.json");
    let mut world = world_with(&[tfa_key()]);
    assert_eq!(refused(&mut world, &token), Some(645));
    let mut same = 0;
    for name in [
        "cca-token-01.cbor",
        "cca-token-02.cbor",
        "ta-02-ok.json",
        "ta-02-bad.json",
        "cpak.json",
    ] {
        assert_eq!(further(name), Some(file(name)), "{name}");
        same += 1;
    }
    assert_eq!(same, 5);
}
