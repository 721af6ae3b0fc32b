//! The trees of the attestation registry (specification, section 7): leaves, nodes, roots and proofs.
//!
//! Both kinds are lean incremental Merkle trees: leaves are appended, level k + 1 pairs the nodes of level k from the
//! left, an odd node moves up unchanged, and the last level is the root. With n leaves there are ⌈log2 n⌉ levels
//! above them. A parent is `keccak(min(a, b) ‖ max(a, b))`, so a proof is the siblings alone.
//!
//! A leaf is hashed twice and a node once, over 32 and 64 bytes, so neither passes for the other.

use alloy_primitives::{Address, B256, Keccak256, U256, keccak256};
use alloy_sol_types::SolValue;
use core::convert::Infallible;

/// The longest proof in nodes: the depth of a tree whose leaves are counted by 64 bits.
pub const MAX_PROOF_LEN: usize = 64;

/// The parent of two nodes.
pub fn parent(a: B256, b: B256) -> B256 {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    let mut hasher = Keccak256::new();
    hasher.update(low);
    hasher.update(high);
    hasher.finalize()
}

/// The root that a proof leads to from a leaf.
pub fn root_of(leaf: B256, proof: &[B256]) -> B256 {
    proof.iter().fold(leaf, |node, sibling| parent(node, *sibling))
}

/// The leaf of a block's attestation tree: `keccak(keccak(attestationHash ‖ operator))`, 52 bytes.
pub fn attestation_leaf(attestation_hash: B256, operator: Address) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(attestation_hash);
    hasher.update(operator);
    keccak256(hasher.finalize())
}

/// What a leaf of the registry tree says of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Whether it was attested when the leaf was written.
    pub attested: bool,
    /// 0 to 100.
    pub trust_score: u8,
    /// When it attested last, in Unix seconds.
    pub last_seen: U256,
    /// Who attested it.
    pub operator: Address,
    /// The number of the vendor of its CPU evidence (specification, section 3).
    pub vendor: u8,
}

impl Status {
    /// The leaf of a device: `keccak(keccak(abi.encode(deviceId, status)))`.
    pub fn leaf(&self, device_id: B256) -> B256 {
        let words = (
            device_id,
            self.attested,
            U256::from(self.trust_score),
            self.last_seen,
            self.operator,
            U256::from(self.vendor),
        );
        keccak256(keccak256(words.abi_encode()))
    }
}

macro_rules! abi_status {
    ($($interface:ident),+) => {
        $(
            impl From<Status> for aivm_abi::$interface::DeviceStatus {
                fn from(status: Status) -> Self {
                    // Statuses come from the registry, whose vendors all have a name.
                    let vendor = aivm_abi::$interface::TEEVendor::try_from(status.vendor);
                    Self {
                        attested: status.attested,
                        trustScore: status.trust_score,
                        lastSeen: status.last_seen,
                        operator: status.operator,
                        vendor: vendor.unwrap_or(aivm_abi::$interface::TEEVendor::None),
                    }
                }
            }

            impl From<&aivm_abi::$interface::DeviceStatus> for Status {
                fn from(status: &aivm_abi::$interface::DeviceStatus) -> Self {
                    Self {
                        attested: status.attested,
                        trust_score: status.trustScore,
                        last_seen: status.lastSeen,
                        operator: status.operator,
                        vendor: status.vendor.into(),
                    }
                }
            }
        )+
    };
}

abi_status!(IAttestationRegistry, IAttestationProofs, IAttestationLightClient);

/// Where the nodes of a tree are kept. A node that was never set is zero.
pub trait Nodes {
    /// Why a node cannot be read or written.
    type Error;

    /// The node at a place: the level from the leaves up, and the index from the left.
    fn node(&mut self, level: u32, index: u64) -> Result<B256, Self::Error>;
}

/// The same, for those who may write.
pub trait NodesMut: Nodes {
    /// Sets the node at a place.
    fn set_node(&mut self, level: u32, index: u64, node: B256) -> Result<(), Self::Error>;
}

/// The number of levels above `count` leaves: ⌈log2 count⌉.
pub fn depth(count: u64) -> u32 {
    count
        .checked_sub(1)
        .map_or(0, |last| u64::BITS.saturating_sub(last.leading_zeros()))
}

