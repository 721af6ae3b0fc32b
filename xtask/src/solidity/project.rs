//! A Foundry project outside this folder that installs the package, as its users do: `examples/foundry`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{aivm, forge};
use crate::steps::{self, Outcome, tool};

/// The project.
const EXAMPLE: &str = "examples/foundry";

/// Copies the project to a folder that is empty, installs the package there, and runs its tests.
pub(super) fn check(root: &Path) -> Outcome {
    let folder = std::env::temp_dir().join(format!("aivm-foundry-project-{}", std::process::id()));
    let outcome = copy(&root.join(EXAMPLE), &folder)
        .map_err(|error| format!("{}: {error}", folder.display()))
        .map_or_else(Outcome::failed, |()| install_and_test(root, &folder));
    // The folder is of no use after a success, and shows what is wrong otherwise.
    if matches!(outcome, Outcome::Ok) {
        let _ = fs::remove_dir_all(&folder);
    }
    outcome
}

fn install_and_test(root: &Path, folder: &Path) -> Outcome {
    let quietly = ["--no-audit", "--no-fund", "--loglevel=error"];
    let mut package = tool(folder, "npm");
    // Packed as for the registry, not linked: what `files` in package.json leaves out is missing.
    package
        .args(["install", "--save-dev", "--install-links"])
        .args(quietly);
    package.arg(root);
    match steps::run(&mut package) {
        Outcome::Ok => {}
        other => return other,
    }
    // Only now is its forge there.
    steps::run(forge_there(root, folder, "test").arg("-vv"))
}

/// The project's own forge, with this checkout's program.
fn forge_there(root: &Path, folder: &Path, name: &str) -> Command {
    let mut command = tool(folder, forge::path(folder));
    command.arg(name).env("AIVM_BIN", absolute(aivm(root)));
    command
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copied) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&source, &copied)?;
        } else {
            fs::copy(source, copied)?;
        }
    }
    Ok(())
}
