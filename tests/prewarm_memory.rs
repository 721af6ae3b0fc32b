//! What a full memo takes, whatever was signed.
//!
//! The allocator counts for the whole program, so this file has one test.
#![cfg(feature = "parallel")]

use aivm::{
    Aivm, Config,
    crypto::{
        Crypto, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
        Rsa4096Signature, Secp256k1Signature,
    },
    prewarm::{MAX_MEMO_LEN, MAX_VERDICTS, Memo},
};
use alloy_primitives::{Address, B256, U256};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::{alloc::System, sync::Arc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Finds that everyone signed everything.
#[derive(Debug)]
struct Yes;

impl Crypto for Yes {
    fn verify_mldsa(&self, _: ParameterSet, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        true
    }

    fn verify_p256(&self, _: &P256PublicKey, _: &[u8], _: &P256Signature) -> bool {
        true
    }

    fn verify_p384(&self, _: &P384PublicKey, _: &[u8], _: &P384Signature) -> bool {
        true
    }

    fn verify_rsa_pss(&self, _: &Rsa4096Modulus, _: &[u8], _: &Rsa4096Signature) -> bool {
        true
    }

    fn recover_secp256k1(&self, digest: &B256, _: &Secp256k1Signature, _: bool) -> Option<Address> {
        Some(Address::from_word(*digest))
    }
}

#[test]
fn a_full_memo_has_its_limit() {
    let aivm = Aivm::new(Config::default(), Yes).expect("the default configuration");
    let message = vec![7; 16_384];
    let region = Region::new(ALLOCATOR);
    let memo = Arc::new(Memo::new());
    let recording = aivm.recording(&memo);
    let mut checks = 0;
    while memo.is_open() {
        // The longest verdicts, and those of long messages.
        let digest = B256::from(U256::from(checks));
        if checks % 64 == 0 {
            recording.crypto().verify_p256(
                digest.as_slice().repeat(2)[..].try_into().expect("64 bytes"),
                &message,
                &[1; 64],
            );
        } else {
            recording.crypto().recover_secp256k1(&digest, &[1; 64], true);
        }
        checks += 1;
    }
    assert_eq!((checks, memo.stats().verdicts), (MAX_VERDICTS, MAX_VERDICTS));
    let change = region.change();
    let taken = change.bytes_allocated - change.bytes_deallocated;
    println!("{taken} bytes for {MAX_VERDICTS} verdicts");
    assert!(taken <= MAX_MEMO_LEN && taken > MAX_MEMO_LEN / 4, "{taken} bytes");

    drop((memo, recording));
    let change = region.change();
    let left = change.bytes_allocated.abs_diff(change.bytes_deallocated);
    // The test runner has threads of its own.
    assert!(left < 4_096, "{left} bytes outlive the block");
}
