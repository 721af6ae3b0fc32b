//! `ml-dsa` of the RustCrypto project: no C, no assembly.
//!
//! It reduces modulo q after every step, so nothing an attacker picks can overflow. Faster crates delay reductions:
//! in `fips204` 0.5 the inverse NTT adds 256 unreduced values in an `i32`, which a chosen z overflows, and a valid
//! signature is refused. `tests/divergence.rs` keeps that signature.

use ml_dsa::{EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey};

use crate::{Item, ParameterSet};

pub(crate) fn verify(item: &Item<'_>) -> bool {
    match item.set {
        ParameterSet::MlDsa44 => verify_for::<MlDsa44>(item),
        ParameterSet::MlDsa65 => verify_for::<MlDsa65>(item),
        ParameterSet::MlDsa87 => verify_for::<MlDsa87>(item),
    }
}

fn verify_for<P: MlDsaParams>(item: &Item<'_>) -> bool {
    // The signature comes first: a bad encoding or norm is found without expanding the key.
    let Ok(signature) = Signature::<P>::try_from(item.signature) else {
        return false;
    };
    let Ok(public_key) = EncodedVerifyingKey::<P>::try_from(item.public_key) else {
        return false;
    };
    VerifyingKey::decode(&public_key).verify_with_context(item.message, item.context, &signature)
}
