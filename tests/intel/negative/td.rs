//! What an enclave or a TD must not be allowed to do, and the TDX module: rows 17 and 22.

use super::cases;
use aivm_simulator::intel::{Scenario, TdxModule};

cases! {
    /// Attributes, and the module's signer and attributes.
    ATTRIBUTES:
    17 "a debug enclave" [SGX] Quote(|s| s.sgx.attributes[0] |= 2) => 170,
    17 "a debug TD" [TDX] Quote(|s| set_bit(s, 0)) => 171,
    17 "a debug TD with profiling" [TDX] Quote(|s| { set_bit(s, 0); set_bit(s, 4) }) => 171,
    17 "profiling, bit 4" [TDX] Quote(|s| set_bit(s, 4)) => 172,
    17 "profiling, bit 5" [TDX] Quote(|s| set_bit(s, 5)) => 172,
    17 "profiling, bit 6" [TDX] Quote(|s| set_bit(s, 6)) => 172,
    22 "SEPT_VE_DISABLE clear" [TDX] Quote(|s| s.td.td_attributes[3] &= !0x10) => 176,
    22 "no attribute at all" [TDX] Quote(|s| s.td.td_attributes = [0; 8]) => 176,
    22 "MIGRATABLE" [TDX] Quote(|s| set_bit(s, 29)) => 174,
    22 "SERVTD_EXT" [TDX] Quote(|s| set_bit(s, 17)) => 175,
    22 "reserved bit 1" [TDX] Quote(|s| set_bit(s, 1)) => 173,
    22 "reserved bit 7" [TDX] Quote(|s| set_bit(s, 7)) => 173,
    22 "reserved bit 15" [TDX] Quote(|s| set_bit(s, 15)) => 173,
    22 "reserved bit 23" [TDX] Quote(|s| set_bit(s, 23)) => 173,
    22 "reserved bit 32" [TDX] Quote(|s| set_bit(s, 32)) => 173,
    22 "reserved bit 61" [TDX] Quote(|s| set_bit(s, 61)) => 173,
    22 "a service TD, first byte" [TD15] Quote(|s| s.td.mr_service_td[0] = 1) => 177,
    22 "a service TD, last byte" [TD15] Quote(|s| s.td.mr_service_td[47] = 0x80) => 177,
    22 "another signer of the module, first byte" [TDX] Quote(|s| s.td.mr_signer_seam[0] = 1) => 164,
    22 "another signer of the module, last byte" [TDX] Quote(|s| s.td.mr_signer_seam[47] = 0x80) => 164,
    22 "another signer in the identity of the module" [V5] Evidence(|s| s.tcb_info.tdx_module_identities[1].module.mrsigner[0] = 1) => 164,
    22 "another signer in the TCB info" [V4] Evidence(|s| s.tcb_info.tdx_module.as_mut().unwrap().mrsigner[0] = 1) => 164,
    22 "the signer of version 0 for a module of version 1" [V5] Evidence(signer_of_version_0) => 164,
    22 "another attribute of the module, first byte" [TDX] Quote(|s| s.td.seam_attributes[0] = 1) => 165,
    22 "another attribute of the module, last byte" [TDX] Quote(|s| s.td.seam_attributes[7] = 0x80) => 165,
    22 "an attribute of the module that is missing" [TDX] Evidence(|s| modules(s, |module| module.attributes[3] = 4)) => 165,
    22 "an attribute of the module outside the mask" [TDX] Evidence(|s| { modules(s, |module| module.attributes_mask = vec![0; 8]); s.td.seam_attributes[0] = 1 }) => 165,
}

/// Sets a bit of TDATTRIBUTES.
fn set_bit(s: &mut Scenario, bit: u32) {
    let attributes = u64::from_le_bytes(s.td.td_attributes) | 1 << bit;
    s.td.td_attributes = attributes.to_le_bytes();
}

/// Changes what modules of every version must be.
fn modules(s: &mut Scenario, change: fn(&mut TdxModule)) {
    s.tcb_info.tdx_module.iter_mut().for_each(change);
    for identity in &mut s.tcb_info.tdx_module_identities {
        change(&mut identity.module);
    }
}

fn signer_of_version_0(s: &mut Scenario) {
    s.tcb_info.tdx_module.as_mut().expect("a module").mrsigner[0] = 1;
    s.td.mr_signer_seam[0] = 1;
}
