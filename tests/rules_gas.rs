//! The price of every operation, to the unit: charged first, the same on success and on revert, and what is
//! left goes back (specification, section 1, rule 4 and "Gas").

mod evm;

use aivm::{
    Aivm, Call, Config, GasSchedule, Outcome,
    abi::{
        IAttestationLightClient::IAttestationLightClientCalls,
        IAttestationProofs::IAttestationProofsCalls,
        IAttestationRegistry::IAttestationRegistryCalls,
        IPrecompile::{DelegateCallNotAllowed, UnknownOperation},
    },
    crypto::RustCrypto,
    precompiles::mining::Operation,
};
use alloy_primitives::{Address, Bytes, FixedBytes, U256, address};
use alloy_sol_types::SolInterface;
use evm::{
    MINING, PROOFS, REGISTRY, SYNC,
    asm::{Scheme, Script},
    calls::{self, Case},
    chain::{Adapter, Chain, Receipt, Tx},
    memory::Machine,
    mining_input, revert_data,
    sync_calls::SYNC_FUNCTIONS,
};
use revm::interpreter::InstructionResult;
use std::collections::BTreeSet;

const OPERATIONS: usize = calls::OPERATIONS;
const OWNER: Address = Address::repeat_byte(0x0a);

/// The precompile of Ethereum that returns its input for 15 gas and 3 for each word.
const IDENTITY: Address = address!("0000000000000000000000000000000000000004");

/// Runs a script as the owner.
fn run(chain: &mut Chain, script: &Script) -> Receipt {
    chain.install(OWNER, script);
    chain.send(Tx::new(OWNER, []))
}

/// What making a call takes besides the call, as [`Script::meter`] measures it.
fn call_overhead(adapter: Adapter, scheme: Scheme) -> u64 {
    let script = Script::new().step(scheme, IDENTITY, &[]).meter();
    run(&mut Chain::new(adapter, OWNER), &script).number() - 15
}

/// Makes one call with exactly `gas`, and gives its result, its output and the gas it used.
fn call_with(adapter: Adapter, scheme: Scheme, case: &Case, gas: u64) -> (InstructionResult, Bytes, u64) {
    let script = Script::new().step(scheme, case.to, &case.input).gas(gas).report();
    let mut chain = Chain::new(adapter, OWNER);
    let receipt = run(&mut chain, &script);
    assert!(receipt.is_success());
    let frame = receipt.frame_of(case.to);
    assert_eq!(frame.gas_limit, gas);
    let end = frame.end();
    assert_eq!((end.gas_refunded, end.state_gas, end.reservoir), (0, 0, 0));
    let logs = if end.result == InstructionResult::Return {
        case.logs
    } else {
        0
    };
    assert_eq!(receipt.logs().len(), logs, "{}", case.name);
    (end.result, end.output.clone(), end.gas_used)
}

/// The table of cases has every operation that there is.
#[test]
fn every_operation_has_a_case() {
    let cases = calls::all();
    let opcodes: BTreeSet<_> = cases
        .iter()
        .filter(|case| case.to == MINING)
        .map(|case| case.input[0])
        .collect();
    let expected = Operation::ALL.map(Operation::opcode);
    assert_eq!(opcodes, BTreeSet::from(expected));
    assert_eq!(expected, [1, 2, 3, 4, 5, 6, 7, 8]);
    let selectors = |address: Address| -> BTreeSet<[u8; 4]> {
        let cases = cases.iter().filter(|case| case.to == address);
        cases.map(|case| case.input[..4].try_into().unwrap()).collect()
    };
    assert_eq!(
        selectors(REGISTRY),
        IAttestationRegistryCalls::selectors().collect()
    );
    assert_eq!(selectors(PROOFS), IAttestationProofsCalls::selectors().collect());
    assert_eq!(
        selectors(SYNC),
        IAttestationLightClientCalls::selectors().collect()
    );
    let counted = [
        opcodes.len(),
        selectors(REGISTRY).len(),
        selectors(PROOFS).len(),
        selectors(SYNC).len(),
    ];
    let expected = [
        calls::MINING_OPERATIONS,
        calls::REGISTRY_FUNCTIONS,
        calls::PROOF_FUNCTIONS,
        SYNC_FUNCTIONS,
    ];
    assert_eq!(counted, expected);
}

