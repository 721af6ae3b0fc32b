//! A committee serves once: what it signed names its id, so that in a second term all of it would be valid again.

use crate::{
    common::world::ANYONE,
    setup::{Client, Council, FROM, SOURCE, at, committee_changed, error, height_not_new, root},
};
use aivm::{
    Genesis,
    abi::{IAttestationLightClient as abi, IPrecompile::Unauthorized},
    genesis::LightClient,
};
use alloy_primitives::{Bytes, Log, U256};
use alloy_sol_types::SolError;

/// The members of `Council::of_four(seed)` with weights twice as large: the way back.
fn doubled(seed: u8) -> Council {
    Council::new(seed, &[2; 4])
}

fn used(council: &Council) -> Result<Log, Bytes> {
    let committee = council.committee.id();
    Err(error(&abi::CommitteeUsed { committee }))
}

/// Signatures that are not those of the committee whose turn it is.
fn is_foreign(result: Result<Log, Bytes>) -> bool {
    result.is_err_and(|data| data.starts_with(&abi::UnknownSigner::SELECTOR))
}

/// Two roots of one height freeze the client; governance trusts the members again; anyone sends the pair once more, and so
/// on without end.
#[test]
fn a_replayed_pair_freezes_no_second_epoch() {
    let council = Council::of_four(1);
    let pair = [1, 2].map(|seed| council.signed_root(root(seed), 200));
    let mut client = Client::following(&council);
    for call in &pair {
        client.send(call).expect("a root, and another one");
    }
    assert_eq!(client.frozen(), (true, at(200)));
    for _ in 0..3 {
        assert_eq!(client.govern(&council.set(FROM)), used(&council));
    }
    assert_eq!(client.frozen(), (true, at(200)), "a refusal begins nothing");

    let again = doubled(1);
    client.govern(&again.set(FROM)).expect("other weights");
    for call in &pair {
        assert!(is_foreign(client.send(call)));
    }
    assert_eq!(client.frozen(), (false, U256::ZERO));
    client.send(&again.signed_root(root(3), 200)).expect("it goes on");
    assert!(is_foreign(client.send(&pair[0])), "nor against a new root");
}

/// A rotation to a committee that turned out dishonest: governance takes it back, and anyone replays it.
#[test]
fn a_rotation_that_was_taken_back_stays_so() {
    let (council, dishonest) = (Council::of_four(1), Council::of_four(2));
    let rotation = council.signed_rotation(&dishonest, 300);
    let mut client = Client::following(&council);
    client.send(&rotation).expect("a rotation");
    assert_eq!(client.govern(&council.set(FROM)), used(&council));

    let again = doubled(1);
    client.govern(&again.set(FROM)).expect("other weights");
    assert_eq!(client.send(&rotation), used(&dishonest));
    // Had the dishonest one never served: the signatures do not count either.
    let mut client = Client::following(&again);
    assert!(is_foreign(client.send(&rotation)));
    assert_eq!(
        client.read(&abi::committeeCall {}).members,
        again.committee.members()
    );
}

/// A signs a rotation to C, hands over to B instead, and gets its turn back from B. The rotation to C was abandoned, and
/// would now be the newest committee's.
#[test]
fn there_and_back_does_not_revive_an_abandoned_rotation() {
    let [first, second, abandoned] = [1, 2, 3].map(Council::of_four);
    let rotation = first.signed_rotation(&abandoned, 500);
    let mut client = Client::following(&first);
    client
        .send(&first.signed_rotation(&second, 200))
        .expect("a rotation");
    assert_eq!(client.send(&second.signed_rotation(&first, 300)), used(&first));

    let back = doubled(1);
    let handed = client.send(&second.signed_rotation(&back, 300));
    assert_eq!(handed, Ok(committee_changed(&back, 300)));
    assert!(is_foreign(client.send(&rotation)));
    assert_eq!(
        client.read(&abi::committeeCall {}).weights,
        back.committee.weights()
    );
}

