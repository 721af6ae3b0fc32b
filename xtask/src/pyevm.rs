//! py-evm replays what revm made of the stories. It shares no code with revm: frames, reverts, storage, logs and gas are
//! its own, and only the work of the precompiles is ours (`aivm exec`).

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::ci::target;
use crate::steps::{self, Outcome, Steps, cargo, tool};
use crate::{FEATURES, python};

/// Where the replay and its packages are described.
const FOLDER: &str = "tests/oracles/pyevm";

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = Steps::new();
    add(&mut steps, root);
    steps
}

/// Records the stories and replays them.
pub(crate) fn add(steps: &mut Steps, root: &Path) {
    let environment = target(root).join("pyevm");
    let requirements = format!("{FOLDER}/requirements.txt");
    let story = target(root).join("tmp/pyevm-story.json");
    let mut ready = true;
    let mut needed = |outcome: Outcome| {
        ready &= matches!(outcome, Outcome::Ok);
        outcome
    };
    steps.step("py-evm: install", || {
        needed(python::install(root, &environment, &requirements))
    });
    steps.step("py-evm: record", || needed(record(root, &story)));
    if ready {
        let mut replay = tool(root, python::program(&environment, "python"));
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
