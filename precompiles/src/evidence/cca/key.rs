//! Public keys of platforms and realms: points of P-256 or P-384.

use super::sign1::{Algorithm, Sign1};
use crate::{
    crypto::{Crypto, P256PublicKey, P384PublicKey},
    evidence::Rejection,
};
use alloy_primitives::{U256, Uint, uint};

/// An integer of 384 bits.
type U384 = Uint<384, 6>;

/// The first byte of a point that SEC 1 writes uncompressed.
const UNCOMPRESSED: u8 = 4;

/// The modulus and the coefficient b of P-256 and P-384 (FIPS 186-5, NIST SP 800-186): y² = x³ − 3x + b.
const P256_P: U256 = uint!(0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff_U256);
const P256_B: U256 = uint!(0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b_U256);
const P384_P: U384 = uint!(
    0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff_U384
);
const P384_B: U384 = uint!(
    0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef_U384
);

/// A public key, x ‖ y.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// P-256: signs ES256.
    P256(P256PublicKey),
    /// P-384: signs ES384.
    P384(P384PublicKey),
}

impl PublicKey {
    /// The key that SEC 1 writes as 04 ‖ x ‖ y, in 65 or 97 bytes. Whether it is a point of its curve, see
    /// [`Self::is_on_curve`].
    pub fn from_sec1(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [UNCOMPRESSED, point @ ..] => Self::from_coordinates(point),
            _ => None,
        }
    }

    /// The key x ‖ y, in 64 or 96 bytes.
    pub fn from_coordinates(point: &[u8]) -> Option<Self> {
        let p256 = point.try_into().map(Self::P256);
        p256.or_else(|_| point.try_into().map(Self::P384)).ok()
    }

    /// x ‖ y.
    pub fn coordinates(&self) -> &[u8] {
        match self {
            Self::P256(point) => point,
            Self::P384(point) => point,
        }
    }

    /// 04 ‖ x ‖ y.
    pub fn to_sec1(&self) -> Vec<u8> {
        [&[UNCOMPRESSED], self.coordinates()].concat()
    }

    /// The algorithm that goes with the key.
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::P256(_) => Algorithm::Es256,
            Self::P384(_) => Algorithm::Es384,
        }
    }

    /// Whether both coordinates are below the modulus and on the curve.
    pub fn is_on_curve(&self) -> bool {
        let (x, y) = self.coordinates().split_at(self.coordinates().len() / 2);
        match self {
            Self::P256(_) => is_point(x, y, P256_P, P256_B),
            Self::P384(_) => is_point(x, y, P384_P, P384_B),
        }
    }

    /// Whether this key signed the message; an error if its algorithm is not that of the key.
    pub(super) fn verify(&self, message: &Sign1<'_>, crypto: &dyn Crypto) -> Result<bool, Rejection> {
        if message.algorithm != self.algorithm() {
            return Err(Rejection::CcaAlgorithmMismatch);
        }
        let signed = message.signed_bytes();
        Ok(match self {
            Self::P256(key) => message
                .signature
                .try_into()
                .is_ok_and(|signature| crypto.verify_p256(key, &signed, signature)),
            Self::P384(key) => message
                .signature
                .try_into()
                .is_ok_and(|signature| crypto.verify_p384(key, &signed, signature)),
        })
    }
}

/// Whether y² = x³ − 3x + b, and both are below p.
fn is_point<const BITS: usize, const LIMBS: usize>(
    x: &[u8],
    y: &[u8],
    p: Uint<BITS, LIMBS>,
    b: Uint<BITS, LIMBS>,
) -> bool {
    let read = |bytes| Uint::<BITS, LIMBS>::try_from_be_slice(bytes).filter(|value| *value < p);
    let (Some(x), Some(y)) = (read(x), read(y)) else {
        return false;
    };
    let minus_3 = p.wrapping_sub(Uint::from(3));
    let right = x.mul_mod(x, p).add_mod(minus_3, p).mul_mod(x, p).add_mod(b, p);
    y.mul_mod(y, p) == right
}
