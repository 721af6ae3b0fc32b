//! The valid scenario of every format, in values like those of genuine evidence.

use sha2::{Digest, Sha256, Sha384};

use super::certificate::Certificate;
use super::json::{Grade, Signing};
use super::quote::INTEL_QE_VENDOR_ID;
use super::{
    Configuration, Crl, EnclaveReport, Envelope, Format, Header, IsvSvnLevel, Key, NOW, PckCa, QeIdentity,
    QeReport, Scenario, SgxExtension, TcbInfo, TcbLevel, TdReport, TdReportEx, TdxModule, TdxModuleIdentity,
};
use crate::from_hex;

const DAY: u64 = 86_400;
const YEAR: u64 = 365 * DAY;
/// 2018-05-21T10:45:10Z, when Intel's root and the PCK CAs begin.
const ROOT_BEGINS: u64 = 1_526_899_510;
/// 2049-12-31T23:59:59Z, when the root ends.
const ROOT_ENDS: u64 = 2_524_607_999;
const ISSUED: u64 = NOW - 5 * DAY;
const NEXT_UPDATE: u64 = ISSUED + 30 * DAY;
const FMSPC: [u8; 6] = [0xA1, 0xC0, 0x6F, 0, 0, 0];
const EVALUATION_DATA_NUMBER: u32 = 20;

