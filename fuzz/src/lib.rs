//! What the fuzz targets have in common. Each holds its operation to the properties of
//! `aivm_test_support::fuzz`, with both signature backends.
//!
//! `cargo xtask fuzz <target>` builds a target with coverage on the stable toolchain, writes its seeds, and runs
//! it. The folder has the layout of `cargo fuzz`, which runs it too.

use aivm::precompiles::mining::Operation;
use aivm_test_support::fuzz::Harness;
use std::sync::LazyLock;

static HARNESS: LazyLock<Harness> = LazyLock::new(Harness::new);

/// Calls an operation with this payload.
pub fn check(operation: Operation, payload: &[u8]) {
    HARNESS.check_both(&[&[operation.opcode()], payload].concat());
}
