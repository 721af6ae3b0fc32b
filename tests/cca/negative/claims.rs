//! What the platform and the realm claim: rows 9, 13, 14, 18 to 20.

use super::cases;
use aivm_simulator::cca::{
    Curve, Edit, Key, Scenario, cbor,
    claims::{
        Entry,
        label::{self, *},
    },
    defaults::{PLATFORM_PROFILE, REALM_PROFILE},
};

cases! {
    /// What the platform claims.
    PLATFORM:
    14 "another platform profile" [ALL] Token(|s| s.platform.profile = "http://arm.com/CCA-SSD/2.0.0".into()) => 633,
    14 "the profile of PSA" [ALL] Token(|s| s.platform.profile = "http://arm.com/psa/2.0.0".into()) => 633,
    14 "an empty platform profile" [ALL] Token(|s| s.platform.profile = String::new()) => 633,
    14 "the realm's profile for the platform" [ALL] Token(|s| s.platform.profile = REALM_PROFILE.into()) => 633,
    14 "no platform profile" [ALL] Token(|s| remove(s, PROFILE)) => 631,
    14 "a platform profile that is a byte string" [ALL] Token(|s| set(s, PROFILE, cbor::bytes(b"http://arm.com/CCA-SSD/1.0.0"))) => 632,

    18 "lifecycle: debug of what is not CCA" [ALL] Token(|s| s.platform.lifecycle = 0x4000) => 646,
    18 "lifecycle: the last of these" [ALL] Token(|s| s.platform.lifecycle = 0x40ff) => 646,
    18 "lifecycle: recoverable CCA debug" [ALL] Token(|s| s.platform.lifecycle = 0x5000) => 646,
    18 "lifecycle: the last of these too" [ALL] Token(|s| s.platform.lifecycle = 0x50ff) => 646,
    18 "lifecycle: decommissioned" [ALL] Token(|s| s.platform.lifecycle = 0x6000) => 647,
    18 "lifecycle: the last of these as well" [ALL] Token(|s| s.platform.lifecycle = 0x60ff) => 647,
    18 "lifecycle: unknown" [ALL] Token(|s| s.platform.lifecycle = 0) => 648,
    18 "lifecycle: assembly and test" [ALL] Token(|s| s.platform.lifecycle = 0x1000) => 648,
    18 "lifecycle: provisioning" [ALL] Token(|s| s.platform.lifecycle = 0x20ff) => 648,
    18 "lifecycle: before secured" [ALL] Token(|s| s.platform.lifecycle = 0x2fff) => 648,
    18 "lifecycle: after secured" [ALL] Token(|s| s.platform.lifecycle = 0x3100) => 648,
    18 "lifecycle: beyond debug" [ALL] Token(|s| s.platform.lifecycle = 0x4100) => 648,
    18 "lifecycle: beyond decommissioned" [ALL] Token(|s| s.platform.lifecycle = 0x6100) => 648,
    18 "lifecycle: the highest" [ALL] Token(|s| s.platform.lifecycle = 0xffff) => 648,
    18 "lifecycle: 17 bits" [ALL] Token(|s| s.platform.lifecycle = 0x1_3000) => 632,
    18 "lifecycle: negative" [ALL] Token(|s| s.platform.lifecycle = -0x3001) => 632,
    18 "lifecycle: a byte string" [ALL] Token(|s| set(s, LIFECYCLE, cbor::bytes(&[0x30, 0]))) => 632,
    18 "lifecycle: none" [ALL] Token(|s| remove(s, LIFECYCLE)) => 631,

    22 "no configuration" [ALL] Token(|s| remove(s, CONFIG)) => 631,
    22 "a configuration that is a text" [ALL] Token(|s| set(s, CONFIG, cbor::text("config"))) => 632,
    22 "no components" [ALL] Token(|s| remove(s, COMPONENTS)) => 631,
    22 "an empty list of components" [ALL] Token(|s| s.platform.components.clear()) => 632,
    22 "components that are a map" [ALL] Token(|s| set(s, COMPONENTS, vec![0xa0])) => 632,
    22 "a component that is an array" [ALL] Token(|s| set(s, COMPONENTS, vec![0x81, 0x80])) => 632,
    22 "a component without measurement" [ALL] Token(|s| component(s, Edit::Remove(2))) => 632,
    22 "a component without signer" [ALL] Token(|s| component(s, Edit::Remove(5))) => 632,
    22 "a component's measurement of 20 bytes" [ALL] Token(|s| s.platform.components[2].measurement = vec![0; 20]) => 632,
    22 "a component's measurement of 33 bytes" [ALL] Token(|s| s.platform.components[2].measurement = vec![0; 33]) => 632,
    22 "a component's signer of 65 bytes" [ALL] Token(|s| s.platform.components[2].signer = vec![0; 65]) => 632,
    22 "a component's measurement as text" [ALL] Token(|s| component(s, Edit::Set(2, cbor::text("00")))) => 632,
    22 "a component's version as integer" [ALL] Token(|s| component(s, Edit::Set(4, cbor::int(1)))) => 632,
    22 "a component's kind as byte string" [ALL] Token(|s| component(s, Edit::Set(1, cbor::bytes(b"RMM")))) => 632,
    22 "a component's hash algorithm as integer" [ALL] Token(|s| component(s, Edit::Set(6, cbor::int(-16)))) => 632,
    22 "an unknown field in a component" [ALL] Token(|s| component(s, Edit::Append(cbor::int(3), cbor::text("")))) => 632,
    22 "a text key in a component" [ALL] Token(|s| component(s, Edit::Append(cbor::text("debug"), cbor::int(1)))) => 632,
    22 "a service that is a byte string" [ALL] Token(|s| set(s, SERVICE, cbor::bytes(b"https"))) => 632,
    22 "a hash algorithm that is an integer" [ALL] Token(|s| set(s, label::HASH_ALGORITHM, cbor::int(-16))) => 632,

    2 "no instance id" [ALL] Token(|s| remove(s, INSTANCE_ID)) => 631,
    2 "an instance id of 32 bytes" [ALL] Token(|s| set(s, INSTANCE_ID, cbor::bytes(&[1; 32]))) => 632,
    2 "an instance id of 34 bytes" [ALL] Token(|s| set(s, INSTANCE_ID, cbor::bytes(&[1; 34]))) => 632,
    2 "an instance id of another kind" [ALL] Token(|s| s.platform.instance_id[0] = 2) => 632,
    2 "no implementation id" [ALL] Token(|s| remove(s, IMPLEMENTATION_ID)) => 631,
    2 "an implementation id of 31 bytes" [ALL] Token(|s| set(s, IMPLEMENTATION_ID, cbor::bytes(&[1; 31]))) => 632,
    2 "an implementation id of 33 bytes" [ALL] Token(|s| set(s, IMPLEMENTATION_ID, cbor::bytes(&[1; 33]))) => 632,
    7 "no platform challenge" [ALL] Token(|s| remove(s, CHALLENGE)) => 631,
    7 "a platform challenge of 31 bytes" [ALL] Token(|s| s.platform.challenge = Some(vec![0; 31])) => 632,
    7 "a platform challenge of 65 bytes" [ALL] Token(|s| s.platform.challenge = Some(vec![0; 65])) => 632,
}

