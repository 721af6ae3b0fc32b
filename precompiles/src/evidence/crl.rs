//! Certificate revocation lists (RFC 5280, section 5).
//!
//! Parsed here rather than by `x509-parser`, which keeps more than a kilobyte for each entry: a list may have
//! hundreds, and a call must not allocate much more than its input.

use super::{
    scheme::{Scheme, pad_left},
    x509::{Certificate, Serial, Signed, Window},
};
use crate::crypto::Crypto;
use der::{
    Decode, ErrorKind, Header, Reader, SliceReader, Tag, TagNumber,
    asn1::{GeneralizedTime, ObjectIdentifier, OctetStringRef, UintRef, UtcTime},
};

/// CRL Number (RFC 5280, 5.2.3).
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");

/// deltaCRLIndicator and issuingDistributionPoint (RFC 5280, 5.2.4 and 5.2.5): what a list bears that does not name
/// every revoked certificate of its issuer.
const PARTIAL: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("2.5.29.27"),
    ObjectIdentifier::new_unwrap("2.5.29.28"),
];

/// The value of the version field of a version 2 list.
const VERSION_2: u8 = 1;

/// The tag of crlExtensions: `[0] EXPLICIT`.
const CRL_EXTENSIONS: Tag = Tag::ContextSpecific {
    constructed: true,
    number: TagNumber(0),
};

/// A certificate revocation list whose signature has been verified.
#[derive(Clone, Debug)]
pub struct Crl {
    /// thisUpdate to the second before nextUpdate.
    pub window: Window,
    /// The CRL number, if the list has one.
    pub number: Option<u64>,
    /// The serial numbers of revoked certificates, ascending.
    pub revoked: Vec<Serial>,
}

/// Why a list is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrlError {
    /// Not a version 2 list with nextUpdate, or with a critical extension.
    Malformed,
    /// Another CA issued it.
    WrongIssuer,
    /// The issuer did not sign it.
    SignatureInvalid,
}

impl Crl {
    /// Verifies and parses a list that fills `der` exactly. Indirect, partial and delta lists are refused, also where
    /// the extension that says so is not critical as it should be. Entries are read only after the signature was
    /// verified.
    pub fn verify<K: Scheme, S: Scheme>(
        der: &[u8],
        issuer: &Certificate<'_, K, S>,
        crypto: &dyn Crypto,
    ) -> Result<Self, CrlError> {
        let signed = Signed::parse(der).ok_or(CrlError::Malformed)?;
        let signature = K::signature(signed.signature)
            .filter(|_| K::ALGORITHMS.contains(&signed.algorithm))
            .ok_or(CrlError::Malformed)?;
        let name = read(signed.tbs, |list| {
            let name = issuer_name(list, signed.algorithm)?;
            list.read_slice(list.remaining_len())?;
            Ok(name)
        });
        if name.ok_or(CrlError::Malformed)? != issuer.subject() {
            return Err(CrlError::WrongIssuer);
        }
        if !K::verify(crypto, &issuer.public_key, signed.tbs, &signature) {
            return Err(CrlError::SignatureInvalid);
        }
        read(signed.tbs, |list| parse_list(list, signed.algorithm)).ok_or(CrlError::Malformed)
    }

    /// Whether a serial number is on the list.
    pub fn revokes(&self, serial: &Serial) -> bool {
        self.revoked.binary_search(serial).is_ok()
    }
}

/// Reads a `SEQUENCE` that fills `der` exactly.
fn read<'a, T>(der: &'a [u8], body: impl FnOnce(&mut SliceReader<'a>) -> der::Result<T>) -> Option<T> {
    let mut reader = SliceReader::new(der).ok()?;
    let value = reader.sequence(body).ok()?;
    reader.finish().ok()?;
    Some(value)
}

/// version, signature (which must name the algorithm that is also named outside), issuer.
fn issuer_name<'a>(list: &mut SliceReader<'a>, outside: &[u8]) -> der::Result<&'a [u8]> {
    let version = u8::decode(list)?;
    let algorithm = list.tlv_bytes()?;
    if version != VERSION_2 || algorithm != outside {
        return Err(malformed(list));
    }
    list.tlv_bytes()
}

/// `TBSCertList`.
fn parse_list(list: &mut SliceReader<'_>, algorithm: &[u8]) -> der::Result<Crl> {
    issuer_name(list, algorithm)?;
    let this_update = unix_seconds(list)?;
    let next_update = unix_seconds(list)?;
    let mut revoked = Vec::new();
    if !list.is_finished() && Tag::peek(list)? == Tag::Sequence {
        list.sequence(|entries| {
            while !entries.is_finished() {
                revoked.push(entries.sequence(parse_entry)?);
            }
            Ok::<_, der::Error>(())
        })?;
    }
    revoked.sort_unstable();
    let mut number = None;
    if !list.is_finished() {
        let header = Header::decode(list)?;
        if header.tag() != CRL_EXTENSIONS {
            return Err(malformed(list));
        }
        number = list.read_nested(header.length(), crl_number)?;
    }
    let until = next_update.checked_sub(1).ok_or_else(|| malformed(list))?;
    Ok(Crl {
        window: Window {
            from: this_update,
            until,
        },
        number,
        revoked,
    })
}

/// userCertificate, revocationDate, crlEntryExtensions.
fn parse_entry(entry: &mut SliceReader<'_>) -> der::Result<Serial> {
    let number = UintRef::decode(entry)?;
    let mut serial = Serial::default();
    pad_left(number.as_bytes(), &mut serial).ok_or_else(|| malformed(entry))?;
    unix_seconds(entry)?;
    if !entry.is_finished() {
        for_each_extension(entry, |_, _| Ok(()))?;
    }
    Ok(serial)
}

/// The CRL number, which may be there once, in a list that is not partial.
fn crl_number(extensions: &mut SliceReader<'_>) -> der::Result<Option<u64>> {
    let mut number = None;
    for_each_extension(extensions, |oid, value| {
        if PARTIAL.contains(&oid) {
            return Err(ErrorKind::Failed.into());
        }
        if oid != CRL_NUMBER {
            return Ok(());
        }
        match number.replace(u64::from_der(value)?) {
            None => Ok(()),
            Some(_) => Err(ErrorKind::Failed.into()),
        }
    })?;
    Ok(number)
}

/// `SEQUENCE OF Extension`. A critical one is refused: none is understood here.
fn for_each_extension<'a>(
    reader: &mut SliceReader<'a>,
    mut visit: impl FnMut(ObjectIdentifier, &'a [u8]) -> der::Result<()>,
) -> der::Result<()> {
    reader.sequence(|extensions| {
        while !extensions.is_finished() {
            let (oid, value) = extensions.sequence(|extension| {
                let oid = ObjectIdentifier::decode(extension)?;
                // `critical BOOLEAN DEFAULT FALSE`: DER leaves the default out, so if it is there, it is true.
                Ok::<_, der::Error>((oid, <&OctetStringRef>::decode(extension)?.as_bytes()))
            })?;
            visit(oid, value)?;
        }
        Ok(())
    })
}

/// `Time`: UTCTime or GeneralizedTime.
fn unix_seconds(reader: &mut SliceReader<'_>) -> der::Result<u64> {
    let since_epoch = match Tag::peek(reader)? {
        Tag::UtcTime => UtcTime::decode(reader)?.to_unix_duration(),
        _ => GeneralizedTime::decode(reader)?.to_unix_duration(),
    };
    Ok(since_epoch.as_secs())
}

fn malformed(reader: &mut SliceReader<'_>) -> der::Error {
    reader.error(ErrorKind::Failed)
}
