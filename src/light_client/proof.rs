//! What a relayer hands over for one device.

use super::{MAX_PROOF_LEN, Status, tree};
use aivm_abi::IAttestationLightClient::{verifyDeviceProofAtCall, verifyDeviceProofCall};
use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::SolCall;
use thiserror::Error;

/// Why something is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// It has more than [`MAX_PROOF_LEN`] nodes.
    #[error("{0} nodes: no tree is deeper than 64")]
    TooLong(usize),
    /// There is no vendor of this number.
    #[error("{0} is no vendor: they are numbered 0 to 5")]
    UnknownVendor(u8),
}

/// A device's status, and the siblings from its leaf to the root: `provenStatus` and `getMerkleProof` of the source
/// chain's `0x0AAB`, or made from a [`Tree`](super::Tree).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceProof {
    device_id: B256,
    status: Status,
    nodes: Vec<B256>,
}

impl DeviceProof {
    /// The proof of a device's status. Status and nodes must be of the same block.
    pub fn new(device_id: B256, status: Status, nodes: Vec<B256>) -> Result<Self, ProofError> {
        if nodes.len() > MAX_PROOF_LEN {
            return Err(ProofError::TooLong(nodes.len()));
        }
        if status.vendor > 5 {
            return Err(ProofError::UnknownVendor(status.vendor));
        }
        Ok(Self {
            device_id,
            status,
            nodes,
        })
    }

    /// The root that it leads to.
    pub fn root(&self) -> B256 {
        tree::root_of(self.status.leaf(self.device_id), &self.nodes)
    }

    /// Whether it proves the status under a root.
    pub fn proves(&self, root: B256) -> bool {
        self.root() == root
    }

    /// The call data of `verifyDeviceProof`: under the latest root.
    pub fn call_data(&self) -> Bytes {
        let call = verifyDeviceProofCall {
            deviceId: self.device_id,
            status: self.status.into(),
            merkleProof: self.nodes.clone(),
        };
        call.abi_encode().into()
    }

    /// The call data of `verifyDeviceProofAt`: under the root of a height.
    pub fn call_data_at(&self, height: U256) -> Bytes {
        let call = verifyDeviceProofAtCall {
            height,
            deviceId: self.device_id,
            status: self.status.into(),
            merkleProof: self.nodes.clone(),
        };
        call.abi_encode().into()
    }
}
