//! The signature schemes that vendors' certificates use, as types: a certificate, a list and a key of one scheme
//! cannot be taken for those of another.

use crate::crypto::{
    Crypto, P256PublicKey, P256Signature, P384PublicKey, P384Signature, Rsa4096Modulus, Rsa4096Signature,
};
use core::fmt::Debug;
use der::{Decode, Reader, SliceReader, asn1::UintRef};
use x509_parser::{
    der_parser::Oid,
    oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_PKCS1_RSAENCRYPTION},
    x509::SubjectPublicKeyInfo,
};

/// The first octet of an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// The one public exponent of RSA keys here.
const RSA_EXPONENT: &[u8] = &[1, 0, 1];

/// A signature scheme: what certificates call it, how they write its keys and signatures, and how one is checked.
pub trait Scheme: Copy + Debug {
    /// A public key.
    type Key: Clone + Debug + PartialEq + Eq;
    /// A signature.
    type Signature: Clone + Debug;

    /// The AlgorithmIdentifiers that name it, DER.
    const ALGORITHMS: &'static [&'static [u8]];

    /// The key in a certificate, if it is one of this scheme.
    fn key(info: &SubjectPublicKeyInfo<'_>) -> Option<Self::Key>;

    /// The signature in the octets of a certificate's BIT STRING.
    fn signature(octets: &[u8]) -> Option<Self::Signature>;

    /// Whether `key` made `signature` over `message`.
    fn verify(crypto: &dyn Crypto, key: &Self::Key, message: &[u8], signature: &Self::Signature) -> bool;
}

/// ECDSA with P-256 and SHA-256: Intel.
#[derive(Clone, Copy, Debug)]
pub struct P256Sha256;

/// ECDSA with P-384 and SHA-384: NVIDIA, and the endorsement keys of AMD.
#[derive(Clone, Copy, Debug)]
pub struct P384Sha384;

/// RSASSA-PSS with 4,096 bits, exponent 65,537, SHA-384, and a salt of 48 bytes: the CAs of AMD.
#[derive(Clone, Copy, Debug)]
pub struct RsaPssSha384;

impl Scheme for P256Sha256 {
    type Key = P256PublicKey;
    type Signature = P256Signature;

    /// The one form that RFC 5758, 3.2 allows.
    const ALGORITHMS: &'static [&'static [u8]] = &[b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"];

    fn key(info: &SubjectPublicKeyInfo<'_>) -> Option<Self::Key> {
        ec_point(info, &OID_EC_P256)
    }

    fn signature(octets: &[u8]) -> Option<Self::Signature> {
        ecdsa_signature(octets)
    }

    fn verify(crypto: &dyn Crypto, key: &Self::Key, message: &[u8], signature: &Self::Signature) -> bool {
        crypto.verify_p256(key, message, signature)
    }
}

impl Scheme for P384Sha384 {
    type Key = P384PublicKey;
    type Signature = P384Signature;

    /// The one form that RFC 5758, 3.2 allows.
    const ALGORITHMS: &'static [&'static [u8]] = &[b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"];

    fn key(info: &SubjectPublicKeyInfo<'_>) -> Option<Self::Key> {
        ec_point(info, &OID_NIST_EC_P384)
    }

    fn signature(octets: &[u8]) -> Option<Self::Signature> {
        ecdsa_signature(octets)
    }

    fn verify(crypto: &dyn Crypto, key: &Self::Key, message: &[u8], signature: &Self::Signature) -> bool {
        crypto.verify_p384(key, message, signature)
    }
}

impl Scheme for RsaPssSha384 {
    type Key = Rsa4096Modulus;
    type Signature = Rsa4096Signature;

    /// AMD writes the trailer field out in the certificates of its CAs and leaves its default out in later ones.
    const ALGORITHMS: &'static [&'static [u8]] = &[
        b"\x30\x46\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x39\
          \xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\
          \xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\
          \x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\
          \xa2\x03\x02\x01\x30\xa3\x03\x02\x01\x01",
        b"\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\
          \xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\
          \xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\
          \x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\
          \xa2\x03\x02\x01\x30",
    ];

    fn key(info: &SubjectPublicKeyInfo<'_>) -> Option<Self::Key> {
        let parameters = info.algorithm.parameters.as_ref()?;
        if info.algorithm.algorithm != OID_PKCS1_RSAENCRYPTION || parameters.as_null().is_err() {
            return None;
        }
        let [modulus, exponent] = two_integers(info.subject_public_key.data.as_ref())?;
        if exponent.as_bytes() != RSA_EXPONENT {
            return None;
        }
        modulus.as_bytes().try_into().ok()
    }

    fn signature(octets: &[u8]) -> Option<Self::Signature> {
        octets.try_into().ok()
    }

    fn verify(crypto: &dyn Crypto, key: &Self::Key, message: &[u8], signature: &Self::Signature) -> bool {
        crypto.verify_rsa_pss(key, message, signature)
    }
}

/// An uncompressed point of the curve: x ‖ y.
fn ec_point<const N: usize>(info: &SubjectPublicKeyInfo<'_>, curve: &Oid<'_>) -> Option<[u8; N]> {
    let named = info.algorithm.parameters.as_ref()?.as_oid().ok()?;
    if info.algorithm.algorithm != OID_KEY_TYPE_EC_PUBLIC_KEY || named != *curve {
        return None;
    }
    match info.subject_public_key.data.as_ref() {
        [UNCOMPRESSED, point @ ..] => point.try_into().ok(),
        _ => None,
    }
}

/// `Ecdsa-Sig-Value` (RFC 3279, 2.2.3) as r ‖ s, each half of the array.
fn ecdsa_signature<const N: usize>(der: &[u8]) -> Option<[u8; N]> {
    let [r, s] = two_integers(der)?;
    let mut signature = [0; N];
    let (r_half, s_half) = signature.split_at_mut_checked(N >> 1)?;
    pad_left(r.as_bytes(), r_half)?;
    pad_left(s.as_bytes(), s_half)?;
    Some(signature)
}

/// `SEQUENCE { INTEGER, INTEGER }`, neither negative, that fills `der` exactly.
fn two_integers(der: &[u8]) -> Option<[UintRef<'_>; 2]> {
    let mut reader = SliceReader::new(der).ok()?;
    let integers =
        reader.sequence(|inner| Ok::<_, der::Error>([UintRef::decode(inner)?, UintRef::decode(inner)?]));
    let integers = integers.ok()?;
    reader.finish().ok()?;
    Some(integers)
}

/// Copies a number to the end of `target`; `None` if it does not fit.
pub(super) fn pad_left(bytes: &[u8], target: &mut [u8]) -> Option<()> {
    let start = target.len().checked_sub(bytes.len())?;
    target.get_mut(start..)?.copy_from_slice(bytes);
    Some(())
}
