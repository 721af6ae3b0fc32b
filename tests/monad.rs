//! The story of `adapters.rs`, told by Monad's EVM: another EVM than Ethereum's, with gas rules of its own. What the
//! precompiles answer, charge, log and store is the same.
#![cfg(feature = "alloy-evm")]

mod evm;

use alloy_primitives::{Address, Bytes, U256};
use evm::{
    MINING, PROOFS, REGISTRY, SENDER, SYNC,
    asm::Script,
    calls,
    chain::{Adapter, Chain, Receipt, Tx},
    disk::Disk,
    mining_input,
    sequence::Story,
    trace::Trace,
};
use revm::interpreter::{CallScheme, InstructionResult};

/// What a precompile was asked and what it answered. The gas that a frame has left over depends on what the opcodes
/// around it cost, and is not here.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    to: Address,
    caller: Address,
    scheme: CallScheme,
    value: U256,
    input: Bytes,
    result: InstructionResult,
    output: Bytes,
    /// Of a frame that ran out of gas: none, it took what there was.
    gas_used: Option<u64>,
}

fn answers(receipt: &Receipt) -> Vec<Answer> {
    let frames = receipt.trace.of(&[MINING, REGISTRY, PROOFS, SYNC]);
    let answer = frames.into_iter().map(|frame| {
        let end = frame.end();
        Answer {
            to: frame.code,
            caller: frame.caller,
            scheme: frame.scheme,
            value: frame.value,
            input: frame.input.clone(),
            result: end.result,
            output: end.output.clone(),
            gas_used: (end.result != InstructionResult::PrecompileOOG).then_some(end.gas_used),
        }
    });
    answer.collect()
}

fn tell(story: &Story, adapter: Adapter, traced: bool) -> (Vec<Receipt>, Disk) {
    let mut chain = Chain::new(adapter, SENDER);
    story.prepare(&mut chain);
    chain.traced = traced;
    let receipts = story.blocks.iter().flat_map(|txs| chain.block(txs)).collect();
    (receipts, chain.disk)
}

#[test]
fn monad_tells_the_same_story() {
    let story = Story::new();
    let (ethereum, disk) = tell(&story, Adapter::Revm, true);
    let (monad, other_disk) = tell(&story, Adapter::Monad, true);
    assert_eq!(ethereum.len(), monad.len());
    let (mut frames, mut successes, mut reverts) = (0, 0, 0);
    for (index, (ours, theirs)) in ethereum.iter().zip(&monad).enumerate() {
        let told = answers(ours);
        assert_eq!(told, answers(theirs), "transaction {index}");
        assert_eq!(ours.is_success(), theirs.is_success(), "transaction {index}");
        assert_eq!(ours.output(), theirs.output(), "transaction {index}");
        assert_eq!(ours.logs(), theirs.logs(), "transaction {index}");
        frames += told.len();
        let count = |result| told.iter().filter(|answer| answer.result == result).count();
        successes += count(InstructionResult::Return);
        reverts += count(InstructionResult::Revert);
    }
    assert_eq!(disk, other_disk);
    assert!(
        successes > 100 && reverts > 100 && frames > successes + reverts,
        "a story with everything in it"
    );
    assert_eq!(frames, all_frames(&ethereum));
}

/// Every frame that a precompile answered, of whichever address.
fn all_frames(receipts: &[Receipt]) -> usize {
    let frames = receipts.iter().flat_map(|receipt| &receipt.trace.frames);
    frames.filter(|frame| frame.end().by_precompile).count()
}

/// Clients run without an inspector, which is another path through that EVM too.
#[test]
fn without_an_inspector_it_is_the_same() {
    let story = Story::new();
    let (traced, disk) = tell(&story, Adapter::Monad, true);
    let (plain, other_disk) = tell(&story, Adapter::Monad, false);
    assert_eq!(disk, other_disk);
    assert_eq!(traced.len(), plain.len());
    for (traced, plain) in traced.iter().zip(&plain) {
        assert_eq!(traced.result, plain.result);
        assert_eq!(plain.trace, Trace::default());
    }
}

/// It is another EVM indeed: a cold account costs more there, and none of our prices does.
#[test]
fn its_gas_rules_are_its_own() {
    let contract = Address::repeat_byte(0xc5);
    let stranger = Address::repeat_byte(0xc6);
    let script = Script::new()
        .call(stranger, &Bytes::new())
        .call(MINING, &mining_input(4, &[1; 32]))
        .report();
    let spent = |adapter| {
        let mut chain = Chain::new(adapter, SENDER);
        chain.install(contract, &script);
        let receipt = chain.send(Tx::new(contract, []));
        assert_eq!(
            receipt.frame_of(MINING).end().gas_used,
            calls::named("IsSpent").price
        );
        assert_eq!(receipt.frame_of(MINING).scheme, CallScheme::Call);
        receipt.result.tx_gas_used()
    };
    assert!(spent(Adapter::Monad) > spent(Adapter::Revm) + 2_600);
}
