//! Keys and golden measurements that governance submits with a fault in them.

use super::cases;
use crate::cca::{golden_of, registered};
use aivm::{
    abi::IAttestationRegistry::CcaCpak,
    evidence::cca::{pack, token::Token},
};
use aivm_simulator::cca::{Curve, Key, Scenario};
use alloy_primitives::{B256, Bytes};

cases! {
    /// Bundles, single keys, golden measurements.
    REGISTRY:
    0 "a bundle of nothing" [ALL] Bundle(|_| vec![]) => 660,
    0 "a bundle of certificates" [ALL] Bundle(|_| aivm::evidence::intel::ROOT_CA.to_vec()) => 660,
    0 "a bundle that is one key, not an array" [ALL] Bundle(|s| pack::entry(&key(s))) => 660,
    0 "a bundle with a word after it" [ALL] Bundle(|s| [bundle(s), vec![0; 32]].concat()) => 660,
    0 "a bundle with a byte after it" [ALL] Bundle(|s| [bundle(s), vec![0]].concat()) => 660,
    0 "a bundle cut by a word" [ALL] Bundle(|s| { let mut bytes = bundle(s); bytes.truncate(bytes.len() - 32); bytes }) => 660,
    0 "a bundle with a dirty padding byte" [ALL] Bundle(|s| { let mut bytes = bundle(s); *bytes.last_mut().unwrap() = 1; bytes }) => 660,
    0 "a bundle whose count is too high" [ALL] Bundle(|s| { let mut bytes = bundle(s); bytes[63] = 2; bytes }) => 660,
    0 "a bundle whose count is as high as it can be" [ALL] Bundle(|s| { let mut bytes = bundle(s); bytes[32..64].fill(0xff); bytes }) => 660,
    0 "a bundle whose entries are one" [ALL] Bundle(aliased) => 660,
    0 "an instance id of 32 bytes in a bundle" [ALL] Bundle(|s| with(s, |key| key.instanceId = vec![1; 32].into())) => 661,
    0 "an instance id of 34 bytes in a bundle" [ALL] Bundle(|s| with(s, |key| key.instanceId = vec![1; 34].into())) => 661,
    0 "an instance id of another kind in a bundle" [ALL] Bundle(|s| with(s, |key| key.instanceId = vec![3; 33].into())) => 661,
    0 "an empty instance id in a bundle" [ALL] Bundle(|s| with(s, |key| key.instanceId = Bytes::new())) => 661,
    0 "an empty key in a bundle" [ALL] Bundle(|s| with(s, |key| key.publicKey = Bytes::new())) => 662,
    0 "a key without the byte before it" [ALL] Bundle(|s| with(s, |key| key.publicKey = key.publicKey.slice(1..))) => 662,
    0 "a key a byte too long" [ALL] Bundle(|s| with(s, |key| key.publicKey = [&key.publicKey[..], &[0]].concat().into())) => 662,
    0 "a compressed key" [ALL] Bundle(|s| with(s, |key| key.publicKey = [&[2], &key.publicKey[1..49]].concat().into())) => 662,
    0 "a P-521 key" [ALL] Bundle(|s| with(s, |key| key.publicKey = [&[4][..], &[1; 132]].concat().into())) => 662,
    0 "a key that is not on P-384" [ALL] Bundle(|s| with(s, |key| flip(&mut key.publicKey))) => 663,
    0 "a key that is not on P-256" [ALL] Bundle(|s| with(s, |key| { key.publicKey = Key::new("cpak", Curve::P256).public_sec1().into(); flip(&mut key.publicKey) })) => 663,
    0 "the key (0, 0)" [ALL] Bundle(|s| with(s, |key| key.publicKey = [&[4][..], &[0; 64]].concat().into())) => 663,
    0 "a key with coordinates above the modulus" [ALL] Bundle(|s| with(s, |key| key.publicKey = [&[4][..], &[0xff; 96]].concat().into())) => 663,
    0 "an instance twice in a bundle" [ALL] Bundle(|s| pack::bundle(&[key(s), key(s)])) => 664,
    0 "an instance twice in a bundle, with two keys" [ALL] Bundle(|s| { let mut other = key(s); other.publicKey = Key::stranger(Curve::P256).public_sec1().into(); pack::bundle(&[key(s), other]) }) => 664,
    0 "more keys than fit into an account" [ALL] Bundle(|s| pack::bundle(&many(s, 152))) => 665,
    0 "more bytes than collateral may have" [ALL] Bundle(|s| pack::bundle(&many(s, 171))) => 665,

    0 "a key that is no ABI encoding" [ALL] Entry(|_| vec![1; 64]) => 200,
    0 "a key that is an array of one" [ALL] Entry(bundle) => 200,
    0 "a key with a word after it" [ALL] Entry(|s| [pack::entry(&key(s)), vec![0; 32]].concat()) => 200,
    0 "a key with a dirty padding byte" [ALL] Entry(|s| { let mut bytes = pack::entry(&key(s)); *bytes.last_mut().unwrap() = 1; bytes }) => 200,
    0 "an instance id of 32 bytes" [ALL] Entry(|s| { let mut key = key(s); key.instanceId = vec![1; 32].into(); pack::entry(&key) }) => 661,
    0 "a withdrawal of an instance id of another kind" [ALL] Entry(|_| pack::entry(&pack::withdrawal(&[2; 33]))) => 661,
    0 "a single key that is compressed" [ALL] Entry(|s| { let mut key = key(s); key.publicKey = [&[2], &key.publicKey[1..49]].concat().into(); pack::entry(&key) }) => 662,
    0 "a single key that is not on its curve" [ALL] Entry(|s| { let mut key = key(s); flip(&mut key.publicKey); pack::entry(&key) }) => 663,

    0 "golden measurements that are no ABI encoding" [ALL] Golden(|_| vec![1; 96]) => 310,
    0 "golden measurements of nothing" [ALL] Golden(|_| vec![]) => 310,
    0 "golden measurements with a word after them" [ALL] Golden(|s| [golden(s), vec![0; 32]].concat()) => 310,
    0 "golden measurements whose lists are one" [ALL] Golden(|s| { let mut bytes = golden(s); bytes.copy_within(64..96, 96); bytes }) => 310,
    0 "a golden configuration twice" [ALL] Golden(|s| { let mut golden = golden_of(&s.token()); golden.configurations.push(golden.configurations[0]); pack::golden(&golden) }) => 670,
    0 "a golden component twice" [ALL] Golden(|s| { let mut golden = golden_of(&s.token()); golden.components.push(golden.components[1]); pack::golden(&golden) }) => 670,
    0 "a golden realm twice" [ALL] Golden(|s| { let mut golden = golden_of(&s.token()); golden.realms = vec![B256::ZERO; 2]; pack::golden(&golden) }) => 670,
    0 "more golden measurements than fit into an account" [ALL] Golden(|s| { let mut golden = golden_of(&s.token()); golden.realms = (0..768_u64).map(|n| B256::left_padding_from(&n.to_be_bytes())).collect(); pack::golden(&golden) }) => 311,
}

