//! The slots of devices and trees, pinned as `eth_getStorageAt` shows them: keys and values are made here from the
//! documented layout, not by the code under test (specification, section 9).

mod common;
mod evm;

use aivm::{
    abi::IAttestationRegistry::{self as abi},
    evidence::Vendor,
};
use aivm_test_support::fleet::{Claim, NOW, measurement_id, oracle};
use alloy_primitives::{Address, B256, U256, keccak256, uint};
use base64ct::{Base64, Encoding};
use common::{
    devices::{ALICE, BOB, Devices, claim},
    edit::split_der,
};
use evm::{REGISTRY, mapping};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

type Slots = BTreeMap<U256, U256>;

fn slots(devices: &Devices) -> Slots {
    devices.world.host.accounts[&REGISTRY].storage.clone()
}

/// What changed from one to the other: slots and their new values.
fn changed(before: &Slots, after: &Slots) -> Slots {
    let keys = before.keys().chain(after.keys());
    let value = |slots: &Slots, key: &U256| slots.get(key).copied().unwrap_or_default();
    keys.filter(|key| value(before, key) != value(after, key))
        .map(|key| (*key, value(after, key)))
        .collect()
}

/// `flags(1) ‖ score(1) ‖ vendor(1) ‖ lastSeen(8) ‖ operator(20)` in the low 31 bytes.
fn record(flags: u8, score: u8, vendor: u8, last_seen: u64, operator: Address) -> U256 {
    let bytes = [
        &[0, flags, score, vendor][..],
        &last_seen.to_be_bytes(),
        &operator[..],
    ]
    .concat();
    U256::from_be_slice(&bytes)
}

const DEVICES: u64 = 11;
const DEVICE_COUNT: U256 = uint!(12_U256);
const REGISTRY_ROOT: U256 = uint!(13_U256);
const ATTESTATION_COUNTS: u64 = 14;
const GPU_HOLDERS: u64 = 15;
const VERIFIED_KEYS: u64 = 16;

/// Flags: what the leaf says of `attested`, hybrid, revoked, released.
const PROVEN: u8 = 8;
const HYBRID: u8 = 1;
const REVOKED: u8 = 2;
const RELEASED: u8 = 4;

/// Node `index` of level `level` of the registry tree.
fn device_node(level: u64, index: u64) -> U256 {
    let base = uint!(0x4e0b964958b9da6cb09f17e7183d79f7d2f30109741692fdc197a945cc056d3c_U256);
    assert_eq!(B256::from(base), keccak256("aivm.tree.devices.v1"));
    base + (U256::from(level) << 64) + U256::from(index)
}

/// The same of the attestation tree of a block.
fn attestation_node(block: u64, level: u64, index: u64) -> U256 {
    let tag = b"aivm.tree.attestations.v1";
    let base = keccak256([&tag[..], &U256::from(block).to_be_bytes::<32>()].concat());
    U256::from_be_bytes(base.0) + (U256::from(level) << 64) + U256::from(index)
}

#[test]
fn the_slots_of_a_device() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::ArmCca, 1);
    let gpu = devices.device(Vendor::Nvidia, 3).id;
    let base = mapping(device.id, DEVICES);
    let before = slots(&devices);
    let claim = Claim {
        attested_key: B256::repeat_byte(0x4e),
        gpu: Some(3),
        ..claim(ALICE, 7)
    };
    let proof = device.prove(&claim);
    devices.attest(ALICE, &proof).unwrap();
    let leaf = oracle::device_leaf(device.id, &devices.status(device.id));
    let attestation = oracle::attestation_leaf(oracle::attestation_hash(&proof), ALICE);
    let block = B256::with_last_byte(1);
    let expected: Slots = [
        (base, record(PROVEN | HYBRID, 70, 5, NOW, ALICE)),
        (base + uint!(1_U256), uint!(7_U256)),
        (base + uint!(2_U256), B256::repeat_byte(0x4e).into()),
        (base + uint!(3_U256), device.measurement_id(0).into()),
        (base + uint!(4_U256), measurement_id(Vendor::Nvidia, 0).into()),
        (base + uint!(6_U256), gpu.into()),
        (mapping(gpu, GPU_HOLDERS), device.id.into()),
        (
            mapping(gpu, VERIFIED_KEYS),
            slots(&devices)[&mapping(gpu, VERIFIED_KEYS)],
        ), // of what: below
        // +5 is the index of its leaf: zero.
        (DEVICE_COUNT, U256::ONE),
        (REGISTRY_ROOT, leaf.into()),
        (device_node(0, 0), leaf.into()),
        (mapping(block, ATTESTATION_COUNTS), U256::ONE),
        (attestation_node(1, 0, 0), attestation.into()),
    ]
    .into();
    assert_eq!(changed(&before, &slots(&devices)), expected);
}

