//! The storage of state sync (`0x0AAC`).
//!
//! Laid out as Solidity would lay it out. This is consensus: a slot never changes its meaning.
//!
//! | slot | Solidity | |
//! |---|---|---|
//! | 0 | `uint256 epoch` | how often governance set a committee; zero: never |
//! | 1 | `uint256 sourceChainId` | |
//! | 2 | `uint256 latestHeight` | of the latest root |
//! | 3 | `bytes32 latestRoot` | zero: none in this epoch |
//! | 4 | `bool frozen` | |
//! | 5 | `uint256 frozenHeight` | of the equivocation |
//! | 6 | `mapping(uint256 => Committee[]) committees` | by epoch; ascending in `fromHeight`, appended and never changed |
//! | 7 | `mapping(uint256 => mapping(uint256 => bytes32)) roots` | by epoch and height |
//! | 8 | `mapping(bytes32 => bool) usedCommittees` | by id, in any epoch; never cleared, so that a committee serves once |
//!
//! `Committee` is `struct { uint256 fromHeight; bytes32 id; uint256[] members; }`, three slots. A member is one word: the
//! address in bits 0–159, the weight in bits 160–223. `id` is `keccak256(abi.encode(members, weights))`, for those who read
//! one slot with `eth_getProof`.

use super::committee::{Committee, CommitteeError};
use crate::{
    error::Error,
    host::{Host, HostError},
    precompile::Context,
    state::mapping_slot,
};
use alloy_primitives::{Address, B256, U256, keccak256};

/// The slots of the table above.
pub mod slots {
    use alloy_primitives::U256;

    /// Slot 0.
    pub const EPOCH: U256 = U256::ZERO;
    /// Slot 1.
    pub const SOURCE_CHAIN_ID: U256 = U256::ONE;
    /// Slot 2.
    pub const LATEST_HEIGHT: U256 = U256::from_limbs([2, 0, 0, 0]);
    /// Slot 3.
    pub const LATEST_ROOT: U256 = U256::from_limbs([3, 0, 0, 0]);
    /// Slot 4.
    pub const FROZEN: U256 = U256::from_limbs([4, 0, 0, 0]);
    /// Slot 5.
    pub const FROZEN_HEIGHT: U256 = U256::from_limbs([5, 0, 0, 0]);
    /// Slot 6.
    pub const COMMITTEES: U256 = U256::from_limbs([6, 0, 0, 0]);
    /// Slot 7.
    pub const ROOTS: U256 = U256::from_limbs([7, 0, 0, 0]);
    /// Slot 8.
    pub const USED_COMMITTEES: U256 = U256::from_limbs([8, 0, 0, 0]);
}

/// The slots of a `Committee`.
const COMMITTEE_SLOTS: U256 = U256::from_limbs([3, 0, 0, 0]);

/// The places of a `Committee`'s fields.
const ID: U256 = U256::ONE;
const MEMBERS: U256 = U256::from_limbs([2, 0, 0, 0]);

/// Where the weight is in a member's word.
const WEIGHT_SHIFT: usize = 160;

/// The storage of state sync, seen through a host. What is read of committees and roots is that of one epoch.
pub(super) struct SyncState<'a> {
    host: &'a mut dyn Host,
    account: Address,
    epoch: U256,
}

impl Context<'_> {
    /// The storage of state sync, in the current epoch.
    pub(super) fn sync(&mut self) -> Result<SyncState<'_>, HostError> {
        let account = self.config.addresses.sync;
        let epoch = self.host.storage(account, slots::EPOCH)?;
        Ok(SyncState {
            host: self.host,
            account,
            epoch,
        })
    }
}

