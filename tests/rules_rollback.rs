//! Writes and logs go through the journal: a revert of any frame above undoes them (specification, section 1,
//! rule 9).

mod evm;

use aivm::{
    abi::{
        IAttestationRegistry::{TEEVendor, submitCollateralCall, updateRootCACall},
        IPrecompile::StaticCallNotAllowed,
    },
    precompiles::evidence::{Vendor, intel},
    precompiles::state::blob::{collateral_account, root_account},
};
use aivm_simulator::intel::{Format, Scenario};
use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use evm::{
    MINING, REGISTRY, SENDER,
    asm::{Scheme, Script},
    calls,
    chain::{Adapter, Chain, Tx},
    evidence::{COLLATERAL_KEY, TDX, TRUST_SCORE},
    mining_input, revert_data, word,
};
use revm::interpreter::InstructionResult;

const OWNER: Address = Address::repeat_byte(0x0a);
const OUTER: Address = Address::repeat_byte(0x01);
const WORK_ID: [u8; 32] = [0x44; 32];

/// For memory, or for copying into it.
const OUT_OF_GAS: [InstructionResult; 2] = [InstructionResult::MemoryOOG, InstructionResult::OutOfGas];

fn mark_spent() -> Bytes {
    mining_input(6, &WORK_ID)
}

fn is_spent() -> Bytes {
    mining_input(4, &WORK_ID)
}

fn submit() -> Bytes {
    let collateral = TDX.collateral.clone().into();
    submitCollateralCall {
        vendor: TEEVendor::TDX,
        collateral,
    }
    .abi_encode()
    .into()
}

/// Makes a root that is not Intel's a second root, so that the same collateral is stored as other bytes.
fn add_root() -> Bytes {
    let root = Scenario::new(Format::TdxV4).root_der();
    let bundle = [intel::ROOT_CA, &root].concat();
    updateRootCACall {
        vendor: TEEVendor::TDX,
        newRootCA: bundle.into(),
    }
    .abi_encode()
    .into()
}

fn verify_tee() -> Bytes {
    mining_input(3, &[&TDX.evidence[..], &TDX.nonce].concat())
}

/// Each writing operation succeeds in its own frame, and the frame above fails in each way there is.
#[test]
fn an_outer_failure_undoes_write_and_log() {
    let mut undone = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all().into_iter().filter(|case| case.writes) {
            let call = Script::new().call(case.to, &case.input);
            // Copying so much into memory takes more gas than the first call leaves.
            let out_of_gas = call.clone().call(OUTER, &[0; 200_000]).report();
            let ends = [
                (
                    call.clone().revert(),
                    15_000_000,
                    &[InstructionResult::Revert][..],
                ),
                (call.invalid(), 15_000_000, &[InstructionResult::InvalidFEOpcode]),
                (out_of_gas, case.price * 64 / 63 + 10_000, &OUT_OF_GAS),
            ];
            for (owner, gas, failures) in ends {
                let mut chain = Chain::new(adapter, OWNER);
                chain.install(OWNER, &owner);
                chain.install(OUTER, &Script::new().call(OWNER, &[]).gas(gas).report());
                let before = chain.disk.without(&[SENDER]);
                let receipt = chain.send(Tx::new(OUTER, []));
                assert!(receipt.is_success());
                assert_eq!(
                    receipt.frame_of(case.to).end().result,
                    InstructionResult::Return,
                    "{}",
                    case.name
                );
                assert!(
                    failures.contains(&receipt.trace.frames[1].end().result),
                    "{}",
                    case.name
                );
                assert!(receipt.logs().is_empty(), "{}", case.name);
                assert_eq!(chain.disk.without(&[SENDER]), before, "{}", case.name);
                undone += 1;
            }
        }
    }
    assert_eq!(undone, Adapter::ALL.len() * calls::WRITES * 3);
}

