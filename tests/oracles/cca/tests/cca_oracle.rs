//! Arm CCA tokens as `ccatoken` reads and judges them, against what we make of them.

use aivm::evidence::cca::token::Token;
use aivm_cca_oracle::{Opinion, assert_same_claims, code, minted, opinion};
use aivm_simulator::cca::{Curve, Edit, Form, Key, Scenario, cbor};
use ccatoken::token::Evidence;
use serde_json::{Value, json};
use std::{fs, panic::catch_unwind, path::Path};

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cca/ccatoken-0.1.0");
    fs::read(path.join(name)).expect("a fixture")
}

/// The one anchor of a file.
fn anchor_of(name: &str) -> Value {
    let anchors: Value = serde_json::from_slice(&file(name)).expect("JSON");
    anchors[0].clone()
}

fn tfa_anchor() -> Value {
    json!({
        "instance-id": "0107060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918",
        "implementation-id": "7f454c4602010100000000000000000003003e00010000005058000000000000",
        "pkey": serde_json::from_slice::<Value>(&file("cpak.json")).expect("JSON"),
    })
}

#[test]
fn the_package_s_tokens() {
    let cases = [
        ("cca-token-01.cbor", tfa_anchor(), Opinion::Trustworthy, None),
        (
            "cca-token-01.cbor",
            anchor_of("ta.json"),
            Opinion::Unknown,
            Some(651),
        ),
        (
            "cca-token-02.cbor",
            anchor_of("ta-02-ok.json"),
            Opinion::Trustworthy,
            None,
        ),
        // A key that is not on its curve: they find out at the signature, we when it is registered.
        (
            "cca-token-02.cbor",
            anchor_of("ta-02-bad.json"),
            Opinion::PlatformFails,
            Some(650),
        ),
        ("cca-token-02.cbor", tfa_anchor(), Opinion::Unknown, Some(650)),
    ];
    for (name, anchor, theirs, ours) in &cases {
        let token = file(name);
        assert_same_claims(&token);
        assert_eq!(
            (opinion(&token, anchor), code(&token, anchor)),
            (*theirs, *ours),
            "{name}"
        );
    }
    assert_eq!(cases.len(), 5);
}

