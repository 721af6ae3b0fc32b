//! A block gives the same results, gas, logs and state whatever was checked ahead of it.
#![cfg(feature = "parallel")]

#[path = "prewarm/blocks.rs"]
mod blocks;
mod evm;
#[path = "prewarm/liar.rs"]
mod liar;
#[path = "prewarm/operations.rs"]
mod operations;

use aivm::{
    Aivm, Config,
    prewarm::{BlockFacts, Memo, OnRevm, OuterCall, Stats},
};
use aivm_test_support::{
    counting::{Counting, Counts},
    fleet::Fleet,
};
use alloy_primitives::U256;
use blocks::{Blocks, chain};
use evm::{
    CHAIN_ID, REGISTRY,
    chain::{Adapter, Chain, Receipt, Tx},
    disk::{Disk, Fault},
};
use liar::{Liar, PRIMITIVES};
use revm::{context::TxEnv, database::BundleState};
use std::sync::{Arc, LazyLock};

static FLEET: LazyLock<Fleet> = LazyLock::new(Fleet::new);

/// What is done ahead of a block.
#[derive(Clone, Copy, Debug)]
enum Ahead {
    Nothing,
    /// Its signatures are checked.
    Block,
    /// Those of another block.
    Another,
    /// Its signatures are checked while it is executed.
    Meanwhile,
}

/// A block as an executor leaves it.
#[derive(Debug, PartialEq)]
struct Executed {
    receipts: Vec<Receipt>,
    bundle: BundleState,
    disk: Disk,
}

impl Executed {
    /// Executes a block.
    fn of(mut chain: Chain, txs: &[Tx]) -> Self {
        Self {
            receipts: chain.block(txs),
            bundle: chain.bundle,
            disk: chain.disk,
        }
    }
}

fn facts(chain: &Chain) -> BlockFacts {
    BlockFacts {
        number: chain.number,
        timestamp: chain.timestamp,
        chain_id: CHAIN_ID,
        gas_limit: 1_000_000_000,
    }
}

/// Has a memo know the signatures of these transactions, as `aivm` sees them.
fn prewarm(aivm: &Aivm, disk: &Disk, block: BlockFacts, txs: &[Tx], memo: &Arc<Memo>) {
    let txs: Vec<TxEnv> = txs.iter().map(Tx::env).collect();
    aivm.prewarm(
        memo,
        &OnRevm(disk),
        &block,
        txs.iter().filter_map(OuterCall::of_revm),
    );
}

/// Executes a block after this, or meanwhile.
fn execute(chain: &Chain, txs: &[Tx], another: &[Tx], ahead: Ahead) -> (Executed, Stats) {
    let memo = Arc::new(Memo::new());
    let prewarm = |txs: &[Tx]| prewarm(&chain.aivm, &chain.disk, facts(chain), txs, &memo);
    let execute = || Executed::of(with_memo(chain, &memo), txs);
    let executed = match ahead {
        Ahead::Nothing => Executed::of(chain.clone(), txs),
        Ahead::Block => {
            prewarm(txs);
            execute()
        }
        Ahead::Another => {
            prewarm(another);
            execute()
        }
        Ahead::Meanwhile => std::thread::scope(|scope| {
            scope.spawn(|| prewarm(txs));
            let executed = execute();
            memo.close();
            executed
        }),
    };
    (executed, memo.stats())
}

fn with_memo(chain: &Chain, memo: &Arc<Memo>) -> Chain {
    Chain {
        aivm: chain.aivm.with_memo(memo),
        ..chain.clone()
    }
}

const CHAINS: u64 = 4;
const BLOCKS: usize = 3;
const TRANSACTIONS: usize = 120;

/// What the blocks of a test had in them.
#[derive(Debug, Default)]
struct Tally {
    successes: usize,
    failures: usize,
    logs: usize,
    /// Checks that found their verdict: of the block itself, of another, meanwhile.
    hits: [u64; 3],
    misses: u64,
}

impl Tally {
    fn add(&mut self, receipts: &[Receipt]) {
        for receipt in receipts {
            self.successes += usize::from(receipt.is_success());
            self.failures += usize::from(!receipt.is_success());
            self.logs += receipt.logs().len();
        }
    }
}

