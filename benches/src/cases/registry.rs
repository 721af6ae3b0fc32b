//! `0x0AAA`: policy, and everything that is only read.

use super::{
    chains::{Chains, device_id},
    padded, selector,
};
use crate::case::{ANYONE, Case, Kind, Target};
use aivm::abi::{
    IAttestationRegistry::{self as abi, MeasurementState, TEEVendor},
    IPrecompile::Unauthorized,
};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    let mut cases: Vec<_> = policy()
        .into_iter()
        .flat_map(|(what, call)| decision(chains, what, &call))
        .collect();
    for reads in [device_reads(chains), policy_reads()] {
        for (what, calls) in reads {
            cases.extend(both(chains, what, &calls));
        }
    }
    cases.extend(blobs(chains));
    cases
}

/// A function whose accepted calls all do the same work: with its arguments, and with far too many.
fn both(chains: &Chains, what: &str, calls: &[Vec<u8>]) -> [Case; 2] {
    let registry = Target::Registry;
    [
        Case::new(&chains.registry, registry, Kind::AnyAccepted, what, Vec::new()).inputs(calls.to_vec()),
        padded(chains, registry, &calls[0]),
    ]
}

/// What governance decides, and the same by someone else.
fn decision(chains: &Chains, what: &str, call: &[u8]) -> [Case; 2] {
    let case = |kind, what| Case::new(&chains.registry, Target::Registry, kind, what, call.to_vec());
    [
        case(Kind::AnyAccepted, what),
        case(Kind::WorstRejected, "by someone else than governance")
            .by(ANYONE)
            .reverts(selector::<Unauthorized>()),
    ]
}

/// What governance and the guardian decide.
fn policy() -> Vec<(&'static str, Vec<u8>)> {
    let vendor = TEEVendor::SGX;
    let heir = Address::repeat_byte(0x77);
    let measurement = abi::setMeasurementCall {
        measurementId: B256::repeat_byte(0x66),
        state: MeasurementState::Allowed,
    };
    let minimum = abi::setMinimumTcbCall {
        vendor: TEEVendor::SEVSNP,
        minimum: [0; 24].into(),
    };
    let required = abi::requireAllowlistCall {
        vendor,
        required: true,
    };
    vec![
        (
            "a vendor that is not paused",
            abi::pauseCall { vendor }.abi_encode(),
        ),
        (
            "a vendor that is not paused",
            abi::unpauseCall { vendor }.abi_encode(),
        ),
        (
            "a measurement of which nothing was known",
            measurement.abi_encode(),
        ),
        ("a vendor whose list was not required", required.abi_encode()),
        (
            "another score",
            abi::setMinTrustScoreCall { score: 60 }.abi_encode(),
        ),
        (
            "another duration",
            abi::setValidityCall { duration: 3_600 }.abi_encode(),
        ),
        ("24 bytes, the longest there is", minimum.abi_encode()),
        (
            "another address",
            abi::setGovernanceCall { governance: heir }.abi_encode(),
        ),
        (
            "another address",
            abi::setGuardianCall { guardian: heir }.abi_encode(),
        ),
    ]
}

/// Of devices all over the tree.
fn device_reads(chains: &Chains) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let devices = |encode: fn(B256) -> Vec<u8>| {
        let ids = chains.devices.hybrid.iter().map(|number| device_id(*number));
        ids.map(encode).collect()
    };
    let what = "a device with a GPU, one of 100,000";
    vec![
        (
            what,
            devices(|id| abi::getDeviceStatusCall { deviceId: id }.abi_encode()),
        ),
        (
            what,
            devices(|id| abi::getDeviceKeyCall { deviceId: id }.abi_encode()),
        ),
        (
            what,
            devices(|id| abi::getDeviceNonceCall { deviceId: id }.abi_encode()),
        ),
        (
            what,
            devices(|id| abi::getDeviceMeasurementsCall { deviceId: id }.abi_encode()),
        ),
        (
            what,
            devices(|id| abi::isHybridCall { deviceId: id }.abi_encode()),
        ),
        (
            what,
            devices(|id| abi::measurementStateCall { measurementId: id }.abi_encode()),
        ),
    ]
}

fn policy_reads() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let vendor = TEEVendor::SEVSNP;
    let calls = [
        abi::deviceCountCall {}.abi_encode(),
        abi::governanceCall {}.abi_encode(),
        abi::guardianCall {}.abi_encode(),
        abi::isPausedCall { vendor }.abi_encode(),
        abi::allowlistRequiredCall { vendor }.abi_encode(),
        abi::minTrustScoreCall {}.abi_encode(),
        abi::validityCall {}.abi_encode(),
        abi::minimumTcbCall { vendor }.abi_encode(),
    ];
    calls.map(|call| ("one slot", vec![call])).to_vec()
}

/// What is read from the code of an account, and may be as long as that may be.
fn blobs(chains: &Chains) -> Vec<Case> {
    let case = |kind, what, input: Vec<u8>| Case::new(&chains.registry, Target::Registry, kind, what, input);
    let root = |vendor| abi::rootCACall { vendor }.abi_encode();
    let info = |vendor, key| abi::collateralInfoCall { vendor, key }.abi_encode();
    let golden = |vendor, key| abi::goldenMeasurementCall { vendor, key }.abi_encode();
    let sgx = B256::from_slice(&[&[0xfa; 6][..], &[2], &[0; 25]].concat());
    let unset = B256::from(U256::ONE);
    let implementation = alloy_primitives::keccak256([&b"aivm.golden.v1"[..], &[0xfa; 32]].concat());
    vec![
        case(Kind::Honest, "one root", root(TEEVendor::SGX)),
        case(
            Kind::WorstAccepted,
            "151 keys, which fill an account",
            root(TEEVendor::ARMCCA),
        ),
        padded(chains, Target::Registry, &root(TEEVendor::ARMCCA)),
        case(
            Kind::Honest,
            "nothing is stored under the key",
            info(TEEVendor::SGX, unset),
        ),
        case(
            Kind::WorstAccepted,
            "a record of 65,536 bytes of collateral",
            info(TEEVendor::SGX, sgx),
        ),
        padded(chains, Target::Registry, &info(TEEVendor::SGX, sgx)),
        case(
            Kind::Honest,
            "nothing is stored under the key",
            golden(TEEVendor::ARMCCA, unset),
        ),
        case(
            Kind::WorstAccepted,
            "767 hashes, which fill an account",
            golden(TEEVendor::ARMCCA, implementation),
        ),
        padded(
            chains,
            Target::Registry,
            &golden(TEEVendor::ARMCCA, implementation),
        ),
    ]
}
