//! COSE_Sign1 (RFC 9052, section 4.2), as the tokens have it: tag 18, the algorithm alone in the protected header, an
//! empty unprotected header, the payload inside, no external data.

use super::cbor::Item;
use crate::evidence::Rejection;
use coset::{ProtectedHeader, SignatureContext, sig_structure_data};

/// The tag of COSE_Sign1 (RFC 9052, section 2).
const TAG_SIGN1: u64 = 18;

/// The header parameter for the algorithm (RFC 9052, section 3.1).
const HEADER_ALGORITHM: i64 = 1;

/// ES256 and ES384 in the registry of COSE algorithms (RFC 9053, section 2.1).
const ES256: i64 = -7;
const ES384: i64 = -35;

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with SHA-256, on P-256.
    Es256,
    /// ECDSA with SHA-384, on P-384.
    Es384,
}

impl Algorithm {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    /// The length of a signature r ‖ s in bytes.
    pub const fn signature_len(self) -> usize {
        match self {
            Self::Es256 => 64,
            Self::Es384 => 96,
        }
    }
}

/// A signed message, its parts in place.
#[derive(Clone, Copy, Debug)]
pub struct Sign1<'a> {
    /// The protected header, encoded.
    pub protected: &'a [u8],
    /// The algorithm that the protected header names.
    pub algorithm: Algorithm,
    /// What is signed: claims.
    pub payload: &'a [u8],
    /// The signature, r ‖ s, of the length that the algorithm has.
    pub signature: &'a [u8],
}

impl<'a> Sign1<'a> {
    /// Parses a message that fills `bytes` exactly.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let (tag, message) = Item::parse(bytes)?.tag().ok_or(Rejection::CcaSign1Malformed)?;
        let mut parts = message.array().ok_or(Rejection::CcaSign1Malformed)?;
        let mut part = || parts.next().ok_or(Rejection::CcaSign1Malformed);
        let (protected, unprotected, payload, signature) = (part()?, part()?, part()?, part()?);
        if tag != TAG_SIGN1 || parts.next().is_some() {
            return Err(Rejection::CcaSign1Malformed);
        }
        let mut unprotected = unprotected.map().ok_or(Rejection::CcaSign1Malformed)?;
        if unprotected.next().is_some() {
            return Err(Rejection::CcaUnprotectedHeader);
        }
        let protected = protected.bytes().ok_or(Rejection::CcaSign1Malformed)?;
        let algorithm = algorithm(protected)?;
        let message = Self {
            protected,
            algorithm,
            payload: attached(payload)?,
            signature: signature.bytes().ok_or(Rejection::CcaSign1Malformed)?,
        };
        if message.signature.len() != algorithm.signature_len() {
            return Err(Rejection::CcaSignatureLength);
        }
        Ok(message)
    }

    /// The bytes that the signature is over: the Sig_structure (RFC 9052, section 4.4).
    pub(super) fn signed_bytes(&self) -> Vec<u8> {
        let protected = ProtectedHeader {
            original_data: Some(self.protected.to_vec()),
            ..ProtectedHeader::default()
        };
        sig_structure_data(SignatureContext::CoseSign1, protected, None, &[], self.payload)
    }
}

/// The algorithm in a protected header that has nothing else.
fn algorithm(protected: &[u8]) -> Result<Algorithm, Rejection> {
    if protected.is_empty() {
        return Err(Rejection::CcaProtectedHeader);
    }
    let header = Item::parse(protected)?;
    let mut entries = header.map().ok_or(Rejection::CcaProtectedHeader)?;
    let (Some((label, value)), None) = (entries.next(), entries.next()) else {
        return Err(Rejection::CcaProtectedHeader);
    };
    if label.integer() != Some(HEADER_ALGORITHM) {
        return Err(Rejection::CcaProtectedHeader);
    }
    match value.integer() {
        Some(ES256) => Ok(Algorithm::Es256),
        Some(ES384) => Ok(Algorithm::Es384),
        _ => Err(Rejection::CcaAlgorithm),
    }
}

/// A payload that is there.
fn attached(payload: Item<'_>) -> Result<&[u8], Rejection> {
    if payload.is_null() {
        return Err(Rejection::CcaPayloadDetached);
    }
    match payload.bytes() {
        Some([]) => Err(Rejection::CcaPayloadDetached),
        Some(bytes) => Ok(bytes),
        None => Err(Rejection::CcaSign1Malformed),
    }
}
