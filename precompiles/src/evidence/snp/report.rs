//! The layout of an attestation report: AMD's "SEV Secure Nested Paging Firmware ABI Specification", 56860, table
//! ATTESTATION_REPORT. 1,184 bytes; integers are little-endian.
//!
//! | bytes | field | must be |
//! |---|---|---|
//! | 0x000 | VERSION(4) | 2, 3 or 5 |
//! | 0x004 | GUEST_SVN(4) | |
//! | 0x008 | POLICY(8) | see `policy` |
//! | 0x010, 0x020 | FAMILY_ID(16), IMAGE_ID(16) | |
//! | 0x030 | VMPL(4) | 0 |
//! | 0x034 | SIGNATURE_ALGO(4) | 1: ECDSA P-384 with SHA-384 |
//! | 0x038 | CURRENT_TCB(8) | |
//! | 0x040 | PLATFORM_INFO(8) | |
//! | 0x048 | KEY_INFO(4): AUTHOR_KEY_EN bit 0, MASK_CHIP_KEY bit 1, SIGNING_KEY bits 2–4 | other bits 0 |
//! | 0x04C | reserved(4) | 0 |
//! | 0x050 | REPORT_DATA(64) | |
//! | 0x090 | MEASUREMENT(48) | |
//! | 0x0C0 | HOST_DATA(32) | |
//! | 0x0E0, 0x110 | ID_KEY_DIGEST(48), AUTHOR_KEY_DIGEST(48) | |
//! | 0x140, 0x160 | REPORT_ID(32), REPORT_ID_MA(32) | |
//! | 0x180 | REPORTED_TCB(8) | what the endorsement key is for |
//! | 0x188 | from version 3 on: CPUID family(1), model(1), stepping(1) | in version 2: 0 |
//! | 0x18B | reserved(21) | 0 |
//! | 0x1A0 | CHIP_ID(64); of Turin 8 bytes and zeros | |
//! | 0x1E0 | COMMITTED_TCB(8) | |
//! | 0x1E8 | CURRENT: build(1), minor(1), major(1), reserved(1) | reserved: 0 |
//! | 0x1EC | COMMITTED: build(1), minor(1), major(1), reserved(1) | reserved: 0 |
//! | 0x1F0 | LAUNCH_TCB(8) | |
//! | 0x1F8, 0x200 | from version 5 on: LAUNCH_MIT_VECTOR(8), CURRENT_MIT_VECTOR(8) | in versions 2 and 3: 0 |
//! | 0x208 | reserved(152) | 0 |
//! | 0x2A0 | signature over all of the above: r(72), s(72), of which the last 24 bytes are 0 | |
//! | 0x330 | reserved(368) | 0 |
//!
//! Version 4 was provisional; what a later version means is not known yet.

use super::tcb::TcbVersion;
use crate::{
    crypto::P384Signature,
    evidence::{Rejection, reader::Reader},
};

/// The length of a report in bytes.
pub const REPORT_LEN: usize = 1_184;

/// The length of what the endorsement key signs, in bytes.
pub const SIGNED_LEN: usize = 0x2a0;

/// SIGNATURE_ALGO: ECDSA with P-384 and SHA-384.
const ECDSA_P384_SHA384: u32 = 1;

/// The versions that brought CPUID and the mitigation vectors.
const CPUID_SINCE: u32 = 3;
const MITIGATIONS_SINCE: u32 = 5;

/// The length of r and s in a signature, and of what they take of it, in bytes.
const SCALAR_FIELD_LEN: usize = 72;
const SCALAR_LEN: usize = 48;

/// MASK_CHIP_KEY in KEY_INFO.
const MASK_CHIP_KEY: u32 = 1 << 1;

