//! Policy, roots and collateral in the registry: what governance sets is what everyone reads, and what cannot
//! be set is refused (specification, section 6).

mod evm;

use aivm::{
    abi::IAttestationRegistry::{self as abi, MeasurementState, TEEVendor},
    precompiles::{
        evidence::{Vendor, default_roots, intel},
        state::blob::collateral_account,
    },
};
use aivm_simulator::intel::{Format, Scenario};
use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_sol_types::SolCall;
use evm::{REGISTRY, STRANGER, calls, evidence::COLLATERAL_KEY, memory::Machine, revert_data, word};

const OWNER: Address = Address::repeat_byte(0x60);

/// The vendors, by number.
const VENDORS: [TEEVendor; 5] = [
    TEEVendor::SGX,
    TEEVendor::SEVSNP,
    TEEVendor::TDX,
    TEEVendor::NVIDIA,
    TEEVendor::ARMCCA,
];

/// What anyone reads.
#[track_caller]
fn read(machine: &mut Machine, call: impl SolCall) -> Bytes {
    machine.registry(STRANGER, &call).unwrap()
}

/// What governance sets.
#[track_caller]
fn set(machine: &mut Machine, call: impl SolCall) {
    assert_eq!(machine.registry(OWNER, &call), Ok(Bytes::new()));
}

#[test]
fn measurements() {
    let mut machine = Machine::new(OWNER);
    let measurement = |id: u8| abi::measurementStateCall {
        measurementId: B256::repeat_byte(id),
    };
    assert_eq!(read(&mut machine, measurement(1)), word(0));
    let states = [
        MeasurementState::Allowed,
        MeasurementState::Banned,
        MeasurementState::Unset,
    ];
    for (state, number) in states.into_iter().zip([1, 2, 0]) {
        let measurement_id = B256::repeat_byte(1);
        set(
            &mut machine,
            abi::setMeasurementCall {
                measurementId: measurement_id,
                state,
            },
        );
        assert_eq!(read(&mut machine, measurement(1)), word(number));
        assert_eq!(read(&mut machine, measurement(2)), word(0));
    }
}

#[test]
fn allow_lists_are_by_vendor() {
    for (number, vendor) in VENDORS.into_iter().enumerate() {
        let mut machine = Machine::new(OWNER);
        for required in [true, false, true] {
            set(&mut machine, abi::requireAllowlistCall { vendor, required });
            for (other, vendor) in VENDORS.into_iter().enumerate() {
                let expected = word(u64::from(required && other == number));
                assert_eq!(
                    read(&mut machine, abi::allowlistRequiredCall { vendor }),
                    expected
                );
            }
        }
    }
}

#[test]
fn trust_scores_are_at_most_100() {
    let mut machine = Machine::new(OWNER);
    assert_eq!(read(&mut machine, abi::minTrustScoreCall {}), word(50));
    let mut refused = 0;
    for score in 0..=u8::MAX {
        let call = abi::setMinTrustScoreCall { score };
        if score <= 100 {
            set(&mut machine, call);
        } else {
            let refusal = revert_data(&abi::TrustScoreOutOfRange { score });
            assert_eq!(machine.registry(OWNER, &call), Err(refusal));
            refused += 1;
        }
        assert_eq!(
            read(&mut machine, abi::minTrustScoreCall {}),
            word(u64::from(score.min(100)))
        );
    }
    assert_eq!(refused, 155);
}

#[test]
fn validity() {
    let mut machine = Machine::new(OWNER);
    assert_eq!(read(&mut machine, abi::validityCall {}), word(86_400));
    for duration in [0, 1, u64::from(u32::MAX) + 1, u64::MAX] {
        set(&mut machine, abi::setValidityCall { duration });
        assert_eq!(read(&mut machine, abi::validityCall {}), word(duration));
    }
}

/// `bytes` as a return value: offset, length, content.
fn returned_bytes(bytes: &[u8]) -> Vec<u8> {
    let padding = vec![0; bytes.len().next_multiple_of(32) - bytes.len()];
    [&word(32)[..], &word(bytes.len() as u64), bytes, &padding].concat()
}

#[test]
fn a_minimum_tcb_is_four_bytes_or_none() {
    for vendor in [TEEVendor::SGX, TEEVendor::TDX] {
        let mut machine = Machine::new(OWNER);
        let minimum_tcb = || abi::minimumTcbCall { vendor };
        assert_eq!(read(&mut machine, minimum_tcb()), returned_bytes(&[]));
        let minimum = Bytes::from_static(&[0, 0, 1, 2]);
        set(&mut machine, abi::setMinimumTcbCall { vendor, minimum });
        assert_eq!(read(&mut machine, minimum_tcb()), returned_bytes(&[0, 0, 1, 2]));
        for len in [1, 2, 3, 5, 8, 31, 32, 33, 928] {
            let minimum = Bytes::from(vec![9; len]);
            let refusal = revert_data(&abi::InvalidMinimumTcb {
                minimum: minimum.clone(),
            });
            let call = abi::setMinimumTcbCall { vendor, minimum };
            assert_eq!(machine.registry(OWNER, &call), Err(refusal));
        }
        assert_eq!(read(&mut machine, minimum_tcb()), returned_bytes(&[0, 0, 1, 2]));
        let minimum = Bytes::new();
        set(&mut machine, abi::setMinimumTcbCall { vendor, minimum });
        assert_eq!(read(&mut machine, minimum_tcb()), returned_bytes(&[]));
    }
}

