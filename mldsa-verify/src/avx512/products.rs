//! A·z − c·t1·2ᵈ (FIPS 204, Algorithm 8, lines 9 and 10), row by row, as the polynomials of Â come.

use core::arch::x86_64::{_mm512_add_epi64, _mm512_mul_epi32, _mm512_setzero_si512, _mm512_sub_epi32};
use core::ops::Range;

use super::encoding::Hints;
use super::expand_a::{LANES, Sampled};
use super::ntt::{Factor, Polynomial, inverse_ntt, montgomery, montgomery_reduce, odd_words};
use super::rounding::{add_q_if_negative, use_hint};
use super::simd::load_words;
use super::transpose::transpose;

/// Of eight polynomials that were sampled, those of one row.
pub(super) struct Piece {
    /// Which of several keys they are of.
    pub(super) key: usize,
    pub(super) row: usize,
    /// The column of the first.
    pub(super) column: usize,
    /// Their lanes.
    pub(super) lanes: Range<usize>,
    /// Whether the row ends with them.
    pub(super) is_last: bool,
}

/// The pieces of the eight polynomials from number `first` on, where those of one key have K·L numbers, row by row, and
/// there are `end` in all.
pub(super) fn pieces<const K: usize, const L: usize>(
    first: usize,
    end: usize,
) -> impl Iterator<Item = Piece> {
    let end = end.min(first + LANES);
    let mut n = first;
    core::iter::from_fn(move || {
        let (begin, column) = (n, n % L);
        n = end.min(begin + L - column);
        (begin < end).then(|| Piece {
            key: begin / (K * L),
            row: begin / L % K,
            column,
            lanes: begin - first..n - first,
            is_last: n.is_multiple_of(L),
        })
    })
}

/// A row of Â·NTT(z), as far as it is there: the sums of 64 bits, of coefficients 0, 2, 4, … and of 1, 3, 5, …
///
/// A coefficient of Â is below q < 2²³ and one of NTT(z) below 2²⁶ ([`ntt`](super::ntt)), so seven products are below 2⁵².
#[derive(Clone)]
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

    /// Adds the products of as many polynomials of the row as there are, from `column` on. With column 0 a row begins,
    /// and what was there is forgotten.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn add(&mut self, column: usize, of_row: &[Sampled], of_z: &[Polynomial]) {
        let (evens, odds) = (self.even.as_chunks_mut::<4>().0, self.odd.as_chunks_mut::<4>().0);
        for (i, (evens, odds)) in evens.iter_mut().zip(odds).enumerate() {
            let (mut even, mut odd) = ([_mm512_setzero_si512(); 4], [_mm512_setzero_si512(); 4]);
            if column > 0 {
                (even, odd) = (*evens, *odds);
            }
            for (a, z) in of_row.iter().zip(&of_z[column..]) {
                for (j, (even, odd)) in even.iter_mut().zip(&mut odd).enumerate() {
                    let (a, z) = (load_words(&a.0[4 * i + j]), z[4 * i + j]);
                    *even = _mm512_add_epi64(*even, _mm512_mul_epi32(a, z));
                    *odd = _mm512_add_epi64(*odd, _mm512_mul_epi32(odd_words(a), odd_words(z)));
                }
            }
            (*evens, *odds) = (even, odd);
        }
    }

    /// w1 of the row: UseHint(h, NTT⁻¹(Â·NTT(z) − NTT(c)·NTT(t1·2ᵈ))), where `c` and `t1` are those of NTT, transposed.
    ///
    /// A reduced sum is at most 2⁵²·2⁻³² + q/2 < 0.63 q, and the product of the other two, below 5.1 q each, at most
    /// 26 q²·2⁻³² + q/2 < 0.56 q, so that the difference is below 1.2 q, as [`inverse_ntt`] wants it.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn w1<const M: i32>(&self, t1: &Polynomial, c: &Polynomial, hints: &Hints) -> Polynomial {
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
