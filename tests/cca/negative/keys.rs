//! Keys, signatures and the binding of the two tokens: rows 2 to 8. After the table, what bundle and records mean
//! together.

use super::{cases, register};
use crate::{
    cca::{CCA, refused, registered, verify, world_of, world_with},
    common::world::{ANYONE, World, abi_vendor},
};
use aivm::{
    abi::{
        IAttestationRegistry::{collateralInfoCall, rootCACall, submitCollateralCall},
        IPrecompile::Unauthorized,
    },
    evidence::cca::{
        cpak::{TFA_TEST_INSTANCE_ID, bundle_entries, collateral_key},
        pack,
    },
};
use aivm_simulator::cca::{
    Curve, Form, Key, NOW, Scenario,
    defaults::{LEGACY_PROFILE, PLATFORM_PROFILE},
    key,
};
use alloy_primitives::{Bytes, keccak256};
use alloy_sol_types::SolError;

cases! {
    /// Which key, whose signature, which realm.
    KEYS:
    2 "an instance id that is not registered" [ALL] Token(|s| s.platform.instance_id[32] ^= 1) => 650,
    2 "no key at all" [ALL] After(|world, _| world.set_roots(CCA, &pack::bundle(&[]))) => 650,
    2 "a chain as it was at genesis" [ALL] After(|world, _| *world = World::new(NOW)) => 650,
    2 "a bundle of other platforms" [ALL] After(|world, s| register(world, &other_platform(s))) => 650,
    2 "a key that was withdrawn" [ALL] After(withdraw) => 652,
    2 "a key that was withdrawn, and is in a bundle" [ALL] After(|world, s| { withdraw(world, s); register(world, s) }) => 652,
    2 "a key that was withdrawn, and the bundle changed twice" [ALL] After(|world, s| { withdraw(world, s); register(world, &other_platform(s)); register(world, s) }) => 652,

    3 "the key of another instance" [ALL] Token(|s| s.platform_sign1.key = Key::new("another cpak", Curve::P384)) => 643,
    3 "the registered instance under another's key" [ALL] After(|world, s| { let mut other = s.clone(); other.platform_sign1.key = Key::stranger(Curve::P384); register(world, &other) }) => 643,
    3 "two instances whose keys are exchanged" [ALL] After(exchanged) => 643,
    3 "another's key registered by itself" [ALL] After(|world, s| { let mut other = s.clone(); other.platform_sign1.key = Key::stranger(Curve::P384); submit(world, &other) }) => 643,
    3 "another implementation" [ALL] Token(|s| s.platform.implementation_id[0] ^= 1) => 653,
    3 "a key registered for another implementation" [ALL] After(|world, s| { let mut other = s.clone(); other.platform.implementation_id = [0; 32]; register(world, &other) }) => 653,
    3 "the RAK as platform key" [ALL] Token(|s| s.platform_sign1.key = s.realm_sign1.key.clone()) => 643,

    4 "the test platform of TF-A" [ALL] Token(|s| s.platform.instance_id = TFA_TEST_INSTANCE_ID) => 651,
    4 "the test platform of TF-A at genesis" [ALL] Token(|s| { s.platform.instance_id = TFA_TEST_INSTANCE_ID; s.platform_sign1.key = Key::stranger(Curve::P256) }) => 651,

    5 "the platform token signed by a stranger" [ALL] Token(|s| s.platform_sign1.key = Key::stranger(Curve::P384)) => 643,
    5 "the platform token signed by the RAK" [ALL] Token(|s| s.platform_sign1.key = s.realm_sign1.key.clone()) => 643,
    5 "platform: r of zero" [ALL] Token(|s| edit_platform(s, |signature| signature[..48].fill(0))) => 643,
    5 "platform: s of zero" [ALL] Token(|s| edit_platform(s, |signature| signature[48..].fill(0))) => 643,
    5 "platform: a signature of zeros" [ALL] Token(|s| s.platform_sign1.signature = Some(vec![0; 96])) => 643,
    5 "platform: a signature of ones" [ALL] Token(|s| s.platform_sign1.signature = Some(vec![0xff; 96])) => 643,
    5 "platform: s and r" [ALL] Token(|s| edit_platform(s, |signature| signature.rotate_left(48))) => 643,
    5 "platform: the signature of another configuration" [ALL] Token(|s| { let signature = signature(&s.platform_token()); s.platform.config = vec![1]; s.platform_sign1.signature = Some(signature) }) => 643,
    5 "platform: the signature of another lifecycle" [ALL] Token(|s| { s.platform.lifecycle = 0x4000; let signature = signature(&s.platform_token()); s.platform.lifecycle = 0x3003; s.platform_sign1.signature = Some(signature) }) => 643,
    5 "platform: the realm's signature" [ALL] Token(|s| s.platform_sign1.signature = Some(signature(&s.realm_token()))) => 643,

    6 "the realm token signed by a stranger" [ALL] Token(|s| { s.realm.rak = Some(s.rak()); s.realm_sign1.key = Key::stranger(Curve::P384) }) => 644,
    6 "the realm token signed by the platform's key" [ALL] Token(|s| { s.realm.rak = Some(s.rak()); s.realm_sign1.key = s.platform_sign1.key.clone() }) => 644,
    6 "realm: r of zero" [ALL] Token(|s| edit_realm(s, |signature| signature[..48].fill(0))) => 644,
    6 "realm: s of zero" [ALL] Token(|s| edit_realm(s, |signature| signature[48..].fill(0))) => 644,
    6 "realm: a signature of zeros" [ALL] Token(|s| s.realm_sign1.signature = Some(vec![0; 96])) => 644,
    6 "realm: the signature of another challenge" [ALL] Token(|s| { let signature = signature(&s.realm_token()); s.realm.challenge = vec![9; 64]; s.realm_sign1.signature = Some(signature) }) => 644,
    6 "realm: the signature of another RIM" [ALL] Token(|s| { let signature = signature(&s.realm_token()); s.realm.rim[0] ^= 1; s.realm_sign1.signature = Some(signature) }) => 644,
    6 "realm: the platform's signature" [ALL] Token(|s| s.realm_sign1.signature = Some(signature(&s.platform_token()))) => 644,

    7 "a platform challenge that is the hash of nothing" [ALL] Token(|s| s.platform.challenge = Some(vec![0; 32])) => 645,
    7 "a platform challenge of a bit more" [ALL] Token(|s| { let mut challenge = s.binding(); challenge[31] ^= 1; s.platform.challenge = Some(challenge) }) => 645,
    7 "a platform challenge cut to 32 bytes of sha-512" [ALL] Token(|s| { s.realm.rak_hash_algorithm = "sha-512".into(); s.platform.challenge = Some(s.binding()[..32].to_vec()) }) => 645,
    7 "a platform challenge with zeros after it" [ALL] Token(|s| s.platform.challenge = Some([s.binding(), vec![0; 32]].concat())) => 645,
    7 "a platform challenge of 48 bytes" [ALL] Token(|s| s.platform.challenge = Some(vec![0; 48])) => 645,
    7 "the nonce for a platform challenge" [ALL] Token(|s| s.platform.challenge = Some(s.realm.challenge.clone())) => 645,
    7 "the hash of x ‖ y" [ALL] Token(|s| { let sec1 = s.realm_sign1.key.public_sec1(); s.realm.rak = Some(sec1[1..].to_vec()); s.platform.challenge = Some(s.binding()); s.realm.rak = None }) => 645,
    7 "the hash of the COSE_Key, the RAK being SEC 1" [LEGACY] Token(|s| { s.realm.rak = Some(s.realm_sign1.key.public_cose()); s.platform.challenge = Some(s.binding()); s.realm.rak = None }) => 645,
    7 "the hash of SEC 1, the RAK being a COSE_Key" [CMW] Token(|s| { s.realm.rak = Some(s.realm_sign1.key.public_sec1()); s.platform.challenge = Some(s.binding()); s.realm.rak = None }) => 645,

    8 "the realm token of another device" [ALL] Token(|s| s.envelope.realm = Some(other_device(s).realm_token())) => 645,
    8 "the platform token of another device" [ALL] Token(|s| { let mut other = s.clone(); other.realm_sign1.key = Key::new("another rak", Curve::P384); s.envelope.platform = Some(other.platform_token()) }) => 645,
    8 "the realm token of another realm of the device" [ALL] Token(|s| { let mut other = s.clone(); other.realm_sign1.key = Key::new("another rak", Curve::P384); s.envelope.realm = Some(other.realm_token()) }) => 645,
}

