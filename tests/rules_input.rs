//! AI mining accounts for every byte of its input: exact payloads one byte short, exact and one byte long, each
//! limit from both sides, and what the refusal says (specification, section 1, rule 6 and "Gas").

mod evm;

use aivm::abi::{
    IAIMining::{InvalidBool, InvalidPrivacyLevel, UnknownParameterSet, UnknownVendor},
    IPrecompile::{InputTooLong, InputTooShort},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use evm::{
    MINING,
    asm::{Scheme, Script},
    chain::{Adapter, Chain, Tx},
    mining_input, revert_data, work_proof,
};
use revm::interpreter::InstructionResult;

const OWNER: Address = Address::repeat_byte(0x0a);

/// The longest message and the longest evidence.
const MESSAGE: usize = 8_192;
const EVIDENCE: usize = 16_384;

const PRICES: [u64; 9] = [0, 3_000, 1_000, 5_000, 100, 50, 5_000, 25_000, 100];

fn too_short(length: usize, minimum: usize) -> Option<Bytes> {
    Some(revert_data(&InputTooShort {
        length: U256::from(length),
        minimum: U256::from(minimum),
    }))
}

fn too_long(length: usize, maximum: usize) -> Option<Bytes> {
    Some(revert_data(&InputTooLong {
        length: U256::from(length),
        maximum: U256::from(maximum),
    }))
}

/// Makes the call through a contract that swallows the revert. `None` is expected to succeed.
fn check(opcode: u8, payload: &[u8], refusal: Option<Bytes>) {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        chain.install(OWNER, &Script::forward(Scheme::Call, MINING).report());
        let tx = Tx::new(OWNER, mining_input(opcode, payload));
        let price = PRICES[usize::from(opcode)];
        match &refusal {
            Some(data) => {
                chain.refused(tx, MINING, price, data);
            }
            None => {
                let receipt = chain.send(tx);
                let end = receipt.frame_of(MINING).end();
                let what = format!("{opcode} with {} bytes", payload.len());
                assert_eq!(
                    (end.result, end.gas_used),
                    (InstructionResult::Return, price),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn payloads_of_one_length() {
    let mut checked = 0;
    for (opcode, len) in [(4, 32), (6, 32), (7, 21), (8, 20)] {
        for wrong in [0, 1, len - 1, len + 1, len + 31, 2 * len, 70_000] {
            let refusal = if wrong < len {
                too_short(wrong, len)
            } else {
                too_long(wrong, len)
            };
            check(opcode, &vec![1; wrong], refusal);
            checked += 1;
        }
        check(opcode, &vec![1; len], None);
    }
    assert_eq!(checked, 4 * 7);
}

#[test]
fn work_proofs() {
    let proof = work_proof(B256::repeat_byte(0x11), 1, 60);
    assert_eq!(proof.len(), 78);
    for opcode in [2, 5] {
        for len in [0, 1, 77] {
            check(opcode, &proof[..len], too_short(len, 78));
        }
        for evidence in [0, 1, EVIDENCE - 1, EVIDENCE] {
            check(opcode, &[&proof[..], &vec![7; evidence]].concat(), None);
        }
        let (len, maximum) = (78 + EVIDENCE + 1, 78 + EVIDENCE);
        check(
            opcode,
            &[&proof[..], &vec![7; EVIDENCE + 1]].concat(),
            too_long(len, maximum),
        );
        check(
            opcode,
            &[&proof[..], &vec![7; 70_000]].concat(),
            too_long(70_078, maximum),
        );
    }
}

#[test]
fn signed_messages() {
    let mut checked = 0;
    for (set, key_and_signature) in [
        (0x44, 1_312 + 2_420),
        (0x65, 1_952 + 3_309),
        (0x87, 2_592 + 4_627),
    ] {
        let minimum = 1 + key_and_signature;
        let payload = |len: usize| [&[set][..], &vec![3; len - 1]].concat();
        for len in [1, 2, minimum - 1] {
            check(1, &payload(len), too_short(len, minimum));
        }
        for message in [0, 1, MESSAGE - 1, MESSAGE] {
            check(1, &payload(minimum + message), None);
        }
        for message in [MESSAGE + 1, 60_000] {
            check(
                1,
                &payload(minimum + message),
                too_long(minimum + message, minimum + MESSAGE),
            );
        }
        checked += 1;
    }
    assert_eq!(checked, 3);
    check(1, &[], too_short(0, 1));
}

/// Every byte but the three names no parameter set, whatever follows it.
#[test]
fn parameter_sets() {
    let mut refused = 0;
    for set in 0..=u8::MAX {
        if ![0x44, 0x65, 0x87].contains(&set) {
            let refusal = revert_data(&UnknownParameterSet { parameterSet: set });
            check(1, &[set], Some(refusal.clone()));
            check(1, &[&[set][..], &[0; 5_000]].concat(), Some(refusal));
            refused += 1;
        }
    }
    assert_eq!(refused, 253);
}

#[test]
fn evidence() {
    for len in [0, 1, 32] {
        check(3, &vec![3; len], too_short(len, 33));
    }
    for len in [33, 34, EVIDENCE + 31, EVIDENCE + 32] {
        check(3, &vec![3; len], None);
    }
    for len in [EVIDENCE + 33, 70_000] {
        check(3, &vec![3; len], too_long(len, EVIDENCE + 32));
    }
}

/// Vendor 0 and the vendors without a verifier do not verify; a byte that numbers no vendor reverts.
#[test]
fn vendors() {
    let mut refused = 0;
    for vendor in 0..=u8::MAX {
        let payload = [&[vendor][..], &[0; 100]].concat();
        if vendor <= 5 {
            check(3, &payload, None);
        } else {
            check(3, &payload, Some(revert_data(&UnknownVendor { vendor })));
            refused += 1;
        }
    }
    assert_eq!(refused, 250);
}

#[test]
fn privacy_levels() {
    let mut refused = 0;
    for level in (0..=260).chain([0x0100, 0x0200, 0x0300, 0x0400, 0x7fff, 0xffff]) {
        if !(1..=4).contains(&level) {
            let refusal = revert_data(&InvalidPrivacyLevel { level });
            check(2, &work_proof(B256::ZERO, level, 1), Some(refusal));
            // The work id is of the bytes as they are.
            check(5, &work_proof(B256::ZERO, level, 1), None);
            refused += 1;
        }
    }
    assert_eq!(refused, 261 - 4 + 6);
}

#[test]
fn bools() {
    let mut refused = 0;
    for value in 0..=u8::MAX {
        let payload = [&[0x55; 20][..], &[value]].concat();
        if value <= 1 {
            check(7, &payload, None);
        } else {
            check(7, &payload, Some(revert_data(&InvalidBool { value })));
            refused += 1;
        }
    }
    assert_eq!(refused, 254);
}
