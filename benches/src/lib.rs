//! What the precompiles take, in time and in instructions, beside ecrecover.
//!
//! | module | what it holds |
//! |---|---|
//! | [`case`] | a case: one kind of call, on a chain where it ends as its label says |
//! | [`cases`] | the list of them, which a test holds to the precompiles' tables |
//! | [`world`] | the chains |
//! | [`subject`] | what is timed: one call, through the adapter for revm or bare |
//! | [`measure`] | rounds, interleaved with ecrecover |
//! | [`report`] | rows |
//!
//! `aivm bench` and `cargo bench -p aivm-bench` measure time, `cargo xtask instructions` counts instructions; all of them
//! take their cases from here.

pub mod case;
pub mod cases;
pub mod measure;
pub mod report;
pub mod subject;
mod undo;
pub mod world;