fn key(s: &Scenario) -> CcaCpak {
    registered(s.cpak())
}

fn bundle(s: &Scenario) -> Vec<u8> {
    pack::bundle(&[key(s)])
}

fn golden(s: &Scenario) -> Vec<u8> {
    pack::golden(&golden_of(&s.token()))
}

/// A bundle of the valid key and one that is changed.
fn with(s: &Scenario, change: fn(&mut CcaCpak)) -> Vec<u8> {
    let mut other = key(s);
    other.instanceId = vec![1; 33].into();
    change(&mut other);
    pack::bundle(&[key(s), other])
}

fn flip(key: &mut Bytes) {
    let mut bytes = key.to_vec();
    *bytes.last_mut().expect("a key") ^= 1;
    *key = bytes.into();
}

/// A bundle of two entries whose offsets point to the same bytes.
fn aliased(s: &Scenario) -> Vec<u8> {
    let mut bytes = bundle(s);
    bytes[63] = 2;
    bytes[95] = 64;
    let mut word = [0; 32];
    word[31] = 64;
    bytes.splice(96..96, word);
    bytes
}

/// So many keys, each of another platform.
pub(crate) fn many(s: &Scenario, count: usize) -> Vec<CcaCpak> {
    let entry = |index: usize| {
        let mut key = key(s);
        let mut instance = s.platform.instance_id;
        instance[1..3].copy_from_slice(&(index as u16).to_be_bytes());
        key.instanceId = instance.to_vec().into();
        key
    };
    (0..count).map(entry).collect()
}

/// What `pack` makes of coordinates is what the registry takes.
#[test]
fn packing_keys() {
    use aivm::evidence::Rejection::{CcaCpakForm, CcaCpakOffCurve};
    let scenario = Scenario::new(aivm_simulator::cca::Form::Legacy);
    let token = scenario.token();
    let token = Token::parse(&token).expect("a token");
    let point = scenario.cpak().public_key;
    let (x, y) = point[1..].split_at(48);
    assert_eq!(pack::cpak_of(&token, x, y), Ok(key(&scenario)));
    assert_eq!(pack::cpak_of(&token, y, x), Err(CcaCpakOffCurve));
    assert_eq!(pack::cpak_of(&token, &x[1..], y), Err(CcaCpakForm));
    assert_eq!(
        pack::cpak_of(&token, &x[..40], &[y, &x[40..]].concat()),
        Err(CcaCpakForm)
    );
    assert_eq!(pack::cpak_of(&token, &[], &[]), Err(CcaCpakForm));
}
