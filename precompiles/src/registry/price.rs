//! The price of each function.

use crate::{call_data::known_selector, config::GasSchedule, precompile::Price};
use aivm_abi::IAttestationRegistry::{self, IAttestationRegistryCalls};
use alloy_sol_types::SolCall;

/// The functions that only read.
const READS: [[u8; 4]; 17] = [
    IAttestationRegistry::getDeviceStatusCall::SELECTOR,
    IAttestationRegistry::getDeviceKeyCall::SELECTOR,
    IAttestationRegistry::getDeviceNonceCall::SELECTOR,
    IAttestationRegistry::getDeviceMeasurementsCall::SELECTOR,
    IAttestationRegistry::isHybridCall::SELECTOR,
    IAttestationRegistry::deviceCountCall::SELECTOR,
    IAttestationRegistry::governanceCall::SELECTOR,
    IAttestationRegistry::guardianCall::SELECTOR,
    IAttestationRegistry::isPausedCall::SELECTOR,
    IAttestationRegistry::measurementStateCall::SELECTOR,
    IAttestationRegistry::allowlistRequiredCall::SELECTOR,
    IAttestationRegistry::minTrustScoreCall::SELECTOR,
    IAttestationRegistry::validityCall::SELECTOR,
    IAttestationRegistry::minimumTcbCall::SELECTOR,
    IAttestationRegistry::rootCACall::SELECTOR,
    IAttestationRegistry::collateralInfoCall::SELECTOR,
    IAttestationRegistry::goldenMeasurementCall::SELECTOR,
];

/// The functions that take evidence.
pub(super) const PROOFS: [[u8; 4]; 2] = [
    IAttestationRegistry::verifyAttestationCall::SELECTOR,
    IAttestationRegistry::verifyAttestationForCall::SELECTOR,
];

/// The functions whose price grows with their input.
pub(super) const PRICED_BY_LENGTH: [[u8; 4]; 3] = [
    IAttestationRegistry::submitCollateralCall::SELECTOR,
    IAttestationRegistry::updateRootCACall::SELECTOR,
    IAttestationRegistry::setGoldenMeasurementCall::SELECTOR,
];

/// The price of a call with this input.
pub(super) fn price(gas: &GasSchedule, input: &[u8]) -> Price {
    let Some(selector) = known_selector::<IAttestationRegistryCalls>(input) else {
        return Price::read(gas.unknown_operation);
    };
    if READS.contains(&selector) {
        return Price::read(gas.registry_read);
    }
    if PROOFS.contains(&selector) {
        return Price::write(gas.verify_attestation);
    }
    if PRICED_BY_LENGTH.contains(&selector) {
        let bytes = u64::try_from(input.len()).unwrap_or(u64::MAX);
        return Price::write(
            gas.collateral_base
                .saturating_add(gas.collateral_byte.saturating_mul(bytes)),
        );
    }
    Price::write(gas.registry_write)
}
