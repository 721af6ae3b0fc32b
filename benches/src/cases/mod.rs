//! The cases: for every operation of the four precompiles what honest callers send, the worst input that is accepted and
//! the worst that is refused. A test holds them to the precompiles' tables.
//!
//! | file | what it holds |
//! |---|---|
//! | `chains` | the chains that calls are made on |
//! | `fat` | evidence and collateral as large as each format allows, and as costly |
//! | `mining`, `evidence`, `attestation`, `registry`, `collateral`, `proofs`, `sync` | the cases |
//! | `reference` | ecrecover and P256VERIFY |

mod attestation;
mod chains;
mod collateral;
mod council;
mod evidence;
mod fat;
mod mining;
mod proofs;
mod reference;
mod registry;
mod sync;

pub use chains::Scale;

use crate::case::{Case, Kind, Target};
use alloy_primitives::{Bytes, FixedBytes};
use alloy_sol_types::SolError;
use chains::Chains;
use std::sync::Arc;

/// Every case, on registries of this size. ecrecover is the first.
pub fn all(scale: Scale) -> Vec<Arc<Case>> {
    let chains = Chains::new(scale);
    let cases = [
        reference::cases(&chains),
        mining::cases(&chains),
        evidence::cases(&chains),
        attestation::cases(&chains),
        registry::cases(&chains),
        collateral::cases(&chains),
        proofs::cases(&chains),
        sync::cases(&chains),
    ];
    cases.into_iter().flatten().map(Arc::new).collect()
}

/// The longest arguments of a function whose price does not grow with them, and the limit of messages that are no
/// function's.
const MAX_FLAT_LEN: usize = 1_024;

/// A function that takes little: with arguments as long as they may be, which are decoded before they are found to be
/// more than the function has.
fn padded(chains: &Chains, target: Target, call: &[u8]) -> Case {
    let mut input = call.to_vec();
    input.resize(4 + MAX_FLAT_LEN, 0);
    let selector = FixedBytes::<4>::from_slice(&call[..4]);
    Case::new(
        &chains.registry,
        target,
        Kind::WorstRejected,
        "1,024 bytes of arguments, more than the function's own: nothing else is refused",
        input,
    )
    .reverts(aivm::abi::IPrecompile::InvalidAbiEncoding { selector }.abi_encode())
}

/// The selector of an error: what a revert begins with whose values differ from call to call.
fn selector<E: SolError>() -> Bytes {
    Bytes::from_static(const { &E::SELECTOR })
}
