//! Every slot, worked out from the table in the module's documentation.

use crate::setup::{Client, Council, SOURCE, at, root};
use alloy_primitives::{Address, B256, U256, address, keccak256};
use std::collections::BTreeMap;

const SYNC: Address = address!("0000000000000000000000000000000000000AAC");

/// `mapping[key]` of a mapping at `slot`.
fn mapping(key: U256, slot: U256) -> U256 {
    keccak256([key.to_be_bytes::<32>(), slot.to_be_bytes()].concat()).into()
}

/// The first element of an array at `slot`.
fn elements(slot: U256) -> U256 {
    keccak256(slot.to_be_bytes::<32>()).into()
}

fn number(word: B256) -> U256 {
    word.into()
}

/// What the account must hold, slot by slot.
#[derive(Default)]
struct Expected(BTreeMap<U256, U256>);

impl Expected {
    fn set(&mut self, slot: U256, value: U256) -> &mut Self {
        if value.is_zero() {
            self.0.remove(&slot);
        } else {
            self.0.insert(slot, value);
        }
        self
    }

    fn head(&mut self, slot: u64, value: U256) -> &mut Self {
        self.set(at(slot), value)
    }

    fn committee(&mut self, epoch: u64, index: u64, council: &Council, from_height: u64) -> &mut Self {
        let list = mapping(at(epoch), at(6));
        let slot = elements(list) + at(3 * index);
        self.set(list, at(index + 1));
        self.set(slot, at(from_height));
        self.set(slot + at(1), number(council.committee.id()));
        self.set(slot + at(2), U256::from(council.committee.members().len()));
        for (place, (member, weight)) in (0..).zip(council.committee.iter()) {
            let word = U256::from_be_slice(member.as_slice()) + (U256::from(weight) << 160);
            self.set(elements(slot + at(2)) + at(place), word);
        }
        self.set(mapping(number(council.committee.id()), at(8)), at(1))
    }

    fn root(&mut self, epoch: u64, height: u64, root: B256) -> &mut Self {
        self.set(mapping(at(height), mapping(at(epoch), at(7))), number(root));
        self.head(2, at(height)).head(3, number(root))
    }

    #[track_caller]
    fn check(&self, client: &Client) {
        assert_eq!(client.world.host.accounts[&SYNC].storage, self.0);
    }
}

#[test]
fn every_slot_is_where_it_is_documented() {
    let (first, second) = (Council::new(1, &[1, u64::MAX, 7]), Council::new(2, &[5; 32]));
    let (third, fourth) = (Council::new(3, &[9]), Council::new(2, &[10; 32]));
    let mut client = Client::new();
    let mut expected = Expected::default();
    expected.check(&client);

    client.govern(&first.set(100)).expect("governance may");
    expected
        .head(0, at(1))
        .head(1, at(SOURCE))
        .committee(1, 0, &first, 100)
        .check(&client);

    client
        .send(&first.signed_root(root(1), 150))
        .expect("a new height");
    expected.root(1, 150, root(1)).check(&client);

    client
        .send(&first.signed_rotation(&second, 200))
        .expect("a rotation");
    expected.committee(1, 1, &second, 200).check(&client);
    client
        .send(&second.signed_rotation(&third, 300))
        .expect("a rotation");
    expected.committee(1, 2, &third, 300).check(&client);

    client
        .send(&second.signed_root(root(2), 250))
        .expect("a new height");
    expected.root(1, 250, root(2)).check(&client);

    client
        .send(&first.signed_root(root(3), 150))
        .expect("an equivocation");
    expected.head(4, at(1)).head(5, at(150)).check(&client);

    // A new epoch leaves the old lists where they are, and who served, and clears the rest.
    client.govern(&fourth.set(0)).expect("governance may");
    for slot in [2, 3, 4, 5] {
        expected.head(slot, U256::ZERO);
    }
    expected.head(0, at(2)).committee(2, 0, &fourth, 0).check(&client);

    client
        .send(&fourth.signed_root(root(4), 150))
        .expect("a new height");
    expected.root(2, 150, root(4)).check(&client);
    assert_eq!(client.root_at(150), root(4));
    assert_eq!(expected.0.len(), 92);
}

/// An equivocation at height 0 is one: the flag is a slot of its own.
#[test]
fn height_zero() {
    let council = Council::of_four(1);
    let mut client = Client::new();
    client.govern(&council.set(0)).expect("governance may");
    client.send(&council.signed_root(root(1), 0)).expect("a height");
    assert_eq!(client.latest(), (root(1), U256::ZERO));
    client
        .send(&council.signed_root(root(2), 0))
        .expect("an equivocation");
    assert_eq!(client.frozen(), (true, U256::ZERO));
}
