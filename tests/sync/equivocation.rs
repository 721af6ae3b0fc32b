//! Two roots of one height, both signed: the client freezes until governance begins anew.

use crate::setup::{Client, Council, FROM, at, committee_changed, error, event, root, root_updated};
use aivm::abi::IAttestationLightClient as abi;
use alloy_primitives::{B256, Log, U256};

fn equivocation(height: u64, have: B256, got: B256) -> Log {
    event(&abi::Equivocation {
        height: at(height),
        have,
        got,
    })
}

/// A client with roots at 200, 300 and 500; from 400 on another committee signs.
fn with_history() -> (Client, Council, Council) {
    let (old, new) = (Council::of_four(1), Council::of_four(2));
    let mut client = Client::following(&old);
    client.send(&old.signed_root(root(1), 200)).expect("a new height");
    client.send(&old.signed_root(root(2), 300)).expect("a new height");
    client.send(&old.signed_rotation(&new, 400)).expect("a rotation");
    client.send(&new.signed_root(root(3), 500)).expect("a new height");
    (client, old, new)
}

#[test]
fn at_the_latest_height_and_at_older_ones() {
    let (client, old, new) = with_history();
    let mut frozen = 0;
    for (council, height, have) in [(&new, 500, root(3)), (&old, 300, root(2)), (&old, 200, root(1))] {
        let mut client = client.clone();
        let result = client.send(&council.signed_root(root(9), height));
        assert_eq!(result, Ok(equivocation(height, have, root(9))));
        assert_eq!(client.frozen(), (true, at(height)));
        // Nothing is overwritten.
        assert_eq!(client.latest(), (root(3), at(500)));
        assert_eq!(client.root_at(height), have);
        frozen += 1;
    }
    assert_eq!(frozen, 3);
    // A committee whose height it is not proves nothing.
    let mut client = client;
    assert!(client.send(&new.signed_root(root(9), 300)).is_err());
    assert!(client.send(&old.signed_root(root(9), 500)).is_err());
    assert_eq!(client.frozen(), (false, U256::ZERO));
}

#[test]
fn a_root_that_is_not_validly_signed_is_none() {
    let (mut client, _, new) = with_history();
    let (digest, other) = (new.root_digest(root(9), at(500)), Council::of_four(7));
    let attempt = |signatures: Vec<u8>| abi::updateRootCall {
        newRoot: root(9),
        blockHeight: at(500),
        signatures: signatures.into(),
    };
    let weight = abi::InsufficientWeight {
        weight: at(2),
        total: at(4),
    };
    assert_eq!(
        client.send(&attempt(new.sign(&[0, 1], digest))),
        Err(error(&weight))
    );
    assert!(client.send(&attempt(other.sign_all(digest))).is_err());
    let earlier = new.sign_all(new.root_digest(root(3), at(500)));
    assert!(client.send(&attempt(earlier)).is_err());
    assert_eq!(client.frozen(), (false, U256::ZERO));
    client.send(&new.signed_root(root(4), 501)).expect("it goes on");
}

#[test]
fn a_frozen_client_only_reads() {
    let (mut client, old, new) = with_history();
    client
        .send(&old.signed_root(root(9), 200))
        .expect("an equivocation");
    let frozen = error(&abi::Frozen { height: at(200) });
    for call in [
        new.signed_root(root(4), 501),
        new.signed_root(root(9), 500), // a second equivocation
        new.signed_root(B256::ZERO, 600),
        new.signed_root(root(3), 500),
    ] {
        assert_eq!(client.send(&call), Err(frozen.clone()));
    }
    assert_eq!(client.send(&new.signed_rotation(&old, 600)), Err(frozen.clone()));
    let status = crate::proofs::status(1);
    let proof = abi::verifyDeviceProofCall {
        deviceId: root(1),
        status: status.into(),
        merkleProof: vec![],
    };
    assert_eq!(client.try_read(&proof), Err(frozen.clone()));
    for height in [200, 300, 500, 600] {
        let proof = abi::verifyDeviceProofAtCall {
            height: at(height),
            deviceId: root(1),
            status: status.into(),
            merkleProof: vec![],
        };
        assert_eq!(client.try_read(&proof), Err(frozen.clone()));
    }
    // Reads go on.
    assert_eq!(client.latest(), (root(3), at(500)));
    assert_eq!(client.root_at(300), root(2));
    assert_eq!(
        client.read(&abi::committeeCall {}).members,
        new.committee.members()
    );
    let earlier = client.read(&abi::committeeAtCall { height: at(399) });
    assert_eq!(earlier.members, old.committee.members());
    assert_eq!(client.read(&abi::sourceChainIdCall {}), at(96_369));
}

#[test]
fn governance_begins_anew() {
    let (mut client, old, new) = with_history();
    client
        .send(&old.signed_root(root(9), 200))
        .expect("an equivocation");
    let next = Council::of_four(3);
    let begun = client.govern(&next.set(FROM));
    assert_eq!(begun, Ok(committee_changed(&next, FROM)));
    assert_eq!(client.frozen(), (false, U256::ZERO));
    // No root from before is used again, and none is in the way.
    assert_eq!(client.latest(), (B256::ZERO, U256::ZERO));
    for height in [200, 300, 500] {
        assert_eq!(client.root_at(height), B256::ZERO);
    }
    let proof = abi::verifyDeviceProofCall {
        deviceId: root(1),
        status: crate::proofs::status(1).into(),
        merkleProof: vec![],
    };
    assert_eq!(client.try_read(&proof), Err(error(&abi::NoRoot {})));
    // Nor is a committee from before.
    for height in [FROM, 400, 500] {
        let committee = client.read(&abi::committeeAtCall { height: at(height) });
        assert_eq!(committee.members, next.committee.members());
    }
    assert!(client.send(&new.signed_root(root(4), 600)).is_err());
    let accepted = client.send(&next.signed_root(root(5), 200));
    assert_eq!(accepted, Ok(root_updated(root(5), 200)), "a height from before");
    assert_eq!(client.latest(), (root(5), at(200)));
}

/// It is for governance to judge: also without an equivocation, and any number of times.
#[test]
fn a_new_beginning_needs_no_equivocation() {
    let (mut client, _, new) = with_history();
    for round in 0..3 {
        let next = Council::of_four(10 + round);
        client.govern(&next.set(FROM)).expect("governance may");
        assert_eq!(client.latest(), (B256::ZERO, U256::ZERO), "round {round}");
        assert!(client.send(&new.signed_root(root(3), 500)).is_err());
        client
            .send(&next.signed_root(root(round), 200))
            .expect("a new height");
        client
            .send(&next.signed_root(root(9), 200))
            .expect("an equivocation");
        assert_eq!(client.frozen(), (true, at(200)));
    }
}
