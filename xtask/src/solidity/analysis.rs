//! slither and halmos, from PyPI.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use super::forge;
use crate::ci::target;
use crate::python;
use crate::steps::{Outcome, Steps, tool};

const REQUIREMENTS: &str = "xtask/solidity-tools.txt";

/// Detectors that say nothing here. What lapses, unlocks or expires does so by the block's time, in every contract, and a
/// few seconds more or less change nothing.
const SILENCED: &str = "timestamp";

/// Contracts with properties that halmos decides for every input.
const PROPERTIES: &str = "HalmosTest$";

/// Adds both. Without them it fails: they are to be installed.
pub(super) fn add(steps: &mut Steps, root: &Path) {
    let environment = target(root).join("solidity-tools");
    let mut ready = false;
    steps.step("slither and halmos: install", || {
        let outcome = python::install(root, &environment, REQUIREMENTS);
        ready = matches!(outcome, Outcome::Ok);
        outcome
    });
    if !ready {
        return;
    }
    steps.command("slither", &mut slither(root, &environment));
    steps.command("halmos", &mut halmos(root, &environment));
}

/// Every finding fails: what is no fault is marked so where it stands, with the reason.
fn slither(root: &Path, environment: &Path) -> Command {
    let mut slither = tool(root, python::program(environment, "slither"));
    slither
        .args([".", "--config-file", "xtask/slither.json"])
        .args(["--exclude", SILENCED])
        .env("PATH", with_forge(root))
        // What it builds must not be taken for what the tests built.
        .env("FOUNDRY_OUT", "target/forge/slither/out")
        .env("FOUNDRY_CACHE_PATH", "target/forge/slither/cache");
    slither
}

/// It compiles what the profile of its name leaves in.
fn halmos(root: &Path, environment: &Path) -> Command {
    let mut halmos = tool(root, python::program(environment, "halmos"));
    halmos
        .args(["--match-contract", PROPERTIES])
        .args(["--forge-build-out", "target/forge/halmos/out"])
        .args(["--solver-timeout-assertion", "60000"])
        .env("FOUNDRY_PROFILE", "halmos")
        .env("PATH", with_forge(root));
    halmos
}

/// The PATH with forge on it.
fn with_forge(root: &Path) -> OsString {
    let folder = forge::path(root).parent().map(Path::to_path_buf);
    let others = std::env::var_os("PATH").unwrap_or_default();
    let folders = folder.into_iter().chain(std::env::split_paths(&others));
    std::env::join_paths(folders).unwrap_or(others)
}
