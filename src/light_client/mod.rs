//! For those who carry roots from chain to chain: what members of a committee sign, their signatures made into a call of
//! state sync (`0x0AAC`), and device proofs. No chain is needed; it is the precompile's own code that checks.
//!
//! | file | what it holds |
//! |---|---|
//! | `message` | [`Header`] and [`Rotation`]: what is signed, as a digest and for wallets |
//! | `assembly` | [`Assembly`]: signatures from an unordered heap to call data |
//! | `proof` | [`DeviceProof`], and the call that checks it |
//!
//! A relayer is a few lines:
//!
//! ```
//! # use alloy_primitives::{B256, U256, keccak256};
//! # use k256::ecdsa::SigningKey;
//! use aivm::{
//!     crypto::AwsLc,
//!     light_client::{Assembly, Header, Message, committee_of},
//! };
//! # let keys = [1, 2, 3].map(|seed| SigningKey::from_slice(&[seed; 32]).unwrap());
//! # let [alice, bob, carol] = [0, 1, 2].map(|index: usize| {
//! #     alloy_primitives::Address::from_raw_public_key(&keys[index].verifying_key().to_encoded_point(false).as_bytes()[1..])
//! # });
//! # let registry_root = keccak256("a registry");
//!
//! let committee = committee_of([(alice, 40), (bob, 40), (carol, 20)])?;
//! let header = Header::new(U256::from(96_369), registry_root, U256::from(1_000_000))?;
//!
//! // Members sign this, or `header.typed_data(&committee)` with a wallet.
//! let digest = header.digest(&committee);
//! # let sign = |key: &SigningKey| {
//! #     let (signature, id) = key.sign_prehash_recoverable(digest.as_slice()).unwrap();
//! #     [&signature.to_bytes()[..], &[27 + id.to_byte()]].concat()
//! # };
//! # let (from_bob, from_alice) = (sign(&keys[1]), sign(&keys[0]));
//!
//! // As they come in, in any order. What is twice there or nobody's is set aside.
//! let collected = vec![from_bob.clone(), from_alice, from_bob];
//! let assembly = Assembly::new(header, &committee, &AwsLc, &collected);
//! assert_eq!(assembly.missing(), [(carol, 20)]);
//!
//! // Not enough is an error that says who is missing; this is 80 of 100.
//! let call_data = assembly.call_data()?;
//! # assert_eq!(call_data.len(), 4 + 32 * 4 + 160);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assembly;
mod message;
mod proof;

pub use aivm_precompiles::{
    sync::{Committee, CommitteeError, MAX_MEMBERS, SIGNATURE_LEN, SignatureError},
    tree::{self, MAX_PROOF_LEN, Status, Tree},
};
pub use assembly::{Aside, Assembly, Missing, normalized};
pub use message::{Header, Message, MessageError, Rotation};
pub use proof::{DeviceProof, ProofError};

use aivm_abi::IAttestationLightClient::setCommitteeCall;
use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;

/// A committee of members in any order.
pub fn committee_of(members: impl IntoIterator<Item = (Address, u64)>) -> Result<Committee, CommitteeError> {
    let mut members: Vec<_> = members.into_iter().collect();
    members.sort_unstable();
    let (members, weights): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    Committee::new(&members, &weights)
}

/// The call data of `setCommittee`, for governance: begins anew with a committee that signs from a height on.
///
/// A committee serves once: one that was set, or took over, before is refused with `CommitteeUsed`. The same members come
/// back with other weights, all of them doubled, say.
pub fn set_committee(
    source_chain_id: U256,
    committee: &Committee,
    from_height: U256,
) -> Result<Bytes, MessageError> {
    message::check_chain_id(source_chain_id)?;
    let call = setCommitteeCall {
        sourceChainId: source_chain_id,
        members: committee.members(),
        weights: committee.weights(),
        fromHeight: from_height,
    };
    Ok(call.abi_encode().into())
}
