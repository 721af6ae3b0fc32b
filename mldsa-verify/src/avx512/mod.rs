//! ML-DSA.Verify in lanes of AVX-512: F, BW, VL and VBMI, with BMI1, BMI2 and POPCNT for what is scalar.
//!
//! All is safe Rust, as intrinsics are where their features are enabled, but for [`simd`], which reads and writes memory,
//! and for the calls below, from code without those features into code that has them. No secret is here, so time may
//! depend on what is verified. A verification takes less than 40 KiB of stack, a batch less than 70 KiB, and 88 KiB of heap
//! for each thread.
//!
//! | module | what it holds |
//! |---|---|
//! | `keccak` | Keccak-p[1600, 24], on eight states, one, or nine |
//! | `chain` | the serial hashes, to run beside eight others |
//! | `expand_a` | ExpandA, RejNTTPoly |
//! | `sample_in_ball` | SampleInBall |
//! | `ntt`, `zetas` | NTT and NTT⁻¹, with the bounds of all that is computed modulo q |
//! | `encoding` | pkDecode, sigDecode, w1Encode |
//! | `rounding` | Decompose, UseHint |
//! | `simd`, `transpose` | registers: to and from memory, and among themselves |
//! | `shake256` | SHAKE256 of what a signature hashes |
//! | `lanes` | SHAKE256 of eight inputs at once |
//! | `decoded` | a key and a signature, decoded and transformed |
//! | `products` | A·z − c·t1·2ᵈ and what becomes of it |
//! | `verify` | Verify_internal for one signature |
//! | `batch` | the same for many |
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "on lengths that are fixed, and numbers whose bounds the comments give"
)]

mod batch;
mod chain;
mod decoded;
mod encoding;
mod expand_a;
mod keccak;
mod lanes;
mod ntt;
mod products;
mod rounding;
mod sample_in_ball;
mod shake256;
mod simd;
#[cfg(test)]
mod tests;
mod transpose;
mod verify;
mod zetas;

use crate::params::{Parameters, Q};
use crate::{Item, ParameterSet};

/// Shows that this machine has what the module needs: there is no other way to one than [`Avx512::detect`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

/// Calls a function for a parameter set, with the features that were detected.
macro_rules! detected {
    ($module:ident::$function:ident, $set:ident, $argument:expr) => {{
        const P: Parameters = ParameterSet::$set.parameters();
        const Z: usize = 32 * P.z_bits();
        const M: i32 = (Q - 1) / (2 * P.gamma2);
        // SAFETY: the function is safe but for the features that it needs. Only methods of `Avx512` call it here, and
        // one of those is there only where the machine has them all.
        #[allow(unsafe_code, reason = "code without features calls code with them")]
        unsafe {
            $module::$function::<{ P.k }, { P.l }, Z, M>(&P, $argument)
        }
    }};
}

impl Avx512 {
    /// Looks whether this machine has all that the module needs.
    pub(crate) fn detect() -> Option<Self> {
        // The last three come with AVX-512 for the compiler, though not for a processor.
        let has_all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c");
        has_all.then_some(Self(()))
    }

    /// Algorithm 3 for one item, whose lengths are valid.
    pub(crate) fn verify(self, item: &Item<'_>) -> bool {
        match item.set {
            ParameterSet::MlDsa44 => detected!(verify::verify, MlDsa44, item),
            ParameterSet::MlDsa65 => detected!(verify::verify, MlDsa65, item),
            ParameterSet::MlDsa87 => detected!(verify::verify, MlDsa87, item),
        }
    }

    /// Algorithm 3 for every item, in their order. Their lengths are valid. Lanes are full, and keys expanded once, where
    /// items of one set are neighbours, and those of one key among them.
    pub(crate) fn verify_batch(self, items: &[Item<'_>]) -> Vec<bool> {
        let mut verdicts = Vec::new();
        for items in items.chunk_by(|a, b| a.set == b.set) {
            verdicts.extend(match items.first().map(|item| item.set) {
                None => vec![],
                Some(ParameterSet::MlDsa44) => detected!(batch::verify, MlDsa44, items),
                Some(ParameterSet::MlDsa65) => detected!(batch::verify, MlDsa65, items),
                Some(ParameterSet::MlDsa87) => detected!(batch::verify, MlDsa87, items),
            });
        }
        verdicts
    }
}
