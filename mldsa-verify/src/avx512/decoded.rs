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

/// What pkDecode and sigDecode give. Polynomials stay encoded until they are needed: those of z in Z bytes each.
pub(super) struct Decoded<'a, const K: usize, const Z: usize> {
    pub(super) rho: &'a [u8; 32],
    t1: &'a [[u8; 320]],
    pub(super) c_tilde: &'a [u8],
    z: &'a [[u8; Z]],
    pub(super) hints: [Hints; K],
}

impl<'a, const K: usize, const Z: usize> Decoded<'a, K, Z> {
    /// Of an item whose lengths are valid. None if the hints are not encoded as they must be.
    pub(super) fn new(p: &Parameters, item: &Item<'a>) -> Option<Self> {
        let (rho, t1) = item.public_key.split_first_chunk()?;
        let (c_tilde, rest) = item.signature.split_at_checked(p.c_tilde_len())?;
        let (z, hints) = rest.split_at_checked(Z * p.l)?;
        Some(Self {
            rho,
            t1: t1.as_chunks().0,
            c_tilde,
            z: z.as_chunks().0,
            hints: hint_bit_unpack(hints, p.omega)?,
        })
    }

    /// NTT(z), in the order of FIPS 204. False if z is too large.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn ntt_of_z<const L: usize>(&self, p: &Parameters, to: &mut [Polynomial; L]) -> bool {
        for (to, bytes) in to.iter_mut().zip(self.z) {
            let Some(mut z) = unpack_z(bytes, p.beta) else {
                return false;
            };
            ntt(&mut z);
            *to = transpose(&z);
        }
        true
    }

    /// NTT(t1·2ᵈ), transposed.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn ntt_of_t1(&self, row: usize) -> Polynomial {
        let mut t1 = unpack_t1(&self.t1[row]);
        ntt(&mut t1);
        t1
    }
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
