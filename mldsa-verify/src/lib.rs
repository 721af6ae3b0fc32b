//! Verification of ML-DSA signatures: Algorithm 3 (`ML-DSA.Verify`) of FIPS 204, the pure variant with a context.
//!
//! There are several ways to the verdict, and every one gives the same for every input: a [`Path`] through code of
//! this crate for machines with AVX-512, one through AWS-LC, one through the crate `ml-dsa`. [`verify`] takes the
//! fastest that the machine and the features allow, so a machine decides how long a verdict takes, never which it is.
//! Nothing here panics, whatever the input. (With the feature `rayon`, a batch does where the caller is on no pool and
//! rayon cannot start the threads of its global one.)
//!
//! | module | what it holds |
//! |---|---|
//! | `params` | the parameter sets (FIPS 204, tables 1 and 2) |
//! | `item` | what is verified |
//! | `path` | which way a signature takes |
//! | `batch` | many signatures: whole lanes, and across cores |
//! | `portable` | AWS-LC and `ml-dsa` |
//! | `avx512` | eight lanes of 64 bits, for x86-64 |
//!
//! Unsafe code is in `avx512` and in `portable::aws_lc` only, and every block of it says why it is sound.

#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

#[cfg(all(target_arch = "x86_64", any(feature = "aws-lc-rs", feature = "rust-crypto")))]
mod avx512;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
mod batch;
mod item;
mod params;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
mod path;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
mod portable;

pub use item::Item;
pub use params::ParameterSet;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use path::Path;

/// Whether the signature of `item` is one, by the fastest path of this machine.
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub fn verify(item: &Item<'_>) -> bool {
    Path::fastest().verify(item)
}

/// What [`verify`] says of every item, in their order, by the fastest path of this machine. With the feature `rayon`
/// the cores of the pool that the caller is on share the work.
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub fn verify_batch(items: &[Item<'_>]) -> Vec<bool> {
    Path::fastest().verify_batch(items)
}

/// The example in the README.
#[cfg(all(doctest, feature = "aws-lc-rs"))]
#[doc = include_str!("../README.md")]
struct Readme;
