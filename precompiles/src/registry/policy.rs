//! What governance and the guardian decide (specification, section 6).

use super::{
    input::{one_vendor, vendor},
    run::{emit, only_governance},
};
use crate::{
    error::Error,
    evidence::{MAX_TRUST_SCORE, format::format},
    precompile::Context,
    state,
};
use aivm_abi::IAttestationRegistry::{self as abi, MeasurementState, TEEVendor};
use alloy_primitives::{Address, Bytes};

pub(super) fn pause(context: &mut Context<'_>, argument: TEEVendor) -> Result<Bytes, Error> {
    let caller = context.caller;
    if caller != context.registry().guardian()? || caller.is_zero() {
        only_governance(context)?;
    }
    context.registry().set_paused(vendor(argument), true)?;
    emit(
        context,
        &abi::Paused {
            vendor: argument,
            by: caller,
        },
    )
}

pub(super) fn unpause(context: &mut Context<'_>, argument: TEEVendor) -> Result<Bytes, Error> {
    only_governance(context)?;
    context.registry().set_paused(vendor(argument), false)?;
    let by = context.caller;
    emit(context, &abi::Unpaused { vendor: argument, by })
}

pub(super) fn set_measurement(
    context: &mut Context<'_>,
    call: &abi::setMeasurementCall,
) -> Result<Bytes, Error> {
    only_governance(context)?;
    let state = match call.state {
        MeasurementState::Allowed => state::MeasurementState::Allowed,
        MeasurementState::Banned => state::MeasurementState::Banned,
        MeasurementState::Unset | MeasurementState::__Invalid => state::MeasurementState::Unset,
    };
    context.registry().set_measurement(call.measurementId, state)?;
    emit(
        context,
        &abi::MeasurementChanged {
            measurementId: call.measurementId,
            state: call.state,
        },
    )
}

pub(super) fn require_allowlist(
    context: &mut Context<'_>,
    call: &abi::requireAllowlistCall,
) -> Result<Bytes, Error> {
    only_governance(context)?;
    let vendor = one_vendor(call.vendor)?;
    context.registry().set_allowlist_required(vendor, call.required)?;
    emit(
        context,
        &abi::AllowlistRequirementChanged {
            vendor: call.vendor,
            required: call.required,
        },
    )
}

pub(super) fn set_min_trust_score(context: &mut Context<'_>, score: u8) -> Result<Bytes, Error> {
    only_governance(context)?;
    if score > MAX_TRUST_SCORE {
        return Err(abi::TrustScoreOutOfRange { score }.into());
    }
    context.registry().set_min_trust_score(score)?;
    emit(context, &abi::MinTrustScoreChanged { score })
}

pub(super) fn set_validity(context: &mut Context<'_>, duration: u64) -> Result<Bytes, Error> {
    only_governance(context)?;
    context.registry().set_validity(duration)?;
    emit(context, &abi::ValidityChanged { duration })
}

pub(super) fn set_minimum_tcb(
    context: &mut Context<'_>,
    call: &abi::setMinimumTcbCall,
) -> Result<Bytes, Error> {
    only_governance(context)?;
    let vendor = one_vendor(call.vendor)?;
    if !(format(vendor).is_minimum_tcb)(&call.minimum) {
        return Err(abi::InvalidMinimumTcb {
            minimum: call.minimum.clone(),
        }
        .into());
    }
    context.registry().set_minimum_tcb(vendor, &call.minimum)?;
    emit(
        context,
        &abi::MinimumTcbChanged {
            vendor: call.vendor,
            minimum: call.minimum.clone(),
        },
    )
}

pub(super) fn set_governance(context: &mut Context<'_>, current: Address) -> Result<Bytes, Error> {
    only_governance(context)?;
    if current.is_zero() {
        return Err(abi::ZeroGovernance {}.into());
    }
    let previous = context.registry().governance()?;
    context.registry().set_governance(current)?;
    emit(context, &abi::GovernanceChanged { previous, current })
}

pub(super) fn set_guardian(context: &mut Context<'_>, current: Address) -> Result<Bytes, Error> {
    only_governance(context)?;
    let previous = context.registry().guardian()?;
    context.registry().set_guardian(current)?;
    emit(context, &abi::GuardianChanged { previous, current })
}
