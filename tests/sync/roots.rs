//! Which roots are accepted, and at which heights.

use crate::setup::{Client, Council, FROM, at, error, height_not_new, root, root_updated};
use aivm::abi::IAttestationLightClient as abi;
use alloy_primitives::{B256, U256};

#[test]
fn nothing_before_a_committee() {
    let council = Council::of_four(1);
    let mut client = Client::new();
    let none = Err(error(&abi::NoCommittee {}));
    assert_eq!(client.send(&council.signed_root(root(1), 1)), none);
    assert_eq!(client.send(&council.signed_rotation(&council, 1)), none);
    assert_eq!(client.latest(), (B256::ZERO, U256::ZERO));
    assert_eq!(client.root_at(1), B256::ZERO);
    assert_eq!(client.read(&abi::sourceChainIdCall {}), U256::ZERO);
    assert_eq!(client.frozen(), (false, U256::ZERO));
    let committee = client.read(&abi::committeeCall {});
    assert_eq!((committee.members, committee.weights), (vec![], vec![]));
    assert_eq!(committee.fromHeight, U256::ZERO);
    let committee = client.read(&abi::committeeAtCall { height: U256::MAX });
    assert!(committee.members.is_empty() && committee.weights.is_empty());
}

#[test]
fn a_root_is_accepted() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    assert_eq!(client.read(&abi::sourceChainIdCall {}), at(96_369));
    assert_eq!(
        client.send(&council.signed_root(root(1), FROM)),
        Ok(root_updated(root(1), FROM))
    );
    assert_eq!(client.latest(), (root(1), at(FROM)));
    assert_eq!(client.root_at(FROM), root(1));
    assert_eq!(client.root_at(FROM + 1), B256::ZERO);
    // Heights may be skipped, by any number.
    let far = U256::MAX - U256::ONE;
    assert_eq!(
        client.send(&council.signed_root(root(2), far)),
        Ok(root_updated(root(2), far))
    );
    assert_eq!(client.latest(), (root(2), far));
    assert_eq!((client.root_at(FROM), client.root_at(far)), (root(1), root(2)));
}

#[test]
fn heights_only_rise() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    for height in [200, 300] {
        client
            .send(&council.signed_root(root(1), height))
            .expect("a new height");
    }
    let mut refused = 0;
    for (height, what) in [
        (300, "the latest"),
        (200, "an older one that is known"),
        (299, "skipped"),
        (250, "skipped"),
        (201, "skipped"),
        (199, "before the first root"),
        (FROM, "the first that could be"),
        (FROM - 1, "before the committee"),
        (0, "the first of all"),
    ] {
        let expected = Err(height_not_new(height, 301));
        assert_eq!(
            client.send(&council.signed_root(root(1), height)),
            expected,
            "{what}"
        );
        refused += 1;
    }
    assert_eq!(refused, 9);
    // A skipped height is no equivocation: no root of it was ever accepted.
    assert_eq!(
        client.send(&council.signed_root(root(2), 250)),
        Err(height_not_new(250, 301))
    );
    assert_eq!(client.frozen(), (false, U256::ZERO));
    client
        .send(&council.signed_root(root(1), 301))
        .expect("the minimum");
}

#[test]
fn a_committee_signs_from_its_height_on() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    for height in [0, 1, FROM - 1] {
        let expected = Err(height_not_new(height, FROM));
        assert_eq!(client.send(&council.signed_root(root(1), height)), expected);
    }
    client
        .send(&council.signed_root(root(1), FROM))
        .expect("its first height");
}

/// The state is looked at before the signatures are.
#[test]
fn a_root_is_refused_before_its_signatures() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    client
        .send(&council.signed_root(root(1), 200))
        .expect("a new height");
    let unsigned = |root, height| abi::updateRootCall {
        newRoot: root,
        blockHeight: at(height),
        signatures: [].into(),
    };
    assert_eq!(
        client.send(&unsigned(B256::ZERO, 300)),
        Err(error(&abi::ZeroRoot {}))
    );
    assert_eq!(
        client.send(&unsigned(B256::ZERO, 200)),
        Err(error(&abi::ZeroRoot {}))
    );
    assert_eq!(
        client.send(&unsigned(root(1), 200)),
        Err(height_not_new(200, 201))
    );
    let length = error(&abi::InvalidSignatureLength { length: U256::ZERO });
    for (root, height) in [(root(1), 300), (root(2), 200)] {
        assert_eq!(client.send(&unsigned(root, height)), Err(length.clone()));
    }
    assert_eq!(
        client.send(&council.signed_root(B256::ZERO, 300)),
        Err(error(&abi::ZeroRoot {}))
    );
}

#[test]
fn the_last_height_of_all() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    client
        .send(&council.signed_root(root(1), U256::MAX))
        .expect("a new height");
    for height in [U256::ZERO, U256::MAX - U256::ONE, U256::MAX] {
        let expected = Err(height_not_new(height, U256::MAX));
        assert_eq!(client.send(&council.signed_root(root(1), height)), expected);
        assert_eq!(client.send(&council.signed_rotation(&council, height)), expected);
    }
    // Nothing can follow, but for a new beginning.
    let council = Council::of_four(2);
    client.govern(&council.set(5)).expect("governance may");
    assert_eq!(client.latest(), (B256::ZERO, U256::ZERO));
    assert_eq!(client.root_at(U256::MAX), B256::ZERO);
    assert_eq!(
        client.send(&council.signed_root(root(2), 5)),
        Ok(root_updated(root(2), 5))
    );
    client
        .send(&council.signed_root(root(3), U256::MAX))
        .expect("a new height");
    assert_eq!(client.root_at(U256::MAX), root(3));
}
