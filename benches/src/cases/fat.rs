//! Evidence and collateral as large as each format allows, and as costly: what bounds the time of a flat price. Vendors
//! sign certificates and collateral, so nobody but they could make most of this; what an operator can choose is less.
//!
//! | vendor | evidence | collateral |
//! |---|---|---|
//! | Intel | PCK certificate of 2,048 bytes, full of the smallest extensions (each is parsed); matches the last TCB level | 65,536 bytes: TCB levels and CRL entries, half and half |
//! | AMD | VCEK of 2,048 bytes, full of the smallest extensions | a CRL that fills the account |
//! | NVIDIA | leaf and device certificate of 2,048 bytes together, 64 opaque fields, measurement blocks up to 16,384 bytes | golden measurements that fill the account, the right digest last |
//! | Arm CCA | as many software components as fit into 512 CBOR items | a bundle that fills the account, this key last; golden measurements that do, the right hashes last |

mod amd;
mod arm;
pub(super) mod gpu;
mod intel;

use aivm::{
    abi::IAttestationRegistry::{CcaCpak, ProofOfExecution},
    evidence::Vendor,
};
use aivm_simulator::{
    fleet::{Claim, oracle},
    intel::{Extension, Format},
};
use alloy_primitives::{B256, keccak256};

/// The longest certificate in bytes.
const MAX_CERTIFICATE_LEN: usize = 2_048;

/// The longest piece of evidence in bytes.
pub(super) const MAX_EVIDENCE_LEN: usize = 16_384;

/// The longest collateral in bytes.
pub(super) const MAX_COLLATERAL_LEN: usize = 65_536;

/// A device with such evidence.
pub(super) struct FatDevice {
    /// Whose it is.
    pub(super) vendor: Vendor,
    /// Its id.
    pub(super) id: B256,
    /// Its evidence without the vendor byte, bound to a nonce.
    body: Box<dyn Fn(B256) -> Vec<u8>>,
}

impl FatDevice {
    fn new(vendor: Vendor, hardware_id: &[u8], body: impl Fn(B256) -> Vec<u8> + 'static) -> Self {
        Self {
            vendor,
            id: oracle::device_id(vendor.number(), hardware_id),
            body: Box::new(body),
        }
    }

    /// Its evidence, vendor byte first.
    pub(super) fn evidence(&self, nonce: B256) -> Vec<u8> {
        let evidence = [&[self.vendor.number()][..], &(self.body)(nonce)].concat();
        assert!(
            evidence.len() <= MAX_EVIDENCE_LEN,
            "{} bytes of evidence",
            evidence.len()
        );
        evidence
    }

    /// The proof of a claim, with such a GPU or without.
    pub(super) fn prove(&self, claim: &Claim, gpu: Option<&Self>) -> ProofOfExecution {
        let commitment = oracle::commitment(self.id, claim, gpu.map(|gpu| gpu.id));
        ProofOfExecution {
            deviceId: self.id,
            cpuQuote: self.evidence(commitment).into(),
            gpuQuote: gpu.map(|gpu| gpu.evidence(commitment)).unwrap_or_default().into(),
            nonce: claim.nonce,
            jobHash: claim.job_hash,
            outputHash: claim.output_hash,
        }
    }
}

/// One such device of each vendor, with what it is verified against.
pub(super) struct Fat {
    devices: Vec<FatDevice>,
    collateral: Vec<(Vendor, Collateral)>,
    golden: Vec<(Vendor, Vec<u8>)>,
    cca_key: CcaCpak,
}

/// What `submitCollateral` takes: what is accepted, and the same of which one part is older than that. How old the parts
/// are is compared last.
#[derive(Clone)]
struct Collateral {
    accepted: Vec<u8>,
    superseded: Vec<u8>,
}

impl Fat {
    pub(super) fn new() -> Self {
        let [sgx, tdx] = [Format::SgxV3, Format::TdxV5Td15].map(intel::make);
        let (snp, snp_collateral) = amd::make();
        let (gpu, gpu_collateral, gpu_golden) = gpu::make();
        let (cca, cca_key, cca_golden) = arm::make();
        Self {
            collateral: vec![
                (Vendor::Sgx, sgx.1),
                (Vendor::Tdx, tdx.1),
                (Vendor::SevSnp, snp_collateral),
                (Vendor::Nvidia, gpu_collateral),
            ],
            devices: vec![sgx.0, tdx.0, snp, gpu, cca],
            golden: vec![(Vendor::Nvidia, gpu_golden), (Vendor::ArmCca, cca_golden)],
            cca_key,
        }
    }

    /// The device of this vendor.
    pub(super) fn device(&self, vendor: Vendor) -> &FatDevice {
        let mut devices = self.devices.iter();
        devices
            .find(|device| device.vendor == vendor)
            .expect("one of each vendor")
    }

    /// What `submitCollateral` takes, for each vendor but Arm CCA.
    pub(super) fn collateral(&self) -> Vec<(Vendor, Vec<u8>)> {
        let collateral = self.collateral.iter();
        collateral
            .map(|(vendor, collateral)| (*vendor, collateral.accepted.clone()))
            .collect()
    }

    /// The same, but one part of it is older than what was accepted.
    pub(super) fn superseded(&self) -> Vec<(Vendor, Vec<u8>)> {
        let collateral = self.collateral.iter();
        collateral
            .map(|(vendor, collateral)| (*vendor, collateral.superseded.clone()))
            .collect()
    }

    /// What `setGoldenMeasurement` takes.
    pub(super) fn golden(&self) -> Vec<(Vendor, Vec<u8>)> {
        self.golden.clone()
    }

    /// Keys after which a bundle that had so many is full; the last is that of the device.
    pub(super) fn cca_keys(&self, there: usize) -> Vec<CcaCpak> {
        let fillers = there..arm::BUNDLE - 1;
        fillers.map(arm::filler).chain([self.cca_key.clone()]).collect()
    }
}

/// The smallest extension with a number of its own.
fn extension(number: usize) -> Extension {
    Extension {
        oid: format!("2.5.{number}").leak(),
        critical: false,
        value: Vec::new(),
    }
}

/// The most extensions with which a certificate has at most so many bytes. `len` is that of one with so many.
fn extensions(limit: usize, len: impl Fn(&[Extension]) -> usize) -> Vec<Extension> {
    let mut extensions = Vec::new();
    // Below 29 and above: 2.5.29 is where the standard ones are.
    for number in (1..29).chain(30..) {
        extensions.push(extension(number));
        if len(&extensions) > limit {
            extensions.pop();
            return extensions;
        }
    }
    extensions
}

/// A serial number of 20 octets.
fn serial(number: usize) -> Vec<u8> {
    let mut serial = keccak256(number.to_be_bytes())[..20].to_vec();
    serial[0] = serial[0] & 0x3f | 0x40;
    serial
}
