//! A plain reading of the parts of FIPS 204 that a verifier needs, for tests that must know w before a
//! signature exists.
//!
//! Written from the text of the standard, with integers reduced after every step and no trick anywhere, so
//! that it shares neither code nor habits with the backends under test. Names are those of FIPS 204.

use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Shake128, Shake256};

use super::Params;

pub(crate) const Q: i32 = 8_380_417;
const ZETA: i64 = 1753;
/// 256⁻¹ mod q.
const INVERSE_256: i64 = 8_347_681;

/// A polynomial, as 256 coefficients in 0..q unless said otherwise.
pub(crate) type Polynomial = [i32; 256];

fn mul(a: i32, b: i32) -> i32 {
    (i64::from(a) * i64::from(b)).rem_euclid(i64::from(Q)) as i32
}

/// a / b mod q, in −q/2..q/2; 0 for b = 0.
pub(crate) fn divide(a: i32, b: i32) -> i32 {
    let (mut quotient, mut power, mut exponent) = (a, b, Q - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            quotient = mul(quotient, power);
        }
        power = mul(power, power);
        exponent >>= 1;
    }
    if quotient > Q / 2 { quotient - Q } else { quotient }
}

/// zetas\[m\] = ζ^BitRev8(m) mod q (FIPS 204, appendix B).
fn zetas() -> [i32; 256] {
    let mut powers = [1i64; 256];
    for i in 1..256 {
        powers[i] = powers[i - 1] * ZETA % i64::from(Q);
    }
    std::array::from_fn(|m| powers[usize::from((m as u8).reverse_bits())] as i32)
}

/// Algorithms 41 to 48, with the table of zetas they share.
pub(crate) struct Ring {
    zetas: [i32; 256],
}

impl Ring {
    pub(crate) fn new() -> Self {
        Self { zetas: zetas() }
    }

    /// Algorithm 41, NTT. Takes any representatives.
    pub(crate) fn ntt(&self, w: &Polynomial) -> Polynomial {
        let mut w = w.map(|x| x.rem_euclid(Q));
        let mut m = 0;
        for len in [128, 64, 32, 16, 8, 4, 2, 1] {
            for start in (0..256).step_by(2 * len) {
                m += 1;
                for j in start..start + len {
                    let t = mul(self.zetas[m], w[j + len]);
                    w[j + len] = (w[j] - t).rem_euclid(Q);
                    w[j] = (w[j] + t).rem_euclid(Q);
                }
            }
        }
        w
    }

    /// Algorithm 42, NTT⁻¹.
    pub(crate) fn inverse_ntt(&self, w: &Polynomial) -> Polynomial {
        let mut w = *w;
        let mut m = 256;
        for len in [1, 2, 4, 8, 16, 32, 64, 128] {
            for start in (0..256).step_by(2 * len) {
                m -= 1;
                for j in start..start + len {
                    let t = w[j];
                    w[j] = (t + w[j + len]).rem_euclid(Q);
                    w[j + len] = mul(Q - self.zetas[m], (t - w[j + len]).rem_euclid(Q));
                }
            }
        }
        w.map(|x| mul(x, INVERSE_256 as i32))
    }

    /// a·b in R_q.
    pub(crate) fn product(&self, a: &Polynomial, b: &Polynomial) -> Polynomial {
        let (a, b) = (self.ntt(a), self.ntt(b));
        self.inverse_ntt(&std::array::from_fn(|i| mul(a[i], b[i])))
    }

    /// w = NTT⁻¹(Â ∘ NTT(z)), the whole of w′_Approx when t1 = 0.
    pub(crate) fn a_times_z(&self, a_hat: &[Vec<Polynomial>], z: &[Polynomial]) -> Vec<Polynomial> {
        let z_hat: Vec<Polynomial> = z.iter().map(|p| self.ntt(p)).collect();
        let row_times_z = |row: &Vec<Polynomial>| {
            let mut sum = [0; 256];
            for (a, z) in row.iter().zip(&z_hat) {
                for (s, (a, z)) in sum.iter_mut().zip(a.iter().zip(z)) {
                    *s = (*s + mul(*a, *z)) % Q;
                }
            }
            self.inverse_ntt(&sum)
        };
        a_hat.iter().map(row_times_z).collect()
    }
}

