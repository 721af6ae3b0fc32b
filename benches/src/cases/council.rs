//! Committees of state sync whose keys are known.

use aivm::{
    abi::IAttestationLightClient as abi,
    light_client::{Committee, committee_of},
    precompiles::sync::{root_digest, rotation_digest},
};
use alloy_primitives::{Address, B256, U256, keccak256};
use k256::ecdsa::SigningKey;

/// The chain that is followed.
pub(super) const SOURCE: U256 = U256::from_limbs([96_369, 0, 0, 0]);

/// A committee and its keys, in the order of its members.
pub(super) struct Council {
    keys: Vec<SigningKey>,
    pub(super) committee: Committee,
}

impl Council {
    /// So many members of equal weight, whose keys come from `seed`.
    pub(super) fn new(seed: u8, members: usize) -> Self {
        let key = |index: usize| {
            let secret = keccak256([&[seed][..], &index.to_be_bytes()].concat());
            SigningKey::from_slice(secret.as_slice()).expect("a scalar")
        };
        let mut keys: Vec<_> = (0..members).map(key).collect();
        keys.sort_by_key(address);
        let committee = committee_of(keys.iter().map(|key| (address(key), 1))).expect("a committee");
        Self { keys, committee }
    }

    /// A root with the signatures of all.
    pub(super) fn update(&self, root: B256, height: U256) -> abi::updateRootCall {
        let digest = root_digest(SOURCE, root, height, self.committee.id());
        abi::updateRootCall {
            newRoot: root,
            blockHeight: height,
            signatures: self.sign(digest).into(),
        }
    }

    /// A rotation with the signatures of all.
    pub(super) fn rotate(&self, next: &Committee, from_height: U256) -> abi::rotateCommitteeCall {
        let digest = rotation_digest(SOURCE, next, from_height, self.committee.id());
        abi::rotateCommitteeCall {
            members: next.members(),
            weights: next.weights(),
            fromHeight: from_height,
            signatures: self.sign(digest).into(),
        }
    }

    /// What governance calls to begin with this committee.
    pub(super) fn set(&self, from_height: U256) -> abi::setCommitteeCall {
        abi::setCommitteeCall {
            sourceChainId: SOURCE,
            members: self.committee.members(),
            weights: self.committee.weights(),
            fromHeight: from_height,
        }
    }

    fn sign(&self, digest: B256) -> Vec<u8> {
        self.keys.iter().flat_map(|key| sign(key, digest)).collect()
    }
}

/// r ‖ s ‖ v with a low s.
fn sign(key: &SigningKey, digest: B256) -> Vec<u8> {
    let signed = key.sign_prehash_recoverable(digest.as_slice());
    let (signature, id) = signed.expect("a signature");
    [&signature.to_bytes()[..], &[27 + id.to_byte()]].concat()
}

fn address(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_encoded_point(false);
    Address::from_raw_public_key(&point.as_bytes()[1..])
}