impl SyncState<'_> {
    /// Begins an epoch that knows neither committee nor root, and is not frozen.
    pub(super) fn begin_epoch(&mut self, source_chain_id: U256) -> Result<(), HostError> {
        self.epoch = self.epoch.saturating_add(U256::ONE);
        self.set(slots::EPOCH, self.epoch)?;
        self.set(slots::SOURCE_CHAIN_ID, source_chain_id)?;
        for slot in [
            slots::LATEST_HEIGHT,
            slots::LATEST_ROOT,
            slots::FROZEN,
            slots::FROZEN_HEIGHT,
        ] {
            self.set(slot, U256::ZERO)?;
        }
        Ok(())
    }

    /// The chain whose registry is followed, zero if none ever was.
    pub(super) fn source_chain_id(&mut self) -> Result<U256, HostError> {
        self.get(slots::SOURCE_CHAIN_ID)
    }

    /// The latest root and its height.
    pub(super) fn latest(&mut self) -> Result<Option<(B256, U256)>, HostError> {
        let root = B256::from(self.get(slots::LATEST_ROOT)?);
        if root.is_zero() {
            return Ok(None);
        }
        Ok(Some((root, self.get(slots::LATEST_HEIGHT)?)))
    }

    /// The root of a height.
    pub(super) fn root(&mut self, height: U256) -> Result<Option<B256>, HostError> {
        let root = B256::from(self.get(self.root_slot(height))?);
        Ok(Some(root).filter(|root| !root.is_zero()))
    }

    /// Adds a root, which is the latest one from now on.
    pub(super) fn push_root(&mut self, root: B256, height: U256) -> Result<(), HostError> {
        self.set(self.root_slot(height), root.into())?;
        self.set(slots::LATEST_HEIGHT, height)?;
        self.set(slots::LATEST_ROOT, root.into())
    }

    /// The height of the equivocation that froze the client.
    pub(super) fn frozen(&mut self) -> Result<Option<U256>, HostError> {
        if self.get(slots::FROZEN)?.is_zero() {
            return Ok(None);
        }
        Ok(Some(self.get(slots::FROZEN_HEIGHT)?))
    }

    /// Freezes the client.
    pub(super) fn freeze(&mut self, height: U256) -> Result<(), HostError> {
        self.set(slots::FROZEN, U256::ONE)?;
        self.set(slots::FROZEN_HEIGHT, height)
    }

    /// How many committees there are.
    pub(super) fn committee_count(&mut self) -> Result<U256, HostError> {
        self.get(self.committees_slot())
    }

    /// From which height on a committee signs.
    pub(super) fn start_of(&mut self, index: U256) -> Result<U256, HostError> {
        self.get(self.committee_slot(index))
    }

    /// How many committees sign from a height that is not above `height`: the last of them signs it.
    pub(super) fn committees_until(&mut self, height: U256) -> Result<U256, HostError> {
        let (mut low, mut high) = (U256::ZERO, self.committee_count()?);
        while low < high {
            let middle = low.wrapping_add(high.wrapping_sub(low).wrapping_shr(1));
            if self.start_of(middle)? <= height {
                low = middle.wrapping_add(U256::ONE);
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// A committee.
    pub(super) fn committee(&mut self, index: U256) -> Result<Committee, Error> {
        let list = self.committee_slot(index).wrapping_add(MEMBERS);
        let count = usize::try_from(self.get(list)?).unwrap_or(usize::MAX);
        if count > super::MAX_MEMBERS {
            return Err(CommitteeError::Size(count).into()); // nothing here wrote it
        }
        let first = first_element(list);
        let (mut members, mut weights) = (Vec::new(), Vec::new());
        for place in 0..count {
            let word = self.get(first.wrapping_add(U256::from(place)))?;
            let [weight, ..] = word.wrapping_shr(WEIGHT_SHIFT).into_limbs();
            members.push(Address::from_word(word.into()));
            weights.push(weight);
        }
        Ok(Committee::new(&members, &weights)?)
    }

    /// Whether a committee ever served, in whatever epoch.
    pub(super) fn is_used(&mut self, committee: &Committee) -> Result<bool, HostError> {
        Ok(!self.get(used_slot(committee))?.is_zero())
    }

    /// Appends a committee that never served, whose `from_height` is above that of the last.
    pub(super) fn push_committee(
        &mut self,
        committee: &Committee,
        from_height: U256,
    ) -> Result<(), HostError> {
        let count = self.committee_count()?;
        let slot = self.committee_slot(count);
        let list = slot.wrapping_add(MEMBERS);
        self.set(self.committees_slot(), count.saturating_add(U256::ONE))?;
        self.set(slot, from_height)?;
        self.set(slot.wrapping_add(ID), committee.id().into())?;
        self.set(list, U256::from(committee.iter().len()))?;
        let first = first_element(list);
        for (place, (member, weight)) in committee.iter().enumerate() {
            let address: U256 = member.into_word().into();
            let word = U256::from(weight).wrapping_shl(WEIGHT_SHIFT) | address;
            self.set(first.wrapping_add(U256::from(place)), word)?;
        }
        self.set(used_slot(committee), U256::ONE)
    }

    fn committees_slot(&self) -> U256 {
        mapping_slot(self.epoch.into(), slots::COMMITTEES)
    }

    fn committee_slot(&self, index: U256) -> U256 {
        first_element(self.committees_slot()).wrapping_add(index.wrapping_mul(COMMITTEE_SLOTS))
    }

    fn root_slot(&self, height: U256) -> U256 {
        mapping_slot(height.into(), mapping_slot(self.epoch.into(), slots::ROOTS))
    }

    fn get(&mut self, slot: U256) -> Result<U256, HostError> {
        self.host.storage(self.account, slot)
    }

    fn set(&mut self, slot: U256, value: U256) -> Result<(), HostError> {
        self.host.set_storage(self.account, slot, value)
    }
}

/// The slot of the first element of a dynamic array.
fn first_element(array: U256) -> U256 {
    keccak256(array.to_be_bytes::<32>()).into()
}

/// The slot that says whether a committee ever served.
fn used_slot(committee: &Committee) -> U256 {
    mapping_slot(committee.id(), slots::USED_COMMITTEES)
}

/// Begins the first epoch with a committee, in the state that `setCommittee` leaves: for genesis.
pub fn begin(
    host: &mut dyn Host,
    account: Address,
    source_chain_id: U256,
    committee: &Committee,
    from_height: U256,
) -> Result<(), HostError> {
    let mut state = SyncState {
        host,
        account,
        epoch: U256::ZERO,
    };
    state.begin_epoch(source_chain_id)?;
    state.push_committee(committee, from_height)
}
