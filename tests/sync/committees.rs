//! Who may be on a committee, and who may set one.

use crate::{
    common::world::{ANYONE, GOVERNANCE},
    setup::{Client, Council, FROM, at, committee_changed, error, root},
};
use aivm::abi::{
    IAttestationLightClient as abi, IAttestationRegistry::setGovernanceCall, IPrecompile::Unauthorized,
};
use alloy_primitives::{Address, Bytes, U256, address};

/// Members 1, 2, … of weight 1.
fn of_size(size: usize) -> abi::setCommitteeCall {
    abi::setCommitteeCall {
        sourceChainId: at(1),
        members: (1..=size)
            .map(|index| Address::with_last_byte(index as u8))
            .collect(),
        weights: vec![1; size],
        fromHeight: at(FROM),
    }
}

/// The same committee, where it is signed for.
fn rotation(call: &abi::setCommitteeCall, current: &Council) -> abi::rotateCommitteeCall {
    abi::rotateCommitteeCall {
        members: call.members.clone(),
        weights: call.weights.clone(),
        fromHeight: at(FROM + 1),
        signatures: current.sign_all(Default::default()).into(),
    }
}

/// Neither governance nor a committee gets such a committee in.
#[track_caller]
fn refused(call: &abi::setCommitteeCall, expected: &Bytes) {
    assert_eq!(Client::new().govern(call), Err(expected.clone()));
    let current = Council::of_four(1);
    let rotated = Client::following(&current).send(&rotation(call, &current));
    assert_eq!(rotated, Err(expected.clone()));
}

#[test]
fn one_to_32_members() {
    for size in [1, 2, 31, 32] {
        let mut client = Client::new();
        client.govern(&of_size(size)).expect("a committee");
        let committee = client.read(&abi::committeeCall {});
        assert_eq!(committee.members, of_size(size).members);
        assert_eq!(
            (committee.weights, committee.fromHeight),
            (vec![1; size], at(FROM))
        );
    }
    for size in [0, 33, 34, 63, 64] {
        let members = U256::from(size);
        refused(&of_size(size), &error(&abi::CommitteeSize { members }));
    }
}

#[test]
fn as_many_weights_as_members() {
    let mut cases = 0;
    for (members, weights) in [
        (1, 0),
        (1, 2),
        (2, 1),
        (31, 32),
        (32, 31),
        (32, 33),
        (32, 0),
        (32, 64),
    ] {
        let mut call = of_size(members);
        call.weights = vec![1; weights];
        let expected = abi::CommitteeMismatch {
            members: U256::from(members),
            weights: U256::from(weights),
        };
        refused(&call, &error(&expected));
        cases += 1;
    }
    assert_eq!(cases, 8);
}

#[test]
fn members_strictly_ascend() {
    let member = Address::with_last_byte;
    let high = Address::repeat_byte(0xff);
    let mut cases = 0;
    for (members, index) in [
        (vec![Address::ZERO], 0),
        (vec![Address::ZERO, member(1)], 0),
        (vec![member(1), Address::ZERO], 1),
        (vec![member(1), member(1)], 1),
        (vec![member(2), member(1)], 1),
        (vec![member(1), member(3), member(2)], 2),
        (vec![member(1), high, high], 2),
        (vec![high, member(1)], 1),
    ] {
        let mut call = of_size(members.len());
        call.members = members;
        refused(&call, &error(&abi::CommitteeOrder { index: at(index) }));
        cases += 1;
    }
    assert_eq!(cases, 8);
    let mut call = of_size(2);
    call.members = vec![member(1), high];
    assert!(Client::new().govern(&call).is_ok());
}

#[test]
fn no_weight_is_zero() {
    for index in [0, 1, 31] {
        let mut call = of_size(32);
        call.weights[index] = 0;
        let index = U256::from(index);
        refused(&call, &error(&abi::ZeroWeight { index }));
    }
    // Of two faults the first member's counts; of one member, its order.
    let mut call = of_size(3);
    (call.weights[0], call.members[2]) = (0, call.members[1]);
    refused(&call, &error(&abi::ZeroWeight { index: at(0) }));
    (call.weights[0], call.weights[2]) = (1, 0);
    refused(&call, &error(&abi::CommitteeOrder { index: at(2) }));
}

#[test]
fn a_chain_has_an_id() {
    let mut call = of_size(1);
    call.sourceChainId = U256::ZERO;
    assert_eq!(Client::new().govern(&call), Err(error(&abi::ZeroChainId {})));
    call.members.clear();
    assert_eq!(Client::new().govern(&call), Err(error(&abi::ZeroChainId {})));
    for chain_id in [U256::ONE, U256::from(u64::MAX), U256::MAX] {
        let mut client = Client::new();
        let mut call = of_size(1);
        call.sourceChainId = chain_id;
        client.govern(&call).expect("a committee");
        assert_eq!(client.read(&abi::sourceChainIdCall {}), chain_id);
    }
}

#[test]
fn governance_alone_sets_one() {
    let council = Council::of_four(1);
    let mut client = Client::new();
    let mut refused = 0;
    let sync = address!("0000000000000000000000000000000000000AAC");
    let member = council.committee.members()[0];
    for caller in [ANYONE, Address::ZERO, sync, member] {
        let expected = Err(error(&Unauthorized { caller }));
        assert_eq!(client.send_as(caller, &council.set(FROM)), expected);
        // Whoever may not is told so first.
        assert_eq!(client.send_as(caller, &of_size(0)), expected);
        refused += 1;
    }
    assert_eq!(refused, 4);
    assert_eq!(
        client.govern(&council.set(FROM)),
        Ok(committee_changed(&council, FROM))
    );

    // It is the registry's: who is handed it there has it here.
    client.world.govern(&setGovernanceCall { governance: ANYONE });
    let expected = Err(error(&Unauthorized { caller: GOVERNANCE }));
    assert_eq!(client.govern(&council.set(FROM)), expected);
    let next = Council::of_four(2);
    client.send(&next.set(FROM)).expect("the new governance may");
}

/// Any height will do: what came before is forgotten.
#[test]
fn any_height_is_one_to_begin_with() {
    let mut client = Client::new();
    for (seed, height) in (1..).zip([U256::MAX, at(FROM), U256::ZERO]) {
        let council = Council::of_four(seed);
        client.govern(&council.set(height)).expect("governance may");
        client
            .send(&council.signed_root(root(1), height))
            .expect("its first height");
        assert_eq!(client.read(&abi::committeeCall {}).fromHeight, height);
        assert_eq!(client.latest(), (root(1), height));
    }
}
