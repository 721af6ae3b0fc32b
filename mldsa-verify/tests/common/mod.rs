//! What the tests share.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file compiles this module and uses its own part of it"
)]

pub(crate) mod harness;
pub(crate) mod keys;
pub(crate) mod oracles;
pub(crate) mod reference;
pub(crate) mod rng;
pub(crate) mod tiny_t;
pub(crate) mod zero_t1;

pub(crate) use rng::{Rng, flip};

use mldsa_verify::ParameterSet;

/// One row of FIPS 204, table 1, and the length of c̃.
#[derive(Debug)]
pub(crate) struct Params {
    pub(crate) set: ParameterSet,
    pub(crate) k: usize,
    pub(crate) l: usize,
    pub(crate) tau: usize,
    pub(crate) gamma1: i32,
    pub(crate) gamma2: i32,
    pub(crate) beta: i32,
    pub(crate) omega: usize,
    pub(crate) c_tilde_len: usize,
}

pub(crate) const ML_DSA_44: Params = Params {
    set: ParameterSet::MlDsa44,
    k: 4,
    l: 4,
    tau: 39,
    gamma1: 1 << 17,
    gamma2: 95_232,
    beta: 78,
    omega: 80,
    c_tilde_len: 32,
};

pub(crate) const ML_DSA_65: Params = Params {
    set: ParameterSet::MlDsa65,
    k: 6,
    l: 5,
    tau: 49,
    gamma1: 1 << 19,
    gamma2: 261_888,
    beta: 196,
    omega: 55,
    c_tilde_len: 48,
};

pub(crate) const ML_DSA_87: Params = Params {
    set: ParameterSet::MlDsa87,
    k: 8,
    l: 7,
    tau: 60,
    gamma1: 1 << 19,
    gamma2: 261_888,
    beta: 120,
    omega: 75,
    c_tilde_len: 64,
};

pub(crate) const ALL_PARAMS: [Params; 3] = [ML_DSA_44, ML_DSA_65, ML_DSA_87];

impl Params {
    /// Where the encoded hint starts in a signature c̃ ‖ z ‖ h.
    pub(crate) fn hint_offset(&self) -> usize {
        self.set.signature_len() - self.omega - self.k
    }
}
