//! What the tests of the signature backends share.

#![allow(
    dead_code,
    reason = "each test file compiles this module and uses its own part of it"
)]

pub(crate) mod backends;
pub(crate) mod ecdsa;
pub(crate) mod pss;
pub(crate) mod reference;
pub(crate) mod zero_t1;

use aivm_precompiles::crypto::ParameterSet;

/// One row of FIPS 204, table 1, and the length of c̃.
#[derive(Debug)]
pub(crate) struct Params {
    pub(crate) set: ParameterSet,
    pub(crate) k: usize,
    pub(crate) l: usize,
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

/// xorshift64*: small, and the same numbers on every machine.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number in 0..bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The high bits are the good ones; the bias of the modulus does not matter here.
        ((self.next() >> 16) % bound as u64) as usize
    }

    /// A number in −limit..=limit.
    pub(crate) fn within(&mut self, limit: i32) -> i32 {
        self.below(2 * limit as usize + 1) as i32 - limit
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.below(256) as u8).collect()
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.below(256) as u8)
    }
}

/// `bytes` with one bit flipped.
pub(crate) fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}
