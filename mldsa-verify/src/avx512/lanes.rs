//! SHAKE256 of eight inputs at once, one in each lane, however long each is.

use core::arch::x86_64::_mm512_xor_si512;

use super::expand_a::LANES;
use super::keccak::{State, States, permute_8, zero_states};
use super::shake256::{RATE, block_at};
use super::simd::{load_bytes, load_long_words, store_bytes};
use super::transpose::transpose_8;

/// An input in two parts.
pub(super) type Input<'a> = (&'a [u8], &'a [u8]);

/// The states after the last block of each input. Lanes whose input has ended wait for the others.
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn hash_8(inputs: &[Input<'_>; LANES]) -> [State; LANES] {
    let mut states = zero_states();
    let mut results = [[0; 25]; LANES];
    let mut ended = [false; LANES];
    let mut position = 0;
    let mut scratches = [[0; RATE]; LANES];
    while ended.contains(&false) {
        let mut blocks = [&[0; RATE]; LANES];
        let mut ends = [false; LANES];
        for (lane, ((head, tail), scratch)) in inputs.iter().zip(&mut scratches).enumerate() {
            if !ended[lane] {
                (blocks[lane], ends[lane]) = block_at(head, tail, position, scratch);
            }
        }
        absorb(&mut states, &blocks);
        permute_8(&mut states);
        if ends.contains(&true) {
            keep(&states, &ends, &mut results);
            for (ended, ends) in ended.iter_mut().zip(ends) {
                *ended |= ends;
            }
        }
        position += RATE;
    }
    results
}

/// Xors a block into each lane.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn absorb(states: &mut States, blocks: &[&[u8; RATE]; LANES]) {
    let parts = blocks.map(|block| block.as_chunks().0);
    let (eights, _) = states.as_chunks_mut::<8>();
    for (i, states) in eights.iter_mut().take(RATE / 64).enumerate() {
        let mut words = *states;
        for (words, parts) in words.iter_mut().zip(&parts) {
            *words = load_bytes(&parts[i]);
        }
        for (state, words) in states.iter_mut().zip(transpose_8(&words)) {
            *state = _mm512_xor_si512(*state, words);
        }
    }
    let last = blocks.map(|block| block.last_chunk().map_or(0, |word| u64::from_le_bytes(*word)));
    states[RATE / 8 - 1] = _mm512_xor_si512(states[RATE / 8 - 1], load_long_words(&last));
}

/// Writes to `results` the states of the lanes that end here.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn keep(states: &States, ends: &[bool; LANES], results: &mut [State; LANES]) {
    for (i, words) in states.iter().enumerate() {
        let mut bytes = [0; 64];
        store_bytes(&mut bytes, *words);
        for (lane, word) in bytes.as_chunks().0.iter().enumerate() {
            if ends[lane] {
                results[lane][i] = u64::from_le_bytes(*word);
            }
        }
    }
}
