//! SampleInBall (FIPS 204, Algorithm 29).

use super::keccak::{State, permute};
use super::shake256::RATE;

/// Bytes of a block of SHAKE256, after the eight that give the signs.
const SIGNS: usize = 8;

/// The polynomial c, with τ coefficients of ±1, from the state of SHAKE256 after c̃ was absorbed and permuted.
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn sample_in_ball(seed: &State, tau: usize) -> [[i32; 16]; 16] {
    let mut state = *seed;
    let mut block = block_of(&state);
    let mut position = SIGNS;
    let mut signs = state[0];
    let mut c = [0; 256];
    for i in 256 - tau..256 {
        let j = loop {
            if position == block.len() {
                permute(&mut state);
                block = block_of(&state);
                position = 0;
            }
            let j = usize::from(block[position]);
            position += 1;
            if j <= i {
                break j;
            }
        };
        c[i] = c[j];
        c[j] = if signs & 1 == 0 { 1 } else { -1 };
        signs >>= 1;
    }
    let mut chunks = [[0; 16]; 16];
    chunks.as_flattened_mut().copy_from_slice(&c);
    chunks
}

fn block_of(state: &State) -> [u8; RATE] {
    let mut block = [0; RATE];
    for (bytes, word) in block.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_le_bytes();
    }
    block
}