const SGX_CPU_SVN: [u8; 16] = [11, 11, 2, 2, 255, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const SGX_OLDER_CPU_SVN: [u8; 16] = [10, 10, 2, 2, 255, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const TDX_CPU_SVN: [u8; 16] = [3, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
const TDX_OLDER_CPU_SVN: [u8; 16] = [2, 2, 2, 2, 3, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
const TDX_LEVEL_SVN: [u8; 16] = [5, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const PCE_SVN: u16 = 13;

impl Scenario {
    /// A scenario of this format that is valid in every respect at [`NOW`], and up to date: under the
    /// Processor CA for SGX, under the Platform CA for TDX.
    pub fn new(format: Format) -> Self {
        let ca = if format.is_tdx() {
            PckCa::Platform
        } else {
            PckCa::Processor
        };
        let pck_key = Key::new("pck leaf");
        let tcb_key = Key::new("tcb signer");
        let mut scenario = Self {
            format,
            root: Certificate::ca("Intel SGX Root CA", Key::new("root"), ROOT_BEGINS, ROOT_ENDS, 1),
            tcb_signer: Certificate::end_entity("Intel SGX TCB Signing", tcb_key, NOW - YEAR, NOW + 6 * YEAR),
            qe_identity_signer: None,
            pck_ca: pck_ca(ca),
            pck_leaf: Certificate::end_entity(
                "Intel SGX PCK Certificate",
                pck_key,
                NOW - YEAR,
                NOW + 6 * YEAR,
            ),
            sgx_extension: Some(sgx_extension(format)),
            root_crl: Crl::new(NOW - 100 * DAY, NOW + 265 * DAY),
            pck_crl: Crl::new(ISSUED, NEXT_UPDATE),
            tcb_info: tcb_info(format),
            qe_identity: qe_identity(format),
            header: header(format),
            sgx: enclave_report(),
            td: td_report(format),
            qe_report: qe_report(format),
            envelope: envelope(format),
        };
        scenario.use_pck_ca(ca);
        scenario
    }

    /// Puts the PCK leaf under this CA: the CA's certificate, the leaf's CRL distribution point, and the
    /// entries of the SGX extension that only the Platform CA writes.
    pub fn use_pck_ca(&mut self, ca: PckCa) {
        let name = if ca == PckCa::Platform {
            "platform"
        } else {
            "processor"
        };
        self.pck_ca = pck_ca(ca);
        self.pck_leaf.crl_uri = Some(format!(
            "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca={name}&encoding=der"
        ));
        if let Some(extension) = &mut self.sgx_extension {
            let registered = ca == PckCa::Platform;
            extension.platform_instance_id = registered.then(|| hash32("platform instance")[..16].to_vec());
            extension.configuration = registered.then_some(Configuration {
                dynamic_platform: false,
                cached_keys: true,
                smt_enabled: true,
            });
        }
    }
}

fn pck_ca(ca: PckCa) -> Certificate {
    let (subject, label) = match ca {
        PckCa::Processor => ("Intel SGX PCK Processor CA", "pck processor ca"),
        PckCa::Platform => ("Intel SGX PCK Platform CA", "pck platform ca"),
    };
    Certificate::ca(subject, Key::new(label), ROOT_BEGINS, ROOT_BEGINS + 15 * YEAR, 0)
}

fn sgx_extension(format: Format) -> SgxExtension {
    let cpu_svn = if format.is_tdx() { TDX_CPU_SVN } else { SGX_CPU_SVN };
    SgxExtension {
        ppid: hash32("ppid")[..16].to_vec(),
        components: cpu_svn,
        pce_svn: PCE_SVN,
        cpu_svn: cpu_svn.to_vec(),
        pce_id: vec![0, 0],
        fmspc: FMSPC.to_vec(),
        sgx_type: u8::from(format.is_tdx()),
        platform_instance_id: None,
        configuration: None,
        critical: false,
        missing: Vec::new(),
        duplicated: Vec::new(),
        appended: Vec::new(),
        trailing: Vec::new(),
    }
}

fn tcb_info(format: Format) -> TcbInfo {
    let up_to_date = Grade::new("UpToDate");
    let out_of_date = Grade::with_advisories("OutOfDate", &["INTEL-SA-00828", "INTEL-SA-00615"]);
    let levels = if format.is_tdx() {
        vec![
            TcbLevel::tdx(TDX_CPU_SVN, PCE_SVN, TDX_LEVEL_SVN, up_to_date),
            TcbLevel::tdx(TDX_OLDER_CPU_SVN, 5, TDX_LEVEL_SVN, out_of_date),
        ]
    } else {
        vec![
            TcbLevel::sgx(SGX_CPU_SVN, PCE_SVN, up_to_date),
            TcbLevel::sgx(SGX_OLDER_CPU_SVN, 5, out_of_date),
        ]
    };
    TcbInfo {
        id: if format.is_tdx() { "TDX" } else { "SGX" }.into(),
        version: 3,
        issue_date: ISSUED,
        next_update: NEXT_UPDATE,
        fmspc: FMSPC.to_vec(),
        pce_id: vec![0, 0],
        tcb_type: 0,
        tcb_evaluation_data_number: EVALUATION_DATA_NUMBER,
        tdx_module: format.is_tdx().then(TdxModule::default),
        tdx_module_identities: if format.is_tdx() {
            module_identities()
        } else {
            Vec::new()
        },
        levels,
        signing: Signing::default(),
    }
}

fn module_identities() -> Vec<TdxModuleIdentity> {
    let identity = |id: &str, up_to_date, out_of_date| TdxModuleIdentity {
        id: id.into(),
        module: TdxModule::default(),
        levels: vec![
            IsvSvnLevel::new(up_to_date, Grade::new("UpToDate")),
            IsvSvnLevel::new(
                out_of_date,
                Grade::with_advisories("OutOfDate", &["INTEL-SA-01036"]),
            ),
        ],
    };
    vec![identity("TDX_03", 3, 1), identity("TDX_01", 4, 2)]
}

fn qe_identity(format: Format) -> QeIdentity {
    let current = if format.is_tdx() { 4 } else { 8 };
    QeIdentity {
        id: if format.is_tdx() { "TD_QE" } else { "QE" }.into(),
        version: 2,
        issue_date: ISSUED,
        next_update: NEXT_UPDATE,
        tcb_evaluation_data_number: EVALUATION_DATA_NUMBER,
        miscselect: vec![0; 4],
        miscselect_mask: vec![0xFF; 4],
        attributes: from_hex("11000000000000000000000000000000"),
        attributes_mask: from_hex("FBFFFFFFFFFFFFFF0000000000000000"),
        mrsigner: qe_mr_signer(format).to_vec(),
        isv_prod_id: if format.is_tdx() { 2 } else { 1 },
        levels: vec![
            IsvSvnLevel::new(current, Grade::new("UpToDate")),
            IsvSvnLevel::new(
                current - 2,
                Grade::with_advisories("OutOfDate", &["INTEL-SA-00615"]),
            ),
        ],
        signing: Signing::default(),
    }
}

fn header(format: Format) -> Header {
    let mut user_data = [0; 20];
    user_data[..16].copy_from_slice(&hash32("qe id")[..16]);
    let (version, qe_svn, pce_svn) = match format {
        Format::SgxV3 => (3, 10, 15),
        Format::TdxV4 => (4, 0, 0),
        _ => (5, 0, 0),
    };
    let tee_type = if format.is_tdx() { 0x81 } else { 0 };
    Header {
        version,
        attestation_key_type: 2,
        tee_type,
        qe_svn,
        pce_svn,
        qe_vendor_id: INTEL_QE_VENDOR_ID,
        user_data,
    }
}

fn enclave_report() -> EnclaveReport {
    EnclaveReport {
        cpu_svn: SGX_CPU_SVN,
        miscselect: 0,
        reserved1: [0; 28],
        attributes: attributes(0x05),
        mr_enclave: hash32("mrenclave"),
        reserved2: [0; 32],
        mr_signer: hash32("mrsigner"),
        reserved3: [0; 96],
        isv_prod_id: 1,
        isv_svn: 1,
        reserved4: [0; 60],
        report_data: report_data(),
    }
}

fn qe_report(format: Format) -> QeReport {
    let report = EnclaveReport {
        cpu_svn: if format.is_tdx() { TDX_CPU_SVN } else { SGX_CPU_SVN },
        attributes: attributes(0x15),
        mr_enclave: hash32("qe mrenclave"),
        mr_signer: qe_mr_signer(format),
        isv_prod_id: if format.is_tdx() { 2 } else { 1 },
        isv_svn: if format.is_tdx() { 4 } else { 8 },
        report_data: [0; 64],
        ..enclave_report()
    };
    QeReport {
        report,
        report_data: None,
        signed_by: None,
        signature: None,
        auth_data: (0..32).collect(),
        auth_data_len: None,
    }
}

fn td_report(format: Format) -> TdReport {
    let module_1 = [15, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let tee_tcb_svn = if format == Format::TdxV4 {
        TDX_LEVEL_SVN
    } else {
        module_1
    };
    TdReport {
        tee_tcb_svn,
        mr_seam: hash48("mrseam"),
        mr_signer_seam: [0; 48],
        seam_attributes: [0; 8],
        td_attributes: [0, 0, 0, 0x10, 0, 0, 0, 0],
        xfam: [0xE7, 0x02, 0x06, 0, 0, 0, 0, 0],
        mr_td: hash48("mrtd"),
        mr_config_id: [0; 48],
        mr_owner: [0; 48],
        mr_owner_config: [0; 48],
        rtmr: [hash48("rtmr0"), hash48("rtmr1"), hash48("rtmr2"), hash48("rtmr3")],
        report_data: report_data(),
        tee_tcb_svn2: tee_tcb_svn,
        mr_service_td: [0; 48],
        ex: TdReportEx {
            vm_id: 0,
            td_id: hash32("td id"),
            dev_info: [0; 48],
            init_service_td_hash: [0; 48],
            init_service_td_attributes: [0; 8],
            init_cpu_svn: [0; 16],
            init_tee_tcb_svn: [0; 16],
            init_tee_fmspc: [0; 12],
            cur_service_td_hash: [0; 48],
            cur_service_td_attributes: [0; 8],
        },
    }
}

fn envelope(format: Format) -> Envelope {
    Envelope {
        body_type: match format {
            Format::SgxV3 | Format::TdxV4 => None,
            Format::TdxV5Td10 => Some(2),
            Format::TdxV5Td15 => Some(3),
            Format::TdxV5Td15Ex => Some(4),
        },
        body_len: None,
        attestation_key: Key::new("attestation key"),
        attestation_key_bytes: None,
        signed_by: None,
        signature: None,
        signature_data_len: None,
        outer_type: format.is_tdx().then_some(6),
        outer_len: None,
        outer_trailing: Vec::new(),
        certification_type: 5,
        certification_len: None,
        chain: None,
        chain_tail: if format == Format::TdxV4 {
            Vec::new()
        } else {
            vec![0]
        },
        certification_data: None,
        signature_data_trailing: Vec::new(),
        trailing: Vec::new(),
    }
}

/// The MRSIGNER of Intel's quoting enclaves.
fn qe_mr_signer(format: Format) -> [u8; 32] {
    let hex = if format.is_tdx() {
        "DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5"
    } else {
        "8C4F5775D796503E96137F77C68A829A0056AC8DED70140B081B094490C57BFF"
    };
    from_hex(hex).try_into().expect("32 bytes")
}

fn attributes(flags: u8) -> [u8; 16] {
    [flags, 0, 0, 0, 0, 0, 0, 0, 0xE7, 0, 0, 0, 0, 0, 0, 0]
}

fn report_data() -> [u8; 64] {
    let mut out = [0; 64];
    out[..32].copy_from_slice(&hash32("report data, low half"));
    out[32..].copy_from_slice(&hash32("report data, high half"));
    out
}

fn hash32(label: &str) -> [u8; 32] {
    Sha256::digest(format!("aivm test value: {label}")).into()
}

fn hash48(label: &str) -> [u8; 48] {
    Sha384::digest(format!("aivm test value: {label}")).into()
}
