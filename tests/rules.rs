//! The rules for every call, in real EVM frames: only CALL and STATICCALL, no value, no write below a
//! STATICCALL (specification, section 1, rules 1 to 3). Every operation of both precompiles, through both
//! adapters.

mod evm;

use aivm::abi::IPrecompile::{DelegateCallNotAllowed, StaticCallNotAllowed, ValueNotAllowed};
use alloy_primitives::{Address, Bytes, U256};
use evm::{
    MINING, SENDER,
    asm::{Scheme, Script},
    calls,
    chain::{Adapter, Chain, Tx},
    mining_input, revert_data, word,
};
use revm::interpreter::{CallScheme, InstructionResult};

/// The operations of both precompiles.
const OPERATIONS: usize = calls::OPERATIONS;

/// The contract that governs, guards and is authorised.
const OWNER: Address = Address::repeat_byte(0x0a);
/// Contracts on the way.
const FIRST: Address = Address::repeat_byte(0x01);
const SECOND: Address = Address::repeat_byte(0x02);
/// A contract that means harm.
const ATTACKER: Address = Address::repeat_byte(0x66);

const WORK_ID: [u8; 32] = [0x44; 32];

fn mark_spent() -> Bytes {
    mining_input(6, &WORK_ID)
}

#[track_caller]
fn assert_spent(chain: &mut Chain, expected: bool) {
    let receipt = chain.send(Tx::new(MINING, mining_input(4, &WORK_ID)));
    assert_eq!(receipt.output(), word(u64::from(expected)));
}

#[test]
fn delegatecall_and_callcode_are_refused() {
    let refusal = revert_data(&DelegateCallNotAllowed {});
    let mut refused = 0;
    for &adapter in Adapter::ALL {
        for scheme in [Scheme::DelegateCall, Scheme::CallCode] {
            for case in calls::all() {
                // The caller that a DELEGATECALL passes on is the sender of the transaction.
                for owner in [OWNER, SENDER] {
                    let mut chain = Chain::new(adapter, owner);
                    chain.install(OWNER, &Script::forward(scheme, case.to).report());
                    let tx = Tx::new(OWNER, case.input.clone());
                    chain.refused(tx, case.to, case.price, &refusal);
                    refused += 1;
                }
            }
        }
    }
    assert_eq!(refused, Adapter::ALL.len() * 2 * OPERATIONS * 2);
}

#[test]
fn callcode_with_value_is_refused_as_callcode() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        let script = Script::new()
            .step(Scheme::CallCode, MINING, &mark_spent())
            .value(1)
            .report();
        chain.install(OWNER, &script);
        chain.disk.accounts.get_mut(&OWNER).unwrap().balance = U256::ONE;
        chain.refused(
            Tx::new(OWNER, []),
            MINING,
            5_000,
            &revert_data(&DelegateCallNotAllowed {}),
        );
    }
}

/// Whoever is authorised may call a contract that means harm: its DELEGATECALL has the caller's name on it.
#[test]
fn a_delegatecall_does_not_borrow_the_callers_identity() {
    let refusal = revert_data(&DelegateCallNotAllowed {});
    for &adapter in Adapter::ALL {
        // The authorised contract calls the attacker.
        let mut chain = Chain::new(adapter, OWNER);
        chain.install(OWNER, &Script::forward(Scheme::Call, ATTACKER).report());
        chain.install(ATTACKER, &Script::forward(Scheme::DelegateCall, MINING).report());
        let receipt = chain.refused(Tx::new(OWNER, mark_spent()), MINING, 5_000, &refusal);
        assert_eq!(receipt.frame_of(MINING).caller, OWNER);
        assert_spent(&mut chain, false);

        // The authorised contract calls another, which runs the attacker's code as its own.
        chain.install(OWNER, &Script::forward(Scheme::Call, FIRST).report());
        chain.install(FIRST, &Script::forward(Scheme::DelegateCall, ATTACKER).report());
        let receipt = chain.refused(Tx::new(OWNER, mark_spent()), MINING, 5_000, &refusal);
        assert_eq!(receipt.frame_of(MINING).caller, OWNER);
        assert_spent(&mut chain, false);

        // The same through CALLCODE.
        chain.install(ATTACKER, &Script::forward(Scheme::CallCode, MINING).report());
        chain.install(OWNER, &Script::forward(Scheme::DelegateCall, ATTACKER).report());
        let receipt = chain.refused(Tx::new(OWNER, mark_spent()), MINING, 5_000, &refusal);
        assert_eq!(receipt.frame_of(MINING).caller, OWNER);
        assert_spent(&mut chain, false);
    }
}

