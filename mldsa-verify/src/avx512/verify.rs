//! Algorithm 8, `ML-DSA.Verify_internal`, of FIPS 204, for one signature.
//!
//! Â is sampled eight polynomials at a time and multiplied by NTT(z) at once, so that it is never in memory as a whole.
//! As soon as a row of Â·NTT(z) is complete, it becomes a row of w1, which the [`Chain`] hashes while the next
//! polynomials of Â are sampled.

use core::arch::x86_64::_mm512_setzero_si512;

use super::chain::Chain;
use super::decoded::{Decoded, ntt_of_c};
use super::encoding::{w1_encode, w1_len};
use super::expand_a::{LANES, Sampler, Seeds};
use super::products::{Products, pieces};
use crate::Item;
use crate::params::Parameters;

/// Whether the signature of `item`, whose lengths are valid, is one. Z is the length of a polynomial of z, encoded, and
/// M = (q − 1) / 2γ2.
#[inline(never)]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn verify<const K: usize, const L: usize, const Z: usize, const M: i32>(
    p: &Parameters,
    item: &Item<'_>,
) -> bool {
    let Some(decoded) = Decoded::<K, Z>::new(p, item) else {
        return false;
    };
    let mut z = [[_mm512_setzero_si512(); 16]; L];
    if !decoded.ntt_of_z(p, &mut z) {
        return false;
    }
    let mut chain = Chain::new(item, decoded.c_tilde, w1_len::<M>() * K);
    let mut sampler = Sampler::new();
    let mut c = None;
    let mut products = Products::zero();
    for first in (0..K * L).step_by(LANES) {
        let sampled = sampler.expand_a(&Seeds::new::<K, L>(&[decoded.rho], first), Some(&mut chain));
        let c = c.get_or_insert_with(|| ntt_of_c(p, chain.challenge()));
        for piece in pieces::<K, L>(first, K * L) {
            products.add(piece.column, &sampled[piece.lanes], &z);
            if piece.is_last {
                let w1 = products.w1::<M>(&decoded.ntt_of_t1(piece.row), c, &decoded.hints[piece.row]);
                w1_encode::<M>(&w1, chain.w1());
                chain.w1_written(w1_len::<M>());
            }
        }
    }
    chain.finish().starts_with(decoded.c_tilde)
}