/// A report, its fields in place.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// VERSION: 2, 3 or 5.
    pub version: u32,
    /// GUEST_SVN.
    pub guest_svn: u32,
    /// POLICY.
    pub policy: u64,
    /// FAMILY_ID.
    pub family_id: &'a [u8; 16],
    /// IMAGE_ID.
    pub image_id: &'a [u8; 16],
    /// VMPL: the privilege level that asked for the report.
    pub vmpl: u32,
    /// SIGNATURE_ALGO: 1.
    pub signature_algorithm: u32,
    /// CURRENT_TCB.
    pub current_tcb: TcbVersion,
    /// PLATFORM_INFO.
    pub platform_info: u64,
    /// KEY_INFO.
    pub key_info: KeyInfo,
    /// REPORT_DATA: what the guest chose.
    pub report_data: &'a [u8; 64],
    /// MEASUREMENT: the launch digest.
    pub measurement: &'a [u8; 48],
    /// HOST_DATA: what the host chose at launch.
    pub host_data: &'a [u8; 32],
    /// ID_KEY_DIGEST.
    pub id_key_digest: &'a [u8; 48],
    /// AUTHOR_KEY_DIGEST.
    pub author_key_digest: &'a [u8; 48],
    /// REPORT_ID.
    pub report_id: &'a [u8; 32],
    /// REPORT_ID_MA: of the migration agent.
    pub report_id_ma: &'a [u8; 32],
    /// REPORTED_TCB: what the endorsement key is derived from.
    pub reported_tcb: TcbVersion,
    /// What CPUID says of the processor, from version 3 on.
    pub cpuid: Option<Cpuid>,
    /// CHIP_ID.
    pub chip_id: &'a [u8; 64],
    /// COMMITTED_TCB: below which the firmware cannot be rolled back.
    pub committed_tcb: TcbVersion,
    /// The firmware that runs.
    pub current_firmware: FirmwareVersion,
    /// The firmware below which there is no way back.
    pub committed_firmware: FirmwareVersion,
    /// LAUNCH_TCB: CURRENT_TCB when the guest was launched.
    pub launch_tcb: TcbVersion,
    /// LAUNCH_MIT_VECTOR and CURRENT_MIT_VECTOR, from version 5 on.
    pub mitigations: Option<[u64; 2]>,
    /// Whether all bytes that this version reserves are zero.
    pub(super) reserved_is_zero: bool,
    /// What the endorsement key signed.
    pub signed: &'a [u8; SIGNED_LEN],
    /// The signature, r ‖ s, big-endian.
    pub signature: P384Signature,
}

/// What CPUID says of the processor, extended family and model included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cpuid {
    /// The family.
    pub family: u8,
    /// The model.
    pub model: u8,
    /// The stepping.
    pub stepping: u8,
}

/// A version of the firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirmwareVersion {
    /// Its major number.
    pub major: u8,
    /// Its minor number.
    pub minor: u8,
    /// Its build.
    pub build: u8,
}

/// KEY_INFO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyInfo(pub u32);

impl KeyInfo {
    /// SIGNING_KEY: 0 VCEK, 1 VLEK, 7 none.
    pub const fn signing_key(self) -> u32 {
        self.0 >> 2 & 7
    }

    /// Whether the firmware was told not to sign reports.
    pub const fn masks_chip_key(self) -> bool {
        self.0 & MASK_CHIP_KEY != 0
    }

    /// Whether a reserved bit is set.
    pub(super) const fn has_reserved_bits(self) -> bool {
        self.0 >> 5 != 0
    }
}

impl<'a> Report<'a> {
    /// Parses a report. What is refused here is another version, another algorithm, and a signature that is not of
    /// the one form, which nothing signs; what the fields say is not judged.
    pub fn parse(bytes: &'a [u8; REPORT_LEN]) -> Result<Self, Rejection> {
        let (version, _) = bytes.split_first_chunk().ok_or(Rejection::ReportTruncated)?;
        let version = u32::from_le_bytes(*version);
        if !matches!(version, 2 | 3 | 5) {
            return Err(Rejection::ReportVersion { version });
        }
        let (signed, signature) = bytes.split_first_chunk().ok_or(Rejection::ReportTruncated)?;
        let signature = parse_signature(signature)?;
        let report = Self::parse_signed(version, signed, signature).ok_or(Rejection::ReportTruncated)?;
        let algorithm = report.signature_algorithm;
        if algorithm != ECDSA_P384_SHA384 {
            return Err(Rejection::ReportSignatureAlgorithm { algorithm });
        }
        if is_zero(&report.signature) {
            return Err(Rejection::ReportUnsigned);
        }
        Ok(report)
    }

