//! Random sequences of calls against a model of a few lines, which knows nothing of slots, epochs or binary searches.

use crate::{
    common::world::{ANYONE, GOVERNANCE},
    setup::{Client, Council, at, error, height_not_new, root},
};
use aivm::abi::{IAttestationLightClient as abi, IPrecompile::Unauthorized};
use aivm_test_support::rng::Rng;
use alloy_primitives::{B256, Bytes, U256};
use std::collections::{BTreeMap, BTreeSet};

/// Heights are few, so that they meet; one is the last of all.
const HEIGHTS: usize = 20;

fn height(index: usize) -> U256 {
    if index + 1 == HEIGHTS {
        U256::MAX
    } else {
        U256::from(index)
    }
}

/// Committees serve once, so there are many: of four sets of members, each with several weights.
const COUNCILS: usize = 48;

/// The weight of each of a council's three members.
fn weight(council: usize) -> u64 {
    1 + council as u64 / 4
}

fn councils() -> Vec<Council> {
    let council = |index| Council::new(1 + index as u8 % 4, &[weight(index); 3]);
    (0..COUNCILS).map(council).collect()
}

#[derive(Default)]
struct Model {
    /// From which height on which council signs.
    committees: Vec<(U256, usize)>,
    roots: BTreeMap<U256, B256>,
    frozen: Option<U256>,
    /// Who served, also in epochs before.
    used: BTreeSet<usize>,
}

/// What a call must come to.
enum Expected {
    Success,
    Revert(Bytes),
    /// The next committee served.
    Used,
    /// The signatures are those of another committee; which error it is depends on their addresses.
    Foreign,
}

impl Model {
    fn signer(&self, height: U256) -> Option<usize> {
        let until = self.committees.iter().filter(|(from, _)| *from <= height);
        until.max_by_key(|(from, _)| *from).map(|(_, council)| *council)
    }

    fn latest(&self) -> Option<(U256, B256)> {
        self.roots.last_key_value().map(|(height, root)| (*height, *root))
    }

    fn refusal(&self) -> Option<Expected> {
        let no_committee = error(&abi::NoCommittee {});
        if self.committees.is_empty() {
            return Some(Expected::Revert(no_committee));
        }
        self.frozen
            .map(|height| Expected::Revert(error(&abi::Frozen { height })))
    }

    fn signed(expected: usize, council: usize, all: bool) -> Expected {
        match (expected == council, all) {
            (false, _) => Expected::Foreign,
            (true, true) => Expected::Success,
            (true, false) => Expected::Revert(error(&abi::InsufficientWeight {
                weight: at(2 * weight(council)),
                total: at(3 * weight(council)),
            })),
        }
    }

    fn update(&mut self, council: usize, root: B256, height: U256, all: bool) -> Expected {
        if let Some(refusal) = self.refusal() {
            return refusal;
        }
        let known = self.roots.get(&height).copied();
        if let Some((latest, _)) = self.latest()
            && height <= latest
            && known.is_none_or(|known| known == root)
        {
            return Expected::Revert(height_not_new(height, latest.saturating_add(U256::ONE)));
        }
        let Some(signer) = self.signer(height) else {
            return Expected::Revert(height_not_new(height, self.committees[0].0));
        };
        let expected = Self::signed(signer, council, all);
        if matches!(expected, Expected::Success) {
            match known {
                Some(_) => self.frozen = Some(height),
                None => drop(self.roots.insert(height, root)),
            }
        }
        expected
    }

    fn rotate(&mut self, council: usize, next: usize, from: U256, all: bool) -> Expected {
        if let Some(refusal) = self.refusal() {
            return refusal;
        }
        let (newest_from, newest) = self.committees[self.committees.len() - 1];
        let taken = self
            .latest()
            .map_or(newest_from, |(latest, _)| latest.max(newest_from));
        if from <= taken {
            return Expected::Revert(height_not_new(from, taken.saturating_add(U256::ONE)));
        }
        if self.used.contains(&next) {
            return Expected::Used;
        }
        let expected = Self::signed(newest, council, all);
        if matches!(expected, Expected::Success) {
            self.committees.push((from, next));
            self.used.insert(next);
        }
        expected
    }

