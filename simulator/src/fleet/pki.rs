//! What the devices have in common: roots, collateral, and the software they run.

use super::{NOW, VALID_UNTIL};
use crate::{
    cca::{self as arm, Form, Scenario as CcaScenario},
    intel::{self as sgx, Format, Scenario as IntelScenario},
    nvidia::{self, Chip},
    snp::{self, Kind, Product},
};
use aivm_abi::IAttestationRegistry::CcaCpak;
use aivm_precompiles::evidence::{Vendor, cca, intel, nvidia as gpu, snp as amd};
use alloy_primitives::keccak256;
use sha2::{Digest, Sha256, Sha384};

/// How many Arm CCA devices have their key in the roots: every bundle must fit into an account.
pub const CCA_DEVICES: u32 = 64;

/// The product of every AMD device.
pub(super) const PRODUCT: Product = Product::Milan;

/// The chip of every GPU.
pub(super) const CHIP: Chip = Chip::Gh100;

const DAY: u64 = 86_400;

/// The scenario of Intel's devices, whose collateral holds until [`VALID_UNTIL`].
pub(super) fn intel_scenario(format: Format) -> IntelScenario {
    let mut scenario = IntelScenario::new(format);
    scenario.tcb_info.next_update = VALID_UNTIL;
    scenario.qe_identity.next_update = VALID_UNTIL;
    // A CRL is no longer valid in the second of its nextUpdate.
    scenario.pck_crl.next_update = Some(VALID_UNTIL + DAY);
    scenario.root_crl.next_update = Some(VALID_UNTIL + DAY);
    scenario
}

/// The scenario of one Arm CCA device.
pub(super) fn cca_scenario(number: u32) -> CcaScenario {
    let mut scenario = CcaScenario::new(Form::ALL[number as usize % 2]);
    let instance = Sha256::digest(format!("cca instance {number}"));
    scenario.platform.instance_id[1..].copy_from_slice(&instance);
    scenario.platform_sign1.key.label = format!("cpak {number}");
    scenario.realm_sign1.key.label = format!("rak {number}");
    scenario
}

fn cpak(number: u32) -> CcaCpak {
    let cpak = cca_scenario(number).cpak();
    CcaCpak {
        instanceId: cpak.instance_id.into(),
        implementationId: cpak.implementation_id.into(),
        publicKey: cpak.public_key.into(),
    }
}

pub(super) fn cca_key(number: u32) -> Vec<u8> {
    cca::pack::entry(&cpak(number))
}

pub(super) fn roots() -> Vec<(Vendor, Vec<u8>)> {
    let keys: Vec<_> = (0..CCA_DEVICES).map(cpak).collect();
    vec![
        (Vendor::Sgx, intel_scenario(Format::SgxV3).root_der()),
        (Vendor::SevSnp, snp::ark(PRODUCT).self_signed()),
        (Vendor::Tdx, intel_scenario(Format::TdxV4).root_der()),
        (Vendor::Nvidia, nvidia::Scenario::new(CHIP).root_der()),
        (Vendor::ArmCca, cca::pack::bundle(&keys)),
    ]
}

pub(super) fn collateral() -> Vec<(Vendor, Vec<u8>)> {
    let intel = |format| {
        let collateral = intel_scenario(format).collateral();
        intel::pack::pack(&collateral).expect("chains in PEM")
    };
    let endorsement_ca = snp::endorsement_ca(PRODUCT, Kind::Vcek).der(&snp::ark(PRODUCT));
    let gpu = nvidia::Scenario::new(CHIP);
    vec![
        (Vendor::Sgx, intel(Format::SgxV3)),
        (Vendor::SevSnp, amd::pack::collateral(&endorsement_ca, None)),
        (Vendor::Tdx, intel(Format::TdxV4)),
        (
            Vendor::Nvidia,
            gpu::pack::collateral(&gpu.identity_der(), &gpu.provisioner_der()),
        ),
    ]
}

/// What software of this number measures to: what a measurement id is the hash of.
pub(super) fn software(vendor: Vendor, measurement: u8) -> Vec<u8> {
    let label = [&[vendor.number(), measurement], &b"software"[..]].concat();
    match vendor {
        Vendor::Sgx => [
            mr_enclave(measurement),
            intel_scenario(Format::SgxV3).sgx.mr_signer,
        ]
        .concat(),
        Vendor::Tdx | Vendor::SevSnp => Sha384::digest(label).to_vec(),
        Vendor::ArmCca => Sha256::digest(label).to_vec(),
        Vendor::Nvidia => [
            driver(measurement).as_bytes(),
            &[0],
            nvidia::VBIOS_VERSION.as_bytes(),
        ]
        .concat(),
    }
}

/// The MRENCLAVE of software of this number.
pub(super) fn mr_enclave(measurement: u8) -> [u8; 32] {
    keccak256([&[measurement], &b"enclave"[..]].concat()).0
}

/// The driver version of software of this number.
pub(super) fn driver(measurement: u8) -> String {
    format!("580.95.{measurement:02}")
}

const _: () = assert!(NOW == nvidia::NOW && NOW == snp::NOW && NOW == sgx::NOW);
const _: () = assert!(NOW == arm::NOW);