/// The root of a tree of `count` leaves, zero for none.
pub fn root<N: Nodes>(nodes: &mut N, count: u64) -> Result<B256, N::Error> {
    if count == 0 {
        return Ok(B256::ZERO);
    }
    nodes.node(depth(count), 0)
}

/// Sets a leaf of a tree that has `count` leaves with it, and every node above it. The new root.
///
/// An index that is not below `count` would leave the tree inconsistent; nothing here makes one.
pub fn set_leaf<N: NodesMut>(nodes: &mut N, count: u64, index: u64, leaf: B256) -> Result<B256, N::Error> {
    let (mut node, mut position, mut width) = (leaf, index, count);
    nodes.set_node(0, position, node)?;
    for level in 0..depth(count) {
        let sibling = position ^ 1;
        if sibling < width {
            node = parent(node, nodes.node(level, sibling)?);
        }
        (position, width) = (position >> 1, width.div_ceil(2));
        nodes.set_node(level.saturating_add(1), position, node)?;
    }
    Ok(node)
}

/// The siblings from a leaf of a tree of `count` leaves up to its root.
pub fn proof<N: Nodes>(nodes: &mut N, count: u64, index: u64) -> Result<Vec<B256>, N::Error> {
    let (mut position, mut width) = (index, count);
    let mut siblings = Vec::new();
    for level in 0..depth(count) {
        let sibling = position ^ 1;
        if sibling < width {
            siblings.push(nodes.node(level, sibling)?);
        }
        (position, width) = (position >> 1, width.div_ceil(2));
    }
    Ok(siblings)
}

/// A tree in memory, for those who check or make proofs off chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    levels: Vec<Vec<B256>>,
}

impl Tree {
    /// A tree of these leaves.
    pub fn new(leaves: impl IntoIterator<Item = B256>) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }

    /// The number of leaves.
    pub fn len(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// Whether there are no leaves.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: B256) {
        let index = self.count();
        self.write(index.saturating_add(1), index, leaf);
    }

    /// Replaces a leaf. False if there is none with this index.
    pub fn set(&mut self, index: usize, leaf: B256) -> bool {
        let exists = index < self.len();
        if exists {
            self.write(self.count(), to_u64(index), leaf);
        }
        exists
    }

    /// The root, zero without leaves.
    pub fn root(&self) -> B256 {
        let last = self.levels.last().and_then(|level| level.first());
        last.copied().unwrap_or_default()
    }

    /// The proof of a leaf; `None` if there is none with this index.
    pub fn proof(&self, index: usize) -> Option<Vec<B256>> {
        let exists = index < self.len();
        exists.then(|| match proof(&mut Reader(self), self.count(), to_u64(index)) {
            Ok(siblings) => siblings,
            Err(never) => match never {},
        })
    }

    fn count(&self) -> u64 {
        to_u64(self.len())
    }

    fn write(&mut self, count: u64, index: u64, leaf: B256) {
        match set_leaf(self, count, index, leaf) {
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
}

fn to_u64(index: usize) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX)
}

/// The place of a node among levels in memory.
fn place(level: u32, index: u64) -> (usize, usize) {
    let level = usize::try_from(level).unwrap_or(usize::MAX);
    (level, usize::try_from(index).unwrap_or(usize::MAX))
}

impl Nodes for Tree {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<B256, Infallible> {
        Reader(self).node(level, index)
    }
}

impl NodesMut for Tree {
    fn set_node(&mut self, level: u32, index: u64, node: B256) -> Result<(), Infallible> {
        let (level, index) = place(level, index);
        if level == self.levels.len() {
            self.levels.push(Vec::new());
        }
        if let Some(nodes) = self.levels.get_mut(level) {
            match nodes.get_mut(index) {
                Some(old) => *old = node,
                None => nodes.push(node), // leaves are appended, so this is the next one of its level
            }
        }
        Ok(())
    }
}

/// A tree in memory that is only read.
struct Reader<'a>(&'a Tree);

impl Nodes for Reader<'_> {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<B256, Infallible> {
        let (level, index) = place(level, index);
        let nodes = self.0.levels.get(level);
        Ok(nodes
            .and_then(|nodes| nodes.get(index))
            .copied()
            .unwrap_or_default())
    }
}
