//! Changes to what is said before it is signed: every signature holds, and anything may be said.

use aivm_simulator::intel::{Grade, IsvSvnLevel, Key, NOW, PckCa, Scenario, SgxExtension, TcbLevel};
use aivm_test_support::rng::Rng;

/// A change, with its name for a message.
type Change = (&'static str, fn(&mut Rng, &mut Scenario));

const PLATFORM: [&str; 8] = [
    "UpToDate",
    "SWHardeningNeeded",
    "ConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded",
    "OutOfDate",
    "OutOfDateConfigurationNeeded",
    "Revoked",
    "TDRelaunchAdvised",
];

/// Changes that mostly leave something valid.
const MILD: [Change; 24] = [
    ("status of a level", |rng, s| {
        let level = rng.below(2);
        s.tcb_info.levels[level].grade = grade(rng);
    }),
    ("SGX SVN of a level", |rng, s| {
        let (level, index) = (rng.below(2), rng.below(16));
        nudge(rng, &mut s.tcb_info.levels[level].sgx[index]);
    }),
    ("PCESVN of a level", |rng, s| {
        let level = rng.below(2);
        s.tcb_info.levels[level].pce_svn = rng.below(20) as u16;
    }),
    ("TDX SVN of a level", |rng, s| {
        let (level, index) = (rng.below(2), rng.below(16));
        if let Some(tdx) = &mut s.tcb_info.levels[level].tdx {
            nudge(rng, &mut tdx[index]);
        }
    }),
    ("order of the levels", |_, s| s.tcb_info.levels.reverse()),
    ("one more level", |rng, s| {
        let mut level: TcbLevel = s.tcb_info.levels[rng.below(2)].clone();
        let index = rng.below(16);
        nudge(rng, &mut level.sgx[index]);
        level.grade = grade(rng);
        s.tcb_info.levels.insert(rng.below(3), level);
    }),
    ("CPUSVN", |rng, s| {
        let index = rng.below(16);
        let extension = extension(s);
        nudge(rng, &mut extension.cpu_svn[index]);
        extension.components[index] = extension.cpu_svn[index];
    }),
    ("PCESVN", |rng, s| extension(s).pce_svn = rng.below(20) as u16),
    ("TEE_TCB_SVN", |rng, s| {
        let index = rng.below(4);
        s.td.tee_tcb_svn[index] = rng.below(8) as u8;
    }),
    ("TEE_TCB_SVN2", |rng, s| {
        let index = rng.below(4);
        s.td.tee_tcb_svn2[index] = rng.below(8) as u8;
    }),
    ("both TEE_TCB_SVN", |rng, s| {
        let svn = [
            rng.below(6) as u8,
            *choose(rng, &[0, 1, 3, 3, 9]),
            2 + rng.below(4) as u8,
        ];
        s.td.tee_tcb_svn[..3].copy_from_slice(&svn);
        s.td.tee_tcb_svn2[..3].copy_from_slice(&svn);
    }),
    ("level of a module", |rng, s| {
        for identity in &mut s.tcb_info.tdx_module_identities {
            let status = *choose(rng, &["UpToDate", "OutOfDate", "Revoked", "UpToDate"]);
            let level = IsvSvnLevel::new(rng.below(6) as u16, Grade::new(status));
            identity.levels.insert(rng.below(3), level);
        }
    }),
    ("name of a module", |rng, s| {
        let name = *choose(
            rng,
            &["TDX_01", "tdx_01", "TDX_03", "TDX_0A", "TDX_00", "TDX_1", "TDX"],
        );
        if let Some(identity) = s.tcb_info.tdx_module_identities.last_mut() {
            identity.id = name.into();
        }
    }),
    ("module attributes and mask", |rng, s| {
        let (index, value, mask) = (rng.below(8), rng.byte(), *choose(rng, &[0, 0xff, 0x0f]));
        let modules = s
            .tcb_info
            .tdx_module_identities
            .iter_mut()
            .map(|identity| &mut identity.module);
        for module in modules.chain(&mut s.tcb_info.tdx_module) {
            (module.attributes[index], module.attributes_mask[index]) = (value, mask);
        }
        s.td.seam_attributes[index] = *choose(rng, &[value & mask, value, 0]);
    }),
    ("ISVSVN of the quoting enclave", |rng, s| {
        s.qe_report.report.isv_svn = rng.below(10) as u16
    }),
    ("level of the quoting enclave", |rng, s| {
        let level = IsvSvnLevel::new(rng.below(10) as u16, grade(rng));
        s.qe_identity.levels.insert(rng.below(3), level);
    }),
    ("attributes of the quoting enclave", |rng, s| {
        s.qe_report.report.attributes[rng.below(16)] ^= 1 << rng.below(8);
    }),
    ("mask of the quoting enclave", |rng, s| {
        s.qe_identity.attributes_mask[rng.below(16)] ^= 1 << rng.below(8);
        s.qe_identity.miscselect_mask[rng.below(4)] ^= 1 << rng.below(8);
    }),
    ("TD attributes", |rng, s| {
        s.td.td_attributes[rng.below(8)] ^= 1 << rng.below(8)
    }),
    ("enclave attributes", |rng, s| {
        s.sgx.attributes[rng.below(16)] ^= 1 << rng.below(8)
    }),
    ("revoked strangers", |rng, s| {
        for _ in 0..rng.below(4) {
            let mut serial = rng.bytes(20);
            serial[0] &= 0x7f;
            serial[0] |= 0x40;
            s.pck_crl.revoked.push(serial.clone());
            s.root_crl.revoked.push(serial);
        }
    }),
    ("the other CA", |_, s| {
        s.use_pck_ca(if s.format.is_tdx() {
            PckCa::Processor
        } else {
            PckCa::Platform
        })
    }),
    ("report data", |rng, s| {
        s.td.report_data = rng.bytes(64).try_into().expect("64 bytes");
        s.sgx.report_data = rng.bytes(64).try_into().expect("64 bytes");
    }),
    ("evaluation numbers", |rng, s| {
        s.tcb_info.tcb_evaluation_data_number = rng.next_u64() as u32;
        s.qe_identity.tcb_evaluation_data_number = rng.next_u64() as u32;
    }),
];

/// Changes that mostly leave nothing valid.
const HARSH: [Change; 16] = [
    ("a revoked certificate", |rng, s| match rng.below(4) {
        0 => s.pck_crl.revoked.push(s.pck_leaf.serial.clone()),
        1 => s.root_crl.revoked.push(s.pck_ca.serial.clone()),
        2 => s.root_crl.revoked.push(s.tcb_signer.serial.clone()),
        _ => s.root_crl.revoked.push(s.root.serial.clone()),
    }),
    ("a revoked serial on the other list", |rng, s| {
        match rng.below(2) {
            0 => s.root_crl.revoked.push(s.pck_leaf.serial.clone()),
            _ => s.pck_crl.revoked.push(s.pck_ca.serial.clone()),
        }
    }),
    ("versions", |rng, s| {
        s.tcb_info.version = 1 + rng.below(4) as u32;
        s.qe_identity.version = 1 + rng.below(4) as u32;
    }),
    ("windows of the JSON", |rng, s| {
        s.tcb_info.issue_date = around(rng);
        s.qe_identity.next_update = around(rng);
    }),
    ("windows of the certificates", |rng, s| {
        s.tcb_signer.not_after = around(rng);
        s.pck_leaf.not_before = around(rng);
        s.pck_ca.not_after = around(rng);
    }),
    ("windows of the CRLs", |rng, s| {
        s.pck_crl.next_update = Some(around(rng));
        s.root_crl.this_update = around(rng);
    }),
    ("CRL numbers", |rng, s| {
        s.pck_crl.number = *choose(rng, &[None, Some(0), Some(u64::MAX)]);
        s.root_crl.number = *choose(rng, &[Some(0), Some(u64::MAX)]);
    }),
    ("FMSPC", |rng, s| {
        s.tcb_info.fmspc[rng.below(6)] ^= 1 << rng.below(8)
    }),
    ("PCEID", |rng, s| {
        s.tcb_info.pce_id[rng.below(2)] ^= 1 << rng.below(8)
    }),
    ("a component alone", |rng, s| {
        let index = rng.below(16);
        nudge(rng, &mut extension(s).components[index]);
    }),
    ("a stranger's signature", |rng, s| match rng.below(6) {
        0 => s.tcb_info.signing.signed_by = Some(Key::stranger()),
        1 => s.qe_identity.signing.signed_by = Some(Key::stranger()),
        2 => s.pck_crl.signed_by = Some(Key::stranger()),
        3 => s.root_crl.signed_by = Some(Key::stranger()),
        4 => s.pck_leaf.signed_by = Some(Key::stranger()),
        _ => s.qe_report.signed_by = Some(Key::stranger()),
    }),
    ("header", |rng, s| match rng.below(4) {
        0 => s.header.version = rng.below(7) as u16,
        1 => s.header.attestation_key_type = rng.below(5) as u16,
        2 => s.header.qe_svn = rng.next_u64() as u16,
        _ => s.header.user_data[rng.below(20)] = rng.byte(),
    }),
    ("module signer", |rng, s| {
        s.td.mr_signer_seam[rng.below(48)] = rng.below(2) as u8
    }),
    ("service TD", |rng, s| {
        s.td.mr_service_td[rng.below(48)] = rng.below(2) as u8
    }),
    ("authentication data", |rng, s| {
        let len = *choose(rng, &[0, 31, 32, 33]);
        s.qe_report.auth_data = rng.bytes(len);
    }),
    ("identity of the quoting enclave", |rng, s| match rng.below(3) {
        0 => s.qe_report.report.isv_prod_id = rng.below(4) as u16,
        1 => s.qe_report.report.mr_signer[rng.below(32)] ^= 1,
        _ => s.qe_identity.id = (*choose(rng, &["QE", "TD_QE", "QVE"])).into(),
    }),
];

/// Changes a scenario in one to four ways, and says how.
pub(crate) fn bend(rng: &mut Rng, scenario: &mut Scenario) -> String {
    let mut names = Vec::new();
    for _ in 0..=rng.below(3) {
        let (name, change) = choose(rng, &MILD);
        change(rng, scenario);
        names.push(*name);
    }
    if rng.below(4) == 0 {
        let (name, change) = choose(rng, &HARSH);
        change(rng, scenario);
        names.push(name);
    }
    names.join(", ")
}

fn choose<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.below(from.len())]
}

fn grade(rng: &mut Rng) -> Grade {
    let status = *choose(rng, &PLATFORM);
    Grade::new(status)
}

/// One more or one less.
fn nudge(rng: &mut Rng, svn: &mut u8) {
    *svn = if rng.below(2) == 0 {
        svn.saturating_add(1)
    } else {
        svn.saturating_sub(1)
    };
}

/// A few seconds around now.
fn around(rng: &mut Rng) -> u64 {
    NOW - 2 + rng.below(5) as u64
}

fn extension(s: &mut Scenario) -> &mut SgxExtension {
    s.sgx_extension.as_mut().expect("an SGX extension")
}
