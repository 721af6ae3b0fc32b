//! Honest inputs.

use super::{CALLER, CHAIN_ID, Contract, HEIGHT};
use crate::{
    council::Council,
    fleet::{Claim, Fleet},
};
use aivm::{
    abi::{
        IAttestationLightClient as sync, IAttestationProofs as proofs,
        IAttestationRegistry::{self as registry, MeasurementState, ProofOfExecution, TEEVendor},
    },
    evidence::Vendor,
    light_client::Status,
};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;

/// A device of the chain that is followed; its only one.
pub(super) const SOURCE_DEVICE: B256 = B256::repeat_byte(0xd1);

/// What that chain says of it.
pub(super) fn source_status() -> Status {
    Status {
        attested: true,
        trust_score: 90,
        last_seen: U256::from(1_751_328_000),
        operator: CALLER,
        vendor: Vendor::Tdx.number(),
    }
}

/// A proof by a device of each vendor of CPUs, and by one with a GPU.
pub(super) fn attestations(fleet: &Fleet, nonce: u64) -> Vec<ProofOfExecution> {
    let claim = Claim::new(CHAIN_ID, CALLER, U256::from(nonce));
    let hybrid = Claim {
        gpu: Some(1),
        ..claim
    };
    Vendor::ALL
        .into_iter()
        .filter(|vendor| *vendor != Vendor::Nvidia)
        .map(|vendor| fleet.device(vendor, 0).prove(&claim))
        .chain([fleet.device(Vendor::Tdx, 1).prove(&hybrid)])
        .collect()
}

/// Each function at least once; each of these succeeds.
pub fn seeds(contract: Contract) -> Vec<Vec<u8>> {
    match contract {
        Contract::Registry => {
            let fleet = Fleet::new();
            let mut seeds = proven(&fleet);
            // Roots and collateral of every vendor.
            seeds.extend(fleet.calls().into_iter().map(Vec::from));
            seeds.extend(policy());
            seeds.extend(registry_reads(fleet.device(Vendor::Tdx, 1).id));
            seeds
        }
        Contract::Proofs => proof_reads(),
        Contract::Sync => sync_calls(),
    }
}

/// What proves that devices are there, and what ends it.
fn proven(fleet: &Fleet) -> Vec<Vec<u8>> {
    let operator = CALLER;
    let by_caller = attestations(fleet, 2)
        .into_iter()
        .map(|proof| registry::verifyAttestationCall { proof }.abi_encode());
    let by_anyone = attestations(fleet, 3)
        .into_iter()
        .map(|proof| registry::verifyAttestationForCall { operator, proof }.abi_encode());
    let device_id = fleet.device(Vendor::Tdx, 1).id;
    let others = [
        registry::refreshCall { deviceId: device_id }.abi_encode(),
        registry::releaseDeviceCall { deviceId: device_id }.abi_encode(),
        registry::revokeDeviceCall { deviceId: device_id }.abi_encode(),
    ];
    by_caller.chain(by_anyone).chain(others).collect()
}

/// What governance and the guardian decide.
fn policy() -> Vec<Vec<u8>> {
    let (vendor, heir) = (TEEVendor::TDX, Address::repeat_byte(0x77));
    let state = |state| registry::setMeasurementCall {
        measurementId: B256::repeat_byte(0x66),
        state,
    };
    let require = |required| registry::requireAllowlistCall { vendor, required };
    let minimum = registry::setMinimumTcbCall {
        vendor,
        minimum: [0, 0, 0, 17].into(),
    };
    let golden = registry::setGoldenMeasurementCall {
        vendor: TEEVendor::NVIDIA,
        golden: nvidia_golden().into(),
    };
    vec![
        registry::pauseCall { vendor }.abi_encode(),
        registry::unpauseCall { vendor }.abi_encode(),
        state(MeasurementState::Allowed).abi_encode(),
        state(MeasurementState::Banned).abi_encode(),
        require(true).abi_encode(),
        registry::setMinTrustScoreCall { score: 60 }.abi_encode(),
        registry::setValidityCall { duration: 3_600 }.abi_encode(),
        minimum.abi_encode(),
        golden.abi_encode(),
        registry::setGovernanceCall { governance: heir }.abi_encode(),
        registry::setGuardianCall { guardian: heir }.abi_encode(),
    ]
}

