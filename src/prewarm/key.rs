//! What a verdict is remembered under: a BLAKE3 digest of all that decides it.
//!
//! | tag | check | fields |
//! |---|---|---|
//! | 1, 2, 3 | ML-DSA-44, -65, -87 | public key, message, context, signature |
//! | 4 | ECDSA, P-256 and SHA-256 | public key, message, signature |
//! | 5 | ECDSA, P-384 and SHA-384 | public key, message, signature |
//! | 6 | RSASSA-PSS, 4,096 bits and SHA-384 | modulus, message, signature |
//! | 7, 8 | the signer on secp256k1, R with an even y, an odd one | digest, signature |
//!
//! What is hashed is the tag (1 byte), the length of each field (8 bytes, little-endian), the bytes of each, and if that
//! is over 1 KiB zeros up to a multiple of 4 KiB. No two checks give the same bytes, so two checks with one key are a
//! collision of BLAKE3.

use aivm_precompiles::crypto::{
    Item, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature,
};
use alloy_primitives::B256;

/// BLAKE3 hashes four chunks, or eight or sixteen, in the time of one; but two or three, and what comes in several calls,
/// one after another.
const CHUNK_LEN: usize = 1_024;
const LANES: usize = 4;

/// A check of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn mldsa(item: &Item<'_>) -> Self {
        let tag = match item.set {
            ParameterSet::MlDsa44 => 1,
            ParameterSet::MlDsa65 => 2,
            ParameterSet::MlDsa87 => 3,
        };
        Self::new(tag, [item.public_key, item.message, item.context, item.signature])
    }

    pub(super) fn p256(public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> Self {
        Self::new(4, [public_key, message, signature])
    }

    pub(super) fn p384(public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> Self {
        Self::new(5, [public_key, message, signature])
    }

    pub(super) fn rsa_pss(modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> Self {
        Self::new(6, [modulus, message, signature])
    }

    pub(super) fn secp256k1(digest: &B256, signature: &Secp256k1Signature, y_is_odd: bool) -> Self {
        let tag = if y_is_odd { 8 } else { 7 };
        Self::new(tag, [digest.as_slice(), signature])
    }

    fn new<const N: usize>(tag: u8, fields: [&[u8]; N]) -> Self {
        // A usize has at most 64 bits on every machine that Rust compiles for.
        let lengths = fields.map(|field| u64::try_from(field.len()).unwrap_or(u64::MAX).to_le_bytes());
        let mut bytes = [&[tag], lengths.as_flattened(), &fields.concat()].concat();
        if bytes.len() > CHUNK_LEN {
            bytes.resize(bytes.len().next_multiple_of(LANES * CHUNK_LEN), 0);
        }
        Self(*blake3::hash(&bytes).as_bytes())
    }
}
