//! Inputs that are no call: of unknown functions, in another encoding, too long.

use crate::{
    common::world::{ANYONE, GOVERNANCE},
    gas::{SYNC, client, functions},
    setup::{Client, at, error, root},
};
use aivm::abi::{
    IAttestationLightClient as abi,
    IPrecompile::{InputTooLong, InvalidAbiEncoding, UnknownOperation},
};
use alloy_primitives::{Address, B256, FixedBytes};
use alloy_sol_types::SolCall;

#[test]
fn unknown_functions() {
    let mut client = Client::new();
    for (input, operation) in [
        (&[][..], [0; 4]),
        (&[0xab], [0xab, 0, 0, 0]),
        (&[1, 2, 3], [1, 2, 3, 0]),
        (&[1, 2, 3, 4], [1, 2, 3, 4]),
        (&[1, 2, 3, 4, 5], [1, 2, 3, 4]),
    ] {
        let operation = FixedBytes(operation);
        let expected = Err(error(&UnknownOperation { operation }));
        assert_eq!(client.world.call(SYNC, ANYONE, input), expected);
    }
}

/// An input that another encoder would have written: refused, whatever it would have meant.
#[test]
fn the_canonical_encoding_only() {
    let (mut client, council) = client();
    let mut cases = 0;
    for (input, ..) in functions(&council) {
        let selector = FixedBytes::<4>::from_slice(&input[..4]);
        let refused = Err(error(&InvalidAbiEncoding { selector }));
        let mut inputs = vec![input[..input.len() - 1].to_vec()];
        if input.len() > 36 {
            inputs.push(input[..4].to_vec());
        }
        if input.len() < 1_000 {
            inputs.push([&input[..], &[0]].concat());
            inputs.push([&input[..], &[0; 32]].concat());
        }
        if input.len() == 4 {
            inputs.remove(0);
        }
        for input in inputs {
            assert_eq!(client.world.call(SYNC, GOVERNANCE, &input), refused, "{selector}");
            cases += 1;
        }
    }
    assert!(cases >= 30, "{cases}");
}

/// An offset that points elsewhere, at the same bytes or at none; dirty bits of an address and of a weight; a status
/// that is none.
#[test]
fn words_out_of_place() {
    let (mut client, council) = client();
    let check = |client: &mut Client, input: &[u8], at: usize, byte: u8, what: &str| {
        let mut damaged = input.to_vec();
        assert_ne!(damaged[at], byte);
        damaged[at] = byte;
        let selector = FixedBytes::<4>::from_slice(&input[..4]);
        let refused = Err(error(&InvalidAbiEncoding { selector }));
        assert_eq!(client.world.call(SYNC, GOVERNANCE, &damaged), refused, "{what}");
    };
    let set = council.set(0).abi_encode();
    check(
        &mut client,
        &set,
        4 + 2 * 32 - 1,
        0xa0,
        "the offset of the members",
    );
    check(
        &mut client,
        &set,
        4 + 3 * 32 - 1,
        0x80,
        "the weights where the members are",
    );
    check(
        &mut client,
        &set,
        4 + 5 * 32,
        1,
        "an address of more than 160 bits",
    );
    check(&mut client, &set, 4 + 10 * 32, 1, "a weight of more than 64 bits");
    let update = council.signed_root(root(2), 300).abi_encode();
    check(
        &mut client,
        &update,
        4 + 3 * 32 - 1,
        0x80,
        "the offset of the signatures",
    );
    check(&mut client, &update, update.len() - 1, 1, "padding");
    let proof = abi::verifyDeviceProofCall {
        deviceId: B256::ZERO,
        status: crate::proofs::status(1).into(),
        merkleProof: vec![B256::ZERO],
    };
    let proof = proof.abi_encode();
    check(&mut client, &proof, 4 + 2 * 32 - 1, 2, "a bool of 2");
    check(
        &mut client,
        &proof,
        4 + 3 * 32 - 2,
        1,
        "a score of more than 8 bits",
    );
    check(
        &mut client,
        &proof,
        4 + 5 * 32 - 21,
        1,
        "an operator of more than 160 bits",
    );
    check(&mut client, &proof, 4 + 6 * 32 - 1, 6, "a vendor that is none");
    check(&mut client, &proof, 4 + 6 * 32 - 1, 255, "a vendor that is none");
}

/// Each function's limit, at it and one byte above.
#[test]
fn limits_of_the_input() {
    let (mut client, council) = client();
    let mut limits = 0;
    for (input, ..) in functions(&council) {
        let selector = FixedBytes::<4>::from_slice(&input[..4]);
        let maximum = match selector.0 {
            abi::updateRootCall::SELECTOR => 32 * 3 + 32 + 64 * 65,
            abi::setCommitteeCall::SELECTOR => 32 * 4 + 2 * 32 * 65,
            abi::rotateCommitteeCall::SELECTOR => 32 * 4 + 2 * 32 * 65 + 32 + 64 * 65,
            abi::verifyDeviceProofCall::SELECTOR => 32 * (8 + 64),
            abi::verifyDeviceProofAtCall::SELECTOR => 32 * (9 + 64),
            _ => 1_024,
        };
        let mut long = input.clone();
        long.resize(4 + maximum, 0);
        let at_limit = client.world.clone().call(SYNC, GOVERNANCE, &long);
        if input.len() == long.len() {
            assert!(at_limit.is_ok(), "{selector}");
        } else {
            assert_eq!(at_limit, Err(error(&InvalidAbiEncoding { selector })));
        }
        long.push(0);
        let expected = InputTooLong {
            length: at(maximum as u64 + 1),
            maximum: at(maximum as u64),
        };
        assert_eq!(client.world.call(SYNC, GOVERNANCE, &long), Err(error(&expected)));
        limits += 1;
    }
    assert_eq!(limits, 13);
}

/// The largest lists that are read: what is wrong with them is said.
#[test]
fn lists_of_64() {
    let (mut client, council) = client();
    let mut update = council.signed_root(root(2), 300);
    update.signatures = vec![0; 64 * 65].into();
    let length = error(&abi::InvalidSignatureLength { length: at(64 * 65) });
    assert_eq!(client.send(&update), Err(length));
    update.signatures = vec![0; 64 * 65 + 1].into();
    let too_long = InputTooLong {
        length: at(32 * 4 + 64 * 65 + 32),
        maximum: at(32 * 4 + 64 * 65),
    };
    assert_eq!(client.send(&update), Err(error(&too_long)));
    let rotation = abi::rotateCommitteeCall {
        members: vec![Address::ZERO; 64],
        weights: vec![0; 64],
        fromHeight: at(300),
        signatures: vec![0; 64 * 65].into(),
    };
    let size = error(&abi::CommitteeSize { members: at(64) });
    assert_eq!(client.send(&rotation), Err(size));
}
