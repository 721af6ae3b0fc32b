//! What a device proof proves. Nodes and leaves are hashed here as the specification says, section 7.

use crate::setup::{Client, Council, at, error, root};
use aivm::{
    abi::{
        IAttestationLightClient::{self as abi, TEEVendor},
        IPrecompile::InputTooLong,
    },
    precompiles::tree::{Status, Tree},
};
use alloy_primitives::{Address, B256, U256, keccak256};

/// A status that tells itself from others.
pub(crate) fn status(seed: u8) -> Status {
    Status {
        attested: true,
        trust_score: seed,
        last_seen: U256::from(1_751_328_000),
        operator: Address::repeat_byte(seed),
        vendor: 3,
    }
}

fn device(seed: u8) -> B256 {
    keccak256([b'd', seed])
}

/// The leaf, word by word.
fn leaf(device_id: B256, status: &Status) -> B256 {
    let words = [
        device_id,
        B256::from(U256::from(status.attested)),
        B256::from(U256::from(status.trust_score)),
        B256::from(status.last_seen),
        status.operator.into_word(),
        B256::from(U256::from(status.vendor)),
    ];
    keccak256(keccak256(words.concat()))
}

fn node(a: B256, b: B256) -> B256 {
    keccak256([a.min(b), a.max(b)].concat())
}

/// A client whose latest root is this one, at height 200.
fn with_root(root: B256) -> Client {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    client
        .send(&council.signed_root(root, 200))
        .expect("a new height");
    client
}

/// What both functions say of a proof: the same.
fn proves(client: &mut Client, device_id: B256, status: &abi::DeviceStatus, proof: &[B256]) -> bool {
    let latest = client.read(&abi::verifyDeviceProofCall {
        deviceId: device_id,
        status: status.clone(),
        merkleProof: proof.to_vec(),
    });
    let at = client.read(&abi::verifyDeviceProofAtCall {
        height: at(200),
        deviceId: device_id,
        status: status.clone(),
        merkleProof: proof.to_vec(),
    });
    assert_eq!(latest, at);
    latest
}

/// The proof of a leaf far down, and the root that it leads to.
fn deep(nodes: usize) -> (Vec<B256>, B256) {
    let proof: Vec<_> = (0..nodes).map(|index| keccak256([b'n', index as u8])).collect();
    let root = proof.iter().fold(leaf(device(1), &status(1)), |a, b| node(a, *b));
    (proof, root)
}

#[test]
fn proofs_of_any_depth() {
    for nodes in [0, 1, 2, 63, 64] {
        let (proof, root) = deep(nodes);
        let mut client = with_root(root);
        assert!(
            proves(&mut client, device(1), &status(1).into(), &proof),
            "{nodes}"
        );
        if nodes > 0 {
            assert!(!proves(&mut client, device(1), &status(1).into(), &proof[1..]));
            assert!(!proves(
                &mut client,
                device(1),
                &status(1).into(),
                &proof[..nodes - 1]
            ));
        }
        if nodes < 64 {
            let longer = [&proof[..], &[root]].concat();
            assert!(!proves(&mut client, device(1), &status(1).into(), &longer));
        }
    }
}

#[test]
fn no_tree_is_deeper_than_64() {
    let (proof, root) = deep(65);
    let mut client = with_root(root);
    let too_long = |words: u64, maximum: u64| {
        Err(error(&InputTooLong {
            length: at(32 * words),
            maximum: at(32 * maximum),
        }))
    };
    let call = abi::verifyDeviceProofCall {
        deviceId: device(1),
        status: status(1).into(),
        merkleProof: proof.clone(),
    };
    assert_eq!(client.try_read(&call), too_long(8 + 65, 8 + 64));
    let call = abi::verifyDeviceProofAtCall {
        height: at(200),
        deviceId: device(1),
        status: status(1).into(),
        merkleProof: proof,
    };
    assert_eq!(client.try_read(&call), too_long(9 + 65, 9 + 64));
}

