//! `cargo xtask ci`: everything that is checked and is not a test.
//!
//! Every cargo command uses the release profile, so that the C library behind `aws-lc-rs` is built once.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::FEATURES;
use crate::instructions;
use crate::steps::{self, Outcome, Steps, cargo, run_within, tool};

/// The cargo-deny that is installed where there is none.
const DENY_VERSION: &str = "0.20.2";

/// How long building cargo-deny may take.
const DENY_INSTALL_LIMIT: Duration = Duration::from_secs(600);

/// Where cargo-deny gets its advisories.
const ADVISORY_DB: &str = "https://github.com/RustSec/advisory-db";

/// How long the advisory database may take to answer.
const ADVISORY_DB_LIMIT: Duration = Duration::from_secs(20);

/// Feature sets that are built besides the one that is tested: name, arguments.
const BUILDS: [(&str, &[&str]); 5] = [
    ("build: no features", &["--no-default-features"]),
    (
        "build: rust-crypto only",
        &["--no-default-features", "--features", "rust-crypto"],
    ),
    ("build: alloy-evm", &["--features", "alloy-evm"]),
    ("build: config-file", &["--features", "config-file"]),
    (
        "build: parallel, without an EVM",
        &["--no-default-features", "--features", "parallel"],
    ),
];

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = Steps::new();
    steps.command("format", cargo(root).args(["fmt", "--all", "--check"]));
    let clippy = [
        "clippy",
        "--release",
        "--workspace",
        "--all-targets",
        "--features",
        FEATURES,
    ];
    steps.command("clippy", cargo(root).args(clippy).args(["--", "-D", "warnings"]));
    let doc = [
        "doc",
        "--release",
        "--workspace",
        "--lib",
        "--no-deps",
        "--features",
        FEATURES,
    ];
    steps.command("docs", cargo(root).args(doc).env("RUSTDOCFLAGS", "-D warnings"));
    for (name, features) in BUILDS {
        steps.command(
            name,
            cargo(root)
                .args(["build", "--release", "--package", "aivm"])
                .args(features),
        );
    }
    cca_oracle(&mut steps, root);
    instructions::add(&mut steps, root, true);
    dependencies(&mut steps, root);
    steps
}

/// Arm CCA tokens against the package `ccatoken`, in a workspace of its own: it builds OpenSSL, which needs perl and
/// make besides the C compiler.
fn cca_oracle(steps: &mut Steps, root: &Path) {
    let answers = |program: &str, arguments: &[&str]| {
        let answer = tool(root, program).args(arguments).stdin(Stdio::null()).output();
        answer.is_ok_and(|answer| answer.status.success())
    };
    steps.step("oracle: ccatoken", || {
        if !answers("perl", &["-MIPC::Cmd", "-MFindBin", "-e", "1"]) || !answers("make", &["--version"]) {
            return Outcome::Skipped("ORACLE NOT RUN: building OpenSSL needs perl and make".into());
        }
        let mut test = cargo(&root.join("tests/oracles/cca"));
        test.env("CARGO_TARGET_DIR", target(root).join("oracles"));
        steps::run(test.args(["test", "--release", "--locked"]))
    });
}

/// Where cargo builds.
pub(crate) fn target(root: &Path) -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root.join(folder)
}

/// cargo-deny: licences, bans and sources always, advisories when their database can be reached.
fn dependencies(steps: &mut Steps, root: &Path) {
    let mut deny = None;
    steps.step("cargo-deny", || match find_deny(root) {
        Ok(found) => {
            deny = Some(found);
            Outcome::Ok
        }
        Err(why) => Outcome::Skipped(format!("DEPENDENCIES NOT CHECKED: {why}")),
    });
    let Some(deny) = deny else { return };
    let check = || {
        let mut command = tool(root, &deny);
        command.args(["--workspace", "--locked", "check"]);
        command
    };
    steps.command(
        "licences, bans, sources",
        check().args(["licenses", "bans", "sources"]),
    );
    steps.step("advisories", || {
        if reachable(root) {
            steps::run(check().arg("advisories"))
        } else {
            Outcome::Skipped(format!("ADVISORIES NOT CHECKED: {ADVISORY_DB} cannot be reached"))
        }
    });
}

/// The cargo-deny on the path, or the one among this workspace's tools, installed if it is not there yet.
fn find_deny(root: &Path) -> Result<PathBuf, String> {
    let tools = target(root).join("tools");
    let own = tools
        .join("bin")
        .join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    for candidate in ["cargo-deny".into(), own.clone()] {
        let answer = tool(root, &candidate)
            .arg("--version")
            .stdin(Stdio::null())
            .output();
        if answer.is_ok_and(|answer| answer.status.success()) {
            return Ok(candidate);
        }
    }
    let mut install = cargo(root);
    install
        .args([
            "install",
            "cargo-deny",
            "--locked",
            "--quiet",
            "--version",
            DENY_VERSION,
            "--root",
        ])
        .arg(tools);
    match run_within(DENY_INSTALL_LIMIT, &mut install) {
        Outcome::Failed(_, how) => Err(format!("cargo-deny cannot be installed ({how})")),
        Outcome::Ok | Outcome::Skipped(_) => Ok(own),
    }
}

fn reachable(root: &Path) -> bool {
    let mut ask = tool(root, "git");
    ask.args(["ls-remote", "--quiet", "--exit-code", ADVISORY_DB, "HEAD"]);
    ask.env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    matches!(run_within(ADVISORY_DB_LIMIT, &mut ask), Outcome::Ok)
}