    /// The fields in the order of their bytes.
    fn parse_signed(version: u32, signed: &'a [u8; SIGNED_LEN], signature: P384Signature) -> Option<Self> {
        let mut fields = Fields::new(signed);
        let _version = fields.u32()?;
        Some(Self {
            version,
            guest_svn: fields.u32()?,
            policy: fields.u64()?,
            family_id: fields.array()?,
            image_id: fields.array()?,
            vmpl: fields.u32()?,
            signature_algorithm: fields.u32()?,
            current_tcb: fields.tcb()?,
            platform_info: fields.u64()?,
            key_info: KeyInfo(fields.u32()?),
            report_data: fields.after_reserved::<4, 64>()?,
            measurement: fields.array()?,
            host_data: fields.array()?,
            id_key_digest: fields.array()?,
            author_key_digest: fields.array()?,
            report_id: fields.array()?,
            report_id_ma: fields.array()?,
            reported_tcb: fields.tcb()?,
            cpuid: fields.cpuid(version)?,
            chip_id: fields.after_reserved::<21, 64>()?,
            committed_tcb: fields.tcb()?,
            current_firmware: fields.firmware()?,
            committed_firmware: fields.firmware()?,
            launch_tcb: fields.tcb()?,
            mitigations: fields.mitigations(version)?,
            reserved_is_zero: fields.end_with_reserved::<152>()?,
            signed,
            signature,
        })
    }
}

/// r and s, little-endian and with zeros after them, as r ‖ s, big-endian.
fn parse_signature(bytes: &[u8]) -> Result<P384Signature, Rejection> {
    let padding = Err(Rejection::ReportSignaturePadding);
    let (r, rest) = bytes
        .split_at_checked(SCALAR_FIELD_LEN)
        .ok_or(Rejection::ReportTruncated)?;
    let (s, reserved) = rest
        .split_at_checked(SCALAR_FIELD_LEN)
        .ok_or(Rejection::ReportTruncated)?;
    let mut signature = [0; 96];
    for (field, half) in [r, s].into_iter().zip(signature.chunks_exact_mut(SCALAR_LEN)) {
        let (scalar, zeros) = field
            .split_at_checked(SCALAR_LEN)
            .ok_or(Rejection::ReportTruncated)?;
        if !is_zero(zeros) {
            return padding;
        }
        for (target, byte) in half.iter_mut().zip(scalar.iter().rev()) {
            *target = *byte;
        }
    }
    if is_zero(reserved) { Ok(signature) } else { padding }
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// Reads fields off the front of what is left, and watches that what is reserved is zero.
struct Fields<'a> {
    reader: Reader<'a>,
    reserved_is_zero: bool,
}

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(bytes),
            reserved_is_zero: true,
        }
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        self.reader.array()
    }

    fn reserved<const N: usize>(&mut self) -> Option<()> {
        self.reserved_is_zero &= is_zero(self.reader.array::<N>()?);
        Some(())
    }

    fn after_reserved<const RESERVED: usize, const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        self.reserved::<RESERVED>()?;
        self.array()
    }

    /// The last field: whether this and all other reserved bytes are zero.
    fn end_with_reserved<const N: usize>(&mut self) -> Option<bool> {
        self.reserved::<N>()?;
        Some(self.reserved_is_zero)
    }

    fn u32(&mut self) -> Option<u32> {
        self.reader.u32_le()
    }

    fn u64(&mut self) -> Option<u64> {
        self.reader.u64_le()
    }

    fn tcb(&mut self) -> Option<TcbVersion> {
        self.array().map(|bytes| TcbVersion(*bytes))
    }

    fn cpuid(&mut self, version: u32) -> Option<Option<Cpuid>> {
        if version < CPUID_SINCE {
            return self.reserved::<3>().map(|()| None);
        }
        let [family, model, stepping] = *self.array()?;
        Some(Some(Cpuid {
            family,
            model,
            stepping,
        }))
    }

    fn firmware(&mut self) -> Option<FirmwareVersion> {
        let [build, minor, major] = *self.array()?;
        self.reserved::<1>()?;
        Some(FirmwareVersion { major, minor, build })
    }

    fn mitigations(&mut self, version: u32) -> Option<Option<[u64; 2]>> {
        if version < MITIGATIONS_SINCE {
            return self.reserved::<16>().map(|()| None);
        }
        Some(Some([self.u64()?, self.u64()?]))
    }
}
