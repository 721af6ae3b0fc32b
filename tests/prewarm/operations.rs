//! Which calls are made ahead.

use super::{
    Executed, FLEET,
    blocks::{chain, floor_gas, gas_for},
    evm::{
        MINING, SENDER, calls,
        chain::{Adapter, Tx},
        memory::Machine,
    },
    facts, prewarm, with_memo,
};
use aivm::{
    Aivm, Call, Config, Host, Outcome,
    prewarm::{BlockFacts, Memo, OuterCall},
};
use aivm_test_support::counting::{Counting, Counts};
use alloy_primitives::{Address, TxKind, U256};
use revm::{context::TxEnv, interpreter::InstructionResult};
use std::{collections::BTreeSet, sync::Arc};

fn outer(from: Address, to: Address, input: &[u8]) -> OuterCall<'_> {
    OuterCall {
        caller: from,
        to,
        value: U256::ZERO,
        input,
        gas_limit: 30_000_000,
    }
}

/// How many signatures a call checks when it is made, and what comes of it.
fn counted(machine: &Machine, from: Address, to: Address, input: &[u8]) -> (Outcome, u64) {
    let counting = Counting::default();
    let aivm = Aivm::new(Config::default(), counting.clone()).expect("the default configuration");
    let outcome = make(&aivm, &mut machine.host.clone(), from, to, input);
    let Counts {
        mldsa,
        p256,
        p384,
        rsa_pss,
        secp256k1,
    } = counting.take();
    (outcome, (mldsa + p256 + p384 + rsa_pss + secp256k1) as u64)
}

fn make(aivm: &Aivm, host: &mut dyn Host, from: Address, to: Address, input: &[u8]) -> Outcome {
    let call = Call {
        input,
        gas_limit: 30_000_000,
        caller: from,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    aivm.call(to, host, &call).expect("a precompile").expect("memory")
}

/// Of every operation: it is made ahead if and only if it checks signatures, and then all of them are found.
#[test]
fn every_operation_that_checks_signatures_is_made_ahead() {
    let mut machine = Machine::new(SENDER);
    let (mut with, mut made) = (BTreeSet::new(), 0);
    // Twice: what is submitted in the first round lets evidence of the second come to its signatures.
    for case in calls::all_by(SENDER).into_iter().chain(calls::all_by(SENDER)) {
        let (expected, signatures) = counted(&machine, SENDER, case.to, &case.input);
        let memo = Arc::new(Memo::new());
        let block = BlockFacts {
            number: machine.host.number,
            timestamp: machine.host.timestamp,
            chain_id: machine.host.chain_id,
            gas_limit: 1_000_000_000,
        };
        let call = outer(SENDER, case.to, &case.input);
        machine.aivm.prewarm(&memo, &machine.host, &block, [call]);
        assert_eq!(memo.stats().verdicts > 0, signatures > 0, "{}", case.name);
        let aivm = machine.aivm.with_memo(&memo);
        let outcome = make(&aivm, &mut machine.host, SENDER, case.to, &case.input);
        assert_eq!(outcome, expected, "{}", case.name);
        assert_eq!(
            (memo.stats().hits, memo.stats().misses),
            (signatures, 0),
            "{}",
            case.name
        );
        if signatures > 0 {
            with.insert(case.name);
        }
        made += 1;
    }
    assert_eq!(made, 2 * calls::OPERATIONS);
    let expected = [
        "VerifyMLDSA",
        "VerifyTEE",
        "rotateCommittee",
        "submitCollateral",
        "updateRoot",
        "updateRootCA",
        "verifyAttestation",
        "verifyAttestationFor",
    ];
    assert_eq!(with, BTreeSet::from(expected));
}

/// Exactly: as the frame in the EVM has it.
#[test]
fn what_cannot_pay_is_not_made_ahead() {
    let chain = chain(Adapter::Revm, &FLEET);
    let mut seen = 0;
    for case in calls::all_by(SENDER) {
        let tx = Tx::new(case.to, case.input.clone());
        let enough = gas_for(&tx);
        if !["updateRoot", "verifyAttestation", "submitCollateral"].contains(&case.name) {
            continue;
        }
        assert!(
            enough > floor_gas(&tx),
            "{}: the transaction would be invalid",
            case.name
        );
        for (limit, is_paid) in [(enough - 1, false), (enough, true), (enough + 1, true)] {
            let txs = [tx.clone().gas_limit(limit)];
            let memo = Arc::new(Memo::new());
            prewarm(&chain.aivm, &chain.disk, facts(&chain), &txs, &memo);
            assert_eq!(memo.stats().verdicts > 0, is_paid, "{}", case.name);
            let executed = Executed::of(with_memo(&chain, &memo), &txs);
            let end = executed.receipts[0].frame_of(case.to).end();
            assert_eq!(
                end.result == InstructionResult::PrecompileOOG,
                !is_paid,
                "{}",
                case.name
            );
            assert_eq!(memo.stats().hits > 0, is_paid, "{}", case.name);
        }
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn who_creates_a_contract_calls_nobody() {
    let tx = TxEnv::builder()
        .kind(TxKind::Create)
        .build()
        .expect("a transaction");
    assert_eq!(OuterCall::of_revm(&tx), None);
    let tx = Tx::new(MINING, [3; 40]).from(SENDER).value(7).gas_limit(99_999);
    let expected = OuterCall {
        value: U256::from(7),
        gas_limit: 99_999,
        ..outer(SENDER, MINING, &[3; 40])
    };
    assert_eq!(OuterCall::of_revm(&tx.env()), Some(expected));
}
