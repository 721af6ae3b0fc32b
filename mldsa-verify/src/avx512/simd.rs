//! Bytes and words into registers and back: the only unsafe code of the module besides its entry.
//!
//! Since the other intrinsics are safe where their features are enabled, all that is left is to read and write memory.
//! These functions take references, so a caller cannot get it wrong.
#![allow(unsafe_code, reason = "memory to registers and back")]

use core::arch::x86_64::{
    __m512i, _bzhi_u64, _mm512_loadu_si512, _mm512_mask_storeu_epi8, _mm512_maskz_loadu_epi8,
    _mm512_storeu_si512,
};

/// Bytes in a register.
pub(super) const BYTES: usize = 64;

/// 16 words of 32 bits, in their order.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn load_words(words: &[i32; 16]) -> __m512i {
    // SAFETY: the reference is to 64 readable bytes, and the instruction asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

/// 8 words of 64 bits, in their order.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn load_long_words(words: &[u64; 8]) -> __m512i {
    // SAFETY: the reference is to 64 readable bytes, and the instruction asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

/// 64 bytes, in their order.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn load_bytes(bytes: &[u8; BYTES]) -> __m512i {
    // SAFETY: the reference is to 64 readable bytes, and the instruction asks for no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// As many bytes as there are, at most 64, and zeros after them.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn load_first_bytes(bytes: &[u8]) -> __m512i {
    let mask = first(bytes.len());
    // SAFETY: the mask has a bit for each byte of the slice, and what it leaves out is not read.
    unsafe { _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().cast()) }
}

/// The first bytes of `register`, as many as `bytes` takes.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn store_first_bytes(bytes: &mut [u8], register: __m512i) {
    let mask = first(bytes.len());
    // SAFETY: the mask has a bit for each byte of the slice, and what it leaves out is not written.
    unsafe { _mm512_mask_storeu_epi8(bytes.as_mut_ptr().cast(), mask, register) }
}

/// All 16 words of 32 bits.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn store_words(words: &mut [i32; 16], register: __m512i) {
    // SAFETY: the reference is to 64 writable bytes, and the instruction asks for no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), register) }
}

/// All 64 bytes.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn store_bytes(bytes: &mut [u8; BYTES], register: __m512i) {
    // SAFETY: the reference is to 64 writable bytes, and the instruction asks for no alignment.
    unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), register) }
}

/// A mask of the first `count` bytes, or of all 64.
#[inline]
#[target_feature(enable = "bmi2")]
fn first(count: usize) -> u64 {
    _bzhi_u64(u64::MAX, count.min(BYTES) as u32)
}
