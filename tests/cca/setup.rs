//! What the tests of Arm CCA share: keys as the registry takes them, chains that have them, and the package's files.

#![allow(
    dead_code,
    reason = "each test file compiles this module and uses its own part of it"
)]

use crate::common::{
    evidence,
    world::{World, abi_vendor},
};
use aivm::{
    abi::IAttestationRegistry::{CcaCpak, CcaGolden, setGoldenMeasurementCall},
    evidence::{
        Rejection, Vendor, Verified,
        cca::{pack, token::Token},
    },
};
use aivm_simulator::{
    cca::{Cpak, NOW, Scenario},
    from_hex,
};
use alloy_primitives::B256;
use serde_json::Value;

/// The vendor of everything here.
pub(crate) const CCA: Vendor = Vendor::ArmCca;

/// A minted key as the registry takes it.
pub(crate) fn registered(cpak: Cpak) -> CcaCpak {
    CcaCpak {
        instanceId: cpak.instance_id.into(),
        implementationId: cpak.implementation_id.into(),
        publicKey: cpak.public_key.into(),
    }
}

/// A chain whose bundle has these keys.
pub(crate) fn world_with(cpaks: &[CcaCpak]) -> World {
    let mut world = World::new(NOW);
    world.set_roots(CCA, &pack::bundle(cpaks));
    world
}

/// A chain that has the key of a scenario.
pub(crate) fn world_of(scenario: &Scenario) -> World {
    world_with(&[registered(scenario.cpak())])
}

/// What a token proves on a chain, or why it is refused.
pub(crate) fn verify(world: &mut World, token: &[u8]) -> Result<Verified, Rejection> {
    world.verify(&evidence(CCA, token))
}

/// The code with which a token is refused, if it is.
pub(crate) fn refused(world: &mut World, token: &[u8]) -> Option<u16> {
    verify(world, token).err().map(|rejection| rejection.code())
}

/// Governance sets golden measurements.
pub(crate) fn set_golden(world: &mut World, golden: &CcaGolden) {
    world.govern(&setGoldenMeasurementCall {
        vendor: abi_vendor(CCA),
        golden: pack::golden(golden).into(),
    });
}

/// Golden measurements that allow this token alone.
pub(crate) fn golden_of(token: &[u8]) -> CcaGolden {
    pack::golden_of(&Token::parse(token).expect("a token"))
}

/// The bytes that unpadded base64url text stands for.
fn base64url(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let value = |digit| {
        alphabet
            .iter()
            .position(|other| *other == digit)
            .expect("base64url")
    };
    let bits = text.bytes().fold(Vec::new(), |mut bits, digit| {
        let value = value(digit);
        bits.extend((0..6).rev().map(|bit| (value >> bit & 1) as u8));
        bits
    });
    let octets = bits.chunks_exact(8);
    octets
        .map(|octet| octet.iter().fold(0, |byte, bit| byte << 1 | bit))
        .collect()
}

/// The coordinates in a JWK.
pub(crate) fn coordinates(jwk: &Value) -> (Vec<u8>, Vec<u8>) {
    let member = |name: &str| base64url(jwk[name].as_str().expect("a coordinate"));
    (member("x"), member("y"))
}

/// The entries of a trust anchor file.
pub(crate) fn trust_anchors(json: &[u8]) -> Vec<Result<CcaCpak, Rejection>> {
    let anchors: Vec<Value> = serde_json::from_slice(json).expect("trust anchors");
    let entry = |anchor: &Value| {
        let hex = |name: &str| from_hex(anchor[name].as_str().expect("hex"));
        let instance = hex("instance-id").try_into().expect("33 bytes");
        let (x, y) = coordinates(&anchor["pkey"]);
        pack::cpak(&instance, B256::from_slice(&hex("implementation-id")), &x, &y)
    };
    anchors.iter().map(entry).collect()
}
