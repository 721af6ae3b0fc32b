//! The order of the checks (specification, appendices A.4 and A.5): where several things are wrong, the first check
//! that fails gives the code. Each test applies every fault from one on, so a check that came too early would show.

use super::{extension, set_cpu_svn};
use crate::common::{
    edit::packed,
    evidence, evidence_of, furnished_world, vendor_of,
    world::{World, abi_vendor},
    world_of,
};
use aivm::abi::IAttestationRegistry::{
    TEEVendor, pauseCall, setMinTrustScoreCall, setMinimumTcbCall, updateRootCACall,
};
use aivm_simulator::intel::{Certificate, Extension, Format, Grade, Key, NOW, Scenario, oids};
use std::collections::BTreeSet;

/// A fault, and where it is: in what the quote is made of, in what the collateral is made of, on the chain.
struct Step {
    code: u16,
    fault: Fault,
}

enum Fault {
    Quote(fn(&mut Scenario)),
    Collateral(fn(&mut Scenario)),
    Chain(fn(&mut World, &Scenario)),
}

macro_rules! steps {
    ($(#[$doc:meta])* $name:ident: $($code:literal $kind:ident($fault:expr),)+) => {
        $(#[$doc])*
        const $name: &[Step] = &[$(Step { code: $code, fault: Fault::$kind($fault) }),+];
    };
}

steps! {
    /// Appendix A.5, as far as every format has it.
    EVIDENCE:
    4 Chain(|world, _| world.govern(&pauseCall { vendor: TEEVendor::None })),
    102 Quote(|s| s.header.tee_type = 1),
    101 Quote(|s| s.header.version = 9),
    103 Quote(|s| s.header.attestation_key_type = 3),
    104 Quote(|s| s.header.qe_vendor_id[0] ^= 1),
    110 Quote(|s| s.envelope.outer_type = s.envelope.outer_type.map(|_| 7)),
    109 Quote(|s| s.qe_report.auth_data.push(0)),
    107 Quote(|s| s.envelope.trailing.push(0)),
    111 Quote(|s| s.envelope.chain_tail = vec![0, 0]),
    122 Quote(|s| s.pck_leaf.serial = vec![0x80]),
    127 Quote(|s| extension(s).missing.push(oids::PPID)),
    6 Quote(|s| extension(s).fmspc[0] ^= 1),
    9 Chain(replace_root),
    8 Chain(|world, _| { world.at(NOW + 365 * 86_400); }),
    14 Chain(|world, s| demand(world, s, 21)),
    120 Quote(|s| s.root.serial[3] ^= 1),
    121 Quote(|s| s.pck_ca.serial[3] ^= 1),
    123 Quote(|s| s.pck_leaf.signed_by = Some(Key::stranger())),
    125 Quote(|s| s.pck_leaf.not_after = NOW - 1),
    126 Collateral(|s| s.pck_crl.revoked.push(s.pck_leaf.serial.clone())),
    128 Quote(|s| extension(s).pce_id[0] ^= 1),
    140 Quote(|s| s.qe_report.signed_by = Some(Key::stranger())),
    141 Quote(|s| s.qe_report.report_data = Some([0; 64])),
    144 Quote(|s| s.qe_report.report.mr_signer[0] ^= 1),
    145 Quote(|s| s.qe_report.report.isv_prod_id += 1),
    142 Quote(|s| s.qe_report.report.miscselect = 1),
    143 Quote(|s| s.qe_report.report.attributes[0] |= 2),
    147 Quote(|s| s.envelope.signed_by = Some(Key::stranger())),
    146 Quote(|s| s.qe_report.report.isv_svn = 0),
    160 Quote(|s| set_cpu_svn(s, 0, 0)),
}

steps! {
    /// What follows for SGX.
    SGX:
    161 Collateral(|s| s.tcb_info.levels[0].grade = Grade::new("Revoked")),
    170 Quote(|s| s.sgx.attributes[0] |= 2),
    13 Chain(|world, _| world.govern(&setMinTrustScoreCall { score: 71 })),
}

steps! {
    /// What follows for a TD 1.5.
    TD15:
    162 Quote(|s| s.td.tee_tcb_svn[1] = 9),
    163 Quote(|s| s.td.tee_tcb_svn[0] = 0),
    166 Quote(|s| s.td.tee_tcb_svn2[2] = 0),
    167 Quote(|s| s.td.tee_tcb_svn2[1] = 9),
    168 Quote(|s| s.td.tee_tcb_svn2[0] = 0),
    161 Collateral(|s| s.tcb_info.levels[0].grade = Grade::new("Revoked")),
    164 Quote(|s| s.td.mr_signer_seam[0] = 1),
    165 Quote(|s| s.td.seam_attributes[0] = 1),
    171 Quote(|s| s.td.td_attributes[0] |= 1),
    172 Quote(|s| s.td.td_attributes[0] |= 0x10),
    173 Quote(|s| s.td.td_attributes[1] |= 1),
    174 Quote(|s| s.td.td_attributes[3] |= 0x20),
    175 Quote(|s| s.td.td_attributes[2] |= 2),
    176 Quote(|s| s.td.td_attributes[3] &= !0x10),
    177 Quote(|s| s.td.mr_service_td[0] = 1),
    13 Chain(|world, _| world.govern(&setMinTrustScoreCall { score: 71 })),
}

steps! {
    /// Appendix A.4 after the encoding.
    COLLATERAL:
    220 Collateral(|s| s.tcb_signer.is_ca = true),
    221 Collateral(|s| s.tcb_signer.signed_by = Some(Key::stranger())),
    236 Collateral(|s| s.root.not_after = NOW - 1),
    240 Collateral(|s| s.root_crl.version = None),
    241 Collateral(|s| s.root_crl.issuer_cn = Some("Anyone".into())),
    242 Collateral(|s| s.root_crl.signed_by = Some(Key::stranger())),
    244 Collateral(|s| s.root_crl.next_update = Some(NOW)),
    237 Collateral(|s| s.root_crl.revoked.push(s.root.serial.clone())),
    223 Collateral(|s| s.tcb_signer.not_after = NOW - 1),
    224 Collateral(|s| s.root_crl.revoked.push(s.tcb_signer.serial.clone())),
    225 Collateral(|s| qe_signer(s).subject_cn = "Anyone".into()),
    226 Collateral(|s| qe_signer(s).signed_by = Some(Key::stranger())),
    228 Collateral(|s| qe_signer(s).not_after = NOW - 1),
    229 Collateral(|s| { let serial = qe_signer(s).serial.clone(); s.root_crl.revoked.push(serial) }),
    230 Collateral(|s| s.pck_ca.key_usage = None),
    231 Collateral(|s| s.pck_ca.signed_by = Some(Key::stranger())),
    233 Collateral(|s| s.pck_ca.not_after = NOW - 1),
    234 Collateral(|s| s.root_crl.revoked.push(s.pck_ca.serial.clone())),
    247 Collateral(|s| s.pck_crl.issuer_cn = Some("Anyone".into())),
    248 Collateral(|s| s.pck_crl.signed_by = Some(Key::stranger())),
    246 Collateral(|s| s.pck_crl.extensions.push(Extension::unknown_critical())),
    250 Collateral(|s| s.pck_crl.next_update = Some(NOW)),
    206 Collateral(|s| s.tcb_info.signing.signed_by = Some(Key::stranger())),
    212 Collateral(|s| s.qe_identity.signing.signed_by = Some(Key::stranger())),
    202 Collateral(|s| s.tcb_info.levels[0].grade = Grade::new("Fine")),
    208 Collateral(|s| s.qe_identity.levels[0].grade = Grade::new("Fine")),
    203 Collateral(|s| s.tcb_info.id = "QVE".into()),
    209 Collateral(|s| s.qe_identity.id = "QVE".into()),
    205 Collateral(|s| s.tcb_info.next_update = NOW - 1),
    211 Collateral(|s| s.qe_identity.next_update = NOW - 1),
    14 Chain(|world, s| demand(world, s, 21)),
    201 Collateral(revoke_1230),
    245 Collateral(|s| s.root_crl.this_update -= 1),
    251 Collateral(|s| s.pck_crl.this_update -= 1),
    207 Collateral(|s| s.tcb_info.issue_date -= 1),
    213 Collateral(|s| s.qe_identity.issue_date -= 1),
}

/// The code that refuses evidence with all these faults.
fn refused_evidence(format: Format, steps: &[&Step]) -> Option<u16> {
    let valid = Scenario::new(format);
    let (mut quote, mut collateral) = (valid.clone(), valid.clone());
    for step in steps {
        match step.fault {
            Fault::Quote(bend) => bend(&mut quote),
            Fault::Collateral(bend) => bend(&mut collateral),
            Fault::Chain(_) => {}
        }
    }
    let mut world = world_of(&collateral, NOW);
    let vendor = vendor_of(format);
    world
        .submit(vendor, &packed(&collateral))
        .expect("collateral that is accepted");
    for step in steps {
        if let Fault::Chain(change) = step.fault {
            change(&mut world, &valid);
        }
    }
    let refused = world.verify(&evidence(vendor, &quote.quote())).err();
    refused.map(|rejection| rejection.code())
}

#[test]
fn evidence_is_checked_in_order() {
    let mut checked = 0;
    for (format, rest) in [
        (Format::SgxV3, SGX),
        (Format::TdxV5Td15, TD15),
        (Format::TdxV5Td15Ex, TD15),
    ] {
        // SGX quotes have no outer certification data.
        let all = EVIDENCE.iter().chain(rest);
        let steps: Vec<_> = all.filter(|step| format.is_tdx() || step.code != 110).collect();
        for first in 0..steps.len() {
            let code = refused_evidence(format, &steps[first..]);
            assert_eq!(code, Some(steps[first].code), "{format:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 32 + 2 * 46);
}

/// A launch that is revoked is refused as that, also where what the TD runs on now is not, and before its attributes.
#[test]
fn a_revoked_launch_comes_before_attributes() {
    for format in [Format::TdxV5Td15, Format::TdxV5Td15Ex] {
        let mut scenario = Scenario::new(format);
        scenario.tcb_info.tdx_module_identities[0].levels[0].grade = Grade::new("Revoked");
        (scenario.td.tee_tcb_svn[0], scenario.td.tee_tcb_svn[1]) = (3, 3);
        scenario.td.seam_attributes[0] = 1;
        scenario.td.td_attributes[0] |= 1;
        let mut world = furnished_world(&scenario, NOW);
        let refused = world.verify(&evidence_of(&scenario)).err();
        assert_eq!(refused.map(|rejection| rejection.code()), Some(161), "{format:?}");
    }
}

/// The code that refuses collateral with all these faults, where the valid collateral was accepted before.
fn refused_collateral(format: Format, steps: &[Step]) -> Option<u16> {
    let valid = Scenario::new(format);
    let mut bent = valid.clone();
    for step in steps {
        if let Fault::Collateral(bend) = step.fault {
            bend(&mut bent);
        }
    }
    let mut world = world_of(&bent, NOW);
    let vendor = vendor_of(format);
    // Under a root that is bent as well it is not accepted, and then none of the faults behind that is reached.
    let accepted = world.submit(vendor, &packed(&valid)).is_ok();
    assert_eq!(accepted, bent.root_der() == valid.root_der());
    for step in steps {
        if let Fault::Chain(change) = step.fault {
            change(&mut world, &valid);
        }
    }
    let refused = world.submit(vendor, &packed(&bent)).err();
    refused.map(|rejection| rejection.code())
}

#[test]
fn collateral_is_checked_in_order() {
    let mut checked = 0;
    for format in [Format::SgxV3, Format::TdxV4] {
        for (first, step) in COLLATERAL.iter().enumerate() {
            let code = refused_collateral(format, &COLLATERAL[first..]);
            assert_eq!(code, Some(step.code), "{format:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 2 * 36);
}

/// No code stands twice in a list.
#[test]
fn each_step_has_its_own_code() {
    for steps in [
        EVIDENCE.iter().chain(SGX),
        EVIDENCE.iter().chain(TD15),
        COLLATERAL.iter().chain(&[]),
    ] {
        let codes: Vec<_> = steps.map(|step| step.code).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    }
}

fn demand(world: &mut World, s: &Scenario, minimum: u32) {
    world.govern(&setMinimumTcbCall {
        vendor: abi_vendor(vendor_of(s.format)),
        minimum: minimum.to_be_bytes().to_vec().into(),
    });
}

fn replace_root(world: &mut World, s: &Scenario) {
    let mut other = s.clone();
    other.root.key = Key::new("another root");
    world.govern(&updateRootCACall {
        vendor: abi_vendor(vendor_of(s.format)),
        newRootCA: other.root_der().into(),
    });
}

/// A signer of the QE identity that is not the TCB info's.
fn qe_signer(s: &mut Scenario) -> &mut Certificate {
    let key = Key::new("qe identity signer");
    let signer = || Certificate::end_entity("Intel SGX TCB Signing", key, NOW - 1, NOW + 86_400);
    s.qe_identity_signer.get_or_insert_with(signer)
}

fn revoke_1230(s: &mut Scenario) {
    let serials = 0x4000..0x4000 + 1_230_u16;
    s.pck_crl.revoked = serials.map(|serial| serial.to_be_bytes().to_vec()).collect();
}