/// Every field of the status, the id, and every node and its place.
#[test]
fn nothing_can_be_changed() {
    let (proof, root) = deep(3);
    let mut client = with_root(root);
    let good = abi::DeviceStatus::from(status(1));
    let changes: [fn(&mut abi::DeviceStatus); 5] = [
        |status| status.attested = false,
        |status| status.trustScore += 1,
        |status| status.lastSeen += U256::ONE,
        |status| status.operator = Address::ZERO,
        |status| status.vendor = TEEVendor::SGX,
    ];
    for change in changes {
        let mut other = good.clone();
        change(&mut other);
        assert!(!proves(&mut client, device(1), &other, &proof));
    }
    assert!(!proves(&mut client, device(2), &good, &proof));
    for index in 0..3 {
        let mut other = proof.clone();
        other[index].0[31] ^= 1;
        assert!(!proves(&mut client, device(1), &good, &other));
        let mut other = proof.clone();
        other.swap(index, (index + 1) % 3);
        assert!(!proves(&mut client, device(1), &good, &other));
    }
    assert!(proves(&mut client, device(1), &good, &proof));
}

/// Every device of trees of 1 to 33 devices, and no other.
#[test]
fn every_device_of_a_tree() {
    let mut proven = 0;
    for size in [1, 2, 3, 5, 8, 9, 33] {
        let tree = Tree::new((0..size).map(|seed| leaf(device(seed), &status(seed))));
        let mut client = with_root(tree.root());
        for seed in 0..size {
            let proof = tree.proof(usize::from(seed)).expect("a leaf");
            assert!(proves(&mut client, device(seed), &status(seed).into(), &proof));
            assert!(!proves(
                &mut client,
                device(seed),
                &status(seed + 1).into(),
                &proof
            ));
            proven += 1;
        }
    }
    assert_eq!(proven, 61);
}

/// The latest root proves; those of other heights when they are asked for.
#[test]
fn roots_of_other_heights() {
    let council = Council::of_four(1);
    let mut client = Client::following(&council);
    let at_height = |height, status: Status| abi::verifyDeviceProofAtCall {
        height: at(height),
        deviceId: device(1),
        status: status.into(),
        merkleProof: vec![],
    };
    let latest = |status: Status| abi::verifyDeviceProofCall {
        deviceId: device(1),
        status: status.into(),
        merkleProof: vec![],
    };
    assert_eq!(client.try_read(&latest(status(1))), Err(error(&abi::NoRoot {})));
    for (height, seed) in [(200, 1), (300, 2)] {
        let root = leaf(device(1), &status(seed));
        client
            .send(&council.signed_root(root, height))
            .expect("a new height");
    }
    assert!(client.read(&latest(status(2))) && !client.read(&latest(status(1))));
    for (height, seed, proven) in [(200, 1, true), (200, 2, false), (300, 1, false), (300, 2, true)] {
        assert_eq!(
            client.read(&at_height(height, status(seed))),
            proven,
            "{height} {seed}"
        );
    }
    for height in [0, 199, 201, 299, 301] {
        let unknown = Err(error(&abi::UnknownHeight { height: at(height) }));
        assert_eq!(client.try_read(&at_height(height, status(1))), unknown);
    }
    client
        .send(&council.signed_root(root(1), 300))
        .expect("an equivocation");
    let frozen = Err(error(&abi::Frozen { height: at(300) }));
    for height in [200, 201, 300] {
        assert_eq!(client.try_read(&at_height(height, status(1))), frozen);
    }
}

/// A leaf is hashed twice, so neither its inner hash nor a node passes for one.
#[test]
fn what_is_no_leaf() {
    let inner = {
        let status = status(1);
        let words = [
            device(1),
            B256::from(U256::ONE),
            B256::from(U256::from(status.trust_score)),
            B256::from(status.last_seen),
            status.operator.into_word(),
            B256::from(U256::from(status.vendor)),
        ];
        keccak256(words.concat())
    };
    let mut client = with_root(inner);
    assert!(!proves(&mut client, device(1), &status(1).into(), &[]));
}
