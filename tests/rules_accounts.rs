//! The accounts of the precompiles: they outlive EIP-161 state clearing, Solidity sees code in them, and nobody
//! can run them by another name (specification, section 1, rule 8).

mod evm;

use aivm::{
    abi::IAttestationRegistry::{TEEVendor, submitCollateralCall},
    precompiles::{
        evidence::Vendor,
        state::blob::{collateral_account, root_account},
    },
};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, b256, keccak256};
use alloy_sol_types::SolCall;
use evm::{
    MINING, REGISTRY, SENDER, STRANGER,
    asm::{EXTCODEHASH, EXTCODESIZE, Scheme, Script, ask},
    chain::{Adapter, Chain, Tx},
    evidence::{COLLATERAL_KEY, TDX, TRUST_SCORE},
    mining_input, word,
};
use revm::{
    context::result::{ExecutionResult, HaltReason},
    interpreter::InstructionResult,
};

const CONTRACT: Address = Address::repeat_byte(0x0a);
const WORK_ID: [u8; 32] = [0x44; 32];

fn submit() -> Bytes {
    let collateral = TDX.collateral.clone().into();
    submitCollateralCall {
        vendor: TEEVendor::TDX,
        collateral,
    }
    .abi_encode()
    .into()
}

fn verify_tee() -> Bytes {
    mining_input(3, &[&TDX.evidence[..], &TDX.nonce].concat())
}

#[track_caller]
fn assert_spent(chain: &mut Chain, expected: u64) {
    assert_eq!(
        chain.send(Tx::new(MINING, mining_input(4, &WORK_ID))).output(),
        word(expected)
    );
}

/// A call without value touches an account: state clearing looks at it when the transaction ends.
fn touch(address: Address) -> Tx {
    Tx::new(address, [])
}

#[test]
fn a_mark_outlives_state_clearing() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, SENDER);
        let mark = Tx::new(MINING, mining_input(6, &WORK_ID));
        let receipts = chain.block(&[mark, touch(MINING), Tx::new(MINING, mining_input(4, &WORK_ID))]);
        assert!(receipts[0].is_success());
        assert_eq!(receipts[2].output(), word(1), "within the block");
        assert_spent(&mut chain, 1);
        for _ in 0..2 {
            chain.send(touch(MINING));
            chain.send(touch(REGISTRY));
        }
        assert_spent(&mut chain, 1);
        let account = &chain.disk.accounts[&MINING];
        assert_eq!(
            (account.nonce, account.storage.len()),
            (1, 2),
            "authorised, and the mark"
        );
        assert_eq!(chain.disk.code(MINING), Bytes::from_static(&[0xfe]));
    }
}

/// The contrary, which shows that the test above can fail: without the genesis accounts every write is lost.
#[test]
fn without_the_genesis_accounts_a_write_is_lost() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::bare(adapter);
        // Nobody governs an empty registry: its slot is zero, and so is this caller.
        let allow = [&SENDER[..], &[1]].concat();
        let ask = Tx::new(MINING, mining_input(8, SENDER.as_slice()));
        let txs = [
            Tx::new(MINING, mining_input(7, &allow)).from(Address::ZERO),
            ask.clone(),
        ];
        let receipts = chain.block(&txs);
        assert!(receipts[0].is_success(), "{:?}", receipts[0].result);
        assert_eq!(receipts[1].output(), word(0), "lost within the block");
        assert_eq!(chain.send(ask).output(), word(0));
        assert!(!chain.disk.accounts.contains_key(&MINING));

        // The same with the accounts.
        let mut chain = Chain::new(adapter, SENDER);
        let allow = [&STRANGER[..], &[1]].concat();
        let ask = Tx::new(MINING, mining_input(8, STRANGER.as_slice()));
        let receipts = chain.block(&[Tx::new(MINING, mining_input(7, &allow)), ask.clone()]);
        assert_eq!(receipts[1].output(), word(1));
        assert_eq!(chain.send(ask).output(), word(1));
    }
}