/// `SHA-256("aivm.verified-key.v1" ‖ vendor ‖ id of the record ‖ of each part: length ‖ part)`.
fn verified_key(vendor: u8, record: B256, parts: &[&[u8]]) -> U256 {
    let mut hasher = Sha256::new();
    hasher.update(b"aivm.verified-key.v1");
    hasher.update([vendor]);
    hasher.update(record);
    for part in parts {
        hasher.update((part.len() as u32).to_be_bytes());
        hasher.update(part);
    }
    U256::from_be_slice(&hasher.finalize())
}

/// The one record of collateral whose fields begin so: its id.
fn record_id(devices: &Devices, holds: &[u8]) -> B256 {
    let accounts = devices.world.host.accounts.values();
    let mut records = accounts.filter(|account| {
        account.code.starts_with(&[0xfe, 2]) && account.code.windows(holds.len()).any(|part| part == holds)
    });
    let record = &records.next().expect("a record").code[1..];
    assert!(records.next().is_none());
    let id = keccak256([&record[..49], &record[81..]].concat());
    assert_eq!(record[49..81], id[..]);
    id
}

/// The certificates of a PCK chain, DER.
fn pck_chain(pem: &[u8]) -> Vec<Vec<u8>> {
    let text = std::str::from_utf8(pem).expect("text").trim_end_matches('\0');
    let bodies = text.split("-----").filter(|part| part.len() > 100);
    let decode = |body: &str| Base64::decode_vec(&body.split_whitespace().collect::<String>());
    bodies.map(|body| decode(body).expect("base64")).collect()
}

/// One slot more for each device whose key can be known: a machine's, and a GPU's.
#[test]
fn the_slots_of_verified_keys() {
    let mut devices = Devices::new();
    let gpu = devices.device(Vendor::Nvidia, 3).id;
    let claim = Claim {
        gpu: Some(3),
        ..claim(ALICE, 7)
    };
    let device = devices.device(Vendor::Sgx, 1);
    let proof = device.prove(&claim);
    devices.attest(ALICE, &proof).unwrap();
    let quote = &proof.cpuQuote[1..];
    let chain = pck_chain(&quote[1_052..]);
    let sgx = record_id(&devices, b"Intel SGX PCK Processor CA");
    let parts = [&chain[0][..], &quote[564..948], &quote[948..1_012]];
    let after = slots(&devices);
    assert_eq!(
        after[&mapping(device.id, VERIFIED_KEYS)],
        verified_key(1, sgx, &parts)
    );

    let len = u32::from_be_bytes(*proof.gpuQuote[1..].first_chunk().unwrap()) as usize;
    let (leaf, brom) = split_der(&proof.gpuQuote[5 + len..]);
    let record = record_id(&devices, b"GH100");
    assert_eq!(
        after[&mapping(gpu, VERIFIED_KEYS)],
        verified_key(4, record, &[brom, leaf])
    );

    let device = devices.device(Vendor::SevSnp, 1);
    let proof = device.prove(&Claim {
        nonce: U256::from(8),
        gpu: None,
        ..claim
    });
    devices.attest(ALICE, &proof).unwrap();
    let record = record_id(&devices, b"SEV-Milan");
    let expected = verified_key(2, record, &[&proof.cpuQuote[1 + 1_184..]]);
    assert_eq!(slots(&devices)[&mapping(device.id, VERIFIED_KEYS)], expected);
}

