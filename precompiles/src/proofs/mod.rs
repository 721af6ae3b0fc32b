//! `0x0AAB`: Merkle proofs of the attestation registry (LP-80; specification, section 7).
//!
//! Solidity ABI, `abi/IAttestationProofs.sol`. Input must be the canonical encoding. It has no storage: the trees are
//! in that of `0x0AAA` ([`crate::state::tree`]), which writes them.
//!
//! | functions | gas |
//! |---|---|
//! | all | 10,000 |

mod input;
mod price;
mod run;

use crate::precompile::Precompile;

/// The Merkle proof precompile.
pub const PRECOMPILE: Precompile = Precompile {
    price: price::price,
    run: run::run,
};
