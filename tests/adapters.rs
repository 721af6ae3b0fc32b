//! One story, told by the revm adapter, the alloy-evm adapter and a host in memory: the same bytes, gas, logs
//! and state (specification, section 1, rules 7 and 10).
#![cfg(feature = "alloy-evm")]

mod evm;

use aivm::{Aivm, Call, Genesis, MemoryHost, Outcome};
use alloy_evm::precompiles::{Precompile, PrecompilesMap};
use alloy_primitives::{Address, Bytes, U256};
use evm::{
    CHAIN_ID, MINING, NOW, PROOFS, REGISTRY, SENDER, SYNC,
    asm::{Scheme, Script},
    calls,
    chain::{Adapter, Chain, Receipt, Tx},
    disk::Disk,
    evidence::TRUST_SCORE,
    furnish::furnished,
    registry_story,
    scene::{Play, Scene},
    sequence::Story,
    sync_story,
    trace::{Event, Frame, Trace},
    word,
};
use revm::{
    database::BundleAccount,
    interpreter::{CallScheme, InstructionResult},
    precompile::Precompiles,
    primitives::hardfork::SpecId,
};
use std::collections::BTreeMap;

/// What a block did: its receipts and the accounts it changed.
struct Block {
    receipts: Vec<Receipt>,
    changes: BTreeMap<Address, BundleAccount>,
}

impl Block {
    /// The block that a chain has just made.
    fn of(chain: &Chain, receipts: Vec<Receipt>) -> Self {
        let changes = chain.bundle.state.iter();
        let changes = changes.map(|(address, account)| (*address, account.clone()));
        Self {
            receipts,
            changes: changes.collect(),
        }
    }
}

fn tell(story: &Story, adapter: Adapter, spec: SpecId, traced: bool) -> (Vec<Block>, Disk) {
    let mut chain = Chain::new(adapter, SENDER);
    story.prepare(&mut chain);
    (chain.spec, chain.traced) = (spec, traced);
    let mut block = |txs: &Vec<Tx>| {
        let receipts = chain.block(txs);
        Block::of(&chain, receipts)
    };
    let blocks = story.blocks.iter().map(&mut block).collect();
    (blocks, chain.disk)
}

/// The same for a story that says itself what must come of it.
fn perform(play: &Play, adapter: Adapter, spec: SpecId) -> (Vec<Block>, Disk) {
    let mut chain = Chain::new(adapter, SENDER);
    play.prepare(&mut chain);
    chain.spec = spec;
    let mut block = |scene: &Scene| {
        let receipts = play.tell(&mut chain, scene);
        Block::of(&chain, receipts)
    };
    let blocks = play.scenes.iter().map(&mut block).collect();
    (blocks, chain.disk)
}

/// How many frames of precompiles succeeded, reverted and ran out of gas.
fn tally(blocks: &[Block]) -> (usize, usize, usize) {
    let receipts = blocks.iter().flat_map(|block| &block.receipts);
    let frames: Vec<_> = receipts
        .flat_map(|receipt| receipt.trace.of(&[MINING, REGISTRY, PROOFS, SYNC]))
        .collect();
    let count = |result| frames.iter().filter(|frame| frame.end().result == result).count();
    let tally = (
        count(InstructionResult::Return),
        count(InstructionResult::Revert),
        count(InstructionResult::PrecompileOOG),
    );
    assert_eq!(tally.0 + tally.1 + tally.2, frames.len());
    tally
}

/// How many times the genuine quote verified.
fn verified(blocks: &[Block]) -> usize {
    let output = [word(1), word(u64::from(TRUST_SCORE))].concat();
    let receipts = blocks.iter().flat_map(|block| &block.receipts);
    let frames = receipts.flat_map(|receipt| receipt.trace.of(&[MINING]));
    frames.filter(|frame| frame.end().output == output).count()
}

