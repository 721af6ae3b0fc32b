//! Key pairs that sign.

use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use mldsa_verify::{Item, ParameterSet};

/// From M′ in pieces to a signature.
type SignInternal = dyn Fn(&[&[u8]]) -> Vec<u8> + Send + Sync;

/// A key pair of `ml-dsa`, whose signer expands A once per key.
pub(crate) struct KeyPair {
    pub(crate) set: ParameterSet,
    pub(crate) public_key: Vec<u8>,
    sign_internal: Box<SignInternal>,
}

impl KeyPair {
    /// Algorithm 6, ML-DSA.KeyGen_internal.
    pub(crate) fn new(set: ParameterSet, seed: [u8; 32]) -> Self {
        fn generate<P: MlDsaParams + Send + Sync + 'static>(set: ParameterSet, seed: [u8; 32]) -> KeyPair {
            let key = ExpandedSigningKey::<P>::from_seed(&seed.into());
            let public_key = key.verifying_key().encode().to_vec();
            let sign_internal = move |formatted_message: &[&[u8]]| {
                key.sign_internal(formatted_message, &[0; 32].into())
                    .encode()
                    .to_vec()
            };
            KeyPair {
                set,
                public_key,
                sign_internal: Box::new(sign_internal),
            }
        }
        match set {
            ParameterSet::MlDsa44 => generate::<MlDsa44>(set, seed),
            ParameterSet::MlDsa65 => generate::<MlDsa65>(set, seed),
            ParameterSet::MlDsa87 => generate::<MlDsa87>(set, seed),
        }
    }

    /// Algorithm 2, ML-DSA.Sign, deterministic. A context that is too long has the length that a byte leaves of it.
    pub(crate) fn sign(&self, message: &[u8], context: &[u8]) -> Vec<u8> {
        self.sign_internal(&[&[0, context.len() as u8], context, message])
    }

    /// Algorithm 7, ML-DSA.Sign_internal: `formatted_message` is M′ in pieces.
    pub(crate) fn sign_internal(&self, formatted_message: &[&[u8]]) -> Vec<u8> {
        (self.sign_internal)(formatted_message)
    }

    /// A signature by this key, under the empty context.
    pub(crate) fn item<'a>(&'a self, message: &'a [u8], signature: &'a [u8]) -> Item<'a> {
        Item {
            set: self.set,
            public_key: &self.public_key,
            message,
            context: &[],
            signature,
        }
    }
}
