//! The layout of a report: an SPDM 1.1 (DMTF DSP0274) GET_MEASUREMENTS request and the MEASUREMENTS response to it.
//! Integers are little-endian.
//!
//! | bytes | request | must be |
//! |---|---|---|
//! | 0–3 | version, code, param1 (signature wanted), param2 (all measurements) | `11 E0 01 FF` |
//! | 4–35 | nonce | |
//! | 36 | slot of the certificate chain | 0–7 |
//!
//! | bytes | response | must be |
//! |---|---|---|
//! | 37–38 | version, code | `11 60` |
//! | 39, 40 | reserved; slot in bits 0–3 | the request's slot |
//! | 41, 42–44 | number of blocks, their length in bytes | at least one block |
//! | 45– | blocks: index(1), specification(1), size(2), kind(1), digest size(2), digest(48) | indices 1, 2, 3, …; 1; 51; any; 48 |
//! | then | nonce of the responder(32) | |
//! | then | opaque data: length(2), fields | see [`super::opaque`] |
//! | then | signature by the leaf over everything before it, r ‖ s (96) | |
//!
//! Bytes that SPDM 1.1 reserves are not looked at, as it demands.

use super::opaque::OpaqueData;
use crate::{
    crypto::P384Signature,
    evidence::{Rejection, reader::Reader},
};

/// Version 1.1, GET_MEASUREMENTS, with a signature, all measurements.
const REQUEST: [u8; 4] = [0x11, 0xe0, 0x01, 0xff];
/// Version 1.1, MEASUREMENTS.
const RESPONSE: [u8; 2] = [0x11, 0x60];
/// SPDM 1.1 has slots 0 to 7.
const SLOTS: u8 = 8;
const SLOT_BITS: u8 = 0x0f;
/// The measurement specification of DMTF.
const DMTF: u8 = 1;
/// What follows the size of a block: kind, size of the digest, digest.
const MEASUREMENT_LEN: u16 = 51;
/// The length of a SHA-384 digest.
pub const DIGEST_LEN: usize = 48;
/// A whole block.
const BLOCK_LEN: usize = 55;
const SIGNATURE_LEN: usize = 96;

/// A SHA-384 digest.
pub type Digest = [u8; DIGEST_LEN];

/// A report, its fields in place.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The nonce of the request: what the requester chose.
    pub nonce: &'a [u8; 32],
    /// The slot of the certificate chain.
    pub slot: u8,
    /// The measurements.
    pub measurements: Measurements<'a>,
    /// The nonce of the response: what the GPU chose.
    pub responder_nonce: &'a [u8; 32],
    /// What NVIDIA adds.
    pub opaque: OpaqueData<'a>,
    /// The bytes that the leaf signed: request and response.
    pub signed: &'a [u8],
    /// The leaf's signature, r ‖ s.
    pub signature: &'a P384Signature,
}

/// The measurement blocks of a report, of which the first has index 1.
#[derive(Clone, Copy, Debug)]
pub struct Measurements<'a>(&'a [u8]);

impl<'a> Measurements<'a> {
    /// The digest with this index, if there is one.
    pub fn get(&self, index: u8) -> Option<&'a Digest> {
        let position = usize::from(index).checked_sub(1)?;
        self.iter().nth(position)
    }

    /// The digests, by ascending index.
    pub fn iter(&self) -> impl Iterator<Item = &'a Digest> {
        self.0.chunks_exact(BLOCK_LEN).filter_map(<[u8]>::last_chunk)
    }
}

