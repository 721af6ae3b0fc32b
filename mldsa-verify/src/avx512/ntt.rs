//! NTT and its inverse (FIPS 204, Algorithms 41 and 42), on 16 registers that hold a polynomial.
//!
//! The first four layers combine whole registers: register i holds coefficients 16i to 16i + 15. Then a transposition
//! makes register i hold coefficient i of each group of 16, so that the last four layers do, too. So what [`ntt`] gives,
//! and [`inverse_ntt`] takes, is transposed: [`transpose`] gives the order of FIPS 204.
//!
//! # Bounds
//!
//! Coefficients are any representatives modulo q that fit. Montgomery multiplication of a by b gives a·b·2⁻³² mod q,
//! as the high word of a·b − m·q, where −2³¹ ≤ m < 2³¹, so that its magnitude is at most |a|·|b|·2⁻³² + q/2. Here
//! q < 2²³, and |b| ≤ q/2 for the constants, which makes that at most |a|·2⁻¹⁰ + q/2.
//!
//! - `ntt` takes |a| ≤ q. A layer adds to each coefficient a product of another. With |a| ≤ 5q, as it will turn out to
//!   be, that is at most 5q·2⁻¹⁰ + q/2 < 0.51 q. After eight layers |a| < q + 8 · 0.51 q < 5.1 q < 2²⁶.
//! - `inverse_ntt` takes |a| ≤ 1.2 q. A layer gives sums, at most twice as large as what went in, and products of
//!   differences. After four layers coefficient 0 of each group has been in sums only and is at most 16 · 1.2 q < 2²⁸;
//!   Barrett reduction brings it to 0.75 q. Each other has been a product in one of the layers, at most
//!   19.2 q · 2⁻¹⁰ + q/2 < 0.52 q, and has at most doubled in the three after it: below 4.2 q. So after the fourth layer
//!   all are below 4.2 q, and sums and differences of the other four layers below 16 · 4.2 q < 68 q < 2³⁰. The last
//!   layer multiplies both by constants, and gives less than 68 q · 2⁻¹⁰ + q/2 < 0.57 q.
//!
//! All of this fits 32 bits, for whatever key and signature.

use core::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_castps_si512, _mm512_castsi512_ps, _mm512_mask_movehdup_ps,
    _mm512_movehdup_ps, _mm512_mul_epi32, _mm512_mullo_epi32, _mm512_set1_epi32, _mm512_srai_epi32,
    _mm512_sub_epi32, _mm512_sub_epi64,
};

use super::simd::load_words;
use super::transpose::transpose;
use super::zetas::{FORWARD, INVERSE, Q_INVERSE, SCALE, Table};
use crate::params::Q;

/// A polynomial: 16 coefficients in each register.
pub(super) type Polynomial = [__m512i; 16];

/// A factor of Montgomery multiplication, ready to be used many times.
#[derive(Clone, Copy)]
pub(super) struct Factor {
    /// Words 0, 2, 4, … count.
    even: __m512i,
    /// Words 1, 3, 5, …, in the place of those.
    odd: __m512i,
    /// The factor times q⁻¹ modulo 2³².
    by_q_inverse: __m512i,
}

impl Factor {
    /// The same factor for all.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn broadcast(factor: i32) -> Self {
        let all = _mm512_set1_epi32(factor);
        Self {
            even: all,
            odd: all,
            by_q_inverse: _mm512_set1_epi32(factor.wrapping_mul(Q_INVERSE)),
        }
    }

    /// A factor for each coefficient, from a table.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn load(factors: &Table) -> Self {
        let all = load_words(&factors.factors);
        Self {
            even: all,
            odd: odd_words(all),
            by_q_inverse: load_words(&factors.by_q_inverse),
        }
    }

    /// A factor for each coefficient.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn each(factors: __m512i) -> Self {
        Self {
            even: factors,
            odd: odd_words(factors),
            by_q_inverse: _mm512_mullo_epi32(factors, _mm512_set1_epi32(Q_INVERSE)),
        }
    }
}

/// a·b·2⁻³² mod q.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn montgomery(a: __m512i, b: Factor) -> __m512i {
    let q = _mm512_set1_epi32(Q);
    let m = _mm512_mullo_epi32(a, b.by_q_inverse);
    let even = _mm512_sub_epi64(_mm512_mul_epi32(a, b.even), _mm512_mul_epi32(m, q));
    let odd = _mm512_sub_epi64(
        _mm512_mul_epi32(odd_words(a), b.odd),
        _mm512_mul_epi32(odd_words(m), q),
    );
    high_words(even, odd)
}

/// The Montgomery reduction of sums of products, those of even words and those of odd ones: their 2⁻³²-fold modulo q.
/// Of magnitude at most |sum|·2⁻³² + q/2.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn montgomery_reduce(even: __m512i, odd: __m512i) -> __m512i {
    let (q, q_inverse) = (_mm512_set1_epi32(Q), _mm512_set1_epi32(Q_INVERSE));
    let even = _mm512_sub_epi64(even, _mm512_mul_epi32(_mm512_mul_epi32(even, q_inverse), q));
    let odd = _mm512_sub_epi64(odd, _mm512_mul_epi32(_mm512_mul_epi32(odd, q_inverse), q));
    high_words(even, odd)
}

