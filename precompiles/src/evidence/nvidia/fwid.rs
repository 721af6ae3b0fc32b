//! The firmware id (FWID): the leaf says for which firmware its key was made, the report which firmware runs.
//!
//! Hopper's leaves have it in the extension 2.23.133.5.4.1, `SEQUENCE { INTEGER, SubjectPublicKeyInfo, FWID }`;
//! Blackwell's in 2.23.133.5.4.1.1, `DiceTcbInfo` of the TCG, whose `fwids [6]` begin with it. `FWID ::= SEQUENCE {
//! hashAlg OBJECT IDENTIFIER, digest OCTET STRING }`.

use super::{NvidiaCertificate, opaque::OpaqueData, report::DIGEST_LEN};
use crate::evidence::{Rejection, score::Deduction};
use der::{
    Decode, Header, Reader, SliceReader,
    asn1::{ObjectIdentifier, OctetStringRef},
};

/// 2.23.133.5.4.1
const COMPOSITE_DEVICE_ID: &[u8] = b"\x67\x81\x05\x05\x04\x01";
/// 2.23.133.5.4.1.1
const TCB_INFO: &[u8] = b"\x67\x81\x05\x05\x04\x01\x01";
/// The identifier octet of `fwids`: context-specific, constructed, 6.
const FWIDS: u8 = 0xa6;
/// The identifier octet of `flags`, a BIT STRING: context-specific, 7.
const FLAGS: u8 = 0x87;
/// The bit of `flags` that says that the firmware can be debugged: bit 3, counted from the highest.
const DEBUG: u8 = 0x10;

/// Compares the two. A report of an old driver has none, which costs some of the score. A leaf that says that its
/// firmware can be debugged is refused.
pub(super) fn check(
    leaf: &NvidiaCertificate<'_>,
    opaque: &OpaqueData<'_>,
) -> Result<Option<Deduction>, Rejection> {
    if leaf.extension(TCB_INFO).is_some_and(is_debug) {
        return Err(Rejection::GpuDebug);
    }
    let Some(running) = opaque.fwid()? else {
        return Ok(Some(Deduction::NoFwid));
    };
    let digest = match (leaf.extension(TCB_INFO), leaf.extension(COMPOSITE_DEVICE_ID)) {
        (Some(value), _) => tcb_info(value),
        (None, Some(value)) => composite_device_id(value),
        (None, None) => return Err(Rejection::FwidMissing),
    };
    if digest.ok_or(Rejection::FwidMalformed)? != running {
        return Err(Rejection::FwidMismatch);
    }
    Ok(None)
}

fn composite_device_id(value: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(value).ok()?;
    let digest = reader.sequence(|inner| {
        inner.tlv_bytes()?;
        inner.tlv_bytes()?;
        fwid(inner)
    });
    reader.finish().ok()?;
    digest.ok().filter(|digest| digest.len() == DIGEST_LEN)
}

/// The one field of a `DiceTcbInfo` with this identifier octet.
fn tcb_info_field(value: &[u8], identifier: u8) -> Option<&[u8]> {
    let mut reader = SliceReader::new(value).ok()?;
    let mut found = Vec::new();
    let fields = reader.sequence(|inner| {
        while !inner.is_finished() {
            let field = inner.tlv_bytes()?;
            if field.first() == Some(&identifier) {
                found.push(field);
            }
        }
        Ok::<_, der::Error>(())
    });
    fields.ok()?;
    reader.finish().ok()?;
    let [field] = *found.as_slice() else { return None };
    Some(field)
}

/// Whether `flags`, if they are there, say debug: identifier, length, unused bits, then the bits.
fn is_debug(value: &[u8]) -> bool {
    match tcb_info_field(value, FLAGS) {
        Some([_, _, _unused, first, ..]) => first & DEBUG != 0,
        _ => false,
    }
}

/// The first of `fwids`, which must be there once.
fn tcb_info(value: &[u8]) -> Option<&[u8]> {
    let fwids = tcb_info_field(value, FWIDS)?;
    let mut reader = SliceReader::new(fwids).ok()?;
    Header::decode(&mut reader).ok()?;
    fwid(&mut reader).ok().filter(|digest| digest.len() == DIGEST_LEN)
}

/// The digest of a `FWID`.
fn fwid<'a>(reader: &mut SliceReader<'a>) -> der::Result<&'a [u8]> {
    reader.sequence(|fwid| {
        let _algorithm: ObjectIdentifier = Decode::decode(fwid)?;
        Ok(<&OctetStringRef>::decode(fwid)?.as_bytes())
    })
}
