//! How a committee hands over: from a height on, which neither a root nor another committee has taken.

use crate::setup::{Client, Council, FROM, at, committee_changed, error, height_not_new, root, root_updated};
use aivm::abi::{IAttestationLightClient as abi, IAttestationLightClient::UnknownSigner};
use alloy_primitives::{Bytes, U256};

/// The revert for the first signature of a committee under another one.
fn is_foreign(result: Result<alloy_primitives::Log, Bytes>) -> bool {
    let selector = <UnknownSigner as alloy_sol_types::SolError>::SELECTOR;
    result.is_err_and(|data| data.starts_with(&selector))
}

fn members_at(client: &mut Client, height: u64) -> Vec<alloy_primitives::Address> {
    client.read(&abi::committeeAtCall { height: at(height) }).members
}

#[test]
fn before_at_and_after_its_height() {
    let (old, new) = (Council::of_four(1), Council::new(2, &[3, 1, 1, 1]));
    let mut client = Client::following(&old);
    client.send(&old.signed_root(root(1), 200)).expect("a new height");
    let expected = Ok(committee_changed(&new, 300));
    assert_eq!(client.send(&old.signed_rotation(&new, 300)), expected);
    for (height, council) in [(FROM, &old), (299, &old), (300, &new), (301, &new)] {
        assert_eq!(
            members_at(&mut client, height),
            council.committee.members(),
            "{height}"
        );
    }
    assert!(members_at(&mut client, FROM - 1).is_empty());
    let newest = client.read(&abi::committeeCall {});
    assert_eq!(newest.members, new.committee.members());
    assert_eq!((newest.weights, newest.fromHeight), (vec![3, 1, 1, 1], at(300)));

    assert!(is_foreign(client.send(&new.signed_root(root(2), 299))));
    assert!(is_foreign(client.send(&old.signed_root(root(2), 300))));
    assert!(is_foreign(client.send(&old.signed_root(root(2), 301))));
    let accepted = client.send(&old.signed_root(root(2), 299));
    assert_eq!(accepted, Ok(root_updated(root(2), 299)));
    for height in [300, 301] {
        client
            .send(&new.signed_root(root(3), height))
            .expect("under the new committee");
    }
    assert!(is_foreign(client.send(&old.signed_root(root(4), 302))));
}

/// The new committee may sign first: heights of the old one may be skipped.
#[test]
fn the_rest_of_an_old_committees_heights_may_be_skipped() {
    let (old, new) = (Council::of_four(1), Council::of_four(2));
    let mut client = Client::following(&old);
    client.send(&old.signed_rotation(&new, 300)).expect("a rotation");
    client
        .send(&new.signed_root(root(1), 400))
        .expect("under the new committee");
    assert_eq!(
        client.send(&old.signed_root(root(1), 250)),
        Err(height_not_new(250, 401))
    );
}

#[test]
fn a_height_that_is_taken() {
    let [old, new, third] = [1, 2, 3].map(Council::of_four);
    let mut client = Client::following(&old);
    for height in [0, FROM - 1, FROM] {
        let expected = Err(height_not_new(height, FROM + 1));
        assert_eq!(
            client.send(&old.signed_rotation(&new, height)),
            expected,
            "by the committee"
        );
    }
    client.send(&old.signed_root(root(1), 200)).expect("a new height");
    for height in [FROM + 1, 199, 200] {
        let expected = Err(height_not_new(height, 201));
        assert_eq!(
            client.send(&old.signed_rotation(&new, height)),
            expected,
            "by a root"
        );
    }
    client.send(&old.signed_rotation(&new, 201)).expect("the minimum");
    for height in [200, 201] {
        let expected = Err(height_not_new(height, 202));
        assert_eq!(
            client.send(&new.signed_rotation(&third, height)),
            expected,
            "by the new committee"
        );
    }
    client
        .send(&new.signed_rotation(&third, 202))
        .expect("the minimum");
}

/// The newest committee signs, though its height is yet to come.
#[test]
fn two_pending_rotations() {
    let councils = [1, 2, 3].map(Council::of_four);
    let [first, second, third] = &councils;
    let mut client = Client::following(first);
    client
        .send(&first.signed_rotation(second, 200))
        .expect("a rotation");
    assert!(is_foreign(client.send(&first.signed_rotation(third, 300))));
    let expected = Ok(committee_changed(third, 300));
    assert_eq!(client.send(&second.signed_rotation(third, 300)), expected);
    let mut accepted = 0;
    for (height, signer) in [(199, 0), (200, 1), (299, 1), (300, 2), (1_000, 2)] {
        for (index, council) in councils.iter().enumerate() {
            if index != signer {
                assert!(is_foreign(client.send(&council.signed_root(root(9), height))));
            }
        }
        client
            .send(&councils[signer].signed_root(root(1), height))
            .expect("its own height");
        accepted += 1;
    }
    assert_eq!(accepted, 5);
}

/// The committee of a height is found among any number of them.
#[test]
fn a_long_line_of_committees() {
    const COMMITTEES: u64 = 40;
    let councils: Vec<_> = (0..COMMITTEES)
        .map(|seed| Council::new(seed as u8, &[seed + 1]))
        .collect();
    let mut client = Client::new();
    client.govern(&councils[0].set(0)).expect("governance may");
    for (index, pair) in (1..).zip(councils.windows(2)) {
        let from_height = index * 10;
        client
            .send(&pair[0].signed_rotation(&pair[1], from_height))
            .expect("a rotation");
    }
    for height in 0..COMMITTEES * 10 + 5 {
        let expected = (height / 10).min(COMMITTEES - 1);
        let found = client.read(&abi::committeeAtCall { height: at(height) });
        assert_eq!(found.weights, [expected + 1], "{height}");
        assert_eq!(found.fromHeight, at(expected * 10));
    }
}

#[test]
fn a_rotation_is_refused_before_its_signatures() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    let mut call = council.signed_rotation(&council, FROM);
    call.signatures = [].into();
    assert_eq!(client.send(&call), Err(height_not_new(FROM, FROM + 1)));
    call.members.clear();
    assert_eq!(
        client.send(&call),
        Err(error(&abi::CommitteeSize { members: U256::ZERO }))
    );
}

/// What is signed is all of the rotation: members, weights, height, the committee that hands over, the chain.
#[test]
fn a_rotation_cannot_be_changed() {
    let (old, new, other) = (
        Council::of_four(1),
        Council::new(2, &[5, 6, 7, 8]),
        Council::new(3, &[5, 6, 7, 8]),
    );
    let client = Client::following(&old);
    let signed = old.signed_rotation(&new, 300);
    let changes: [fn(&mut abi::rotateCommitteeCall, &Council); 4] = [
        |call, other| call.members = other.committee.members(),
        |call, _| call.weights = vec![6, 5, 7, 8],
        |call, _| call.fromHeight += U256::ONE,
        |call, other| call.signatures = other.sign_all(Default::default()).into(),
    ];
    for change in changes {
        let mut call = signed.clone();
        change(&mut call, &other);
        assert!(is_foreign(client.clone().send(&call)));
    }
    // Signed for a committee that is no longer the newest: the same members with other weights.
    let heavier = Council::new(1, &[2; 4]);
    let mut client = Client::following(&heavier);
    assert!(is_foreign(client.send(&signed)));
    client
        .send(&heavier.signed_rotation(&new, 300))
        .expect("a rotation");
    // And again, now that the newest is another one.
    assert!(is_foreign(client.send(&heavier.signed_rotation(&other, 400))));
}
