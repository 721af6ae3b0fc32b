//! Measurements: unset, allowed, banned, and a required allow list.

use super::{score, valid};
use crate::common::{edit::packed, evidence_of, vendor_of, world::World, world::abi_vendor, world_of};
use aivm::{
    abi::IAttestationRegistry::{MeasurementState, TEEVendor, requireAllowlistCall, setMeasurementCall},
    evidence::{Vendor, measurement_id},
};
use aivm_simulator::intel::{Format, NOW, Scenario};
use alloy_primitives::B256;

fn set(world: &mut World, id: B256, state: MeasurementState) {
    world.govern(&setMeasurementCall {
        measurementId: id,
        state,
    });
}

/// The measurement id of a scenario, from its fields.
fn id_of(scenario: &Scenario) -> B256 {
    let vendor = vendor_of(scenario.format);
    if scenario.format.is_tdx() {
        measurement_id(vendor, &[&scenario.td.mr_td])
    } else {
        measurement_id(vendor, &[&scenario.sgx.mr_enclave, &scenario.sgx.mr_signer])
    }
}

#[test]
fn every_state_with_and_without_a_required_list() {
    let rows = [
        (MeasurementState::Unset, false, Ok(70)),
        (MeasurementState::Allowed, false, Ok(100)),
        (MeasurementState::Banned, false, Err(11)),
        (MeasurementState::Unset, true, Err(12)),
        (MeasurementState::Allowed, true, Ok(100)),
        (MeasurementState::Banned, true, Err(11)),
    ];
    let mut checked = 0;
    for format in Format::ALL {
        let (mut world, evidence) = valid(format);
        let id = id_of(&Scenario::new(format));
        let vendor = abi_vendor(vendor_of(format));
        // Each row after each other one: no state leaves anything behind.
        for (before, _, _) in rows {
            for (state, required, expected) in rows {
                set(&mut world, id, before);
                set(&mut world, id, state);
                world.govern(&requireAllowlistCall { vendor, required });
                assert_eq!(score(&mut world, &evidence), expected, "{format:?} {state:?}");
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 180);
}

/// Another measurement, and another vendor's list, change nothing.
#[test]
fn what_is_said_of_others_changes_nothing() {
    for format in Format::ALL {
        let (mut world, evidence) = valid(format);
        let scenario = Scenario::new(format);
        let other = if format.is_tdx() { Vendor::Sgx } else { Vendor::Tdx };
        let strangers = [
            measurement_id(other, &[&scenario.td.mr_td]),
            measurement_id(other, &[&scenario.sgx.mr_enclave, &scenario.sgx.mr_signer]),
            measurement_id(vendor_of(format), &[&scenario.sgx.mr_enclave]),
            B256::ZERO,
        ];
        for id in strangers {
            set(&mut world, id, MeasurementState::Banned);
        }
        for vendor in [
            TEEVendor::SEVSNP,
            TEEVendor::NVIDIA,
            TEEVendor::ARMCCA,
            abi_vendor(other),
        ] {
            world.govern(&requireAllowlistCall {
                vendor,
                required: true,
            });
        }
        assert_eq!(score(&mut world, &evidence), Ok(70), "{format:?}");
    }
}

/// Every bit of what is measured makes another measurement; what is not measured makes none.
#[test]
fn what_a_measurement_is_made_of() {
    type Bend = fn(&mut Scenario);
    let rows: [(Bend, bool, bool); 6] = [
        (|s| s.sgx.mr_enclave[31] ^= 1, true, false),
        (|s| s.sgx.mr_signer[0] ^= 0x80, true, false),
        (|s| s.sgx.isv_svn += 1, false, false),
        (|s| s.td.mr_td[47] ^= 1, false, true),
        (|s| s.td.rtmr[0][0] ^= 1, false, false),
        (|s| s.td.mr_config_id[0] ^= 1, false, false),
    ];
    let mut checked = 0;
    for format in Format::ALL {
        let scenario = Scenario::new(format);
        let mut world = world_of(&scenario, NOW);
        world
            .submit(vendor_of(format), &packed(&scenario))
            .expect("valid collateral");
        set(&mut world, id_of(&scenario), MeasurementState::Allowed);
        for (bend, of_enclave, of_td) in rows {
            let mut bent = scenario.clone();
            bend(&mut bent);
            let changes = if format.is_tdx() { of_td } else { of_enclave };
            let expected = if changes { 70 } else { 100 };
            assert_eq!(score(&mut world, &evidence_of(&bent)), Ok(expected), "{format:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 30);
}
