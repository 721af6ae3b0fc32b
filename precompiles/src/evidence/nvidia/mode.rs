//! The mode that a GPU says it runs in. What is refused here is a mode that is unknown, or that contradicts itself. No
//! field says whether a GPU is in the developers' variant of confidential computing ("devtools"): only golden
//! measurements tell.

use super::opaque::{OpaqueData, field};
use crate::evidence::Rejection;

const ON: u8 = 0xaa;
const OFF: u8 = 0x55;

/// One GPU, passed through.
const SPT: u8 = 0;
/// Several GPUs, passed through.
const MPT: u8 = 1;
/// Several GPUs, with protected PCIe.
const PPCIE: u8 = 2;

/// What of the mode matters later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    /// Whether the decoder NVDEC0 is off; then nothing measured it.
    pub(super) nvdec0_is_off: bool,
}

impl Mode {
    pub(super) fn of(opaque: &OpaqueData<'_>) -> Result<Self, Rejection> {
        let protected_pcie = switch(opaque, field::PROTECTED_PCIE)?;
        match (flag(opaque)?, protected_pcie) {
            (None | Some(MPT), _) | (Some(SPT), None | Some(false)) | (Some(PPCIE), Some(true)) => {}
            _ => return Err(Rejection::GpuMode),
        }
        Ok(Self {
            nvdec0_is_off: switch(opaque, field::NVDEC0)? == Some(false),
        })
    }
}

/// The mode by its number, if it is there; a number that has no mode is refused.
fn flag(opaque: &OpaqueData<'_>) -> Result<Option<u8>, Rejection> {
    match opaque.get(field::FEATURE_FLAG) {
        None => Ok(None),
        Some([flag, rest @ ..]) if rest.iter().all(|byte| *byte == 0) => Ok(Some(*flag)),
        Some(_) => Err(Rejection::GpuMode),
    }
}

/// A field of one byte that says on or off, if it is there.
fn switch(opaque: &OpaqueData<'_>, number: u16) -> Result<Option<bool>, Rejection> {
    match opaque.array(number)? {
        None => Ok(None),
        Some([ON]) => Ok(Some(true)),
        Some([OFF]) => Ok(Some(false)),
        Some(_) => Err(Rejection::GpuMode),
    }
}
