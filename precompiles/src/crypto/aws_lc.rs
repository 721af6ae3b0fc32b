//! The default backend: AWS-LC, through `aws-lc-rs`, and Bitcoin Core's library for secp256k1, which AWS-LC lacks the
//! recovery of keys for.
//!
//! Its ML-DSA is mldsa-native, and both algorithms have assembly where the machine allows it, which makes
//! this the faster backend by far.

use alloy_primitives::{Address, B256};
use aws_lc_rs::{
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ML_DSA_44, ML_DSA_65, ML_DSA_87,
        PqdsaVerificationAlgorithm, RSA_PSS_2048_8192_SHA384, VerificationAlgorithm,
    },
};

use secp256k1::{
    Message, Secp256k1, VerifyOnlyPreallocated,
    ecdsa::{RecoverableSignature, RecoveryId},
    ffi::types::AlignedType,
};

use super::{
    Crypto, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature, is_low_s, is_rsa4096_modulus,
};

/// The tag of an uncompressed point (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// The public exponent 65,537, big-endian.
const RSA_EXPONENT: &[u8] = &[1, 0, 1];

/// Signature verification by AWS-LC.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

impl Crypto for AwsLc {
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        if public_key.len() != set.public_key_len() || signature.len() != set.signature_len() {
            return false;
        }
        // The library takes a key raw or as a SubjectPublicKeyInfo, tries the latter first and ignores bytes
        // after it. So a raw key whose ρ spells the header of a smaller set would be misread and refused, and
        // only the form it tries first means the same key for every input.
        let public_key = [subject_public_key_info(set), public_key].concat();
        algorithm(set).verify_sig(&public_key, message, signature).is_ok()
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

fn algorithm(set: ParameterSet) -> &'static PqdsaVerificationAlgorithm {
    match set {
        ParameterSet::MlDsa44 => &ML_DSA_44,
        ParameterSet::MlDsa65 => &ML_DSA_65,
        ParameterSet::MlDsa87 => &ML_DSA_87,
    }
}

/// All that precedes the raw key in its DER SubjectPublicKeyInfo (RFC 9881, section 4): the outer SEQUENCE,
/// the AlgorithmIdentifier with id-ml-dsa-44, -65 or -87, and the BIT STRING without unused bits.
const fn subject_public_key_info(set: ParameterSet) -> &'static [u8] {
    match set {
        ParameterSet::MlDsa44 => {
            b"\x30\x82\x05\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x03\x82\x05\x21\x00"
        }
        ParameterSet::MlDsa65 => {
            b"\x30\x82\x07\xb2\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00"
        }
        ParameterSet::MlDsa87 => {
            b"\x30\x82\x0a\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x13\x03\x82\x0a\x21\x00"
        }
    }
}
