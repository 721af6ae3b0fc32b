//! Prices, and the rules for every call.

use crate::{
    common::world::GOVERNANCE,
    setup::{Client, Council, FROM, at, error, root},
};
use aivm::{
    Aivm, Call, Outcome,
    abi::{
        IAttestationLightClient::{self as abi, IAttestationLightClientCalls},
        IPrecompile::{DelegateCallNotAllowed, StaticCallNotAllowed, ValueNotAllowed},
    },
};
use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256, address};
use alloy_sol_types::{SolCall, SolInterface};

pub(crate) const SYNC: Address = address!("0000000000000000000000000000000000000AAC");

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
pub(crate) fn client() -> (Client, Council) {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    client
        .send(&council.signed_root(root(1), 200))
        .expect("a new height");
    (client, council)
}

/// Every function with an input that succeeds on [`client`], its price, and whether it writes.
pub(crate) fn functions(council: &Council) -> Vec<(Vec<u8>, u64, bool)> {
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
            council.signed_rotation(&Council::of_four(4), 300).abi_encode(),
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
            Council::of_four(2)
                .signed_rotation(&Council::of_four(3), 300)
                .abi_encode(),
            30_000 + 4 * 22_100,
        ),
        // A committee that served.
        (
            council.signed_rotation(&council, 300).abi_encode(),
            30_000 + 4 * 22_100,
        ),
        (council.set(0).abi_encode(), 30_000 + 4 * 22_100),
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
    assert_eq!(refused, 9);
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
