//! Certificates (RFC 5280) as far as attestation needs them; `crl` has the lists that revoke them, `scheme` the
//! signatures on both.
//!
//! The outer structure, which no signature covers, is read as strict DER with exactly one encoding: nothing in
//! it can be changed but the signature itself. What the signature covers is parsed by `x509-parser`.

use super::{
    Rejection,
    scheme::{P256Sha256, Scheme, pad_left},
};
use crate::crypto::Crypto;
use der::{Decode, Reader, SliceReader, asn1::BitStringRef};
use x509_parser::{
    certificate::{X509Certificate, X509CertificateParser},
    extensions::{BasicConstraints, KeyUsage, X509Extension},
    nom::Parser,
    prelude::FromDer,
    time::ASN1Time,
    x509::X509Version,
};

/// The longest certificate in bytes. Genuine ones have at most 1,700; parsing allocates up to 30 times its input,
/// so this bounds what hostile evidence can allocate.
pub const MAX_CERTIFICATE_LEN: usize = 2_048;

/// The longest serial number in bytes (RFC 5280, 4.1.2.2).
const MAX_SERIAL_LEN: usize = 20;

/// Critical extensions that are understood besides basicConstraints and keyUsage: those in which NVIDIA's leaf
/// certificates have the firmware id (2.23.133.5.4.1 and 2.23.133.5.4.1.1).
const OTHERS_UNDERSTOOD: [&[u8]; 2] = [b"\x67\x81\x05\x05\x04\x01", b"\x67\x81\x05\x05\x04\x01\x01"];

/// basicConstraints and keyUsage (RFC 5280, 4.2.1.9 and 4.2.1.3).
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";

/// A serial number, big-endian, padded to the left. Serial numbers in this form compare as numbers do.
pub type Serial = [u8; MAX_SERIAL_LEN];

/// When something may be used, in Unix seconds, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first second.
    pub from: u64,
    /// The last second.
    pub until: u64,
}

/// Where a time lies against a [`Window`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Before it.
    Early,
    /// Inside.
    Valid,
    /// After it.
    Late,
}

impl Window {
    /// Where `now` lies.
    pub fn timing(&self, now: u64) -> Timing {
        if now < self.from {
            Timing::Early
        } else if now > self.until {
            Timing::Late
        } else {
            Timing::Valid
        }
    }

    /// Whether `now` is inside, and which rejection if it is before or after.
    pub(super) fn check(&self, now: u64, early: Rejection, late: Rejection) -> Result<(), Rejection> {
        match self.timing(now) {
            Timing::Early => Err(early),
            Timing::Late => Err(late),
            Timing::Valid => Ok(()),
        }
    }

    /// The part that both windows share; empty when it begins after it ends.
    pub fn intersect(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            until: self.until.min(other.until),
        }
    }
}

/// What a certificate and a CRL have in common: `SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING signature }`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed<'a> {
    pub(super) tbs: &'a [u8],
    pub(super) algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(super) fn parse(der: &'a [u8]) -> Option<Self> {
        let mut reader = SliceReader::new(der).ok()?;
        let signed = reader.sequence(|inner| {
            let tbs = inner.tlv_bytes()?;
            let algorithm = inner.tlv_bytes()?;
            let signature = BitStringRef::decode(inner)?;
            Ok::<_, der::Error>((tbs, algorithm, signature))
        });
        let (tbs, algorithm, signature) = signed.ok()?;
        reader.finish().ok()?;
        Some(Self {
            tbs,
            algorithm,
            signature: signature.as_bytes()?,
        })
    }
}

/// A certificate with a key of scheme `K`, signed with scheme `S`.
#[derive(Clone, Debug)]
pub struct Certificate<'a, K: Scheme = P256Sha256, S: Scheme = K> {
    der: &'a [u8],
    tbs: &'a [u8],
    signature: S::Signature,
    parsed: X509Certificate<'a>,
    /// The serial number.
    pub serial: Serial,
    /// notBefore to notAfter.
    pub window: Window,
    /// The subject's key.
    pub public_key: K::Key,
    /// Whether basicConstraints says that this is a CA.
    pub is_ca: bool,
    /// How many CAs may follow this one on a path, if it says.
    pub path_len: Option<u32>,
    key_usage: Option<KeyUsage>,
}

impl<'a, K: Scheme, S: Scheme> Certificate<'a, K, S> {
    /// Parses a certificate that fills `der` exactly. One longer than [`MAX_CERTIFICATE_LEN`], with a critical
    /// extension that is not understood, or with any extension twice, is refused.
    pub fn parse(der: &'a [u8]) -> Option<Self> {
        if der.len() > MAX_CERTIFICATE_LEN {
            return None;
        }
        let signed = Signed::parse(der)?;
        // Of the extensions only two are read in depth, below: the others cost more than all else in a certificate.
        let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
        let (rest, parsed) = parser.parse(der).ok()?;
        if !rest.is_empty()
            || parsed.version() != X509Version::V3
            || !S::ALGORITHMS.contains(&signed.algorithm)
            || certificate_algorithm(signed.tbs) != Some(signed.algorithm)
        {
            return None;
        }
        let Understood {
            constraints,
            key_usage,
        } = Understood::read(parsed.extensions())?;
        Some(Self {
            der,
            tbs: signed.tbs,
            signature: S::signature(signed.signature)?,
            serial: serial(parsed.raw_serial())?,
            window: Window {
                from: unix_seconds(parsed.validity().not_before)?,
                until: unix_seconds(parsed.validity().not_after)?,
            },
            public_key: K::key(parsed.public_key())?,
            is_ca: constraints.as_ref().is_some_and(|value| value.ca),
            path_len: constraints.and_then(|value| value.path_len_constraint),
            key_usage,
            parsed,
        })
    }

