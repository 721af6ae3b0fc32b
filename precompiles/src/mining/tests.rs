//! What the operations are made of. The operations themselves are tested through EVMs, in the workspace's
//! `tests`.

use super::{
    MAX_MESSAGE_LEN, Operation, PRECOMPILE, WORK_PROOF_HEADER_LEN, WorkProof,
    input::{PrivacyLevel, parse_address_and_bool, parse_evidence},
};
use crate::{config::GasSchedule, evidence::MAX_EVIDENCE_LEN, precompile::Price};
use alloy_primitives::{Address, B256};

#[test]
fn opcodes_and_names() {
    let opcodes = Operation::ALL.map(Operation::opcode);
    assert_eq!(opcodes, [1, 2, 3, 4, 5, 6, 7, 8]);
    let names = Operation::ALL.map(Operation::name);
    assert_eq!(
        names.map(|name| names.iter().filter(|other| **other == name).count()),
        [1; 8]
    );
    for operation in Operation::ALL {
        let input = [operation.opcode(), 7, 8];
        assert_eq!(Operation::split(&input), Some((operation, &[7, 8][..])));
    }
    for opcode in (0..=u8::MAX).filter(|opcode| !opcodes.contains(opcode)) {
        assert_eq!(Operation::split(&[opcode]), None);
    }
    assert_eq!(Operation::split(&[]), None);
}

/// The price is of the first byte alone.
#[test]
fn prices_are_flat() {
    let gas = GasSchedule::default();
    let price = |input: &[u8]| (PRECOMPILE.price)(&gas, input);
    for opcode in 0..=u8::MAX {
        let bare = price(&[opcode]);
        for len in [1, 78, 70_000] {
            assert_eq!(price(&[&[opcode][..], &vec![0xff; len]].concat()), bare);
        }
        let known = (1..=8).contains(&opcode);
        assert_eq!(
            bare == Price::read(gas.unknown_operation),
            !known || opcode == 2,
            "{opcode}"
        );
        assert_eq!(bare.writes, opcode == 6 || opcode == 7);
    }
    assert_eq!(price(&[]), Price::read(gas.unknown_operation));
}

#[test]
fn the_fields_of_a_work_proof() {
    let bytes: Vec<u8> = (0..100).collect();
    let proof = WorkProof::parse(&bytes).unwrap();
    assert_eq!(proof.header, &bytes[..WORK_PROOF_HEADER_LEN]);
    assert_eq!(proof.device_id, B256::from_slice(&bytes[..32]));
    assert_eq!(proof.privacy_level, u16::from_be_bytes([72, 73]));
    assert_eq!(proof.compute_minutes, u32::from_be_bytes([74, 75, 76, 77]));
    let longest = vec![0; WORK_PROOF_HEADER_LEN + MAX_EVIDENCE_LEN];
    assert!(WorkProof::parse(&longest).is_ok());
    assert!(WorkProof::parse(&[&longest[..], &[0]].concat()).is_err());
    assert!(WorkProof::parse(&bytes[..WORK_PROOF_HEADER_LEN - 1]).is_err());
}

#[test]
fn levels() {
    let multiplier = |level| PrivacyLevel::parse(level).map(PrivacyLevel::multiplier).ok();
    assert_eq!(
        [1, 2, 3, 4].map(multiplier),
        [2_500, 5_000, 10_000, 15_000].map(Some)
    );
    let known = (0..=u16::MAX).filter(|level| multiplier(*level).is_some());
    assert_eq!(known.collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn payloads() {
    let (evidence, nonce) = parse_evidence(&[7; 33]).unwrap();
    assert_eq!((evidence, nonce), (&[7][..], &[7; 32]));
    assert!(parse_evidence(&[7; 32]).is_err());
    let payload = [[9; 20].as_slice(), &[1]].concat();
    assert_eq!(
        parse_address_and_bool(&payload),
        Ok((Address::repeat_byte(9), true))
    );
    assert_eq!(MAX_MESSAGE_LEN, 8_192);
}
