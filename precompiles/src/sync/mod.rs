//! `0x0AAC`: state sync.

mod price;
mod run;

use crate::precompile::Precompile;

/// The precompile.
pub const PRECOMPILE: Precompile = Precompile {
    price: price::price,
    run: run::run,
};
