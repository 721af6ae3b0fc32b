//! Packages from npm compute what the registry and state sync compute: trees, leaves, commitments, EIP-712 digests. They
//! share no code with ours.

use std::path::Path;

use crate::ci::target;
use crate::steps::{Steps, cargo, tool};
use crate::{FEATURES, abi};

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = Steps::new();
    steps.step("npm ci", || abi::install(root));
    add(&mut steps, root);
    steps
}

/// Records what the precompiles compute and has the packages compute it.
pub(crate) fn add(steps: &mut Steps, root: &Path) {
    let mut record = cargo(root);
    record.args(["test", "--release", "--workspace", "--features", FEATURES]);
    record.args(["--test", "registry_vectors"]);
    steps.command("npm oracles: record", &mut record);
    let mut check = tool(root, "node");
    check
        .arg("tests/oracles/js/check.mjs")
        .arg(target(root).join("tmp/registry-vectors.json"));
    steps.command("npm oracles: check", &mut check);
}
