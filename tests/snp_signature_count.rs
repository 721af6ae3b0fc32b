//! How many signatures each phase verifies for AMD: evidence two (RSASSA-PSS, P-384), collateral one, and one more for
//! a CRL. Flat gas rests on these numbers. Of known chips: `known_keys.rs`.

mod common;
#[path = "snp/common.rs"]
mod snp_common;

use aivm::{
    crypto::{AwsLc, Crypto},
    evidence::{Vendor, submit_collateral, verify},
    precompiles::crypto::{
        P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
        Rsa4096Signature, Secp256k1Signature,
    },
};
use aivm_simulator::snp::{self, NOW, Product, ark};
use alloy_primitives::{Address, B256};
use common::world::World;
use snp_common::{VARIANTS, evidence_of, packed};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A backend that counts.
#[derive(Debug, Default)]
struct Counting {
    p384: AtomicUsize,
    rsa: AtomicUsize,
}

impl Counting {
    /// RSA and P-384 signatures so far.
    fn counts(&self) -> (usize, usize) {
        (
            self.rsa.load(Ordering::Relaxed),
            self.p384.load(Ordering::Relaxed),
        )
    }
}

impl Crypto for Counting {
    fn verify_mldsa(&self, _: ParameterSet, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        panic!("no ML-DSA in AMD's evidence")
    }

    fn verify_p256(&self, _: &P256PublicKey, _: &[u8], _: &P256Signature) -> bool {
        panic!("no P-256 in AMD's evidence")
    }

    fn verify_p384(&self, public_key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        self.p384.fetch_add(1, Ordering::Relaxed);
        AwsLc.verify_p384(public_key, message, signature)
    }

    fn verify_rsa_pss(&self, modulus: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        self.rsa.fetch_add(1, Ordering::Relaxed);
        AwsLc.verify_rsa_pss(modulus, message, signature)
    }

    fn recover_secp256k1(&self, _: &B256, _: &Secp256k1Signature, _: bool) -> Option<Address> {
        panic!("no secp256k1 in AMD's evidence")
    }
}

/// Under all three roots: a root is tried only where its name is right.
#[test]
fn one_or_two_for_collateral_two_for_evidence() {
    let roots = Product::ALL.map(|product| ark(product).self_signed()).concat();
    for variant in VARIANTS {
        for crl in [None, Some(snp::crl())] {
            let mut scenario = variant.scenario();
            scenario.crl = crl;
            let mut world = World::new(NOW);
            world.set_roots(Vendor::SevSnp, &roots);

            let counting = Counting::default();
            let collateral = packed(&scenario.collateral());
            let (stored, host) = world.directly(&counting, |context| {
                submit_collateral(context, Vendor::SevSnp, &collateral)
            });
            assert!(stored.is_ok());
            let signatures = 1 + usize::from(scenario.crl.is_some());
            assert_eq!(counting.counts(), (signatures, 0), "{variant:?}");

            world.host = host;
            let counting = Counting::default();
            let evidence = evidence_of(&scenario);
            let (verified, _) = world.directly(&counting, |context| verify(context, &evidence));
            assert!(verified.is_ok());
            assert_eq!(counting.counts(), (1, 1), "{variant:?}");
        }
    }
}