/// Another platform, its key another.
fn other_platform(s: &Scenario) -> Scenario {
    let mut other = s.clone();
    other.platform.instance_id[32] ^= 1;
    other.platform_sign1.key = Key::new("another cpak", Curve::P384);
    other
}

/// Another platform with another realm.
fn other_device(s: &Scenario) -> Scenario {
    let mut other = other_platform(s);
    other.realm_sign1.key = Key::new("another rak", Curve::P384);
    other
}

fn submit(world: &mut World, s: &Scenario) {
    world
        .submit(CCA, &pack::entry(&registered(s.cpak())))
        .expect("a key");
}

fn withdraw(world: &mut World, s: &Scenario) {
    world
        .submit(CCA, &pack::entry(&pack::withdrawal(&s.platform.instance_id)))
        .expect("a withdrawal");
}

/// Two platforms in a bundle, each under the other's name.
fn exchanged(world: &mut World, s: &Scenario) {
    let (mut one, mut two) = (registered(s.cpak()), registered(other_platform(s).cpak()));
    std::mem::swap(&mut one.publicKey, &mut two.publicKey);
    world.set_roots(CCA, &pack::bundle(&[one, two]));
}

/// The signature at the end of a COSE_Sign1.
fn signature(message: &[u8]) -> Vec<u8> {
    message[message.len() - 96..].to_vec()
}

