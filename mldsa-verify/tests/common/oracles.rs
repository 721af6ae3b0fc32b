//! Verifiers that are no path of the crate.
//!
//! `fips204` is a third opinion of other authors; why it is not more, `divergence.rs` shows.

use fips204::traits::{SerDes, Verifier};
use fips204::{ml_dsa_44, ml_dsa_65, ml_dsa_87};
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use mldsa_verify::{Item, ParameterSet};

macro_rules! fips204_verify {
    ($set:ident, $item:ident, $verify:expr) => {{
        let (Ok(key), Ok(signature)) = ($item.public_key.try_into(), $item.signature.try_into()) else {
            return false;
        };
        let key = $set::PublicKey::try_from_bytes(key).unwrap();
        $verify(&key, $item.message, &signature)
    }};
}

macro_rules! for_every_set {
    ($item:ident, |$key:ident, $message:ident, $signature:ident| $verify:expr) => {
        match $item.set {
            ParameterSet::MlDsa44 => fips204_verify!(
                ml_dsa_44,
                $item,
                |$key: &ml_dsa_44::PublicKey, $message, $signature| $verify
            ),
            ParameterSet::MlDsa65 => fips204_verify!(
                ml_dsa_65,
                $item,
                |$key: &ml_dsa_65::PublicKey, $message, $signature| $verify
            ),
            ParameterSet::MlDsa87 => fips204_verify!(
                ml_dsa_87,
                $item,
                |$key: &ml_dsa_87::PublicKey, $message, $signature| $verify
            ),
        }
    };
}

/// Algorithm 3, ML-DSA.Verify, by `fips204`.
pub(crate) fn fips204_verify(item: &Item<'_>) -> bool {
    for_every_set!(item, |key, message, signature| key.verify(
        message,
        signature,
        item.context
    ))
}

/// Algorithm 5, HashML-DSA.Verify, by `fips204`; the message of the item is PH(M).
pub(crate) fn fips204_hash_verify(item: &Item<'_>, oid: &[u8]) -> bool {
    for_every_set!(item, |key, digest, signature| key.hash_verify(
        digest,
        signature,
        item.context,
        oid
    ))
}

/// Algorithm 8, ML-DSA.Verify_internal, by `ml-dsa`: the message of the item is M′ as it stands.
pub(crate) fn ml_dsa_verify_internal(item: &Item<'_>) -> bool {
    fn verify<P: MlDsaParams>(item: &Item<'_>) -> bool {
        let signature = ml_dsa::Signature::<P>::try_from(item.signature).unwrap();
        let key = ml_dsa::VerifyingKey::<P>::decode(item.public_key.try_into().unwrap());
        key.verify_internal(item.message, &signature)
    }
    match item.set {
        ParameterSet::MlDsa44 => verify::<MlDsa44>(item),
        ParameterSet::MlDsa65 => verify::<MlDsa65>(item),
        ParameterSet::MlDsa87 => verify::<MlDsa87>(item),
    }
}
