//! Signatures without a secret key, under public keys whose t1 is 0.
//!
//! There w′_Approx = A·z − c·t1·2^d is A·z, whatever the challenge c is. So any z and any encoded hint get a
//! matching c̃, and what a verifier makes of them can be tested one by one: an honest signer never leaves the
//! bounds, and a changed signature fails at c̃ before anything else shows. FIPS 204 does not forbid such
//! keys.

use mldsa_verify::Item;

use super::Params;
use super::reference::{self, Polynomial, Ring};

/// A public key with t1 = 0, with what follows from its ρ.
pub(crate) struct ZeroT1Key<'a> {
    pub(crate) params: &'a Params,
    pub(crate) ring: &'a Ring,
    a_hat: Vec<Vec<Polynomial>>,
    pub(crate) public_key: Vec<u8>,
}

impl<'a> ZeroT1Key<'a> {
    pub(crate) fn new(params: &'a Params, ring: &'a Ring, rho: [u8; 32]) -> Self {
        let mut public_key = vec![0; params.set.public_key_len()];
        public_key[..32].copy_from_slice(&rho);
        Self {
            params,
            ring,
            a_hat: reference::expand_a(params, &rho),
            public_key,
        }
    }

    /// A\[row, column\], not in the NTT domain.
    pub(crate) fn entry_of_a(&self, row: usize, column: usize) -> Polynomial {
        self.ring.inverse_ntt(&self.a_hat[row][column])
    }

    /// w′_Approx.
    pub(crate) fn w(&self, z: &[Polynomial]) -> Vec<Polynomial> {
        self.ring.a_times_z(&self.a_hat, z)
    }

    /// σ = c̃ ‖ z ‖ y, with c̃ from the hint that the bytes y stand for when nobody checks them.
    pub(crate) fn sign(
        &self,
        message: &[u8],
        context: &[u8],
        z: &[Polynomial],
        w: &[Polynomial],
        y: &[u8],
    ) -> Vec<u8> {
        let hint = read_hint_unchecked(self.params, y);
        let w1: Vec<Polynomial> = (w.iter().zip(&hint))
            .map(|(w, h)| std::array::from_fn(|j| reference::use_hint(self.params.gamma2, h[j], w[j])))
            .collect();
        let mu = reference::message_representative(&self.public_key, message, context);
        let c_tilde = reference::commitment_hash(self.params, &mu, &w1);
        [&c_tilde[..], &reference::pack_z(self.params, z), y].concat()
    }

    /// A signature under this key and the empty context.
    pub(crate) fn item<'b>(&'b self, message: &'b [u8], signature: &'b [u8]) -> Item<'b> {
        Item {
            set: self.params.set,
            public_key: &self.public_key,
            message,
            context: &[],
            signature,
        }
    }
}

/// Algorithm 21, HintBitUnpack, without its checks: only indices outside y are left out.
pub(crate) fn read_hint_unchecked(params: &Params, y: &[u8]) -> Vec<[bool; 256]> {
    let mut start = 0;
    let mut row = |&end: &u8| {
        let mut h = [false; 256];
        let indices = y.get(start..usize::from(end)).unwrap_or_default();
        indices.iter().for_each(|&j| h[usize::from(j)] = true);
        start = usize::from(end);
        h
    };
    y[params.omega..].iter().map(&mut row).collect()
}

/// Algorithm 20, HintBitPack, of the ascending indices of every row.
pub(crate) fn pack_hint(params: &Params, rows: &[Vec<u8>]) -> Vec<u8> {
    let mut y = rows.concat();
    y.resize(params.omega, 0);
    let mut count = 0;
    for row in rows {
        count += row.len() as u8;
        y.push(count);
    }
    y
}
