//! A key and a signature, decoded (FIPS 204, Algorithms 23 and 27), with what of them goes into products as it is there.

use core::arch::x86_64::_mm512_setzero_si512;

use super::encoding::{Hints, hint_bit_unpack, unpack_t1, unpack_z};
use super::keccak::State;
use super::ntt::{Polynomial, ntt};
use super::sample_in_ball::sample_in_ball;
use super::simd::load_words;
use super::transpose::transpose;
use crate::Item;
use crate::params::Parameters;

/// All that pkDecode and sigDecode give.
pub(super) struct Decoded<'a, const K: usize, const L: usize> {
    pub(super) rho: &'a [u8; 32],
    /// The rows of t1, as they are encoded.
    t1: &'a [[u8; 320]],
    pub(super) c_tilde: &'a [u8],
    /// NTT(z), in the order of FIPS 204.
    pub(super) z: [Polynomial; L],
    pub(super) hints: [Hints; K],
}

impl<'a, const K: usize, const L: usize> Decoded<'a, K, L> {
    /// Of an item whose lengths are valid. None if the hints are not encoded as they must be, or if z is too large.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn new<const Z: usize>(p: &Parameters, item: &Item<'a>) -> Option<Self> {
        let (rho, t1) = item.public_key.split_first_chunk()?;
        let (c_tilde, rest) = item.signature.split_at_checked(p.c_tilde_len())?;
        let (z, hints) = rest.split_at_checked(Z * L)?;
        let mut decoded = Self {
            rho,
            t1: t1.as_chunks().0,
            c_tilde,
            z: [[_mm512_setzero_si512(); 16]; L],
            hints: hint_bit_unpack(hints, p.omega)?,
        };
        for (to, bytes) in decoded.z.iter_mut().zip(z.as_chunks::<Z>().0) {
            let mut z = unpack_z(bytes, p.beta)?;
            ntt(&mut z);
            *to = transpose(&z);
        }
        Some(decoded)
    }

    /// NTT(t1·2ᵈ), transposed.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn ntt_of_t1(&self, row: usize) -> Polynomial {
        let mut t1 = unpack_t1(&self.t1[row]);
        ntt(&mut t1);
        t1
    }

    /// NTT(c), transposed, of the state that SampleInBall starts from.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn ntt_of_c(p: &Parameters, challenge: &State) -> Polynomial {
        let mut c = [_mm512_setzero_si512(); 16];
        for (to, coefficients) in c.iter_mut().zip(&sample_in_ball(challenge, p.tau)) {
            *to = load_words(coefficients);
        }
        ntt(&mut c);
        c
    }
}
