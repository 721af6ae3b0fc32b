//! The functions.

use super::{
    attestation, collateral,
    input::{decode, one_vendor, vendor},
    policy,
};
use crate::{
    call_data::returns,
    error::Error,
    evidence::stored::Header,
    precompile::Context,
    state::{self, blob::collateral_account},
};
use aivm_abi::{
    IAttestationRegistry::{self as abi, IAttestationRegistryCalls as Calls, MeasurementState, TEEVendor},
    IPrecompile::Unauthorized,
};
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use alloy_sol_types::SolEvent;

/// Runs the function that an input calls.
pub(super) fn run(context: &mut Context<'_>, input: &[u8]) -> Result<Bytes, Error> {
    match decode(input)? {
        Calls::verifyAttestation(call) => {
            attestation::verify_attestation(context, context.caller, &call.proof)
        }
        Calls::verifyAttestationFor(call) => {
            attestation::verify_attestation(context, call.operator, &call.proof)
        }
        Calls::refresh(call) => attestation::refresh(context, call.deviceId),
        Calls::releaseDevice(call) => attestation::release(context, call.deviceId),
        Calls::revokeDevice(call) => attestation::revoke(context, call.deviceId),
        Calls::submitCollateral(call) => collateral::submit_collateral(context, &call),
        Calls::updateRootCA(call) => collateral::update_root_ca(context, &call),
        Calls::setGoldenMeasurement(call) => collateral::set_golden_measurement(context, &call),
        Calls::pause(call) => policy::pause(context, call.vendor),
        Calls::unpause(call) => policy::unpause(context, call.vendor),
        Calls::setMeasurement(call) => policy::set_measurement(context, &call),
        Calls::requireAllowlist(call) => policy::require_allowlist(context, &call),
        Calls::setMinTrustScore(call) => policy::set_min_trust_score(context, call.score),
        Calls::setValidity(call) => policy::set_validity(context, call.duration),
        Calls::setMinimumTcb(call) => policy::set_minimum_tcb(context, &call),
        Calls::setGovernance(call) => policy::set_governance(context, call.governance),
        Calls::setGuardian(call) => policy::set_guardian(context, call.guardian),
        Calls::getDeviceStatus(call) => {
            returns::<abi::getDeviceStatusCall>(&attestation::status(context, call.deviceId)?)
        }
        Calls::getDeviceKey(call) => {
            returns::<abi::getDeviceKeyCall>(&context.registry().device_key(call.deviceId)?)
        }
        Calls::getDeviceNonce(call) => {
            returns::<abi::getDeviceNonceCall>(&context.registry().device_nonce(call.deviceId)?)
        }
        Calls::getDeviceMeasurements(call) => device_measurements(context, call.deviceId),
        Calls::isHybrid(call) => is_hybrid(context, call.deviceId),
        Calls::deviceCount(_) => {
            returns::<abi::deviceCountCall>(&U256::from(context.registry().device_count()?))
        }
        Calls::governance(_) => returns::<abi::governanceCall>(&context.registry().governance()?),
        Calls::guardian(_) => returns::<abi::guardianCall>(&context.registry().guardian()?),
        Calls::isPaused(call) => {
            returns::<abi::isPausedCall>(&context.registry().is_paused(vendor(call.vendor))?)
        }
        Calls::measurementState(call) => measurement_state(context, call.measurementId),
        Calls::allowlistRequired(call) => allowlist_required(context, call.vendor),
        Calls::minTrustScore(_) => returns::<abi::minTrustScoreCall>(&context.registry().min_trust_score()?),
        Calls::validity(_) => returns::<abi::validityCall>(&context.registry().validity()?),
        Calls::minimumTcb(call) => minimum_tcb(context, call.vendor),
        Calls::rootCA(call) => root_ca(context, call.vendor),
        Calls::collateralInfo(call) => collateral_info(context, &call),
        Calls::goldenMeasurement(call) => golden_measurement(context, &call),
    }
}

fn is_hybrid(context: &mut Context<'_>, device_id: B256) -> Result<Bytes, Error> {
    let device = context.registry().device(device_id)?;
    returns::<abi::isHybridCall>(&device.is_some_and(|device| device.hybrid))
}

fn measurement_state(context: &mut Context<'_>, id: B256) -> Result<Bytes, Error> {
    let state = match context.registry().measurement(id)? {
        state::MeasurementState::Unset => MeasurementState::Unset,
        state::MeasurementState::Allowed => MeasurementState::Allowed,
        state::MeasurementState::Banned => MeasurementState::Banned,
    };
    returns::<abi::measurementStateCall>(&state)
}

fn allowlist_required(context: &mut Context<'_>, argument: TEEVendor) -> Result<Bytes, Error> {
    let vendor = one_vendor(argument)?;
    returns::<abi::allowlistRequiredCall>(&context.registry().allowlist_required(vendor)?)
}

fn minimum_tcb(context: &mut Context<'_>, argument: TEEVendor) -> Result<Bytes, Error> {
    let vendor = one_vendor(argument)?;
    returns::<abi::minimumTcbCall>(&context.registry().minimum_tcb(vendor)?.into())
}

fn golden_measurement(context: &mut Context<'_>, call: &abi::goldenMeasurementCall) -> Result<Bytes, Error> {
    let vendor = one_vendor(call.vendor)?;
    returns::<abi::goldenMeasurementCall>(&context.registry().golden(vendor, call.key)?)
}

fn device_measurements(context: &mut Context<'_>, device_id: B256) -> Result<Bytes, Error> {
    let device = context.registry().device(device_id)?;
    let of = |id: fn(&state::device::Device) -> B256| device.as_ref().map(id).unwrap_or_default();
    returns::<abi::getDeviceMeasurementsCall>(&abi::getDeviceMeasurementsReturn {
        cpu: of(|device| device.cpu_measurement),
        gpu: of(|device| device.gpu_measurement),
    })
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

/// Refuses whoever is not governance.
pub(super) fn only_governance(context: &mut Context<'_>) -> Result<(), Error> {
    let caller = context.caller;
    if caller == context.registry().governance()? {
        Ok(())
    } else {
        Err(Unauthorized { caller }.into())
    }
}

/// Logs an event: the last thing that a write does. Most writes return nothing.
pub(super) fn emit(context: &mut Context<'_>, event: &impl SolEvent) -> Result<Bytes, Error> {
    context.host.log(Log {
        address: context.config.addresses.registry,
        data: event.encode_log_data(),
    });
    Ok(Bytes::new())
}
