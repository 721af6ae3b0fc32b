//! Every backend over the same case, and the signers that make the cases.
//!
//! The backends of the crate are [`AwsLc`] and [`RustCrypto`]. `fips204` stands beside them as a third
//! opinion of other authors; it is no backend, for the reason `mldsa_divergence.rs` shows.

use aivm_precompiles::crypto::{AwsLc, Crypto, ParameterSet, RustCrypto};
use fips204::traits::{SerDes, Verifier};
use fips204::{ml_dsa_44, ml_dsa_65, ml_dsa_87};
use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams};

pub(crate) const BACKENDS: [&dyn Crypto; 2] = [&AwsLc, &RustCrypto];

/// One ML-DSA case.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) set: ParameterSet,
    pub(crate) public_key: &'a [u8],
    pub(crate) message: &'a [u8],
    pub(crate) signature: &'a [u8],
}

/// Counts the cases it checks, so that a test can tell that none was skipped.
#[derive(Default)]
pub(crate) struct Harness {
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
}

impl Harness {
    /// Every backend and `fips204` must give `expected`.
    #[track_caller]
    pub(crate) fn check(&mut self, expected: bool, case: Case<'_>, what: &str) {
        self.check_backends(expected, case, what);
        assert_eq!(
            fips204_verify(case, &[]),
            expected,
            "fips204: {what}, {:?}",
            case.set
        );
    }

    /// Every backend must give `expected`, whatever others say.
    #[track_caller]
    pub(crate) fn check_backends(&mut self, expected: bool, case: Case<'_>, what: &str) {
        for backend in BACKENDS {
            let verdict = backend.verify_mldsa(case.set, case.public_key, case.message, case.signature);
            assert_eq!(verdict, expected, "{backend:?}: {what}, {:?}", case.set);
        }
        *if expected {
            &mut self.accepted
        } else {
            &mut self.refused
        } += 1;
    }
}

macro_rules! fips204_verify {
    ($set:ident, $case:ident, $verify:expr) => {{
        let (Ok(key), Ok(signature)) = ($case.public_key.try_into(), $case.signature.try_into()) else {
            return false;
        };
        let key = $set::PublicKey::try_from_bytes(key).unwrap();
        $verify(&key, $case.message, &signature)
    }};
}

/// Algorithm 3, ML-DSA.Verify, by `fips204`.
pub(crate) fn fips204_verify(case: Case<'_>, context: &[u8]) -> bool {
    match case.set {
        ParameterSet::MlDsa44 => {
            fips204_verify!(ml_dsa_44, case, |k: &ml_dsa_44::PublicKey, m, s| k
                .verify(m, s, context))
        }
        ParameterSet::MlDsa65 => {
            fips204_verify!(ml_dsa_65, case, |k: &ml_dsa_65::PublicKey, m, s| k
                .verify(m, s, context))
        }
        ParameterSet::MlDsa87 => {
            fips204_verify!(ml_dsa_87, case, |k: &ml_dsa_87::PublicKey, m, s| k
                .verify(m, s, context))
        }
    }
}

/// Algorithm 5, HashML-DSA.Verify, by `fips204`; the message of the case is PH(M).
pub(crate) fn fips204_hash_verify(case: Case<'_>, oid: &[u8]) -> bool {
    match case.set {
        ParameterSet::MlDsa44 => {
            fips204_verify!(ml_dsa_44, case, |k: &ml_dsa_44::PublicKey, m, s| k.hash_verify(
                m,
                s,
                &[],
                oid
            ))
        }
        ParameterSet::MlDsa65 => {
            fips204_verify!(ml_dsa_65, case, |k: &ml_dsa_65::PublicKey, m, s| k.hash_verify(
                m,
                s,
                &[],
                oid
            ))
        }
        ParameterSet::MlDsa87 => {
            fips204_verify!(ml_dsa_87, case, |k: &ml_dsa_87::PublicKey, m, s| k.hash_verify(
                m,
                s,
                &[],
                oid
            ))
        }
    }
}

/// Which interface of `ml-dsa` looks at a signature.
#[derive(Clone, Copy)]
pub(crate) enum Interface<'a> {
    /// Algorithm 3, with a context.
    Pure(&'a [u8]),
    /// Algorithm 8: the message is M′ as it stands.
    Internal,
}

/// Algorithms 3 and 8 by `ml-dsa`, without the backend around it.
pub(crate) fn ml_dsa_verify(case: Case<'_>, interface: Interface<'_>) -> bool {
    fn verify<P: MlDsaParams>(case: Case<'_>, interface: Interface<'_>) -> bool {
        let Ok(signature) = ml_dsa::Signature::<P>::try_from(case.signature) else {
            return false;
        };
        let Ok(key) = case.public_key.try_into() else {
            return false;
        };
        let key = ml_dsa::VerifyingKey::<P>::decode(key);
        match interface {
            Interface::Pure(context) => key.verify_with_context(case.message, context, &signature),
            Interface::Internal => key.verify_internal(case.message, &signature),
        }
    }
    match case.set {
        ParameterSet::MlDsa44 => verify::<MlDsa44>(case, interface),
        ParameterSet::MlDsa65 => verify::<MlDsa65>(case, interface),
        ParameterSet::MlDsa87 => verify::<MlDsa87>(case, interface),
    }
}

/// From M′ in pieces to a signature.
type SignInternal = dyn Fn(&[&[u8]]) -> Vec<u8>;

/// A key pair of `ml-dsa`, whose signer expands A once per key.
pub(crate) struct KeyPair {
    pub(crate) set: ParameterSet,
    pub(crate) public_key: Vec<u8>,
    sign_internal: Box<SignInternal>,
}

impl KeyPair {
    /// Algorithm 6, ML-DSA.KeyGen_internal.
    pub(crate) fn new(set: ParameterSet, seed: [u8; 32]) -> Self {
        fn generate<P: MlDsaParams + 'static>(set: ParameterSet, seed: [u8; 32]) -> KeyPair {
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

    /// Algorithm 2, ML-DSA.Sign, deterministic.
    pub(crate) fn sign(&self, message: &[u8], context: &[u8]) -> Vec<u8> {
        self.sign_internal(&[&[0, context.len() as u8], context, message])
    }

    /// Algorithm 7, ML-DSA.Sign_internal: `formatted_message` is M′ in pieces.
    pub(crate) fn sign_internal(&self, formatted_message: &[&[u8]]) -> Vec<u8> {
        (self.sign_internal)(formatted_message)
    }

    pub(crate) fn case<'a>(&'a self, message: &'a [u8], signature: &'a [u8]) -> Case<'a> {
        Case {
            set: self.set,
            public_key: &self.public_key,
            message,
            signature,
        }
    }
}
