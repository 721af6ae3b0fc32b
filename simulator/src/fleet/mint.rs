//! One device: its certificates are signed when it is made, so that a piece of evidence takes one signature more.

use super::pki;
use crate::{cca, intel, nvidia, snp, x509};
use aivm_precompiles::evidence::Vendor;
use alloy_primitives::B256;
use sha2::{Digest, Sha256, Sha512};

/// The formats of TDX quotes; devices take turns.
const TDX_FORMATS: [intel::Format; 4] = [
    intel::Format::TdxV4,
    intel::Format::TdxV5Td10,
    intel::Format::TdxV5Td15,
    intel::Format::TdxV5Td15Ex,
];

/// The versions of AMD reports; devices take turns.
const SNP_VERSIONS: [u32; 2] = [2, 3];

/// What evidence of a device is made from.
pub(super) enum Mint {
    Intel(Box<intel::Scenario>),
    SevSnp(Box<snp::Scenario>, Vec<u8>),
    Nvidia(Box<nvidia::Scenario>, [Vec<u8>; 2]),
    ArmCca(Box<cca::Scenario>),
}

impl Mint {
    pub(super) fn new(vendor: Vendor, number: u32) -> Self {
        match vendor {
            Vendor::Sgx => intel_device(intel::Format::SgxV3, number),
            Vendor::Tdx => intel_device(TDX_FORMATS[number as usize % TDX_FORMATS.len()], number),
            Vendor::SevSnp => snp_device(number),
            Vendor::Nvidia => gpu(number),
            Vendor::ArmCca => cca_device(number),
        }
    }

    /// What a device id is the hash of.
    pub(super) fn hardware_id(&self) -> Vec<u8> {
        match self {
            Self::Intel(scenario) => {
                let extension = scenario.sgx_extension.as_ref().expect("set when made");
                [&extension.ppid[..], &extension.pce_id].concat()
            }
            Self::SevSnp(scenario, _) => scenario.report.chip_id.to_vec(),
            Self::Nvidia(scenario, _) => scenario.brom.serial.clone(),
            Self::ArmCca(scenario) => scenario.platform.instance_id.to_vec(),
        }
    }

    /// Evidence without its vendor byte.
    pub(super) fn body(&self, nonce: B256, attested_key: B256, measurement: u8) -> Vec<u8> {
        match self {
            Self::Intel(scenario) => quote((**scenario).clone(), nonce, attested_key, measurement),
            Self::SevSnp(scenario, vek) => {
                let mut scenario = (**scenario).clone();
                scenario.bind(nonce.0, attested_key.0);
                scenario.report.measurement = array(&pki::software(Vendor::SevSnp, measurement));
                [scenario.report_bytes(), vek.clone()].concat()
            }
            Self::Nvidia(scenario, certificates) => {
                let mut scenario = (**scenario).clone();
                scenario.report.nonce = nonce.0;
                let driver = [pki::driver(measurement).as_bytes(), &[0]].concat();
                scenario.report.set(nvidia::opaque::DRIVER_VERSION, &driver);
                scenario.body_of(&scenario.report_bytes(), certificates)
            }
            Self::ArmCca(scenario) => {
                let mut scenario = (**scenario).clone();
                scenario.bind(nonce.0, attested_key.0);
                scenario.realm.rim = pki::software(Vendor::ArmCca, measurement);
                scenario.token()
            }
        }
    }
}

fn quote(mut scenario: intel::Scenario, nonce: B256, attested_key: B256, measurement: u8) -> Vec<u8> {
    let report_data = array(&[nonce.0, attested_key.0].concat());
    if scenario.format.is_tdx() {
        scenario.td.report_data = report_data;
        scenario.td.mr_td = array(&pki::software(Vendor::Tdx, measurement));
    } else {
        scenario.sgx.report_data = report_data;
        scenario.sgx.mr_enclave = pki::mr_enclave(measurement);
    }
    scenario.quote()
}

/// A platform whose PCK certificate names a PPID of its own. Everything but the quote's own signature is made here.
fn intel_device(format: intel::Format, number: u32) -> Mint {
    let mut scenario = pki::intel_scenario(format);
    let ppid = Sha256::digest(format!("ppid {number}"));
    let extension = scenario.sgx_extension.as_mut().expect("it has one");
    extension.ppid = ppid[..16].to_vec();
    let instance = Sha256::digest(format!("platform instance {number}"));
    extension.platform_instance_id = extension
        .platform_instance_id
        .take()
        .map(|_| instance[..16].to_vec());
    scenario.pck_leaf.key = intel::Key::new(&format!("pck leaf {number}"));
    scenario.pck_leaf.serial = scenario.pck_leaf.key.identifier();
    scenario.pck_leaf.serial[0] = scenario.pck_leaf.serial[0] & 0x3f | 0x40;
    scenario.envelope.attestation_key = intel::Key::new(&format!("attestation key {number}"));

    scenario.envelope.chain = Some(scenario.pck_chain());
    scenario.envelope.attestation_key_bytes = Some(scenario.envelope.attestation_key.public());
    let mut qe_report = scenario.qe_report.report.clone();
    qe_report.report_data = scenario.qe_binding();
    scenario.qe_report.report_data = Some(qe_report.report_data);
    scenario.qe_report.signature = Some(scenario.pck_leaf.key.sign(&qe_report.bytes()));
    Mint::Intel(Box::new(scenario))
}

fn snp_device(number: u32) -> Mint {
    let version = SNP_VERSIONS[number as usize % SNP_VERSIONS.len()];
    let mut scenario = snp::Scenario::new(pki::PRODUCT, snp::Kind::Vcek, version);
    scenario.set_chip_id(Sha512::digest(format!("chip {number}")).into());
    scenario.vek.key = x509::Key::p384(&format!("vcek {number}"));
    let vek = scenario.vek_der();
    Mint::SevSnp(Box::new(scenario), vek)
}

fn gpu(number: u32) -> Mint {
    let mut scenario = nvidia::Scenario::new(pki::CHIP);
    scenario.set_device(array(&Sha256::digest(format!("gpu {number}"))[..8]));
    let certificates = [scenario.leaf_der(), scenario.brom_der()];
    Mint::Nvidia(Box::new(scenario), certificates)
}

fn cca_device(number: u32) -> Mint {
    let mut scenario = pki::cca_scenario(number);
    scenario.realm.rak = Some(scenario.rak());
    scenario.envelope.platform = Some(scenario.platform_token());
    Mint::ArmCca(Box::new(scenario))
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("as long as the field")
}
