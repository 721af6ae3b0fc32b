//! What members of a committee sign.

use super::Committee;
use aivm_abi::IAttestationLightClient::{rotateCommitteeCall, updateRootCall};
use aivm_precompiles::sync::{DOMAIN_NAME, DOMAIN_VERSION, root_digest, rotation_digest};
use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::SolCall;
use serde_json::{Value, json};
use thiserror::Error;

/// Why something cannot be signed: state sync would refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// The source chain's id is zero.
    #[error("the source chain's id is zero: no chain has that id")]
    ZeroChainId,
    /// The root is zero.
    #[error("the root is zero, which is the root of no devices and proves nothing")]
    ZeroRoot,
    /// A committee would follow from height zero on.
    #[error(
        "the next committee's first height is zero: it must be above that of the committee before, which is at least zero"
    )]
    ZeroFromHeight,
}

/// What a committee signs, and what is called with its signatures.
pub trait Message {
    /// What members sign: the EIP-712 digest.
    fn digest(&self, committee: &Committee) -> B256;

    /// The same for a wallet: the second argument of `eth_signTypedData_v4`. Some wallets want to be on the source chain.
    fn typed_data(&self, committee: &Committee) -> Value;

    /// The call data, with signatures as state sync takes them.
    fn call_data(&self, signatures: Bytes) -> Bytes;
}

/// A root of the source chain's registry at a height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    source_chain_id: U256,
    root: B256,
    height: U256,
}

impl Header {
    /// The root of a chain's registry (`registryRoot()` of its `0x0AAB`) in the block of this height.
    pub fn new(source_chain_id: U256, root: B256, height: U256) -> Result<Self, MessageError> {
        check_chain_id(source_chain_id)?;
        if root.is_zero() {
            return Err(MessageError::ZeroRoot);
        }
        Ok(Self {
            source_chain_id,
            root,
            height,
        })
    }

    /// The source chain's id.
    pub fn source_chain_id(&self) -> U256 {
        self.source_chain_id
    }

    /// The root.
    pub fn root(&self) -> B256 {
        self.root
    }

    /// The height.
    pub fn height(&self) -> U256 {
        self.height
    }
}

impl Message for Header {
    fn digest(&self, committee: &Committee) -> B256 {
        root_digest(self.source_chain_id, self.root, self.height, committee.id())
    }

    fn typed_data(&self, committee: &Committee) -> Value {
        let fields = [
            ("root", "bytes32"),
            ("blockHeight", "uint256"),
            ("committee", "bytes32"),
        ];
        let message = json!({
            "root": self.root.to_string(),
            "blockHeight": self.height.to_string(),
            "committee": committee.id().to_string(),
        });
        typed_data(self.source_chain_id, "Root", &fields, message)
    }

    fn call_data(&self, signatures: Bytes) -> Bytes {
        let call = updateRootCall {
            newRoot: self.root,
            blockHeight: self.height,
            signatures,
        };
        call.abi_encode().into()
    }
}

/// The newest committee hands over to the next one, which signs from a height on.
///
/// The next one must never have served: what a committee signed in one term would be valid again in another. The same
/// members come back with other weights, all of them doubled, say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    source_chain_id: U256,
    next: Committee,
    from_height: U256,
}

impl Rotation {
    /// To `next`, from a height on that is above every root and every committee before.
    pub fn new(source_chain_id: U256, next: Committee, from_height: U256) -> Result<Self, MessageError> {
        check_chain_id(source_chain_id)?;
        if from_height.is_zero() {
            return Err(MessageError::ZeroFromHeight);
        }
        Ok(Self {
            source_chain_id,
            next,
            from_height,
        })
    }

    /// The source chain's id.
    pub fn source_chain_id(&self) -> U256 {
        self.source_chain_id
    }

    /// The first height whose root the next committee signs.
    pub fn from_height(&self) -> U256 {
        self.from_height
    }

    /// Who signs from then on.
    pub fn next(&self) -> &Committee {
        &self.next
    }
}

impl Message for Rotation {
    fn digest(&self, committee: &Committee) -> B256 {
        rotation_digest(self.source_chain_id, &self.next, self.from_height, committee.id())
    }

    fn typed_data(&self, committee: &Committee) -> Value {
        let fields = [
            ("members", "address[]"),
            ("weights", "uint64[]"),
            ("fromHeight", "uint256"),
            ("committee", "bytes32"),
        ];
        let weights = self.next.weights().into_iter().map(|weight| weight.to_string());
        let members = self.next.members().into_iter().map(|member| member.to_string());
        let message = json!({
            "members": members.collect::<Vec<_>>(),
            "weights": weights.collect::<Vec<_>>(),
            "fromHeight": self.from_height.to_string(),
            "committee": committee.id().to_string(),
        });
        typed_data(self.source_chain_id, "Rotation", &fields, message)
    }

    fn call_data(&self, signatures: Bytes) -> Bytes {
        let call = rotateCommitteeCall {
            members: self.next.members(),
            weights: self.next.weights(),
            fromHeight: self.from_height,
            signatures,
        };
        call.abi_encode().into()
    }
}

pub(super) fn check_chain_id(source_chain_id: U256) -> Result<(), MessageError> {
    if source_chain_id.is_zero() {
        return Err(MessageError::ZeroChainId);
    }
    Ok(())
}

/// The largest integer that every JSON reader keeps: 2^53 - 1 (RFC 8259, section 6).
const MAX_JSON_INTEGER: u64 = (1 << 53) - 1;

/// The form of `eth_signTypedData_v4`. Integers in the message are decimal strings, which every wallet reads.
fn typed_data(source_chain_id: U256, primary: &str, fields: &[(&str, &str)], message: Value) -> Value {
    let field = |(name, kind): &(&str, &str)| json!({ "name": name, "type": kind });
    let domain = [("name", "string"), ("version", "string"), ("chainId", "uint256")];
    let chain_id = match u64::try_from(source_chain_id) {
        Ok(id) if id <= MAX_JSON_INTEGER => json!(id),
        _ => json!(source_chain_id.to_string()),
    };
    json!({
        "types": {
            "EIP712Domain": domain.iter().map(field).collect::<Vec<_>>(),
            primary: fields.iter().map(field).collect::<Vec<_>>(),
        },
        "primaryType": primary,
        "domain": { "name": DOMAIN_NAME, "version": DOMAIN_VERSION, "chainId": chain_id },
        "message": message,
    })
}