#[track_caller]
fn assert_same(revm: &[Block], alloy: &[Block]) {
    assert_eq!(revm.len(), alloy.len());
    for (ours, theirs) in revm.iter().zip(alloy) {
        assert_eq!(ours.receipts.len(), theirs.receipts.len());
        for (index, (ours, theirs)) in ours.receipts.iter().zip(&theirs.receipts).enumerate() {
            assert_eq!(ours.result, theirs.result, "transaction {index}");
            assert_eq!(ours.trace, theirs.trace, "transaction {index}");
        }
        let accounts = |block: &Block| block.changes.keys().copied().collect::<Vec<_>>();
        assert_eq!(accounts(ours), accounts(theirs));
        for (address, account) in &ours.changes {
            assert_eq!(account, &theirs.changes[address], "{address}");
        }
    }
}

#[test]
fn revm_and_alloy_tell_the_same_story() {
    let story = Story::new();
    for spec in [SpecId::CANCUN, SpecId::PRAGUE, SpecId::OSAKA, SpecId::AMSTERDAM] {
        let (revm, disk) = tell(&story, Adapter::Revm, spec, true);
        let (alloy, other_disk) = tell(&story, Adapter::Alloy, spec, true);
        assert_same(&revm, &alloy);
        assert_eq!(disk, other_disk);
        assert_eq!(revm.iter().map(|block| block.receipts.len()).sum::<usize>(), 429);
        assert_eq!(tally(&revm), (176, 241, 17));
        assert_eq!(verified(&revm), 4);
    }
}

/// Devices that come and go, and another chain's roots.
#[test]
fn revm_and_alloy_perform_alike() {
    let plays = [
        (registry_story::devices(), 270, (226, 49, 1)),
        (sync_story::councils(), 113, (88, 28, 0)),
    ];
    for (play, transactions, frames) in plays {
        for spec in [SpecId::CANCUN, SpecId::PRAGUE, SpecId::OSAKA, SpecId::AMSTERDAM] {
            let (revm, disk) = perform(&play, Adapter::Revm, spec);
            let (alloy, other_disk) = perform(&play, Adapter::Alloy, spec);
            assert_same(&revm, &alloy);
            assert_eq!(disk, other_disk);
            let made: usize = revm.iter().map(|block| block.receipts.len()).sum();
            assert_eq!((made, tally(&revm)), (transactions, frames));
        }
    }
}

/// An inspector sees what happens and changes nothing.
#[test]
fn without_an_inspector_it_is_the_same() {
    let story = Story::new();
    for &adapter in Adapter::ALL {
        let (traced, disk) = tell(&story, adapter, SpecId::OSAKA, true);
        let (plain, other_disk) = tell(&story, adapter, SpecId::OSAKA, false);
        assert_eq!(disk, other_disk);
        for (traced, plain) in traced.iter().zip(&plain) {
            assert_eq!(traced.changes, plain.changes);
            for (traced, plain) in traced.receipts.iter().zip(&plain.receipts) {
                assert_eq!(traced.result, plain.result);
                assert_eq!(plain.trace, Trace::default());
            }
        }
    }
}

/// A host in memory, which is given the frames that the EVM made.
struct Memory {
    aivm: Aivm,
    host: MemoryHost,
    /// The host as it was when each open frame began.
    saved: Vec<MemoryHost>,
    calls: usize,
}

impl Memory {
    fn call(&mut self, frame: &Frame) {
        let call = Call {
            input: &frame.input,
            gas_limit: frame.gas_limit,
            caller: frame.caller,
            value: frame.value,
            is_static: frame.is_static,
            is_direct: matches!(frame.scheme, CallScheme::Call | CallScheme::StaticCall),
        };
        let outcome = self
            .aivm
            .call(frame.code, &mut self.host, &call)
            .expect("a precompile")
            .unwrap();
        let (result, output, gas) = match outcome {
            Outcome::Success { gas_used, output } => (InstructionResult::Return, output, gas_used),
            Outcome::Revert { gas_used, output } => (InstructionResult::Revert, output, gas_used),
            Outcome::OutOfGas => (InstructionResult::PrecompileOOG, Bytes::new(), frame.gas_limit),
        };
        let end = frame.end();
        assert_eq!((end.result, &end.output, end.gas_used), (result, &output, gas));
        self.calls += 1;
    }

