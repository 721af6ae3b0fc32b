//! `cargo xtask fuzz`: coverage-guided fuzzing on the stable toolchain.
//!
//! The flags are those that `cargo fuzz` passes with `--sanitizer none`; they need no nightly compiler. The first
//! build of a target takes minutes, since everything below it is instrumented.

use std::path::Path;

use crate::steps::{Steps, cargo, tool};

/// The fuzz targets: one for each operation of AI mining, one for each format that anyone may send, one
/// for each precompile with a Solidity ABI.
pub(crate) const TARGETS: [&str; 25] = [
    "verify_mldsa",
    "calculate_reward",
    "verify_tee",
    "is_spent",
    "compute_work_id",
    "mark_spent",
    "set_authorized",
    "is_authorized",
    "evidence_sgx",
    "evidence_sevsnp",
    "evidence_tdx",
    "evidence_nvidia",
    "evidence_armcca",
    "collateral_sgx",
    "collateral_sevsnp",
    "collateral_tdx",
    "collateral_nvidia",
    "collateral_armcca",
    "roots_x509",
    "roots_armcca",
    "golden_nvidia",
    "golden_armcca",
    "registry",
    "merkle_proofs",
    "state_sync",
];

/// Where the instrumented programs go: `RUSTFLAGS` reaches only what is built for a named target, and so leaves
/// build scripts alone.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// The longest payload that a target is given: a little more than the longest that a call takes.
const MAX_LEN: usize = 66_000;

/// A single input that takes longer than this many seconds is a finding.
const TIMEOUT: usize = 1;

/// Memory above this many MiB is a finding.
const RSS_LIMIT: usize = 1_024;

/// Builds a target, writes its seeds, and runs it this many times.
pub(crate) fn run(root: &Path, target: &str, runs: u64) -> Steps {
    let mut steps = Steps::new();
    let folder = root.join("fuzz");
    let corpus = folder.join("corpus");
    let mut seeds = cargo(root);
    seeds.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "aivm-test-support",
        "--bin",
        "fuzz-seeds",
        "--",
    ]);
    steps.command("seeds", seeds.arg(&corpus));

    let mut build = cargo(&folder);
    build
        .env("RUSTFLAGS", COVERAGE)
        .args(["build", "--release", "--target", TRIPLE, "--bin", target]);
    steps.command("build with coverage", &mut build);

    let artifacts = folder.join("artifacts").join(target);
    if let Err(error) = std::fs::create_dir_all(&artifacts) {
        steps.step("folder for findings", || crate::steps::Outcome::failed(error));
        return steps;
    }
    let mut fuzz = tool(
        &folder,
        folder.join("target").join(TRIPLE).join("release").join(target),
    );
    fuzz.arg(corpus.join(target))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args([
            format!("-runs={runs}"),
            format!("-max_len={MAX_LEN}"),
            format!("-timeout={TIMEOUT}"),
            format!("-rss_limit_mb={RSS_LIMIT}"),
            "-print_final_stats=1".to_owned(),
        ]);
    steps.command(&format!("fuzz {target}, {runs} runs"), &mut fuzz);
    steps
}
