//! The opaque data of a report: fields that NVIDIA adds, each a number(2), a length(2) and a value, little-endian.
//!
//! | number | field | value |
//! |---|---|---|
//! | 3 | driver version | text, then zeros |
//! | 6 | VBIOS version | a number: see [`vbios_text`] |
//! | 11 | NVDEC0 | `AA` on, `55` off |
//! | 20 | firmware id (FWID); old drivers have none | 48 bytes |
//! | 21 | protected PCIe | `AA` on, `55` off |
//! | 35 | chip; Hopper has none | text, then zeros |
//! | 36 | mode; old drivers have none | a number: 0 SPT, 1 MPT, 2 PPCIE |
//!
//! Other fields (board, project and SKU numbers, counts, switches) are signed and not judged.

use super::{is_chip, report::DIGEST_LEN};
use crate::evidence::{Rejection, reader::Reader};
use alloy_primitives::hex;

/// The most fields of a report. Genuine reports have up to 20.
pub const MAX_FIELDS: usize = 64;

/// The longest driver version in bytes.
pub const MAX_VERSION_LEN: usize = 64;

/// The longest VBIOS version in bytes, as the report has it. Genuine ones have 8.
const MAX_VBIOS_LEN: usize = 16;

/// Numbers of the fields that are read.
pub mod field {
    /// Driver version.
    pub const DRIVER_VERSION: u16 = 3;
    /// VBIOS version.
    pub const VBIOS_VERSION: u16 = 6;
    /// Whether NVDEC0 is on.
    pub const NVDEC0: u16 = 11;
    /// Firmware id.
    pub const FWID: u16 = 20;
    /// Whether PCIe is protected.
    pub const PROTECTED_PCIE: u16 = 21;
    /// Chip.
    pub const CHIP: u16 = 35;
    /// Mode.
    pub const FEATURE_FLAG: u16 = 36;
}

/// The fields of the opaque data; no number is there twice.
#[derive(Clone, Copy, Debug)]
pub struct OpaqueData<'a>(&'a [u8]);

impl<'a> OpaqueData<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new(bytes);
        let mut seen = Vec::new();
        while !reader.rest().is_empty() {
            let (number, _) = next_field(&mut reader).ok_or(Rejection::OpaqueTruncated)?;
            if seen.contains(&number) {
                return Err(Rejection::OpaqueDuplicate { number });
            }
            if seen.len() == MAX_FIELDS {
                return Err(Rejection::OpaqueTooMany);
            }
            seen.push(number);
        }
        Ok(Self(bytes))
    }

    /// The fields, in their order: number and value.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let mut reader = Reader::new(self.0);
        core::iter::from_fn(move || next_field(&mut reader))
    }

    /// The value of a field, if it is there.
    pub fn get(&self, number: u16) -> Option<&'a [u8]> {
        self.iter()
            .find_map(|(found, value)| (found == number).then_some(value))
    }

    fn required(&self, number: u16) -> Result<&'a [u8], Rejection> {
        self.get(number).ok_or(Rejection::OpaqueMissing { number })
    }

    /// The firmware id, if the report has one.
    pub fn fwid(&self) -> Result<Option<&'a [u8; DIGEST_LEN]>, Rejection> {
        self.array(field::FWID)
    }

    /// The chip, if the report names one: what a family's CAs call "GB20X" may be a "GB202".
    pub fn chip(&self) -> Result<Option<&'a str>, Rejection> {
        let chip = self
            .get(field::CHIP)
            .map(|value| ended_text(value).filter(|text| is_chip(text)));
        match chip {
            None => Ok(None),
            Some(Some(chip)) => Ok(Some(chip)),
            Some(None) => Err(Rejection::OpaqueMalformed { number: field::CHIP }),
        }
    }

    /// The value of a field of fixed length, if it is there.
    pub(super) fn array<const N: usize>(&self, number: u16) -> Result<Option<&'a [u8; N]>, Rejection> {
        let value = self.get(number).map(<&[u8; N]>::try_from).transpose();
        value.map_err(|_| Rejection::OpaqueMalformed { number })
    }
}

fn next_field<'a>(reader: &mut Reader<'a>) -> Option<(u16, &'a [u8])> {
    let number = reader.u16_le()?;
    let len = reader.u16_le()?;
    Some((number, reader.take(len.into())?))
}

/// The versions that name the software of a GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software<'a> {
    /// The driver's version: "580.95.05".
    pub driver_version: &'a str,
    /// The VBIOS's version: "96.00.74.00.1A".
    pub vbios_version: String,
}

impl<'a> Software<'a> {
    /// Reads the two versions, which every report of a GPU has.
    pub fn parse(opaque: &OpaqueData<'a>) -> Result<Self, Rejection> {
        let driver = opaque.required(field::DRIVER_VERSION)?;
        let vbios = opaque.required(field::VBIOS_VERSION)?;
        Ok(Self {
            driver_version: driver_text(driver).ok_or(Rejection::OpaqueMalformed {
                number: field::DRIVER_VERSION,
            })?,
            vbios_version: vbios_text(vbios).ok_or(Rejection::OpaqueMalformed {
                number: field::VBIOS_VERSION,
            })?,
        })
    }
}

/// A driver's version, so that two texts cannot be taken for one.
fn driver_text(value: &[u8]) -> Option<&str> {
    ended_text(value).filter(|text| is_version(text))
}

/// Text without the zeros that end it.
fn ended_text(value: &[u8]) -> Option<&str> {
    let zeros = value.iter().rev().take_while(|byte| **byte == 0).count();
    let text = value.get(..value.len().checked_sub(zeros)?)?;
    core::str::from_utf8(text).ok()
}

/// Whether a text may be a version: visible ASCII, 1 to [`MAX_VERSION_LEN`] bytes.
pub(super) fn is_version(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_VERSION_LEN && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The text of a VBIOS version as NVIDIA writes it: the lower half of the number, highest byte first, then the lowest
/// byte of the upper half: `00 9F 00 96 01 00 00 00` is "96.00.9F.00.01".
pub fn vbios_text(value: &[u8]) -> Option<String> {
    if !value.len().is_multiple_of(2) || value.len() > MAX_VBIOS_LEN {
        return None;
    }
    let (lower, upper) = value.split_at_checked(value.len() >> 1)?;
    let bytes = lower.iter().rev().chain([upper.first()?]);
    let parts: Vec<_> = bytes.map(|byte| hex::encode_upper([*byte])).collect();
    Some(parts.join("."))
}
