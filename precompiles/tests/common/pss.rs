//! RSASSA-PSS with numbers and encodings of one's choice, and the verdict of both backends.
//!
//! The encoding is that of RFC 8017, 9.1.1, put together here; the arithmetic is that of `rsa`, which one backend is
//! made of: the other one is the check on it.

use rsa::BigUint;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use sha2::{Digest, Sha384};

use super::Rng;
use super::backends::BACKENDS;

pub(crate) const LEN: usize = 512;
pub(crate) const HASH_LEN: usize = 48;
pub(crate) const SALT_LEN: usize = 48;
/// The length of what is masked: padding, a one, and the salt.
pub(crate) const DB_LEN: usize = LEN - HASH_LEN - 1;

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) modulus: [u8; LEN],
    pub(crate) message: Vec<u8>,
    pub(crate) signature: [u8; LEN],
}

impl Case {
    /// The verdict on which the backends agree.
    #[track_caller]
    pub(crate) fn verdict(&self) -> bool {
        let [first, second] =
            BACKENDS.map(|b| b.verify_rsa_pss(&self.modulus, &self.message, &self.signature));
        assert_eq!(first, second, "the backends disagree on {self:02x?}");
        first
    }

    pub(crate) fn with_signature(&self, signature: &BigUint) -> Self {
        Self {
            signature: fixed(signature),
            ..self.clone()
        }
    }
}

/// A number of at most 4,096 bits, big-endian.
pub(crate) fn fixed(number: &BigUint) -> [u8; LEN] {
    let bytes = number.to_bytes_be();
    let mut out = [0; LEN];
    out[LEN - bytes.len()..].copy_from_slice(&bytes);
    out
}

const KEYS: [&[u8]; 2] = [
    include_bytes!("../../../simulator/keys/rsa4096-0.der"),
    include_bytes!("../../../simulator/keys/rsa4096-1.der"),
];

/// A private key, as numbers.
pub(crate) struct Key {
    pub(crate) n: BigUint,
    pub(crate) d: BigUint,
}

impl Key {
    pub(crate) fn all() -> [Self; 2] {
        KEYS.map(|der| {
            let key = rsa::RsaPrivateKey::from_pkcs8_der(der).unwrap();
            Self {
                n: key.n().clone(),
                d: key.d().clone(),
            }
        })
    }

    /// The two primes of the first key.
    fn primes() -> [BigUint; 2] {
        let key = rsa::RsaPrivateKey::from_pkcs8_der(KEYS[0]).unwrap();
        key.primes().to_vec().try_into().unwrap()
    }

    /// The signature that means this encoded message.
    pub(crate) fn sign(&self, message: &[u8], encoded: &[u8; LEN]) -> Case {
        let number = BigUint::from_bytes_be(encoded);
        assert!(number < self.n, "an encoded message below the modulus");
        Case {
            modulus: fixed(&self.n),
            message: message.to_vec(),
            signature: fixed(&number.modpow(&self.d, &self.n)),
        }
    }

    pub(crate) fn sign_well(&self, message: &[u8], rng: &mut Rng) -> Case {
        self.sign(message, &Encoding::new(message, &rng.array::<SALT_LEN>()).bytes())
    }
}

/// EMSA-PSS-ENCODE, before it is put together.
#[derive(Clone)]
pub(crate) struct Encoding {
    pub(crate) hash: [u8; HASH_LEN],
    /// Zeros, a one, and the salt.
    pub(crate) db: [u8; DB_LEN],
    /// The last byte.
    pub(crate) trailer: u8,
}

impl Encoding {
    pub(crate) fn new(message: &[u8], salt: &[u8]) -> Self {
        let mut db = [0; DB_LEN];
        let start = DB_LEN - salt.len();
        db[start - 1] = 1;
        db[start..].copy_from_slice(salt);
        Self {
            hash: Sha384::new()
                .chain_update([0; 8])
                .chain_update(Sha384::digest(message))
                .chain_update(salt)
                .finalize()
                .into(),
            db,
            trailer: 0xbc,
        }
    }

    pub(crate) fn bytes(&self) -> [u8; LEN] {
        let mut out = [0; LEN];
        for (block, start) in (0_u32..).zip((0..DB_LEN).step_by(HASH_LEN)) {
            let mask = Sha384::new()
                .chain_update(self.hash)
                .chain_update(block.to_be_bytes())
                .finalize();
            for (i, mask) in (start..DB_LEN).zip(mask) {
                out[i] = self.db[i] ^ mask;
            }
        }
        out[0] &= 0x7f; // the encoding has 4,095 bits
        out[DB_LEN..LEN - 1].copy_from_slice(&self.hash);
        out[LEN - 1] = self.trailer;
        out
    }
}

/// A key whose modulus is the product of these primes: RSA works with it as with any.
pub(crate) fn key_of_primes(primes: &[BigUint]) -> Key {
    let one = BigUint::from(1_u32);
    let product = |numbers: &mut dyn Iterator<Item = BigUint>| numbers.fold(one.clone(), |a, b| a * b);
    let n = product(&mut primes.iter().cloned());
    let order = product(&mut primes.iter().map(|prime| prime - &one));
    // d = (1 + k·φ) / e, where k makes it divisible.
    let e = BigUint::from(65_537_u32);
    let inverse = (&order % &e).modpow(&(&e - BigUint::from(2_u32)), &e);
    let sum = &one + &order * (&e - inverse);
    assert_eq!(&sum % &e, BigUint::from(0_u32));
    Key { n, d: sum / e }
}

/// A prime of 2,048 bits, and small ones from `first` on until the product has exactly 4,096 bits.
pub(crate) fn many_primes(first: u32) -> Vec<BigUint> {
    let [large, _] = Key::primes();
    let is_prime = |number: &u32| (2..*number).all(|divisor| !number.is_multiple_of(divisor));
    let mut primes = vec![large];
    let mut rest = BigUint::from(1_u32) << 4_096;
    rest /= &primes[0];
    for prime in (first..).filter(is_prime).map(BigUint::from) {
        // The last one makes the product fit: twice too small at most.
        if rest.bits() < 24 {
            let highest = (0..).map(|less| &rest - BigUint::from(less as u32));
            let last = highest.into_iter().find(is_odd_prime).unwrap();
            primes.push(last);
            return primes;
        }
        rest /= &prime;
        primes.push(prime);
    }
    unreachable!("there are primes enough")
}

fn is_odd_prime(number: &BigUint) -> bool {
    let number = number.to_string().parse::<u64>().unwrap();
    number % 2 == 1
        && (3..)
            .step_by(2)
            .take_while(|d| d * d <= number)
            .all(|d| !number.is_multiple_of(d))
}
