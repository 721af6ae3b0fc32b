//! Keys that are the same in every run: P-384 keys from a label, RSA-4096 keys from `simulator/keys`.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use p384::ecdsa::signature::Signer;
use p384::ecdsa::{Signature, SigningKey};
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::{CryptoRng, Error, RngCore};
use rsa::sha2::Sha384 as RsaSha384;
use rsa::traits::PublicKeyParts;
use rsa::{Pss, RsaPrivateKey};
use sha2::{Digest, Sha256, Sha384};

use super::Algorithm;
use crate::der::{bit_string, element, oid, sequence, unsigned};
use crate::intel::oids;

/// A key of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A P-384 key; it signs with SHA-384.
    P384(P384Key),
    /// An RSA-4096 key; it signs with RSASSA-PSS, SHA-384 and 48 bytes of salt.
    Rsa4096(Rsa4096Key),
}

/// A P-384 key whose secret scalar is `SHA-384("aivm test PKI: <label>")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct P384Key {
    /// What tells this key from the others.
    pub label: String,
}

/// One of the [`Rsa4096Key::COUNT`] RSA-4096 keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rsa4096Key {
    number: usize,
}

impl Key {
    /// The P-384 key of this label.
    pub fn p384(label: &str) -> Self {
        Self::P384(P384Key::new(label))
    }

    /// The RSA-4096 key of this number.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn rsa4096(number: usize) -> Self {
        Self::Rsa4096(Rsa4096Key::new(number))
    }

    /// The algorithm that certificates name when this key signs them.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::P384(_) => Algorithm::EcdsaSha384,
            Self::Rsa4096(_) => Algorithm::RsaPssSha384 { trailer_field: true },
        }
    }

    /// The DER of the `SubjectPublicKeyInfo`.
    pub fn public_key_info(&self) -> Vec<u8> {
        match self {
            Self::P384(key) => sequence(&[
                sequence(&[oid(oids::EC_PUBLIC_KEY), oid(oids::SECP384R1)]),
                bit_string(0, &key.public_sec1()),
            ]),
            Self::Rsa4096(key) => {
                let numbers = sequence(&[unsigned(&key.modulus()), unsigned(&[1, 0, 1])]);
                let algorithm = sequence(&[oid(super::RSA_ENCRYPTION), element(0x05, &[])]);
                sequence(&[algorithm, bit_string(0, &numbers)])
            }
        }
    }

    /// The key identifier: the first 20 bytes of the SHA-256 of the `SubjectPublicKeyInfo`.
    pub fn identifier(&self) -> Vec<u8> {
        Sha256::digest(self.public_key_info())[..20].to_vec()
    }

    /// The signature of `message` as certificates and CRLs hold it.
    pub fn sign_der(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::P384(key) => {
                let raw = key.sign(message);
                sequence(&[unsigned(&raw[..48]), unsigned(&raw[48..])])
            }
            Self::Rsa4096(key) => key.sign(message).to_vec(),
        }
    }
}

impl P384Key {
    /// The key of this label.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
        }
    }

    fn signing_key(&self) -> SigningKey {
        let mut known = P384_KEYS.lock().expect("no test panics here");
        let key = known.entry(self.label.clone()).or_insert_with(|| {
            let scalar = Sha384::digest(format!("aivm test PKI: {}", self.label));
            SigningKey::from_slice(&scalar).expect("a hash below the group order")
        });
        key.clone()
    }

    /// The public key, `x ‖ y`.
    pub fn public(&self) -> [u8; 96] {
        let point = self.signing_key().verifying_key().to_sec1_point(false);
        point.as_bytes()[1..].try_into().expect("an uncompressed point")
    }

    /// The public key as SEC 1 writes it uncompressed: `04 ‖ x ‖ y`.
    pub fn public_sec1(&self) -> Vec<u8> {
        [&[4][..], &self.public()].concat()
    }

    /// The ECDSA-SHA-384 signature of `message`, `r ‖ s`, deterministic by RFC 6979.
    pub fn sign(&self, message: &[u8]) -> [u8; 96] {
        let signature: Signature = self.signing_key().sign(message);
        signature.to_bytes().into()
    }
}

