//! The program forge from npm, and its test run, counted.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::aivm;
use crate::steps::{Outcome, tool};

/// Fewer tests than this were not all of them: forge may think that nothing changed, and run none.
const LEAST_TESTS: u64 = 700;

/// The program itself, else the one on the PATH: the wrapper beside it (`node_modules/.bin/forge`) exits with 0 when tests fail.
pub(super) fn path(root: &Path) -> PathBuf {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "amd64",
    };
    let name = format!("forge{}", std::env::consts::EXE_SUFFIX);
    let installed = root
        .join(format!("node_modules/@foundry-rs/forge-{system}-{machine}/bin"))
        .join(&name);
    // For some machines npm has none.
    if installed.exists() {
        installed
    } else {
        name.into()
    }
}

/// A command of forge, with the program that the tests call.
pub(super) fn command(root: &Path, name: &str) -> Command {
    let mut command = tool(root, path(root));
    command.arg(name).env("AIVM_BIN", aivm(root));
    command
}

/// Runs every test. Nothing may be skipped, and there must be as many as there were.
pub(super) fn test(root: &Path) -> Outcome {
    match counted(&mut command(root, "test")) {
        Ok(Count { passed, .. }) if passed < LEAST_TESTS => Outcome::failed(format!(
            "{passed} tests ran, there are at least {LEAST_TESTS}; `forge test --force` compiles them all"
        )),
        Ok(Count { skipped: 0, .. }) => Outcome::Ok,
        Ok(Count { skipped, .. }) => Outcome::failed(format!("{skipped} tests were skipped")),
        Err(how) => Outcome::failed(how),
    }
}

/// The lints of what is shipped: tests do what contracts should not. With a cache of their own: on that of the tests, the
/// next test run would find nothing to do.
pub(super) fn lint(root: &Path) -> Command {
    let mut lint = without_library_warnings(command(root, "lint"));
    lint.args(["contracts", "--deny", "warnings"])
        .env("FOUNDRY_OUT", "target/forge/lint/out")
        .env("FOUNDRY_CACHE_PATH", "target/forge/lint/cache");
    lint
}

/// The compiler's warnings about our own sources.
pub(super) fn warnings(root: &Path) -> Command {
    let mut build = without_library_warnings(command(root, "build"));
    build.arg("--force");
    build
}

/// See contracts/testing/solc.mjs.
fn without_library_warnings(mut command: Command) -> Command {
    command
        .env("FOUNDRY_PROFILE", "warnings")
        .env("SOLC_WARNINGS", "1");
    command
}

/// How a test run ended.
struct Count {
    passed: u64,
    skipped: u64,
}

/// Runs tests, shows what they say, and reads the last line: "Ran 3 test suites in 1s: 7 tests passed, 0 failed, 1
/// skipped (8 total tests)".
fn counted(command: &mut Command) -> Result<Count, String> {
    let explain = |error: std::io::Error| {
        format!("cannot run forge: {error}; `npm ci` installs it where npm has it, else install Foundry 1.7")
    };
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(explain)?;
    let mut last = None;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.map_err(explain)?;
            println!("    {line}");
            last = summary(&line).or(last);
        }
    }
    let status = child.wait().map_err(explain)?;
    if !status.success() {
        return Err(status.to_string());
    }
    last.ok_or_else(|| "forge did not say how many tests ran".to_owned())
}

fn summary(line: &str) -> Option<Count> {
    let (_, counts) = line.strip_prefix("Ran ")?.split_once(": ")?;
    let (passed, rest) = counts.split_once(" tests passed, ")?;
    let (_failed, rest) = rest.split_once(" failed, ")?;
    let (skipped, _) = rest.split_once(" skipped")?;
    Some(Count {
        passed: passed.parse().ok()?,
        skipped: skipped.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_last_line_is_read() {
        let line = "Ran 12 test suites in 1.24s (2.1s CPU time): 345 tests passed, 0 failed, 2 skipped (347 total tests)";
        let count = summary(line).expect("a summary");
        assert_eq!((count.passed, count.skipped), (345, 2));
        assert!(summary("Ran 1 test for tests/solidity/A.t.sol:ATest").is_none());
        assert!(summary("Suite result: ok. 1 passed; 0 failed; 0 skipped; finished in 39ms").is_none());
    }
}
