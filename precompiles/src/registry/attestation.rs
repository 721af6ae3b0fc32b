//! Devices: proofs that register and renew them, and what ends an attestation (specification, section 5).

use super::run::{emit, only_governance};
use crate::{
    call_data::{check_length, returns},
    error::Error,
    evidence::{self, MAX_EVIDENCE_LEN, Rejection, Vendor, Verified, VerifiedKey, VerifyError},
    precompile::Context,
    state::device::{Device, ProofTrace},
    tree::{Status, attestation_leaf},
};
use aivm_abi::{
    IAttestationRegistry::{self as abi, ProofOfExecution},
    IPrecompile::Unauthorized,
};
use alloy_primitives::{Address, B256, Bytes, Keccak256, U256, b256, keccak256};
use alloy_sol_types::SolValue;

/// `keccak("aivm.ProofOfExecution.v1")`.
const COMMITMENT_TAG: B256 = b256!("a213ac0d8f63fa37091308de4c89ca1587eebef01b7904b31ec8e4dd83d9fd05");

/// How far a nonce may be above the last one: 2^64. Else whoever attests a machine after its operator let it lapse
/// could use the highest nonce there is, and nobody could attest it again.
const MAX_NONCE_STEP: U256 = U256::from_limbs([0, 1, 0, 0]);

/// What the report data of a proof must begin with:
/// `keccak(abi.encode(keccak("aivm.ProofOfExecution.v1"), chainId, deviceId, operator, nonce, jobHash, outputHash))`,
/// and with a GPU one word more, its device id: else whoever relays a proof could leave its GPU out, or put another in.
pub fn commitment(
    chain_id: u64,
    device_id: B256,
    operator: Address,
    nonce: U256,
    job_hash: B256,
    output_hash: B256,
    gpu_device_id: Option<B256>,
) -> B256 {
    let words = (
        COMMITMENT_TAG,
        U256::from(chain_id),
        device_id,
        operator,
        nonce,
        job_hash,
        output_hash,
    );
    let mut hasher = Keccak256::new();
    hasher.update(words.abi_encode());
    if let Some(id) = gpu_device_id {
        hasher.update(id);
    }
    hasher.finalize()
}

/// Verifies a proof for `operator` and registers or renews its device.
pub(super) fn verify_attestation(
    context: &mut Context<'_>,
    operator: Address,
    proof: &ProofOfExecution,
) -> Result<Bytes, Error> {
    if operator.is_zero() {
        return Err(abi::ZeroOperator {}.into());
    }
    check_length(&proof.cpuQuote, MAX_EVIDENCE_LEN)?;
    check_length(&proof.gpuQuote, MAX_EVIDENCE_LEN)?;
    let (device, trace, keys) = verify_proof(context, operator, proof).map_err(|error| match error {
        VerifyError::Rejected(rejection) => abi::EvidenceRejected {
            code: rejection.code(),
        }
        .into(),
        VerifyError::Host(error) => Error::Fatal(error),
    })?;
    let block = context.host.block_number();
    let attestation_hash = keccak256(proof.abi_encode());
    let status = abi::DeviceStatus::from(device.status(device.proven_attested));
    let mut registry = context.registry();
    registry.record_proof(proof.deviceId, &device, &trace)?;
    for key in keys.into_iter().flatten() {
        key.remember(&mut registry)?;
    }
    registry.push_attestation(block, attestation_leaf(attestation_hash, operator))?;
    emit(
        context,
        &abi::AttestationVerified {
            deviceId: proof.deviceId,
            operator,
            vendor: status.vendor,
            trustScore: status.trustScore,
            jobHash: proof.jobHash,
            outputHash: proof.outputHash,
        },
    )?;
    returns::<abi::verifyAttestationCall>(&true)
}

/// The keys of a machine and of its GPU, of those that have one to remember.
type VerifiedKeys = [Option<VerifiedKey>; 2];

