//! Certificates (RFC 5280) as far as attestation needs them; `crl` has the lists that revoke them.
//!
//! The outer structure, which no signature covers, is read as strict DER with exactly one encoding: nothing in
//! it can be changed but the signature itself. What the signature covers is parsed by `x509-parser`.

use crate::crypto::{Crypto, P256PublicKey, P256Signature};
use der::{
    Decode, Reader, SliceReader,
    asn1::{BitStringRef, UintRef},
};
use x509_parser::{
    certificate::X509Certificate,
    extensions::ParsedExtension,
    oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_SIG_ECDSA_WITH_SHA256},
    prelude::FromDer,
    time::ASN1Time,
    x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Version},
};

/// The longest certificate in bytes. Genuine ones have at most 1,700; parsing allocates up to 30 times its input,
/// so this bounds what hostile evidence can allocate.
pub const MAX_CERTIFICATE_LEN: usize = 2_048;

/// The longest serial number in bytes (RFC 5280, 4.1.2.2).
const MAX_SERIAL_LEN: usize = 20;

/// `AlgorithmIdentifier { ecdsa-with-SHA256 }`, DER: the one form RFC 5758, 3.2 allows.
pub(super) const ECDSA_WITH_SHA256: &[u8] = &[
    0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
];

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

    /// The part that both windows share; empty when it begins after it ends.
    pub fn intersect(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            until: self.until.min(other.until),
        }
    }
}

/// What a certificate and a CRL have in common: `SEQUENCE { tbs, ecdsa-with-SHA256, BIT STRING signature }`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed<'a> {
    pub(super) tbs: &'a [u8],
    pub(super) signature: P256Signature,
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
        if algorithm != ECDSA_WITH_SHA256 {
            return None;
        }
        Some(Self {
            tbs,
            signature: ecdsa_signature(signature.as_bytes()?)?,
        })
    }
}

/// `Ecdsa-Sig-Value` (RFC 3279, 2.2.3) as r ‖ s.
fn ecdsa_signature(der: &[u8]) -> Option<P256Signature> {
    let mut reader = SliceReader::new(der).ok()?;
    let integers =
        reader.sequence(|inner| Ok::<_, der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?)));
    let (r, s) = integers.ok()?;
    reader.finish().ok()?;
    let mut signature = [0; 64];
    let (r_half, s_half) = signature.split_at_mut(32);
    pad_left(r.as_bytes(), r_half)?;
    pad_left(s.as_bytes(), s_half)?;
    Some(signature)
}

/// Copies a number to the end of `target`; `None` if it does not fit.
pub(super) fn pad_left(bytes: &[u8], target: &mut [u8]) -> Option<()> {
    let start = target.len().checked_sub(bytes.len())?;
    target.get_mut(start..)?.copy_from_slice(bytes);
    Some(())
}

/// A certificate with a P-256 key, signed with ECDSA P-256 and SHA-256.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    signed: Signed<'a>,
    parsed: X509Certificate<'a>,
    /// The serial number.
    pub serial: Serial,
    /// notBefore to notAfter.
    pub window: Window,
    /// The subject's key.
    pub public_key: P256PublicKey,
    /// Whether basicConstraints says that this is a CA.
    pub is_ca: bool,
    /// How many CAs may follow this one on a path, if it says.
    pub path_len: Option<u32>,
}

impl<'a> Certificate<'a> {
    /// Parses a certificate that fills `der` exactly. One longer than [`MAX_CERTIFICATE_LEN`], a critical extension other than basicConstraints and
    /// keyUsage, or any extension twice, is refused.
    pub fn parse(der: &'a [u8]) -> Option<Self> {
        if der.len() > MAX_CERTIFICATE_LEN {
            return None;
        }
        let signed = Signed::parse(der)?;
        let (rest, parsed) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() || parsed.version() != X509Version::V3 || !is_ecdsa_with_sha256(&parsed.signature)
        {
            return None;
        }
        parsed.extensions_map().ok()?;
        let mut constraints = None;
        for extension in parsed.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(value) => constraints = Some(value.clone()),
                ParsedExtension::KeyUsage(_) => {}
                _ if extension.critical => return None,
                _ => {}
            }
        }
        Some(Self {
            signed,
            serial: serial(parsed.raw_serial())?,
            window: Window {
                from: unix_seconds(parsed.validity().not_before)?,
                until: unix_seconds(parsed.validity().not_after)?,
            },
            public_key: p256_key(parsed.public_key())?,
            is_ca: constraints.as_ref().is_some_and(|value| value.ca),
            path_len: constraints.and_then(|value| value.path_len_constraint),
            parsed,
        })
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

    /// Whether keyUsage allows signing certificates and CRLs.
    pub fn may_sign_certificates_and_crls(&self) -> bool {
        self.key_usage()
            .is_some_and(|usage| usage.key_cert_sign() && usage.crl_sign())
    }

    fn key_usage(&self) -> Option<&x509_parser::extensions::KeyUsage> {
        self.parsed
            .extensions()
            .iter()
            .find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::KeyUsage(usage) => Some(usage),
                _ => None,
            })
    }

    /// Whether `issuer` issued this certificate: its name and its signature.
    pub fn is_issued_by(&self, issuer: &Certificate<'_>, crypto: &dyn Crypto) -> bool {
        self.issuer() == issuer.subject() && self.is_signed_by(&issuer.public_key, crypto)
    }

    /// Whether `key` signed this certificate.
    pub fn is_signed_by(&self, key: &P256PublicKey, crypto: &dyn Crypto) -> bool {
        crypto.verify_p256(key, self.signed.tbs, &self.signed.signature)
    }
}

fn is_ecdsa_with_sha256(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    algorithm.algorithm == OID_SIG_ECDSA_WITH_SHA256 && algorithm.parameters.is_none()
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

fn p256_key(info: &SubjectPublicKeyInfo<'_>) -> Option<P256PublicKey> {
    let curve = info.algorithm.parameters.as_ref()?.as_oid().ok()?;
    if info.algorithm.algorithm != OID_KEY_TYPE_EC_PUBLIC_KEY || curve != OID_EC_P256 {
        return None;
    }
    match info.subject_public_key.data.as_ref() {
        [0x04, point @ ..] => point.try_into().ok(),
        _ => None,
    }
}
