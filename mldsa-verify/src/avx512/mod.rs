//! ML-DSA.Verify in lanes of AVX-512: F, BW, VL and VBMI, with BMI1, BMI2 and POPCNT for what is scalar.
//!
//! All is safe Rust, as intrinsics are where their features are enabled, but for [`simd`], which reads and writes memory,
//! and for the calls below, from code without those features into code that has them. No secret is here, so time may
//! depend on what is verified.
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
//! | `verify` | Verify_internal for one signature |
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
mod transpose;
mod verify;
mod zetas;

use crate::{Item, ParameterSet};

/// Shows that this machine has what the module needs: there is no other way to one than [`Avx512::detect`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// Looks whether this machine has all that the module needs.
    pub(crate) fn detect() -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        has_all.then_some(Self(()))
    }

    /// Algorithm 3 for one item, whose lengths are valid.
    #[allow(unsafe_code, reason = "calls of code that needs what was detected")]
    pub(crate) fn verify(self, item: &Item<'_>) -> bool {
        let p = &item.set.parameters();
        match item.set {
            // SAFETY: `self` shows that the machine has the features.
            ParameterSet::MlDsa44 => unsafe { verify::verify::<4, 4, { 32 * 18 }, 44>(p, item) },
            // SAFETY: as above.
            ParameterSet::MlDsa65 => unsafe { verify::verify::<6, 5, { 32 * 20 }, 16>(p, item) },
            // SAFETY: as above.
            ParameterSet::MlDsa87 => unsafe { verify::verify::<8, 7, { 32 * 20 }, 16>(p, item) },
        }
    }

    /// Algorithm 3 for every item, in their order. Their lengths are valid. Lanes are full, and keys expanded once, where
    /// items of one set are neighbours, and those of one key among them.
    #[allow(unsafe_code, reason = "calls of code that needs what was detected")]
    pub(crate) fn verify_batch(self, items: &[Item<'_>]) -> Vec<bool> {
        let mut verdicts = Vec::new();
        for items in items.chunk_by(|a, b| a.set == b.set) {
            let Some(Item { set, .. }) = items.first() else {
                continue;
            };
            let p = &set.parameters();
            verdicts.extend(match set {
                // SAFETY: `self` shows that the machine has the features.
                ParameterSet::MlDsa44 => unsafe { batch::verify::<4, 4, { 32 * 18 }, 44>(p, items) },
                // SAFETY: as above.
                ParameterSet::MlDsa65 => unsafe { batch::verify::<6, 5, { 32 * 20 }, 16>(p, items) },
                // SAFETY: as above.
                ParameterSet::MlDsa87 => unsafe { batch::verify::<8, 7, { 32 * 20 }, 16>(p, items) },
            });
        }
        verdicts
    }
}
