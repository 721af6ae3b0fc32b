//! NTT and rounding.

use core::arch::x86_64::{_mm512_set1_epi32, _mm512_setzero_si512};

use super::super::ntt::{Factor, Polynomial, inverse_ntt, montgomery, montgomery_reduce, ntt};
use super::super::rounding::{add_q_if_negative, high_bits, use_hint};
use super::super::simd::{load_words, store_words};
use super::super::transpose::transpose;
use super::{Rng, run};
use crate::params::Q;

#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn load(coefficients: &[i32; 256]) -> Polynomial {
    let mut polynomial = [_mm512_setzero_si512(); 16];
    for (register, words) in polynomial.iter_mut().zip(coefficients.as_chunks().0) {
        *register = load_words(words);
    }
    polynomial
}

#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn store(polynomial: &Polynomial) -> [i32; 256] {
    let mut coefficients = [0; 256];
    for (register, words) in polynomial.iter().zip(coefficients.as_chunks_mut().0) {
        store_words(words, *register);
    }
    coefficients
}

/// Products modulo q, as numbers of 64 bits.
fn times(a: i32, b: i32) -> i32 {
    (i64::from(a) * i64::from(b)).rem_euclid(i64::from(Q)) as i32
}

/// Algorithm 41.
fn ntt_of_fips_204(w: &[i32; 256]) -> [i32; 256] {
    let mut zetas = [1; 256];
    for (m, zeta) in zetas.iter_mut().enumerate() {
        (0..(m as u8).reverse_bits()).for_each(|_| *zeta = times(*zeta, 1753));
    }
    let (mut w, mut m) = (w.map(|a| a.rem_euclid(Q)), 0);
    for len in [128, 64, 32, 16, 8, 4, 2, 1] {
        for start in (0..256).step_by(2 * len) {
            m += 1;
            for j in start..start + len {
                let t = times(zetas[m], w[j + len]);
                w[j + len] = (w[j] - t).rem_euclid(Q);
                w[j] = (w[j] + t).rem_euclid(Q);
            }
        }
    }
    w
}

/// Polynomials within ±`bound`, some at its ends.
fn polynomials(bound: i32) -> Vec<[i32; 256]> {
    let mut rng = Rng(8);
    let mut polynomials = vec![[bound; 256], [-bound; 256], [0; 256]];
    for i in 0..500 {
        polynomials.push(std::array::from_fn(|_| match i % 2 {
            0 => rng.within(-bound, bound),
            _ => bound * rng.within(-1, 1),
        }));
    }
    polynomials
}

#[test]
fn ntt_is_that_of_fips_204() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        for w in polynomials(Q) {
            let mut registers = load(&w);
            ntt(&mut registers);
            let transformed = store(&transpose(&registers));
            assert!(
                transformed
                    .iter()
                    .all(|a| i64::from(a.abs()) * 10 < 51 * i64::from(Q))
            );
            assert_eq!(transformed.map(|a| a.rem_euclid(Q)), ntt_of_fips_204(&w));
        }
    }
    run(test);
}

/// NTT⁻¹ of 2⁻³²-fold coefficients is what NTT makes 2⁻³²-fold of.
#[test]
fn inverse_ntt_inverts() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        for w in polynomials(Q / 5 * 6) {
            let mut registers = transpose(&load(&w));
            inverse_ntt(&mut registers);
            let inverted = store(&registers);
            assert!(
                inverted
                    .iter()
                    .all(|a| i64::from(a.abs()) * 100 < 57 * i64::from(Q))
            );
            let two_to_32 = ((1_i64 << 32) % i64::from(Q)) as i32;
            assert_eq!(ntt_of_fips_204(&inverted), w.map(|a| times(a, two_to_32)));
        }
    }
    run(test);
}