#[test]
fn success_takes_exactly_the_price() {
    let mut charged = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            let (result, output, used) = call_with(adapter, Scheme::Call, &case, case.price - 1);
            assert_eq!(result, InstructionResult::PrecompileOOG, "{}", case.name);
            assert_eq!((output.len(), used), (0, case.price - 1), "{}", case.name);
            for gas in [case.price, case.price + 1, case.price + 1_000_000] {
                let (result, _, used) = call_with(adapter, Scheme::Call, &case, gas);
                assert_eq!(
                    (result, used),
                    (InstructionResult::Return, case.price),
                    "{}",
                    case.name
                );
            }
            charged += 1;
        }
    }
    assert_eq!(charged, Adapter::ALL.len() * OPERATIONS);
}

#[test]
fn a_revert_takes_exactly_the_price() {
    let refusal = revert_data(&DelegateCallNotAllowed {});
    let mut charged = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            let (result, output, used) = call_with(adapter, Scheme::DelegateCall, &case, case.price - 1);
            assert_eq!(result, InstructionResult::PrecompileOOG, "{}", case.name);
            assert_eq!((output.len(), used), (0, case.price - 1), "{}", case.name);
            for gas in [case.price, case.price + 1_000_000] {
                let (result, output, used) = call_with(adapter, Scheme::DelegateCall, &case, gas);
                assert_eq!(
                    (result, used),
                    (InstructionResult::Revert, case.price),
                    "{}",
                    case.name
                );
                assert_eq!(output, refusal);
            }
            charged += 1;
        }
    }
    assert_eq!(charged, Adapter::ALL.len() * OPERATIONS);
}

