//! Algorithm 8 for many signatures of one parameter set: eight at a time, so that every hash is in lanes, the serial ones
//! across signatures.
//!
//! Polynomials of Â are sampled for one key after the other, and multiplied by NTT(z) of all signatures of the eight
//! that share the key. So no key is ever in memory expanded, and what a batch takes is bounded: a [`Work`] of up to
//! 11 KiB for each of the eight, on the heap.

use core::arch::x86_64::_mm512_setzero_si512;

use super::decoded::{Decoded, ntt_of_c};
use super::encoding::{w1_encode, w1_len};
use super::expand_a::{LANES, Sampler, Seeds};
use super::lanes::{Input, hash_8};
use super::ntt::Polynomial;
use super::products::{Products, pieces};
use super::shake256::{DIGEST, PREFIX, digest, message_prefix};
use super::verify;
use crate::Item;
use crate::params::Parameters;

/// With fewer signatures than that, most lanes would be empty.
const MIN_GROUP: usize = 4;

/// A signature that is verified together with others.
struct Member<'a, const K: usize, const Z: usize> {
    place: usize,
    item: &'a Item<'a>,
    decoded: Decoded<'a, K, Z>,
}

/// What is computed for a member.
#[derive(Clone)]
struct Work<const L: usize> {
    /// NTT(z).
    z: [Polynomial; L],
    /// NTT(c).
    c: Polynomial,
    /// The row of Â·NTT(z) that is being computed.
    products: Products,
    /// w1, encoded, and as many bytes as the last store writes too much.
    w1: [u8; 1024 + 32],
}

/// What [`verify::verify`] says of every item, all of one set and with valid lengths. Those of one key share its
/// expansion if they are neighbours.
#[inline(never)]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn verify<const K: usize, const L: usize, const Z: usize, const M: i32>(
    p: &Parameters,
    items: &[Item<'_>],
) -> Vec<bool> {
    let mut verdicts = vec![false; items.len()];
    let mut sampler = Sampler::new();
    let mut works = works::<L>();
    let mut group = Vec::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(decoded) = Decoded::<K, Z>::new(p, item)
            && decoded.ntt_of_z(p, &mut works[group.len()].z)
        {
            group.push(Member { place, item, decoded });
        }
        let is_last = place + 1 == items.len();
        if group.len() == LANES || (is_last && group.len() >= MIN_GROUP) {
            let valid = verify_group::<K, L, Z, M>(p, &mut sampler, &group, &mut works);
            for (member, valid) in group.drain(..).zip(valid) {
                verdicts[member.place] = valid;
            }
        }
    }
    for member in group {
        verdicts[member.place] = verify::verify::<K, L, Z, M>(p, member.item);
    }
    verdicts
}

/// Memory for a group.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn works<const L: usize>() -> Vec<Work<L>> {
    let work = Work {
        z: [[_mm512_setzero_si512(); 16]; L],
        c: [_mm512_setzero_si512(); 16],
        products: Products::zero(),
        w1: [0; _],
    };
    vec![work; LANES]
}

/// Whether the signatures of up to eight members are.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn verify_group<const K: usize, const L: usize, const Z: usize, const M: i32>(
    p: &Parameters,
    sampler: &mut Sampler,
    group: &[Member<'_, K, Z>],
    works: &mut [Work<L>],
) -> [bool; LANES] {
    let mus = mus(group);
    challenges(p, group, works);
    w1::<K, L, Z, M>(sampler, group, works);
    let mut inputs: [Input<'_>; LANES] = [(&[], &[]); LANES];
    for (input, (mu, work)) in inputs.iter_mut().zip(mus.iter().zip(works)) {
        *input = (mu, &work.w1[..w1_len::<M>() * K]);
    }
    let mut valid = [false; LANES];
    for (valid, (state, member)) in valid.iter_mut().zip(hash_8(&inputs).iter().zip(group)) {
        *valid = digest(state).starts_with(member.decoded.c_tilde);
    }
    valid
}

/// μ of each.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn mus<const K: usize, const Z: usize>(group: &[Member<'_, K, Z>]) -> [[u8; DIGEST]; LANES] {
    let mut keys: [Input<'_>; LANES] = [(&[], &[]); LANES];
    for (key, member) in keys.iter_mut().zip(group) {
        *key = (member.item.public_key, &[]);
    }
    let trs = hash_8(&keys);
    let mut prefixes = [[0; PREFIX]; LANES];
    let mut messages: [Input<'_>; LANES] = [(&[], &[]); LANES];
    for (((message, prefix), tr), member) in messages.iter_mut().zip(&mut prefixes).zip(&trs).zip(group) {
        let len = message_prefix(prefix, tr, member.item.context);
        *message = (&prefix[..len], member.item.message);
    }
    hash_8(&messages).each_ref().map(digest)
}

/// NTT(c) of each.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn challenges<const K: usize, const L: usize, const Z: usize>(
    p: &Parameters,
    group: &[Member<'_, K, Z>],
    works: &mut [Work<L>],
) {
    let mut c_tildes: [Input<'_>; LANES] = [(&[], &[]); LANES];
    for (c_tilde, member) in c_tildes.iter_mut().zip(group) {
        *c_tilde = (member.decoded.c_tilde, &[]);
    }
    for ((state, work), _) in hash_8(&c_tildes).iter().zip(works).zip(group) {
        work.c = ntt_of_c(p, state);
    }
}

/// w1 of each.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn w1<const K: usize, const L: usize, const Z: usize, const M: i32>(
    sampler: &mut Sampler,
    group: &[Member<'_, K, Z>],
    works: &mut [Work<L>],
) {
    let mut members: Vec<_> = group.iter().zip(works).collect();
    let mut of_keys: Vec<_> = members
        .chunk_by_mut(|(a, _), (b, _)| a.item.public_key == b.item.public_key)
        .collect();
    let mut rhos = Vec::new();
    for of_key in &of_keys {
        rhos.extend(of_key.first().map(|(member, _)| member.decoded.rho));
    }
    let end = K * L * of_keys.len();
    for first in (0..end).step_by(LANES) {
        let sampled = sampler.expand_a(&Seeds::new::<K, L>(&rhos, first), None);
        for piece in pieces::<K, L>(first, end) {
            let (row, of_row) = (piece.row, &sampled[piece.lanes]);
            let mut t1 = None;
            for (Member { decoded, .. }, work) in &mut *of_keys[piece.key] {
                work.products.add(piece.column, of_row, &work.z);
                if piece.is_last {
                    let t1 = t1.get_or_insert_with(|| decoded.ntt_of_t1(row));
                    let w1 = work.products.w1::<M>(t1, &work.c, &decoded.hints[row]);
                    w1_encode::<M>(&w1, &mut work.w1[w1_len::<M>() * row..]);
                }
            }
        }
    }
}
