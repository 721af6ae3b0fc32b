//! The trees in storage (specification, section 7): the registry tree, and an attestation tree for each block.
//!
//! The node at a level (from the leaves up) and an index (from the left) is in slot `base + level × 2^64 + index`,
//! with `base` = `keccak("aivm.tree.devices.v1")` for the registry tree and
//! `keccak("aivm.tree.attestations.v1" ‖ uint256(block number))` for the tree of a block. So a proof costs no hashing to
//! find its nodes, and `eth_getProof` can show any of them.

use super::{RegistryState, low_u64, mapping_slot, slots};
use crate::{
    host::HostError,
    tree::{self, Nodes, NodesMut},
};
use alloy_primitives::{B256, Keccak256, U256, b256};

/// `keccak("aivm.tree.devices.v1")`.
pub const DEVICE_TREE: B256 = b256!("4e0b964958b9da6cb09f17e7183d79f7d2f30109741692fdc197a945cc056d3c");

/// Where the nodes of a block's attestation tree begin.
pub fn attestation_tree(block: u64) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(b"aivm.tree.attestations.v1");
    hasher.update(U256::from(block).to_be_bytes::<32>());
    hasher.finalize()
}

/// The slot of a node.
pub fn node_slot(base: B256, level: u32, index: u64) -> U256 {
    let place = U256::from_limbs([index, u64::from(level), 0, 0]);
    U256::from_be_bytes(base.0).wrapping_add(place)
}

/// The nodes of one tree.
struct TreeNodes<'r, 'h> {
    state: &'r mut RegistryState<'h>,
    base: B256,
}

impl Nodes for TreeNodes<'_, '_> {
    type Error = HostError;

    fn node(&mut self, level: u32, index: u64) -> Result<B256, HostError> {
        Ok(self.state.get(node_slot(self.base, level, index))?.into())
    }
}

impl NodesMut for TreeNodes<'_, '_> {
    fn set_node(&mut self, level: u32, index: u64, node: B256) -> Result<(), HostError> {
        self.state.set(node_slot(self.base, level, index), node.into())
    }
}

impl<'h> RegistryState<'h> {
    fn nodes(&mut self, base: B256) -> TreeNodes<'_, 'h> {
        TreeNodes { state: self, base }
    }

    /// How many devices ever attested.
    pub fn device_count(&mut self) -> Result<u64, HostError> {
        Ok(low_u64(self.get(slots::DEVICE_COUNT)?))
    }

    /// The root of the registry tree, zero without devices.
    pub fn device_root(&mut self) -> Result<B256, HostError> {
        Ok(self.get(slots::DEVICE_ROOT)?.into())
    }

    /// Appends a leaf to the registry tree: its index.
    pub(super) fn push_device_leaf(&mut self, leaf: B256) -> Result<u64, HostError> {
        let index = self.device_count()?;
        let count = index.saturating_add(1);
        self.set(slots::DEVICE_COUNT, U256::from(count))?;
        self.write_device_leaf(count, index, leaf)?;
        Ok(index)
    }

    /// Replaces a leaf of the registry tree.
    pub(super) fn set_device_leaf(&mut self, index: u64, leaf: B256) -> Result<(), HostError> {
        let count = self.device_count()?;
        self.write_device_leaf(count, index, leaf)
    }

    fn write_device_leaf(&mut self, count: u64, index: u64, leaf: B256) -> Result<(), HostError> {
        let root = tree::set_leaf(&mut self.nodes(DEVICE_TREE), count, index, leaf)?;
        self.set(slots::DEVICE_ROOT, root.into())
    }

    /// The proof of a leaf of the registry tree.
    pub fn device_proof(&mut self, index: u64) -> Result<Vec<B256>, HostError> {
        let count = self.device_count()?;
        tree::proof(&mut self.nodes(DEVICE_TREE), count, index)
    }

    /// How many attestations a block has.
    pub fn attestation_count(&mut self, block: u64) -> Result<u64, HostError> {
        Ok(low_u64(self.get(attestation_count_slot(block))?))
    }

    /// The root of a block's attestation tree, zero without attestations.
    pub fn attestation_root(&mut self, block: u64) -> Result<B256, HostError> {
        let count = self.attestation_count(block)?;
        tree::root(&mut self.nodes(attestation_tree(block)), count)
    }

    /// Appends a leaf to a block's attestation tree.
    pub fn push_attestation(&mut self, block: u64, leaf: B256) -> Result<(), HostError> {
        let slot = attestation_count_slot(block);
        let index = low_u64(self.get(slot)?);
        let count = index.saturating_add(1);
        self.set(slot, U256::from(count))?;
        tree::set_leaf(&mut self.nodes(attestation_tree(block)), count, index, leaf)?;
        Ok(())
    }

    /// The proof of a leaf of a block's attestation tree.
    pub fn attestation_proof(&mut self, block: u64, index: u64) -> Result<Vec<B256>, HostError> {
        let count = self.attestation_count(block)?;
        tree::proof(&mut self.nodes(attestation_tree(block)), count, index)
    }
}

fn attestation_count_slot(block: u64) -> U256 {
    mapping_slot(B256::from(U256::from(block)), slots::ATTESTATION_COUNTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::keccak256;

    #[test]
    fn the_base_of_the_registry_tree() {
        assert_eq!(DEVICE_TREE, keccak256("aivm.tree.devices.v1"));
    }
}
