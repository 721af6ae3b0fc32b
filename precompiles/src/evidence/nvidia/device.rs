//! The two certificates in evidence: the leaf, whose key signs reports, and that of the device itself, which the boot
//! ROM (BROM) keeps. Firmware decides the leaf; the device's certificate never changes.

use super::{NvidiaCertificate, chip, is_gpu, record::Record};
use crate::{
    crypto::Crypto,
    evidence::{Rejection, known_key::Certification, roots::split_first},
};

/// The longest that the two certificates may be together. Genuine ones have about 1,500 bytes; parsing allocates a
/// multiple of that.
pub const MAX_CERTIFICATES_LEN: usize = 2_048;

/// The certificates of a device.
#[derive(Clone, Debug)]
pub struct Device<'a> {
    /// The certificate of the key that signs reports.
    pub leaf: NvidiaCertificate<'a>,
    /// The certificate of the device.
    pub brom: NvidiaCertificate<'a>,
}

impl<'a> Device<'a> {
    /// Parses the leaf and the device's certificate, which fill `certificates` exactly. The device must be a GPU.
    pub fn parse(certificates: &'a [u8]) -> Result<Self, Rejection> {
        if certificates.len() > MAX_CERTIFICATES_LEN {
            return Err(Rejection::GpuCertificatesTooLong);
        }
        let (leaf, rest) = next(certificates, Rejection::GpuLeafMalformed)?;
        let chip = chip(&leaf).ok_or(Rejection::GpuLeafMalformed)?;
        if !is_gpu(&chip) {
            return Err(Rejection::NotGpu);
        }
        let (brom, rest) = next(rest, Rejection::BromMalformed)?;
        if !rest.is_empty() {
            return Err(Rejection::GpuTrailingBytes { count: rest.len() });
        }
        if brom.serial.iter().all(|byte| *byte == 0) {
            return Err(Rejection::BromMalformed);
        }
        Ok(Self { leaf, brom })
    }

    /// Checks the way from the record's CA to the leaf at `now`.
    pub(super) fn verify(
        &self,
        record: &Record,
        certification: &mut Certification,
        now: u64,
        crypto: &dyn Crypto,
    ) -> Result<(), Rejection> {
        let (leaf, brom) = (&self.leaf, &self.brom);
        if !certification.holds(|| brom.is_signed_by(&record.provisioner_key, crypto)) {
            return Err(Rejection::BromUntrusted);
        }
        if !brom.is_ca || !brom.may_sign_certificates() {
            return Err(Rejection::BromNotCa);
        }
        brom.window
            .check(now, Rejection::BromNotYetValid, Rejection::BromExpired)?;
        if leaf.issuer() != brom.subject()
            || !certification.holds(|| leaf.is_signed_by(&brom.public_key, crypto))
        {
            return Err(Rejection::GpuLeafUntrusted);
        }
        if leaf.is_ca || !leaf.may_sign_data() {
            return Err(Rejection::GpuLeafUsage);
        }
        leaf.window
            .check(now, Rejection::GpuLeafNotYetValid, Rejection::GpuLeafExpired)
    }

    /// What names the hardware: the serial number of the device's certificate, without padding.
    pub fn hardware_id(&self) -> &[u8] {
        let serial = self.brom.serial.as_slice();
        let zeros = serial.iter().take_while(|byte| **byte == 0).count();
        serial.get(zeros..).unwrap_or_default()
    }
}

/// The next certificate, and what follows it.
fn next<'a>(bytes: &'a [u8], malformed: Rejection) -> Result<(NvidiaCertificate<'a>, &'a [u8]), Rejection> {
    if bytes.is_empty() {
        return Err(Rejection::GpuEvidenceTruncated);
    }
    let (der, rest) = split_first(bytes).ok_or(malformed)?;
    let certificate = NvidiaCertificate::parse(der).ok_or(malformed)?;
    Ok((certificate, rest))
}
