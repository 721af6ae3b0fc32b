//! AWS-LC, whose ML-DSA is mldsa-native: C, with assembly where the machine allows it.
//!
//! The safe crate `aws-lc-rs` takes no context, so this calls the library underneath it. That also gives a key one
//! form: `aws-lc-rs` takes raw bytes or a SubjectPublicKeyInfo and tries the latter first, ignoring what follows it,
//! so that it misreads a raw key whose ρ spells the header of a smaller set (`tests/divergence.rs`).
#![allow(unsafe_code, reason = "calls of a library in C")]

use core::alloc::Layout;
use core::ptr::{NonNull, null, null_mut};

use std::alloc::handle_alloc_error;

use aws_lc_sys::{
    CRYPTO_library_init, EVP_DigestVerify, EVP_DigestVerifyInit, EVP_MD_CTX, EVP_MD_CTX_free, EVP_MD_CTX_new,
    EVP_PKEY, EVP_PKEY_CTX_set1_signature_context_string, EVP_PKEY_free, EVP_PKEY_pqdsa_new_raw_public_key,
    NID_MLDSA44, NID_MLDSA65, NID_MLDSA87,
};

use crate::{Item, ParameterSet};

/// What the functions of the library return when all is well.
const SUCCESS: i32 = 1;

/// Whether the signature of `item`, whose lengths are valid, is one.
pub(crate) fn verify(item: &Item<'_>) -> bool {
    let key = PublicKey::new(item.set, item.public_key);
    key.zip(Verification::new())
        .and_then(|(key, verification)| verification.run(&key, item))
        .unwrap_or_else(|| out_of_memory())
}

/// With valid lengths nothing in the input can keep a verification from being made: only memory can be short. That must
/// not be taken for a verdict, so the process ends, as it does where Rust allocates.
#[cold]
fn out_of_memory() -> ! {
    handle_alloc_error(Layout::new::<usize>())
}

/// An `EVP_PKEY` of our own.
struct PublicKey(NonNull<EVP_PKEY>);

impl PublicKey {
    fn new(set: ParameterSet, public_key: &[u8]) -> Option<Self> {
        let nid = match set {
            ParameterSet::MlDsa44 => NID_MLDSA44,
            ParameterSet::MlDsa65 => NID_MLDSA65,
            ParameterSet::MlDsa87 => NID_MLDSA87,
        };
        // SAFETY: it takes no argument, and may be called any number of times from any thread.
        unsafe { CRYPTO_library_init() };
        // SAFETY: pointer and length are those of a slice, which the library copies.
        let key = unsafe { EVP_PKEY_pqdsa_new_raw_public_key(nid, public_key.as_ptr(), public_key.len()) };
        NonNull::new(key).map(Self)
    }
}

impl Drop for PublicKey {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the library, which counts references; this is ours, and freed only here.
        unsafe { EVP_PKEY_free(self.0.as_ptr()) };
    }
}

/// An `EVP_MD_CTX` of our own: the state of one verification.
struct Verification(NonNull<EVP_MD_CTX>);

impl Verification {
    fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { EVP_MD_CTX_new() }).map(Self)
    }

    /// The verdict; `None` if memory is short before it comes to one.
    fn run(self, key: &PublicKey, item: &Item<'_>) -> Option<bool> {
        let (state, mut of_key) = (self.0.as_ptr(), null_mut());
        // SAFETY: state and key are alive, the former is fresh, and takes a reference of its own to the latter. There
        // is neither digest nor engine, as pure ML-DSA wants it. `of_key` will point to what `state` owns.
        let started =
            unsafe { EVP_DigestVerifyInit(state, &raw mut of_key, null(), null_mut(), key.0.as_ptr()) };
        if started != SUCCESS {
            return None;
        }
        let context = item.context;
        // SAFETY: `of_key` was set just above and lives as long as `state`. Pointer and length are those of a slice,
        // which the library copies, and refuses if it is longer than 255 bytes.
        let with_context =
            unsafe { EVP_PKEY_CTX_set1_signature_context_string(of_key, context.as_ptr(), context.len()) };
        let (signature, message) = (item.signature, item.message);
        // SAFETY: `state` is alive and initialised. Pointers and lengths are those of slices, which the library reads.
        let verdict = || unsafe {
            EVP_DigestVerify(
                state,
                signature.as_ptr(),
                signature.len(),
                message.as_ptr(),
                message.len(),
            )
        };
        (with_context == SUCCESS).then(|| verdict() == SUCCESS)
    }
}

impl Drop for Verification {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `EVP_MD_CTX_new` and is freed only here, with all it owns.
        unsafe { EVP_MD_CTX_free(self.0.as_ptr()) };
    }
}
