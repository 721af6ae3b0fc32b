//! P-256 and P-384 keys that are functions of a label, so that every run mints the same bytes.

use std::collections::BTreeMap;
use std::sync::Mutex;

use p256::ecdsa::signature::Signer;
use sha2::{Digest, Sha384};

use super::cbor;

/// P-384 keys by label: to make one takes as long as to sign with it.
static P384_KEYS: Mutex<BTreeMap<String, p384::ecdsa::SigningKey>> = Mutex::new(BTreeMap::new());

/// The curves of platform keys. Realm keys are on P-384.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// P-256, signing with SHA-256: ES256.
    P256,
    /// P-384, signing with SHA-384: ES384.
    P384,
}

impl Curve {
    /// The COSE algorithm of its signatures.
    pub fn algorithm(self) -> i64 {
        match self {
            Self::P256 => -7,
            Self::P384 => -35,
        }
    }
}

/// A key whose secret scalar is `SHA-384("aivm test CCA: <label>")`, cut to the size of the curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What tells this key from the others.
    pub label: String,
    /// Its curve.
    pub curve: Curve,
}

impl Key {
    /// The key of this label.
    pub fn new(label: &str, curve: Curve) -> Self {
        Self {
            label: label.to_owned(),
            curve,
        }
    }

    /// The key that stands for an outsider's: no valid scenario signs with it.
    pub fn stranger(curve: Curve) -> Self {
        Self::new("stranger", curve)
    }

    fn scalar(&self) -> [u8; 48] {
        Sha384::digest(format!("aivm test CCA: {}", self.label)).into()
    }

    fn p256(&self) -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&self.scalar()[..32]).expect("a hash below the group order")
    }

    fn p384(&self) -> p384::ecdsa::SigningKey {
        let mut known = P384_KEYS.lock().expect("no test panics here");
        let key = known.entry(self.label.clone()).or_insert_with(|| {
            p384::ecdsa::SigningKey::from_slice(&self.scalar()).expect("a hash below the group order")
        });
        key.clone()
    }

    /// The public key as SEC 1 writes it uncompressed: `04 ‖ x ‖ y`.
    pub fn public_sec1(&self) -> Vec<u8> {
        match self.curve {
            Curve::P256 => self
                .p256()
                .verifying_key()
                .to_sec1_point(false)
                .as_bytes()
                .to_vec(),
            Curve::P384 => self
                .p384()
                .verifying_key()
                .to_sec1_point(false)
                .as_bytes()
                .to_vec(),
        }
    }

    /// The public key as a COSE_Key with the four parameters that an EC2 key must have.
    pub fn public_cose(&self) -> Vec<u8> {
        let sec1 = self.public_sec1();
        let (x, y) = sec1[1..].split_at(sec1.len() / 2);
        let curve = match self.curve {
            Curve::P256 => 1,
            Curve::P384 => 2,
        };
        cbor::map(&[
            (cbor::int(1), cbor::int(2)),
            (cbor::int(-1), cbor::int(curve)),
            (cbor::int(-2), cbor::bytes(x)),
            (cbor::int(-3), cbor::bytes(y)),
        ])
    }

    /// The ECDSA signature of `message`, `r ‖ s`, deterministic by RFC 6979.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self.curve {
            Curve::P256 => {
                let signature: p256::ecdsa::Signature = self.p256().sign(message);
                signature.to_bytes().to_vec()
            }
            Curve::P384 => {
                let signature: p384::ecdsa::Signature = self.p384().sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }
}

/// The other signature of the same message by the same key: `r ‖ (n − s)`.
pub fn other_s(curve: Curve, signature: &[u8]) -> Vec<u8> {
    match curve {
        Curve::P256 => {
            let parsed = p256::ecdsa::Signature::from_slice(signature).expect("an ECDSA signature");
            let (r, s) = parsed.split_scalars();
            let other = p256::ecdsa::Signature::from_scalars(r.to_bytes(), (-s).to_bytes());
            other.expect("an ECDSA signature").to_bytes().to_vec()
        }
        Curve::P384 => {
            let parsed = p384::ecdsa::Signature::from_slice(signature).expect("an ECDSA signature");
            let (r, s) = parsed.split_scalars();
            let other = p384::ecdsa::Signature::from_scalars(r.to_bytes(), (-s).to_bytes());
            other.expect("an ECDSA signature").to_bytes().to_vec()
        }
    }
}
