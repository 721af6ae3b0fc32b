//! Checks the signatures of a block's transactions ahead of the block, on spare cores.
//!
//! A client makes a [`Memo`] for a block, has [`Aivm::prewarm`] fill it (before the block is executed or meanwhile), and
//! executes the block with [`Aivm::with_memo`]. A check of a signature whose verdict is known is then a look-up.
//!
//! ```
//! use aivm::{Aivm, Genesis, prewarm::{BlockFacts, Memo, OuterCall}};
//! use std::sync::Arc;
//!
//! let aivm = Aivm::default(); // lives as long as the node
//! let parent = Genesis::development().memory_host(&aivm, 1_800_000_000);
//! # let calls: Vec<OuterCall> = Vec::new();
//!
//! let memo = Arc::new(Memo::new()); // lives as long as the block
//! let block = BlockFacts { number: 1, timestamp: 1_800_000_000, chain_id: 1, gas_limit: 36_000_000 };
//! aivm.prewarm(&memo, &parent, &block, calls);
//! let aivm_of_block = aivm.with_memo(&memo);
//! // … the block is executed with `aivm_of_block`, through any adapter; then both are dropped.
//! # drop(aivm_of_block);
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `calls` | which calls of a block check signatures, can pay for it, and are made ahead |
//! | `view` | the state before the block, and a host over it whose writes go nowhere |
//! | `backend` | the signature backend that asks a memo first |
//! | `memo`, `key` | the verdicts, and what they are remembered under |
//!
//! # Why no result can depend on it
//!
//! Consensus code has no cache that could change a result. This one cannot:
//!
//! - What is remembered is a verdict of the signature backend, nothing else: no gas, no state, no return data. Every call
//!   of the block is executed as always, and asks for each verdict again.
//! - A verdict is a pure function of its check's input, and the key is a collision-resistant digest of all of that input.
//!   Whatever was made ahead, on whatever state, a verdict that is found is the one that the backend would give.
//! - What was not checked ahead, or went wrong there, or is beyond a limit, is not found, and the block checks it itself.
//! - There is no static: a memo belongs to whoever executes the block, and a block that begins without one knows nothing.
//!
//! # What is made ahead
//!
//! The calls that transactions make to our addresses, if they can come to a signature and have the gas for it:
//! the messages of VerifyMLDSA in batches, the others each on the state before the block. A call that an earlier one of
//! its block changes the outcome of may come to other signatures: those are checked by the block. What contracts call is
//! found by executing them; a client that does so ahead gives its EVM [`Aivm::recording`], which adds to a memo.

mod backend;
mod calls;
mod key;
mod memo;
#[cfg(test)]
mod tests;
mod view;

#[cfg(feature = "revm")]
pub use view::OnRevm;
pub(crate) use view::View;
pub use {
    calls::{MAX_CALLS, MAX_INPUT_LEN, OuterCall},
    memo::{MAX_MEMO_LEN, MAX_VERDICTS, Memo, Stats},
    view::{BlockFacts, ParentState},
};

use crate::table::Aivm;
use aivm_precompiles::crypto::Item;
use backend::{Remembering, Role};
use calls::Calls;
use rayon::prelude::*;
use std::sync::Arc;

/// How many messages a thread takes at once: enough to fill the lanes of the backend.
const BATCH: usize = 16;

impl Aivm {
    /// The same precompiles for one block: they ask `memo`, and none that they had before, before they check a signature.
    pub fn with_memo(&self, memo: &Arc<Memo>) -> Self {
        self.remembering(memo, Role::Consult)
    }

    /// The same precompiles for who executes transactions of the block ahead of it: what they check, `memo` remembers.
    pub fn recording(&self, memo: &Arc<Memo>) -> Self {
        self.remembering(memo, Role::Record)
    }

    /// Checks signatures of a block ahead, and has `memo` remember the verdicts. `state` is the state before the block,
    /// which has the precompiles; `calls` are those of its transactions, in order.
    ///
    /// Nobody has paid for anything yet: a client that checks nonces and balances first does less for blocks that are not
    /// valid, and one that finds its block invalid closes the memo.
    ///
    /// Returns when all is checked, or when the memo is closed or full. Uses the rayon pool that it is called in.
    pub fn prewarm<'a, S: ParentState + ?Sized>(
        &self,
        memo: &Arc<Memo>,
        state: &S,
        block: &BlockFacts,
        calls: impl IntoIterator<Item = OuterCall<'a>>,
    ) {
        let recording = self.recording(memo);
        let Calls { messages, others } = Calls::of(self, block.gas_limit, calls);
        let make = |(to, call): &(_, _)| {
            if memo.is_open() {
                // Whatever comes of it, the block will see for itself.
                let _ = recording.call(*to, &mut View::new(state, block), call);
            }
        };
        rayon::join(
            || check(&recording, memo, messages),
            || others.par_iter().for_each(make),
        );
    }

    fn remembering(&self, memo: &Arc<Memo>, role: Role) -> Self {
        self.map_backend(|backend| {
            let memo = memo.clone();
            Arc::new(Remembering { backend, memo, role })
        })
    }
}

/// Checks messages in batches: each once, those of one key together.
fn check(recording: &Aivm, memo: &Memo, mut messages: Vec<Item<'_>>) {
    if !memo.is_open() {
        return;
    }
    messages.par_sort_unstable_by_key(fields);
    messages.dedup();
    messages.par_chunks(BATCH).for_each(|batch| {
        if memo.is_open() {
            recording.crypto().verify_mldsa_batch(batch);
        }
    });
}

fn fields<'a>(item: &Item<'a>) -> (usize, [&'a [u8]; 3]) {
    (
        item.set.public_key_len(),
        [item.public_key, item.signature, item.message],
    )
}
