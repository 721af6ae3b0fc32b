//! Keccak-p[1600, 24] backwards, so that a test can choose what a sponge squeezes, in whichever block.

use super::super::keccak::{ROUND_CONSTANTS, State};

/// The offsets of ρ (FIPS 202, table 2, modulo 64) for lane x + 5y.
#[rustfmt::skip]
const OFFSETS: [u32; 25] = [
    0, 1, 62, 28, 27,
    36, 44, 6, 55, 20,
    3, 10, 43, 25, 39,
    41, 45, 15, 21, 8,
    18, 2, 61, 56, 14,
];

/// Where π takes lane x + 5y: to y + 5(2x + 3y).
fn pi(lane: usize) -> usize {
    let (x, y) = (lane % 5, lane / 5);
    y + 5 * ((2 * x + 3 * y) % 5)
}

fn theta(state: &mut State) {
    let parities: [u64; 5] = std::array::from_fn(|x| (0..5).fold(0, |parity, y| parity ^ state[x + 5 * y]));
    for (lane, word) in state.iter_mut().enumerate() {
        *word ^= parities[(lane + 4) % 5] ^ parities[(lane + 1) % 5].rotate_left(1);
    }
}

/// χ on the five bits of a row.
fn chi(row: u8) -> u8 {
    let bit = |x: usize| row >> (x % 5) & 1;
    (0..5)
        .map(|x| (bit(x) ^ ((1 ^ bit(x + 1)) & bit(x + 2))) << x)
        .sum()
}

fn inverse_chi(state: &mut State) {
    let mut inverse = [0; 32];
    for row in 0..32 {
        inverse[usize::from(chi(row))] = row;
    }
    for plane in state.chunks_mut(5) {
        let before: Vec<u64> = plane.to_vec();
        plane.fill(0);
        for z in 0..64 {
            let row: usize = (0..5).map(|x| (before[x] as usize >> z & 1) << x).sum();
            for (x, word) in plane.iter_mut().enumerate() {
                *word |= u64::from(inverse[row] >> x & 1) << z;
            }
        }
    }
}

/// The state that a permutation makes `state` of.
pub(super) fn inverse(state: &mut State) {
    for rc in ROUND_CONSTANTS.iter().rev() {
        state[0] ^= rc;
        inverse_chi(state);
        let after = *state;
        for lane in 0..25 {
            state[lane] = after[pi(lane)].rotate_right(OFFSETS[lane]);
        }
        // θ is linear, and its 192nd power is the identity.
        for _ in 0..191 {
            theta(state);
        }
    }
}
