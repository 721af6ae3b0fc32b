//! A backend that answers one kind of check wrongly.

use aivm::crypto::{
    AwsLc, Crypto, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature,
};
use alloy_primitives::{Address, B256};

/// What it can be wrong about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Primitive {
    Mldsa,
    P256,
    P384,
    RsaPss,
    Secp256k1,
}

/// All of it.
pub(crate) const PRIMITIVES: [Primitive; 5] = [
    Primitive::Mldsa,
    Primitive::P256,
    Primitive::P384,
    Primitive::RsaPss,
    Primitive::Secp256k1,
];

/// [`AwsLc`], but for this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Liar(pub(crate) Primitive);

impl Liar {
    fn say(self, primitive: Primitive, truth: bool) -> bool {
        truth != (self.0 == primitive)
    }
}

impl Crypto for Liar {
    fn verify_mldsa(&self, set: ParameterSet, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        self.say(
            Primitive::Mldsa,
            AwsLc.verify_mldsa(set, public_key, message, signature),
        )
    }

    fn verify_p256(&self, public_key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool {
        self.say(Primitive::P256, AwsLc.verify_p256(public_key, message, signature))
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        self.say(Primitive::P384, AwsLc.verify_p384(public_key, message, signature))
    }

    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        self.say(
            Primitive::RsaPss,
            AwsLc.verify_rsa_pss(modulus, message, signature),
        )
    }

    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address> {
        let signer = AwsLc.recover_secp256k1(digest, signature, y_is_odd);
        if self.0 == Primitive::Secp256k1 {
            return signer.is_none().then_some(Address::ZERO);
        }
        signer
    }
}
