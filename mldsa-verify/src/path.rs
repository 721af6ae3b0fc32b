//! Which way a signature takes.

use crate::{Item, batch, portable};

#[cfg(target_arch = "x86_64")]
use crate::avx512::Avx512;

/// A way to the verdict. All give the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Code of this crate, for x86-64 with AVX-512.
    Avx512,
    /// AWS-LC, with the feature `aws-lc-rs`.
    AwsLc,
    /// The crate `ml-dsa`, with the feature `rust-crypto`.
    RustCrypto,
}

impl Path {
    /// Every path, the fastest first.
    pub const ALL: [Self; 3] = [Self::Avx512, Self::AwsLc, Self::RustCrypto];

    /// Whether the machine and the features of this build allow the path.
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx512 => false,
            Self::AwsLc => cfg!(feature = "aws-lc-rs"),
            Self::RustCrypto => cfg!(feature = "rust-crypto"),
        }
    }

    /// The fastest path that is available.
    pub fn fastest() -> Self {
        if Self::Avx512.is_available() {
            Self::Avx512
        } else {
            Self::fastest_portable()
        }
    }

    /// The fastest available path through a library of others, which leaves the SIMD code of this crate out.
    pub const fn fastest_portable() -> Self {
        if cfg!(feature = "aws-lc-rs") {
            Self::AwsLc
        } else {
            Self::RustCrypto
        }
    }

    /// Whether the signature of `item` is one. A path that is not available stands for the fastest portable one.
    pub fn verify(self, item: &Item<'_>) -> bool {
        item.has_valid_lengths() && self.verify_checked(item)
    }

    /// What [`Path::verify`] says of every item, in their order. With the feature `rayon` the cores of the pool that
    /// the caller is on share the work.
    pub fn verify_batch(self, items: &[Item<'_>]) -> Vec<bool> {
        batch::verify(self, items)
    }

    /// [`Path::verify`] for an item with valid lengths.
    fn verify_checked(self, item: &Item<'_>) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::detect().map_or_else(|| portable::verify(item), |simd| simd.verify(item)),
            #[cfg(feature = "rust-crypto")]
            Self::RustCrypto => portable::rust_crypto::verify(item),
            _ => portable::verify(item),
        }
    }
}