    /// Replays a transaction. A frame that fails puts back the host it began with.
    fn replay(&mut self, receipt: &Receipt) {
        self.host.logs.clear();
        for event in &receipt.trace.events {
            match *event {
                Event::Enter(index) => {
                    self.saved.push(self.host.clone());
                    let frame = &receipt.trace.frames[index];
                    if frame.end().by_precompile {
                        self.call(frame);
                    }
                }
                Event::Exit(index) => {
                    let saved = self.saved.pop().expect("an open frame");
                    if !receipt.trace.frames[index].end().result.is_ok() {
                        self.host = saved;
                    }
                }
            }
        }
        assert!(self.saved.is_empty());
        assert_eq!(self.host.logs, receipt.logs());
    }
}

#[test]
fn a_host_in_memory_tells_the_same_story() {
    let (blocks, disk) = tell(&Story::new(), Adapter::Revm, SpecId::OSAKA, true);
    let genesis = Genesis {
        guardian: SENDER,
        authorized: vec![SENDER],
        ..Genesis::new(SENDER)
    };
    let aivm = Aivm::default();
    let host = MemoryHost {
        accounts: furnished(&aivm, &genesis),
        timestamp: NOW,
        number: 1,
        chain_id: CHAIN_ID,
        ..MemoryHost::default()
    };
    let mut memory = Memory {
        aivm,
        host,
        saved: Vec::new(),
        calls: 0,
    };
    for receipt in blocks.iter().flat_map(|block| &block.receipts) {
        memory.replay(receipt);
    }
    let (successes, reverts, out_of_gas) = tally(&blocks);
    assert_eq!(memory.calls, successes + reverts + out_of_gas);
    assert_eq!(
        memory.host.accounts.len(),
        11,
        "four precompiles, four bundles of roots, two collaterals, one set of golden measurements"
    );
    for (address, account) in &memory.host.accounts {
        let stored = &disk.accounts[address];
        assert_eq!(
            (stored.nonce, &stored.storage),
            (account.nonce, &account.storage),
            "{address}"
        );
        assert_eq!(disk.code(*address), account.code, "{address}");
        assert_eq!(stored.balance, U256::ZERO);
    }
}

/// A cache that is keyed by address and input would answer a second MarkSpent without doing it.
#[test]
fn nothing_is_cached() {
    let mut map = PrecompilesMap::from_static(Precompiles::latest());
    aivm::alloy_evm::install(&mut map, &Aivm::default(), SpecId::OSAKA, NOW).unwrap();
    for address in [MINING, REGISTRY] {
        assert!(!map.get(&address).expect("installed").supports_caching());
        assert!(map.addresses().any(|warm| *warm == address));
    }
    let sha256 = Address::with_last_byte(2);
    assert!(
        map.get(&sha256).expect("Ethereum's").supports_caching(),
        "the test can tell"
    );
}

/// From Amsterdam on, gas above a transaction's cap is a reservoir for state (EIP-8037). It passes through: the
/// price is flat and state gas is not touched.
#[test]
fn the_reservoir_passes_through() {
    let owner = Address::repeat_byte(0x0a);
    let mut frames = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            for (scheme, gas, expected) in [
                (Scheme::Call, case.price, InstructionResult::Return),
                (Scheme::Call, case.price - 1, InstructionResult::PrecompileOOG),
                (Scheme::DelegateCall, case.price, InstructionResult::Revert),
            ] {
                let mut chain = Chain::new(adapter, owner);
                chain.spec = SpecId::AMSTERDAM;
                let script = Script::new().step(scheme, case.to, &case.input).gas(gas).report();
                chain.install(owner, &script);
                let receipt = chain.send(Tx::new(owner, []).gas_limit(30_000_000));
                let frame = receipt.frame_of(case.to);
                let end = frame.end();
                assert_eq!((end.result, end.gas_used), (expected, gas), "{}", case.name);
                assert!(frame.reservoir > 10_000_000);
                assert_eq!((end.reservoir, end.state_gas), (frame.reservoir, 0));
                assert_eq!(receipt.result.gas().state_gas_spent_final(), 0);
                frames += 1;
            }
        }
    }
    assert_eq!(frames, Adapter::ALL.len() * 3 * calls::OPERATIONS);
}