/// The attacker's own CALL has its own name on it; only code that the owner chose to run as its own is the
/// owner.
#[test]
fn the_caller_is_the_immediate_sender() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        chain.install(OWNER, &Script::forward(Scheme::Call, ATTACKER).report());
        chain.install(ATTACKER, &Script::forward(Scheme::Call, MINING).report());
        let refusal = revert_data(&aivm::abi::IPrecompile::Unauthorized { caller: ATTACKER });
        chain.refused(Tx::new(OWNER, mark_spent()), MINING, 5_000, &refusal);

        chain.install(FIRST, &Script::forward(Scheme::Call, MINING));
        chain.install(OWNER, &Script::forward(Scheme::DelegateCall, FIRST));
        let receipt = chain.send(Tx::new(OWNER, mark_spent()));
        assert!(receipt.is_success(), "{:?}", receipt.result);
        assert_eq!(receipt.frame_of(MINING).caller, OWNER);
        assert_spent(&mut chain, true);
    }
}

#[test]
fn value_is_refused_and_returned() {
    let refusal = revert_data(&ValueNotAllowed {});
    let mut refused = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(OWNER, &Script::new().call(case.to, &case.input).value(3).report());
            chain.disk.accounts.get_mut(&OWNER).unwrap().balance = U256::from(7);
            let receipt = chain.refused(Tx::new(OWNER, []), case.to, case.price, &refusal);
            assert_eq!(receipt.frame_of(case.to).value, U256::from(3));
            assert_eq!(chain.disk.balance(OWNER), U256::from(7));
            assert_eq!(chain.disk.balance(case.to), U256::ZERO);

            // From an account with a key, in a transaction of its own.
            let mut chain = Chain::new(adapter, SENDER);
            let funds = chain.disk.balance(SENDER);
            let tx = Tx::new(case.to, case.input.clone()).value(1);
            let receipt = chain.refused(tx, case.to, case.price, &refusal);
            assert!(!receipt.is_success());
            assert_eq!(chain.disk.balance(SENDER), funds);
            refused += 2;
        }
    }
    assert_eq!(refused, Adapter::ALL.len() * OPERATIONS * 2);
}

/// STATICCALL → CALL → CALL → precompile. The last contract is the owner, so only the static flag can refuse.
#[test]
fn no_write_below_a_staticcall() {
    let refusal = revert_data(&StaticCallNotAllowed {});
    let (mut refused, mut read) = (0, 0);
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(FIRST, &Script::forward(Scheme::StaticCall, SECOND).report());
            chain.install(SECOND, &Script::forward(Scheme::Call, OWNER).report());
            chain.install(OWNER, &Script::forward(Scheme::Call, case.to).report());
            let tx = Tx::new(FIRST, case.input.clone());
            let before = chain.disk.without(&[SENDER]);
            let receipt = if case.writes {
                refused += 1;
                chain.refused(tx, case.to, case.price, &refusal)
            } else {
                read += 1;
                chain.send(tx)
            };
            let frame = receipt.frame_of(case.to);
            assert_eq!(
                (frame.scheme, frame.is_static, frame.depth),
                (CallScheme::Call, true, 3)
            );
            if !case.writes {
                assert_eq!(frame.end().result, InstructionResult::Return, "{}", case.name);
                assert_eq!(chain.disk.without(&[SENDER]), before, "{}", case.name);
            }
        }
    }
    assert_eq!(
        (refused, read),
        (
            Adapter::ALL.len() * calls::WRITES,
            Adapter::ALL.len() * (OPERATIONS - calls::WRITES)
        )
    );
}

#[test]
fn a_staticcall_itself_reads_and_does_not_write() {
    let refusal = revert_data(&StaticCallNotAllowed {});
    let mut calls_made = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(OWNER, &Script::forward(Scheme::StaticCall, case.to).report());
            let tx = Tx::new(OWNER, case.input.clone());
            if case.writes {
                chain.refused(tx, case.to, case.price, &refusal);
            } else {
                let receipt = chain.send(tx);
                assert_eq!(
                    receipt.frame_of(case.to).end().result,
                    InstructionResult::Return,
                    "{}",
                    case.name
                );
            }
            calls_made += 1;
        }
    }
    assert_eq!(calls_made, Adapter::ALL.len() * OPERATIONS);
}