/// Algorithm 30, RejNTTPoly.
fn rej_ntt_poly(rho: &[u8], s: u8, r: u8) -> Polynomial {
    let mut xof = Shake128::default();
    xof.update(rho);
    xof.update(&[s, r]);
    let mut reader = xof.finalize_xof();
    let mut block = [0u8; 168];
    let mut a_hat = vec![];
    while a_hat.len() < 256 {
        reader.read(&mut block);
        // Algorithm 14, CoeffFromThreeBytes; 3 divides the SHAKE128 rate.
        let candidates = block
            .chunks(3)
            .map(|b| i32::from_le_bytes([b[0], b[1], b[2] & 0x7f, 0]));
        a_hat.extend(candidates.filter(|&z| z < Q));
    }
    a_hat.truncate(256);
    a_hat.try_into().unwrap()
}

/// Algorithm 32, ExpandA.
pub(crate) fn expand_a(params: &Params, rho: &[u8]) -> Vec<Vec<Polynomial>> {
    let row = |r| {
        (0..params.l)
            .map(|s| rej_ntt_poly(rho, s as u8, r as u8))
            .collect()
    };
    (0..params.k).map(row).collect()
}

/// Algorithm 29, SampleInBall, with −1 as it is.
pub(crate) fn sample_in_ball(params: &Params, c_tilde: &[u8]) -> Polynomial {
    let mut xof = Shake256::default();
    xof.update(c_tilde);
    let mut reader = xof.finalize_xof();
    let mut signs = [0; 8];
    reader.read(&mut signs);
    let signs = u64::from_le_bytes(signs);
    let mut c = [0; 256];
    for (bit, i) in (256 - params.tau..256).enumerate() {
        let mut j = [0];
        loop {
            reader.read(&mut j);
            if usize::from(j[0]) <= i {
                break;
            }
        }
        let j = usize::from(j[0]);
        c[i] = c[j];
        c[j] = if signs >> bit & 1 == 1 { -1 } else { 1 };
    }
    c
}

/// Algorithm 36, Decompose: (r1, r0).
pub(crate) fn decompose(gamma2: i32, r: i32) -> (i32, i32) {
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

/// Algorithm 40, UseHint.
pub(crate) fn use_hint(gamma2: i32, hint: bool, r: i32) -> i32 {
    let m = (Q - 1) / (2 * gamma2);
    match decompose(gamma2, r) {
        (r1, _) if !hint => r1,
        (r1, r0) if r0 > 0 => (r1 + 1) % m,
        (r1, _) => (r1 - 1).rem_euclid(m),
    }
}

/// Algorithm 16, SimpleBitPack, of values that fit `bits` bits.
pub(crate) fn simple_bit_pack(values: impl Iterator<Item = i32>, bits: u32) -> Vec<u8> {
    let (mut out, mut held, mut count) = (Vec::new(), 0u64, 0);
    for value in values {
        held |= (value as u64) << count;
        count += bits;
        while count >= 8 {
            out.push(held as u8);
            held >>= 8;
            count -= 8;
        }
    }
    out
}

/// Algorithm 17, BitPack(z, γ1 − 1, γ1), for every polynomial of z.
pub(crate) fn pack_z(params: &Params, z: &[Polynomial]) -> Vec<u8> {
    let gamma1 = params.gamma1;
    simple_bit_pack(z.iter().flatten().map(|&x| gamma1 - x), gamma1.ilog2() + 1)
}

/// H, SHAKE256 over the concatenation of `parts`.
pub(crate) fn h(parts: &[&[u8]], len: usize) -> Vec<u8> {
    let mut xof = Shake256::default();
    parts.iter().for_each(|part| xof.update(part));
    let mut out = vec![0; len];
    xof.finalize_xof().read(&mut out);
    out
}

/// The message representative µ: steps 6 and 7 of algorithm 8, with M′ from algorithm 3.
pub(crate) fn message_representative(public_key: &[u8], message: &[u8], context: &[u8]) -> Vec<u8> {
    let tr = h(&[public_key], 64);
    h(&[&tr, &[0, context.len() as u8], context, message], 64)
}

/// The commitment hash c̃: step 12 of algorithm 8, with algorithm 28, w1Encode.
pub(crate) fn commitment_hash(params: &Params, mu: &[u8], w1: &[Polynomial]) -> Vec<u8> {
    let bits = ((Q - 1) / (2 * params.gamma2) - 1).ilog2() + 1;
    h(
        &[mu, &simple_bit_pack(w1.iter().flatten().copied(), bits)],
        params.c_tilde_len,
    )
}
