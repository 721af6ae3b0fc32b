//! The backend without C, assembly or SIMD: `k256`, `ml-dsa`, `p256`, `p384` and `rsa` of the RustCrypto project.

use alloy_primitives::{Address, B256};
use k256::ecdsa::RecoveryId;
use mldsa_verify::Path;
use p256::ecdsa::signature::Verifier;
use rsa::{BigUint, RsaPublicKey, pss, sha2::Sha384, signature::Verifier as _};

use super::{
    Crypto, Item, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature, is_low_s, is_rsa4096_modulus,
};

/// The public exponent.
const RSA_EXPONENT: u32 = 65_537;

/// Signature verification by the crates of the RustCrypto project.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto;

impl Crypto for RustCrypto {
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        super::verify_mldsa(Path::RustCrypto, set, public_key, message, signature)
    }

    fn verify_mldsa_batch(&self, items: &[Item<'_>]) -> Vec<bool> {
        super::verify_mldsa_batch(Path::RustCrypto, items)
    }

    fn verify_p256(&self, public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool {
        // Parsing checks 0 < r, s < n; the key, that both coordinates are below p and on the curve.
        let point = p256::Sec1Point::from_untagged_bytes(public_key.into());
        let Ok(key) = p256::ecdsa::VerifyingKey::from_sec1_point(&point) else {
            return false;
        };
        let Ok(signature) = p256::ecdsa::Signature::from_slice(signature) else {
            return false;
        };
        key.verify(message, &signature).is_ok()
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        let point = p384::Sec1Point::from_untagged_bytes(public_key.into());
        let Ok(key) = p384::ecdsa::VerifyingKey::from_sec1_point(&point) else {
            return false;
        };
        let Ok(signature) = p384::ecdsa::Signature::from_slice(signature) else {
            return false;
        };
        key.verify(message, &signature).is_ok()
    }

    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        if !is_rsa4096_modulus(modulus) {
            return false;
        }
        let Ok(key) = RsaPublicKey::new(BigUint::from_bytes_be(modulus), RSA_EXPONENT.into()) else {
            return false;
        };
        let Ok(signature) = pss::Signature::try_from(signature.as_slice()) else {
            return false;
        };
        // `new` takes a salt as long as the digest.
        pss::VerifyingKey::<Sha384>::new(key)
            .verify(message, &signature)
            .is_ok()
    }

    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address> {
        if !is_low_s(signature) {
            return None;
        }
        // Parsing checks 0 < r, s < n.
        let signature = k256::ecdsa::Signature::from_slice(signature).ok()?;
        let id = RecoveryId::new(y_is_odd, false);
        let key = k256::ecdsa::VerifyingKey::recover_from_prehash(digest.as_slice(), &signature, id).ok()?;
        let point = key.to_encoded_point(false);
        let (_, point) = point.as_bytes().split_first()?;
        Some(Address::from_raw_public_key(point))
    }
}