#[test]
fn montgomery_multiplication() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        let mut rng = Rng(9);
        let two_to_32 = (1_i64 << 32) % i64::from(Q);
        for _ in 0..20_000 {
            let a: [i32; 16] = std::array::from_fn(|_| rng.next() as i32);
            let b: [i32; 16] = std::array::from_fn(|_| rng.within(-6 * Q, 6 * Q));
            let mut products = [0; 16];
            store_words(
                &mut products,
                montgomery(load_words(&a), Factor::each(load_words(&b))),
            );
            for ((product, a), b) in products.iter().zip(a).zip(b) {
                let exact = i128::from(a) * i128::from(b);
                assert_eq!(
                    (i128::from(*product) * i128::from(two_to_32) - exact) % i128::from(Q),
                    0
                );
                assert!(i128::from(product.abs()) <= (exact.abs() >> 32) + i128::from(Q / 2 + 1));
            }
        }
        let largest = [
            1_i64 << 52,
            -(1 << 52),
            (1 << 52) - 1,
            0,
            1,
            -1,
            12_345_678_901_234,
            -98_765_432_109_876,
        ];
        let sums = super::super::simd::load_long_words(&largest.map(i64::cast_unsigned));
        let mut reduced = [0; 16];
        store_words(&mut reduced, montgomery_reduce(sums, sums));
        for (pair, sum) in reduced.as_chunks::<2>().0.iter().zip(largest) {
            assert_eq!(pair[0], pair[1]);
            assert_eq!(
                (i128::from(pair[0]) * i128::from(two_to_32) - i128::from(sum)) % i128::from(Q),
                0
            );
            assert!(i64::from(pair[0].abs()) * 100 < 63 * i64::from(Q));
        }
    }
    run(test);
}

/// Decompose, Algorithm 36.
fn decompose(r: i32, gamma2: i32) -> (i32, i32) {
    let mut r0 = r % (2 * gamma2);
    if r0 > gamma2 {
        r0 -= 2 * gamma2;
    }
    if r - r0 == Q - 1 {
        (0, r0 - 1)
    } else {
        ((r - r0) / (2 * gamma2), r0)
    }
}

/// UseHint, Algorithm 40.
fn use_hint_of_fips_204(hint: bool, r: i32, gamma2: i32) -> i32 {
    let m = (Q - 1) / (2 * gamma2);
    match decompose(r, gamma2) {
        (r1, r0) if hint && r0 > 0 => (r1 + 1) % m,
        (r1, _) if hint => (r1 - 1).rem_euclid(m),
        (r1, _) => r1,
    }
}

/// Every r there is.
#[test]
fn hints_are_used_as_in_fips_204() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test_for<const M: i32>() {
        let mut count = 0;
        for first in (0..Q).step_by(16) {
            let r: [i32; 16] = std::array::from_fn(|i| (first + i as i32).min(Q - 1));
            let (mut high, mut without, mut with) = ([0; 16], [0; 16], [0; 16]);
            store_words(&mut high, high_bits::<M>(load_words(&r)));
            store_words(&mut without, use_hint::<M>(0x00FF, load_words(&r)));
            store_words(&mut with, use_hint::<M>(0xFF00, load_words(&r)));
            for (i, r) in r.into_iter().enumerate() {
                let gamma2 = (Q - 1) / (2 * M);
                let expected = [i < 8, i >= 8].map(|hint| use_hint_of_fips_204(hint, r, gamma2));
                assert_eq!(
                    (high[i], [without[i], with[i]]),
                    (decompose(r, gamma2).0, expected),
                    "r = {r}"
                );
                count += 1;
            }
        }
        assert_eq!(count, Q as u32 + 15);
    }
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        test_for::<44>();
        test_for::<16>();
    }
    run(test);
}

#[test]
fn representatives() {
    #[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
    fn test() {
        for (a, expected) in [(-1, Q - 1), (0, 0), (Q - 1, Q - 1), (1 - Q, 1)] {
            let mut words = [0; 16];
            store_words(&mut words, add_q_if_negative(_mm512_set1_epi32(a)));
            assert_eq!(words, [expected; 16]);
        }
    }
    run(test);
}
