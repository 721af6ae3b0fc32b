//! Committees of state sync whose keys are known. What members sign is hashed by the EIP-712 code of `alloy-sol-types`,
//! not by the code under test.

use aivm::{abi::IAttestationLightClient as abi, precompiles::sync::Committee};
use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{Eip712Domain, SolStruct, eip712_domain, sol};
use k256::ecdsa::SigningKey;

sol! {
    /// What a committee signs for a root.
    struct Root {
        bytes32 root;
        uint256 blockHeight;
        bytes32 committee;
    }

    /// What a committee signs to hand over.
    struct Rotation {
        address[] members;
        uint64[] weights;
        uint256 fromHeight;
        bytes32 committee;
    }
}

/// The chain that is followed.
pub const SOURCE: u64 = 96_369;

/// A committee whose keys are known, in the order of its members.
#[derive(Clone)]
pub struct Council {
    keys: Vec<SigningKey>,
    /// Who they are.
    pub committee: Committee,
}

impl Council {
    /// Keys made from `seed`; the weights are given to the members in their order.
    pub fn new(seed: u8, weights: &[u64]) -> Self {
        let mut keys: Vec<_> = (0..weights.len()).map(|index| key(seed, index)).collect();
        keys.sort_by_key(address);
        let members: Vec<_> = keys.iter().map(address).collect();
        let committee = Committee::new(&members, weights).expect("a committee");
        Self { keys, committee }
    }

    /// Four members of equal weight: three are a quorum, two are not.
    pub fn of_four(seed: u8) -> Self {
        Self::new(seed, &[1; 4])
    }

    /// Signatures of some members, in the order of `who`.
    pub fn sign(&self, who: &[usize], digest: B256) -> Vec<u8> {
        let signatures = who.iter().map(|index| sign(&self.keys[*index], digest));
        signatures.collect::<Vec<_>>().concat()
    }

    /// Signatures of all.
    pub fn sign_all(&self, digest: B256) -> Vec<u8> {
        let all: Vec<_> = (0..self.keys.len()).collect();
        self.sign(&all, digest)
    }

    /// What this committee signs for a root.
    pub fn root_digest(&self, root: B256, height: U256) -> B256 {
        let root = Root {
            root,
            blockHeight: height,
            committee: self.committee.id(),
        };
        root.eip712_signing_hash(&domain(SOURCE))
    }

    /// What this committee signs to hand over.
    pub fn rotation_digest(&self, next: &Committee, from_height: U256) -> B256 {
        let rotation = Rotation {
            members: next.members(),
            weights: next.weights(),
            fromHeight: from_height,
            committee: self.committee.id(),
        };
        rotation.eip712_signing_hash(&domain(SOURCE))
    }

    /// A root with the signatures of all.
    pub fn signed_root(&self, root: B256, height: impl Into<Height>) -> abi::updateRootCall {
        let height = height.into().0;
        abi::updateRootCall {
            newRoot: root,
            blockHeight: height,
            signatures: self.sign_all(self.root_digest(root, height)).into(),
        }
    }

    /// A rotation with the signatures of all.
    pub fn signed_rotation(&self, next: &Self, from_height: impl Into<Height>) -> abi::rotateCommitteeCall {
        let from_height = from_height.into().0;
        let digest = self.rotation_digest(&next.committee, from_height);
        abi::rotateCommitteeCall {
            members: next.committee.members(),
            weights: next.committee.weights(),
            fromHeight: from_height,
            signatures: self.sign_all(digest).into(),
        }
    }

    /// What governance calls to begin with this committee.
    pub fn set(&self, from_height: impl Into<Height>) -> abi::setCommitteeCall {
        abi::setCommitteeCall {
            sourceChainId: U256::from(SOURCE),
            members: self.committee.members(),
            weights: self.committee.weights(),
            fromHeight: from_height.into().0,
        }
    }
}

/// A height, small or not.
pub struct Height(pub U256);

impl From<u64> for Height {
    fn from(height: u64) -> Self {
        Self(U256::from(height))
    }
}

impl From<U256> for Height {
    fn from(height: U256) -> Self {
        Self(height)
    }
}

/// The domain of a source chain.
pub fn domain(chain_id: u64) -> Eip712Domain {
    eip712_domain! {
        name: "aivm.AttestationLightClient",
        version: "1",
        chain_id: chain_id,
    }
}

/// A key that a seed gives.
pub fn key(seed: u8, index: usize) -> SigningKey {
    let secret = keccak256([seed, u8::try_from(index).expect("few keys")]);
    SigningKey::from_slice(secret.as_slice()).expect("a scalar")
}

/// The address of a key.
pub fn address(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_encoded_point(false);
    Address::from_raw_public_key(&point.as_bytes()[1..])
}

/// r ‖ s ‖ v with a low s.
pub fn sign(key: &SigningKey, digest: B256) -> Vec<u8> {
    let (signature, id) = key
        .sign_prehash_recoverable(digest.as_slice())
        .expect("a signature");
    [&signature.to_bytes()[..], &[27 + id.to_byte()]].concat()
}
