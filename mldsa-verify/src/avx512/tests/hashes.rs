//! Keccak, SHAKE, the chain, and what is sampled.

use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Shake128, Shake256};

use super::super::chain::Chain;
use super::super::expand_a::{LANES, Sampler, Seeds, rej_ntt_poly, reject};
use super::super::keccak::{State, States, permute, permute_8, permute_8_and_1, zero_states};
use super::super::lanes::{Input, hash_8};
use super::super::sample_in_ball::sample_in_ball;
use super::super::shake256::{RATE, absorb_block, digest};
use super::super::simd::{load_long_words, store_bytes};
use super::{Rng, run};
use crate::params::Q;
use crate::{Item, ParameterSet};

fn shake256(parts: &[&[u8]], len: usize) -> Vec<u8> {
    let mut hasher = Shake256::default();
    parts.iter().for_each(|part| hasher.update(part));
    let mut hash = vec![0; len];
    hasher.finalize_xof().read(&mut hash);
    hash
}

fn random_state(rng: &mut Rng) -> State {
    std::array::from_fn(|_| rng.next())
}

#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn lane(states: &States, lane: usize) -> State {
    let mut state = [0; 25];
    for (word, words) in state.iter_mut().zip(states) {
        let mut bytes = [0; 64];
        store_bytes(&mut bytes, *words);
        *word = u64::from_le_bytes(bytes.as_chunks().0[lane]);
    }
    state
}

#[test]
fn permutations_agree() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(1);
        for _ in 0..100 {
            let scalar: [State; 9] = std::array::from_fn(|_| random_state(&mut rng));
            let mut states = zero_states();
            for (i, states) in states.iter_mut().enumerate() {
                *states = load_long_words(&std::array::from_fn(|lane| scalar[lane][i]));
            }
            let (mut eight, mut nine, mut ninth) = (states, states, scalar[8]);
            permute_8(&mut eight);
            permute_8_and_1(&mut nine, &mut ninth);
            let permuted = scalar.map(|mut state| {
                permute(&mut state);
                state
            });
            for (i, permuted) in permuted.iter().take(8).enumerate() {
                assert_eq!(lane(&eight, i), *permuted);
                assert_eq!(lane(&nine, i), *permuted);
            }
            assert_eq!(ninth, permuted[8]);
        }
    }
    run(test);
}

#[test]
fn inputs_of_any_length_in_two_parts() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(2);
        let mut count = 0;
        for len in 0..=3 * RATE {
            let input = rng.bytes(len);
            for cut in [0, len / 2, len.min(RATE), len] {
                let (head, tail) = input.split_at(cut);
                let (mut state, mut position) = ([0; 25], 0);
                while !absorb_block(&mut state, head, tail, position) {
                    permute(&mut state);
                    position += RATE;
                }
                permute(&mut state);
                assert_eq!(
                    digest(&state)[..],
                    shake256(&[&input], 64),
                    "{len} bytes, cut at {cut}"
                );
                count += 1;
            }
        }
        assert_eq!(count, 4 * (3 * RATE + 1));
    }
    run(test);
}

#[test]
fn lanes_of_different_lengths() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(3);
        for round in 0..200 {
            let inputs: [_; LANES] = std::array::from_fn(|_| {
                let len = (rng.next() % 600) as usize;
                let cut = (rng.next() % (len as u64 + 1)) as usize;
                (rng.bytes(len), cut)
            });
            let parts: [Input<'_>; LANES] = std::array::from_fn(|i| inputs[i].0.split_at(inputs[i].1));
            for ((input, _), state) in inputs.iter().zip(hash_8(&parts)) {
                assert_eq!(
                    digest(&state)[..],
                    shake256(&[input], 64),
                    "{round}: {} bytes",
                    input.len()
                );
            }
        }
    }
    run(test);
}

/// With and without permutations that ride along, and with w1 before and after the chain needs it.
#[test]
fn the_chain_hashes_what_algorithm_8_does() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(4);
        for (case, message_len) in (0..300).chain([1000, 8192]).enumerate() {
            let (public_key, c_tilde, context) = (rng.bytes(1312), rng.bytes(32), rng.bytes(case % 256));
            let (message, w1, signature) = (rng.bytes(message_len), rng.bytes(768), vec![]);
            let item = Item {
                set: ParameterSet::MlDsa44,
                public_key: &public_key,
                message: &message,
                context: &context,
                signature: &signature,
            };
            let tr = shake256(&[&public_key], 64);
            let mu = shake256(&[&tr, &[0, context.len() as u8], &context, &message], 64);
            let mut chain = Chain::new(&item, &c_tilde, 768);
            let mut states = zero_states();
            for row in w1.chunks(192) {
                for _ in 0..case % 7 {
                    chain.permute_8(&mut states);
                }
                chain.w1()[..192].copy_from_slice(row);
                chain.w1_written(192);
            }
            assert_eq!(digest(chain.challenge())[..], shake256(&[&c_tilde], 64));
            assert_eq!(chain.finish()[..], shake256(&[&mu, &w1], 64), "case {case}");
        }
    }
    run(test);
}

