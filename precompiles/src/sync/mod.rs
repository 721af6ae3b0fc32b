//! `0x0AAC`: state sync (specification, section 8), a light client of another chain's attestation registry.
//!
//! Solidity ABI, `abi/IAttestationLightClient.sol`. Input must be the canonical encoding. Storage: [`storage`].
//!
//! | function | who | gas |
//! |---|---|---|
//! | `updateRoot` | anyone with signatures of the committee of that height | 30,000 |
//! | `rotateCommittee` | anyone with signatures of the newest committee | 30,000 + 22,100 for each member |
//! | `setCommittee` | governance of the registry | 30,000 + 22,100 for each member |
//! | `verifyDeviceProof`, `verifyDeviceProofAt` | | 10,000 |
//! | other reads | | 2,600 |
//!
//! Members are counted by the word at byte 132 of the input, which holds their number in the canonical encoding of both
//! functions: at least one of them, and at most 32.
//!
//! Checks are made in this order, and the first that fails is the error:
//!
//! | function | |
//! |---|---|
//! | `updateRoot` | `NoCommittee`, `Frozen`, `ZeroRoot`, `HeightNotNew`, signatures |
//! | `rotateCommittee` | `NoCommittee`, `Frozen`, the new committee, `HeightNotNew`, `CommitteeUsed`, signatures |
//! | `setCommittee` | `Unauthorized`, `ZeroChainId`, the new committee, `CommitteeUsed` |
//! | `verifyDeviceProof` | `Frozen`, `NoRoot` |
//! | `verifyDeviceProofAt` | `Frozen`, `UnknownHeight` |
//! | a committee | `CommitteeSize`, `CommitteeMismatch`, then of each member `CommitteeOrder`, `ZeroWeight` |
//! | signatures | `InvalidSignatureLength`, then of each `InvalidSignature`, `SignerOrder`, `UnknownSigner`; `InsufficientWeight` |
//!
//! A committee serves once. What it signs names its id, which is made of members and weights alone: in a second term, what
//! it signed in the first would be valid again, and a root or a rotation that was abandoned could be replayed. The same
//! members come back with other weights, all of them doubled, say.
//!
//! [`Committee`] and the digests ([`root_digest`], [`rotation_digest`]) need no chain: relayers and members use the same
//! code.

mod committee;
mod input;
mod message;
mod price;
mod run;
pub mod storage;
#[cfg(test)]
mod tests;

pub use committee::{Committee, CommitteeError, MAX_MEMBERS, SignatureError, recover};
pub use message::{
    DOMAIN_NAME, DOMAIN_TYPE_HASH, DOMAIN_VERSION, ROOT_TYPE_HASH, ROTATION_TYPE_HASH, SIGNATURE_LEN,
    domain_separator, root_digest, rotation_digest,
};

use crate::precompile::Precompile;

/// The state sync precompile.
pub const PRECOMPILE: Precompile = Precompile {
    price: price::price,
    run: run::run,
};
