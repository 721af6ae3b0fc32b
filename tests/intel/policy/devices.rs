//! Devices: what their id is made of, and what it is not.

use super::valid;
use crate::common::{evidence_of, furnished_world, vendor_of};
use aivm_simulator::intel::{Format, Key, NOW, PckCa, Scenario};
use alloy_primitives::{B256, keccak256};

/// `keccak("aivm.device.v1" ‖ vendor ‖ PPID ‖ PCEID)` of a scenario.
fn id_of(scenario: &Scenario) -> B256 {
    let extension = scenario.sgx_extension.as_ref().expect("an SGX extension");
    let vendor = [vendor_of(scenario.format).number()];
    keccak256([b"aivm.device.v1", &vendor[..], &extension.ppid, &extension.pce_id].concat())
}

fn device(scenario: &Scenario) -> B256 {
    let verified = furnished_world(scenario, NOW).verify(&evidence_of(scenario));
    verified
        .expect("valid evidence")
        .claims
        .device_id
        .expect("a device")
}

#[test]
fn an_id_is_ppid_and_pceid() {
    let mut ids = Vec::new();
    for format in Format::ALL {
        for (ppid, pce_id) in [(0, 0), (0, 1), (0xff, 0x0100), (1, 0), (1, 0xffff_u16)] {
            let mut scenario = Scenario::new(format);
            let extension = scenario.sgx_extension.as_mut().expect("an SGX extension");
            extension.ppid[15] ^= ppid;
            extension.pce_id = pce_id.to_be_bytes().to_vec();
            scenario.tcb_info.pce_id = pce_id.to_be_bytes().to_vec();
            let id = device(&scenario);
            assert_eq!(id, id_of(&scenario), "{format:?}");
            ids.push((vendor_of(format), id));
        }
    }
    // The four TDX formats name the same five devices; the SGX enclaves on them have ids of their own.
    ids.sort_by_key(|(_, id)| *id);
    ids.dedup();
    assert_eq!(ids.len(), 10);
}

/// An id names hardware: neither its keys, nor its firmware, nor what runs on it.
#[test]
fn an_id_is_nothing_else() {
    let bends: [fn(&mut Scenario); 8] = [
        |s| s.envelope.attestation_key = Key::new("another attestation key"),
        |s| s.pck_leaf.key = Key::new("another pck"),
        |s| s.pck_leaf.serial[7] ^= 1,
        |s| s.pck_leaf.not_after += 1,
        |s| s.qe_report.auth_data.reverse(),
        |s| {
            s.use_pck_ca(if s.format.is_tdx() {
                PckCa::Processor
            } else {
                PckCa::Platform
            })
        },
        |s| (s.td.mr_td[0], s.sgx.mr_enclave[0]) = (1, 1),
        |s| s.sgx_extension.as_mut().expect("an SGX extension").pce_svn += 1,
    ];
    let mut checked = 0;
    for format in Format::ALL {
        let (mut world, evidence) = valid(format);
        let honest = world
            .verify(&evidence)
            .expect("valid evidence")
            .claims
            .device_id
            .expect("a device");
        for bend in bends {
            let mut bent = Scenario::new(format);
            bend(&mut bent);
            assert_eq!(device(&bent), honest, "{format:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 40);
}
