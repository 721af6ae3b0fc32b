//! Algorithm 8, `ML-DSA.Verify_internal`, of FIPS 204, for one signature.
//!
//! Â is sampled eight polynomials at a time and multiplied by NTT(z) at once, so that it is never in memory as a whole.
//! As soon as a row of Â·NTT(z) is complete, it becomes a row of w1, which the [`Chain`] hashes while the next
//! polynomials of Â are sampled.

use core::arch::x86_64::{_mm512_add_epi64, _mm512_mul_epi32, _mm512_setzero_si512, _mm512_sub_epi32};

use super::chain::Chain;
use super::encoding::{Hints, hint_bit_unpack, unpack_t1, unpack_z, w1_encode, w1_len};
use super::expand_a::{LANES, Sampled, Sampler, Seeds};
use super::keccak::State;
use super::ntt::{Factor, Polynomial, inverse_ntt, montgomery, montgomery_reduce, ntt, odd_words, transpose};
use super::rounding::{add_q_if_negative, use_hint};
use super::sample_in_ball::sample_in_ball;
use super::simd::load_words;
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
    let Some((rho, t1)) = item.public_key.split_first_chunk() else {
        return false;
    };
    let Some((c_tilde, rest)) = item.signature.split_at_checked(p.c_tilde_len()) else {
        return false;
    };
    let Some((z, hints)) = rest.split_at_checked(Z * L) else {
        return false;
    };
    let Some(hints) = hint_bit_unpack::<K>(hints, p.omega) else {
        return false;
    };
    let Some(z) = ntt_of_z::<L, Z>(z.as_chunks().0, p.beta) else {
        return false;
    };

    let mut chain = Chain::new(item, c_tilde, w1_len::<M>() * K);
    let mut sampler = Sampler::new();
    let mut c = None;
    let mut products = Products::zero();
    let mut rows = t1.as_chunks().0.iter().zip(&hints);
    for first in (0..K * L).step_by(LANES) {
        let sampled = sampler.expand_a(&seeds::<L>(rho, first), Some(&mut chain));
        let c = c.get_or_insert_with(|| ntt_of_c(chain.challenge(), p.tau));
        let mut here = &sampled[..LANES.min(K * L - first)];
        let mut column = first % L;
        while let Some((of_row, rest)) = here.split_at_checked((L - column).min(here.len()))
            && !of_row.is_empty()
        {
            products.add(of_row, &z[column..]);
            column += of_row.len();
            here = rest;
            if column == L
                && let Some((t1, hints)) = rows.next()
            {
                let w1 = products.w1::<M>(t1, c, hints);
                w1_encode::<M>(&w1, chain.w1());
                chain.w1_written(w1_len::<M>());
                (products, column) = (Products::zero(), 0);
            }
        }
    }
    chain.finish().starts_with(c_tilde)
}

/// NTT(z), in the order of FIPS 204; none if z is too large.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn ntt_of_z<const L: usize, const Z: usize>(
    bytes: &[[u8; Z]],
    beta: i32,
) -> Option<[Polynomial; L]> {
    let mut ntt_of_z = [[_mm512_setzero_si512(); 16]; L];
    for (to, bytes) in ntt_of_z.iter_mut().zip(bytes) {
        let mut z = unpack_z(bytes, beta)?;
        ntt(&mut z);
        *to = transpose(&z);
    }
    Some(ntt_of_z)
}

/// NTT(c), transposed.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn ntt_of_c(challenge: &State, tau: usize) -> Polynomial {
    let mut c = [_mm512_setzero_si512(); 16];
    for (to, coefficients) in c.iter_mut().zip(&sample_in_ball(challenge, tau)) {
        *to = load_words(coefficients);
    }
    ntt(&mut c);
    c
}

/// The seeds of eight polynomials of Â, row by row, from the one with number `first`.
fn seeds<const L: usize>(rho: &[u8; 32], first: usize) -> Seeds {
    let mut seeds = Seeds::new();
    for lane in 0..LANES {
        let n = first + lane;
        seeds.set(lane, rho, n / L, n % L);
    }
    seeds
}

/// A row of Â·NTT(z), as far as it is there: the sums of 64 bits, of coefficients 0, 2, 4, … and of 1, 3, 5, …
///
/// A coefficient of Â is below q < 2²³ and one of NTT(z) below 2²⁶ ([`ntt`](super::ntt)), so seven products are below 2⁵².
pub(super) struct Products {
    even: Polynomial,
    odd: Polynomial,
}

impl Products {
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn zero() -> Self {
        Self {
            even: [_mm512_setzero_si512(); 16],
            odd: [_mm512_setzero_si512(); 16],
        }
    }

    /// Adds the products of as many polynomials of the row as there are.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn add(&mut self, of_row: &[Sampled], of_z: &[Polynomial]) {
        for (i, (even, odd)) in self.even.iter_mut().zip(&mut self.odd).enumerate() {
            for (a, z) in of_row.iter().zip(of_z) {
                let (a, z) = (load_words(&a.chunks()[i]), z[i]);
                *even = _mm512_add_epi64(*even, _mm512_mul_epi32(a, z));
                *odd = _mm512_add_epi64(*odd, _mm512_mul_epi32(odd_words(a), odd_words(z)));
            }
        }
    }

    /// w1 of the row: UseHint(h, NTT⁻¹(Â·NTT(z) − NTT(c)·NTT(t1·2ᵈ))), where `c` is NTT(c), transposed.
    ///
    /// A reduced sum is at most 2⁵²·2⁻³² + q/2 < 0.63 q, and the product of the other two, below 5.1 q each, at most
    /// 26 q²·2⁻³² + q/2 < 0.56 q, so that the difference is below 1.2 q, as [`inverse_ntt`] wants it.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn w1<const M: i32>(&self, t1: &[u8; 320], c: &Polynomial, hints: &Hints) -> Polynomial {
        let mut t1 = unpack_t1(t1);
        ntt(&mut t1);
        let mut w = [_mm512_setzero_si512(); 16];
        for (w, (even, odd)) in w.iter_mut().zip(self.even.iter().zip(&self.odd)) {
            *w = montgomery_reduce(*even, *odd);
        }
        w = transpose(&w);
        for (w, (t1, c)) in w.iter_mut().zip(t1.iter().zip(c)) {
            *w = _mm512_sub_epi32(*w, montgomery(*t1, Factor::each(*c)));
        }
        inverse_ntt(&mut w);
        for (w, hints) in w.iter_mut().zip(hints) {
            *w = use_hint::<M>(*hints, add_q_if_negative(*w));
        }
        w
    }
}
