//! Keys and signatures, decoded, and w1, encoded.

use core::arch::x86_64::_mm512_setzero_si512;

use super::super::encoding::{hint_bit_unpack, unpack_t1, unpack_z, w1_encode, w1_len};
use super::super::ntt::Polynomial;
use super::super::simd::{load_words, store_words};
use super::{Rng, run};

#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn coefficients(polynomial: &Polynomial) -> Vec<i32> {
    let mut coefficients = vec![];
    for register in polynomial {
        let mut words = [0; 16];
        store_words(&mut words, *register);
        coefficients.extend(words);
    }
    coefficients
}

/// SimpleBitUnpack, Algorithm 18.
fn simple_bit_unpack(bytes: &[u8], bits: usize) -> Vec<i32> {
    let bit = |i: usize| i32::from(bytes[i / 8] >> (i % 8) & 1);
    (0..256)
        .map(|i| (0..bits).map(|j| bit(bits * i + j) << j).sum())
        .collect()
}

/// SimpleBitPack, Algorithm 16.
fn simple_bit_pack(coefficients: &[i32], bits: usize) -> Vec<u8> {
    let mut bytes = vec![0; 32 * bits];
    for (i, coefficient) in coefficients.iter().enumerate() {
        for j in 0..bits {
            bytes[(bits * i + j) / 8] |= (coefficient >> j & 1) as u8 * (1 << ((bits * i + j) % 8));
        }
    }
    bytes
}

#[test]
fn t1() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(10);
        for bytes in [[0; 320], [0xFF; 320]]
            .into_iter()
            .chain((0..100).map(|_| std::array::from_fn(|_| rng.next() as u8)))
        {
            let expected: Vec<_> = simple_bit_unpack(&bytes, 10).iter().map(|t1| t1 << 13).collect();
            assert_eq!(coefficients(&unpack_t1(&bytes)), expected);
        }
    }
    run(test);
}

/// One coefficient at and around each bound, anywhere, and random ones within.
#[test]
fn z() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test_for<const N: usize>(gamma1: i32, beta: i32) {
        let mut rng = Rng(11);
        let limit = gamma1 - beta;
        let at_the_bound = [
            1 - limit,
            limit - 1,
            -limit,
            limit,
            limit + 1,
            1 - gamma1,
            gamma1,
            0,
        ];
        for case in 0..4096 {
            let mut z: Vec<_> = (0..256).map(|_| rng.within(1 - limit, limit - 1)).collect();
            z[case % 256] = at_the_bound[case / 256 % 8];
            let from_gamma1: Vec<_> = z.iter().map(|z| gamma1 - z).collect();
            let bytes = simple_bit_pack(&from_gamma1, N / 32);
            let unpacked = unpack_z::<N>(bytes.first_chunk().unwrap(), beta);
            let is_small = z[case % 256].abs() < limit;
            assert_eq!(unpacked.map(|z| coefficients(&z)), is_small.then_some(z));
        }
    }
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        test_for::<576>(1 << 17, 78);
        test_for::<640>(1 << 19, 196);
        test_for::<640>(1 << 19, 120);
    }
    run(test);
}

#[test]
fn w1() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test_for<const M: i32>(bits: usize) {
        let mut rng = Rng(12);
        for _ in 0..200 {
            let w1: [i32; 256] = std::array::from_fn(|_| rng.within(0, M - 1));
            let mut registers = [_mm512_setzero_si512(); 16];
            for (register, words) in registers.iter_mut().zip(w1.as_chunks().0) {
                *register = load_words(words);
            }
            for slack in [0, 1, 32, 100] {
                let mut bytes = vec![0xAA; w1_len::<M>() + slack];
                w1_encode::<M>(&registers, &mut bytes);
                assert_eq!(bytes[..w1_len::<M>()], simple_bit_pack(&w1, bits));
            }
        }
    }
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        test_for::<44>(6);
        test_for::<16>(4);
    }
    run(test);
}

/// HintBitUnpack, Algorithm 21, as it is written.
fn hint_bit_unpack_of_fips_204(y: &[u8], omega: usize, k: usize) -> Option<Vec<[bool; 256]>> {
    let mut h = vec![[false; 256]; k];
    let mut index = 0;
    for i in 0..k {
        let end = usize::from(y[omega + i]);
        if end < index || end > omega {
            return None;
        }
        let first = index;
        while index < end {
            if index > first && y[index - 1] >= y[index] {
                return None;
            }
            h[i][usize::from(y[index])] = true;
            index += 1;
        }
    }
    y[index..omega].iter().all(|&y| y == 0).then_some(h)
}

/// Encodings as they must be, with as many hints as there may be or fewer, and with up to two bytes changed.
#[test]
fn hints() {
    fn test_for<const K: usize>(omega: usize) {
        let mut rng = Rng(13);
        let mut refused = 0;
        for case in 0..20_000 {
            let total = if case % 5 == 0 {
                omega
            } else {
                (rng.next() % (omega as u64 + 1)) as usize
            };
            let mut ends: Vec<_> = (1..K)
                .map(|_| (rng.next() % (total as u64 + 1)) as usize)
                .collect();
            ends.sort_unstable();
            ends.push(total);
            let mut y = vec![0; omega + K];
            let mut begin = 0;
            for (i, &end) in ends.iter().enumerate() {
                let mut positions: Vec<u8> = (0..=255).collect();
                while positions.len() > end - begin {
                    positions.remove((rng.next() % positions.len() as u64) as usize);
                }
                y[begin..end].copy_from_slice(&positions);
                y[omega + i] = end as u8;
                begin = end;
            }
            for _ in 0..case % 3 {
                let place = (rng.next() % y.len() as u64) as usize;
                y[place] = if rng.next().is_multiple_of(2) {
                    rng.next() as u8
                } else {
                    y[place].wrapping_add(1)
                };
            }
            let unpacked = hint_bit_unpack::<K>(&y, omega);
            let expected = hint_bit_unpack_of_fips_204(&y, omega, K);
            refused += usize::from(expected.is_none());
            let bits = unpacked.map(|rows| {
                let bit = |row: [u16; 16], i: usize| row[i / 16] >> (i % 16) & 1 == 1;
                rows.map(|row| std::array::from_fn(|i| bit(row, i))).to_vec()
            });
            assert_eq!(bits, expected);
        }
        assert!((4_000..16_000).contains(&refused), "{refused}");
    }
    test_for::<4>(80);
    test_for::<6>(55);
    test_for::<8>(75);
}