/// Two frames above, within one transaction: what came before and what comes after stays.
#[test]
fn only_the_failed_frame_is_undone() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        let other = mining_input(6, &[0x45; 32]);
        // OUTER calls OWNER, which marks and reverts; then once more, which marks and does not.
        let failing = Address::repeat_byte(0x02);
        let allow = [&OWNER[..], &[1]].concat();
        chain.install(OWNER, &Script::forward(Scheme::Call, MINING));
        chain.install(failing, &Script::forward(Scheme::Call, OWNER).revert());
        let script = Script::new()
            .call(failing, &mark_spent())
            .call(OWNER, &other)
            .call(MINING, &is_spent())
            .call(OWNER, &mining_input(7, &allow))
            .call(OWNER, &mark_spent())
            .call(OWNER, &mark_spent())
            .report();
        chain.install(OUTER, &script);
        let receipt = chain.send(Tx::new(OUTER, []));
        assert!(receipt.is_success());
        let ends: Vec<_> = receipt
            .trace
            .of(&[MINING])
            .iter()
            .map(|frame| frame.end().result)
            .collect();
        let (done, refused) = (InstructionResult::Return, InstructionResult::Revert);
        assert_eq!(ends, [done, done, done, done, done, refused]);
        assert_eq!(
            receipt.trace.of(&[MINING])[2].end().output,
            word(0),
            "the mark is gone"
        );
        assert_eq!(receipt.logs().len(), 3);
        assert_eq!(
            chain.disk.accounts[&MINING].storage.len(),
            3,
            "authorised, and two marks"
        );
    }
}

/// A chain whose owner hands on to the registry, with the first collateral submitted or not.
fn chain_with_collateral(adapter: Adapter, submitted: bool) -> Chain {
    let mut chain = Chain::new(adapter, OWNER);
    chain.install(OWNER, &Script::forward(Scheme::Call, REGISTRY).report());
    if submitted {
        assert!(chain.send(Tx::new(OWNER, submit())).is_success());
    }
    chain
}

/// The code of an account is journaled too: the first collateral is in place after a second one was undone,
/// whether it came in the same transaction or in a block before.
#[test]
fn an_undone_submission_leaves_the_first_collateral() {
    let account = collateral_account(Vendor::Tdx, COLLATERAL_KEY);
    let failing = Address::repeat_byte(0x02);
    let second = Script::new()
        .call(OWNER, &add_root())
        .call(OWNER, &submit())
        .revert();
    let verified = [word(1), word(1), word(u64::from(TRUST_SCORE))].concat();
    for &adapter in Adapter::ALL {
        let expected = chain_with_collateral(adapter, true);
        for in_one_transaction in [false, true] {
            let mut chain = chain_with_collateral(adapter, !in_one_transaction);
            chain.install(failing, &second);
            let mut script = Script::new();
            if in_one_transaction {
                script = script.call(OWNER, &submit());
            }
            let script = script.call(failing, &[]).call(MINING, &verify_tee());
            chain.install(OUTER, &script.report());
            let receipt = chain.send(Tx::new(OUTER, []));
            let frames = receipt.trace.of(&[REGISTRY]);
            let succeeded = frames.iter().filter(|frame| frame.end().result.is_ok()).count();
            assert_eq!(
                (succeeded, frames.len()),
                if in_one_transaction { (3, 3) } else { (2, 2) }
            );
            assert_eq!(receipt.output(), verified);
            assert_eq!(receipt.logs().len(), usize::from(in_one_transaction));

            assert_eq!(chain.disk.code(account), expected.disk.code(account));
            for address in [account, root_account(Vendor::Tdx), REGISTRY] {
                assert_eq!(chain.disk.accounts[&address], expected.disk.accounts[&address]);
            }
        }
    }
}

/// The contrary: when nothing fails, the second submission replaces the first.
#[test]
fn a_second_submission_replaces_the_first() {
    let account = collateral_account(Vendor::Tdx, COLLATERAL_KEY);
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, SENDER);
        assert!(chain.send(Tx::new(REGISTRY, submit())).is_success());
        let first = chain.disk.code(account);
        assert!(chain.send(Tx::new(REGISTRY, add_root())).is_success());
        let receipt = chain.send(Tx::new(MINING, verify_tee()));
        assert_eq!(
            receipt.output(),
            [word(0), word(0)].concat(),
            "verified under replaced roots"
        );
        assert!(chain.send(Tx::new(REGISTRY, submit())).is_success());
        assert_ne!(chain.disk.code(account), first);
        let receipt = chain.send(Tx::new(MINING, verify_tee()));
        assert_eq!(receipt.output(), [word(1), word(u64::from(TRUST_SCORE))].concat());
    }
}

/// A refusal below a STATICCALL undoes nothing of the transaction around it.
#[test]
fn a_refused_call_leaves_its_siblings() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        let script = Script::new()
            .call(MINING, &mark_spent())
            .static_call(MINING, &mark_spent())
            .report();
        chain.install(OWNER, &script);
        let receipt = chain.send(Tx::new(OWNER, []));
        let expected = [word(0), revert_data(&StaticCallNotAllowed {})].concat();
        assert_eq!(receipt.output(), expected);
        assert_eq!(receipt.logs().len(), 1);
        assert_eq!(chain.send(Tx::new(MINING, is_spent())).output(), word(1));
    }
}
