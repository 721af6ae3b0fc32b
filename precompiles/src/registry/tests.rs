//! What the functions are made of. The functions themselves are tested through EVMs, in the workspace's
//! `tests`.

use super::{
    PRECOMPILE,
    input::{decode, one_vendor, vendor},
};
use crate::{config::GasSchedule, evidence::Vendor, precompile::Price};
use aivm_abi::IAttestationRegistry::{
    self as abi, IAttestationRegistryCalls, TEEVendor, pauseCall, setGoldenMeasurementCall,
    setMeasurementCall, submitCollateralCall, updateRootCACall, verifyAttestationCall,
    verifyAttestationForCall,
};
use alloy_sol_types::{SolCall, SolInterface};

/// The functions that only read, by name: the price must not be the judge of that.
const READS: [[u8; 4]; 17] = [
    abi::getDeviceStatusCall::SELECTOR,
    abi::getDeviceKeyCall::SELECTOR,
    abi::getDeviceNonceCall::SELECTOR,
    abi::getDeviceMeasurementsCall::SELECTOR,
    abi::isHybridCall::SELECTOR,
    abi::deviceCountCall::SELECTOR,
    abi::governanceCall::SELECTOR,
    abi::guardianCall::SELECTOR,
    abi::isPausedCall::SELECTOR,
    abi::measurementStateCall::SELECTOR,
    abi::allowlistRequiredCall::SELECTOR,
    abi::minTrustScoreCall::SELECTOR,
    abi::validityCall::SELECTOR,
    abi::minimumTcbCall::SELECTOR,
    abi::rootCACall::SELECTOR,
    abi::collateralInfoCall::SELECTOR,
    abi::goldenMeasurementCall::SELECTOR,
];

/// The price is of the selector, and for three functions of the length.
#[test]
fn prices() {
    let gas = GasSchedule::default();
    let price = |input: &[u8]| (PRECOMPILE.price)(&gas, input);
    let (mut reads, mut writes, mut by_the_byte, mut proofs) = (0, 0, 0, 0);
    for selector in IAttestationRegistryCalls::selectors() {
        for len in [0, 1, 32, 70_000] {
            let input = [&selector[..], &vec![0xff; len]].concat();
            let bytes = u64::try_from(input.len()).unwrap();
            match selector {
                submitCollateralCall::SELECTOR
                | updateRootCACall::SELECTOR
                | setGoldenMeasurementCall::SELECTOR => {
                    assert_eq!(price(&input), Price::write(50_000 + 100 * bytes));
                    by_the_byte += 1;
                }
                verifyAttestationCall::SELECTOR | verifyAttestationForCall::SELECTOR => {
                    assert_eq!(price(&input), Price::write(50_000));
                    proofs += 1;
                }
                read if READS.contains(&read) => {
                    assert_eq!(price(&input), Price::read(2_600));
                    reads += 1;
                }
                _ => {
                    assert_eq!(price(&input), Price::write(25_000));
                    writes += 1;
                }
            }
        }
    }
    assert_eq!(
        (reads, writes, by_the_byte, proofs),
        (17 * 4, 12 * 4, 3 * 4, 2 * 4)
    );
    for input in [&[][..], &[1, 2, 3], &[0; 4], &[0xff; 100]] {
        assert_eq!(price(input), Price::read(gas.unknown_operation));
    }
}

/// A schedule that cannot be added up is as dear as can be, not cheap.
#[test]
fn prices_do_not_wrap() {
    let gas = GasSchedule {
        collateral_byte: u64::MAX,
        ..Default::default()
    };
    let price = (PRECOMPILE.price)(&gas, &submitCollateralCall::SELECTOR);
    assert_eq!(price, Price::write(u64::MAX));
}

#[test]
fn vendors() {
    let all = [
        TEEVendor::SGX,
        TEEVendor::SEVSNP,
        TEEVendor::TDX,
        TEEVendor::NVIDIA,
        TEEVendor::ARMCCA,
    ];
    for (argument, expected) in all.into_iter().zip(Vendor::ALL) {
        assert_eq!(vendor(argument), Some(expected));
        assert_eq!(one_vendor(argument), Ok(expected));
        assert_eq!(u8::from(argument), expected.number());
    }
    assert_eq!(vendor(TEEVendor::None), None);
    assert!(one_vendor(TEEVendor::None).is_err());
}

/// Every value that an enum does not have, 255 among them: it is what the bindings call their invalid variant.
#[test]
fn enums_have_no_other_values() {
    let pause = pauseCall {
        vendor: TEEVendor::None,
    }
    .abi_encode();
    let mut measurement = setMeasurementCall::SELECTOR.to_vec();
    measurement.extend([0; 64]);
    for (mut input, values) in [(pause, 6), (measurement, 3)] {
        for value in 0..=u8::MAX {
            *input.last_mut().unwrap() = value;
            assert_eq!(decode(&input).is_ok(), value < values, "{value}");
        }
    }
}
