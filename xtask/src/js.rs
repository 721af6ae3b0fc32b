//! Packages from npm compute what the registry and state sync compute: trees, leaves, commitments, EIP-712 digests. They
//! share no code with ours.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::ci::target;
use crate::steps::{self, Outcome, Steps, cargo, tool};
use crate::{FEATURES, abi};

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = Steps::new();
    steps.step("npm ci", || abi::install(root));
    add(&mut steps, root);
    steps
}

/// Records what the precompiles compute and has the packages compute it.
pub(crate) fn add(steps: &mut Steps, root: &Path) {
    let vectors = target(root).join("tmp/registry-vectors.json");
    let mut ready = false;
    steps.step("npm oracles: record", || {
        let outcome = record(root, &vectors);
        ready = matches!(outcome, Outcome::Ok);
        outcome
    });
    if ready {
        let mut check = tool(root, "node");
        check.arg("tests/oracles/js/check.mjs").arg(&vectors);
        steps.command("npm oracles: check", &mut check);
    }
}

/// Has the vectors written anew.
fn record(root: &Path, vectors: &Path) -> Outcome {
    // Not what was recorded before, whatever happens.
    if let Err(error) = fs::remove_file(vectors)
        && error.kind() != ErrorKind::NotFound
    {
        return Outcome::failed(format!("{}: {error}", vectors.display()));
    }
    let mut test = cargo(root);
    test.args(["test", "--release", "--workspace", "--features", FEATURES]);
    test.args(["--test", "registry_vectors"]);
    steps::run(&mut test)
}
