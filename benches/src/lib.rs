//! What the precompiles take, in time and in instructions, beside ecrecover.
//!
//! | module | what it holds |
//! |---|---|
//! | [`case`] | a case: one kind of call, on a chain where it ends as its label says |
//! | [`cases`] | the list of them, which a test holds to the precompiles' tables |
//! | [`world`] | the chains |
//! | [`subject`] | what is timed: one call, through the adapter for revm or bare |
//! | [`measure`] | rounds, interleaved with ecrecover |
//! | [`report`], [`table`], [`plot`] | rows, and the forms in which they are shown |
//! | [`record`] | ratios that were recorded, and how a run compares with them |
//! | [`machine`] | the machine |
//!
//! `aivm bench` and `cargo bench -p aivm-bench` measure time, `cargo xtask instructions` counts instructions; all of them
//! take their cases from here.

pub mod case;
pub mod cases;
pub mod machine;
pub mod measure;
pub mod plot;
pub mod record;
pub mod report;
pub mod subject;
pub mod table;
mod undo;
pub mod world;
