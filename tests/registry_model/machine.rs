//! The chain beside the model: every step becomes a block of transactions in real EVM frames, the last of which asks
//! for everything that the registry says.

use super::{
    coverage,
    inputs::{input, proof},
    model::{Answer, Call, FLEET, Model},
    questions::questions,
    story::{EOA, GOVERNANCE, GUARDIAN, Step},
};
use crate::evm::{
    PROOFS, REGISTRY,
    asm::Script,
    chain::{Adapter, Chain, Receipt, Tx},
    disk::Disk,
    trace,
};
use aivm::{Aivm, Genesis, abi::IAttestationRegistry as abi};
use aivm_test_support::fleet::{NOW, oracle};
use alloy_primitives::{Address, B256, Bytes, Log};
use alloy_sol_types::SolCall;
use revm::interpreter::InstructionResult;
use std::{collections::BTreeMap, sync::LazyLock};

/// The contract of the first frame, and the one that asks.
const DRIVER: Address = Address::repeat_byte(0xd1);
const CHECKER: Address = Address::repeat_byte(0xc4);

/// Accounts after which no device has attested yet, and all can.
static START: LazyLock<Disk> = LazyLock::new(|| {
    let mut chain = Chain::bare(Adapter::Revm);
    let genesis = Genesis {
        guardian: GUARDIAN,
        ..Genesis::new(GOVERNANCE)
    };
    for (address, account) in genesis.accounts(&Aivm::default()).expect("a genesis") {
        chain.disk.insert(address, &account);
    }
    chain.timestamp = NOW;
    for input in FLEET.calls() {
        let receipt = chain.send(Tx::new(REGISTRY, input).from(GOVERNANCE));
        assert!(receipt.is_success(), "{:?}", receipt.result);
    }
    chain.disk
});

/// The chain, and the leaves of what was sent.
pub(crate) struct Machine {
    pub(crate) chain: Chain,
    /// Leaves of attestations by the position of their call.
    leaves: BTreeMap<usize, B256>,
}

impl Machine {
    pub(crate) fn new(model: &Model) -> Self {
        let mut chain = Chain::bare(model.adapter);
        chain.disk = START.clone();
        Self {
            chain,
            leaves: BTreeMap::new(),
        }
    }

    /// Makes the block of a step that the model has made, and compares everything.
    pub(crate) fn step(&mut self, model: &Model, step: &Step) {
        (self.chain.timestamp, self.chain.number) = (model.now, model.block);
        let inputs: Vec<_> = model
            .calls
            .iter()
            .enumerate()
            .map(|(at, (call, _))| self.input(model.earlier + at, call))
            .collect();
        let mut block = Vec::new();
        match step {
            Step::Block(_) => {}
            Step::Direct(_) => block.push(Tx::new(REGISTRY, inputs[0].clone()).from(EOA)),
            Step::Frames { frames, reverts } => {
                let mut inputs = inputs.iter();
                let mut driver = Script::new();
                for frame in frames {
                    let mine = inputs.by_ref().take(frame.ops.len());
                    let script = mine.fold(Script::new(), |script, input| script.call(REGISTRY, input));
                    self.chain.install(frame.actor, &end(script, frame.reverts));
                    driver = driver.call(frame.actor, &[]);
                }
                self.chain.install(DRIVER, &end(driver, *reverts));
                block.push(Tx::new(DRIVER, []).from(EOA));
            }
        }
        let questions = questions(model, &self.leaves);
        let ask = questions.iter().fold(Script::new(), |script, (to, input, _)| {
            script.static_call(*to, input)
        });
        self.chain.install(CHECKER, &ask.report());
        block.push(Tx::new(CHECKER, []).from(EOA));
        let mut receipts = self.chain.block(&block);
        let asked = receipts.pop().expect("the last transaction");
        if let Some(receipt) = receipts.pop() {
            check_calls(model, &receipt);
        }
        check_answers(&questions, &asked);
        coverage::ended_by_gpu(model.world.ended_by_gpu(model.now));
    }

    /// The input of a call; the leaf of a proof is kept.
    fn input(&mut self, position: usize, call: &Call) -> Bytes {
        match call {
            Call::Attest(sent) => {
                let proof = proof(sent);
                let operator = sent.claim.operator;
                let leaf = oracle::attestation_leaf(oracle::attestation_hash(&proof), operator);
                self.leaves.insert(position, leaf);
                match sent.operator {
                    Some(operator) => abi::verifyAttestationForCall { operator, proof }.abi_encode(),
                    None => abi::verifyAttestationCall { proof }.abi_encode(),
                }
                .into()
            }
            Call::Other(op) => input(op),
        }
    }
}

fn end(script: Script, reverts: bool) -> Script {
    if reverts { script.revert() } else { script.report() }
}

/// What the precompiles answered in a transaction.
fn answers(receipt: &Receipt) -> Vec<Answer> {
    let answer = |frame: &&trace::Frame| match frame.end().result {
        InstructionResult::Return => Ok(frame.end().output.clone()),
        InstructionResult::Revert => Err(frame.end().output.clone()),
        other => panic!("{other:?}"),
    };
    receipt.trace.of(&[REGISTRY, PROOFS]).iter().map(answer).collect()
}

fn check_calls(model: &Model, receipt: &Receipt) {
    let answers = answers(receipt);
    assert_eq!(
        answers.len(),
        model.calls.len(),
        "calls of a transaction: {receipt:?}"
    );
    for ((call, expected), answer) in model.calls.iter().zip(&answers) {
        assert_eq!(answer, expected, "{call:?}");
        coverage::count(call, expected);
    }
    let logs: Vec<_> = receipt.logs().to_vec();
    let expected = model.world.logs.iter().map(|data| Log {
        address: REGISTRY,
        data: data.clone(),
    });
    assert_eq!(logs, expected.collect::<Vec<_>>(), "{:?}", model.calls);
}

fn check_answers(questions: &[(Address, Bytes, Answer)], receipt: &Receipt) {
    assert!(receipt.is_success(), "{:?}", receipt.result);
    assert!(receipt.logs().is_empty());
    let answers = answers(receipt);
    assert_eq!(answers.len(), questions.len());
    for ((to, input, expected), answer) in questions.iter().zip(&answers) {
        assert_eq!(answer, expected, "{to} {input}");
    }
    coverage::asked(questions.len());
}
