//! `0x0300`: AI mining (LP-130; specification, section 2).
//!
//! A call is one opcode byte and a packed payload. Integers are big-endian.
//!
//! | opcode | operation | payload | returns | gas |
//! |---|---|---|---|---|
//! | 01 | VerifyMLDSA | set(1) ‖ public key ‖ signature ‖ message | bool(32) | 3,000 |
//! | 02 | CalculateReward | work proof | uint256, wei | 1,000 |
//! | 03 | VerifyTEE | evidence ‖ nonce(32) | bool(32) ‖ trust score(32) | 5,000 |
//! | 04 | IsSpent | work id(32) | bool(32) | 100 |
//! | 05 | ComputeWorkId | work proof | work id(32) | 50 |
//! | 06 | MarkSpent | work id(32) | nothing | 5,000 |
//! | 07 | SetAuthorized | address(20) ‖ bool(1) | nothing | 25,000 |
//! | 08 | IsAuthorized | address(20) | bool(32) | 100 |
//!
//! Work proof:
//!
//! | bytes | field |
//! |---|---|
//! | 0–31 | device id |
//! | 32–63 | nonce |
//! | 64–71 | timestamp, uint64 |
//! | 72–73 | privacy level, uint16 |
//! | 74–77 | compute minutes, uint32 |
//! | 78– | evidence, optional |
//!
//! Storage: `BLAKE3("spnt" ‖ work id)` is 1 when the work is spent; `BLAKE3("auth" ‖ address)` is 1 when the
//! address may mark work as spent. Levels 3 and 4 of CalculateReward, VerifyTEE and SetAuthorized read the
//! storage of the attestation registry ([`crate::state`]).

mod input;
mod price;
mod run;
pub mod storage;
#[cfg(test)]
mod tests;

pub use input::{MAX_MESSAGE_LEN, Operation, SignedMessage, WORK_PROOF_HEADER_LEN, WorkProof};

use crate::precompile::Precompile;

/// The AI mining precompile.
pub const PRECOMPILE: Precompile = Precompile {
    price: price::price,
    run: run::run,
};