fn edit_platform(s: &mut Scenario, change: fn(&mut [u8])) {
    let mut bytes = signature(&s.platform_token());
    change(&mut bytes);
    s.platform_sign1.signature = Some(bytes);
}

fn edit_realm(s: &mut Scenario, change: fn(&mut [u8])) {
    let mut bytes = signature(&s.realm_token());
    change(&mut bytes);
    s.realm_sign1.signature = Some(bytes);
}

/// Two devices, both registered: either's realm token under the other's platform token.
#[test]
fn tokens_of_two_devices_do_not_mix() {
    for form in Form::ALL {
        let one = Scenario::new(form);
        let two = other_device(&one);
        let mut world = world_with(&[registered(one.cpak()), registered(two.cpak())]);
        let mut mixed = [one.clone(), two.clone()];
        mixed[0].envelope.realm = Some(two.realm_token());
        mixed[1].envelope.realm = Some(one.realm_token());
        for scenario in [&one, &two] {
            assert_eq!(refused(&mut world, &scenario.token()), None);
        }
        for scenario in mixed {
            assert_eq!(refused(&mut world, &scenario.token()), Some(645));
        }
    }
}

/// Platforms may sign with P-256 as well, and with either hash of the RAK, in each form and with each profile, and the
/// platform's profile need not be of the realm's year: its firmware is another's.
#[test]
fn what_is_free() {
    let mut accepted = 0;
    for form in Form::ALL {
        for profile in [Scenario::use_legacy_profile, Scenario::use_profile_2023] {
            for platform_profile in [LEGACY_PROFILE, PLATFORM_PROFILE] {
                for curve in [Curve::P256, Curve::P384] {
                    for hash in ["sha-256", "sha-512"] {
                        let mut scenario = Scenario::new(form);
                        profile(&mut scenario);
                        scenario.platform.profile = platform_profile.into();
                        scenario.platform_sign1.key = Key::new("cpak", curve);
                        scenario.realm.rak_hash_algorithm = hash.into();
                        let verified = verify(&mut world_of(&scenario), &scenario.token());
                        assert_eq!(verified.map(|verified| verified.trust_score), Ok(70));
                        accepted += 1;
                    }
                }
            }
        }
    }
    assert_eq!(accepted, 32);
}

