//! ecrecover and P256VERIFY of the client, as clients build them: libsecp256k1 and AWS-LC.

use super::chains::Chains;
use crate::case::{Case, ECRECOVER, Expected, Kind, P256VERIFY, Target};
use aivm_simulator::{from_hex, intel::Key};
use alloy_primitives::b256;

/// A signature that recovers: hash, v, r, s (the first vector of Ethereum's ecrecover tests).
const SIGNATURE: &str = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c\
    000000000000000000000000000000000000000000000000000000000000001c\
    73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f\
    eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";

/// SHA-256 of `abc`.
const ABC: alloy_primitives::B256 = b256!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    let key = Key::new("reference");
    let p256 = [&ABC[..], &key.sign(b"abc"), &key.public()].concat();
    let case = |address, what, input: Vec<u8>| {
        Case::new(
            &chains.small,
            Target::Reference(address),
            Kind::AnyAccepted,
            what,
            input,
        )
        .ends(Expected::True)
    };
    vec![
        case(
            ECRECOVER,
            "a signature that recovers, by libsecp256k1",
            from_hex(SIGNATURE),
        ),
        case(
            P256VERIFY,
            "a signature that verifies, by AWS-LC, at Osaka's price",
            p256,
        ),
    ]
}
