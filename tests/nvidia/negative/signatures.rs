//! How many signatures each phase verifies: a report three, collateral two. Flat gas rests on these numbers.

use super::{evidence_of, furnished, packed, world_of};
use aivm::{
    crypto::{AwsLc, Crypto},
    evidence::{Vendor, submit_collateral, verify},
    precompiles::crypto::{
        P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
        Rsa4096Signature, Secp256k1Signature,
    },
};
use aivm_simulator::nvidia::{Chip, NOW, Scenario};
use alloy_primitives::{Address, B256};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A backend that counts, and knows P-384 only.
#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl Crypto for Counting {
    fn verify_mldsa(&self, _: ParameterSet, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        panic!("no ML-DSA here")
    }

    fn verify_p256(&self, _: &P256PublicKey, _: &[u8], _: &P256Signature) -> bool {
        panic!("no P-256 here")
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        AwsLc.verify_p384(public_key, message, signature)
    }

    fn verify_rsa_pss(&self, _: &Rsa4096Modulus, _: &[u8], _: &Rsa4096Signature) -> bool {
        panic!("no RSA here")
    }

    fn recover_secp256k1(&self, _: &B256, _: &Secp256k1Signature, _: bool) -> Option<Address> {
        panic!("no secp256k1 here")
    }
}

#[test]
fn two_for_collateral_three_for_a_report() {
    for chip in Chip::GPUS {
        let scenario = Scenario::new(chip);
        let counting = Counting::default();
        let collateral = packed(&scenario);
        let (stored, _) = world_of(&scenario, NOW).directly(&counting, |context| {
            submit_collateral(context, Vendor::Nvidia, &collateral)
        });
        assert!(stored.is_ok());
        assert_eq!(counting.0.swap(0, Ordering::Relaxed), 2, "{chip:?}");

        let evidence = evidence_of(&scenario);
        let (verified, _) =
            furnished(&scenario, NOW).directly(&counting, |context| verify(context, &evidence));
        assert!(verified.is_ok());
        assert_eq!(counting.0.load(Ordering::Relaxed), 3, "{chip:?}");
    }
}

/// What is refused takes no more than what is accepted.
#[test]
fn refusals_take_no_more() {
    for case in super::TABLES.into_iter().flatten() {
        let super::Fault::Evidence(bend) = case.fault else {
            continue;
        };
        let mut scenario = Scenario::new(Chip::Gh100);
        let world = furnished(&scenario, NOW);
        bend(&mut scenario);
        let (counting, evidence) = (Counting::default(), evidence_of(&scenario));
        let (refused, _) = world.directly(&counting, |context| verify(context, &evidence));
        assert!(refused.is_err(), "{case}");
        assert!(counting.0.load(Ordering::Relaxed) <= 3, "{case}");
    }
}
