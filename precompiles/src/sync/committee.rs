//! Committees, and what it takes to speak for one. Nothing here needs a chain: relayers and members use it as it is.

use super::message::SIGNATURE_LEN;
use crate::crypto::Crypto;
use aivm_abi::IAttestationLightClient as abi;
use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use thiserror::Error;

/// The most members that a committee has (specification, section 1, "Gas").
pub const MAX_MEMBERS: usize = 32;

/// Members with their weights: 1 to 32 of them, strictly ascending, none zero, each with some weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee {
    members: Vec<(Address, u64)>,
    id: B256,
}

/// Why members and weights are no committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CommitteeError {
    /// There are no members, or more than [`MAX_MEMBERS`].
    #[error("{0} members: a committee has 1 to 32")]
    Size(usize),
    /// Members and weights differ in number.
    #[error("{members} members and {weights} weights: there must be as many of each")]
    Mismatch {
        /// How many members there are.
        members: usize,
        /// How many weights there are.
        weights: usize,
    },
    /// A member is zero, or not above the one before.
    #[error("member {0} (counted from 0) is zero or not above the one before: sort them, each once")]
    Order(usize),
    /// A member's weight is zero.
    #[error("member {0} (counted from 0) has no weight")]
    ZeroWeight(usize),
}

/// Why signatures do not speak for a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// They are not 65 bytes each, there are none, or more than the committee has members.
    #[error(
        "{0} bytes of signatures: 65 for each, and at least one and at most as many as there are members"
    )]
    Length(usize),
    /// A signature has a high s, a v other than 27 and 28, or no key recovers from it.
    #[error(
        "signature {0} (counted from 0) is malformed: high s, v other than 27 or 28, or no key recovers from it"
    )]
    Malformed(usize),
    /// A signer is not above the one before.
    #[error("signature {index} (counted from 0) is by {signer}, which is not above the signer before")]
    Order {
        /// The place of the signature.
        index: usize,
        /// Whose it is.
        signer: Address,
    },
    /// A signer is not on the committee, or signed something else.
    #[error(
        "signature {index} (counted from 0) is by {signer}, who is not on the committee or signed something else"
    )]
    Unknown {
        /// The place of the signature.
        index: usize,
        /// Whose it is.
        signer: Address,
    },
    /// The weight of the signers is not above two thirds of the total.
    #[error("the signers weigh {weight} of {total}: not above two thirds")]
    Weight {
        /// What the signers weigh.
        weight: u128,
        /// What all members weigh.
        total: u128,
    },
}

impl Committee {
    /// The committee of these members, whose weights are in the same order.
    pub fn new(members: &[Address], weights: &[u64]) -> Result<Self, CommitteeError> {
        if members.is_empty() || members.len() > MAX_MEMBERS {
            return Err(CommitteeError::Size(members.len()));
        }
        if members.len() != weights.len() {
            return Err(CommitteeError::Mismatch {
                members: members.len(),
                weights: weights.len(),
            });
        }
        let mut previous = Address::ZERO;
        for (index, (member, weight)) in members.iter().zip(weights).enumerate() {
            if *member <= previous {
                return Err(CommitteeError::Order(index));
            }
            if *weight == 0 {
                return Err(CommitteeError::ZeroWeight(index));
            }
            previous = *member;
        }
        Ok(Self {
            members: members.iter().copied().zip(weights.iter().copied()).collect(),
            id: keccak256((members.to_vec(), weights.to_vec()).abi_encode_params()),
        })
    }

    /// `keccak256(abi.encode(members, weights))`.
    pub fn id(&self) -> B256 {
        self.id
    }

