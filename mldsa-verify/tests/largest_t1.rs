//! Signatures under keys with the largest t1 there is (see `common/tiny_t.rs`), with the largest z: what is not reduced in
//! time overflows here or never.

mod common;

use common::harness::Harness;
use common::reference::{Polynomial, Ring};
use common::tiny_t::TinyTKey;
use common::zero_t1::pack_hint;
use common::{ML_DSA_44, ML_DSA_65, ML_DSA_87, Params, Rng};
use rayon::prelude::*;

/// How many keys each parameter set gets.
const KEYS: usize = 1000;

/// Where t1 is 1023: everywhere, in every second place by chance, in one place.
fn draw_b(kind: usize, k: usize, rng: &mut Rng) -> Vec<Polynomial> {
    let mut b = vec![[1; 256]; k];
    match kind % 3 {
        0 => {}
        1 => b.iter_mut().flatten().for_each(|b| *b = rng.below(2) as i32),
        _ => {
            b = vec![[0; 256]; k];
            b[rng.below(k)][rng.below(256)] = 1;
        }
    }
    b
}

/// Every coefficient is within the bound, at it with any signs, or at it with one sign for each polynomial.
fn draw_z(kind: usize, params: &Params, rng: &mut Rng) -> Vec<Polynomial> {
    let largest = params.gamma1 - params.beta - 1;
    let mut sign = |z: i32| if rng.below(2) == 0 { z } else { -z };
    let mut z = vec![[0; 256]; params.l];
    match kind / 3 % 3 {
        0 => z.iter_mut().flatten().for_each(|z| *z = sign(largest)),
        1 => z.iter_mut().for_each(|z| *z = [sign(largest); 256]),
        _ => z.iter_mut().flatten().for_each(|z| *z = rng.within(largest)),
    }
    z
}

/// Up to ω hints, anywhere.
fn draw_hint(params: &Params, rng: &mut Rng) -> Vec<u8> {
    let mut rows = vec![std::collections::BTreeSet::new(); params.k];
    for _ in 0..rng.below(params.omega + 1) {
        rows[rng.below(params.k)].insert(rng.below(256) as u8);
    }
    let rows: Vec<Vec<u8>> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
    pack_hint(params, &rows)
}

/// A valid signature, and three that differ from it by one thing, with a c̃ that matches but in the last.
fn check_key(params: &Params, ring: &Ring, index: usize) -> (usize, usize) {
    let mut rng = Rng::new((index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let key = TinyTKey::new(params, ring, rng.array(), draw_b(index, params.k, &mut rng));
    let mut z = draw_z(index, params, &mut rng);
    let hint = draw_hint(params, &mut rng);
    let mut harness = if index.is_multiple_of(8) {
        Harness::new()
    } else {
        Harness::fast()
    };

    let (message, signature) = key.sign(&z, &key.a_times_z(&z), &hint);
    let mut other = signature.clone();
    other[rng.below(params.c_tilde_len)] ^= 1;
    z[rng.below(params.l)][rng.below(256)] = params.gamma1 - params.beta;
    let (message_of_large, large) = key.sign(&z, &key.a_times_z(&z), &hint);
    let items = [
        key.item(&message, &signature),
        key.item(&message, &other),
        key.item(b"another message", &signature),
        key.item(&message_of_large, &large),
    ];
    let whats = ["valid", "another c̃", "another message", "z at the bound"];
    for (i, (item, what)) in items.iter().zip(whats).enumerate() {
        harness.check(i == 0, item, what);
    }
    harness.check_batch(&[true, false, false, false], &items, "of one key");
    harness.counts()
}

fn check(params: &Params) {
    let ring = Ring::new();
    let counts = (0..KEYS)
        .into_par_iter()
        .map(|index| check_key(params, &ring, index))
        .reduce(|| (0, 0), |left, right| (left.0 + right.0, left.1 + right.1));
    assert_eq!(counts, (KEYS, 3 * KEYS));
}

#[test]
fn ml_dsa_44() {
    check(&ML_DSA_44);
}

#[test]
fn ml_dsa_65() {
    check(&ML_DSA_65);
}

#[test]
fn ml_dsa_87() {
    check(&ML_DSA_87);
}