/// What is bent, their opinion, our code.
type Case = (&'static str, fn(&mut Scenario), Opinion, Option<u16>);

/// Where we agree.
const AGREED: &[Case] = &[
    ("nothing", |_| {}, Opinion::Trustworthy, None),
    (
        "a P-256 platform key",
        |s| s.platform_sign1.key = Key::new("cpak", Curve::P256),
        Opinion::Trustworthy,
        None,
    ),
    (
        "sha-512",
        |s| s.realm.rak_hash_algorithm = "sha-512".into(),
        Opinion::Trustworthy,
        None,
    ),
    (
        "measurements of 64 bytes",
        |s| {
            s.realm.rim = vec![1; 64];
            s.realm.rem = vec![vec![2; 64]; 4]
        },
        Opinion::Trustworthy,
        None,
    ),
    (
        "an unknown claim",
        |s| s.platform.edits.push(Edit::Append(cbor::int(99), cbor::int(0))),
        Opinion::Trustworthy,
        None,
    ),
    (
        "an unknown claim with a text key",
        |s| s.realm.edits.push(Edit::Append(cbor::text("x"), cbor::int(0))),
        Opinion::Trustworthy,
        None,
    ),
    (
        "claims in another order",
        |s| s.platform.edits.push(Edit::Rotate),
        Opinion::Trustworthy,
        None,
    ),
    (
        "no service",
        |s| s.platform.service = None,
        Opinion::Trustworthy,
        None,
    ),
    (
        "platform signature of zeros",
        |s| s.platform_sign1.signature = Some(vec![0; 96]),
        Opinion::PlatformFails,
        Some(643),
    ),
    (
        "platform: external data",
        |s| s.platform_sign1.external_aad = vec![1],
        Opinion::PlatformFails,
        Some(643),
    ),
    (
        "platform: another context",
        |s| s.platform_sign1.context = "Signature",
        Opinion::PlatformFails,
        Some(643),
    ),
    (
        "realm signature of zeros",
        |s| s.realm_sign1.signature = Some(vec![0; 96]),
        Opinion::RealmFails,
        Some(644),
    ),
    (
        "realm: external data",
        |s| s.realm_sign1.external_aad = vec![1],
        Opinion::RealmFails,
        Some(644),
    ),
    (
        "realm: another's signature",
        |s| {
            s.realm.rak = Some(s.rak());
            s.realm_sign1.key = Key::stranger(Curve::P384)
        },
        Opinion::RealmFails,
        Some(644),
    ),
    (
        "not bound",
        |s| s.platform.challenge = Some(vec![0; 32]),
        Opinion::Unbound,
        Some(645),
    ),
    (
        "bound with another hash",
        |s| {
            s.platform.challenge = Some(s.binding());
            s.realm.rak_hash_algorithm = "sha-512".into()
        },
        Opinion::Unbound,
        Some(645),
    ),
    (
        "sha-384",
        |s| s.realm.rak_hash_algorithm = "sha-384".into(),
        Opinion::Unreadable,
        Some(642),
    ),
    (
        "another profile",
        |s| s.platform.profile = "http://arm.com/psa/2.0.0".into(),
        Opinion::Unreadable,
        Some(633),
    ),
    (
        "a challenge of 63 bytes",
        |s| s.realm.challenge.truncate(63),
        Opinion::Unreadable,
        Some(638),
    ),
    (
        "a component's unknown field",
        |s| {
            s.platform.components[0]
                .edits
                .push(Edit::Append(cbor::int(3), cbor::int(0)))
        },
        Opinion::Unreadable,
        Some(632),
    ),
    (
        "a component without signer",
        |s| s.platform.components[0].edits.push(Edit::Remove(5)),
        Opinion::Unreadable,
        Some(632),
    ),
    (
        "no components",
        |s| s.platform.components.clear(),
        Opinion::Unreadable,
        Some(632),
    ),
    (
        "a RIM of 31 bytes",
        |s| s.realm.rim = vec![0; 31],
        Opinion::Unreadable,
        Some(635),
    ),
    (
        "three REMs",
        |s| s.realm.rem.truncate(3),
        Opinion::Unreadable,
        Some(635),
    ),
    (
        "a RAK of 96 bytes",
        |s| s.realm.rak = Some(vec![4; 96]),
        Opinion::Unreadable,
        Some(639),
    ),
    (
        "a claim twice",
        |s| {
            s.platform
                .edits
                .push(Edit::Append(cbor::int(2395), cbor::int(0x3000)))
        },
        Opinion::Unreadable,
        Some(604),
    ),
    (
        "a detached payload",
        |s| s.realm_sign1.payload = Some(cbor::NULL.into()),
        Opinion::Unreadable,
        Some(624),
    ),
    (
        "no realm token",
        |s| s.envelope.edits.push(Edit::Remove(44241)),
        Opinion::Unreadable,
        Some(616),
    ),
    (
        "no platform token",
        |s| s.envelope.edits.push(Edit::Remove(44234)),
        Opinion::Unreadable,
        Some(615),
    ),
    (
        "no tag",
        |s| s.envelope.tag = Some(None),
        Opinion::Unreadable,
        Some(610),
    ),
    (
        "another tag",
        |s| s.envelope.tag = Some(Some(61)),
        Opinion::Unreadable,
        Some(611),
    ),
];

/// Where we refuse what they take, and why.
const STRICTER: &[Case] = &[
    (
        "trailing bytes",
        |s| s.envelope.trailing = vec![0],
        Opinion::Trustworthy,
        Some(601),
    ),
    (
        "a debug lifecycle",
        |s| s.platform.lifecycle = 0x4000,
        Opinion::Trustworthy,
        Some(646),
    ),
    (
        "decommissioned",
        |s| s.platform.lifecycle = 0x6000,
        Opinion::Trustworthy,
        Some(647),
    ),
    (
        "an instance id of another kind: the anchor is looked up all the same",
        |s| s.platform.instance_id[0] = 2,
        Opinion::Trustworthy,
        Some(632),
    ),
    (
        "an integer that is not in its shortest form",
        |s| {
            s.platform
                .edits
                .push(Edit::Set(2395, cbor::wide_head(0, 0x3003, 8)))
        },
        Opinion::Trustworthy,
        Some(603),
    ),
    (
        "claims of indefinite length",
        |s| {
            let mut claims = s.platform.encode(&s.binding());
            claims[0] = 0xbf;
            claims.push(0xff);
            s.envelope.platform = Some(s.platform_sign1.encode(&claims))
        },
        Opinion::Trustworthy,
        Some(602),
    ),
    (
        "an unknown claim twice",
        |s| {
            s.realm
                .edits
                .extend([1, 2].map(|n| Edit::Append(cbor::int(99), cbor::int(n))))
        },
        Opinion::Trustworthy,
        Some(604),
    ),
    (
        "a float",
        |s| {
            s.realm
                .edits
                .push(Edit::Append(cbor::int(99), vec![0xf9, 0x3c, 0]))
        },
        Opinion::Trustworthy,
        Some(605),
    ),
    (
        "REMs of another length than the RIM",
        |s| s.realm.rem[1] = vec![0; 64],
        Opinion::Trustworthy,
        Some(635),
    ),
    (
        "a component's signer of 20 bytes",
        |s| s.platform.components[0].signer = vec![0; 20],
        Opinion::Trustworthy,
        Some(632),
    ),
    (
        "the realm token first",
        |s| s.envelope.edits.push(Edit::Rotate),
        Opinion::Trustworthy,
        Some(613),
    ),
];

/// Where they refuse what we take: what came after them, and what the profile leaves out.
const LATER: &[Case] = &[
    (
        "tag 907, profiles of 2023",
        |s| *s = Scenario::new(Form::Collection),
        Opinion::Unreadable,
        None,
    ),
    (
        "no name of the platform's hash",
        |s| s.platform.hash_algorithm = None,
        Opinion::Unreadable,
        None,
    ),
    (
        "sha-384 for the platform",
        |s| s.platform.hash_algorithm = Some("sha-384".into()),
        Opinion::Unreadable,
        None,
    ),
];

#[test]
fn minted_tokens() {
    let mut checked = 0;
    for (name, bend, theirs, ours) in [AGREED, STRICTER, LATER].concat() {
        let mut scenario = Scenario::new(Form::Legacy);
        bend(&mut scenario);
        let (anchor, token) = minted(&scenario);
        let said = (opinion(&token, &anchor), code(&token, &anchor));
        assert_eq!(said, (theirs, ours), "{name}");
        if theirs != Opinion::Unreadable && Token::parse(&token).is_ok() {
            assert_same_claims(&token);
        }
        checked += 1;
    }
    assert_eq!(checked, AGREED.len() + STRICTER.len() + LATER.len());
}

/// Whatever we can read of changed tokens, they can read as well, and the same in it.
#[test]
fn random_changes() {
    let mut tokens = vec![file("cca-token-01.cbor"), file("cca-token-02.cbor")];
    tokens.push(Scenario::new(Form::Legacy).token());
    let mut state = 0x5eed_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % bound
    };
    let (mut both, mut only_they) = (0, 0);
    for _ in 0..20_000 {
        let mut token = tokens[below(tokens.len())].clone();
        for _ in 0..=below(2) {
            let at = below(token.len());
            token[at] ^= 1 << below(8);
        }
        let theirs = catch_unwind(|| Evidence::decode(&token).is_ok()).unwrap_or(false);
        match (Token::parse(&token).is_ok(), theirs) {
            (true, true) => {
                assert_same_claims(&token);
                both += 1;
            }
            (true, false) => assert!(is_later(&token), "only we read {token:x?}"),
            (false, true) => only_they += 1,
            (false, false) => {}
        }
    }
    assert!(both > 1_000 && only_they > 100, "{both} {only_they}");
}

/// Whether a token has what they do not know: names of hash algorithms, lifecycles that no state has.
fn is_later(token: &[u8]) -> bool {
    use aivm::evidence::cca::claims::Lifecycle;
    let token = Token::parse(token).expect("we read it");
    let known = |hash: Option<&str>| matches!(hash, Some("sha-256" | "sha-512"));
    let parts = &token.platform.components;
    !known(token.platform.hash)
        || parts.iter().any(|part| part.hash.is_some() && !known(part.hash))
        || Lifecycle::of(token.platform.lifecycle) == Lifecycle::Reserved
}