/// Those of the format's own fuzz target, the first.
fn nvidia_golden() -> Vec<u8> {
    crate::formats::seeds(crate::formats::Format::Golden(Vendor::Nvidia)).swap_remove(0)
}

fn registry_reads(device_id: B256) -> Vec<Vec<u8>> {
    let (vendor, key) = (TEEVendor::TDX, B256::repeat_byte(0x66));
    vec![
        registry::getDeviceStatusCall { deviceId: device_id }.abi_encode(),
        registry::getDeviceKeyCall { deviceId: device_id }.abi_encode(),
        registry::getDeviceNonceCall { deviceId: device_id }.abi_encode(),
        registry::getDeviceMeasurementsCall { deviceId: device_id }.abi_encode(),
        registry::isHybridCall { deviceId: device_id }.abi_encode(),
        registry::deviceCountCall {}.abi_encode(),
        registry::governanceCall {}.abi_encode(),
        registry::guardianCall {}.abi_encode(),
        registry::isPausedCall { vendor }.abi_encode(),
        registry::measurementStateCall { measurementId: key }.abi_encode(),
        registry::allowlistRequiredCall { vendor }.abi_encode(),
        registry::minTrustScoreCall {}.abi_encode(),
        registry::validityCall {}.abi_encode(),
        registry::minimumTcbCall { vendor }.abi_encode(),
        registry::rootCACall { vendor }.abi_encode(),
        registry::collateralInfoCall { vendor, key }.abi_encode(),
        registry::goldenMeasurementCall { vendor, key }.abi_encode(),
    ]
}

fn proof_reads() -> Vec<Vec<u8>> {
    let fleet = Fleet::new();
    let block = U256::ONE;
    let mut seeds = vec![
        proofs::registryRootCall {}.abi_encode(),
        proofs::attestationRootCall { blockNumber: block }.abi_encode(),
        proofs::attestationCountCall { blockNumber: block }.abi_encode(),
    ];
    for (index, proof) in (0..).zip(attestations(&fleet, 1)) {
        let device_id = proof.deviceId;
        seeds.push(proofs::getMerkleProofCall { deviceId: device_id }.abi_encode());
        seeds.push(proofs::provenStatusCall { deviceId: device_id }.abi_encode());
        let proof = proofs::getAttestationProofCall {
            blockNumber: block,
            index: U256::from(index),
        };
        seeds.push(proof.abi_encode());
    }
    seeds
}

fn sync_calls() -> Vec<Vec<u8>> {
    let (council, next) = (Council::of_four(1), Council::new(2, &[1, 2, 3]));
    let largest = Council::new(3, &[u64::MAX; 32]);
    let height = U256::from(HEIGHT);
    let proof = |nodes| sync::verifyDeviceProofCall {
        deviceId: SOURCE_DEVICE,
        status: source_status().into(),
        merkleProof: vec![B256::repeat_byte(5); nodes],
    };
    let proof_at = sync::verifyDeviceProofAtCall {
        height,
        deviceId: SOURCE_DEVICE,
        status: source_status().into(),
        merkleProof: Vec::new(),
    };
    let other_root = B256::repeat_byte(9);
    vec![
        council.signed_root(other_root, HEIGHT + 100).abi_encode(),
        council.signed_root(other_root, HEIGHT).abi_encode(), // an equivocation
        council.signed_rotation(&next, HEIGHT + 100).abi_encode(),
        council.signed_rotation(&largest, HEIGHT + 100).abi_encode(),
        next.set(0).abi_encode(),
        largest.set(0).abi_encode(),
        proof(0).abi_encode(),
        proof(64).abi_encode(),
        proof_at.abi_encode(),
        sync::rootAtCall { height }.abi_encode(),
        sync::latestCall {}.abi_encode(),
        sync::committeeCall {}.abi_encode(),
        sync::committeeAtCall { height }.abi_encode(),
        sync::sourceChainIdCall {}.abi_encode(),
        sync::frozenCall {}.abi_encode(),
    ]
}
