//! py-evm replays what revm made of the stories. It shares no code with revm: frames, reverts, storage, logs and gas are
//! its own, and only the work of the precompiles is ours (`aivm exec`).

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::FEATURES;
use crate::ci::target;
use crate::steps::{self, Outcome, Steps, cargo, tool};

/// Where the replay and its packages are described.
const FOLDER: &str = "tests/oracles/pyevm";

/// Succeeds in a Python that can make the environment.
const CAN_MAKE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// What to do where there is none.
const NEXT: &str =
    "install Python 3.11 or newer with venv as python3 (on Debian: apt-get install python3 python3-venv)";

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = Steps::new();
    add(&mut steps, root);
    steps
}

/// Records the stories and replays them.
pub(crate) fn add(steps: &mut Steps, root: &Path) {
    let environment = target(root).join("pyevm");
    let story = target(root).join("tmp/pyevm-story.json");
    let mut ready = true;
    let mut needed = |outcome: Outcome| {
        ready &= matches!(outcome, Outcome::Ok);
        outcome
    };
    steps.step("py-evm: install", || needed(install(root, &environment)));
    steps.step("py-evm: record", || needed(record(root, &story)));
    if ready {
        let mut replay = tool(root, python(&environment));
        let aivm = format!("aivm{}", std::env::consts::EXE_SUFFIX);
        replay.arg(Path::new(FOLDER).join("replay.py"));
        replay.arg("--aivm").arg(target(root).join("release").join(aivm));
        replay.arg("--story").arg(story);
        replay.env("PYTHONDONTWRITEBYTECODE", "1");
        steps.command("py-evm: replay", &mut replay);
    }
}

/// Has the stories told by revm, and the program built: its own test is run beside them.
fn record(root: &Path, story: &Path) -> Outcome {
    // Not what was recorded before, whatever happens.
    if let Err(error) = fs::remove_file(story)
        && error.kind() != ErrorKind::NotFound
    {
        return Outcome::failed(format!("{}: {error}", story.display()));
    }
    let mut test = cargo(root);
    test.args(["test", "--release", "--workspace", "--features", FEATURES]);
    test.args(["--test", "pyevm_story", "--test", "exec"]);
    steps::run(&mut test)
}

/// Makes the environment unless it has the packages already.
fn install(root: &Path, environment: &Path) -> Outcome {
    let requirements = root.join(FOLDER).join("requirements.txt");
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
    let mut pip = tool(root, python(environment));
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

/// The Python of an environment.
fn python(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    })
}