    fn set(&mut self, next: usize, from: U256) -> Expected {
        let mut used = std::mem::take(&mut self.used);
        if !used.insert(next) {
            self.used = used;
            return Expected::Used;
        }
        *self = Self {
            committees: vec![(from, next)],
            used,
            ..Self::default()
        };
        Expected::Success
    }
}

/// The client and its model say the same of everything that can be read.
fn compare(client: &mut Client, model: &Model, councils: &[Council]) {
    let (latest_height, latest_root) = model.latest().unwrap_or_default();
    assert_eq!(client.latest(), (latest_root, latest_height));
    assert_eq!(
        client.frozen(),
        (model.frozen.is_some(), model.frozen.unwrap_or_default())
    );
    for height in (0..HEIGHTS).map(height) {
        let known = model.roots.get(&height).copied().unwrap_or_default();
        assert_eq!(client.root_at(height), known);
        let committee = client.read(&abi::committeeAtCall { height });
        let expected = model
            .signer(height)
            .map(|council| councils[council].committee.members());
        assert_eq!(committee.members, expected.unwrap_or_default());
    }
}

/// Mostly about the latest one, or a little above.
fn random_height(model: &Model, rng: &mut Rng) -> U256 {
    match model.latest() {
        Some((latest, _)) if rng.below(6) != 0 => {
            let latest = usize::try_from(latest).unwrap_or(HEIGHTS);
            height((latest + rng.below(3)).min(HEIGHTS - 2))
        }
        _ => height(rng.below(HEIGHTS)),
    }
}

/// A committee that served, or one that never did.
fn random_next(model: &Model, rng: &mut Rng) -> usize {
    let (served, fresh): (Vec<_>, Vec<_>) = (0..COUNCILS).partition(|council| model.used.contains(council));
    let from = if rng.below(4) == 0 { served } else { fresh };
    if from.is_empty() {
        0
    } else {
        from[rng.below(from.len())]
    }
}

/// One random call; its name.
fn step(client: &mut Client, model: &mut Model, councils: &[Council], rng: &mut Rng) -> &'static str {
    let council = rng.below(councils.len());
    let (next, all) = (random_next(model, rng), rng.below(8) != 0);
    let (root, height) = (root(rng.below(3) as u8), random_height(model, rng));
    let who: &[usize] = if all { &[0, 1, 2] } else { &[0, 2] };
    // Mostly those whose turn it is.
    let council = if rng.below(4) == 0 {
        council
    } else {
        model.signer(height).unwrap_or(council)
    };
    let is_over = model.frozen.is_some() || model.roots.contains_key(&U256::MAX);
    let kind = if is_over && rng.below(3) == 0 {
        0
    } else {
        rng.below(20)
    };
    let (name, result, expected) = match kind {
        0 => {
            let caller = if rng.below(4) == 0 { ANYONE } else { GOVERNANCE };
            let result = client.send_as(caller, &councils[next].set(height));
            if caller == GOVERNANCE {
                ("set", result, model.set(next, height))
            } else {
                ("set", result, Expected::Revert(error(&Unauthorized { caller })))
            }
        }
        1..4 => {
            let newest = model.committees.last().map(|(_, newest)| *newest);
            let council = if all { newest.unwrap_or(council) } else { council };
            let digest = councils[council].rotation_digest(&councils[next].committee, height);
            let mut call = councils[council].signed_rotation(&councils[next], height);
            call.signatures = councils[council].sign(who, digest).into();
            (
                "rotate",
                client.send(&call),
                model.rotate(council, next, height, all),
            )
        }
        _ => {
            let digest = councils[council].root_digest(root, height);
            let mut call = councils[council].signed_root(root, height);
            call.signatures = councils[council].sign(who, digest).into();
            (
                "update",
                client.send(&call),
                model.update(council, root, height, all),
            )
        }
    };
    match (result, expected) {
        (Ok(_), Expected::Success) => name,
        (Err(data), Expected::Revert(expected)) => {
            assert_eq!(data, expected, "{name}");
            "refused"
        }
        (Err(data), Expected::Used) => {
            let committee = councils[next].committee.id();
            assert_eq!(data, error(&abi::CommitteeUsed { committee }), "{name}");
            "used"
        }
        (Err(_), Expected::Foreign) => "foreign",
        (result, _) => panic!("{name}: {result:?}"),
    }
}

