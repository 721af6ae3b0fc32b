//! Signatures without a secret key, under public keys with coefficients of t1 that are 0 or 1023.
//!
//! 1023 is the largest that ten bits hold, and 1023·2^d is q − 1, so t1·2^d is −b for a b of zeros and ones. Then
//! w′_Approx is A·z + c·b, and c·b is so small that the high bits are, but for one time in thirty or so, those of A·z: z
//! and hints of one's choice get a c̃ as under t1 = 0 (see `zero_t1.rs`), while a verifier multiplies the largest t1 there is
//! by a c that is not 0.

use mldsa_verify::Item;

use super::Params;
use super::reference::{self, Polynomial, Q, Ring};
use super::zero_t1::{ZeroT1Key, read_hint_unchecked};

/// A public key with such a t1.
pub(crate) struct TinyTKey<'a> {
    of_rho: ZeroT1Key<'a>,
    b: Vec<Polynomial>,
    public_key: Vec<u8>,
}

impl<'a> TinyTKey<'a> {
    /// The coefficients of `b` are 0 and 1.
    pub(crate) fn new(params: &'a Params, ring: &'a Ring, rho: [u8; 32], b: Vec<Polynomial>) -> Self {
        let t1 = b.iter().flatten().map(|b| 1023 * b);
        Self {
            public_key: [&rho[..], &reference::simple_bit_pack(t1, 10)].concat(),
            of_rho: ZeroT1Key::new(params, ring, rho),
            b,
        }
    }

    /// A·z.
    pub(crate) fn a_times_z(&self, z: &[Polynomial]) -> Vec<Polynomial> {
        self.of_rho.w(z)
    }

    /// A message and a signature c̃ ‖ z ‖ y of it, valid if z and y are. `w` is A·z.
    pub(crate) fn sign(&self, z: &[Polynomial], w: &[Polynomial], y: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let params = self.of_rho.params;
        let hint = read_hint_unchecked(params, y);
        let w1 = high_bits(params, &hint, w);
        for attempt in 0..1000_u32 {
            let message = attempt.to_be_bytes().to_vec();
            let mu = reference::message_representative(&self.public_key, &message, &[]);
            let c_tilde = reference::commitment_hash(params, &mu, &w1);
            if high_bits(params, &hint, &self.w_approx(w, &c_tilde)) == w1 {
                let signature = [&c_tilde[..], &reference::pack_z(params, z), y].concat();
                return (message, signature);
            }
        }
        panic!("c·b changes the high bits again and again");
    }

    /// w′_Approx = A·z + c·b.
    fn w_approx(&self, w: &[Polynomial], c_tilde: &[u8]) -> Vec<Polynomial> {
        let c = reference::sample_in_ball(self.of_rho.params, c_tilde);
        let sum = |(w, b): (&Polynomial, &Polynomial)| {
            let product = self.of_rho.ring.product(&c, b);
            std::array::from_fn(|i| (w[i] + product[i]) % Q)
        };
        w.iter().zip(&self.b).map(sum).collect()
    }

    pub(crate) fn item<'b>(&'b self, message: &'b [u8], signature: &'b [u8]) -> Item<'b> {
        Item {
            public_key: &self.public_key,
            ..self.of_rho.item(message, signature)
        }
    }
}

/// w1: Algorithm 40, UseHint, for every coefficient.
fn high_bits(params: &Params, hint: &[[bool; 256]], w: &[Polynomial]) -> Vec<Polynomial> {
    w.iter()
        .zip(hint)
        .map(|(w, h)| std::array::from_fn(|j| reference::use_hint(params.gamma2, h[j], w[j])))
        .collect()
}
