//! ECDSA with chosen numbers, and the verdict of both backends.
//!
//! The arithmetic is that of `p256` and `p384`, which one backend is made of: the other one is the check on it. Names
//! are those of FIPS 186-5, with Q = d·G and R = k·G.

/// A module for a curve: the type of its numbers, its hash, the length of a number in bytes.
macro_rules! curve {
    ($curve:ident, $uint:ident, $hash:ident, $len:literal, $verify:ident) => {
        pub(crate) mod $curve {
            use sha2::{Digest, $hash};
            use $curve::elliptic_curve::PrimeField;
            use $curve::elliptic_curve::ops::Reduce;
            use $curve::elliptic_curve::point::AffineCoordinates;
            use $curve::elliptic_curve::sec1::ToSec1Point;
            use $curve::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, $uint};

            use crate::common::backends::BACKENDS;

            /// One case.
            #[derive(Clone, Debug)]
            pub(crate) struct Case {
                pub(crate) public_key: [u8; 2 * $len],
                pub(crate) message: Vec<u8>,
                pub(crate) signature: [u8; 2 * $len],
            }

            impl Case {
                /// A signature (r, s) that a holder of d makes with the nonce k.
                pub(crate) fn sign(d: Scalar, k: Scalar, message: &[u8]) -> Self {
                    let r = x_mod_n(&(ProjectivePoint::GENERATOR * k));
                    let s = k.invert().unwrap() * (hash(message) + r * d);
                    Self::new(
                        ProjectivePoint::GENERATOR * d,
                        message,
                        join(r.to_repr(), s.to_repr()),
                    )
                }

                /// A signature with the given R and s, and the key under which it is valid: Q = r⁻¹(s·R − z·G).
                pub(crate) fn recover(point: AffinePoint, s: Scalar, message: &[u8]) -> Self {
                    let point = ProjectivePoint::from(point);
                    let r = x_mod_n(&point);
                    let key = (point * s - ProjectivePoint::GENERATOR * hash(message)) * r.invert().unwrap();
                    Self::new(key, message, join(r.to_repr(), s.to_repr()))
                }

                pub(crate) fn new(key: ProjectivePoint, message: &[u8], signature: [u8; 2 * $len]) -> Self {
                    let public_key = key.to_affine().to_sec1_point(false).as_bytes()[1..]
                        .try_into()
                        .unwrap();
                    Self {
                        public_key,
                        message: message.to_vec(),
                        signature,
                    }
                }

                pub(crate) fn with_r(&self, r: $uint) -> Self {
                    Self {
                        signature: join(bytes(r), self.s()),
                        ..self.clone()
                    }
                }

                pub(crate) fn with_s(&self, s: $uint) -> Self {
                    Self {
                        signature: join(self.r(), bytes(s)),
                        ..self.clone()
                    }
                }

                pub(crate) fn r(&self) -> FieldBytes {
                    FieldBytes::try_from(&self.signature[..$len]).unwrap()
                }

                pub(crate) fn s(&self) -> FieldBytes {
                    FieldBytes::try_from(&self.signature[$len..]).unwrap()
                }

                /// The verdict on which the backends agree.
                #[track_caller]
                pub(crate) fn verdict(&self) -> bool {
                    let [first, second] =
                        BACKENDS.map(|b| b.$verify(&self.public_key, &self.message, &self.signature));
                    assert_eq!(first, second, "the backends disagree on {self:02x?}");
                    first
                }
            }

            pub(crate) fn hash(message: &[u8]) -> Scalar {
                let digest: [u8; $len] = $hash::digest(message).into();
                Scalar::reduce(&FieldBytes::from(digest))
            }

            pub(crate) fn x_mod_n(point: &ProjectivePoint) -> Scalar {
                Scalar::reduce(&point.to_affine().x())
            }

            pub(crate) fn bytes(number: $uint) -> FieldBytes {
                number.to_be_bytes().into()
            }

            pub(crate) fn join(first: FieldBytes, second: FieldBytes) -> [u8; 2 * $len] {
                [<[u8; $len]>::from(first), second.into()]
                    .concat()
                    .try_into()
                    .unwrap()
            }
        }
    };
}

curve!(p256, U256, Sha256, 32, verify_p256);
curve!(p384, U384, Sha384, 48, verify_p384);