#[test]
fn random_calls() {
    let councils = councils();
    let mut seen = BTreeMap::<_, usize>::new();
    let mut equivocations = 0;
    for seed in 0..100 {
        let mut rng = Rng(seed);
        let (mut client, mut model) = (Client::new(), Model::default());
        for _ in 0..60 {
            let frozen = model.frozen;
            *seen
                .entry(step(&mut client, &mut model, &councils, &mut rng))
                .or_default() += 1;
            equivocations += usize::from(frozen.is_none() && model.frozen.is_some());
            compare(&mut client, &model, &councils);
        }
    }
    println!("{seen:?}, {equivocations} equivocations");
    for name in ["set", "rotate", "update", "refused", "used", "foreign"] {
        assert!(
            seen.get(name).is_some_and(|count| *count >= 20),
            "{name}: {seen:?}"
        );
    }
    assert!(equivocations >= 10, "{equivocations}");
}

/// Calls with a byte or a word changed, cut, or longer: nothing panics, both backends agree, what reverts writes nothing
/// (all of which `World` checks), and what succeeds is canonical.
#[test]
fn damaged_calls() {
    use alloy_sol_types::{SolCall, SolInterface};
    const CASES: usize = 6_000;
    let (council, next) = (Council::of_four(1), Council::of_four(2));
    let mut client = Client::following(&council);
    client
        .send(&council.signed_root(root(1), 200))
        .expect("a new height");
    let proof = abi::verifyDeviceProofAtCall {
        height: at(200),
        deviceId: root(2),
        status: crate::proofs::status(1).into(),
        merkleProof: vec![root(3); 3],
    };
    let calls = [
        council.signed_root(root(2), 300).abi_encode(),
        council.signed_root(root(2), 200).abi_encode(),
        council.signed_rotation(&next, 300).abi_encode(),
        next.set(0).abi_encode(),
        proof.abi_encode(),
    ];
    let sync = aivm::Config::default().addresses.sync;
    let mut rng = Rng(1);
    let (mut accepted, mut refused) = (0, 0);
    for case in 0..CASES {
        let mut input = calls[case % calls.len()].clone();
        let word = 4 + 32 * rng.below(input.len() / 32);
        match rng.below(6) {
            0 => input[rng.below(case % 100 + 5)] ^= 1 << rng.below(8),
            1 => input[word + 31] = rng.below(256) as u8,
            2 => input[word..word + 32].fill([0, 0xff][rng.below(2)]),
            3 => input.truncate(word),
            4 => input.resize(word + rng.below(9_000), 0),
            _ => input[word..].rotate_left(32),
        }
        let caller = [ANYONE, GOVERNANCE][rng.below(2)];
        match client.clone().world.call(sync, caller, &input) {
            Ok(_) => {
                let call = abi::IAttestationLightClientCalls::abi_decode_validate(&input).expect("a call");
                assert_eq!(call.abi_encode(), input);
                accepted += 1;
            }
            Err(data) => {
                assert!(data.len() >= 4);
                refused += 1;
            }
        }
    }
    assert_eq!(accepted + refused, CASES);
    println!("{accepted} of {CASES} accepted");
    assert!(accepted >= 200, "{accepted}");
}
