//! Python environments under the target folder, with the packages of a requirements file, by hash.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::steps::{self, Outcome, tool};

/// Succeeds in a Python that can make the environment.
const CAN_MAKE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// What to do where there is none.
const NEXT: &str =
    "install Python 3.11 or newer with venv as python3 (on Debian: apt-get install python3 python3-venv)";

/// Makes the environment unless it has the packages already.
pub(crate) fn install(root: &Path, environment: &Path, requirements: &str) -> Outcome {
    let requirements = root.join(requirements);
    let wanted = match fs::read(&requirements) {
        Ok(wanted) => wanted,
        Err(error) => return Outcome::failed(format!("{}: {error}", requirements.display())),
    };
    let stamp = environment.join("installed.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        println!("    {} is current", environment.display());
        return Outcome::Ok;
    }
    let mut ask = tool(root, "python3");
    ask.args(["-c", CAN_MAKE]).stdin(Stdio::null());
    if !ask.output().is_ok_and(|answer| answer.status.success()) {
        return Outcome::failed(NEXT);
    }
    let mut make = tool(root, "python3");
    make.args(["-m", "venv", "--clear"]).arg(environment);
    let mut pip = tool(root, program(environment, "python"));
    let quietly = ["--quiet", "--disable-pip-version-check", "--require-hashes"];
    pip.args(["-m", "pip", "install"]).args(quietly);
    pip.args([OsStr::new("--requirement"), requirements.as_os_str()]);
    for command in [&mut make, &mut pip] {
        let outcome = steps::run(command);
        if !matches!(outcome, Outcome::Ok) {
            return outcome;
        }
    }
    // Last: an environment without it is made anew.
    Outcome::from(fs::write(&stamp, wanted).map_err(|error| error.to_string()))
}

/// A program of an environment.
pub(crate) fn program(environment: &Path, name: &str) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    environment
        .join(folder)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
