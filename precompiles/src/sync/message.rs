//! What members of a committee sign: EIP-712 data in the domain (name "aivm.AttestationLightClient", version "1", chainId
//! of the source chain). Nothing here needs a chain.

use super::committee::Committee;
use alloy_primitives::{B256, Keccak256, U256, b256, keccak256};
use alloy_sol_types::SolValue;

/// The length of a signature in bytes: r ‖ s ‖ v.
pub const SIGNATURE_LEN: usize = 65;

/// The name of the domain.
pub const DOMAIN_NAME: &str = "aivm.AttestationLightClient";

/// The version of the domain.
pub const DOMAIN_VERSION: &str = "1";

/// `keccak256("EIP712Domain(string name,string version,uint256 chainId)")`.
pub const DOMAIN_TYPE_HASH: B256 = b256!("c2f8787176b8ac6bf7215b4adcc1e069bf4ab82d9ab1df05a57a91d425935b6e");

/// `keccak256("Root(bytes32 root,uint256 blockHeight,bytes32 committee)")`.
pub const ROOT_TYPE_HASH: B256 = b256!("085a134bd167d1c57c2d951e9b1cf4c76afd40484497617c1cd4aa0836048687");

/// `keccak256("Rotation(address[] members,uint64[] weights,uint256 fromHeight,bytes32 committee)")`.
pub const ROTATION_TYPE_HASH: B256 =
    b256!("a06877b8bedeb34258909820c4e111ea7ef3c8ee2a06696dbbd02a26ef9fcd96");

/// What is signed to accept a root.
pub fn root_digest(source_chain_id: U256, root: B256, height: U256, committee: B256) -> B256 {
    let root = (ROOT_TYPE_HASH, root, height, committee);
    digest(source_chain_id, keccak256(root.abi_encode()))
}

/// What the committee signs to hand over to the next one from a height on.
pub fn rotation_digest(source_chain_id: U256, next: &Committee, from_height: U256, committee: B256) -> B256 {
    // An array is hashed as the words of its elements, one after another.
    let (mut members, mut weights) = (Keccak256::new(), Keccak256::new());
    for (member, weight) in next.iter() {
        members.update(member.into_word());
        weights.update(U256::from(weight).to_be_bytes::<32>());
    }
    let lists = (members.finalize(), weights.finalize());
    let rotation = (ROTATION_TYPE_HASH, lists.0, lists.1, from_height, committee);
    digest(source_chain_id, keccak256(rotation.abi_encode()))
}

/// `keccak256(0x1901 ‖ domain separator ‖ hash of the struct)`.
fn digest(source_chain_id: U256, message: B256) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update([0x19, 0x01]);
    hasher.update(domain_separator(source_chain_id));
    hasher.update(message);
    hasher.finalize()
}

/// The domain of a source chain.
pub fn domain_separator(source_chain_id: U256) -> B256 {
    let domain = (
        DOMAIN_TYPE_HASH,
        keccak256(DOMAIN_NAME),
        keccak256(DOMAIN_VERSION),
        source_chain_id,
    );
    keccak256(domain.abi_encode())
}