/// RejNTTPoly, Algorithm 30.
fn rej_ntt_poly_of_sha3(rho: &[u8], s: u8, r: u8) -> Vec<i32> {
    let mut hasher = Shake128::default();
    hasher.update(rho);
    hasher.update(&[s, r]);
    let mut reader = hasher.finalize_xof();
    let mut coefficients = vec![];
    while coefficients.len() < 256 {
        let mut b = [0; 3];
        reader.read(&mut b);
        let candidate = i32::from(b[0]) | i32::from(b[1]) << 8 | i32::from(b[2] & 0x7F) << 16;
        coefficients.extend((candidate < Q).then_some(candidate));
    }
    coefficients
}

#[test]
fn polynomials_of_a() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(5);
        let mut sampler = Sampler::new();
        let mut count = 0;
        for _ in 0..100 {
            let rhos: [[u8; 32]; 2] = std::array::from_fn(|_| std::array::from_fn(|_| rng.next() as u8));
            let rhos = [&rhos[0], &rhos[1]];
            for first in (0..112).step_by(LANES) {
                let seeds = Seeds::new::<8, 7>(&rhos, first);
                for (lane, sampled) in sampler.expand_a(&seeds, None).iter().enumerate() {
                    let (key, n) = ((first + lane) / 56, (first + lane) % 56);
                    let expected = rej_ntt_poly_of_sha3(rhos[key], (n % 7) as u8, (n / 7) as u8);
                    assert_eq!(sampled.0.as_flattened()[..256], expected);
                    if first == 0 {
                        let mut slow = Sampler::new().expand_a(&Seeds::new::<4, 4>(&[], 0), None)[0];
                        rej_ntt_poly(&seeds.state(lane), &mut slow);
                        assert_eq!(slow.0.as_flattened()[..256], expected);
                    }
                    count += 1;
                }
            }
        }
        assert_eq!(count, 100 * 112);
    }
    run(test);
}

/// 16 rejected of 272 leave enough, 17 do not, and a candidate is rejected from q on.
#[test]
fn rejections_at_the_bound() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(6);
        let mut sampler = Sampler::new();
        let mut sampled = sampler.expand_a(&Seeds::new::<4, 4>(&[&[0; 32]], 0), None)[0];
        for rejected in [0, 1, 15, 16, 17, 18, 272] {
            for too_large in [Q, 0x7F_FFFF] {
                let mut candidates: Vec<i32> = (0..272).map(|_| rng.within(Q - 3, Q - 1)).collect();
                let mut left = rejected;
                while left > 0 {
                    let i = (rng.next() % 272) as usize;
                    left -= usize::from(candidates[i] < Q);
                    candidates[i] = too_large;
                }
                let mut stream = [0xFF; 864];
                for (bytes, candidate) in stream.as_chunks_mut::<3>().0.iter_mut().zip(&candidates) {
                    let [b0, b1, b2, _] = candidate.to_le_bytes();
                    *bytes = [b0, b1, b2 | (rng.next() as u8 & 0x80)];
                }
                assert_eq!(
                    reject(&stream, &mut sampled),
                    rejected <= 16,
                    "{rejected} rejected"
                );
                candidates.retain(|&candidate| candidate < Q);
                candidates.truncate(256);
                assert_eq!(sampled.0.as_flattened()[..candidates.len()], candidates);
            }
        }
    }
    run(test);
}

/// Algorithm 29, from many seeds, so that some need a second block.
#[test]
fn challenges() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(7);
        let mut most = 0;
        for (len, tau) in [(32, 39), (48, 49), (64, 60)] {
            for _ in 0..20_000 {
                let c_tilde = rng.bytes(len);
                let mut state = [0; 25];
                absorb_block(&mut state, &c_tilde, &[], 0);
                permute(&mut state);
                let stream = shake256(&[&c_tilde], 1024);
                let (signs, mut bytes) = (
                    u64::from_le_bytes(*stream.first_chunk().unwrap()),
                    stream[8..].iter(),
                );
                let mut c = [0; 256];
                for i in 256 - tau..256 {
                    let j = usize::from(*bytes.find(|&&j| usize::from(j) <= i).unwrap());
                    c[i] = c[j];
                    c[j] = 1 - 2 * (signs >> (i + tau - 256) & 1) as i32;
                }
                most = most.max(1016 - bytes.len());
                assert_eq!(sample_in_ball(&state, tau).as_flattened(), c);
            }
        }
        assert!(most > 80);
    }
    run(test);
}
