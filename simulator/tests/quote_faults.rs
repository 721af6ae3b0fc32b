//! Faults in collateral and quotes are found, or reported, by an independent verifier.

mod common;

use aivm_simulator::intel::{Format, Grade, Key, NOW, PckCa, Scenario, TcbLevel, key};
use common::{Case, assert_refused, assert_reported, extension, verdict};

const SGX: Format = Format::SgxV3;
const TDX: Format = Format::TdxV4;
const TD15: Format = Format::TdxV5Td15;

/// TCB info and QE identity.
const COLLATERAL: [Case; 17] = [
    (SGX, |s| s.tcb_info.next_update = NOW - 1, "TCBInfo expired"),
    (
        SGX,
        |s| s.tcb_info.issue_date = NOW + 1,
        "TCBInfo issue date is in the future",
    ),
    (
        TDX,
        |s| s.qe_identity.next_update = NOW - 1,
        "QE Identity expired",
    ),
    (
        TDX,
        |s| s.qe_identity.issue_date = NOW + 1,
        "QE Identity issue date is in the future",
    ),
    (
        SGX,
        |s| s.tcb_info.signing.signed_by = Some(Key::stranger()),
        "invalid for tcb_info",
    ),
    (
        SGX,
        |s| s.qe_identity.signing.signed_by = Some(Key::stranger()),
        "invalid for qe_identity",
    ),
    (
        SGX,
        |s| s.qe_identity.signing.signature = Some(vec![1; 63]),
        "invalid for qe_identity",
    ),
    (SGX, |s| s.tcb_info.fmspc[5] = 1, "Fmspc mismatch"),
    (SGX, |s| s.tcb_info.id = "TDX".into(), "non-SGX TCB info"),
    (TDX, |s| s.tcb_info.version = 2, "non-TDX TCB info"),
    (
        SGX,
        |s| s.qe_identity.id = "TD_QE".into(),
        "Unsupported QE Identity",
    ),
    (TDX, |s| s.qe_identity.version = 1, "Unsupported QE Identity"),
    (SGX, |s| s.tcb_info.levels.clear(), "No matching TCB level"),
    (TDX, |s| s.tcb_info.tdx_module = None, "missing tdxModule"),
    (
        TD15,
        |s| s.tcb_info.tdx_module_identities.clear(),
        "No TDX module identity",
    ),
    (
        SGX,
        |s| s.tcb_info.levels[0].grade.status = "Revoked".into(),
        "Revoked",
    ),
    (
        SGX,
        |s| s.qe_identity.levels[0].grade.status = "Revoked".into(),
        "Revoked",
    ),
];

/// Quotes.
const QUOTES: [Case; 24] = [
    (
        SGX,
        |s| s.qe_report.report.mr_signer[0] ^= 1,
        "QE MRSIGNER mismatch",
    ),
    (
        SGX,
        |s| s.qe_report.report.isv_prod_id += 1,
        "QE ISVPRODID mismatch",
    ),
    (
        SGX,
        |s| s.qe_report.report.miscselect = 1,
        "QE MISCSELECT mismatch",
    ),
    (
        TDX,
        |s| s.qe_report.report.attributes[0] |= 0x20,
        "QE ATTRIBUTES mismatch",
    ),
    (SGX, |s| s.qe_report.report.isv_svn = 5, "ISVSVN"),
    (
        SGX,
        |s| s.qe_report.report_data = Some([0; 64]),
        "QE report hash mismatch",
    ),
    (
        SGX,
        |s| s.qe_report.auth_data.push(0),
        "Invalid QE auth data length",
    ),
    (
        SGX,
        |s| s.qe_report.signed_by = Some(Key::stranger()),
        "invalid for qe_report",
    ),
    (
        SGX,
        |s| s.envelope.signed_by = Some(Key::stranger()),
        "ISV enclave report signature is invalid",
    ),
    (
        TD15,
        |s| s.envelope.signature = Some([0; 64]),
        "ISV enclave report signature is invalid",
    ),
    (SGX, |s| s.sgx.attributes[0] |= 2, "Debug mode is enabled"),
    (TDX, |s| s.td.td_attributes[0] = 1, "Debug mode is enabled"),
    (
        TDX,
        |s| s.td.td_attributes[3] = 0,
        "SEPT_VE_DISABLE is not enabled",
    ),
    (TDX, |s| s.td.td_attributes[3] |= 0x20, "TD migration is enabled"),
    (TD15, |s| s.td.mr_service_td[0] = 1, "Invalid MR service TD"),
    (
        TDX,
        |s| s.td.mr_signer_seam[0] = 1,
        "TDX module MRSIGNER mismatch",
    ),
    (TDX, |s| s.td.seam_attributes[0] = 1, "SEAMATTRIBUTES mismatch"),
    (TD15, |s| s.td.tee_tcb_svn2[1] = 9, "No TDX module identity"),
    (SGX, |s| s.header.version = 2, "Unsupported quote version"),
    (SGX, |s| s.header.qe_vendor_id[0] ^= 1, "Unknown QE vendor ID"),
    (
        TDX,
        |s| s.header.attestation_key_type = 3,
        "Unsupported DCAP attestation key type",
    ),
    (TD15, |s| s.envelope.body_type = Some(5), "Unsupported body type"),
    (TD15, |s| s.envelope.body_len = Some(647), "Invalid body size"),
    (
        SGX,
        |s| s.envelope.certification_type = 4,
        "Unsupported DCAP PCK cert format",
    ),
];

