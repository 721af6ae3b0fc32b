//! Rows 25 and 26: what names the hardware. And row 13, where an old driver is accepted.

use super::{evidence_of, furnished, packed, world_of};
use aivm::evidence::{Vendor, Verified, device_id, measurement_id, score::Deduction};
use aivm_simulator::nvidia::{Chip, DRIVER_VERSION, Key, NOW, Scenario, VBIOS_VERSION, opaque};

fn verified(scenario: &Scenario) -> Verified {
    furnished(scenario, NOW)
        .verify(&evidence_of(scenario))
        .expect("valid evidence")
}

/// Row 25: the device is named by the serial number of its own certificate; that of the leaf changes with firmware.
#[test]
fn the_serial_number_of_the_device_names_it() {
    for chip in Chip::GPUS {
        let scenario = Scenario::new(chip);
        let id = verified(&scenario).claims.device_id;
        assert_eq!(id, Some(device_id(Vendor::Nvidia, &[&scenario.brom.serial])));
        assert_ne!(id, Some(device_id(Vendor::Nvidia, &[&scenario.leaf.serial])));

        let mut padded = scenario.clone();
        padded.brom.serial = [&[0, 0xd1][..], &scenario.brom.serial].concat();
        let padded = verified(&padded).claims.device_id;
        let serial = [&[0xd1][..], &scenario.brom.serial].concat();
        assert_eq!(
            padded,
            Some(device_id(Vendor::Nvidia, &[&serial])),
            "the sign octet is no part"
        );
    }
}

/// Row 26: one device under two leaves, and under a second certificate of its own, is one device.
#[test]
fn two_leaves_of_one_device_are_one_device() {
    for chip in Chip::GPUS {
        let scenario = Scenario::new(chip);
        let other = scenario.clone().with_other_firmware();
        assert_ne!(scenario.leaf_der(), other.leaf_der());
        let claims = verified(&scenario).claims;
        assert_eq!(claims, verified(&other).claims);

        let mut again = scenario.clone();
        again.brom.key = Key::p384("the same device, certified again");
        assert_eq!(claims, verified(&again).claims);
        again.brom.serial = vec![0x41, 1, 2, 3, 4, 5, 6, 7, 8];
        assert_ne!(claims.device_id, verified(&again).claims.device_id);
    }
}

/// What a report claims, in the words of the specification.
#[test]
fn claims_of_valid_evidence() {
    let mut scenario = Scenario::new(Chip::Gb100);
    scenario.report.nonce = *b"a nonce that the requester chose";
    let claims = verified(&scenario).claims;
    assert_eq!(claims.report_data, [scenario.report.nonce, [0; 32]].concat()[..]);
    let m = [DRIVER_VERSION.as_bytes(), &[0], VBIOS_VERSION.as_bytes()].concat();
    assert_eq!(claims.measurement_id, measurement_id(Vendor::Nvidia, &[&m]));
    assert_eq!((claims.vendor, claims.tcb_status), (Vendor::Nvidia, None));
}

/// Row 13: a report of an old driver has no firmware id, and then the leaf's does not matter.
#[test]
fn an_old_driver_scores_less() {
    for chip in Chip::GPUS {
        let mut scenario = Scenario::new(chip);
        scenario.report.remove(opaque::FWID);
        for fwid in [
            scenario.leaf_fwid.clone(),
            aivm_simulator::nvidia::LeafFwid::Absent,
        ] {
            scenario.leaf_fwid = fwid;
            let verified = verified(&scenario);
            assert_eq!(verified.trust_score, 70);
            let deductions: Vec<_> = verified.claims.deductions.iter().collect();
            assert_eq!(deductions, [Deduction::NoGolden, Deduction::NoFwid]);
        }
    }
}

/// One record serves every device of its provisioner CA; two CAs have two records.
#[test]
fn records_of_two_chips_stand_side_by_side() {
    let scenarios = Chip::GPUS.map(Scenario::new);
    let mut world = world_of(&scenarios[0], NOW);
    let keys = scenarios.each_ref().map(|scenario| {
        let stored = world.submit(Vendor::Nvidia, &packed(scenario));
        stored.expect("collateral").key
    });
    assert_ne!(keys[0], keys[1]);
    for scenario in &scenarios {
        assert!(
            world.verify(&evidence_of(scenario)).is_ok(),
            "{:?}",
            scenario.chip
        );
    }
}