/// The other signature of the same message by the same key: `r ‖ (n − s)`.
pub fn other_s(signature: &[u8; 96]) -> [u8; 96] {
    let parsed = Signature::from_slice(signature).expect("an ECDSA signature");
    let (r, s) = parsed.split_scalars();
    Signature::from_scalars(r.to_bytes(), (-s).to_bytes())
        .expect("an ECDSA signature")
        .to_bytes()
        .into()
}

const RSA_FILES: [&[u8]; Rsa4096Key::COUNT] = [
    include_bytes!("../../keys/rsa4096-0.der"),
    include_bytes!("../../keys/rsa4096-1.der"),
    include_bytes!("../../keys/rsa4096-2.der"),
    include_bytes!("../../keys/rsa4096-3.der"),
    include_bytes!("../../keys/rsa4096-4.der"),
    include_bytes!("../../keys/rsa4096-5.der"),
];

static RSA_KEYS: LazyLock<Vec<RsaPrivateKey>> = LazyLock::new(|| {
    let key = |der: &&[u8]| RsaPrivateKey::from_pkcs8_der(der).expect("a PKCS #8 file");
    RSA_FILES.iter().map(key).collect()
});

/// P-384 keys by label: to make one takes as long as to sign with it.
static P384_KEYS: Mutex<BTreeMap<String, SigningKey>> = Mutex::new(BTreeMap::new());

/// What has been signed already: an RSA-4096 signature takes milliseconds, and tests sign the same few certificates
/// thousands of times.
static RSA_SIGNATURES: Mutex<Signatures> = Mutex::new(Signatures::new());

/// RSA-4096 signatures by key and digest.
type Signatures = BTreeMap<(Rsa4096Key, [u8; 48]), [u8; 512]>;

impl Rsa4096Key {
    /// How many keys there are.
    pub const COUNT: usize = 6;

    /// The key of this number.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn new(number: usize) -> Self {
        assert!(number < Self::COUNT, "RSA keys are numbered from 0 to 5");
        Self { number }
    }

    fn private(&self) -> &'static RsaPrivateKey {
        &RSA_KEYS[self.number]
    }

    /// The modulus, big-endian.
    pub fn modulus(&self) -> [u8; 512] {
        let bytes = self.private().n().to_bytes_be();
        bytes.try_into().expect("a modulus of 4,096 bits")
    }

    /// The RSASSA-PSS signature of `message`: SHA-384, MGF1 with SHA-384, 48 bytes of salt that the message decides.
    pub fn sign(&self, message: &[u8]) -> [u8; 512] {
        let digest: [u8; 48] = Sha384::digest(message).into();
        let signed = |known: &Signatures| known.get(&(*self, digest)).copied();
        if let Some(signature) = signed(&RSA_SIGNATURES.lock().expect("no test panics here")) {
            return signature;
        }
        let signature: [u8; 512] = self
            .private()
            .sign_with_rng(
                &mut Seeded::new(digest),
                Pss::new_with_salt::<RsaSha384>(48),
                &digest,
            )
            .expect("a key that signs")
            .try_into()
            .expect("a signature of 4,096 bits");
        RSA_SIGNATURES
            .lock()
            .expect("no test panics here")
            .insert((*self, digest), signature);
        signature
    }
}

/// Bytes that a seed decides: SHA-384 of the seed and a counter. It stands in for randomness, so that every run
/// mints the same bytes.
struct Seeded {
    seed: [u8; 48],
    counter: u64,
}

impl Seeded {
    fn new(seed: [u8; 48]) -> Self {
        Self { seed, counter: 0 }
    }
}

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(48) {
            self.counter += 1;
            let block = Sha384::digest([&self.seed[..], &self.counter.to_be_bytes()].concat());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Seeded {}
