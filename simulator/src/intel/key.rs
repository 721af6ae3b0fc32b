//! P-256 keys that are functions of a label, so that every run mints the same bytes.

use std::collections::BTreeMap;
use std::sync::Mutex;

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256};

use crate::der::{sequence, unsigned};

/// Keys by label: to make one takes as long as to sign with it.
static KEYS: Mutex<BTreeMap<String, SigningKey>> = Mutex::new(BTreeMap::new());

/// A P-256 key whose secret scalar is `SHA-256("aivm test PKI: <label>")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What tells this key from the others.
    pub label: String,
}

impl Key {
    /// The key of this label.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
        }
    }

    /// The key that stands for an outsider's: no valid scenario signs with it.
    pub fn stranger() -> Self {
        Self::new("stranger")
    }

    fn signing_key(&self) -> SigningKey {
        let mut known = KEYS.lock().expect("no test panics here");
        let key = known.entry(self.label.clone()).or_insert_with(|| {
            let scalar = Sha256::digest(format!("aivm test PKI: {}", self.label));
            SigningKey::from_slice(&scalar).expect("a hash below the group order")
        });
        key.clone()
    }

    /// The public key, `x ‖ y`.
    pub fn public(&self) -> [u8; 64] {
        let point = self.signing_key().verifying_key().to_sec1_point(false);
        point.as_bytes()[1..].try_into().expect("an uncompressed point")
    }

    /// The public key as SEC 1 writes it uncompressed: `04 ‖ x ‖ y`.
    pub fn public_sec1(&self) -> Vec<u8> {
        [&[4][..], &self.public()].concat()
    }

    /// The key identifier in certificates: the first 20 bytes of the SHA-256 of the SEC 1 public key.
    pub fn identifier(&self) -> Vec<u8> {
        Sha256::digest(self.public_sec1())[..20].to_vec()
    }

    /// The ECDSA-SHA-256 signature of `message`, `r ‖ s`, deterministic by RFC 6979.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.signing_key().sign(message);
        signature.to_bytes().into()
    }

    /// The signature of `message` as the `ECDSA-Sig-Value` of certificates and CRLs.
    pub fn sign_der(&self, message: &[u8]) -> Vec<u8> {
        let raw = self.sign(message);
        sequence(&[unsigned(&raw[..32]), unsigned(&raw[32..])])
    }
}

/// The other signature of the same message by the same key: `r ‖ (n − s)`.
pub fn other_s(signature: &[u8; 64]) -> [u8; 64] {
    let parsed = Signature::from_slice(signature).expect("an ECDSA signature");
    let (r, s) = parsed.split_scalars();
    Signature::from_scalars(r.to_bytes(), (-s).to_bytes())
        .expect("an ECDSA signature")
        .to_bytes()
        .into()
}