cases! {
    /// What the realm claims.
    REALM:
    9 "the RAK's hash called sha-512" [ALL] Token(|s| { s.platform.challenge = Some(s.binding()); s.realm.rak_hash_algorithm = "sha-512".into() }) => 645,
    9 "the RAK's hash called sha-256" [ALL] Token(|s| { s.realm.rak_hash_algorithm = "sha-512".into(); s.platform.challenge = Some(s.binding()); s.realm.rak_hash_algorithm = "sha-256".into() }) => 645,
    9 "the RAK bound with sha-384" [ALL] Token(|s| s.realm.rak_hash_algorithm = "sha-384".into()) => 642,
    9 "the RAK bound with sha-1" [ALL] Token(|s| s.realm.rak_hash_algorithm = "sha-1".into()) => 642,
    9 "the name of the RAK's hash in upper case" [ALL] Token(|s| s.realm.rak_hash_algorithm = "SHA-256".into()) => 642,
    9 "an empty name of the RAK's hash" [ALL] Token(|s| s.realm.rak_hash_algorithm = String::new()) => 642,
    9 "the RAK's hash by number" [ALL] Token(|s| set_realm(s, RAK_HASH_ALGORITHM, cbor::int(-16))) => 635,
    9 "no name of the RAK's hash" [ALL] Token(|s| remove_realm(s, RAK_HASH_ALGORITHM)) => 634,
    9 "measurements with an unknown hash" [ALL] Token(|s| s.realm.hash_algorithm = "sha3-256".into()) => 635,
    9 "no name of the measurements' hash" [ALL] Token(|s| remove_realm(s, REALM_HASH_ALGORITHM)) => 634,

    13 "a RAK that is not on the curve" [LEGACY] Token(|s| off_curve(s, 96)) => 641,
    13 "a RAK whose x is not on the curve" [LEGACY] Token(|s| off_curve(s, 1)) => 641,
    13 "a RAK that is not on the curve, as COSE_Key" [CMW] Token(|s| off_curve(s, 106)) => 641,
    13 "the RAK (0, 0)" [LEGACY] Token(|s| s.realm.rak = Some([&[4][..], &[0; 96]].concat())) => 641,
    13 "a RAK with coordinates above the modulus" [LEGACY] Token(|s| s.realm.rak = Some([&[4][..], &[0xff; 96]].concat())) => 641,
    13 "a RAK compressed" [LEGACY] Token(|s| s.realm.rak = Some(compressed(s))) => 640,
    13 "a RAK compressed, its y odd" [LEGACY] Token(|s| s.realm.rak = Some([&[3][..], &compressed(s)[1..]].concat())) => 640,
    13 "a RAK compressed, as COSE_Key" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries[3].1 = vec![0xf5]))) => 640,
    13 "the point at infinity" [LEGACY] Token(|s| s.realm.rak = Some(vec![0])) => 639,

    14 "SEC 1 under the profile of 2023" [CMW] Token(|s| s.realm.rak = Some(s.realm_sign1.key.public_sec1())) => 639,
    14 "COSE_Key under the legacy profile" [LEGACY] Token(|s| s.realm.rak = Some(s.realm_sign1.key.public_cose())) => 639,
    14 "x and y without the byte before them" [LEGACY] Token(|s| s.realm.rak = Some(s.realm_sign1.key.public_sec1()[1..].into())) => 639,
    14 "a hybrid point" [LEGACY] Token(|s| { let mut rak = s.rak(); rak[0] = 6; s.realm.rak = Some(rak) }) => 639,
    14 "an empty RAK" [ALL] Token(|s| s.realm.rak = Some(vec![])) => 639,
    14 "a P-256 RAK" [ALL] Token(|s| s.realm_sign1.key = Key::new("rak", Curve::P256)) => 639,
    14 "a COSE_Key in a byte string" [CMW] Token(|s| s.realm.rak = Some(cbor::bytes(&s.rak()))) => 639,
    14 "a COSE_Key with an algorithm" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries.insert(1, (cbor::int(3), cbor::int(-35)))))) => 639,
    14 "a COSE_Key with a key id" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries.insert(1, (cbor::int(2), cbor::bytes(&[0])))))) => 639,
    14 "a COSE_Key with key operations" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries.insert(1, (cbor::int(4), vec![0x81, 2]))))) => 639,
    14 "a COSE_Key with a private key" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries.push((cbor::int(-4), cbor::bytes(&[1; 48])))))) => 639,
    14 "a COSE_Key of another type" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries[0].1 = cbor::int(1)))) => 639,
    14 "a COSE_Key of another curve" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries[1].1 = cbor::int(1)))) => 639,
    14 "a COSE_Key with a short y" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries[3].1 = cbor::bytes(&[1; 47])))) => 639,
    14 "a COSE_Key with a zero before x" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries[2].1 = cbor::bytes(&[0; 49])))) => 639,
    14 "a COSE_Key with its parameters out of order" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries.swap(2, 3)))) => 639,
    14 "a COSE_Key without y" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries.truncate(3)))) => 639,
    14 "a COSE_Key with y twice" [CMW] Token(|s| s.realm.rak = Some(cose_key(s, |entries| entries.push(entries[3].clone())))) => 639,
    14 "a byte after the COSE_Key" [CMW] Token(|s| s.realm.rak = Some([s.rak(), vec![0]].concat())) => 639,
    14 "a byte after the point" [LEGACY] Token(|s| s.realm.rak = Some([s.rak(), vec![0]].concat())) => 639,
    14 "no RAK" [ALL] Token(|s| remove_realm(s, RAK)) => 634,
    14 "a RAK that is a map" [ALL] Token(|s| set_realm(s, RAK, s.realm_sign1.key.public_cose())) => 635,
    14 "a legacy RAK under the realm profile of 2023" [LEGACY] Token(|s| s.realm.profile = Some(REALM_PROFILE.into())) => 639,
    14 "a RAK of 2023 without a realm profile" [CMW] Token(|s| s.realm.profile = None) => 639,
    14 "another realm profile" [ALL] Token(|s| s.realm.profile = Some("tag:arm.com,2024:realm#1.1.0".into())) => 636,
    14 "the platform's profile for the realm" [ALL] Token(|s| s.realm.profile = Some(PLATFORM_PROFILE.into())) => 636,
    14 "an empty realm profile" [ALL] Token(|s| s.realm.profile = Some(String::new())) => 636,
    14 "a realm profile that is null" [ALL] Token(|s| set_realm(s, PROFILE, vec![0xf6])) => 635,

    19 "a realm challenge of 63 bytes" [ALL] Token(|s| s.realm.challenge.truncate(63)) => 638,
    19 "a realm challenge of 65 bytes" [ALL] Token(|s| s.realm.challenge.push(0)) => 638,
    19 "a realm challenge of 32 bytes" [ALL] Token(|s| s.realm.challenge.truncate(32)) => 638,
    19 "an empty realm challenge" [ALL] Token(|s| s.realm.challenge.clear()) => 638,
    19 "no realm challenge" [ALL] Token(|s| remove_realm(s, CHALLENGE)) => 634,
    19 "a realm challenge that is a text" [ALL] Token(|s| set_realm(s, CHALLENGE, cbor::text(&"a".repeat(64)))) => 635,

    20 "another nonce" [ALL] Nonce(|nonce| nonce[0] ^= 1) => 10,
    20 "another nonce at its end" [ALL] Nonce(|nonce| nonce[31] ^= 0x80) => 10,
    20 "the attested key for the nonce" [ALL] Nonce(|nonce| *nonce = [0x33; 32]) => 10,
    20 "a nonce of zeros" [ALL] Nonce(|nonce| *nonce = [0; 32]) => 10,

    21 "no RIM" [ALL] Token(|s| remove_realm(s, RIM)) => 634,
    21 "a RIM of 31 bytes" [ALL] Token(|s| s.realm.rim = vec![0; 31]) => 635,
    21 "a RIM of 49 bytes" [ALL] Token(|s| s.realm.rim = vec![0; 49]) => 635,
    21 "no REM" [ALL] Token(|s| remove_realm(s, REM)) => 634,
    21 "three REMs" [ALL] Token(|s| s.realm.rem.truncate(3)) => 635,
    21 "five REMs" [ALL] Token(|s| s.realm.rem.push(vec![0; 32])) => 635,
    21 "a REM of another length than the RIM" [ALL] Token(|s| s.realm.rem[2] = vec![0; 48]) => 635,
    21 "a RIM of another length than the REMs" [ALL] Token(|s| s.realm.rim = vec![0; 64]) => 635,
    21 "REMs that are a byte string" [ALL] Token(|s| set_realm(s, REM, cbor::bytes(&[0; 128]))) => 635,
    21 "a REM that is a text" [ALL] Token(|s| set_realm(s, REM, cbor::array(&[(); 4].map(|()| cbor::text(&"a".repeat(32)))))) => 635,
    21 "no personalization value" [ALL] Token(|s| remove_realm(s, PERSONALIZATION)) => 634,
    21 "a personalization value of 63 bytes" [ALL] Token(|s| s.realm.personalization.truncate(63)) => 635,
}

