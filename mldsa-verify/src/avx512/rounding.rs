//! Decompose and UseHint (FIPS 204, Algorithms 36, 37 and 40), on 16 coefficients, where M = (q − 1) / 2γ2: 44 for
//! ML-DSA-44 and 16 for the other sets.

use core::arch::x86_64::{
    __m512i, __mmask16, _mm512_add_epi32, _mm512_and_si512, _mm512_cmpgt_epi32_mask, _mm512_cmplt_epi32_mask,
    _mm512_cmplt_epu32_mask, _mm512_mask_add_epi32, _mm512_mask_mov_epi32, _mm512_mask_sub_epi32,
    _mm512_maskz_mov_epi32, _mm512_mullo_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_srli_epi32,
    _mm512_sub_epi32,
};

use crate::params::Q;

/// The representative from 0 to q − 1 of one between −q and q.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn add_q_if_negative(a: __m512i) -> __m512i {
    _mm512_mask_add_epi32(
        a,
        _mm512_cmplt_epi32_mask(a, _mm512_setzero_si512()),
        a,
        _mm512_set1_epi32(Q),
    )
}

/// HighBits of r, for 0 ≤ r < q: r1 of Decompose.
///
/// With y = ⌈r / 128⌉ it is y·128 / 2γ2, rounded, as 2γ2 is a multiple of 128: 1488 of them, or 4092. The quotient comes
/// by multiplication with 2²⁴ / 1488 or 2²² / 4092, rounded up; the tests try each r. y ≤ 65473, so that the product
/// is below 2³¹. At the upper end, where Decompose gives 0 in place of m = (q − 1) / 2γ2, the quotient is m.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn high_bits<const M: i32>(r: __m512i) -> __m512i {
    let y = _mm512_srli_epi32::<7>(_mm512_add_epi32(r, _mm512_set1_epi32(127)));
    if M == 44 {
        let product = _mm512_mullo_epi32(y, _mm512_set1_epi32(11_275));
        let r1 = _mm512_srli_epi32::<24>(_mm512_add_epi32(product, _mm512_set1_epi32(1 << 23)));
        _mm512_maskz_mov_epi32(_mm512_cmpgt_epi32_mask(_mm512_set1_epi32(44), r1), r1)
    } else {
        let product = _mm512_mullo_epi32(y, _mm512_set1_epi32(1025));
        let r1 = _mm512_srli_epi32::<22>(_mm512_add_epi32(product, _mm512_set1_epi32(1 << 21)));
        _mm512_and_si512(r1, _mm512_set1_epi32(15))
    }
}

/// UseHint, for 0 ≤ r < q, where `hints` says which coefficients have one.
///
/// r0 = r − r1·2γ2 is from −γ2 + 1 to γ2, but for r > q − 1 − γ2, where r1 = 0: there Decompose has r0 = r − q ≤ 0. So r0
/// is positive if the difference is from 1 to γ2, and is not if it is 0, negative, or larger.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn use_hint<const M: i32>(hints: __mmask16, r: __m512i) -> __m512i {
    let (zero, one) = (_mm512_setzero_si512(), _mm512_set1_epi32(1));
    let last = _mm512_set1_epi32(M - 1);
    let r1 = high_bits::<M>(r);
    let r0 = _mm512_sub_epi32(
        r,
        _mm512_mullo_epi32(r1, _mm512_set1_epi32(const { (Q - 1) / M })),
    );
    let is_positive = _mm512_cmplt_epu32_mask(
        _mm512_sub_epi32(r0, one),
        _mm512_set1_epi32(const { (Q - 1) / M / 2 }),
    );
    let up = _mm512_mask_add_epi32(r1, hints & is_positive, r1, one);
    let up = _mm512_mask_mov_epi32(up, _mm512_cmpgt_epi32_mask(up, last), zero);
    let moved = _mm512_mask_sub_epi32(up, hints & !is_positive, up, one);
    _mm512_mask_mov_epi32(moved, _mm512_cmplt_epi32_mask(moved, zero), last)
}