/// Price first, then work: what is not paid for is neither done nor judged, whatever an EVM would make of the gas.
#[test]
fn nothing_is_done_before_it_is_paid() {
    let mut unpaid = 0;
    for case in calls::all() {
        let Machine { aivm, mut host } = Machine::new(OWNER);
        let before = host.clone();
        let direct = Call {
            input: &case.input,
            gas_limit: case.price - 1,
            caller: OWNER,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let delegated = Call {
            is_direct: false,
            ..direct
        };
        let with_value = Call {
            value: U256::ONE,
            ..direct
        };
        let below_static = Call {
            is_static: true,
            ..direct
        };
        let nothing = Call {
            gas_limit: 0,
            ..direct
        };
        for call in [direct, delegated, with_value, below_static, nothing] {
            let outcome = aivm.call(case.to, &mut host, &call).unwrap();
            assert_eq!(outcome, Ok(Outcome::OutOfGas), "{}", case.name);
            assert_eq!(host, before, "{}", case.name);
            unpaid += 1;
        }
        let paid = Call {
            gas_limit: case.price,
            ..direct
        };
        let outcome = aivm.call(case.to, &mut host, &paid).unwrap();
        assert!(matches!(outcome, Ok(Outcome::Success { .. })), "{}", case.name);
    }
    assert_eq!(unpaid, OPERATIONS * 5);
}

/// What a contract sees of its own gas, before and after: the price on success, on revert, and no more.
#[test]
fn the_caller_gets_the_rest_back() {
    let mut measured = 0;
    for &adapter in Adapter::ALL {
        for scheme in [Scheme::Call, Scheme::DelegateCall] {
            let overhead = call_overhead(adapter, scheme);
            for case in calls::all() {
                let script = Script::new().step(scheme, case.to, &case.input).meter();
                let taken = run(&mut Chain::new(adapter, OWNER), &script).number();
                assert_eq!(taken - overhead, case.price, "{scheme:?} {}", case.name);
                measured += 1;
            }
        }
    }
    assert_eq!(measured, Adapter::ALL.len() * 2 * OPERATIONS);
}

/// Out of gas takes all that was given, and only that.
#[test]
fn out_of_gas_takes_what_was_given() {
    for &adapter in Adapter::ALL {
        let overhead = call_overhead(adapter, Scheme::Call);
        for gas in [0, 1, 4_999] {
            let script = Script::new()
                .call(MINING, &mining_input(6, &[0x44; 32]))
                .gas(gas)
                .meter();
            let taken = run(&mut Chain::new(adapter, OWNER), &script).number();
            // PUSH8 instead of GAS to name the gas: one more.
            assert_eq!(taken, overhead + 1 + gas);
        }
    }
}

/// Inputs that name no operation, and the four bytes that the revert names.
fn unknown() -> Vec<(Address, &'static [u8], [u8; 4])> {
    vec![
        (MINING, &[], [0; 4]),
        (MINING, &[0], [0; 4]),
        (MINING, &[9], [9, 0, 0, 0]),
        (MINING, &[9, 1, 2, 3, 4], [9, 0, 0, 0]),
        (MINING, &[0xff, 0xff], [0xff, 0, 0, 0]),
        (MINING, &[0x10, 0, 0], [0x10, 0, 0, 0]),
        (REGISTRY, &[], [0; 4]),
        (REGISTRY, &[0x5a], [0x5a, 0, 0, 0]),
        (REGISTRY, &[0x5a, 0xa6], [0x5a, 0xa6, 0, 0]),
        // The first three bytes of governance().
        (REGISTRY, &[0x5a, 0xa6, 0xe6], [0x5a, 0xa6, 0xe6, 0]),
        (REGISTRY, &[0; 4], [0; 4]),
        (REGISTRY, &[0xde, 0xad, 0xbe, 0xef], [0xde, 0xad, 0xbe, 0xef]),
        (REGISTRY, &[0xde, 0xad, 0xbe, 0xef, 7], [0xde, 0xad, 0xbe, 0xef]),
    ]
}

#[test]
fn an_unknown_operation_costs_a_thousand() {
    let mut refused = 0;
    assert_eq!(
        &calls::named("governance").input[..3],
        &[0x5a, 0xa6, 0xe6],
        "governance()"
    );
    for &adapter in Adapter::ALL {
        for (to, input, operation) in unknown() {
            let case = Case {
                name: "unknown",
                to,
                input: Bytes::from_static(input),
                price: 1_000,
                writes: false,
                logs: 0,
            };
            let (result, _, used) = call_with(adapter, Scheme::Call, &case, 999);
            assert_eq!((result, used), (InstructionResult::PrecompileOOG, 999));
            let expected = revert_data(&UnknownOperation {
                operation: FixedBytes(operation),
            });
            for (scheme, gas) in [(Scheme::Call, 1_000), (Scheme::StaticCall, 50_000)] {
                let (result, output, used) = call_with(adapter, scheme, &case, gas);
                assert_eq!((result, used), (InstructionResult::Revert, 1_000), "{input:02x?}");
                assert_eq!(output, expected, "{input:02x?}");
                refused += 1;
            }
        }
    }
    assert_eq!(refused, Adapter::ALL.len() * 13 * 2);
}

/// Prices of which no two are the same, nor any the default.
const OTHER_PRICES: GasSchedule = GasSchedule {
    unknown_operation: 11,
    verify_mldsa: 12,
    calculate_reward: 13,
    verify_tee: 14,
    is_spent: 15,
    compute_work_id: 16,
    mark_spent: 17,
    set_authorized: 18,
    is_authorized: 19,
    collateral_base: 20,
    collateral_byte: 2,
    registry_write: 21,
    registry_read: 22,
    verify_attestation: 23,
    proofs: 24,
    update_root: 25,
    committee_base: 26,
    committee_member: 3,
    verify_device_proof: 27,
    sync_read: 28,
};

/// Every price is the configuration's.
#[test]
fn a_chain_can_choose_its_prices() {
    let config = Config {
        gas: OTHER_PRICES,
        ..Default::default()
    };
    let aivm = Aivm::new(config, RustCrypto).unwrap();
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        chain.aivm = aivm.clone();
        for (case, opcode) in calls::all().iter().zip(1..) {
            let price = match (case.to, case.writes, case.price) {
                (MINING, ..) => 11 + opcode,
                (PROOFS, ..) => 24,
                (SYNC, true, 30_000) => 25,
                (SYNC, true, price) => 26 + 3 * ((price - 30_000) / 22_100),
                (SYNC, false, 10_000) => 27,
                (SYNC, ..) => 28,
                (_, true, 25_000) => 21,
                (_, true, 50_000) => 23,
                (_, true, _) => 20 + 2 * case.input.len() as u64,
                (_, false, _) => 22,
            };
            let mut chain = chain.clone();
            let script = Script::new().call(case.to, &case.input).gas(price).report();
            let receipt = run(&mut chain, &script);
            let end = receipt.frame_of(case.to).end();
            let expected = (InstructionResult::Return, price);
            assert_eq!((end.result, end.gas_used), expected, "{}", case.name);
        }
        let receipt = run(&mut chain, &Script::new().call(REGISTRY, &[]).report());
        assert_eq!(receipt.frame_of(REGISTRY).end().gas_used, 11);
    }
}
