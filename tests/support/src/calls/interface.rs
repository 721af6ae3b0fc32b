//! What the interfaces and the specification say of an input: price, whether it writes, which errors there are.

use super::Contract;
use aivm::abi::{
    IAttestationLightClient::{self as sync, IAttestationLightClientCalls, IAttestationLightClientErrors},
    IAttestationProofs::{IAttestationProofsCalls, IAttestationProofsErrors},
    IAttestationRegistry::{self as registry, IAttestationRegistryCalls, IAttestationRegistryErrors},
    IPrecompile::IPrecompileErrors,
};
use alloy_primitives::U256;
use alloy_sol_types::{SolCall, SolInterface};

/// The selector of a function that there is.
fn selector(contract: Contract, input: &[u8]) -> Option<[u8; 4]> {
    let selector = *input.first_chunk()?;
    let is_known = match contract {
        Contract::Registry => IAttestationRegistryCalls::valid_selector(selector),
        Contract::Proofs => IAttestationProofsCalls::valid_selector(selector),
        Contract::Sync => IAttestationLightClientCalls::valid_selector(selector),
    };
    is_known.then_some(selector)
}

/// The price of an input in gas, as the specification has it.
pub(super) fn price(contract: Contract, input: &[u8]) -> u64 {
    let Some(selector) = selector(contract, input) else {
        return 1_000;
    };
    match (contract, selector) {
        (Contract::Proofs, _) => 10_000,
        (
            Contract::Registry,
            registry::verifyAttestationCall::SELECTOR | registry::verifyAttestationForCall::SELECTOR,
        ) => 50_000,
        (
            Contract::Registry,
            registry::submitCollateralCall::SELECTOR
            | registry::updateRootCACall::SELECTOR
            | registry::setGoldenMeasurementCall::SELECTOR,
        ) => 50_000 + 100 * input.len() as u64,
        (Contract::Registry, _) if writes(contract, input) => 25_000,
        (Contract::Sync, sync::updateRootCall::SELECTOR) => 30_000,
        (Contract::Sync, sync::setCommitteeCall::SELECTOR | sync::rotateCommitteeCall::SELECTOR) => {
            let members = input.get(132..164).map(U256::from_be_slice).unwrap_or_default();
            30_000 + 22_100 * members.clamp(U256::ONE, U256::from(32)).to::<u64>()
        }
        (Contract::Sync, sync::verifyDeviceProofCall::SELECTOR | sync::verifyDeviceProofAtCall::SELECTOR) => {
            10_000
        }
        _ => 2_600,
    }
}

/// Whether the function writes.
pub(super) fn writes(contract: Contract, input: &[u8]) -> bool {
    let Some(selector) = selector(contract, input) else {
        return false;
    };
    match contract {
        Contract::Registry => REGISTRY_WRITES.contains(&selector),
        Contract::Proofs => false,
        Contract::Sync => [
            sync::updateRootCall::SELECTOR,
            sync::rotateCommitteeCall::SELECTOR,
            sync::setCommitteeCall::SELECTOR,
        ]
        .contains(&selector),
    }
}

/// The functions of the registry that are not `view`.
const REGISTRY_WRITES: [[u8; 4]; 17] = [
    registry::verifyAttestationCall::SELECTOR,
    registry::verifyAttestationForCall::SELECTOR,
    registry::refreshCall::SELECTOR,
    registry::releaseDeviceCall::SELECTOR,
    registry::revokeDeviceCall::SELECTOR,
    registry::submitCollateralCall::SELECTOR,
    registry::updateRootCACall::SELECTOR,
    registry::pauseCall::SELECTOR,
    registry::unpauseCall::SELECTOR,
    registry::setMeasurementCall::SELECTOR,
    registry::requireAllowlistCall::SELECTOR,
    registry::setMinTrustScoreCall::SELECTOR,
    registry::setValidityCall::SELECTOR,
    registry::setMinimumTcbCall::SELECTOR,
    registry::setGoldenMeasurementCall::SELECTOR,
    registry::setGovernanceCall::SELECTOR,
    registry::setGuardianCall::SELECTOR,
];

/// The call of an input that succeeded, encoded anew.
pub(super) fn recoded(contract: Contract, input: &[u8]) -> Vec<u8> {
    const A_CALL: &str = "what succeeds is a call";
    match contract {
        Contract::Registry => IAttestationRegistryCalls::abi_decode(input)
            .expect(A_CALL)
            .abi_encode(),
        Contract::Proofs => IAttestationProofsCalls::abi_decode(input)
            .expect(A_CALL)
            .abi_encode(),
        Contract::Sync => IAttestationLightClientCalls::abi_decode(input)
            .expect(A_CALL)
            .abi_encode(),
    }
}

/// Whether revert data is an error that the interface declares, or one of every precompile.
pub(super) fn is_declared(contract: Contract, output: &[u8]) -> bool {
    IPrecompileErrors::abi_decode_validate(output).is_ok()
        || match contract {
            Contract::Registry => IAttestationRegistryErrors::abi_decode_validate(output).is_ok(),
            Contract::Proofs => IAttestationProofsErrors::abi_decode_validate(output).is_ok(),
            Contract::Sync => IAttestationLightClientErrors::abi_decode_validate(output).is_ok(),
        }
}
