//! From signatures as they come in to the ones that state sync takes.

use super::{Committee, Message, SIGNATURE_LEN};
use aivm_precompiles::{crypto::Crypto, sync::recover};
use alloy_primitives::{Address, B256, Bytes, U256, uint};
use std::collections::BTreeMap;
use thiserror::Error;

/// The order of secp256k1 (SEC 2, section 2.4.1).
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// The signatures of a committee over a message: one of each member who signed, in the order that state sync wants.
#[derive(Clone, Debug)]
pub struct Assembly<'a, M> {
    message: M,
    committee: &'a Committee,
    signed: BTreeMap<Address, [u8; SIGNATURE_LEN]>,
    aside: Vec<Aside>,
}

/// A signature that is of no use, by its place among those that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Aside {
    /// It is not 65 bytes of r, s and v from which a key recovers.
    #[error("signature {0} (counted from 0) is not 65 bytes of r, s and v from which a key recovers")]
    Malformed(usize),
    /// A member signed twice.
    #[error("signature {index} (counted from 0) is another one by {signer}")]
    Duplicate {
        /// Its place.
        index: usize,
        /// Whose it is.
        signer: Address,
    },
    /// Somebody signed who is not on the committee, or a member signed something else.
    #[error(
        "signature {index} (counted from 0) is by {signer}, who is not on the committee, or it is by a member over \
         something else: another root, height, committee or chain"
    )]
    Foreign {
        /// Its place.
        index: usize,
        /// Whose it would be.
        signer: Address,
    },
}

/// The signatures are not enough.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the signers weigh {weight} of {total}, and {quorum} is the least that is above two thirds: {} short", self.shortfall())]
pub struct Missing {
    /// What the signers weigh.
    pub weight: u128,
    /// The least weight that is enough.
    pub quorum: u128,
    /// What all members weigh.
    pub total: u128,
    /// Who did not sign, with their weights.
    pub members: Vec<(Address, u64)>,
}

impl Missing {
    /// The weight that is missing.
    pub fn shortfall(&self) -> u128 {
        self.quorum.saturating_sub(self.weight)
    }
}

impl<'a, M: Message> Assembly<'a, M> {
    /// Sorts out signatures over a message, in any order. They are taken with v 27, 28, 0 or 1, and with a high s, as
    /// hardware makes them.
    pub fn new<S: AsRef<[u8]>>(
        message: M,
        committee: &'a Committee,
        crypto: &dyn Crypto,
        signatures: impl IntoIterator<Item = S>,
    ) -> Self {
        let digest = message.digest(committee);
        let mut assembly = Self {
            message,
            committee,
            signed: BTreeMap::new(),
            aside: Vec::new(),
        };
        for (index, signature) in signatures.into_iter().enumerate() {
            if let Err(aside) = assembly.take(index, signature.as_ref(), crypto, &digest) {
                assembly.aside.push(aside);
            }
        }
        assembly
    }

    fn take(
        &mut self,
        index: usize,
        signature: &[u8],
        crypto: &dyn Crypto,
        digest: &B256,
    ) -> Result<(), Aside> {
        let signature = normalized(signature).ok_or(Aside::Malformed(index))?;
        let signer = recover(crypto, digest, &signature).ok_or(Aside::Malformed(index))?;
        if self.committee.weight_of(signer).is_none() {
            return Err(Aside::Foreign { index, signer });
        }
        if self.signed.contains_key(&signer) {
            return Err(Aside::Duplicate { index, signer });
        }
        self.signed.insert(signer, signature);
        Ok(())
    }

    /// What was signed.
    pub fn message(&self) -> &M {
        &self.message
    }

    /// The members who signed, with their weights.
    pub fn signers(&self) -> Vec<(Address, u64)> {
        let signed = |(member, _): &(Address, u64)| self.signed.contains_key(member);
        self.committee.iter().filter(signed).collect()
    }

    /// The members who did not, with their weights.
    pub fn missing(&self) -> Vec<(Address, u64)> {
        let missing = |(member, _): &(Address, u64)| !self.signed.contains_key(member);
        self.committee.iter().filter(missing).collect()
    }

    /// The signatures that are of no use.
    pub fn aside(&self) -> &[Aside] {
        &self.aside
    }

    /// What the signers weigh.
    pub fn weight(&self) -> u128 {
        self.signers().iter().map(|(_, weight)| u128::from(*weight)).sum()
    }

    /// The signatures as state sync takes them, if they are enough.
    pub fn signatures(&self) -> Result<Bytes, Missing> {
        let weight = self.weight();
        if !self.committee.is_quorum(weight) {
            return Err(Missing {
                weight,
                quorum: self.committee.quorum(),
                total: self.committee.total_weight(),
                members: self.missing(),
            });
        }
        let signatures: Vec<_> = self.signed.values().copied().collect();
        Ok(signatures.concat().into())
    }

    /// The call data for state sync, if the signatures are enough.
    pub fn call_data(&self) -> Result<Bytes, Missing> {
        Ok(self.message.call_data(self.signatures()?))
    }
}

/// A signature with v 27 or 28 and a low s; `None` if it has not 65 bytes or another v. Two signatures, (r, s) and
/// (r, n - s) with the other v, say the same.
pub fn normalized(signature: &[u8]) -> Option<[u8; SIGNATURE_LEN]> {
    let mut signature: [u8; SIGNATURE_LEN] = signature.try_into().ok()?;
    let (numbers, v) = signature.split_at_mut(64);
    let mut y_is_odd = match v {
        [0 | 27] => false,
        [1 | 28] => true,
        _ => return None,
    };
    let (_, low) = numbers.split_at_mut(32);
    let s = U256::from_be_slice(low);
    let other = ORDER.checked_sub(s).filter(|other| *other < s);
    if let Some(other) = other.filter(|other| !other.is_zero()) {
        low.copy_from_slice(&other.to_be_bytes::<32>());
        y_is_odd = !y_is_odd;
    }
    v.fill(if y_is_odd { 28 } else { 27 });
    Some(signature)
}
