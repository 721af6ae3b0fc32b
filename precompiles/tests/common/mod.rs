//! What the tests of the signature backends share.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file compiles this module and uses its own part of it"
)]

pub(crate) mod backends;
pub(crate) mod ecdsa;
#[path = "../../../mldsa-verify/tests/common/keys.rs"]
pub(crate) mod keys;
pub(crate) mod pss;
#[path = "../../../mldsa-verify/tests/common/rng.rs"]
mod rng;

pub(crate) use rng::{Rng, flip};
