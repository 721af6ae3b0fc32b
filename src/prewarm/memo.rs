//! The verdicts of a block's signature checks.

use super::key::Key;
use alloy_primitives::Address;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        RwLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

/// The most verdicts that a memo holds. Nobody buys checks for less than 2,600 gas each: 32 signatures of a committee in
/// one `updateRoot`, with the gas for the transaction and its bytes. So no block of less than 170 million gas has more.
pub const MAX_VERDICTS: usize = 65_536;

/// The most bytes that the verdicts of a full memo take. Each is a digest and a verdict, however long what was signed is,
/// in nodes of a tree that may be half empty.
pub const MAX_MEMO_LEN: usize = MAX_VERDICTS * 128;

/// What a check of a signature found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Invalid,
    Valid,
    /// Whose it is.
    By(Address),
}

impl From<bool> for Verdict {
    fn from(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

impl From<Option<Address>> for Verdict {
    fn from(signer: Option<Address>) -> Self {
        signer.map_or(Self::Invalid, Self::By)
    }
}

impl Verdict {
    pub(super) fn is_valid(self) -> bool {
        self == Self::Valid
    }

    pub(super) fn signer(self) -> Option<Address> {
        match self {
            Self::By(signer) => Some(signer),
            Self::Invalid | Self::Valid => None,
        }
    }
}

/// What the signature checks of one block found. Shared by who checks ahead and who executes, in any order and at once;
/// made for a block and dropped with it. What it says is believed: it is filled by the precompiles that execute the block,
/// and comes from nowhere else.
#[derive(Default)]
pub struct Memo {
    verdicts: RwLock<BTreeMap<Key, Verdict>>,
    /// How many there are, for those who need not wait for the lock.
    len: AtomicUsize,
    closed: AtomicBool,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How useful a memo was. No result depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// How many verdicts it holds.
    pub verdicts: usize,
    /// How many checks of the block found their verdict.
    pub hits: u64,
    /// How many did not, and were made by the block itself.
    pub misses: u64,
}

impl Memo {
    /// A memo without a verdict.
    pub fn new() -> Self {
        Self::default()
    }

    /// How useful it was so far.
    pub fn stats(&self) -> Stats {
        Stats {
            verdicts: self.len.load(Ordering::Relaxed),
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }

    /// Has whoever checks ahead stop with the check at hand: the block is done, or given up. What is known stays known.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether another verdict would be remembered: the memo is neither closed nor full.
    pub fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Relaxed) && self.len.load(Ordering::Relaxed) < MAX_VERDICTS
    }

    /// Whether there is nothing to find.
    pub(super) fn is_empty(&self) -> bool {
        self.len.load(Ordering::Relaxed) == 0
    }

    /// The verdict on a check, if it is known.
    pub(super) fn recall(&self, key: &Key) -> Option<Verdict> {
        // A thread that panicked in between leaves a memo that knows nothing.
        self.verdicts.read().ok()?.get(key).copied()
    }

    /// Remembers a verdict, while there is room.
    pub(super) fn remember(&self, key: Key, verdict: Verdict) {
        let Ok(mut verdicts) = self.verdicts.write() else {
            return;
        };
        if verdicts.len() < MAX_VERDICTS && !self.closed.load(Ordering::Relaxed) {
            verdicts.insert(key, verdict);
            self.len.store(verdicts.len(), Ordering::Relaxed);
        }
    }

    /// Counts a check of the block.
    pub(super) fn count(&self, hit: bool) {
        let counter = if hit { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo")
            .field("stats", &self.stats())
            .field("is_open", &self.is_open())
            .finish_non_exhaustive()
    }
}
