//! The eight operations.

use super::{
    input::{
        Operation, PrivacyLevel, SignedMessage, WorkProof, parse_address, parse_address_and_bool,
        parse_evidence, parse_word, unknown_operation,
    },
    storage::{authorized_slot, spent_slot},
};
use crate::{
    config::RewardTrust,
    error::Error,
    evidence::{self, MAX_TRUST_SCORE, Rejection, Vendor, Verified, VerifyError},
    precompile::Context,
};
use aivm_abi::{
    IAIMining::{
        AuthorizationChanged, DeviceNotAttested, SovereignNeedsHybrid, UnknownVendor, WorkAlreadySpent,
        WorkSpent,
    },
    IPrecompile::Unauthorized,
};
use alloy_primitives::{B256, Bytes, Log, U256};
use alloy_sol_types::SolEvent;

/// The reward for a minute at multiplier 1 and trust 100, in wei.
const WEI_PER_MINUTE: u64 = 1_000_000_000_000_000_000;

/// Basis points in one, times the trust score's scale.
const REWARD_DIVISOR: u64 = 10_000 * 100;

/// Runs the operation of an input.
pub(super) fn run(context: &mut Context<'_>, input: &[u8]) -> Result<Bytes, Error> {
    let (operation, payload) = Operation::split(input).ok_or_else(|| unknown_operation(input))?;
    match operation {
        Operation::VerifyMldsa => verify_mldsa(context, payload),
        Operation::CalculateReward => calculate_reward(context, payload),
        Operation::VerifyTee => verify_tee(context, payload),
        Operation::IsSpent => {
            let work_id = parse_word(payload)?;
            Ok(boolean(context.mining_flag(spent_slot(work_id))?))
        }
        Operation::ComputeWorkId => compute_work_id(payload),
        Operation::MarkSpent => mark_spent(context, payload),
        Operation::SetAuthorized => set_authorized(context, payload),
        Operation::IsAuthorized => {
            let account = parse_address(payload)?;
            Ok(boolean(context.mining_flag(authorized_slot(account))?))
        }
    }
}

fn verify_mldsa(context: &Context<'_>, payload: &[u8]) -> Result<Bytes, Error> {
    let SignedMessage {
        set,
        public_key,
        signature,
        message,
    } = SignedMessage::parse(payload)?;
    Ok(boolean(
        context.crypto.verify_mldsa(set, public_key, message, signature),
    ))
}

/// `1e18 × minutes × multiplier × trust / (10_000 × 100)`, rounded down. At most 2³² × 1.5e24: no overflow.
fn calculate_reward(context: &mut Context<'_>, payload: &[u8]) -> Result<Bytes, Error> {
    let proof = WorkProof::parse(payload)?;
    let level = PrivacyLevel::parse(proof.privacy_level)?;
    let trust = reward_trust(context, level, proof.device_id)?;
    let reward = U256::from(WEI_PER_MINUTE)
        .saturating_mul(U256::from(proof.compute_minutes))
        .saturating_mul(U256::from(level.multiplier()))
        .saturating_mul(U256::from(trust))
        .wrapping_div(U256::from(REWARD_DIVISOR));
    Ok(word(reward))
}

fn reward_trust(context: &mut Context<'_>, level: PrivacyLevel, device_id: B256) -> Result<u8, Error> {
    let claims_tee = matches!(level, PrivacyLevel::Confidential | PrivacyLevel::Sovereign);
    if !claims_tee || context.config.reward_trust == RewardTrust::Formula {
        return Ok(MAX_TRUST_SCORE);
    }
    let now = context.host.block_timestamp();
    let device = context.registry().attested_device(device_id, now)?;
    let device = device.ok_or(DeviceNotAttested { deviceId: device_id })?;
    if level == PrivacyLevel::Sovereign && !device.hybrid {
        return Err(SovereignNeedsHybrid { deviceId: device_id }.into());
    }
    Ok(device.trust_score.min(MAX_TRUST_SCORE))
}

fn verify_tee(context: &mut Context<'_>, payload: &[u8]) -> Result<Bytes, Error> {
    let (evidence, nonce) = parse_evidence(payload)?;
    if let Some(&vendor) = evidence.first()
        && vendor != 0
        && Vendor::from_number(vendor).is_none()
    {
        return Err(UnknownVendor { vendor }.into());
    }
    let score = match verify_bound(context, evidence, nonce) {
        Ok(verified) => Some(verified.trust_score),
        Err(VerifyError::Rejected(_)) => None,
        Err(VerifyError::Host(error)) => return Err(error.into()),
    };
    Ok([
        boolean(score.is_some()),
        word(U256::from(score.unwrap_or_default())),
    ]
    .concat()
    .into())
}

/// Verifies evidence whose report data must begin with `nonce`.
fn verify_bound(
    context: &mut Context<'_>,
    evidence: &[u8],
    nonce: &[u8; 32],
) -> Result<Verified, VerifyError> {
    let verified = evidence::verify(context, evidence)?;
    if verified.claims.report_data.first_chunk() != Some(nonce) {
        return Err(Rejection::NonceMismatch.into());
    }
    Ok(verified)
}

/// The header only: signatures in the evidence are malleable, and would give one piece of work many ids.
fn compute_work_id(payload: &[u8]) -> Result<Bytes, Error> {
    let proof = WorkProof::parse(payload)?;
    Ok(Bytes::copy_from_slice(blake3::hash(proof.header).as_bytes()))
}

fn mark_spent(context: &mut Context<'_>, payload: &[u8]) -> Result<Bytes, Error> {
    let work_id = parse_word(payload)?;
    if !context.mining_flag(authorized_slot(context.caller))? {
        return Err(Unauthorized {
            caller: context.caller,
        }
        .into());
    }
    let slot = spent_slot(work_id);
    if context.mining_flag(slot)? {
        return Err(WorkAlreadySpent { workId: work_id }.into());
    }
    context.set_mining_flag(slot, true)?;
    emit(
        context,
        &WorkSpent {
            workId: work_id,
            by: context.caller,
        },
    );
    Ok(Bytes::new())
}

fn set_authorized(context: &mut Context<'_>, payload: &[u8]) -> Result<Bytes, Error> {
    let (account, authorized) = parse_address_and_bool(payload)?;
    let caller = context.caller;
    if caller != context.registry().governance()? {
        return Err(Unauthorized { caller }.into());
    }
    context.set_mining_flag(authorized_slot(account), authorized)?;
    emit(context, &AuthorizationChanged { account, authorized });
    Ok(Bytes::new())
}

fn emit(context: &mut Context<'_>, event: &impl SolEvent) {
    context.host.log(Log {
        address: context.config.addresses.mining,
        data: event.encode_log_data(),
    });
}

fn word(value: U256) -> Bytes {
    Bytes::copy_from_slice(&value.to_be_bytes::<32>())
}

fn boolean(value: bool) -> Bytes {
    word(U256::from(value))
}
