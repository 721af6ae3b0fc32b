//! Many signatures, or many pieces of evidence, at once: on every core, each with the verdict that it has alone.
//!
//! ```
//! use aivm::{Aivm, Genesis, prewarm::BlockFacts};
//!
//! let aivm = Aivm::default();
//! let state = Genesis::development().memory_host(&aivm, 1_800_000_000);
//! let block = BlockFacts { number: 1, timestamp: 1_800_000_000, chain_id: 1, gas_limit: 36_000_000 };
//! let verdicts = aivm.verify_quotes(&state, &block, &[b"\x03not a quote".as_slice(), &[]]);
//! assert_eq!(verdicts.len(), 2);
//! assert!(verdicts.iter().all(Result::is_err));
//! ```

use crate::{
    prewarm::{BlockFacts, ParentState, View},
    table::Aivm,
};
use aivm_precompiles::{
    Context,
    crypto::Item,
    evidence::{self, Verified, VerifyError},
};
use alloy_primitives::Address;
use rayon::prelude::*;

/// How many signatures fill the lanes of the backend.
const LANES: usize = 8;

impl Aivm {
    /// Verifies ML-DSA signatures: for each item, in this order, what VerifyMLDSA says of it. The precompile's context is
    /// empty, and an item with another one is `false`.
    ///
    /// Uses the rayon pool that it is called in.
    pub fn verify_batch(&self, items: &[Item<'_>]) -> Vec<bool> {
        let share = items
            .len()
            .div_ceil(rayon::current_num_threads())
            .next_multiple_of(LANES);
        let shares = items.par_chunks(share.max(LANES));
        let verdicts: Vec<_> = shares
            .map(|share| self.crypto().verify_mldsa_batch(share))
            .collect();
        verdicts.concat()
    }

    /// Verifies evidence, vendor byte first, against the roots, collateral and policy in `state` at the block's time: for
    /// each piece, in this order, what [`evidence::verify`] says of it alone.
    ///
    /// Uses the rayon pool that it is called in.
    pub fn verify_quotes<S: ParentState + ?Sized>(
        &self,
        state: &S,
        block: &BlockFacts,
        evidence: &[impl AsRef<[u8]> + Sync],
    ) -> Vec<Result<Verified, VerifyError>> {
        evidence
            .par_iter()
            .map(|evidence| {
                let mut context = Context {
                    config: self.config(),
                    crypto: self.crypto(),
                    host: &mut View::new(state, block),
                    caller: Address::ZERO,
                };
                evidence::verify(&mut context, evidence.as_ref())
            })
            .collect()
    }
}
