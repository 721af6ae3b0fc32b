//! Algorithm 8 for many signatures of one parameter set: eight at a time, so that every hash is in lanes, the serial ones
//! across signatures.
//!
//! Polynomials of Â are sampled for one key after the other, and multiplied by NTT(z) of all signatures of the eight
//! that share the key. So no key is ever in memory expanded, and what a group of eight takes is bounded: a [`Member`]
//! each, of 12 KiB, on the heap.

use super::decoded::Decoded;
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
struct Member<'a, const K: usize, const L: usize> {
    place: usize,
    item: &'a Item<'a>,
    decoded: Decoded<'a, K, L>,
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
    let mut group = Vec::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(decoded) = Decoded::<K, L>::new::<Z>(p, item) {
            group.push(Member {
                place,
                item,
                decoded,
                products: Products::zero(),
                w1: [0; _],
            });
        }
        let is_last = place + 1 == items.len();
        if group.len() == LANES || (is_last && group.len() >= MIN_GROUP) {
            let valid = verify_group::<K, L, M>(p, &mut sampler, &mut group);
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

/// Whether the signatures of up to eight members are.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn verify_group<const K: usize, const L: usize, const M: i32>(
    p: &Parameters,
    sampler: &mut Sampler,
    group: &mut [Member<'_, K, L>],
) -> [bool; LANES] {
    let mus = mus(group);
    w1::<K, L, M>(sampler, group, &challenges(p, group));
    let mut inputs: [Input<'_>; LANES] = [(&[], &[]); LANES];
    for (input, (mu, member)) in inputs.iter_mut().zip(mus.iter().zip(&*group)) {
        *input = (mu, &member.w1[..w1_len::<M>() * K]);
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
fn mus<const K: usize, const L: usize>(group: &[Member<'_, K, L>]) -> [[u8; DIGEST]; LANES] {
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
fn challenges<const K: usize, const L: usize>(p: &Parameters, group: &[Member<'_, K, L>]) -> Vec<Polynomial> {
    let mut c_tildes: [Input<'_>; LANES] = [(&[], &[]); LANES];
    for (c_tilde, member) in c_tildes.iter_mut().zip(group) {
        *c_tilde = (member.decoded.c_tilde, &[]);
    }
    let mut challenges = Vec::new();
    for (state, _) in hash_8(&c_tildes).iter().zip(group) {
        challenges.push(Decoded::<K, L>::ntt_of_c(p, state));
    }
    challenges
}

/// Computes w1 of each, where `challenges` has NTT(c) of each.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512vl,bmi1,bmi2,popcnt")]
fn w1<const K: usize, const L: usize, const M: i32>(
    sampler: &mut Sampler,
    group: &mut [Member<'_, K, L>],
    challenges: &[Polynomial],
) {
    let mut members: Vec<_> = group.iter_mut().zip(challenges).collect();
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
            let mut t1 = None;
            for (member, c) in &mut *of_keys[piece.key] {
                member
                    .products
                    .add(&sampled[piece.lanes.clone()], &member.decoded.z[piece.column..]);
                if piece.is_last {
                    let t1 = t1.get_or_insert_with(|| member.decoded.ntt_of_t1(piece.row));
                    let w1 = member.products.w1::<M>(t1, c, &member.decoded.hints[piece.row]);
                    w1_encode::<M>(&w1, &mut member.w1[w1_len::<M>() * piece.row..]);
                    member.products = Products::zero();
                }
            }
        }
    }
}
