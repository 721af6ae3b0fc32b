//! The functions.

use super::input::{block_number, decode};
use crate::{call_data::returns, error::Error, precompile::Context, state::device::Device, tree::Status};
use aivm_abi::IAttestationProofs::{self as abi, IAttestationProofsCalls as Calls};
use alloy_primitives::{B256, Bytes, U256};

/// Runs the function that an input calls.
pub(super) fn run(context: &mut Context<'_>, input: &[u8]) -> Result<Bytes, Error> {
    match decode(input)? {
        Calls::getMerkleProof(call) => merkle_proof(context, call.deviceId),
        Calls::provenStatus(call) => proven_status(context, call.deviceId),
        Calls::registryRoot(_) => returns::<abi::registryRootCall>(&context.registry().device_root()?),
        Calls::attestationRoot(call) => attestation_root(context, call.blockNumber),
        Calls::attestationCount(call) => {
            let count = attestation_count(context, call.blockNumber)?;
            returns::<abi::attestationCountCall>(&U256::from(count))
        }
        Calls::getAttestationProof(call) => attestation_proof(context, &call),
    }
}

fn known_device(context: &mut Context<'_>, device_id: B256) -> Result<Device, Error> {
    let device = context.registry().device(device_id)?;
    device.ok_or(abi::UnknownDevice { deviceId: device_id }.into())
}

fn merkle_proof(context: &mut Context<'_>, device_id: B256) -> Result<Bytes, Error> {
    known_device(context, device_id)?;
    let mut registry = context.registry();
    let index = registry.device_index(device_id)?;
    returns::<abi::getMerkleProofCall>(&registry.device_proof(index)?)
}

fn proven_status(context: &mut Context<'_>, device_id: B256) -> Result<Bytes, Error> {
    let device = known_device(context, device_id)?;
    let status: Status = device.status(device.proven_attested);
    returns::<abi::provenStatusCall>(&status.into())
}

fn attestation_root(context: &mut Context<'_>, block: U256) -> Result<Bytes, Error> {
    let root = match block_number(block) {
        Some(block) => context.registry().attestation_root(block)?,
        None => B256::ZERO,
    };
    returns::<abi::attestationRootCall>(&root)
}

fn attestation_count(context: &mut Context<'_>, block: U256) -> Result<u64, Error> {
    Ok(match block_number(block) {
        Some(block) => context.registry().attestation_count(block)?,
        None => 0,
    })
}

fn attestation_proof(context: &mut Context<'_>, call: &abi::getAttestationProofCall) -> Result<Bytes, Error> {
    let count = attestation_count(context, call.blockNumber)?;
    let (Some(block), Ok(index)) = (block_number(call.blockNumber), u64::try_from(call.index)) else {
        return Err(unknown_attestation(call, count));
    };
    if index >= count {
        return Err(unknown_attestation(call, count));
    }
    returns::<abi::getAttestationProofCall>(&context.registry().attestation_proof(block, index)?)
}

fn unknown_attestation(call: &abi::getAttestationProofCall, count: u64) -> Error {
    abi::UnknownAttestation {
        blockNumber: call.blockNumber,
        index: call.index,
        count: U256::from(count),
    }
    .into()
}
