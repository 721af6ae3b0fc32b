//! Prices, limits of the input, and the rules for every call.

use crate::{
    common::world::{ANYONE, GOVERNANCE},
    setup::{Client, Council, FROM, at, error, root},
};
use aivm::{
    Aivm, Call, Outcome,
    abi::{
        IAttestationLightClient::{self as abi, IAttestationLightClientCalls},
        IPrecompile::{
            DelegateCallNotAllowed, InputTooLong, InvalidAbiEncoding, StaticCallNotAllowed, UnknownOperation,
            ValueNotAllowed,
        },
    },
};
use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256, address};
use alloy_sol_types::{SolCall, SolInterface};

const SYNC: Address = address!("0000000000000000000000000000000000000AAC");

/// A call of governance on a copy of the client, with this much gas.
fn outcome(client: &Client, input: &[u8], gas_limit: u64, is_static: bool) -> Outcome {
    let call = Call {
        input,
        gas_limit,
        caller: GOVERNANCE,
        value: U256::ZERO,
        is_static,
        is_direct: true,
    };
    let mut host = client.world.host.clone();
    let result = Aivm::default().call(SYNC, &mut host, &call);
    result.expect("a precompile").expect("no fault")
}

/// A committee of four with a root at 200.
fn client() -> (Client, Council) {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    client
        .send(&council.signed_root(root(1), 200))
        .expect("a new height");
    (client, council)
}

/// Every function with an input that succeeds on [`client`], its price, and whether it writes.
fn functions(council: &Council) -> Vec<(Vec<u8>, u64, bool)> {
    let next = Council::new(2, &[1; 32]);
    let proof = abi::verifyDeviceProofCall {
        deviceId: B256::ZERO,
        status: crate::proofs::status(1).into(),
        merkleProof: vec![B256::ZERO; 64],
    };
    let proof_at = abi::verifyDeviceProofAtCall {
        height: at(200),
        deviceId: B256::ZERO,
        status: crate::proofs::status(1).into(),
        merkleProof: vec![B256::ZERO; 64],
    };
    vec![
        (council.signed_root(root(2), 300).abi_encode(), 30_000, true),
        (
            council.signed_rotation(&next, 300).abi_encode(),
            30_000 + 32 * 22_100,
            true,
        ),
        (
            council.signed_rotation(council, 300).abi_encode(),
            30_000 + 4 * 22_100,
            true,
        ),
        (next.set(0).abi_encode(), 30_000 + 32 * 22_100, true),
        (Council::new(3, &[1]).set(0).abi_encode(), 30_000 + 22_100, true),
        (proof.abi_encode(), 10_000, false),
        (proof_at.abi_encode(), 10_000, false),
        (abi::rootAtCall { height: at(1) }.abi_encode(), 2_600, false),
        (abi::latestCall {}.abi_encode(), 2_600, false),
        (abi::committeeCall {}.abi_encode(), 2_600, false),
        (
            abi::committeeAtCall { height: at(200) }.abi_encode(),
            2_600,
            false,
        ),
        (abi::sourceChainIdCall {}.abi_encode(), 2_600, false),
        (abi::frozenCall {}.abi_encode(), 2_600, false),
    ]
}

#[test]
fn prices() {
    let (client, council) = client();
    let functions = functions(&council);
    for (input, price, writes) in &functions {
        let selector = FixedBytes::<4>::from_slice(&input[..4]);
        for limit in [0, price - 1] {
            assert_eq!(
                outcome(&client, input, limit, false),
                Outcome::OutOfGas,
                "{selector}"
            );
        }
        for limit in [*price, price + 1] {
            let Outcome::Success { gas_used, .. } = outcome(&client, input, limit, false) else {
                panic!("{selector} with {limit}");
            };
            assert_eq!(gas_used, *price, "{selector}");
        }
        let below_static = outcome(&client, input, *price, true);
        assert_eq!(
            matches!(below_static, Outcome::Success { .. }),
            !writes,
            "{selector}"
        );
        if *writes {
            let output = error(&StaticCallNotAllowed {});
            let gas_used = *price;
            assert_eq!(below_static, Outcome::Revert { gas_used, output });
        }
    }
    let selectors: std::collections::BTreeSet<_> = functions
        .iter()
        .map(|(input, ..)| <[u8; 4]>::try_from(&input[..4]).unwrap())
        .collect();
    assert_eq!(selectors, IAttestationLightClientCalls::selectors().collect());
}

