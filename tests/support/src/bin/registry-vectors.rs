//! Writes, as one JSON value on standard output, what the registry's trees, commitments and EIP-712 digests are, for
//! `tests/oracles/js/check.mjs`, which has others' code say the same. Takes no arguments.

use aivm_test_support::vectors;

fn main() {
    println!("{}", vectors::all());
}
