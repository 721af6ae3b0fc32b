//! What no call can show: constants against what they are made of, digests against the library's EIP-712, and the arithmetic
//! of quorums.

use super::{
    Committee, DOMAIN_NAME, DOMAIN_TYPE_HASH, DOMAIN_VERSION, ROOT_TYPE_HASH, ROTATION_TYPE_HASH,
    domain_separator, root_digest, rotation_digest,
};
use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{Eip712Domain, SolStruct, sol};

sol! {
    struct Root {
        bytes32 root;
        uint256 blockHeight;
        bytes32 committee;
    }

    struct Rotation {
        address[] members;
        uint64[] weights;
        uint256 fromHeight;
        bytes32 committee;
    }
}

#[test]
fn type_hashes_are_of_the_types() {
    for (hash, declaration) in [
        (
            DOMAIN_TYPE_HASH,
            "EIP712Domain(string name,string version,uint256 chainId)",
        ),
        (
            ROOT_TYPE_HASH,
            "Root(bytes32 root,uint256 blockHeight,bytes32 committee)",
        ),
        (
            ROTATION_TYPE_HASH,
            "Rotation(address[] members,uint64[] weights,uint256 fromHeight,bytes32 committee)",
        ),
    ] {
        assert_eq!(hash, keccak256(declaration), "{declaration}");
    }
}

fn committee(weights: &[u64]) -> Committee {
    let members: Vec<_> = (1..).map(Address::with_last_byte).take(weights.len()).collect();
    Committee::new(&members, weights).unwrap()
}

#[test]
fn digests_are_those_of_the_library() {
    let mut cases = 0;
    for chain_id in [U256::ONE, U256::from(96_369), U256::MAX] {
        let domain = Eip712Domain {
            name: Some(DOMAIN_NAME.into()),
            version: Some(DOMAIN_VERSION.into()),
            chain_id: Some(chain_id),
            ..Eip712Domain::default()
        };
        assert_eq!(domain_separator(chain_id), domain.separator());
        for size in [1, 2, 31, 32] {
            let next = committee(&vec![u64::MAX - size; usize::try_from(size).unwrap()]);
            let height = U256::MAX - U256::from(size);
            let root = Root {
                root: B256::repeat_byte(0x55),
                blockHeight: height,
                committee: next.id(),
            };
            let rotation = Rotation {
                members: next.members(),
                weights: next.weights(),
                fromHeight: height,
                committee: B256::repeat_byte(0x66),
            };
            assert_eq!(
                root_digest(chain_id, root.root, height, next.id()),
                root.eip712_signing_hash(&domain)
            );
            assert_eq!(
                rotation_digest(chain_id, &next, height, rotation.committee),
                rotation.eip712_signing_hash(&domain)
            );
            cases += 1;
        }
    }
    assert_eq!(cases, 12);
}

/// `abi.encode(members, weights)`, word by word.
#[test]
fn an_id_is_the_hash_of_both_lists() {
    let word = |value: u64| B256::from(U256::from(value));
    let words = [0x40, 0xa0, 2, 1, 2, 2, 7, u64::MAX].map(word);
    assert_eq!(committee(&[7, u64::MAX]).id(), keccak256(words.concat()));
}

#[test]
fn a_quorum_is_above_two_thirds() {
    let mut cases = 0;
    for weights in [
        &[1][..],
        &[1, 1],
        &[1, 1, 1],
        &[2, 2, 2, 1],
        &[u64::MAX; 3],
        &[u64::MAX; 32],
        &[1, u64::MAX],
    ] {
        let committee = committee(weights);
        let total = committee.total_weight();
        assert_eq!(total, weights.iter().map(|weight| u128::from(*weight)).sum());
        let quorum = committee.quorum();
        assert!(quorum <= total && quorum * 3 > total * 2 && (quorum - 1) * 3 <= total * 2);
        assert!(committee.is_quorum(quorum) && committee.is_quorum(total));
        assert!(!committee.is_quorum(quorum - 1) && !committee.is_quorum(0));
        cases += 1;
    }
    assert_eq!(cases, 7);
    assert_eq!(
        committee(&[1, 1, 1]).quorum(),
        3,
        "two of three are exactly two thirds"
    );
}

#[test]
fn weights_are_found_by_member() {
    let committee = committee(&[5, 6, 7]);
    let weights = [0, 1, 2, 3, 4].map(|byte| committee.weight_of(Address::with_last_byte(byte)));
    assert_eq!(weights, [None, Some(5), Some(6), Some(7), None]);
}