/// A record overrides the bundle, this one and every later one, and a withdrawal is a record.
#[test]
fn records_and_bundles() {
    let one = Scenario::new(Form::Legacy);
    let mut renewed = one.clone();
    renewed.platform_sign1.key = Key::new("renewed cpak", Curve::P256);
    let other = other_device(&one);
    let (old, new) = (one.token(), renewed.token());
    let both = |world: &mut World| [refused(world, &old), refused(world, &new)];

    let mut world = World::new(NOW);
    assert_eq!(both(&mut world), [Some(650); 2], "genesis");
    submit(&mut world, &one);
    assert_eq!(both(&mut world), [None, Some(626)], "a record without any bundle");
    withdraw(&mut world, &one);
    assert_eq!(both(&mut world), [Some(652); 2], "withdrawn");
    submit(&mut world, &renewed);
    assert_eq!(both(&mut world), [Some(626), None], "registered again");

    // The key that was replaced does not come back, whatever bundle is installed: with it, without it, empty.
    let bundles = [vec![&one], vec![&one, &other], vec![&other], vec![], vec![&one]];
    for bundle in bundles {
        let keys: Vec<_> = bundle
            .iter()
            .map(|scenario| registered(scenario.cpak()))
            .collect();
        world.set_roots(CCA, &pack::bundle(&keys));
        assert_eq!(both(&mut world), [Some(626), None], "{} keys", keys.len());
        let expected = if keys.len() == 2 || bundle.iter().any(|scenario| **scenario == other) {
            None
        } else {
            Some(650)
        };
        assert_eq!(refused(&mut world, &other.token()), expected, "the bundle's own");
    }
    withdraw(&mut world, &one);
    for bundle in [vec![registered(one.cpak())], vec![], vec![registered(one.cpak())]] {
        world.set_roots(CCA, &pack::bundle(&bundle));
        assert_eq!(both(&mut world), [Some(652); 2], "a withdrawal stays");
    }
    submit(&mut world, &one);
    assert_eq!(
        both(&mut world),
        [None, Some(626)],
        "until the key is submitted again"
    );
}

/// What the registry shows of keys.
#[test]
fn what_is_stored() {
    let scenario = Scenario::new(Form::Legacy);
    let mut second = other_device(&scenario);
    second.platform_sign1.key = Key::new("second", Curve::P256);
    let mut world = world_with(&[registered(scenario.cpak()), registered(second.cpak())]);
    let roots = world.view(&rootCACall {
        vendor: abi_vendor(CCA),
    });
    assert_eq!((roots.version, roots.bundle.len()), (1, 162 + 130));
    assert_eq!(roots.bundleHash, keccak256(&roots.bundle));
    let entries: Vec<_> = bundle_entries(&roots.bundle).collect();
    for (entry, scenario) in entries.iter().zip([&scenario, &second]) {
        assert_eq!(entry.instance_id, scenario.platform.instance_id);
        assert_eq!(entry.implementation_id, scenario.platform.implementation_id);
        assert_eq!(entry.public_key.to_sec1(), scenario.cpak().public_key);
    }
    assert_eq!(entries.len(), 2);

    let key = collateral_key(&scenario.platform.instance_id);
    assert_eq!(key, keccak256(scenario.platform.instance_id));
    let info = |world: &mut World| {
        world.view(&collateralInfoCall {
            vendor: abi_vendor(CCA),
            key,
        })
    };
    assert_eq!(info(&mut world).validUntil, 0, "a bundle is no collateral");
    let stored = world
        .submit(CCA, &pack::entry(&registered(scenario.cpak())))
        .expect("a key");
    assert_eq!((stored.key, stored.valid_until), (key, u64::MAX));
    let info = info(&mut world);
    assert_eq!((info.validFrom, info.validUntil), (0, u64::MAX));
}

/// No signature covers a key, so governance alone may submit one.
#[test]
fn only_governance_registers_keys() {
    let scenario = Scenario::new(Form::Legacy);
    let mut world = World::new(NOW);
    let call = submitCollateralCall {
        vendor: abi_vendor(CCA),
        collateral: pack::entry(&registered(scenario.cpak())).into(),
    };
    let refusal = Unauthorized { caller: ANYONE }.abi_encode();
    assert_eq!(world.registry(ANYONE, &call), Err(Bytes::from(refusal)));
    assert_eq!(refused(&mut world, &scenario.token()), Some(650));
}

/// The other s of either signature is accepted; `malleability` says what that changes.
#[test]
fn the_other_s_of_a_p256_platform() {
    let mut scenario = Scenario::new(Form::Legacy);
    scenario.platform_sign1.key = Key::new("cpak", Curve::P256);
    let mut world = world_of(&scenario);
    let honest = verify(&mut world, &scenario.token()).expect("accepted");
    let message = scenario.platform_token();
    let other = key::other_s(Curve::P256, &message[message.len() - 64..]);
    scenario.platform_sign1.signature = Some(other);
    assert_eq!(verify(&mut world, &scenario.token()), Ok(honest));
}