/// The second device has index 1, and a parent above both.
#[test]
fn the_slots_of_trees() {
    let mut devices = Devices::new();
    let ids: Vec<_> = (0..5)
        .map(|number| devices.device(Vendor::ArmCca, number))
        .collect();
    for (index, device) in ids.iter().enumerate() {
        devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
        let slot = mapping(device.id, DEVICES) + uint!(5_U256);
        let value = slots(&devices).get(&slot).copied().unwrap_or_default();
        assert_eq!(value, U256::from(index));
    }
    let leaves: Vec<_> = ids
        .iter()
        .map(|device| oracle::device_leaf(device.id, &devices.status(device.id)))
        .collect();
    let slots = slots(&devices);
    let node = |level, index| B256::from(slots[&device_node(level, index)]);
    let pair = oracle::node;
    let left = [pair(leaves[0], leaves[1]), pair(leaves[2], leaves[3])];
    let expected = [
        leaves.clone(),
        vec![left[0], left[1], leaves[4]],
        vec![pair(left[0], left[1]), leaves[4]],
        vec![pair(pair(left[0], left[1]), leaves[4])],
    ];
    for (level, nodes) in (0..).zip(&expected) {
        for (index, expected) in (0..).zip(nodes) {
            assert_eq!(node(level, index), *expected, "level {level}, index {index}");
        }
        assert!(!slots.contains_key(&device_node(level, nodes.len() as u64)));
    }
    assert_eq!(B256::from(slots[&REGISTRY_ROOT]), expected[3][0]);
    assert_eq!(slots[&DEVICE_COUNT], U256::from(5));
    // Five attestations of block 1 have the same shape.
    assert_eq!(
        slots[&mapping(B256::with_last_byte(1), ATTESTATION_COUNTS)],
        U256::from(5)
    );
    assert!(
        slots.contains_key(&attestation_node(1, 3, 0)) && !slots.contains_key(&attestation_node(1, 4, 0))
    );
    assert!(!slots.contains_key(&attestation_node(2, 0, 0)));
}

/// What ends an attestation sets a flag, and the leaf with what is above it; nothing else.
#[test]
fn the_slots_of_ends() {
    let mut devices = Devices::new();
    let (first, second) = (
        devices.device(Vendor::ArmCca, 1),
        devices.device(Vendor::ArmCca, 2),
    );
    for device in [&first, &second] {
        devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
    }
    let other_leaf = oracle::device_leaf(second.id, &devices.status(second.id));
    let before = slots(&devices);
    devices
        .world
        .registry(ALICE, &abi::releaseDeviceCall { deviceId: first.id })
        .unwrap();
    let status = devices.status(first.id);
    assert!(!status.attested);
    let leaf = oracle::device_leaf(first.id, &status);
    let root = oracle::node(leaf, other_leaf);
    let mut expected: Slots = [
        (mapping(first.id, DEVICES), record(RELEASED, 70, 5, NOW, ALICE)),
        (device_node(0, 0), leaf.into()),
        (device_node(1, 0), root.into()),
        (REGISTRY_ROOT, root.into()),
    ]
    .into();
    assert_eq!(changed(&before, &slots(&devices)), expected);

    // Revoked besides: the leaf says the same.
    devices
        .world
        .govern(&abi::revokeDeviceCall { deviceId: first.id });
    let flags = record(RELEASED | REVOKED, 70, 5, NOW, ALICE);
    expected.insert(mapping(first.id, DEVICES), flags);
    assert_eq!(changed(&before, &slots(&devices)), expected);
}

/// A device that never attested has the one flag.
#[test]
fn the_slot_of_a_device_revoked_in_advance() {
    let mut devices = Devices::new();
    let id = B256::repeat_byte(0xde);
    let before = slots(&devices);
    devices.world.govern(&abi::revokeDeviceCall { deviceId: id });
    let expected: Slots = [(mapping(id, DEVICES), record(REVOKED, 0, 0, 0, Address::ZERO))].into();
    assert_eq!(changed(&before, &slots(&devices)), expected);
}

/// Another operator's proof clears the flags that were the first one's.
#[test]
fn a_new_operator_starts_afresh() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::ArmCca, 1);
    devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
    let release = abi::releaseDeviceCall { deviceId: device.id };
    devices.world.registry(ALICE, &release).unwrap();
    devices.attest(BOB, &device.prove(&claim(BOB, 2))).unwrap();
    let word = slots(&devices)[&mapping(device.id, DEVICES)];
    assert_eq!(word, record(PROVEN, 70, 5, NOW, BOB));
}
