//! The functions.

use super::input::{decode, one_vendor, vendor};
use crate::{
    call_data::{check_length, returns},
    error::Error,
    evidence::{
        self, MAX_COLLATERAL_LEN, MAX_TRUST_SCORE, Rejection, VerifyError, format::format, stored::Header,
    },
    precompile::Context,
    state::{
        self,
        blob::{MAX_BLOB_LEN, collateral_account},
    },
};
use aivm_abi::{
    IAttestationRegistry::{self as abi, IAttestationRegistryCalls as Calls, MeasurementState, TEEVendor},
    IPrecompile::Unauthorized,
};
use alloy_primitives::{Address, Bytes, Log, keccak256};
use alloy_sol_types::SolEvent;

/// Runs the function that an input calls.
pub(super) fn run(context: &mut Context<'_>, input: &[u8]) -> Result<Bytes, Error> {
    match decode(input)? {
        Calls::submitCollateral(call) => submit_collateral(context, &call),
        Calls::updateRootCA(call) => update_root_ca(context, &call),
        Calls::pause(call) => pause(context, call.vendor),
        Calls::unpause(call) => unpause(context, call.vendor),
        Calls::setMeasurement(call) => set_measurement(context, &call),
        Calls::requireAllowlist(call) => require_allowlist(context, &call),
        Calls::setMinTrustScore(call) => set_min_trust_score(context, call.score),
        Calls::setValidity(call) => set_validity(context, call.duration),
        Calls::setMinimumTcb(call) => set_minimum_tcb(context, &call),
        Calls::setGoldenMeasurement(call) => set_golden_measurement(context, &call),
        Calls::setGovernance(call) => set_governance(context, call.governance),
        Calls::setGuardian(call) => set_guardian(context, call.guardian),
        Calls::governance(_) => returns::<abi::governanceCall>(&context.registry().governance()?),
        Calls::guardian(_) => returns::<abi::guardianCall>(&context.registry().guardian()?),
        Calls::isPaused(call) => {
            returns::<abi::isPausedCall>(&context.registry().is_paused(vendor(call.vendor))?)
        }
        Calls::measurementState(call) => {
            let state = context.registry().measurement(call.measurementId)?;
            returns::<abi::measurementStateCall>(&abi_state(state))
        }
        Calls::allowlistRequired(call) => {
            let vendor = one_vendor(call.vendor)?;
            returns::<abi::allowlistRequiredCall>(&context.registry().allowlist_required(vendor)?)
        }
        Calls::minTrustScore(_) => returns::<abi::minTrustScoreCall>(&context.registry().min_trust_score()?),
        Calls::validity(_) => returns::<abi::validityCall>(&context.registry().validity()?),
        Calls::minimumTcb(call) => {
            let vendor = one_vendor(call.vendor)?;
            returns::<abi::minimumTcbCall>(&context.registry().minimum_tcb(vendor)?.into())
        }
        Calls::rootCA(call) => root_ca(context, call.vendor),
        Calls::collateralInfo(call) => collateral_info(context, &call),
        Calls::goldenMeasurement(call) => {
            let vendor = one_vendor(call.vendor)?;
            returns::<abi::goldenMeasurementCall>(&context.registry().golden(vendor, call.key)?)
        }
        _ => Err(Unauthorized {
            caller: Address::ZERO,
        }
        .into()),
    }
}

fn root_ca(context: &mut Context<'_>, argument: TEEVendor) -> Result<Bytes, Error> {
    let vendor = one_vendor(argument)?;
    let mut registry = context.registry();
    returns::<abi::rootCACall>(&abi::rootCAReturn {
        version: registry.root_version(vendor)?,
        bundleHash: registry.root_hash(vendor)?,
        bundle: registry.roots(vendor)?,
    })
}

fn collateral_info(context: &mut Context<'_>, call: &abi::collateralInfoCall) -> Result<Bytes, Error> {
    let vendor = one_vendor(call.vendor)?;
    let stored = context.registry().collateral(vendor, call.key)?;
    let info = Header::decode(&stored).map(|(header, _)| abi::collateralInfoReturn {
        account: collateral_account(vendor, call.key),
        validFrom: header.window.from,
        validUntil: header.window.until,
    });
    let none = abi::collateralInfoReturn {
        account: Address::ZERO,
        validFrom: 0,
        validUntil: 0,
    };
    returns::<abi::collateralInfoCall>(&info.unwrap_or(none))
}

fn submit_collateral(context: &mut Context<'_>, call: &abi::submitCollateralCall) -> Result<Bytes, Error> {
    let vendor = one_vendor(call.vendor)?;
    if format(vendor).governed_collateral {
        only_governance(context)?;
    }
    check_length(&call.collateral, MAX_COLLATERAL_LEN)?;
    let stored =
        evidence::submit_collateral(context, vendor, &call.collateral).map_err(|error| match error {
            VerifyError::Rejected(rejection) => abi::CollateralRejected {
                code: rejection.code(),
            }
            .into(),
            VerifyError::Host(error) => Error::Fatal(error),
        })?;
    let event = abi::CollateralUpdated {
        vendor: call.vendor,
        key: stored.key,
        validUntil: stored.valid_until,
    };
    emit(context, &event)
}

