//! EVM precompiles for AI mining and hardware attestation.
//!
//! | address | precompile |
//! |---|---|
//! | `0x0300` | AI mining: ML-DSA, rewards, TEE evidence, work ids, the spent set |
//! | `0x0AAA` | the attestation registry: devices, roots, collateral and policy |
//! | `0x0AAB` | Merkle proofs of the registry |
//! | `0x0AAC` | state sync: a light client of another chain's registry |
//!
//! [`table::TABLE`] lists them, [`Aivm`] holds a chain's choices, and an adapter puts them into a client: the
//! `revm` module gives a `PrecompileProvider`, the `alloy_evm` module an installer for a `PrecompilesMap`.
//! [`genesis`] makes the accounts that must exist before the first call, and `revm::activate` installs them on a chain
//! that already runs. [`light_client`] is for relayers. Another EVM is an adapter away: implement [`Host`] and call
//! [`Aivm::call`].
//!
//! | feature | what it adds |
//! |---|---|
//! | `revm` (default) | the adapter for revm |
//! | `alloy-evm` | the adapter for alloy-evm |
//! | `config-file` | a chain's choices in one file, TOML or JSON: the `config_file` module |
//! | `config-schema` | makes the JSON Schema of that file |
//! | `aws-lc-rs` (default) | the fastest signature backend; needs a C compiler |
//! | `rust-crypto` | the signature backend in Rust alone |
//! | `parallel` | signatures on every core: batches (`batch`), and those of a block ahead of it (`prewarm`) |
//!
//! A feature never changes a result: every backend gives the same answers.

#[cfg(feature = "alloy-evm")]
pub mod alloy_evm;
#[cfg(feature = "parallel")]
pub mod batch;
#[cfg(feature = "config-file")]
pub mod config_file;
pub mod genesis;
pub mod light_client;
#[cfg(feature = "parallel")]
pub mod prewarm;
#[cfg(feature = "revm")]
pub mod revm;
pub mod table;

pub use aivm_abi as abi;
pub use aivm_precompiles as precompiles;
pub use aivm_precompiles::{
    Addresses, Call, Config, GasSchedule, Host, HostError, MemoryHost, Outcome, RewardTrust, crypto, evidence,
};
pub use genesis::{Genesis, GenesisError};
pub use table::{Activation, Aivm, ConfigError};
