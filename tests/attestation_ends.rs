//! What ends an attestation, and what the registry tree says of it (specification, sections 5 to 7).

mod common;

use aivm::{
    abi::{
        IAttestationProofs::{
            self as proofs, UnknownAttestation, attestationCountCall, attestationRootCall,
            getAttestationProofCall, getMerkleProofCall, provenStatusCall, registryRootCall,
        },
        IAttestationRegistry::{self as abi, DeviceStatus, MeasurementState, TEEVendor, UnknownDevice},
        IPrecompile::Unauthorized,
    },
    evidence::{Rejection, Vendor},
};
use aivm_test_support::fleet::{Claim, NOW, oracle};
use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::SolError;
use common::{
    devices::{ALICE, BOB, Devices, VALIDITY, claim},
    world::{ANYONE, GOVERNANCE},
};

/// A chain with one hybrid device of Alice's.
fn with_device() -> (Devices, B256) {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::ArmCca, 1);
    let claim = Claim {
        gpu: Some(1),
        ..claim(ALICE, 1)
    };
    devices.attest(ALICE, &device.prove(&claim)).unwrap();
    (devices, device.id)
}

fn refresh(devices: &mut Devices, id: B256) {
    let output = devices.world.registry(ANYONE, &abi::refreshCall { deviceId: id });
    assert_eq!(output, Ok(Bytes::new()));
}

/// What the leaf says, with its proof checked against the root.
fn proven(devices: &mut Devices, id: B256) -> proofs::DeviceStatus {
    let status = devices.proofs(&provenStatusCall { deviceId: id });
    let siblings = devices.proofs(&getMerkleProofCall { deviceId: id });
    let words = DeviceStatus {
        attested: status.attested,
        trustScore: status.trustScore,
        lastSeen: status.lastSeen,
        operator: status.operator,
        vendor: TEEVendor::try_from(u8::from(status.vendor)).unwrap(),
    };
    let root = devices.proofs(&registryRootCall {});
    assert_eq!(oracle::climb(oracle::device_leaf(id, &words), &siblings), root);
    status
}

/// Each of these ends it; lifting it, where that can be, brings it back; and the tree follows when it is refreshed.
#[test]
fn what_ends_an_attestation() {
    type Act = fn(&mut Devices);
    fn set(devices: &mut Devices, id: B256, state: MeasurementState) {
        devices.world.govern(&abi::setMeasurementCall {
            measurementId: id,
            state,
        });
    }
    fn cpu(devices: &Devices) -> B256 {
        devices.device(Vendor::ArmCca, 1).measurement_id(0)
    }
    fn gpu(devices: &Devices) -> B256 {
        devices.device(Vendor::Nvidia, 1).measurement_id(0)
    }
    fn pause(devices: &mut Devices, vendor: TEEVendor) {
        devices.world.govern(&abi::pauseCall { vendor });
    }
    fn unpause(devices: &mut Devices, vendor: TEEVendor) {
        devices.world.govern(&abi::unpauseCall { vendor });
    }
    let ends: [(&str, Act, Act); 6] = [
        (
            "time",
            |devices| devices.world.host.timestamp = NOW + VALIDITY + 1,
            |devices| devices.world.host.timestamp = NOW + VALIDITY,
        ),
        (
            "a ban of its software",
            |devices| set(devices, cpu(devices), MeasurementState::Banned),
            |devices| set(devices, cpu(devices), MeasurementState::Unset),
        ),
        (
            "a ban of its GPU's",
            |devices| set(devices, gpu(devices), MeasurementState::Banned),
            |devices| set(devices, gpu(devices), MeasurementState::Allowed),
        ),
        (
            "a pause of all",
            |devices| pause(devices, TEEVendor::None),
            |devices| unpause(devices, TEEVendor::None),
        ),
        (
            "a pause of its vendor",
            |devices| pause(devices, TEEVendor::ARMCCA),
            |devices| unpause(devices, TEEVendor::ARMCCA),
        ),
        (
            "a pause of its GPU's",
            |devices| pause(devices, TEEVendor::NVIDIA),
            |devices| unpause(devices, TEEVendor::NVIDIA),
        ),
    ];
    for (name, end, lift) in ends {
        let (mut devices, id) = with_device();
        let root = devices.proofs(&registryRootCall {});
        assert!(
            devices.attested(id) && proven(&mut devices, id).attested,
            "{name}"
        );
        end(&mut devices);
        assert!(!devices.attested(id), "{name}");
        assert!(proven(&mut devices, id).attested, "the tree waits for a refresh");
        assert_eq!(devices.proofs(&registryRootCall {}), root);
        refresh(&mut devices, id);
        assert!(!proven(&mut devices, id).attested, "{name}");
        lift(&mut devices);
        assert!(devices.attested(id), "{name}");
        refresh(&mut devices, id);
        assert_eq!(devices.proofs(&registryRootCall {}), root, "{name}");
    }
}

