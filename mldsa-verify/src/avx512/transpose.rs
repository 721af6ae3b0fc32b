//! Transpositions of registers.

use core::arch::x86_64::{
    __m512i, _mm512_shuffle_i32x4, _mm512_shuffle_i64x2, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::ntt::Polynomial;

/// Long word j of register i becomes long word i of register j.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn transpose_8(rows: &[__m512i; 8]) -> [__m512i; 8] {
    let [a, b, c, d, e, f, g, h] = *rows;
    let (even, odd) = (
        [
            _mm512_unpacklo_epi64(a, b),
            _mm512_unpacklo_epi64(c, d),
            _mm512_unpacklo_epi64(e, f),
            _mm512_unpacklo_epi64(g, h),
        ],
        [
            _mm512_unpackhi_epi64(a, b),
            _mm512_unpackhi_epi64(c, d),
            _mm512_unpackhi_epi64(e, f),
            _mm512_unpackhi_epi64(g, h),
        ],
    );
    let ([r0, r2, r4, r6], [r1, r3, r5, r7]) = (transpose_pairs(&even), transpose_pairs(&odd));
    [r0, r1, r2, r3, r4, r5, r6, r7]
}

/// Pair j of register i becomes pair i of register j.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn transpose_pairs(rows: &[__m512i; 4]) -> [__m512i; 4] {
    let [a, b, c, d] = *rows;
    let (ab_even, ab_odd) = (
        _mm512_shuffle_i64x2::<0x88>(a, b),
        _mm512_shuffle_i64x2::<0xDD>(a, b),
    );
    let (cd_even, cd_odd) = (
        _mm512_shuffle_i64x2::<0x88>(c, d),
        _mm512_shuffle_i64x2::<0xDD>(c, d),
    );
    [
        _mm512_shuffle_i64x2::<0x88>(ab_even, cd_even),
        _mm512_shuffle_i64x2::<0x88>(ab_odd, cd_odd),
        _mm512_shuffle_i64x2::<0xDD>(ab_even, cd_even),
        _mm512_shuffle_i64x2::<0xDD>(ab_odd, cd_odd),
    ]
}

/// Word j of register i becomes word i of register j.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn transpose(w: &Polynomial) -> Polynomial {
    let mut pairs = *w;
    for (to, from) in pairs.as_chunks_mut::<2>().0.iter_mut().zip(w.as_chunks::<2>().0) {
        *to = [
            _mm512_unpacklo_epi32(from[0], from[1]),
            _mm512_unpackhi_epi32(from[0], from[1]),
        ];
    }
    // In each 128 bits k: word 4k + i of four registers.
    let mut fours = pairs;
    for (to, from) in fours
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(pairs.as_chunks::<4>().0)
    {
        *to = [
            _mm512_unpacklo_epi64(from[0], from[2]),
            _mm512_unpackhi_epi64(from[0], from[2]),
            _mm512_unpacklo_epi64(from[1], from[3]),
            _mm512_unpackhi_epi64(from[1], from[3]),
        ];
    }
    let mut columns = fours;
    for i in 0..4 {
        let [a, b, c, d] = [fours[i], fours[4 + i], fours[8 + i], fours[12 + i]];
        let (ab_even, ab_odd) = (
            _mm512_shuffle_i32x4::<0x88>(a, b),
            _mm512_shuffle_i32x4::<0xDD>(a, b),
        );
        let (cd_even, cd_odd) = (
            _mm512_shuffle_i32x4::<0x88>(c, d),
            _mm512_shuffle_i32x4::<0xDD>(c, d),
        );
        columns[i] = _mm512_shuffle_i32x4::<0x88>(ab_even, cd_even);
        columns[4 + i] = _mm512_shuffle_i32x4::<0x88>(ab_odd, cd_odd);
        columns[8 + i] = _mm512_shuffle_i32x4::<0xDD>(ab_even, cd_even);
        columns[12 + i] = _mm512_shuffle_i32x4::<0xDD>(ab_odd, cd_odd);
    }
    columns
}
