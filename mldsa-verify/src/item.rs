//! The inputs of Algorithm 3 of FIPS 204.

use crate::params::ParameterSet;

/// A signature with all that decides whether it is one. Any bytes are an item: wrong lengths verify as `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The parameter set of key and signature.
    pub set: ParameterSet,
    /// pk, encoded (Algorithm 22, `pkEncode`).
    pub public_key: &'a [u8],
    /// M.
    pub message: &'a [u8],
    /// ctx, at most 255 bytes.
    pub context: &'a [u8],
    /// σ, encoded (Algorithm 26, `sigEncode`).
    pub signature: &'a [u8],
}

impl Item<'_> {
    /// The longest context, in bytes (FIPS 204, section 5.2).
    pub const MAX_CONTEXT_LEN: usize = 255;

    /// Whether key and signature are as long as those of the set, and the context is not too long. What is not, no
    /// path gets to see, and verifies as `false`.
    pub const fn has_valid_lengths(&self) -> bool {
        self.public_key.len() == self.set.public_key_len()
            && self.signature.len() == self.set.signature_len()
            && self.context.len() <= Self::MAX_CONTEXT_LEN
    }
}
