//! The parameter sets of FIPS 204: tables 1 and 2.

/// A parameter set of ML-DSA (FIPS 204, table 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterSet {
    /// ML-DSA-44, security category 2.
    MlDsa44,
    /// ML-DSA-65, security category 3.
    MlDsa65,
    /// ML-DSA-87, security category 5.
    MlDsa87,
}

impl ParameterSet {
    /// Every parameter set.
    pub const ALL: [Self; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// Length of an encoded public key in bytes (FIPS 204, table 2).
    pub const fn public_key_len(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Length of an encoded signature in bytes (FIPS 204, table 2).
    pub const fn signature_len(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }

    /// The column of table 1.
    pub(crate) const fn parameters(self) -> Parameters {
        match self {
            Self::MlDsa44 => Parameters {
                tau: 39,
                lambda: 128,
                gamma1: 1 << 17,
                gamma2: (Q - 1) / 88,
                k: 4,
                l: 4,
                beta: 78,
                omega: 80,
            },
            Self::MlDsa65 => Parameters {
                tau: 49,
                lambda: 192,
                gamma1: 1 << 19,
                gamma2: (Q - 1) / 32,
                k: 6,
                l: 5,
                beta: 196,
                omega: 55,
            },
            Self::MlDsa87 => Parameters {
                tau: 60,
                lambda: 256,
                gamma1: 1 << 19,
                gamma2: (Q - 1) / 32,
                k: 8,
                l: 7,
                beta: 120,
                omega: 75,
            },
        }
    }
}

/// q: the modulus.
pub(crate) const Q: i32 = 8_380_417;

/// d: the bits dropped from t.
pub(crate) const D: u32 = 13;

/// What verification needs of FIPS 204, table 1, by the names there.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(all(target_arch = "x86_64", any(feature = "aws-lc-rs", feature = "rust-crypto"))),
    allow(dead_code, reason = "only `avx512` needs all of them")
)]
pub(crate) struct Parameters {
    /// τ: how many coefficients of c are ±1.
    pub(crate) tau: usize,
    /// λ: the collision strength of c̃, which has λ / 4 bytes.
    pub(crate) lambda: usize,
    /// γ1: the range of y.
    pub(crate) gamma1: i32,
    /// γ2: the range of the low bits.
    pub(crate) gamma2: i32,
    /// k: the rows of A.
    pub(crate) k: usize,
    /// ℓ: the columns of A.
    pub(crate) l: usize,
    /// β = τ·η: how far z stays below γ1.
    pub(crate) beta: i32,
    /// ω: how many hints there are at most.
    pub(crate) omega: usize,
}

#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "on the constants above"
)]
impl Parameters {
    /// Length of c̃ in bytes.
    pub(crate) const fn c_tilde_len(&self) -> usize {
        self.lambda / 4
    }

    /// Bits of a coefficient of z: 1 + bitlen(γ1 − 1).
    pub(crate) const fn z_bits(&self) -> usize {
        self.gamma1.ilog2() as usize + 1
    }
}

#[allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the compiler does this"
)]
/// Table 2 follows from table 1: algorithms 22, `pkEncode`, and 26, `sigEncode`.
const _: () = {
    let bits_of_t1 = (Q.ilog2() + 1 - D) as usize;
    let mut i = 0;
    while i < ParameterSet::ALL.len() {
        let set = ParameterSet::ALL[i];
        let p = set.parameters();
        assert!(set.public_key_len() == 32 + 32 * p.k * bits_of_t1);
        assert!(set.signature_len() == p.c_tilde_len() + 32 * p.l * p.z_bits() + p.omega + p.k);
        i += 1;
    }
};