    /// The certificate as it was parsed, DER.
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    /// The subject's name, DER.
    pub fn subject(&self) -> &'a [u8] {
        self.parsed.tbs_certificate.subject.as_raw()
    }

    /// The issuer's name, DER.
    pub fn issuer(&self) -> &'a [u8] {
        self.parsed.tbs_certificate.issuer.as_raw()
    }

    /// The subject's common name, if it has exactly one that is text.
    pub fn subject_common_name(&self) -> Option<&str> {
        let mut names = self.parsed.subject().iter_common_name();
        let name = names.next()?.as_str().ok()?;
        names.next().is_none().then_some(name)
    }

    /// The value of the extension with this object identifier (its DER content), if there is one.
    pub fn extension(&self, oid: &[u8]) -> Option<&'a [u8]> {
        self.parsed
            .extensions()
            .iter()
            .find(|extension| extension.oid.as_bytes() == oid)
            .map(|e| e.value)
    }

    /// The issuer's common name, if it has exactly one that is text.
    pub fn issuer_common_name(&self) -> Option<&str> {
        let mut names = self.parsed.issuer().iter_common_name();
        let name = names.next()?.as_str().ok()?;
        names.next().is_none().then_some(name)
    }

    /// Whether keyUsage allows signing certificates.
    pub fn may_sign_certificates(&self) -> bool {
        self.key_usage.as_ref().is_some_and(|usage| usage.key_cert_sign())
    }

    /// Whether keyUsage allows signing certificates and CRLs.
    pub fn may_sign_certificates_and_crls(&self) -> bool {
        self.key_usage
            .as_ref()
            .is_some_and(|usage| usage.key_cert_sign() && usage.crl_sign())
    }

    /// Whether keyUsage allows signing anything else.
    pub fn may_sign_data(&self) -> bool {
        self.key_usage
            .as_ref()
            .is_some_and(|usage| usage.digital_signature())
    }

    /// Whether `issuer` issued this certificate: its name and its signature.
    pub fn is_issued_by<T: Scheme>(&self, issuer: &Certificate<'_, S, T>, crypto: &dyn Crypto) -> bool {
        self.issuer() == issuer.subject() && self.is_signed_by(&issuer.public_key, crypto)
    }

    /// Whether `key` signed this certificate.
    pub fn is_signed_by(&self, key: &S::Key, crypto: &dyn Crypto) -> bool {
        S::verify(crypto, key, self.tbs, &self.signature)
    }
}

/// The extensions that are read in depth.
#[derive(Default)]
struct Understood {
    constraints: Option<BasicConstraints>,
    key_usage: Option<KeyUsage>,
}

impl Understood {
    /// Reads them; `None` where any extension is there twice, or a critical one is not understood.
    fn read(extensions: &[X509Extension<'_>]) -> Option<Self> {
        let mut understood = Self::default();
        let mut rest = extensions;
        while let Some((extension, others)) = rest.split_first() {
            let oid = extension.oid.as_bytes();
            if others.iter().any(|other| other.oid.as_bytes() == oid) {
                return None;
            }
            let is_read = match oid {
                BASIC_CONSTRAINTS => {
                    understood.constraints = parse(extension);
                    understood.constraints.is_some()
                }
                KEY_USAGE => {
                    understood.key_usage = parse(extension);
                    understood.key_usage.is_some()
                }
                _ => OTHERS_UNDERSTOOD.contains(&oid),
            };
            if extension.critical && !is_read {
                return None;
            }
            rest = others;
        }
        Some(understood)
    }
}

fn parse<'a, T: FromDer<'a, x509_parser::error::X509Error>>(extension: &X509Extension<'a>) -> Option<T> {
    T::from_der(extension.value).ok().map(|(_, value)| value)
}

/// The `signature` field inside a `TBSCertificate`: version, serial number, then it.
fn certificate_algorithm(tbs: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(tbs).ok()?;
    let algorithm = reader.sequence(|inner| {
        inner.tlv_bytes()?;
        inner.tlv_bytes()?;
        let algorithm = inner.tlv_bytes()?;
        inner.read_slice(inner.remaining_len())?;
        Ok::<_, der::Error>(algorithm)
    });
    algorithm.ok()
}

fn unix_seconds(time: ASN1Time) -> Option<u64> {
    u64::try_from(time.timestamp()).ok()
}

/// A positive serial number of at most 20 bytes, padded to the left. Zero is allowed: some CAs use it.
fn serial(raw: &[u8]) -> Option<Serial> {
    let magnitude = match raw {
        [0, magnitude @ ..] => magnitude,
        [first, ..] if *first >= 0x80 => return None,
        _ => raw,
    };
    let mut serial = [0; MAX_SERIAL_LEN];
    pad_left(magnitude, &mut serial)?;
    Some(serial)
}
