//! `0x0AAA`: the attestation registry (LP-80; specification, sections 5 and 6): devices, roots, collateral and policy.
//!
//! Solidity ABI, `abi/IAttestationRegistry.sol`. Input must be the canonical encoding. Storage: [`crate::state`].
//!
//! | functions | gas |
//! |---|---|
//! | `verifyAttestation`, `verifyAttestationFor` | 50,000 |
//! | `submitCollateral`, `updateRootCA`, `setGoldenMeasurement` | 50,000 + 100 for each byte of input |
//! | other writes | 25,000 |
//! | reads | 2,600 |

mod attestation;
mod collateral;
mod input;
mod policy;
mod price;
mod run;
#[cfg(test)]
mod tests;

pub use attestation::commitment;

use crate::precompile::Precompile;

/// The attestation registry precompile.
pub const PRECOMPILE: Precompile = Precompile {
    price: price::price,
    run: run::run,
};
