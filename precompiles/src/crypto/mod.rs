//! The signature checks that decide what a precompile answers, behind one small trait.
//!
//! A backend is chosen where the precompiles are built, never by a global, and every backend gives the same
//! answer for every input: `tests/mldsa.rs`, `tests/p256.rs`,
//! `tests/p384.rs`, `tests/rsa_pss.rs` and `tests/secp256k1.rs` hold them to that, and the tests of the crate
//! `mldsa-verify` its paths. Keys and signatures come here in one fixed form each, so no backend parses an
//! encoding on its own.

use alloy_primitives::{Address, B256};
use core::fmt;

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(feature = "rust-crypto")]
mod rust_crypto;

#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::{AwsLc, PortableAwsLc};
pub use mldsa_verify::{Item, ParameterSet};
#[cfg(feature = "rust-crypto")]
pub use rust_crypto::RustCrypto;

/// A P-256 public key: the affine coordinates x ‖ y, big-endian.
pub type P256PublicKey = [u8; 64];

/// An ECDSA P-256 signature: r ‖ s, big-endian.
pub type P256Signature = [u8; 64];

/// A P-384 public key: the affine coordinates x ‖ y, big-endian.
pub type P384PublicKey = [u8; 96];

/// An ECDSA P-384 signature: r ‖ s, big-endian.
pub type P384Signature = [u8; 96];

/// The modulus of an RSA public key of 4,096 bits, big-endian. The public exponent is always 65,537.
pub type Rsa4096Modulus = [u8; 512];

/// An RSA signature by a key of 4,096 bits, big-endian.
pub type Rsa4096Signature = [u8; 512];

/// An ECDSA signature on secp256k1: r ‖ s, big-endian.
pub type Secp256k1Signature = [u8; 64];

/// Signature verification. Implementations are pure functions of their arguments.
pub trait Crypto: fmt::Debug + Send + Sync {
    /// Whether `signature` is a pure ML-DSA signature over `message` with the empty context: Algorithm 3
    /// (`ML-DSA.Verify`) of FIPS 204. A key or signature of another length than `set` has is `false`.
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool;

    /// What [`Crypto::verify_mldsa`] says of every item, in their order. Where all contexts are empty, as they are
    /// in the precompiles, that is Algorithm 3 for each; an item with another context is `false`.
    fn verify_mldsa_batch(&self, items: &[Item<'_>]) -> Vec<bool> {
        items
            .iter()
            .map(|item| {
                item.context.is_empty()
                    && self.verify_mldsa(item.set, item.public_key, item.message, item.signature)
            })
            .collect()
    }

    /// Whether `signature` is an ECDSA signature with SHA-256 over `message` (FIPS 186-5). A key that is not
    /// a point of the curve is `false`; both s and n − s verify.
    fn verify_p256(&self, public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool;

    /// Whether `signature` is an ECDSA signature with SHA-384 over `message` (FIPS 186-5). A key that is not
    /// a point of the curve is `false`; both s and n − s verify.
    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool;

    /// Whether `signature` is an RSASSA-PSS signature over `message` (RFC 8017, 8.1.2) with SHA-384, MGF1 with
    /// SHA-384 and a salt of 48 bytes, by the key with this modulus and exponent 65,537. A modulus that is even
    /// or has fewer than 4,096 bits, and a signature that is not below the modulus, are `false`.
    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool;

    /// Whose ECDSA signature on secp256k1 over a digest this is: the Ethereum address of the key that recovers from it
    /// (SEC 1, section 4.1.6), where R has an odd y or an even one. `None` where r or s is not in 1..n, s is above
    /// n / 2 (EIP-2), r is not the x of a point, or the key would be the point at infinity.
    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address>;
}

/// [`Crypto::verify_mldsa`] by one path of `mldsa-verify`.
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
fn verify_mldsa(
    path: mldsa_verify::Path,
    set: ParameterSet,
    public_key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    path.verify(&Item {
        set,
        public_key,
        message,
        context: &[],
        signature,
    })
}

/// [`Crypto::verify_mldsa_batch`] by one path of `mldsa-verify`.
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
fn verify_mldsa_batch(path: mldsa_verify::Path, items: &[Item<'_>]) -> Vec<bool> {
    let mut verdicts = path.verify_batch(items);
    for (verdict, item) in verdicts.iter_mut().zip(items) {
        *verdict &= item.context.is_empty();
    }
    verdicts
}

/// n / 2 of secp256k1, rounded down (SEC 2, section 2.4.1): the highest s that is low.
const SECP256K1_HALF_ORDER: [u8; 32] =
    alloy_primitives::hex!("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/// Whether the s of a signature is low. The libraries disagree on others: one recovers a key, one does not.
fn is_low_s(signature: &Secp256k1Signature) -> bool {
    signature.last_chunk() <= Some(&SECP256K1_HALF_ORDER)
}

/// Whether a modulus is odd and has all its 4,096 bits. Backends disagree on others, which no honest key has.
fn is_rsa4096_modulus(modulus: &Rsa4096Modulus) -> bool {
    let [first, .., last] = modulus;
    first & 0x80 != 0 && last & 1 != 0
}
