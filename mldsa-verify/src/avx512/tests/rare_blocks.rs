//! What random seeds never reach, and nobody can search for: samplers that need more blocks than they nearly always do.
//! With Keccak backwards a test chooses the block in which too many candidates are refused.

use super::super::expand_a::{LANES, Sampler, Seeds, rej_ntt_poly};
use super::super::keccak::{State, permute};
use super::super::sample_in_ball::sample_in_ball;
use super::inverse_keccak::inverse;
use super::{Rng, run};
use crate::params::Q;

/// Bytes of a block of SHAKE128, and of SHAKE256.
const RATE_128: usize = 168;
const RATE_256: usize = 136;

fn bytes_of(state: &State) -> Vec<u8> {
    state.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn state_of(bytes: &[u8]) -> State {
    let words = bytes.as_chunks().0;
    std::array::from_fn(|lane| u64::from_le_bytes(words[lane]))
}

fn pick<T: Copy>(rng: &mut Rng, among: &[T]) -> T {
    among[rng.next() as usize % among.len()]
}

#[test]
fn backwards_is_backwards() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(1);
        for _ in 0..8 {
            let state: State = std::array::from_fn(|_| rng.next());
            let mut there_and_back = state;
            permute(&mut there_and_back);
            inverse(&mut there_and_back);
            assert_eq!(there_and_back, state);
        }
    }
    run(test);
}

/// A seed whose block number `at`, from 1, has `refused` candidates that are refused, and then only some that are not.
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn seed_of_polynomial(rng: &mut Rng, at: usize, refused: usize) -> State {
    let mut block = rng.bytes(200);
    for (place, candidate) in block[..RATE_128].as_chunks_mut::<3>().0.iter_mut().enumerate() {
        let least = (rng.next() % Q as u64) as i32;
        let value = if place < refused {
            pick(rng, &[Q, Q + 1, 0x7F_FFFF])
        } else {
            pick(rng, &[0, Q - 1, least])
        };
        // The highest bit of three bytes does not count.
        let value = value as u32 | (rng.next() as u32 & 1) << 23;
        candidate.copy_from_slice(&value.to_le_bytes()[..3]);
    }
    let mut seed = state_of(&block);
    for _ in 0..at {
        inverse(&mut seed);
    }
    seed
}

/// RejNTTPoly as it is written, and how many blocks it took.
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn plain_polynomial(seed: &State) -> (Vec<i32>, usize) {
    let (mut state, mut polynomial, mut blocks) = (*seed, vec![], 0);
    while polynomial.len() < 256 {
        permute(&mut state);
        blocks += 1;
        for candidate in bytes_of(&state)[..RATE_128].as_chunks::<3>().0 {
            let candidate = i32::from_le_bytes([candidate[0], candidate[1], candidate[2] & 0x7F, 0]);
            if candidate < Q && polynomial.len() < 256 {
                polynomial.push(candidate);
            }
        }
    }
    (polynomial, blocks)
}

#[test]
fn a_sixth_block_of_a_polynomial() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(4242);
        let mut blocks_seen = [0; 8];
        for case in 0..300 {
            // Around 24, the sixth block is just needed or just not: five have 280 candidates.
            let any = (rng.next() % 57) as usize;
            let refused = [56, 23, 24, 25, any][case / 6 % 5];
            let seed = seed_of_polynomial(&mut rng, 1 + case % 6, refused);
            let (expected, blocks) = plain_polynomial(&seed);
            blocks_seen[blocks] += 1;
            // Whatever was sampled before.
            let mut sampled =
                Sampler::new().expand_a(&Seeds::new::<4, 4>(&[&[1; 32]], 0), None)[case % LANES];
            rej_ntt_poly(&seed, &mut sampled);
            assert_eq!(sampled.0.as_flattened()[..256], expected);
        }
        assert!(blocks_seen[5] > 30 && blocks_seen[6] > 30, "{blocks_seen:?}");
    }
    run(test);
}

/// A state whose own block, or the one after so many permutations, has `refused` bytes that are above every index.
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn seed_of_challenge(rng: &mut Rng, at: usize, refused: usize, tau: usize) -> State {
    let mut block = rng.bytes(200);
    let signs = if at == 0 { 8 } else { 0 };
    for (place, byte) in block[signs..RATE_256].iter_mut().enumerate() {
        if place < refused {
            *byte = 255;
        } else if rng.next().is_multiple_of(5) {
            *byte = (256 - tau) as u8;
        }
    }
    let mut seed = state_of(&block);
    for _ in 0..at {
        inverse(&mut seed);
    }
    seed
}

/// SampleInBall as it is written, and how many blocks it took.
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn plain_challenge(seed: &State, tau: usize) -> ([i32; 256], usize) {
    let (mut state, mut stream) = (*seed, vec![]);
    for _ in 0..8 {
        stream.extend(&bytes_of(&state)[..RATE_256]);
        permute(&mut state);
    }
    let signs = u64::from_le_bytes(stream.as_chunks().0[0]);
    let (mut c, mut position) = ([0; 256], 8);
    for i in 256 - tau..256 {
        while usize::from(stream[position]) > i {
            position += 1;
        }
        let j = usize::from(stream[position]);
        position += 1;
        c[i] = c[j];
        c[j] = if signs >> (i + tau - 256) & 1 == 1 { -1 } else { 1 };
    }
    (c, position.div_ceil(RATE_256))
}

#[test]
fn further_blocks_of_a_challenge() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(7);
        let mut blocks_seen = [0; 9];
        for case in 0..3000 {
            let tau = [39, 49, 60][case % 3];
            let any = (rng.next() % 137) as usize;
            let refused = if case % 2 == 0 { RATE_256 } else { any };
            let seed = seed_of_challenge(&mut rng, case / 3 % 3, refused, tau);
            let (expected, blocks) = plain_challenge(&seed, tau);
            blocks_seen[blocks] += 1;
            assert_eq!(sample_in_ball(&seed, tau).as_flattened(), expected, "{case}");
        }
        assert!(blocks_seen[1] > 500 && blocks_seen[2] > 500, "{blocks_seen:?}");
    }
    run(test);
}