/// What a proof makes of its device's record, and the keys that it was signed with.
fn verify_proof(
    context: &mut Context<'_>,
    operator: Address,
    proof: &ProofOfExecution,
) -> Result<(Device, ProofTrace, VerifiedKeys), VerifyError> {
    check_vendors(proof)?;
    check_record(context, operator, proof)?;
    let (cpu, cpu_key) = verify_cpu(context, proof)?;
    let gpu = verify_gpu(context, proof)?;
    let commitment = commitment(
        context.host.chain_id(),
        proof.deviceId,
        operator,
        proof.nonce,
        proof.jobHash,
        proof.outputHash,
        gpu.as_ref().map(|gpu| gpu.id),
    );
    let [committed, attested_key] = halves(&cpu.claims.report_data);
    if committed != commitment {
        return Err(Rejection::CommitmentMismatch.into());
    }
    let mut device = Device {
        operator,
        last_seen: context.host.block_timestamp(),
        vendor: cpu.claims.vendor,
        trust_score: cpu.trust_score,
        hybrid: false,
        revoked: false,
        released: false,
        // It is: it was seen now, and nothing that is revoked, banned or paused gets here.
        proven_attested: true,
        cpu_measurement: cpu.claims.measurement_id,
        gpu_measurement: B256::ZERO,
        gpu_device: B256::ZERO,
    };
    let mut keys = [cpu_key, None];
    if let Some(Gpu { id, verified, key }) = gpu {
        let [committed, _] = halves(&verified.claims.report_data);
        if committed != commitment {
            return Err(Rejection::GpuCommitmentMismatch.into());
        }
        device.hybrid = true;
        device.trust_score = device.trust_score.min(verified.trust_score);
        device.gpu_measurement = verified.claims.measurement_id;
        device.gpu_device = id;
        keys = [cpu_key, key];
    }
    let trace = ProofTrace {
        nonce: proof.nonce,
        attested_key,
    };
    Ok((device, trace, keys))
}

/// Whether CPU and GPU evidence are each in their place. An empty `cpuQuote` is left to the verifier.
fn check_vendors(proof: &ProofOfExecution) -> Result<(), Rejection> {
    let gpu = Vendor::Nvidia.number();
    if proof.cpuQuote.first() == Some(&gpu) {
        return Err(Rejection::CpuEvidenceOfGpu);
    }
    if proof.gpuQuote.first().is_some_and(|vendor| *vendor != gpu) {
        return Err(Rejection::GpuEvidenceNotOfGpu);
    }
    Ok(())
}

/// Whether the device's record lets this operator attest it with this nonce.
fn check_record(
    context: &mut Context<'_>,
    operator: Address,
    proof: &ProofOfExecution,
) -> Result<(), VerifyError> {
    let now = context.host.block_timestamp();
    let mut registry = context.registry();
    if registry.is_revoked(proof.deviceId)? {
        return Err(Rejection::DeviceRevoked.into());
    }
    let last = registry.device_nonce(proof.deviceId)?;
    if proof.nonce <= last {
        return Err(match registry.device(proof.deviceId)? {
            Some(_) if proof.nonce == last => Rejection::NonceReplayed,
            _ => Rejection::NonceTooLow,
        }
        .into());
    }
    if proof.nonce.saturating_sub(last) > MAX_NONCE_STEP {
        return Err(Rejection::NonceTooHigh.into());
    }
    if let Some(device) = registry.device(proof.deviceId)?
        && device.operator != operator
        && device.is_held(now, registry.validity()?)
    {
        return Err(Rejection::DeviceHeld.into());
    }
    Ok(())
}

fn verify_cpu(
    context: &mut Context<'_>,
    proof: &ProofOfExecution,
) -> Result<(Verified, Option<VerifiedKey>), VerifyError> {
    let (verified, key) = evidence::verify_with_key(context, &proof.cpuQuote)?;
    match verified.claims.device_id {
        None => Err(Rejection::DeviceUnnamed.into()),
        Some(id) if id != proof.deviceId => Err(Rejection::DeviceMismatch.into()),
        Some(_) => Ok((verified, key)),
    }
}

/// A GPU whose evidence verifies.
struct Gpu {
    id: B256,
    verified: Verified,
    key: Option<VerifiedKey>,
}