impl<'a> Report<'a> {
    /// Parses a report that fills `bytes` exactly.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new(bytes);
        let (nonce, slot) = parse_request(&mut reader)?;
        let measurements = parse_measurements(&mut reader, slot)?;
        let responder_nonce = reader.array().ok_or(Rejection::SpdmTruncated)?;
        let opaque_len = reader.u16_le().ok_or(Rejection::SpdmTruncated)?;
        let opaque = reader.take(opaque_len.into()).ok_or(Rejection::SpdmTruncated)?;
        let signature = reader.array::<SIGNATURE_LEN>().ok_or(Rejection::SpdmTruncated)?;
        let count = reader.rest().len();
        if count != 0 {
            return Err(Rejection::SpdmTrailingBytes { count });
        }
        let (signed, _) = bytes
            .split_last_chunk::<SIGNATURE_LEN>()
            .ok_or(Rejection::SpdmTruncated)?;
        Ok(Self {
            nonce,
            slot,
            measurements,
            responder_nonce,
            opaque: OpaqueData::parse(opaque)?,
            signed,
            signature,
        })
    }
}

/// The nonce and the slot.
fn parse_request<'a>(reader: &mut Reader<'a>) -> Result<(&'a [u8; 32], u8), Rejection> {
    if *reader.array().ok_or(Rejection::SpdmTruncated)? != REQUEST {
        return Err(Rejection::SpdmRequest);
    }
    let nonce = reader.array().ok_or(Rejection::SpdmTruncated)?;
    let slot = reader.u8().ok_or(Rejection::SpdmTruncated)?;
    if slot >= SLOTS {
        return Err(Rejection::SpdmSlot { slot });
    }
    Ok((nonce, slot))
}

fn parse_measurements<'a>(reader: &mut Reader<'a>, slot: u8) -> Result<Measurements<'a>, Rejection> {
    if *reader.array().ok_or(Rejection::SpdmTruncated)? != RESPONSE {
        return Err(Rejection::SpdmResponse);
    }
    let [_reserved, answered] = *reader.array().ok_or(Rejection::SpdmTruncated)?;
    if answered & SLOT_BITS != slot {
        return Err(Rejection::SpdmSlotMismatch);
    }
    let declared = reader.u8().ok_or(Rejection::SpdmTruncated)?;
    let [low, middle, high] = *reader.array().ok_or(Rejection::SpdmTruncated)?;
    let len = usize::try_from(u32::from_le_bytes([low, middle, high, 0])).ok();
    let record = len.and_then(|len| reader.take(len));
    let record = record.ok_or(Rejection::SpdmRecordLength)?;
    check_blocks(record, declared)?;
    Ok(Measurements(record))
}

/// The blocks must be the declared number, of one form, with the indices 1, 2, 3, and so on.
fn check_blocks(record: &[u8], declared: u8) -> Result<(), Rejection> {
    let mut reader = Reader::new(record);
    let mut found: u8 = 0;
    while !reader.rest().is_empty() {
        let index = check_block(&mut reader)?;
        if Some(index) != found.checked_add(1) {
            return Err(Rejection::SpdmBlockIndex { index });
        }
        found = index;
    }
    if found != declared || found == 0 {
        return Err(Rejection::SpdmBlockCount { declared, found });
    }
    Ok(())
}

/// The index of the next block.
fn check_block(reader: &mut Reader<'_>) -> Result<u8, Rejection> {
    let index = reader.u8().ok_or(Rejection::SpdmBlockTruncated)?;
    let specification = reader.u8().ok_or(Rejection::SpdmBlockTruncated)?;
    if specification != DMTF {
        return Err(Rejection::SpdmSpecification { index });
    }
    if reader.u16_le().ok_or(Rejection::SpdmBlockTruncated)? != MEASUREMENT_LEN {
        return Err(Rejection::SpdmBlockSize { index });
    }
    let _kind = reader.u8().ok_or(Rejection::SpdmBlockTruncated)?;
    let digest_len = reader.u16_le().ok_or(Rejection::SpdmBlockTruncated)?;
    if usize::from(digest_len) != DIGEST_LEN {
        return Err(Rejection::SpdmDigestSize { index });
    }
    let digest = reader.array::<DIGEST_LEN>();
    digest.ok_or(Rejection::SpdmBlockTruncated).map(|_| index)
}