/// What is reported but not refused.
const REPORTED: [Case; 8] = [
    (SGX, |s| extension(s).cpu_svn[0] = 10, "OutOfDate"),
    (
        SGX,
        |s| s.tcb_info.levels[0].grade = Grade::new("SWHardeningNeeded"),
        "SWHardeningNeeded",
    ),
    (SGX, |s| s.qe_report.report.isv_svn = 7, "OutOfDate"),
    (TDX, |s| extension(s).pce_svn = 12, "OutOfDate"),
    (TD15, |s| s.td.tee_tcb_svn[0] = 2, "TDRelaunchAdvised"),
    (
        TD15,
        |s| drop(s.tcb_info.tdx_module_identities[1].levels.remove(0)),
        "OutOfDate",
    ),
    (SGX, |s| s.tcb_info.levels.insert(0, higher_level()), "UpToDate"),
    (SGX, replace_s, "UpToDate"),
];

/// Faults that this verifier overlooks; the mint makes them all the same, and the rest stays intact.
const OVERLOOKED: [Case; 8] = [
    (SGX, |s| s.tcb_info.pce_id = vec![1, 0], "UpToDate"),
    (SGX, |s| s.tcb_info.tcb_evaluation_data_number = 1, "UpToDate"),
    (SGX, |s| s.envelope.trailing.push(1), "UpToDate"),
    (SGX, |s| s.envelope.signature_data_trailing.push(1), "UpToDate"),
    (TDX, |s| s.envelope.outer_trailing.push(1), "UpToDate"),
    (TDX, |s| s.envelope.outer_type = Some(5), "UpToDate"),
    (TDX, |s| chain(s, &[0, 1]), "UpToDate"),
    (TDX, |s| chain(s, &[0, 1, 2, 2]), "UpToDate"),
];

#[test]
fn faulty_collateral_is_refused() {
    assert_refused(&COLLATERAL);
}

#[test]
fn faulty_quotes_are_refused() {
    assert_refused(&QUOTES);
}

#[test]
fn statuses_are_reported() {
    assert_reported(&REPORTED);
}

#[test]
fn overlooked_faults_leave_the_rest_intact() {
    assert_reported(&OVERLOOKED);
}

#[test]
fn sgx_quotes_of_versions_4_and_5_can_be_minted() {
    for (version, body_type) in [(4, None), (5, Some(1))] {
        let mut scenario = Scenario::new(SGX);
        scenario.use_pck_ca(PckCa::Platform);
        scenario.header.version = version;
        scenario.envelope.body_type = body_type;
        scenario.envelope.outer_type = Some(6);
        let verdict = verdict(&scenario, &scenario.root_der()).unwrap_err();
        assert_eq!(verdict, "SGX TEE quote must have version 3");
    }
}

fn higher_level() -> TcbLevel {
    TcbLevel::sgx([255; 16], 99, Grade::new("ConfigurationNeeded"))
}

fn replace_s(s: &mut Scenario) {
    let signature = s.envelope.attestation_key.sign(&s.signed_part());
    s.envelope.signature = Some(key::other_s(&signature));
}

fn chain(s: &mut Scenario, order: &[usize]) {
    let usual = s.pck_chain();
    s.envelope.chain = Some(order.iter().map(|&i| usual[i].clone()).collect());
}
