//! How many signatures a verification takes: two. Flat gas rests on this number.

use crate::{
    cca::{CCA, refused, registered, world_of},
    common::{evidence, world::World},
};
use aivm::{
    crypto::{AwsLc, Crypto},
    evidence::{cca::pack, submit_collateral, verify},
    precompiles::crypto::{
        P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
        Rsa4096Signature, Secp256k1Signature,
    },
};
use aivm_simulator::cca::{Curve, Form, Key, Scenario};
use alloy_primitives::{Address, B256};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A backend that counts: P-256, P-384, others.
#[derive(Debug, Default)]
struct Counting([AtomicUsize; 3]);

impl Counting {
    fn count(&self, kind: usize) {
        self.0[kind].fetch_add(1, Ordering::Relaxed);
    }

    fn counts(&self) -> [usize; 3] {
        [0, 1, 2].map(|kind| self.0[kind].load(Ordering::Relaxed))
    }
}

impl Crypto for Counting {
    fn verify_mldsa(&self, set: ParameterSet, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        self.count(2);
        AwsLc.verify_mldsa(set, key, message, signature)
    }

    fn verify_p256(&self, key: &P256PublicKey, message: &[u8], signature: &P256Signature) -> bool {
        self.count(0);
        AwsLc.verify_p256(key, message, signature)
    }

    fn verify_p384(&self, key: &P384PublicKey, message: &[u8], signature: &P384Signature) -> bool {
        self.count(1);
        AwsLc.verify_p384(key, message, signature)
    }

    fn verify_rsa_pss(&self, key: &Rsa4096Modulus, message: &[u8], signature: &Rsa4096Signature) -> bool {
        self.count(2);
        AwsLc.verify_rsa_pss(key, message, signature)
    }

    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address> {
        self.count(2);
        AwsLc.recover_secp256k1(digest, signature, y_is_odd)
    }
}

/// The signatures that the verification of a token takes.
fn counted(world: &World, token: &[u8]) -> [usize; 3] {
    let counting = Counting::default();
    let evidence = evidence(CCA, token);
    let _ = world.directly(&counting, |context| verify(context, &evidence));
    counting.counts()
}

#[test]
fn two_for_a_token() {
    for form in Form::ALL {
        let mut scenario = Scenario::new(form);
        let mut world = world_of(&scenario);
        assert_eq!(refused(&mut world, &scenario.token()), None);
        assert_eq!(counted(&world, &scenario.token()), [0, 2, 0], "{form:?}");
        scenario.platform_sign1.key = Key::new("cpak", Curve::P256);
        assert_eq!(
            counted(&world_of(&scenario), &scenario.token()),
            [1, 1, 0],
            "{form:?}"
        );
    }
}

/// None before the layout is right and the key is known, one for a platform token that nobody signed.
#[test]
fn fewer_for_what_is_refused_before() {
    let valid = Scenario::new(Form::Legacy);
    let world = world_of(&valid);
    let after = |bend: fn(&mut Scenario)| {
        let mut scenario = valid.clone();
        bend(&mut scenario);
        counted(&world, &scenario.token())
    };
    assert_eq!(after(|s| s.envelope.trailing.push(0)), [0; 3]);
    assert_eq!(after(|s| s.realm.rem.truncate(3)), [0; 3]);
    assert_eq!(after(|s| s.platform.instance_id[9] ^= 1), [0; 3]);
    assert_eq!(after(|s| s.platform.implementation_id[9] ^= 1), [0; 3]);
    assert_eq!(
        after(|s| s.platform_sign1.key = Key::stranger(Curve::P384)),
        [0, 1, 0]
    );
    assert_eq!(after(|s| s.platform.challenge = Some(vec![0; 32])), [0, 2, 0]);
    assert_eq!(after(|s| s.platform.lifecycle = 0x4000), [0, 2, 0]);
}

/// No signature covers a key.
#[test]
fn none_for_a_key() {
    let scenario = Scenario::new(Form::Legacy);
    let counting = Counting::default();
    let entry = pack::entry(&registered(scenario.cpak()));
    let stored = world_of(&scenario).directly(&counting, |context| submit_collateral(context, CCA, &entry));
    assert!(stored.0.is_ok());
    assert_eq!(counting.counts(), [0; 3]);
}