/// What the evidence of a GPU proves; `None` without any.
fn verify_gpu(context: &mut Context<'_>, proof: &ProofOfExecution) -> Result<Option<Gpu>, VerifyError> {
    if proof.gpuQuote.is_empty() {
        return Ok(None);
    }
    let verified = evidence::verify_with_key(context, &proof.gpuQuote);
    let (verified, key) = verified.map_err(|error| match error {
        VerifyError::Rejected(rejection) => VerifyError::Rejected(rejection.of_gpu()),
        host @ VerifyError::Host(_) => host,
    })?;
    let id = verified.claims.device_id.ok_or(Rejection::DeviceUnnamed)?;
    check_gpu(context, proof.deviceId, id)?;
    Ok(Some(Gpu { id, verified, key }))
}

/// Whether a GPU is free, or this device's already: one GPU makes one device hybrid at a time.
fn check_gpu(context: &mut Context<'_>, device_id: B256, gpu: B256) -> Result<(), VerifyError> {
    let now = context.host.block_timestamp();
    let mut registry = context.registry();
    let holder = registry.gpu_holder(gpu)?;
    if holder != device_id
        && let Some(device) = registry.device(holder)?
        && device.gpu_device == gpu
        && device.is_held(now, registry.validity()?)
    {
        return Err(Rejection::GpuHeld.into());
    }
    Ok(())
}

/// Report data: the commitment, and the attested key.
fn halves(report_data: &[u8; 64]) -> [B256; 2] {
    let (first, second) = report_data.split_at(32);
    [first, second].map(|half| half.try_into().unwrap_or_default())
}

/// Writes what holds now of a device into the registry tree.
pub(super) fn refresh(context: &mut Context<'_>, device_id: B256) -> Result<Bytes, Error> {
    let now = context.host.block_timestamp();
    let mut registry = context.registry();
    let device = registry.device(device_id)?;
    let device = device.ok_or(abi::UnknownDevice { deviceId: device_id })?;
    let attested = registry.refresh_device(device_id, device, now)?;
    emit(
        context,
        &abi::DeviceRefreshed {
            deviceId: device_id,
            attested,
        },
    )
}

/// The operator gives a device up.
pub(super) fn release(context: &mut Context<'_>, device_id: B256) -> Result<Bytes, Error> {
    let (caller, now) = (context.caller, context.host.block_timestamp());
    let mut registry = context.registry();
    let device = registry.device(device_id)?;
    let device = device.ok_or(abi::UnknownDevice { deviceId: device_id })?;
    if device.operator != caller {
        return Err(Unauthorized { caller }.into());
    }
    let released = Device {
        released: true,
        ..device
    };
    registry.refresh_device(device_id, released, now)?;
    let event = abi::DeviceReleased {
        deviceId: device_id,
        operator: caller,
    };
    emit(context, &event)
}

/// Governance refuses a device for ever.
pub(super) fn revoke(context: &mut Context<'_>, device_id: B256) -> Result<Bytes, Error> {
    only_governance(context)?;
    let now = context.host.block_timestamp();
    let mut registry = context.registry();
    match registry.device(device_id)? {
        Some(device) => {
            let revoked = Device {
                revoked: true,
                ..device
            };
            registry.refresh_device(device_id, revoked, now)?;
        }
        None => registry.revoke_unknown(device_id)?,
    }
    emit(context, &abi::DeviceRevoked { deviceId: device_id })
}

/// What is known of a device now; the zero struct of one that never attested.
pub(super) fn status(context: &mut Context<'_>, device_id: B256) -> Result<abi::DeviceStatus, Error> {
    let now = context.host.block_timestamp();
    let mut registry = context.registry();
    let Some(device) = registry.device(device_id)? else {
        return Ok(Status::default().into());
    };
    let attested = registry.is_attested(device_id, &device, now)?;
    Ok(device.status(attested).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_commitments() {
        assert_eq!(COMMITMENT_TAG, keccak256("aivm.ProofOfExecution.v1"));
    }
}