#[track_caller]
fn unsupported(call: impl SolCall, vendor: TEEVendor) {
    let refusal = revert_data(&abi::UnsupportedVendor { vendor });
    assert_eq!(Machine::new(OWNER).registry(OWNER, &call), Err(refusal));
}

/// Where one vendor must be named, `None` is refused.
#[test]
fn no_vendor_is_no_answer() {
    let (vendor, key) = (TEEVendor::None, COLLATERAL_KEY);
    unsupported(abi::allowlistRequiredCall { vendor }, vendor);
    unsupported(
        abi::requireAllowlistCall {
            vendor,
            required: true,
        },
        vendor,
    );
    unsupported(abi::minimumTcbCall { vendor }, vendor);
    unsupported(abi::rootCACall { vendor }, vendor);
    unsupported(abi::collateralInfoCall { vendor, key }, vendor);
}

/// What is some vendor's cannot be nobody's; golden measurements are not Intel's and not AMD's.
#[test]
fn what_a_vendor_does_not_have() {
    let vendor = TEEVendor::None;
    unsupported(
        abi::setMinimumTcbCall {
            vendor,
            minimum: Bytes::new(),
        },
        vendor,
    );
    unsupported(
        abi::updateRootCACall {
            vendor,
            newRootCA: intel::ROOT_CA.into(),
        },
        vendor,
    );
    unsupported(
        abi::submitCollateralCall {
            vendor,
            collateral: Bytes::new(),
        },
        vendor,
    );
    unsupported(
        abi::goldenMeasurementCall {
            vendor,
            key: B256::ZERO,
        },
        vendor,
    );
    for vendor in [TEEVendor::None, TEEVendor::SGX, TEEVendor::SEVSNP, TEEVendor::TDX] {
        unsupported(
            abi::setGoldenMeasurementCall {
                vendor,
                golden: Bytes::new(),
            },
            vendor,
        );
    }
}

/// What `rootCA` returns.
fn root_ca(version: u64, bundle: &[u8]) -> Vec<u8> {
    let hash = if bundle.is_empty() {
        B256::ZERO
    } else {
        keccak256(bundle)
    };
    let bytes = returned_bytes(bundle);
    [&word(version)[..], &hash[..], &word(96), &bytes[32..]].concat()
}

#[test]
fn roots() {
    let mut machine = Machine::new(OWNER);
    let root_of = |machine: &mut Machine, vendor| read(machine, abi::rootCACall { vendor });
    assert_eq!(root_of(&mut machine, TEEVendor::ARMCCA), root_ca(0, &[]));
    for (vendor, number) in [
        (TEEVendor::SEVSNP, Vendor::SevSnp),
        (TEEVendor::NVIDIA, Vendor::Nvidia),
    ] {
        let expected = root_ca(1, &default_roots(number));
        assert_eq!(root_of(&mut machine, vendor), expected);
    }
    let (sgx, tdx) = (TEEVendor::SGX, TEEVendor::TDX);
    assert_eq!(root_of(&mut machine, sgx), root_ca(1, intel::ROOT_CA));
    let two = [intel::ROOT_CA, &Scenario::new(Format::TdxV4).root_der()].concat();
    let update = |bundle: &[u8]| abi::updateRootCACall {
        vendor: tdx,
        newRootCA: bundle.to_vec().into(),
    };
    set(&mut machine, update(&two));
    assert_eq!(root_of(&mut machine, tdx), root_ca(2, &two));
    assert_eq!(
        root_of(&mut machine, sgx),
        root_ca(1, intel::ROOT_CA),
        "each vendor has its own"
    );

    let twice = [intel::ROOT_CA, intel::ROOT_CA].concat();
    let truncated = &intel::ROOT_CA[..intel::ROOT_CA.len() - 1];
    let trailing = [intel::ROOT_CA, &[0]].concat();
    let too_long: &[u8] = &[0x30; 24_576];
    let malformed = [truncated, &trailing, &[0; 9]].map(|bundle| (bundle, 303));
    for (bundle, code) in [(&[][..], 300), (too_long, 301), (&twice, 306)]
        .into_iter()
        .chain(malformed)
    {
        let refusal = revert_data(&abi::RootCARejected { code });
        assert_eq!(machine.registry(OWNER, &update(bundle)), Err(refusal));
    }
    assert_eq!(root_of(&mut machine, tdx), root_ca(2, &two));
}

#[test]
fn collateral_can_be_looked_up() {
    let mut machine = Machine::new(OWNER);
    let info = |machine: &mut Machine, vendor, key| read(machine, abi::collateralInfoCall { vendor, key });
    let (tdx, key, none) = (TEEVendor::TDX, COLLATERAL_KEY, [0; 96]);
    assert_eq!(info(&mut machine, tdx, key)[..], none);
    let submit = calls::named("submitCollateral");
    machine.call(STRANGER, REGISTRY, &submit.input).unwrap();
    // From the issue of the QE identity to the last second of the PCK CRL.
    let account = collateral_account(Vendor::Tdx, key).into_word();
    let expected = [&account[..], &word(1_750_329_147), &word(1_752_919_234)].concat();
    assert_eq!(info(&mut machine, tdx, key)[..], expected);
    assert_eq!(info(&mut machine, TEEVendor::SGX, key)[..], none);
    assert_eq!(info(&mut machine, tdx, B256::ZERO)[..], none);
}
