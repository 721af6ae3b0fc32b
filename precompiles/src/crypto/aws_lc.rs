//! The default backend: AWS-LC, through `aws-lc-rs`, and Bitcoin Core's library for secp256k1, which AWS-LC lacks the
//! recovery of keys for.
//!
//! Both have assembly where the machine allows it, which makes this the faster backend by far. ML-DSA goes through
//! `mldsa-verify`, which has code for AVX-512 that is faster still.

use alloy_primitives::{Address, B256};
use aws_lc_rs::{
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PSS_2048_8192_SHA384, VerificationAlgorithm,
    },
};
use mldsa_verify::Path;
use secp256k1::{
    Message, Secp256k1, VerifyOnlyPreallocated,
    ecdsa::{RecoverableSignature, RecoveryId},
    ffi::types::AlignedType,
};

use super::{
    Crypto, Item, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature, is_low_s, is_rsa4096_modulus,
};

/// The tag of an uncompressed point (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// The public exponent 65,537, big-endian.
const RSA_EXPONENT: &[u8] = &[1, 0, 1];

/// Signature verification by AWS-LC, and of ML-DSA with AVX-512 where the machine has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

impl AwsLc {
    /// The same backend as on a machine without AVX-512, to measure and to compare: its verdicts are the same.
    pub const fn portable() -> PortableAwsLc {
        PortableAwsLc(())
    }
}

/// Signature verification by AWS-LC alone: see [`AwsLc::portable`].
#[derive(Clone, Copy, Debug)]
pub struct PortableAwsLc(());

impl Crypto for AwsLc {
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        super::verify_mldsa(Path::fastest(), set, public_key, message, signature)
    }

    fn verify_mldsa_batch(&self, items: &[Item<'_>]) -> Vec<bool> {
        super::verify_mldsa_batch(Path::fastest(), items)
    }

    fn verify_p256(&self, public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool {
        let mut point = [UNCOMPRESSED; 65];
        let [_, coordinates @ ..] = &mut point;
        *coordinates = *public_key;
        ECDSA_P256_SHA256_FIXED
            .verify_sig(&point, message, signature)
            .is_ok()
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        let mut point = [UNCOMPRESSED; 97];
        let [_, coordinates @ ..] = &mut point;
        *coordinates = *public_key;
        ECDSA_P384_SHA384_FIXED
            .verify_sig(&point, message, signature)
            .is_ok()
    }

    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        let key = PublicKeyComponents {
            n: modulus.as_slice(),
            e: RSA_EXPONENT,
        };
        // The algorithm's salt is as long as its digest.
        is_rsa4096_modulus(modulus) && key.verify(&RSA_PSS_2048_8192_SHA384, message, signature).is_ok()
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
        let id = if y_is_odd {
            RecoveryId::One
        } else {
            RecoveryId::Zero
        };
        let signature = RecoverableSignature::from_compact(signature, id).ok()?;
        // The other ways to a context draw random numbers or keep a static, to blind keys that are not here.
        let size = Secp256k1::<VerifyOnlyPreallocated<'_>>::preallocate_verification_size();
        let mut memory = vec![AlignedType::ZERO; size];
        let context = Secp256k1::preallocated_verification_only(&mut memory).ok()?;
        let key = context
            .recover_ecdsa(Message::from_digest(digest.0), &signature)
            .ok()?;
        let [_, point @ ..] = key.serialize_uncompressed();
        Some(Address::from_raw_public_key(&point))
    }
}

impl Crypto for PortableAwsLc {
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        super::verify_mldsa(Path::AwsLc, set, public_key, message, signature)
    }

    fn verify_mldsa_batch(&self, items: &[Item<'_>]) -> Vec<bool> {
        super::verify_mldsa_batch(Path::AwsLc, items)
    }

    fn verify_p256(&self, public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool {
        AwsLc.verify_p256(public_key, message, signature)
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        AwsLc.verify_p384(public_key, message, signature)
    }

    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        AwsLc.verify_rsa_pss(modulus, message, signature)
    }

    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address> {
        AwsLc.recover_secp256k1(digest, signature, y_is_odd)
    }
}
