//! ExpandA and RejNTTPoly (FIPS 204, Algorithms 32 and 30): polynomials of the matrix Â, eight at a time, one in each
//! lane of SHAKE128.
//!
//! Five blocks of SHAKE128 hold 280 candidates for the 256 coefficients of a polynomial. Of these, 272 are looked at. A
//! candidate is rejected with probability 2⁻¹⁰, so that more than 16 rejected is next to impossible, but not ruled out:
//! that polynomial is then sampled again by [`rej_ntt_poly`], from as many blocks as it takes.

use core::arch::x86_64::{
    _mm512_and_si512, _mm512_cmplt_epi32_mask, _mm512_maskz_compress_epi32, _mm512_permutexvar_epi8,
    _mm512_set1_epi32, _mm512_set1_epi64,
};

use super::chain::Chain;
use super::encoding::byte_windows;
use super::keccak::{State, States, permute, permute_8, zero_states};
use super::simd::{load_bytes, load_long_words, store_bytes, store_words};
use super::transpose::transpose_8;
use crate::params::Q;

/// How many polynomials are sampled at a time.
pub(super) const LANES: usize = 8;

/// Bytes of a block of SHAKE128.
const RATE: usize = 168;

/// Blocks that are squeezed for each polynomial.
const BLOCKS: usize = 5;

/// Bytes of these blocks, and as many as the last store writes too much.
const STREAM: usize = BLOCKS * RATE + 24;

/// Candidates in a register: each has three bytes.
const CANDIDATES: usize = 16;

/// The suffix 1111 of SHAKE and the first bit of the padding, after ρ and two bytes; the last bit of the padding.
const PADDING: (u64, u64) = (0x1F << 16, 0x80 << 56);

/// ρ, s and r of each lane: the seed of RejNTTPoly.
#[derive(Clone, Copy)]
pub(super) struct Seeds {
    rho: [[u64; LANES]; 4],
    s_and_r: [u64; LANES],
}

impl Seeds {
    /// The seeds of the eight polynomials from number `first` on, where those of one key have K·L numbers, row by row.
    /// Lanes of no key sample something.
    pub(super) fn new<const K: usize, const L: usize>(rhos: &[&[u8; 32]], first: usize) -> Self {
        let mut seeds = Self {
            rho: [[0; LANES]; 4],
            s_and_r: [0; LANES],
        };
        for lane in 0..LANES {
            let n = first + lane;
            seeds.s_and_r[lane] = (n % L) as u64 | ((n / L % K) as u64) << 8;
            let rho = rhos.get(n / (K * L)).map_or(&[][..], |rho| rho.as_chunks().0);
            for (of_lanes, word) in seeds.rho.iter_mut().zip(rho) {
                of_lanes[lane] = u64::from_le_bytes(*word);
            }
        }
        seeds
    }

    /// The state of one lane, before the first permutation.
    pub(super) fn state(&self, lane: usize) -> State {
        let mut state = [0; 25];
        for (word, of_lanes) in state.iter_mut().zip(&self.rho) {
            *word = of_lanes[lane];
        }
        state[4] = self.s_and_r[lane] | PADDING.0;
        state[RATE / 8 - 1] = PADDING.1;
        state
    }

    /// The states of all.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn states(&self) -> States {
        let mut states = zero_states();
        for (states, of_lanes) in states.iter_mut().zip(&self.rho) {
            *states = load_long_words(of_lanes);
        }
        states[4] = load_long_words(&self.s_and_r.map(|s_and_r| s_and_r | PADDING.0));
        states[RATE / 8 - 1] = _mm512_set1_epi64(PADDING.1.cast_signed());
        states
    }
}

/// How many candidates for a coefficient are looked at.
const MAX_CANDIDATES: usize = 272;

/// A polynomial of Â: 256 coefficients below q, and as many more as there are candidates.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Sampled(pub(super) [[i32; 16]; MAX_CANDIDATES / 16]);

