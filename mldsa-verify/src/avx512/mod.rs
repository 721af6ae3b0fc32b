//! ML-DSA.Verify in lanes of AVX-512.

use crate::Item;

/// Shows that this machine has what the module needs: there is no other way to one than [`Avx512::detect`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// Looks whether this machine has all that the module needs.
    pub(crate) fn detect() -> Option<Self> {
        None
    }

    /// Algorithm 3 for one item, whose lengths are valid.
    pub(crate) fn verify(self, item: &Item<'_>) -> bool {
        crate::portable::verify(item)
    }

    /// Algorithm 3 for every item, in their order. Their lengths are valid.
    pub(crate) fn verify_batch(self, items: &[Item<'_>]) -> Vec<bool> {
        items.iter().map(|item| self.verify(item)).collect()
    }
}