fn set(s: &mut Scenario, claim: i64, value: Vec<u8>) {
    s.platform.edits.push(Edit::Set(claim, value));
}

fn remove(s: &mut Scenario, claim: i64) {
    s.platform.edits.push(Edit::Remove(claim));
}

fn set_realm(s: &mut Scenario, claim: i64, value: Vec<u8>) {
    s.realm.edits.push(Edit::Set(claim, value));
}

fn remove_realm(s: &mut Scenario, claim: i64) {
    s.realm.edits.push(Edit::Remove(claim));
}

fn component(s: &mut Scenario, edit: Edit) {
    s.platform.components[1].edits.push(edit);
}

/// The RAK with one bit changed.
fn off_curve(s: &mut Scenario, at: usize) {
    let mut rak = s.rak();
    rak[at] ^= 1;
    s.realm.rak = Some(rak);
}

/// The RAK as SEC 1 writes it compressed.
fn compressed(s: &Scenario) -> Vec<u8> {
    let point = s.realm_sign1.key.public_sec1();
    [&[2 | (point[96] & 1)][..], &point[1..49]].concat()
}

/// The RAK as a COSE_Key whose entries (kty, crv, x, y) are changed.
fn cose_key(s: &Scenario, change: fn(&mut Vec<Entry>)) -> Vec<u8> {
    let point = s.realm_sign1.key.public_sec1();
    let mut entries = vec![
        (cbor::int(1), cbor::int(2)),
        (cbor::int(-1), cbor::int(2)),
        (cbor::int(-2), cbor::bytes(&point[1..49])),
        (cbor::int(-3), cbor::bytes(&point[49..])),
    ];
    change(&mut entries);
    cbor::map(&entries)
}
