//! Keys and signatures, decoded, and w1, encoded (FIPS 204, section 7.1 and 7.2).
//!
//! Coefficients of n bits, for n = 10, 18 and 20, lie one after the other, the lowest bit first. 16 of them take 2n
//! bytes: a permutation of bytes brings into each word the four bytes that hold its coefficient, which a shift and a
//! mask cut out.

use core::arch::x86_64::{
    __m512i, _mm512_abs_epi32, _mm512_and_si512, _mm512_castsi256_si512, _mm512_cmpge_epi32_mask,
    _mm512_cvtepi16_epi8, _mm512_madd_epi16, _mm512_maddubs_epi16, _mm512_mask_blend_epi32,
    _mm512_permutex2var_epi8, _mm512_permutexvar_epi8, _mm512_set1_epi16, _mm512_set1_epi32,
    _mm512_setzero_si512, _mm512_slli_epi32, _mm512_srlv_epi32, _mm512_sub_epi32,
};

use super::ntt::Polynomial;
use super::simd::{load_bytes, load_first_bytes, load_words, store_first_bytes};
use crate::params::D;

/// Which bytes hold coefficient i of 16 that have `bits` bits: bytes 4i to 4i + 3 of a register.
pub(super) const fn byte_windows(bits: usize) -> [u8; 64] {
    let mut windows = [0; 64];
    let mut i = 0;
    while i < 64 {
        windows[i] = (bits * (i / 4) / 8 + i % 4) as u8;
        i += 1;
    }
    windows
}

/// Where in its first byte coefficient i of 16 begins.
const fn bit_offsets(bits: usize) -> [i32; 16] {
    let mut offsets = [0; 16];
    let mut i = 0;
    while i < 16 {
        offsets[i] = (bits * i % 8) as i32;
        i += 1;
    }
    offsets
}

/// Coefficients 16i to 16i + 15 of a polynomial in N bytes, as they are encoded: N / 32 bits each.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn bit_unpack<const N: usize>(polynomial: &[u8; N], i: usize) -> __m512i {
    let bytes = load_first_bytes(polynomial.get(N / 16 * i..).unwrap_or_default());
    let windows = _mm512_permutexvar_epi8(load_bytes(&const { byte_windows(N / 32) }), bytes);
    let shifted = _mm512_srlv_epi32(windows, load_words(&const { bit_offsets(N / 32) }));
    _mm512_and_si512(shifted, _mm512_set1_epi32(const { (1 << (N / 32)) - 1 }))
}

/// SimpleBitUnpack of a polynomial of t1 (Algorithm 23, `pkDecode`), times 2ᵈ: from 0 to q − 1.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn unpack_t1(bytes: &[u8; 320]) -> Polynomial {
    let mut t1 = [_mm512_setzero_si512(); 16];
    for (i, t1) in t1.iter_mut().enumerate() {
        *t1 = _mm512_slli_epi32::<D>(bit_unpack(bytes, i));
    }
    t1
}

/// BitUnpack of a polynomial of z (Algorithm 27, `sigDecode`): from −γ1 + 1 to γ1. None if one has a magnitude of
/// γ1 − β or more, which Algorithm 8 rejects at its end.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn unpack_z<const N: usize>(bytes: &[u8; N], beta: i32) -> Option<Polynomial> {
    let gamma1 = const { 1 << (N / 32 - 1) };
    let mut z = [_mm512_setzero_si512(); 16];
    let mut too_large = 0;
    for (i, z) in z.iter_mut().enumerate() {
        *z = _mm512_sub_epi32(_mm512_set1_epi32(gamma1), bit_unpack(bytes, i));
        too_large |= _mm512_cmpge_epi32_mask(_mm512_abs_epi32(*z), _mm512_set1_epi32(gamma1 - beta));
    }
    (too_large == 0).then_some(z)
}

/// The hints of a row: bit j of element i is coefficient 16i + j of a polynomial of h.
pub(super) type Hints = [u16; 16];

/// HintBitUnpack (Algorithm 21), for K rows. None if `bytes` are not the one encoding of their hints.
pub(super) fn hint_bit_unpack<const K: usize>(bytes: &[u8], omega: usize) -> Option<[Hints; K]> {
    let (positions, ends) = bytes.split_at_checked(omega)?;
    let mut hints = [[0; 16]; K];
    let mut begin = 0;
    for (hints, &end) in hints.iter_mut().zip(ends) {
        let end = usize::from(end);
        let of_row = positions.get(begin..end)?;
        if !of_row.is_sorted_by(|a, b| a < b) {
            return None;
        }
        for &position in of_row {
            hints[usize::from(position / 16)] |= 1 << (position % 16);
        }
        begin = end;
    }
    positions
        .get(begin..)?
        .iter()
        .all(|&padding| padding == 0)
        .then_some(hints)
}

/// Bytes of a polynomial of w1, encoded: six bits a coefficient if M = 44, else four.
pub(super) const fn w1_len<const M: i32>() -> usize {
    if M == 44 { 192 } else { 128 }
}

/// SimpleBitPack of a polynomial of w1 (Algorithm 28, `w1Encode`). Up to 32 bytes more than [`w1_len`] are
/// written, or as many as there are.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn w1_encode<const M: i32>(w1: &Polynomial, to: &mut [u8]) {
    let len = const { w1_len::<M>() / 4 };
    for (i, quarter) in w1.as_chunks::<4>().0.iter().enumerate() {
        let packed = if M == 44 {
            pack_6_bits(low_bytes(quarter))
        } else {
            pack_4_bits(low_bytes(quarter))
        };
        store_first_bytes(to.get_mut(len * i..).unwrap_or_default(), packed);
    }
}

/// The lowest byte of each word, in their order.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn low_bytes(words: &[__m512i; 4]) -> __m512i {
    /// Byte 4i of 128 in two registers, for each half of the result.
    const OF_TWO: [u8; 64] = {
        let mut indices = [0; 64];
        let mut i = 0;
        while i < 64 {
            indices[i] = (4 * (i % 32)) as u8;
            i += 1;
        }
        indices
    };
    let [a, b, c, d] = *words;
    let indices = load_bytes(&OF_TWO);
    let (low, high) = (
        _mm512_permutex2var_epi8(a, indices, b),
        _mm512_permutex2var_epi8(c, indices, d),
    );
    _mm512_mask_blend_epi32(0xFF00, low, high)
}

/// 64 times four bits, in 32 bytes.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn pack_4_bits(bytes: __m512i) -> __m512i {
    let pairs = _mm512_maddubs_epi16(bytes, _mm512_set1_epi16(0x1001));
    _mm512_castsi256_si512(_mm512_cvtepi16_epi8(pairs))
}

/// 64 times six bits, in 48 bytes.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn pack_6_bits(bytes: __m512i) -> __m512i {
    /// Three bytes of every four.
    const THREE_OF_FOUR: [u8; 64] = {
        let mut indices = [0; 64];
        let mut i = 0;
        while i < 48 {
            indices[i] = (i / 3 * 4 + i % 3) as u8;
            i += 1;
        }
        indices
    };
    let pairs = _mm512_maddubs_epi16(bytes, _mm512_set1_epi16(0x4001));
    let fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x1000_0001));
    _mm512_permutexvar_epi8(load_bytes(&THREE_OF_FOUR), fours)
}
