//! A signature backend that counts.

use aivm::precompiles::crypto::{
    AwsLc, Crypto, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature,
};
use alloy_primitives::{Address, B256};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// How many signatures were verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// ML-DSA, any parameter set.
    pub mldsa: usize,
    /// ECDSA with P-256 and SHA-256.
    pub p256: usize,
    /// ECDSA with P-384 and SHA-384.
    pub p384: usize,
    /// RSASSA-PSS with 4,096 bits and SHA-384.
    pub rsa_pss: usize,
    /// ECDSA with secp256k1, from which a key was recovered.
    pub secp256k1: usize,
}

/// [`AwsLc`], counting. Clones share their counters.
#[derive(Clone, Debug, Default)]
pub struct Counting {
    mldsa: Arc<AtomicUsize>,
    p256: Arc<AtomicUsize>,
    p384: Arc<AtomicUsize>,
    rsa_pss: Arc<AtomicUsize>,
    secp256k1: Arc<AtomicUsize>,
}

impl Counting {
    /// The counts since the last call; they start at zero again.
    pub fn take(&self) -> Counts {
        let take = |counter: &AtomicUsize| counter.swap(0, Ordering::Relaxed);
        Counts {
            mldsa: take(&self.mldsa),
            p256: take(&self.p256),
            p384: take(&self.p384),
            rsa_pss: take(&self.rsa_pss),
            secp256k1: take(&self.secp256k1),
        }
    }
}

fn count(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Crypto for Counting {
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        count(&self.mldsa);
        AwsLc.verify_mldsa(set, public_key, message, signature)
    }

    fn verify_p256(&self, public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool {
        count(&self.p256);
        AwsLc.verify_p256(public_key, message, signature)
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        count(&self.p384);
        AwsLc.verify_p384(public_key, message, signature)
    }

    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        count(&self.rsa_pss);
        AwsLc.verify_rsa_pss(modulus, message, signature)
    }

    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address> {
        count(&self.secp256k1);
        AwsLc.recover_secp256k1(digest, signature, y_is_odd)
    }
}
