//! What the fuzz targets have in common: one for each operation of AI mining, held to the properties of
//! `aivm_test_support::fuzz`; one for each format of evidence, collateral, roots and golden measurements, held to
//! those of `aivm_test_support::formats`; and one for each precompile with a Solidity ABI, held to those of
//! `aivm_test_support::calls`.
//!
//! `cargo xtask fuzz <target>` builds a target with coverage on the stable toolchain, writes its seeds, and runs
//! it. The folder has the layout of `cargo fuzz`, which runs it too.

use aivm::precompiles::mining::Operation;
use aivm_test_support::{
    calls::{CONTRACTS, World},
    formats::{Chain, FORMATS},
    fuzz::Harness,
};
use std::sync::LazyLock;

/// Every so many inputs (by their first bytes), the other signature backend must agree: it is slow.
const BOTH_BACKENDS_EVERY: usize = 16;

static HARNESS: LazyLock<Harness> = LazyLock::new(Harness::new);
static CHAIN: LazyLock<Chain> = LazyLock::new(Chain::new);
static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// Calls an operation with this payload, with both signature backends.
pub fn check(operation: Operation, payload: &[u8]) {
    HARNESS.check_backends(&[&[operation.opcode()], payload].concat());
}

/// Gives this input to what reads a format: with signatures that are all good, and with real ones.
///
/// # Panics
///
/// If there is no such format.
pub fn check_format(name: &str, input: &[u8]) {
    let mut formats = FORMATS.into_iter();
    let (_, format) = formats.find(|(known, _)| *known == name).expect("a format");
    let _verdict = CHAIN.check_behind_signatures(format, input);
    let _verdict = if is_for_both(input) {
        CHAIN.check_both(format, input)
    } else {
        CHAIN.check(format, input)
    };
}

/// Calls a precompile with this input.
///
/// # Panics
///
/// If there is no such precompile.
pub fn check_call(name: &str, input: &[u8]) {
    let mut contracts = CONTRACTS.into_iter();
    let (_, contract) = contracts.find(|(known, _)| *known == name).expect("a precompile");
    let _outcome = if is_for_both(input) {
        WORLD.check_both(contract, input)
    } else {
        WORLD.check(contract, input)
    };
}

fn is_for_both(input: &[u8]) -> bool {
    let sum = input.iter().map(|byte| usize::from(*byte)).sum::<usize>();
    sum % BOTH_BACKENDS_EVERY == 0
}
