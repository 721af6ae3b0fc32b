//! Certificates and CRLs of the shared builder, as independent libraries read them.

use aivm_simulator::x509::{Algorithm, Certificate, Crl, Key, Name, P384Key, Rsa4096Key, name, other_s};
use p384::ecdsa::signature::Verifier;
use p384::ecdsa::{Signature, VerifyingKey};
use rsa::sha2::{Digest, Sha384};
use rsa::{BigUint, Pss, RsaPublicKey};

fn ca(common_name: &str, key: Key) -> Certificate {
    let name = Name::new(&[(name::ORGANIZATION, "Made up"), (name::COMMON_NAME, common_name)]);
    Certificate::ca(name, key, 1_600_000_000, 1_900_000_000, Some(0))
}

#[test]
fn p384_signatures_verify_in_both_forms_and_repeat() {
    let key = P384Key::new("some label");
    let signature = key.sign(b"message");
    assert_eq!(signature, key.sign(b"message"));
    let public = VerifyingKey::from_sec1_bytes(&key.public_sec1()).unwrap();
    for form in [signature, other_s(&signature)] {
        public
            .verify(b"message", &Signature::from_slice(&form).unwrap())
            .unwrap();
    }
    assert_ne!(signature, other_s(&signature));
    assert_ne!(key.public(), P384Key::new("another").public());
}

#[test]
fn rsa_pss_signatures_verify_and_repeat() {
    for number in 0..Rsa4096Key::COUNT {
        let key = Rsa4096Key::new(number);
        let signature = key.sign(b"message");
        assert_eq!(signature, key.sign(b"message"));
        let modulus = BigUint::from_bytes_be(&key.modulus());
        let public = RsaPublicKey::new(modulus, BigUint::from(65_537u32)).unwrap();
        let digest = Sha384::digest(b"message");
        public
            .verify(Pss::new_with_salt::<Sha384>(48), &digest, &signature)
            .unwrap();
    }
}

#[test]
fn duplicates_and_omissions_show_in_the_encoding() {
    let issuer = ca("Root", Key::rsa4096(0));
    let mut child = ca("Child", Key::p384("child"));
    let usual = child.der(&issuer);
    child.duplicated = vec!["2.5.29.15"];
    assert!(child.der(&issuer).len() > usual.len());
    child.omitted = vec!["2.5.29.15"];
    assert!(child.der(&issuer).len() < usual.len());
    let mut bent = ca("Child", Key::p384("child"));
    bent.algorithm = Some(Algorithm::RsaPssSha384 { trailer_field: false });
    assert_eq!(bent.der(&issuer).len() + 10, usual.len());
    assert_ne!(Crl::new(1, 2).der(&issuer), Crl::new(1, 3).der(&issuer));
}