/// By the word where the canonical encoding has the number of members; never less than for one, nor more than for 32.
#[test]
fn members_are_paid_for() {
    let (client, council) = client();
    for call in [
        Council::new(2, &[1; 2]).set(0).abi_encode(),
        council
            .signed_rotation(&Council::new(2, &[1; 2]), 300)
            .abi_encode(),
    ] {
        let price_of = |word: U256| {
            let mut input = call.clone();
            input[132..164].copy_from_slice(&word.to_be_bytes::<32>());
            match outcome(&client, &input, 30_000_000, false) {
                Outcome::Success { gas_used, .. } | Outcome::Revert { gas_used, .. } => gas_used,
                Outcome::OutOfGas => panic!("out of gas"),
            }
        };
        for (members, paid) in [
            (0, 1),
            (1, 1),
            (2, 2),
            (31, 31),
            (32, 32),
            (33, 32),
            (u64::MAX, 32),
        ] {
            assert_eq!(price_of(U256::from(members)), 30_000 + 22_100 * paid, "{members}");
        }
        for word in [
            U256::ONE << 64,
            (U256::ONE << 64) + U256::ONE,
            U256::ONE << 255,
            U256::MAX,
        ] {
            assert_eq!(price_of(word), 30_000 + 22_100 * 32);
        }
        // Shorter than that it is no call, and costs as much as the smallest committee.
        for length in [4, 36, 132, 163] {
            let Outcome::Revert { gas_used, .. } = outcome(&client, &call[..length], 30_000_000, false)
            else {
                panic!("{length}");
            };
            assert_eq!(gas_used, 52_100);
        }
    }
}

#[test]
fn a_refusal_costs_the_same() {
    let (client, council) = client();
    let mut refused = 0;
    let refusals = [
        (council.signed_root(root(2), 200 - 1).abi_encode(), 30_000),
        (council.signed_root(B256::ZERO, 300).abi_encode(), 30_000),
        (
            council.signed_rotation(&council, FROM).abi_encode(),
            30_000 + 4 * 22_100,
        ),
        (
            Council::of_four(2).signed_rotation(&council, 300).abi_encode(),
            30_000 + 4 * 22_100,
        ),
        (vec![0x12, 0x34, 0x56, 0x78], 1_000),
        (vec![], 1_000),
        (vec![0; 3], 1_000),
    ];
    for (input, price) in refusals {
        let Outcome::Revert { gas_used, .. } = outcome(&client, &input, price, false) else {
            panic!("{}", Bytes::from(input));
        };
        assert_eq!(gas_used, price);
        assert_eq!(outcome(&client, &input, price - 1, false), Outcome::OutOfGas);
        refused += 1;
    }
    assert_eq!(refused, 7);
}

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

#[test]
fn no_value_and_no_delegate() {
    let (client, council) = client();
    for (input, price, _) in functions(&council) {
        let call = Call {
            input: &input,
            gas_limit: price,
            caller: GOVERNANCE,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let value = Call {
            value: U256::ONE,
            ..call
        };
        let delegate = Call {
            is_direct: false,
            ..call
        };
        for (call, output) in [
            (value, error(&ValueNotAllowed {})),
            (delegate, error(&DelegateCallNotAllowed {})),
        ] {
            let mut host = client.world.host.clone();
            let result = Aivm::default().call(SYNC, &mut host, &call);
            let outcome = result.expect("a precompile").expect("no fault");
            let gas_used = price;
            assert_eq!(outcome, Outcome::Revert { gas_used, output });
            assert_eq!(host, client.world.host);
        }
    }
}
