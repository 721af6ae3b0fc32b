//! CalculateReward at levels 3 and 4: who is paid, against device records written slot by slot (specification,
//! sections 2 and 5; storage as documented).

mod evm;

use aivm::abi::IAIMining::{DeviceNotAttested, SovereignNeedsHybrid};
use alloy_primitives::{B256, U256};
use evm::{
    NOW, STRANGER,
    device::{
        CONFIDENTIAL, CPU, DEVICE, GOOD, GPU, HYBRID, PUBLIC, REVOKED, Record, SOVEREIGN, TDX, VALIDITY,
        ether, reward,
    },
    mapping,
    memory::Machine,
    revert_data, work_proof,
};

#[track_caller]
fn assert_not_attested(machine: &mut Machine) {
    let refusal = revert_data(&DeviceNotAttested { deviceId: DEVICE });
    for level in [CONFIDENTIAL, SOVEREIGN] {
        assert_eq!(reward(machine, level, 60), Err(refusal.clone()), "level {level}");
    }
    // The levels that claim no TEE are paid all the same.
    assert_eq!(reward(machine, PUBLIC, 60).unwrap(), ether("15"));
}

#[track_caller]
fn assert_attested(machine: &mut Machine) {
    assert_eq!(reward(machine, CONFIDENTIAL, 60).unwrap(), ether("60"));
}

#[test]
fn an_unknown_device_is_not_paid() {
    assert_not_attested(&mut Machine::new(STRANGER));
    for vendor in [0, 6, 255] {
        assert_not_attested(&mut Record { vendor, ..GOOD }.machine());
    }
    for vendor in 1..=5 {
        assert_attested(&mut Record { vendor, ..GOOD }.machine());
    }
    // Another device's record is no help.
    let mut machine = GOOD.machine();
    let other = B256::repeat_byte(0x12);
    let output = machine.mining(STRANGER, 2, &work_proof(other, CONFIDENTIAL, 60));
    assert_eq!(output, Err(revert_data(&DeviceNotAttested { deviceId: other })));
}

#[test]
fn an_attestation_lasts_to_its_last_second() {
    for validity in [VALIDITY, 1, 0] {
        let mut machine = Record {
            last_seen: NOW,
            ..GOOD
        }
        .machine();
        machine.poke(U256::from(4), U256::from(validity));
        for (now, attested) in [
            (NOW + validity, true),
            (NOW + validity + 1, false),
            (NOW + validity + 2, false),
            (u64::MAX, false),
            (NOW, true),
        ] {
            machine.host.timestamp = now;
            if attested {
                assert_attested(&mut machine);
            } else {
                assert_not_attested(&mut machine);
            }
        }
        machine.host.timestamp = (NOW + validity).saturating_sub(1).max(NOW);
        assert_attested(&mut machine);
    }
    // A validity that would carry past the end of time is for ever.
    let mut machine = GOOD.machine();
    machine.poke(U256::from(4), U256::from(u64::MAX));
    machine.host.timestamp = u64::MAX;
    assert_attested(&mut machine);
}

#[test]
fn a_pause_stops_pay() {
    let pause = |record: Record, bits: u64| {
        let mut machine = record.machine();
        machine.poke(U256::from(2), U256::from(bits));
        machine
    };
    let cpu_only = Record {
        flags: 0,
        gpu: B256::ZERO,
        ..GOOD
    };
    // All; this vendor; for a hybrid device NVIDIA (4).
    for bits in [1, 1 << TDX, 1 << 4] {
        assert_not_attested(&mut pause(GOOD, bits));
    }
    assert_attested(&mut pause(cpu_only, 1 << 4));
    for bits in [1 << 1, 1 << 2, 1 << 5, 0] {
        assert_attested(&mut pause(GOOD, bits));
    }
    for vendor in 1..=5 {
        assert_not_attested(&mut pause(Record { vendor, ..cpu_only }, 1 << vendor));
    }
}

#[test]
fn a_banned_measurement_stops_pay() {
    const BANNED: u64 = 2;
    let judge = |record: Record, id: B256, state: u64| {
        let mut machine = record.machine();
        machine.poke(mapping(id, 5), U256::from(state));
        machine
    };
    for id in [CPU, GPU] {
        assert_not_attested(&mut judge(GOOD, id, BANNED));
        assert_attested(&mut judge(GOOD, id, 1));
        assert_attested(&mut judge(GOOD, id, 0));
    }
    assert_attested(&mut judge(GOOD, B256::repeat_byte(0x99), BANNED));
}

/// Zero says that there is no GPU measurement. A ban of the id zero is about no device.
#[test]
fn no_gpu_measurement_cannot_be_banned() {
    let mut machine = Record {
        flags: 0,
        gpu: B256::ZERO,
        ..GOOD
    }
    .machine();
    machine.poke(mapping(B256::ZERO, 5), U256::from(2));
    assert_attested(&mut machine);
}

#[test]
fn a_revoked_device_is_not_paid() {
    assert_not_attested(
        &mut Record {
            flags: REVOKED,
            ..GOOD
        }
        .machine(),
    );
    assert_not_attested(
        &mut Record {
            flags: REVOKED | HYBRID,
            ..GOOD
        }
        .machine(),
    );
}

#[test]
fn sovereign_needs_both() {
    let mut machine = Record {
        flags: 0,
        gpu: B256::ZERO,
        ..GOOD
    }
    .machine();
    let refusal = revert_data(&SovereignNeedsHybrid { deviceId: DEVICE });
    assert_eq!(reward(&mut machine, SOVEREIGN, 60), Err(refusal));
    assert_attested(&mut machine);
    assert_eq!(reward(&mut GOOD.machine(), SOVEREIGN, 60).unwrap(), ether("90"));
}
