//! What evidence is verified under: collateral, roots, golden measurements (specification, section 6).

use super::{
    input::one_vendor,
    run::{emit, only_governance},
};
use crate::{
    call_data::check_length,
    error::Error,
    evidence::{self, MAX_COLLATERAL_LEN, Rejection, VerifyError, format::format},
    precompile::Context,
    state::blob::MAX_BLOB_LEN,
};
use aivm_abi::IAttestationRegistry as abi;
use alloy_primitives::{Bytes, keccak256};

pub(super) fn submit_collateral(
    context: &mut Context<'_>,
    call: &abi::submitCollateralCall,
) -> Result<Bytes, Error> {
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

pub(super) fn update_root_ca(
    context: &mut Context<'_>,
    call: &abi::updateRootCACall,
) -> Result<Bytes, Error> {
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

pub(super) fn set_golden_measurement(
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
