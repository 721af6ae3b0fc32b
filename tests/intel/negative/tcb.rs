//! TCB levels: rows 19, 20 and 23.

use super::{cases, extension, set_cpu_svn};
use aivm_simulator::intel::{Grade, Scenario};

cases! {
    /// Of the platform, of the module, of the quoting enclave, of now.
    TCB:
    19 "the first component below every level" [ALL] Quote(|s| set_cpu_svn(s, 0, 1)) => 160,
    19 "the last component below every level" [ALL] Evidence(|s| s.tcb_info.levels.iter_mut().for_each(|level| level.sgx[15] = 1)) => 160,
    19 "PCESVN below every level" [ALL] Quote(|s| extension(s).pce_svn = 4) => 160,
    19 "a PCESVN whose low byte is high enough" [ALL] Evidence(|s| s.tcb_info.levels.iter_mut().for_each(|level| level.pce_svn = 0x101)) => 160,
    19 "no level" [ALL] Evidence(|s| s.tcb_info.levels.clear()) => 160,
    19 "TEE_TCB_SVN below every level" [TDX] Quote(|s| s.td.tee_tcb_svn[2] = 1) => 160,
    19 "the last of TEE_TCB_SVN below every level" [TDX] Evidence(|s| tdx_svn(s, 15, 1)) => 160,
    19 "TEE_TCB_SVN of a module of version 0 below every level" [V4] Quote(|s| s.td.tee_tcb_svn[0] = 4) => 160,
    19 "a module of version 0 where the levels ask for version 1" [V4] Evidence(|s| tdx_svn(s, 1, 1)) => 160,
    19 "components that meet one level each" [ALL] Evidence(split_levels) => 160,
    19 "OutOfDate by a component" [ALL] Quote(|s| { let svn = extension(s).components[0]; set_cpu_svn(s, 0, svn - 1) }) => 13,
    19 "OutOfDate by PCESVN" [ALL] Quote(|s| extension(s).pce_svn = 12) => 13,
    19 "OutOfDate by the quoting enclave" [ALL] Quote(|s| s.qe_report.report.isv_svn -= 1) => 13,
    19 "OutOfDate by the module" [V5] Quote(|s| { s.td.tee_tcb_svn[0] = 3; s.td.tee_tcb_svn2[0] = 3 }) => 13,
    19 "OutOfDateConfigurationNeeded" [ALL] Evidence(|s| grade(s, "OutOfDateConfigurationNeeded")) => 13,
    19 "configuration needed, and the quoting enclave OutOfDate" [ALL] Evidence(|s| { grade(s, "ConfigurationNeeded"); s.qe_report.report.isv_svn -= 1 }) => 13,
    19 "TDRelaunchAdvised with configuration" [TD15] Evidence(|s| { grade(s, "ConfigurationNeeded"); s.td.tee_tcb_svn[0] = 3 }) => 13,
    20 "the platform's level is revoked" [ALL] Evidence(|s| grade(s, "Revoked")) => 161,
    20 "the lower level of the platform is revoked" [ALL] Evidence(|s| { s.tcb_info.levels[1].grade = Grade::new("Revoked"); extension(s).pce_svn = 12 }) => 161,
    20 "the quoting enclave's level is revoked" [ALL] Evidence(|s| s.qe_identity.levels[0].grade = Grade::new("Revoked")) => 161,
    20 "the module's level is revoked" [V5] Evidence(|s| s.tcb_info.tdx_module_identities[1].levels[0].grade = Grade::new("Revoked")) => 161,
    20 "what the TD runs on now is revoked" [TD15] Evidence(revoked_now) => 161,
    20 "what the TD was launched on is revoked" [TD15] Evidence(revoked_at_launch) => 161,
    20 "the platform's level is revoked, the module's is unknown" [TD15] Evidence(|s| { grade(s, "Revoked"); s.qe_identity.levels[0].grade = Grade::new("OutOfDate") }) => 161,

    23 "a module of an unknown version" [TDX] Quote(|s| s.td.tee_tcb_svn[1] = 9) => 162,
    23 "a module of version 255" [TDX] Quote(|s| s.td.tee_tcb_svn[1] = 0xff) => 162,
    23 "no module identity" [V5] Evidence(|s| s.tcb_info.tdx_module_identities.clear()) => 162,
    23 "the module's identity under another name" [V5] Evidence(|s| s.tcb_info.tdx_module_identities[1].id = "TDX01".into()) => 162,
    23 "the module's identity with 0x in its name" [V5] Evidence(|s| s.tcb_info.tdx_module_identities[1].id = "TDX_0x01".into()) => 162,
    23 "the module's identity with one digit" [V5] Evidence(|s| s.tcb_info.tdx_module_identities[1].id = "TDX_1".into()) => 162,
    23 "the module's identity with three digits" [V5] Evidence(|s| s.tcb_info.tdx_module_identities[1].id = "TDX_001".into()) => 162,
    23 "a module below every level" [TDX] Quote(|s| (s.td.tee_tcb_svn[0], s.td.tee_tcb_svn[1]) = (1, 1)) => 163,
    23 "a module without levels" [V5] Evidence(|s| s.tcb_info.tdx_module_identities[1].levels.clear()) => 163,
    23 "TEE_TCB_SVN2 below every level" [TD15] Quote(|s| s.td.tee_tcb_svn2[2] = 1) => 166,
    23 "TEE_TCB_SVN2 of zeros" [TD15] Quote(|s| s.td.tee_tcb_svn2 = [0; 16]) => 166,
    23 "TEE_TCB_SVN2 of an unknown module" [TD15] Quote(|s| s.td.tee_tcb_svn2[1] = 9) => 167,
    23 "TEE_TCB_SVN2 of a module below every level" [TD15] Quote(|s| s.td.tee_tcb_svn2[0] = 1) => 168,
    23 "TEE_TCB_SVN2 of another module below every level" [TD15] Quote(|s| (s.td.tee_tcb_svn2[0], s.td.tee_tcb_svn2[1]) = (0, 3)) => 168,
}

/// Sets the status of the level that the platform has.
fn grade(s: &mut Scenario, status: &str) {
    s.tcb_info.levels[0].grade = Grade::new(status);
}

fn tdx_svn(s: &mut Scenario, index: usize, svn: u8) {
    for level in &mut s.tcb_info.levels {
        level.tdx.as_mut().expect("TDX components")[index] = svn;
    }
}

/// One level asks for more of the first component, the other for more of the second.
fn split_levels(s: &mut Scenario) {
    let have = extension(s).components;
    for (level, index) in s.tcb_info.levels.iter_mut().zip([0, 1]) {
        level.sgx = have.to_vec();
        level.sgx[index] += 1;
    }
}

/// Module 3 is revoked, and the TD, launched on module 1, runs on it now.
fn revoked_now(s: &mut Scenario) {
    s.tcb_info.tdx_module_identities[0].levels[0].grade = Grade::new("Revoked");
    (s.td.tee_tcb_svn2[0], s.td.tee_tcb_svn2[1]) = (3, 3);
}

/// Module 3 is revoked, and the TD, which runs on module 1 now, was launched on it.
fn revoked_at_launch(s: &mut Scenario) {
    s.tcb_info.tdx_module_identities[0].levels[0].grade = Grade::new("Revoked");
    (s.td.tee_tcb_svn[0], s.td.tee_tcb_svn[1]) = (3, 3);
}
