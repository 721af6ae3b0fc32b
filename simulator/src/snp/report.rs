//! The attestation report and its signature.

use super::Product;
use crate::x509::P384Key;

/// An attestation report, `ATTESTATION_REPORT` of AMD's specification 56860, field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// VERSION.
    pub version: u32,
    /// GUEST_SVN.
    pub guest_svn: u32,
    /// POLICY.
    pub policy: u64,
    /// FAMILY_ID.
    pub family_id: [u8; 16],
    /// IMAGE_ID.
    pub image_id: [u8; 16],
    /// VMPL.
    pub vmpl: u32,
    /// SIGNATURE_ALGO: 1.
    pub signature_algorithm: u32,
    /// CURRENT_TCB.
    pub current_tcb: [u8; 8],
    /// PLATFORM_INFO.
    pub platform_info: u64,
    /// KEY_INFO: AUTHOR_KEY_EN, MASK_CHIP_KEY, SIGNING_KEY.
    pub key_info: u32,
    /// Four reserved bytes at 0x4C.
    pub reserved_4c: [u8; 4],
    /// REPORT_DATA.
    pub report_data: [u8; 64],
    /// MEASUREMENT.
    pub measurement: [u8; 48],
    /// HOST_DATA.
    pub host_data: [u8; 32],
    /// ID_KEY_DIGEST.
    pub id_key_digest: [u8; 48],
    /// AUTHOR_KEY_DIGEST.
    pub author_key_digest: [u8; 48],
    /// REPORT_ID.
    pub report_id: [u8; 32],
    /// REPORT_ID_MA.
    pub report_id_ma: [u8; 32],
    /// REPORTED_TCB.
    pub reported_tcb: [u8; 8],
    /// CPUID family, model, stepping; zero before version 3.
    pub cpuid: [u8; 3],
    /// 21 reserved bytes at 0x18B.
    pub reserved_18b: [u8; 21],
    /// CHIP_ID.
    pub chip_id: [u8; 64],
    /// COMMITTED_TCB.
    pub committed_tcb: [u8; 8],
    /// CURRENT_BUILD, CURRENT_MINOR, CURRENT_MAJOR, reserved.
    pub current_version: [u8; 4],
    /// COMMITTED_BUILD, COMMITTED_MINOR, COMMITTED_MAJOR, reserved.
    pub committed_version: [u8; 4],
    /// LAUNCH_TCB.
    pub launch_tcb: [u8; 8],
    /// LAUNCH_MIT_VECTOR; zero before version 5.
    pub launch_mitigations: u64,
    /// CURRENT_MIT_VECTOR; zero before version 5.
    pub current_mitigations: u64,
    /// 152 reserved bytes at 0x208.
    pub reserved_208: [u8; 152],
}

/// The policy of an ordinary guest: SMT allowed, and the bit that is always set.
pub const POLICY: u64 = 1 << 16 | 1 << 17;
/// MIGRATE_MA in POLICY.
pub const POLICY_MIGRATE_MA: u64 = 1 << 18;
/// DEBUG in POLICY.
pub const POLICY_DEBUG: u64 = 1 << 19;
/// MASK_CHIP_KEY in KEY_INFO.
pub const MASK_CHIP_KEY: u32 = 1 << 1;

impl Report {
    /// A report of this version, of an ordinary guest on this product; everything else is zero or made up.
    pub(super) fn new(product: Product, version: u32) -> Self {
        let tcb = product.default_tcb();
        Self {
            version,
            guest_svn: 2,
            policy: POLICY,
            family_id: [0x0f; 16],
            image_id: [0x1d; 16],
            vmpl: 0,
            signature_algorithm: 1,
            current_tcb: tcb,
            platform_info: 0x25,
            key_info: 0,
            reserved_4c: [0; 4],
            report_data: std::array::from_fn(|i| i as u8),
            measurement: [0x5a; 48],
            host_data: [0; 32],
            id_key_digest: [0; 48],
            author_key_digest: [0; 48],
            report_id: [0x1e; 32],
            report_id_ma: [0xff; 32],
            reported_tcb: tcb,
            cpuid: if version < 3 { [0; 3] } else { product.cpuid() },
            reserved_18b: [0; 21],
            chip_id: product.default_chip_id(),
            committed_tcb: tcb,
            current_version: [29, 55, 1, 0],
            committed_version: [29, 55, 1, 0],
            launch_tcb: tcb,
            launch_mitigations: if version < 5 { 0 } else { 3 },
            current_mitigations: if version < 5 { 0 } else { 3 },
            reserved_208: [0; 152],
        }
    }

    /// Sets what the endorsement key signs with: SIGNING_KEY in KEY_INFO (0 VCEK, 1 VLEK, 7 none).
    pub fn set_signing_key(&mut self, key: u32) {
        self.key_info = self.key_info & !(7 << 2) | key << 2;
    }

    /// The 672 bytes that the endorsement key signs.
    pub fn bytes(&self) -> Vec<u8> {
        [
            &self.version.to_le_bytes()[..],
            &self.guest_svn.to_le_bytes(),
            &self.policy.to_le_bytes(),
            &self.family_id,
            &self.image_id,
            &self.vmpl.to_le_bytes(),
            &self.signature_algorithm.to_le_bytes(),
            &self.current_tcb,
            &self.platform_info.to_le_bytes(),
            &self.key_info.to_le_bytes(),
            &self.reserved_4c,
            &self.report_data,
            &self.measurement,
            &self.host_data,
            &self.id_key_digest,
            &self.author_key_digest,
            &self.report_id,
            &self.report_id_ma,
            &self.reported_tcb,
            &self.cpuid,
            &self.reserved_18b,
            &self.chip_id,
            &self.committed_tcb,
            &self.current_version,
            &self.committed_version,
            &self.launch_tcb,
            &self.launch_mitigations.to_le_bytes(),
            &self.current_mitigations.to_le_bytes(),
            &self.reserved_208,
        ]
        .concat()
    }
}

/// How the report is signed.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The key that signs, where it is not the endorsement key of the certificate.
    pub signed_by: Option<P384Key>,
    /// The signature, r ‖ s, big-endian, where it is not that of a key.
    pub signature: Option<[u8; 96]>,
    /// The 24 bytes after r, which are zero.
    pub r_padding: [u8; 24],
    /// The 24 bytes after s, which are zero.
    pub s_padding: [u8; 24],
    /// The 368 bytes after the signature, which are zero.
    pub reserved: [u8; 368],
}

impl Signing {
    /// As firmware signs.
    pub(super) fn new() -> Self {
        Self {
            signed_by: None,
            signature: None,
            r_padding: [0; 24],
            s_padding: [0; 24],
            reserved: [0; 368],
        }
    }

    /// The 512 bytes after what is signed.
    pub(super) fn bytes(&self, signed: &[u8], key: &P384Key) -> Vec<u8> {
        let signature = self
            .signature
            .unwrap_or_else(|| self.signed_by.as_ref().unwrap_or(key).sign(signed));
        let little_endian = |half: &[u8]| half.iter().rev().copied().collect::<Vec<_>>();
        [
            &little_endian(&signature[..48])[..],
            &self.r_padding,
            &little_endian(&signature[48..]),
            &self.s_padding,
            &self.reserved,
        ]
        .concat()
    }
}
