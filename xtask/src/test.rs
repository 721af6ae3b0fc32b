//! `cargo xtask test`.

use std::path::Path;

use crate::ci::target;
use crate::steps::{Steps, cargo, tool};
use crate::{FEATURES, abi, js, pyevm, solidity};

/// The examples, which check themselves.
const EXAMPLES: [&str; 4] = ["revm_client", "alloy_evm_factory", "prewarm", "verify_quotes"];

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = abi::run(root, true);
    let mut test = cargo(root);
    test.args(["test", "--release", "--workspace", "--features", FEATURES]);
    steps.command("cargo test", &mut test);
    // `cargo test` built them too; `cargo run` would build their dependencies again, with fewer features.
    let built = target(root).join("release/examples");
    for example in EXAMPLES {
        let program = built
            .join(example)
            .with_extension(std::env::consts::EXE_EXTENSION);
        steps.command(&format!("example: {example}"), &mut tool(root, program));
    }
    js::add(&mut steps, root);
    pyevm::add(&mut steps, root);
    solidity::add(&mut steps, root);
    steps
}