#[test]
fn collateral_outlives_state_clearing() {
    let account = collateral_account(Vendor::Tdx, COLLATERAL_KEY);
    let verified: Bytes = [word(1), word(u64::from(TRUST_SCORE))].concat().into();
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, SENDER);
        let receipts = chain.block(&[
            Tx::new(REGISTRY, submit()),
            touch(account),
            Tx::new(MINING, verify_tee()),
        ]);
        assert!(receipts[0].is_success(), "{:?}", receipts[0].result);
        // Running it fails, and so does nothing.
        let invalid = HaltReason::InvalidFEOpcode;
        assert!(matches!(&receipts[1].result, ExecutionResult::Halt { reason, .. } if *reason == invalid));
        assert_eq!(receipts[2].output(), verified);

        // A call that succeeds and touches: one wei arrives there.
        let code = chain.disk.code(account);
        chain.install(
            CONTRACT,
            &Script::new().call(account, &[]).value(0).gas(30_000).report(),
        );
        assert!(chain.send(touch(CONTRACT)).is_success());
        chain.send(touch(root_account(Vendor::Tdx)));
        assert_eq!(chain.send(Tx::new(MINING, verify_tee())).output(), verified);
        assert_eq!(chain.disk.code(account), code);
        assert_eq!(code.first(), Some(&0xfe));
    }
}

/// Whoever knows the address can send ether to a collateral account before the collateral comes.
#[test]
fn ether_at_a_collateral_account_is_no_obstacle() {
    let account = collateral_account(Vendor::Tdx, COLLATERAL_KEY);
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, SENDER);
        assert!(chain.send(touch(account).value(5)).is_success());
        assert!(chain.send(Tx::new(REGISTRY, submit())).is_success());
        assert_eq!(chain.disk.balance(account), U256::from(5));
        let receipt = chain.send(Tx::new(MINING, verify_tee()));
        assert_eq!(receipt.output(), [word(1), word(u64::from(TRUST_SCORE))].concat());
    }
}

#[test]
fn solidity_sees_code() {
    // keccak256(0xfe), as `cast keccak 0xfe` prints it.
    let hash = b256!("bcc90f2d6dada5b18e155c17a1c0a55920aae94f39857d39d0d8ed07ae8f228b");
    assert_eq!(keccak256([0xfe]), hash);
    for &adapter in Adapter::ALL {
        for (mut chain, size, expected) in [
            (Chain::new(adapter, SENDER), 1, hash),
            // Without the accounts: no code, and EXTCODEHASH says that there is no account either.
            (Chain::bare(adapter), 0, B256::ZERO),
        ] {
            for address in [MINING, REGISTRY] {
                chain.disk.set_code(CONTRACT, &ask(EXTCODESIZE, address));
                assert_eq!(chain.send(touch(CONTRACT)).output(), word(size));
                chain.disk.set_code(CONTRACT, &ask(EXTCODEHASH, address));
                assert_eq!(chain.send(touch(CONTRACT)).output()[..], expected[..]);
            }
        }
    }
    assert_ne!(hash, KECCAK256_EMPTY);
}

/// An account that delegates to a precompile (EIP-7702) runs the code there, the invalid opcode, as itself. It
/// is not the precompile.
#[test]
fn a_delegated_account_is_not_the_precompile() {
    let delegated = Address::repeat_byte(0x77);
    for &adapter in Adapter::ALL {
        for precompile in [MINING, REGISTRY] {
            let mut chain = Chain::new(adapter, delegated);
            let designator = [&[0xef, 0x01, 0x00][..], precompile.as_slice()].concat();
            chain.disk.set_code(delegated, &designator.into());
            chain.install(
                CONTRACT,
                &Script::forward(Scheme::Call, delegated).gas(100_000).report(),
            );
            let before = chain.disk.without(&[SENDER]);
            for input in [mining_input(6, &WORK_ID), mining_input(4, &WORK_ID), Bytes::new()] {
                let receipt = chain.send(Tx::new(CONTRACT, input));
                let frame = &receipt.trace.frames[1];
                // revm gives EIP-7702's delegated frames the account's own address.
                assert_eq!((frame.target, frame.code), (delegated, delegated));
                assert!(!frame.end().by_precompile);
                assert_eq!(frame.end().result, InstructionResult::InvalidFEOpcode);
                assert!(receipt.logs().is_empty());
                assert_eq!(chain.disk.without(&[SENDER]), before);
            }
            // By its own transaction, the account acts under its own name as ever.
            let receipt = chain.send(Tx::new(MINING, mining_input(6, &WORK_ID)).from(delegated));
            assert!(receipt.is_success(), "{:?}", receipt.result);
        }
    }
}
