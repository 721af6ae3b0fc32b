//! The logic of the aivm precompiles, without any EVM's types.
//!
//! A client hands a [`Call`] and a [`Host`] (storage, code, logs, block facts) to a [`Precompile`]; what comes
//! back is an [`Outcome`]. Nothing here reads a clock, a network, an environment or a static, and nothing
//! panics on any input: the same call on the same state gives the same bytes, gas, logs and state everywhere.
//!
//! | module | what it holds |
//! |---|---|
//! | [`precompile`] | the rules for every call: price first, then work |
//! | [`mining`] | `0x0300`, AI mining |
//! | [`registry`] | `0x0AAA`, the attestation registry |
//! | [`proofs`] | `0x0AAB`, Merkle proofs |
//! | [`sync`] | `0x0AAC`, state sync |
//! | [`evidence`] | evidence formats, their verification, and the reason each refusal has |
//! | [`state`] | the storage of `0x0AAA`, which the other precompiles read |
//! | [`tree`] | Merkle trees: leaves, roots, proofs |
//! | [`crypto`] | signature backends |
//! | [`host`], [`memory`] | what a precompile needs of its EVM, and an in-memory one |

#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

mod call_data;
pub mod config;
pub mod crypto;
pub mod error;
pub mod evidence;
pub mod host;
pub mod memory;
pub mod mining;
pub mod precompile;
pub mod proofs;
pub mod registry;
pub mod state;
pub mod sync;
pub mod tree;

pub use config::{Addresses, Config, GasSchedule, RewardTrust};
pub use error::Error;
pub use host::{Host, HostError};
pub use memory::MemoryHost;
pub use precompile::{Call, Context, Outcome, Precompile, Price};
