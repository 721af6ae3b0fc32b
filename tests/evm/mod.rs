//! What the tests that run calls in real EVM frames share.
//!
//! | module | what it holds |
//! |---|---|
//! | [`asm`] | bytecode of small contracts that forward a call, run a script of calls, or measure gas |
//! | [`calls`] | for every operation one input that succeeds, its price and whether it writes |
//! | [`chain`] | accounts, and blocks of transactions over `State<DB>`, through either adapter |
//! | [`device`] | a device record, slot by slot, and its reward |
//! | [`disk`] | the database below: maps that can be made to fail |
//! | [`evidence`] | a genuine TDX quote with its collateral |
//! | [`furnish`] | a device that the owner attested for real |
//! | [`gpu_story`] | the part of [`registry_story`] that is about GPUs |
//! | [`memory`] | calls to a host in memory |
//! | [`pins`] | addresses and hashes that are pinned |
//! | [`registry_story`] | devices that come and go, told alike by every adapter |
//! | [`scene`] | stories in which every transaction says what must come of it |
//! | [`sequence`] | a long story of calls that every adapter must tell alike |
//! | [`sync_story`] | roots, committees and proofs of state sync, told alike by every adapter |
//! | [`trace`] | an inspector that records every frame |
//! | [`tree`] | random trees of calls |

#![allow(dead_code)] // every test uses its own part

#[cfg(feature = "alloy-evm")]
pub(crate) mod alloy;
pub(crate) mod asm;
pub(crate) mod calls;
pub(crate) mod chain;
pub(crate) mod device;
pub(crate) mod disk;
pub(crate) mod evidence;
pub(crate) mod furnish;
pub(crate) mod gpu_story;
pub(crate) mod memory;
pub(crate) mod pins;
pub(crate) mod registry_story;
pub(crate) mod scene;
pub(crate) mod sequence;
pub(crate) mod sync_calls;
pub(crate) mod sync_story;
pub(crate) mod trace;
pub(crate) mod tree;

use alloy_primitives::{Address, B256, Bytes, U256, address, keccak256};
use alloy_sol_types::SolError;

/// AI mining.
pub(crate) const MINING: Address = address!("0000000000000000000000000000000000000300");

/// The attestation registry.
pub(crate) const REGISTRY: Address = address!("0000000000000000000000000000000000000AAA");

/// Merkle proofs.
pub(crate) const PROOFS: Address = address!("0000000000000000000000000000000000000AAB");

/// State sync.
pub(crate) const SYNC: Address = address!("0000000000000000000000000000000000000AAC");

/// The chain's id: that of revm's default configuration.
pub(crate) const CHAIN_ID: u64 = 1;

/// An account with ether and no code, which sends the transactions.
pub(crate) const SENDER: Address = address!("5e4de00000000000000000000000000000000001");

/// An account that nobody has heard of.
pub(crate) const STRANGER: Address = address!("57a46e0000000000000000000000000000000002");

/// When Intel's collateral for the TDX sample is valid: 2025-07-01.
pub(crate) const NOW: u64 = 1_751_328_000;

/// The revert data of a custom error.
pub(crate) fn revert_data(error: &impl SolError) -> Bytes {
    error.abi_encode().into()
}

/// A 32-byte word.
pub(crate) fn word(value: u64) -> Bytes {
    Bytes::copy_from_slice(&U256::from(value).to_be_bytes::<32>())
}

/// The slot of `mapping[key]` for a mapping at `slot`, as Solidity has it.
pub(crate) fn mapping(key: B256, slot: u64) -> U256 {
    keccak256([key, B256::from(U256::from(slot))].concat()).into()
}

/// An input of AI mining.
pub(crate) fn mining_input(opcode: u8, payload: &[u8]) -> Bytes {
    [&[opcode], payload].concat().into()
}

/// A work proof without evidence: nonce `0x22…` and timestamp as in the specification's example.
pub(crate) fn work_proof(device: B256, level: u16, minutes: u32) -> Vec<u8> {
    [
        &device[..],
        &[0x22; 32],
        &1_766_708_400_u64.to_be_bytes(),
        &level.to_be_bytes(),
        &minutes.to_be_bytes(),
    ]
    .concat()
}
