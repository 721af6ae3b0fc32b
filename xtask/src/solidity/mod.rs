//! `cargo xtask solidity`: the contracts, tested by forge on the real precompiles and looked at by every tool.
//!
//! | module | what it holds |
//! |---|---|
//! | `forge` | the program forge from npm, and its test run, counted |
//! | `coverage` | what the tests reach of `contracts/` |
//! | `analysis` | slither and halmos, from PyPI |
//! | `project` | a Foundry project outside this folder that installs the package |

mod analysis;
mod coverage;
mod forge;
mod project;

use std::path::{Path, PathBuf};

use crate::abi;
use crate::ci::target;
use crate::steps::{Steps, cargo};

/// The gas of the main paths, as `forge snapshot` writes it.
const SNAPSHOT: &str = "tests/solidity/gas.snapshot";

/// The tests of one call each.
const GAS_TESTS: [&str; 2] = ["--match-contract", "^Gas"];

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = Steps::new();
    steps.step("npm ci", || abi::install(root));
    let mut build = cargo(root);
    build.args(["build", "--release", "--bin", "aivm"]);
    steps.command("build aivm", &mut build);
    add(&mut steps, root);
    steps
}

/// Adds every check. The program `aivm` is built, and what comes from npm is installed.
pub(crate) fn add(steps: &mut Steps, root: &Path) {
    steps.command("forge build", forge::command(root, "build").arg("--sizes"));
    steps.step("forge test", || forge::test(root));
    let mut gas = forge::command(root, "snapshot");
    gas.args(GAS_TESTS)
        .args(["--snap", SNAPSHOT, "--check", SNAPSHOT]);
    steps.command("forge snapshot", &mut gas);
    steps.step("forge coverage", || coverage::check(root));
    steps.command("forge fmt", forge::command(root, "fmt").arg("--check"));
    steps.command("forge lint", &mut forge::lint(root));
    steps.command("forge warnings", &mut forge::warnings(root));
    analysis::add(steps, root);
    steps.step("a project of its own", || project::check(root));
}

/// Writes the gas of the main paths anew.
pub(crate) fn snapshot(root: &Path) -> Steps {
    let mut steps = Steps::new();
    let mut gas = forge::command(root, "snapshot");
    gas.args(GAS_TESTS).args(["--snap", SNAPSHOT]);
    steps.command("forge snapshot", &mut gas);
    steps
}

/// The program that the tests call the precompiles through.
fn aivm(root: &Path) -> PathBuf {
    let name = format!("aivm{}", std::env::consts::EXE_SUFFIX);
    target(root).join("release").join(name)
}