    /// The members with their weights, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Address, u64)> + '_ {
        self.members.iter().copied()
    }

    /// The members, in order.
    pub fn members(&self) -> Vec<Address> {
        self.iter().map(|(member, _)| member).collect()
    }

    /// The weights, in the order of the members.
    pub fn weights(&self) -> Vec<u64> {
        self.iter().map(|(_, weight)| weight).collect()
    }

    /// The weight of a member; `None` for anyone else.
    pub fn weight_of(&self, member: Address) -> Option<u64> {
        let index = self.members.binary_search_by_key(&member, |(member, _)| *member);
        index
            .ok()
            .and_then(|index| self.members.get(index))
            .map(|(_, weight)| *weight)
    }

    /// What all members weigh.
    pub fn total_weight(&self) -> u128 {
        // At most 32 times 2^64 - 1, so nothing saturates.
        self.iter()
            .fold(0, |total: u128, (_, weight)| total.saturating_add(weight.into()))
    }

    /// Whether signers of this weight speak for the committee: above two thirds of the total.
    pub fn is_quorum(&self, weight: u128) -> bool {
        // Both sides are below 2^71.
        weight.saturating_mul(3) > self.total_weight().saturating_mul(2)
    }

    /// The least weight that is a quorum.
    pub fn quorum(&self) -> u128 {
        // ⌊2t / 3⌋ + 1: the divisor is a constant.
        (self.total_weight().saturating_mul(2) / 3).saturating_add(1)
    }

    /// Checks signatures over a digest: 65 bytes each (r ‖ s ‖ v), their signers strictly ascending, all of them members,
    /// together a quorum. Every one is checked, beyond the quorum too.
    pub fn check(&self, crypto: &dyn Crypto, digest: &B256, signatures: &[u8]) -> Result<(), SignatureError> {
        let (signatures, rest) = signatures.as_chunks::<SIGNATURE_LEN>();
        if signatures.is_empty() || signatures.len() > self.members.len() || !rest.is_empty() {
            let len = signatures.as_flattened().len().saturating_add(rest.len());
            return Err(SignatureError::Length(len));
        }
        let (mut previous, mut weight) = (Address::ZERO, 0_u128);
        for (index, signature) in signatures.iter().enumerate() {
            let signer = recover(crypto, digest, signature).ok_or(SignatureError::Malformed(index))?;
            if signer <= previous {
                return Err(SignatureError::Order { index, signer });
            }
            let own = self.weight_of(signer);
            let own = own.ok_or(SignatureError::Unknown { index, signer })?;
            weight = weight.saturating_add(own.into());
            previous = signer;
        }
        if !self.is_quorum(weight) {
            let total = self.total_weight();
            return Err(SignatureError::Weight { weight, total });
        }
        Ok(())
    }
}

/// Whose signature over a digest this is: r ‖ s ‖ v, with a low s and v 27 or 28.
pub fn recover(crypto: &dyn Crypto, digest: &B256, signature: &[u8; SIGNATURE_LEN]) -> Option<Address> {
    let (r_s, [v]) = signature.split_first_chunk::<64>()? else {
        return None;
    };
    let y_is_odd = match v {
        27 => false,
        28 => true,
        _ => return None,
    };
    crypto.recover_secp256k1(digest, r_s, y_is_odd)
}

impl From<CommitteeError> for crate::Error {
    fn from(error: CommitteeError) -> Self {
        match error {
            CommitteeError::Mismatch { members, weights } => abi::CommitteeMismatch {
                members: U256::from(members),
                weights: U256::from(weights),
            }
            .into(),
            CommitteeError::Size(members) => abi::CommitteeSize {
                members: U256::from(members),
            }
            .into(),
            CommitteeError::Order(index) => abi::CommitteeOrder {
                index: U256::from(index),
            }
            .into(),
            CommitteeError::ZeroWeight(index) => abi::ZeroWeight {
                index: U256::from(index),
            }
            .into(),
        }
    }
}

impl From<SignatureError> for crate::Error {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::Length(length) => abi::InvalidSignatureLength {
                length: U256::from(length),
            }
            .into(),
            SignatureError::Malformed(index) => abi::InvalidSignature {
                index: U256::from(index),
            }
            .into(),
            SignatureError::Order { index, signer } => abi::SignerOrder {
                index: U256::from(index),
                signer,
            }
            .into(),
            SignatureError::Unknown { index, signer } => abi::UnknownSigner {
                index: U256::from(index),
                signer,
            }
            .into(),
            SignatureError::Weight { weight, total } => abi::InsufficientWeight {
                weight: U256::from(weight),
                total: U256::from(total),
            }
            .into(),
        }
    }
}