/// A committee that hands over to itself would have one term from a lower height, and one from a higher.
#[test]
fn a_committee_does_not_follow_itself() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    assert_eq!(
        client.send(&council.signed_rotation(&council, 200)),
        used(&council)
    );
    let next = doubled(1);
    client
        .send(&council.signed_rotation(&next, 200))
        .expect("other weights");
    client
        .send(&next.signed_root(root(1), 200))
        .expect("a new height");
}

/// Whoever served: set or rotated to, in this epoch or an earlier one, for this chain or another.
#[test]
fn every_term_counts() {
    let councils: Vec<_> = (1..=6).map(Council::of_four).collect();
    let mut client = Client::following(&councils[0]);
    let rotate = |client: &mut Client, from: usize, to: usize, height: u64| {
        client
            .send(&councils[from].signed_rotation(&councils[to], height))
            .expect("a rotation");
    };
    rotate(&mut client, 0, 1, 200);
    rotate(&mut client, 1, 2, 300);
    client.govern(&councils[3].set(FROM)).expect("governance may");
    rotate(&mut client, 3, 4, 200);
    let mut refused = 0;
    for council in &councils[..5] {
        let mut set = council.set(FROM);
        assert_eq!(client.govern(&set), used(council));
        set.sourceChainId += U256::ONE;
        assert_eq!(client.govern(&set), used(council));
        let rotation = councils[4].signed_rotation(council, 300);
        assert_eq!(client.send(&rotation), used(council));
        refused += 1;
    }
    assert_eq!(refused, 5);
    // A rotation that was refused is no term.
    let mut rotation = councils[4].signed_rotation(&councils[5], 300);
    rotation.fromHeight += U256::ONE;
    assert!(is_foreign(client.send(&rotation)));
    rotate(&mut client, 4, 5, 300);
}

/// A committee that the genesis has serves, too.
#[test]
fn genesis_is_a_term() {
    let council = Council::of_four(1);
    let mut client = Client::new();
    client.world.begin_with(&Genesis {
        light_client: Some(LightClient {
            source_chain_id: at(SOURCE),
            committee: council.committee.clone(),
            from_height: at(FROM),
        }),
        ..Genesis::development()
    });
    // As if governance had set it.
    assert_eq!(
        client.world.host.accounts,
        Client::following(&council).world.host.accounts
    );
    assert_eq!(client.govern(&council.set(FROM)), used(&council));
    assert_eq!(
        client.send(&council.signed_rotation(&council, 200)),
        used(&council)
    );
    client
        .send(&council.signed_root(root(1), 200))
        .expect("it serves");
}

/// Any weight that differs makes another committee.
#[test]
fn other_weights_are_another_committee() {
    let mut client = Client::following(&Council::new(1, &[1, 2, 3, 4]));
    let mut accepted = 0;
    for weights in [
        [2, 4, 6, 8],
        [4, 3, 2, 1],
        [1, 2, 3, 5],
        [u64::MAX, u64::MAX, u64::MAX, 1],
    ] {
        let again = Council::new(1, &weights);
        client.govern(&again.set(FROM)).expect("other weights");
        assert_eq!(client.govern(&again.set(FROM + 1)), used(&again));
        accepted += 1;
    }
    assert_eq!(accepted, 4);
}

#[test]
fn the_order_of_refusals() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    let mut rotation = council.signed_rotation(&council, FROM + 1);
    rotation.signatures = [].into();
    assert_eq!(
        client.send(&rotation),
        used(&council),
        "signatures are checked after it"
    );
    rotation.fromHeight = at(FROM);
    assert_eq!(client.send(&rotation), Err(height_not_new(FROM, FROM + 1)));

    let mut set = council.set(FROM);
    let caller = ANYONE;
    assert_eq!(client.send(&set), Err(error(&Unauthorized { caller })));
    set.sourceChainId = U256::ZERO;
    assert_eq!(client.govern(&set), Err(error(&abi::ZeroChainId {})));
    set = council.set(FROM);
    set.weights.pop();
    let mismatch = abi::CommitteeMismatch {
        members: at(4),
        weights: at(3),
    };
    assert_eq!(client.govern(&set), Err(error(&mismatch)));
}
