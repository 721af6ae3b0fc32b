//! A synthetic NVIDIA PKI, and a mint for SPDM measurement reports of GPUs with the collateral that goes with them.
//!
//! [`Scenario::new`] describes evidence that is valid in every respect at [`NOW`]. A test bends the description and
//! only then has it encoded and signed, so that one thing is wrong and the rest still holds:
//!
//! ```
//! use aivm_simulator::nvidia::{Chip, Scenario, opaque};
//!
//! let mut scenario = Scenario::new(Chip::Gh100);
//! scenario.report.nonce = [7; 32];
//! scenario.report.set(opaque::FEATURE_FLAG, &9_u16.to_le_bytes());
//! let body = scenario.body();
//! assert_eq!(&body[4..8], b"\x11\xe0\x01\xff");
//! ```

mod defaults;
mod fwid;
mod report;

pub use crate::x509::{Key, other_s};
pub use defaults::{DRIVER_VERSION, VBIOS_VERSION};
pub use fwid::{COMPOSITE_DEVICE_ID, LeafFwid, TCB_INFO};
pub use report::{Block, Opaque, Report, SignedPart, opaque};

use crate::x509::Certificate;

/// The time at which an unchanged scenario is valid: 2025-10-09T08:53:20Z, in Unix seconds.
pub const NOW: u64 = 1_760_000_000;

/// A device that makes reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chip {
    /// A Hopper GPU: its leaf has the composite device id extension.
    Gh100,
    /// A Blackwell GPU: its leaf has the TCB info extension.
    Gb100,
    /// An NVLink switch, which is no GPU.
    Ls10,
}

impl Chip {
    /// Every chip.
    pub const ALL: [Self; 3] = [Self::Gh100, Self::Gb100, Self::Ls10];
    /// The GPUs.
    pub const GPUS: [Self; 2] = [Self::Gh100, Self::Gb100];

    /// The name in certificates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gh100 => "GH100",
            Self::Gb100 => "GB100",
            Self::Ls10 => "LS10",
        }
    }
}

/// Evidence and its collateral before anything is signed.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The device.
    pub chip: Chip,
    /// NVIDIA's root: "NVIDIA Device Identity CA".
    pub root: Certificate,
    /// The CA of the chip: "NVIDIA GH100 Identity".
    pub identity: Certificate,
    /// The CA that issues device certificates: "NVIDIA GH100 Provisioner ICA 1".
    pub provisioner: Certificate,
    /// The certificate of the device itself, whose serial number names it.
    pub brom: Certificate,
    /// The certificate of the key that signs reports; firmware decides that key. Its firmware id is `leaf_fwid`.
    pub leaf: Certificate,
    /// The extension of the leaf that names the firmware.
    pub leaf_fwid: LeafFwid,
    /// The report.
    pub report: Report,
    /// The length of the report as written, where it is not the report's.
    pub report_len: Option<u32>,
    /// Bytes after the last certificate.
    pub trailing: Vec<u8>,
}

impl Scenario {
    /// The root's certificate.
    pub fn root_der(&self) -> Vec<u8> {
        self.root.self_signed()
    }

    /// The certificate of the chip's CA.
    pub fn identity_der(&self) -> Vec<u8> {
        self.identity.der(&self.root)
    }

    /// The certificate of the CA that issues device certificates.
    pub fn provisioner_der(&self) -> Vec<u8> {
        self.provisioner.der(&self.identity)
    }

    /// The device's certificate.
    pub fn brom_der(&self) -> Vec<u8> {
        self.brom.der(&self.provisioner)
    }

    /// The leaf.
    pub fn leaf_der(&self) -> Vec<u8> {
        let mut leaf = self.leaf.clone();
        leaf.extensions.extend(self.leaf_fwid.extension(&self.brom.key));
        leaf.der(&self.brom)
    }

    /// Request and response, as the driver hands them out.
    pub fn report_bytes(&self) -> Vec<u8> {
        self.report.bytes(&self.leaf.key)
    }

    /// The evidence without its vendor byte: length of the report, report, leaf, device certificate.
    pub fn body(&self) -> Vec<u8> {
        self.body_of(&self.report_bytes(), &[self.leaf_der(), self.brom_der()])
    }

    /// The evidence without its vendor byte, around other parts.
    pub fn body_of(&self, report: &[u8], certificates: &[Vec<u8>]) -> Vec<u8> {
        let len = self.report_len.unwrap_or(report.len() as u32);
        [&len.to_be_bytes(), report, &certificates.concat(), &self.trailing].concat()
    }

    /// The five certificates from leaf to root, as the driver hands them out.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        vec![
            self.leaf_der(),
            self.brom_der(),
            self.provisioner_der(),
            self.identity_der(),
            self.root_der(),
        ]
    }
}