/// Words 1, 3, 5, … in the place of words 0, 2, 4, …
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn odd_words(a: __m512i) -> __m512i {
    _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(a)))
}

/// The high words of 16 long words, in their order.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn high_words(even: __m512i, odd: __m512i) -> __m512i {
    _mm512_castps_si512(_mm512_mask_movehdup_ps(
        _mm512_castsi512_ps(odd),
        0x5555,
        _mm512_castsi512_ps(even),
    ))
}

/// Barrett reduction: for a < 2³¹ − 2²² a representative of magnitude at most 0.75 q.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn barrett(a: __m512i) -> __m512i {
    let quotient = _mm512_srai_epi32::<23>(_mm512_add_epi32(a, _mm512_set1_epi32(1 << 22)));
    _mm512_sub_epi32(a, _mm512_mullo_epi32(quotient, _mm512_set1_epi32(Q)))
}

/// Four layers that halve the distance of what they combine: `$butterfly` of registers i and j with factor `$zeta`.
/// Written out, as loops would keep the registers in memory.
macro_rules! layers_down {
    ($butterfly:ident, $zeta:ident, $w:ident) => {
        layers!($butterfly, $zeta, $w, 1: 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 14, 7 15);
        layers!($butterfly, $zeta, $w, 2: 0 4, 1 5, 2 6, 3 7; 3: 8 12, 9 13, 10 14, 11 15);
        layers!($butterfly, $zeta, $w, 4: 0 2, 1 3; 5: 4 6, 5 7; 6: 8 10, 9 11; 7: 12 14, 13 15);
        layers!($butterfly, $zeta, $w, 8: 0 1; 9: 2 3; 10: 4 5; 11: 6 7; 12: 8 9; 13: 10 11; 14: 12 13; 15: 14 15);
    };
}

/// Four layers that double it.
macro_rules! layers_up {
    ($butterfly:ident, $zeta:ident, $w:ident) => {
        layers!($butterfly, $zeta, $w, 8: 0 1; 9: 2 3; 10: 4 5; 11: 6 7; 12: 8 9; 13: 10 11; 14: 12 13; 15: 14 15);
        layers!($butterfly, $zeta, $w, 4: 0 2, 1 3; 5: 4 6, 5 7; 6: 8 10, 9 11; 7: 12 14, 13 15);
        layers!($butterfly, $zeta, $w, 2: 0 4, 1 5, 2 6, 3 7; 3: 8 12, 9 13, 10 14, 11 15);
        layers!($butterfly, $zeta, $w, 1: 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 14, 7 15);
    };
}

/// Blocks of one layer.
macro_rules! layers {
    ($butterfly:ident, $zeta:ident, $w:ident, $($block:literal: $($i:literal $j:literal),*);*) => {
        $(
            let zeta = $zeta($block);
            $(($w[$i], $w[$j]) = $butterfly($w[$i], $w[$j], zeta);)*
        )*
    };
}

/// NTT: what it gives is transposed.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn ntt(w: &mut Polynomial) {
    let of_registers = |i: usize| Factor::broadcast(FORWARD.of_registers[i]);
    let of_groups = |i: usize| Factor::load(&FORWARD.of_groups[i]);
    layers_down!(butterfly, of_registers, w);
    *w = transpose(w);
    layers_down!(butterfly, of_groups, w);
}

/// A step of NTT (Algorithm 41, lines 10 to 12).
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn butterfly(a: __m512i, b: __m512i, zeta: Factor) -> (__m512i, __m512i) {
    let t = montgomery(b, zeta);
    (_mm512_add_epi32(a, t), _mm512_sub_epi32(a, t))
}

/// NTT⁻¹, from transposed order into that of FIPS 204, of 2⁻³²-fold coefficients: what Montgomery multiplication left.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn inverse_ntt(w: &mut Polynomial) {
    let of_registers = |i: usize| Factor::broadcast(INVERSE.of_registers[i]);
    let of_groups = |i: usize| Factor::load(&INVERSE.of_groups[i]);
    layers_up!(inverse_butterfly, of_groups, w);
    w[0] = barrett(w[0]);
    *w = transpose(w);
    layers_up!(inverse_butterfly, of_registers, w);
    for sum in w.iter_mut().take(8) {
        *sum = montgomery(*sum, Factor::broadcast(SCALE));
    }
}

/// A step of NTT⁻¹ (Algorithm 42, lines 10 to 13).
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn inverse_butterfly(a: __m512i, b: __m512i, zeta: Factor) -> (__m512i, __m512i) {
    (_mm512_add_epi32(a, b), montgomery(_mm512_sub_epi32(a, b), zeta))
}