fn update_root_ca(context: &mut Context<'_>, call: &abi::updateRootCACall) -> Result<Bytes, Error> {
    only_governance(context)?;
    let vendor = one_vendor(call.vendor)?;
    let roots = (format(vendor).read_roots)(&call.newRootCA, context.crypto);
    let roots = roots.map_err(|rejection| abi::RootCARejected {
        code: rejection.code(),
    })?;
    let mut registry = context.registry();
    let previous = registry.root_hash(vendor)?;
    registry.set_roots(vendor, &roots)?;
    let (version, current) = (registry.root_version(vendor)?, registry.root_hash(vendor)?);
    emit(
        context,
        &abi::RootCAUpdated {
            vendor: call.vendor,
            version,
            previous,
            current,
        },
    )
}

fn pause(context: &mut Context<'_>, argument: TEEVendor) -> Result<Bytes, Error> {
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

fn unpause(context: &mut Context<'_>, argument: TEEVendor) -> Result<Bytes, Error> {
    only_governance(context)?;
    context.registry().set_paused(vendor(argument), false)?;
    let by = context.caller;
    emit(context, &abi::Unpaused { vendor: argument, by })
}

fn set_measurement(context: &mut Context<'_>, call: &abi::setMeasurementCall) -> Result<Bytes, Error> {
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

fn require_allowlist(context: &mut Context<'_>, call: &abi::requireAllowlistCall) -> Result<Bytes, Error> {
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

fn set_min_trust_score(context: &mut Context<'_>, score: u8) -> Result<Bytes, Error> {
    only_governance(context)?;
    if score > MAX_TRUST_SCORE {
        return Err(abi::TrustScoreOutOfRange { score }.into());
    }
    context.registry().set_min_trust_score(score)?;
    emit(context, &abi::MinTrustScoreChanged { score })
}

fn set_validity(context: &mut Context<'_>, duration: u64) -> Result<Bytes, Error> {
    only_governance(context)?;
    context.registry().set_validity(duration)?;
    emit(context, &abi::ValidityChanged { duration })
}

fn set_minimum_tcb(context: &mut Context<'_>, call: &abi::setMinimumTcbCall) -> Result<Bytes, Error> {
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

fn set_golden_measurement(
    context: &mut Context<'_>,
    call: &abi::setGoldenMeasurementCall,
) -> Result<Bytes, Error> {
    only_governance(context)?;
    let vendor = one_vendor(call.vendor)?;
    let read = format(vendor)
        .read_golden
        .ok_or(abi::UnsupportedVendor { vendor: call.vendor })?;
    check_length(&call.golden, MAX_COLLATERAL_LEN)?;
    let rejected = |rejection: Rejection| abi::GoldenMeasurementRejected {
        code: rejection.code(),
    };
    let golden = read(&call.golden, context.crypto).map_err(rejected)?;
    if golden.compact.len() > MAX_BLOB_LEN {
        return Err(rejected(Rejection::GoldenTooLarge).into());
    }
    context
        .registry()
        .set_golden(vendor, golden.key, &golden.compact)?;
    emit(
        context,
        &abi::GoldenMeasurementChanged {
            vendor: call.vendor,
            key: golden.key,
            digest: keccak256(&golden.compact),
        },
    )
}

fn set_governance(context: &mut Context<'_>, current: Address) -> Result<Bytes, Error> {
    only_governance(context)?;
    if current.is_zero() {
        return Err(abi::ZeroGovernance {}.into());
    }
    let previous = context.registry().governance()?;
    context.registry().set_governance(current)?;
    emit(context, &abi::GovernanceChanged { previous, current })
}

fn set_guardian(context: &mut Context<'_>, current: Address) -> Result<Bytes, Error> {
    only_governance(context)?;
    let previous = context.registry().guardian()?;
    context.registry().set_guardian(current)?;
    emit(context, &abi::GuardianChanged { previous, current })
}

fn only_governance(context: &mut Context<'_>) -> Result<(), Error> {
    let caller = context.caller;
    if caller == context.registry().governance()? {
        Ok(())
    } else {
        Err(Unauthorized { caller }.into())
    }
}

/// Logs an event: the last thing that a write does. Writes return nothing.
fn emit(context: &mut Context<'_>, event: &impl SolEvent) -> Result<Bytes, Error> {
    context.host.log(Log {
        address: context.config.addresses.registry,
        data: event.encode_log_data(),
    });
    Ok(Bytes::new())
}

fn abi_state(state: state::MeasurementState) -> MeasurementState {
    match state {
        state::MeasurementState::Unset => MeasurementState::Unset,
        state::MeasurementState::Allowed => MeasurementState::Allowed,
        state::MeasurementState::Banned => MeasurementState::Banned,
    }
}