/// Samples polynomials of Â. It is the memory that this takes, to be used again and again.
#[repr(align(64))]
pub(super) struct Sampler {
    /// The bytes that SHAKE128 gives each lane.
    streams: [[u8; STREAM]; LANES],
    polynomials: [Sampled; LANES],
}

impl Sampler {
    pub(super) fn new() -> Self {
        Self {
            streams: [[0; STREAM]; LANES],
            polynomials: [Sampled([[0; 16]; _]); LANES],
        }
    }

    /// Samples eight polynomials, while `chain` goes on as far as it can.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    pub(super) fn expand_a(&mut self, seeds: &Seeds, mut chain: Option<&mut Chain<'_>>) -> &[Sampled; LANES] {
        let mut states = seeds.states();
        for block in 0..BLOCKS {
            match &mut chain {
                Some(chain) => chain.permute_8(&mut states),
                None => permute_8(&mut states),
            }
            squeeze(&states, block, &mut self.streams);
        }
        for (lane, (polynomial, stream)) in self.polynomials.iter_mut().zip(&self.streams).enumerate() {
            if !reject(stream, polynomial) {
                rej_ntt_poly(&seeds.state(lane), polynomial);
            }
        }
        &self.polynomials
    }
}

/// Writes the block that `states` hold into the stream of each lane. What is written beyond the block, the next one
/// overwrites.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn squeeze(states: &States, block: usize, streams: &mut [[u8; STREAM]; LANES]) {
    let (eights, _) = states.as_chunks();
    for (i, words) in eights.iter().enumerate() {
        for (stream, bytes) in streams.iter_mut().zip(transpose_8(words)) {
            if let Some(to) = stream
                .get_mut(RATE * block + 64 * i..)
                .and_then(<[u8]>::first_chunk_mut)
            {
                store_bytes(to, bytes);
            }
        }
    }
}

/// Keeps of the candidates in `stream` those below q, in their order (CoeffFromThreeBytes). Whether they were enough.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn reject(stream: &[u8; STREAM], polynomial: &mut Sampled) -> bool {
    const WINDOWS: [u8; 64] = byte_windows(24);

    let windows = load_bytes(&WINDOWS);
    let mut count = 0;
    for i in 0..MAX_CANDIDATES / CANDIDATES {
        let bytes = stream.get(3 * CANDIDATES * i..).and_then(<[u8]>::first_chunk);
        let to = polynomial
            .0
            .as_flattened_mut()
            .get_mut(count..)
            .and_then(<[i32]>::first_chunk_mut);
        if let (Some(bytes), Some(to)) = (bytes, to) {
            let candidates = _mm512_permutexvar_epi8(windows, load_bytes(bytes));
            let candidates = _mm512_and_si512(candidates, _mm512_set1_epi32(0x7F_FFFF));
            let kept = _mm512_cmplt_epi32_mask(candidates, _mm512_set1_epi32(Q));
            store_words(to, _mm512_maskz_compress_epi32(kept, candidates));
            count += kept.count_ones() as usize;
        }
    }
    count >= 256
}

/// RejNTTPoly, from a state with the seed in it: the exact way, for any number of blocks.
#[cold]
#[inline(never)]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn rej_ntt_poly(seed: &State, polynomial: &mut Sampled) {
    let mut state = *seed;
    let mut coefficients = polynomial.0.iter_mut().flatten().take(256);
    let mut coefficient = coefficients.next();
    while coefficient.is_some() {
        permute(&mut state);
        let mut block = [0; RATE];
        for (bytes, word) in block.as_chunks_mut().0.iter_mut().zip(state) {
            *bytes = word.to_le_bytes();
        }
        for &[b0, b1, b2] in block.as_chunks().0 {
            let candidate = i32::from_le_bytes([b0, b1, b2 & 0x7F, 0]);
            if candidate < Q
                && let Some(kept) = coefficient
            {
                *kept = candidate;
                coefficient = coefficients.next();
            }
        }
    }
}
