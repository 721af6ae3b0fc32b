//! `0x0AAC`: committees of several sizes, each on a chain of its own.

use super::{chains::Chains, council::Council, padded, selector};
use crate::{
    case::{Case, Expected, Kind, Target},
    world::World,
};
use aivm::{
    abi::IAttestationLightClient as abi,
    light_client::Committee,
    precompiles::tree::{Status, root_of},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use std::sync::Arc;

/// Committees, and the names of their chains.
const SIZES: [(usize, &str); 4] = [
    (1, "a committee of 1"),
    (10, "a committee of 10"),
    (21, "a committee of 21"),
    (32, "a committee of 32"),
];

/// The longest proof.
const NODES: usize = 64;

/// The device that the source chain's root is about.
const DEVICE: B256 = B256::repeat_byte(0xd1);

fn height(number: u64) -> U256 {
    U256::from(number)
}

fn status() -> Status {
    Status {
        attested: true,
        trust_score: 90,
        last_seen: U256::from(1_751_328_000),
        operator: Address::repeat_byte(0x0e),
        vendor: 3,
    }
}

fn path() -> Vec<B256> {
    (0..NODES as u64)
        .map(|node| alloy_primitives::keccak256(node.to_be_bytes()))
        .collect()
}

/// A chain that follows another, which has a root at height 200.
fn chain(name: &'static str, council: &Council) -> Arc<World> {
    let mut world = World::new(name);
    world.call(Target::Sync, &council.set(height(100)).abi_encode());
    let root = root_of(status().leaf(DEVICE), &path());
    world.call(Target::Sync, &council.update(root, height(200)).abi_encode());
    world.finish()
}

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    let mut cases = Vec::new();
    let councils = SIZES.map(|(size, name)| {
        let council = Council::new(1, size);
        (chain(name, &council), council)
    });
    for (world, council) in &councils {
        cases.extend(updates(world, council));
    }
    let [.., (world, largest)] = &councils;
    cases.extend(rotations(world, largest));
    cases.extend(settings(world));
    cases.extend(proofs(world));
    cases.extend(reads(chains, world));
    cases
}

fn case(world: &Arc<World>, kind: Kind, what: &str, input: Vec<u8>) -> Case {
    Case::new(world, Target::Sync, kind, what, input)
}

/// Signatures of which the last is by one who signed something else.
fn spoilt(signatures: &Bytes, other: &Bytes) -> Bytes {
    let at = signatures.len() - 65;
    [&signatures[..at], &other[at..]].concat().into()
}

fn updates(world: &Arc<World>, council: &Council) -> Vec<Case> {
    let size = council.committee.iter().len();
    let variant = |case: Case| case.variant(format!("{size} signatures")).signed();
    let root = B256::repeat_byte(9);
    let call = council.update(root, height(300));
    let other = council.update(root, height(301));
    let mut cases = vec![variant(case(
        world,
        if size == 32 {
            Kind::AnyAccepted
        } else {
            Kind::Honest
        },
        "the signatures of all members",
        call.abi_encode(),
    ))];
    if size == 32 {
        let spoilt = abi::updateRootCall {
            signatures: spoilt(&call.signatures, &other.signatures),
            ..call
        };
        let what = "the last signature is over something else: every key is recovered";
        cases.push(refused(variant(case(
            world,
            Kind::WorstRejected,
            what,
            spoilt.abi_encode(),
        ))));
    }
    cases
}

/// A signature over something else is by nobody in particular: here by someone below the signer before.
fn refused(case: Case) -> Case {
    case.reverts(selector::<abi::SignerOrder>())
}

fn rotations(world: &Arc<World>, council: &Council) -> Vec<Case> {
    let rotate = |next: &Committee, from| council.rotate(next, height(from));
    let [largest, single] = [32, 1].map(|size| Council::new(2, size).committee);
    let call = rotate(&largest, 300);
    let refused_call = abi::rotateCommitteeCall {
        signatures: spoilt(&call.signatures, &rotate(&largest, 301).signatures),
        ..call.clone()
    };
    let what = "32 signatures, the last of them over something else, to 32 members";
    let cases = [
        case(
            world,
            Kind::Honest,
            "32 signatures, to 32 members",
            call.abi_encode(),
        )
        .variant("to 32 members"),
        case(
            world,
            Kind::WorstAccepted,
            "32 signatures, to one member: the same signatures at the lowest price",
            rotate(&single, 300).abi_encode(),
        )
        .variant("to 1 member"),
        refused(case(world, Kind::WorstRejected, what, refused_call.abi_encode())).variant("to 32 members"),
    ];
    cases.map(Case::signed).to_vec()
}

fn settings(world: &Arc<World>) -> Vec<Case> {
    let call = Council::new(2, 32).set(U256::ZERO);
    let mut unordered = call.clone();
    unordered.members.swap(30, 31);
    vec![
        case(world, Kind::AnyAccepted, "32 members", call.abi_encode()),
        case(
            world,
            Kind::WorstRejected,
            "32 members, the last two in the wrong order",
            unordered.abi_encode(),
        )
        .reverts(selector::<abi::CommitteeOrder>()),
    ]
}

fn proofs(world: &Arc<World>) -> Vec<Case> {
    let proof = |merkle_proof| abi::verifyDeviceProofCall {
        deviceId: DEVICE,
        status: status().into(),
        merkleProof: merkle_proof,
    };
    let proof_at = |number, merkle_proof| abi::verifyDeviceProofAtCall {
        height: height(number),
        deviceId: DEVICE,
        status: status().into(),
        merkleProof: merkle_proof,
    };
    let mut wrong = path();
    wrong.swap(62, 63);
    let longest = "64 nodes, the longest proof";
    vec![
        case(world, Kind::AnyAccepted, longest, proof(path()).abi_encode()).ends(Expected::True),
        case(
            world,
            Kind::WorstRejected,
            "64 nodes, the last two swapped",
            proof(wrong.clone()).abi_encode(),
        )
        .ends(Expected::False),
        case(
            world,
            Kind::AnyAccepted,
            longest,
            proof_at(200, path()).abi_encode(),
        )
        .ends(Expected::True),
        case(
            world,
            Kind::WorstRejected,
            "64 nodes, the last two swapped",
            proof_at(200, wrong).abi_encode(),
        )
        .ends(Expected::False),
    ]
}

fn reads(chains: &Chains, world: &Arc<World>) -> Vec<Case> {
    let calls = [
        (
            "the height of a root",
            abi::rootAtCall { height: height(200) }.abi_encode(),
        ),
        ("there is a root", abi::latestCall {}.abi_encode()),
        ("32 members", abi::committeeCall {}.abi_encode()),
        (
            "32 members",
            abi::committeeAtCall { height: height(200) }.abi_encode(),
        ),
        ("one slot", abi::sourceChainIdCall {}.abi_encode()),
        ("one slot", abi::frozenCall {}.abi_encode()),
    ];
    let both = |(what, call): (&str, Vec<u8>)| {
        let refused = padded(chains, Target::Sync, &call);
        [case(world, Kind::AnyAccepted, what, call), refused]
    };
    calls.into_iter().flat_map(both).collect()
}