/// A release and a revocation are in the tree at once.
#[test]
fn release_and_revocation() {
    let (mut devices, id) = with_device();
    devices
        .world
        .registry(ALICE, &abi::releaseDeviceCall { deviceId: id })
        .unwrap();
    assert!(!devices.attested(id) && !proven(&mut devices, id).attested);
    assert_eq!(devices.status(id).operator, ALICE, "the record stays");
    let device = devices.device(Vendor::ArmCca, 1);
    devices.attest(ALICE, &device.prove(&claim(ALICE, 2))).unwrap();
    assert!(devices.attested(id) && proven(&mut devices, id).attested);

    devices.world.govern(&abi::revokeDeviceCall { deviceId: id });
    assert!(!devices.attested(id) && !proven(&mut devices, id).attested);
    let revoked = Err(Rejection::DeviceRevoked.code());
    for (operator, later) in [(ALICE, 0), (BOB, 0), (BOB, VALIDITY + 1)] {
        devices.world.at(NOW + later);
        assert_eq!(
            devices.attest(operator, &device.prove(&claim(operator, 3))),
            revoked
        );
    }
    refresh(&mut devices, id);
    assert!(!proven(&mut devices, id).attested);
}

/// Evidence of a revoked device does not verify in VerifyTEE either.
#[test]
fn a_revoked_device_does_not_verify() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let evidence = device.evidence(B256::repeat_byte(1), B256::ZERO, 0);
    assert_eq!(devices.world.verify(&evidence).unwrap().trust_score, 70);
    devices
        .world
        .govern(&abi::revokeDeviceCall { deviceId: device.id });
    assert_eq!(
        devices.world.verify(&evidence).unwrap_err(),
        Rejection::DeviceRevoked
    );
}

/// While its vendor is paused nobody can renew a device: it lapses as any, and then it is whoever's comes first.
#[test]
fn a_device_can_lapse_in_a_pause() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let vendor = TEEVendor::TDX;
    devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
    devices.world.govern(&abi::pauseCall { vendor });
    let paused = Err(Rejection::VendorPaused.code());
    assert_eq!(devices.attest(ALICE, &device.prove(&claim(ALICE, 2))), paused);
    let held = Err(Rejection::DeviceHeld.code());
    assert_eq!(devices.attest(BOB, &device.prove(&claim(BOB, 2))), held);
    devices.world.at(NOW + VALIDITY + 1);
    devices.world.govern(&abi::unpauseCall { vendor });
    assert_eq!(devices.attest(BOB, &device.prove(&claim(BOB, 2))), Ok(()));
}

/// A refresh that changes nothing writes nothing, and says so all the same.
#[test]
fn a_refresh_of_what_holds() {
    let (mut devices, id) = with_device();
    let before = devices.world.host.clone();
    refresh(&mut devices, id);
    assert_eq!(devices.world.host.accounts, before.accounts);
    assert_eq!(devices.world.host.logs.len(), before.logs.len() + 1);
}

