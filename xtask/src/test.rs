//! `cargo xtask test`.

use std::path::Path;

use crate::steps::{Steps, cargo};
use crate::{FEATURES, abi, js, pyevm, schema};

/// The examples, which check themselves.
const EXAMPLES: [&str; 2] = ["revm_client", "alloy_evm_factory"];

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = abi::run(root, true);
    schema::add(&mut steps, root, true);
    let mut test = cargo(root);
    test.args(["test", "--release", "--workspace", "--features", FEATURES]);
    steps.command("cargo test", &mut test);
    for example in EXAMPLES {
        let mut run = cargo(root);
        run.args(["run", "--release", "--features", FEATURES, "--example", example]);
        steps.command(&format!("example: {example}"), &mut run);
    }
    js::add(&mut steps, root);
    pyevm::add(&mut steps, root);
    steps
}
