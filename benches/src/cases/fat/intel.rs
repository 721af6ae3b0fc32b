//! SGX and TDX.

use super::{Collateral, FatDevice, MAX_CERTIFICATE_LEN, MAX_COLLATERAL_LEN, extensions, serial};
use aivm::evidence::{Vendor, intel::pack};
use aivm_simulator::intel::{Format, Scenario};
use alloy_primitives::B256;

/// The platform family, which is no other's.
const FMSPC: [u8; 6] = [0xfa; 6];

/// Room for the rounding of ABI words.
const SLACK: usize = 64;

/// A device and its collateral.
pub(super) fn make(format: Format) -> (FatDevice, Collateral) {
    let mut scenario = Scenario::new(format);
    scenario.tcb_info.fmspc = FMSPC.to_vec();
    let extension = scenario.sgx_extension.as_mut().expect("it has one");
    extension.fmspc = FMSPC.to_vec();
    extension.ppid = vec![0xfa; 16];
    let hardware_id = [&extension.ppid[..], &extension.pce_id].concat();
    let cpu_svn = extension.cpu_svn.clone();
    scenario.pck_leaf.extensions = extensions(MAX_CERTIFICATE_LEN, |extensions| {
        let mut scenario = scenario.clone();
        scenario.pck_leaf.extensions = extensions.to_vec();
        scenario.pck_leaf_der().len()
    });
    let accepted = fill(&mut scenario, &cpu_svn);
    let mut older = scenario.clone();
    older.pck_crl.number = Some(0);
    let superseded = packed(&older);
    let collateral = Collateral { accepted, superseded };
    let vendor = if format.is_tdx() { Vendor::Tdx } else { Vendor::Sgx };
    let device = FatDevice::new(vendor, &hardware_id, move |nonce| quote(scenario.clone(), nonce));
    (device, collateral)
}

fn quote(mut scenario: Scenario, nonce: B256) -> Vec<u8> {
    let mut report_data = [0; 64];
    report_data[..32].copy_from_slice(nonce.as_slice());
    (scenario.sgx.report_data, scenario.td.report_data) = (report_data, report_data);
    scenario.quote()
}

/// Fills the collateral: one half with TCB levels that the platform does not meet in the last of their components, the
/// other with CRL entries.
fn fill(scenario: &mut Scenario, cpu_svn: &[u8]) -> Vec<u8> {
    let levels = scenario.tcb_info.levels.clone();
    let mut above = levels[0].clone();
    above.sgx = cpu_svn.to_vec();
    above.sgx[15] = u8::MAX;
    let mut number = 0;
    while packed(scenario).len() < MAX_COLLATERAL_LEN / 2 {
        above.pce_svn = 1_000 + number;
        scenario.tcb_info.levels.insert(0, above.clone());
        number += 1;
    }
    let without = packed(scenario).len();
    scenario.pck_crl.revoked = (0..100).map(serial).collect();
    let entry = (packed(scenario).len() - without) / 100 + 1;
    let count = (MAX_COLLATERAL_LEN - SLACK - without) / entry;
    scenario.pck_crl.revoked = (0..count).map(serial).collect();
    let collateral = packed(scenario);
    assert!(
        collateral.len() <= MAX_COLLATERAL_LEN,
        "{} bytes",
        collateral.len()
    );
    collateral
}

fn packed(scenario: &Scenario) -> Vec<u8> {
    pack::pack(&scenario.collateral()).expect("chains in PEM")
}