#[test]
fn a_device_can_be_revoked_in_advance() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    devices
        .world
        .govern(&abi::revokeDeviceCall { deviceId: device.id });
    let refusal = Err(Rejection::DeviceRevoked.code());
    assert_eq!(devices.attest(ALICE, &device.prove(&claim(ALICE, 1))), refusal);
    assert_eq!(devices.status(device.id).operator.to_vec(), [0; 20]);
    assert_eq!(devices.world.view(&abi::deviceCountCall {}), U256::ZERO);
    // It has no record that could be refreshed or released, and no leaf.
    let unknown = Err(Bytes::from(UnknownDevice { deviceId: device.id }.abi_encode()));
    let refreshed = devices
        .world
        .registry(ANYONE, &abi::refreshCall { deviceId: device.id });
    assert_eq!(refreshed, unknown);
}

#[test]
fn who_may_end_it() {
    let (mut devices, id) = with_device();
    let refusal = |caller| Err(Bytes::from(Unauthorized { caller }.abi_encode()));
    for caller in [BOB, GOVERNANCE, ANYONE] {
        let release = abi::releaseDeviceCall { deviceId: id };
        assert_eq!(devices.world.registry(caller, &release), refusal(caller));
    }
    for caller in [ALICE, ANYONE] {
        let revoke = abi::revokeDeviceCall { deviceId: id };
        assert_eq!(devices.world.registry(caller, &revoke), refusal(caller));
    }
    // A device that nobody knows is nobody's.
    let id = B256::repeat_byte(0xde);
    let unknown = Err(Bytes::from(UnknownDevice { deviceId: id }.abi_encode()));
    assert_eq!(
        devices
            .world
            .registry(ALICE, &abi::releaseDeviceCall { deviceId: id }),
        unknown
    );
    assert_eq!(
        devices.world.registry(ALICE, &abi::refreshCall { deviceId: id }),
        unknown
    );
}

/// What was never registered, or not in this block, has no proof.
#[test]
fn no_proof_of_what_is_not_there() {
    let (mut devices, _) = with_device();
    let id = B256::repeat_byte(0xde);
    let unknown = Bytes::from(proofs::UnknownDevice { deviceId: id }.abi_encode());
    assert_eq!(devices.no_proof(&getMerkleProofCall { deviceId: id }), unknown);
    assert_eq!(devices.no_proof(&provenStatusCall { deviceId: id }), unknown);
    let far = [U256::from(u64::MAX), U256::ONE << 64, U256::MAX];
    for block in [U256::ZERO, U256::from(2), far[0], far[1], far[2]] {
        let count = devices.proofs(&attestationCountCall { blockNumber: block });
        assert_eq!(count, U256::ZERO);
        let root = devices.proofs(&attestationRootCall { blockNumber: block });
        assert_eq!(root, B256::ZERO);
    }
    for (block, index, count) in [
        (U256::ONE, U256::ONE, 1),
        (U256::ONE, far[0], 1),
        (U256::ONE, far[1], 1),
        (U256::from(2), U256::ZERO, 0),
        (far[1], U256::ZERO, 0),
    ] {
        let call = getAttestationProofCall {
            blockNumber: block,
            index,
        };
        let refusal = UnknownAttestation {
            blockNumber: block,
            index,
            count: U256::from(count),
        };
        assert_eq!(devices.no_proof(&call), Bytes::from(refusal.abi_encode()));
    }
    let empty = Devices::new().proofs(&registryRootCall {});
    assert_eq!(empty, B256::ZERO);
}

/// Each block has a tree of its own, with its attestations in their order.
#[test]
fn each_block_has_its_tree() {
    let mut devices = Devices::new();
    let mut expected = Vec::new();
    for block in 1..=6 {
        devices.world.host.number = block;
        let mut leaves = Vec::new();
        for number in 0..block as u32 {
            let proof = devices.device(Vendor::ArmCca, number).prove(&claim(ALICE, block));
            devices.attest(ALICE, &proof).unwrap();
            leaves.push(oracle::attestation_leaf(oracle::attestation_hash(&proof), ALICE));
        }
        expected.push((block, leaves));
    }
    for (block, leaves) in expected {
        let block = U256::from(block);
        let root = devices.proofs(&attestationRootCall { blockNumber: block });
        assert_eq!(root, oracle::root(&leaves));
        for index in 0..leaves.len() {
            let call = getAttestationProofCall {
                blockNumber: block,
                index: U256::from(index),
            };
            assert_eq!(devices.proofs(&call), oracle::proof(&leaves, index));
        }
    }
}