#[test]
fn nothing_depends_on_what_was_checked_ahead() {
    let mut tally = Tally::default();
    for adapter in Adapter::ALL {
        for seed in 0..CHAINS {
            let mut blocks = Blocks::new(seed, &FLEET);
            let mut chain = chain(*adapter, &FLEET);
            chain.traced = seed.is_multiple_of(2);
            let mut another = blocks.block(TRANSACTIONS);
            for _ in 0..BLOCKS {
                let txs = blocks.block(TRANSACTIONS);
                let (expected, _) = execute(&chain, &txs, &another, Ahead::Nothing);
                let ways = [Ahead::Block, Ahead::Another, Ahead::Meanwhile];
                for (ahead, hits) in ways.into_iter().zip(&mut tally.hits) {
                    let (executed, stats) = execute(&chain, &txs, &another, ahead);
                    assert!(executed == expected, "{adapter:?}, chain {seed}, {ahead:?}");
                    *hits += stats.hits;
                    tally.misses += stats.misses;
                }
                tally.add(&expected.receipts);
                (chain.disk, chain.number) = (expected.disk, chain.number + 1);
                another = txs;
            }
        }
    }
    let adapters = Adapter::ALL.len();
    let transactions = adapters * BLOCKS * TRANSACTIONS * usize::try_from(CHAINS).expect("a few");
    assert_eq!(tally.successes + tally.failures, transactions);
    assert!(
        tally.successes > 800 * adapters && tally.failures > 400 * adapters,
        "{tally:?}"
    );
    assert!(tally.logs > 200 * adapters, "{tally:?}");
    let [own, another, meanwhile] = tally.hits;
    assert!(
        own > 1_500 * adapters as u64 && another > 500 * adapters as u64,
        "{tally:?}"
    );
    assert!(
        meanwhile > 0 && tally.misses > 1_000 * adapters as u64,
        "{tally:?}"
    );
}

/// What the test above would say to a wrong verdict.
#[test]
fn a_wrong_verdict_would_be_noticed() {
    for primitive in PRIMITIVES {
        let chain = chain(Adapter::Revm, &FLEET);
        let txs = Blocks::new(1, &FLEET).block(TRANSACTIONS);
        let (expected, _) = execute(&chain, &txs, &[], Ahead::Block);
        let memo = Arc::new(Memo::new());
        let liar = Aivm::new(Config::default(), Liar(primitive)).expect("the default configuration");
        prewarm(&liar, &chain.disk, facts(&chain), &txs, &memo);
        let executed = Executed::of(with_memo(&chain, &memo), &txs);
        assert!(memo.stats().hits > 0);
        assert!(executed != expected, "{primitive:?}");
    }
}

/// Who executes all of a block ahead finds the calls of contracts too.
#[test]
fn the_calls_of_contracts_are_recorded_where_they_are_made() {
    let chain = chain(Adapter::Revm, &FLEET);
    let txs = Blocks::new(2, &FLEET).block(TRANSACTIONS);
    let memo = Arc::new(Memo::new());
    let ahead = Chain {
        aivm: chain.aivm.recording(&memo),
        ..chain.clone()
    };
    let expected = Executed::of(ahead, &txs);
    assert_eq!((memo.stats().hits, memo.stats().misses), (0, 0));
    assert!(Executed::of(with_memo(&chain, &memo), &txs) == expected);
    assert!(
        memo.stats().hits > 100 && memo.stats().misses == 0,
        "{:?}",
        memo.stats()
    );
}

#[test]
fn a_fault_of_the_database_ahead_is_none_of_the_block() {
    let chain = chain(Adapter::Revm, &FLEET);
    let txs = Blocks::new(3, &FLEET).block(TRANSACTIONS);
    let expected = Executed::of(chain.clone(), &txs);
    let paused = U256::from(2);
    let faulty = Disk {
        fault: Some(Fault::Storage(REGISTRY, paused)),
        ..chain.disk.clone()
    };
    let memo = Arc::new(Memo::new());
    prewarm(&chain.aivm, &faulty, facts(&chain), &txs, &memo);
    // No evidence came to a signature, but messages did.
    assert!(Executed::of(with_memo(&chain, &memo), &txs) == expected);
    assert!(
        memo.stats().hits > 0 && memo.stats().misses > 100,
        "{:?}",
        memo.stats()
    );

    // If the block's own database fails, it is aborted as without a memo.
    let faulty = Chain {
        disk: faulty,
        ..chain
    };
    let abort = faulty.clone().try_block(&txs).expect_err("a fault");
    assert_eq!(with_memo(&faulty, &memo).try_block(&txs), Err(abort));
}

/// What is done for a block that is done, or given up.
#[test]
fn nothing_is_checked_for_a_closed_memo() {
    let chain = chain(Adapter::Revm, &FLEET);
    let txs = Blocks::new(4, &FLEET).block(TRANSACTIONS);
    let counting = Counting::default();
    let aivm = Aivm::new(Config::default(), counting.clone()).expect("the default configuration");
    let memo = Arc::new(Memo::new());
    memo.close();
    prewarm(&aivm, &chain.disk, facts(&chain), &txs, &memo);
    assert_eq!(counting.take(), Counts::default());
    assert_eq!(memo.stats(), Stats::default());
}
