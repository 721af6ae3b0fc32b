//! The project's own tasks, run as `cargo xtask <task>`.
//!
//! A task is a list of steps. Every step runs, so that one call shows all that is wrong; the exit code is the
//! first failed step's, and a table at the end says what happened.

// A task runner tells how long things took and reads its environment; no consensus code lives here.
#![allow(clippy::disallowed_methods)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod abi;
mod ci;
mod contracts;
mod fuzz;
mod instructions;
mod js;
mod pyevm;
mod python;
mod schema;
mod solidity;
mod sources;
mod steps;
mod test;

/// The features that the whole workspace is tested and linted with: all that are not default.
const FEATURES: &str = "alloy-evm,config-schema,mldsa-verify/rayon,parallel,rust-crypto";

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "The project's own tasks"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every test: npm ci (when needed), abi --check, cargo test over the whole workspace, the
    /// examples, the packages from npm, the replay in py-evm, the contracts
    Test,
    /// Have packages from npm compute the registry's trees, commitments and what committees sign
    ///
    /// Needs Node.js; package.json pins LeanIMT, OpenZeppelin's contracts, viem, ethers and an EVM.
    Js,
    /// Replay in py-evm what revm makes of the stories, with `aivm exec` as the precompiles
    ///
    /// Needs Python 3.11 or newer with venv; the packages come from PyPI, by hash.
    Pyevm,
    /// Test the contracts with forge on the real precompiles: tests, gas, coverage, format, lints, slither, halmos, and a
    /// project of its own that installs the package
    ///
    /// Needs Node.js and Python 3.11 or newer with venv; everything else comes from npm and PyPI, at fixed versions.
    Solidity {
        /// Write the gas of the main paths anew, and nothing else
        #[arg(long)]
        snapshot: bool,
    },
    /// Check everything that is not a test: format, lints, docs, dependencies, the other feature sets
    Ci,
    /// Compile abi/*.sol, contracts/ and the contracts that Rust tests run, and write their JSON
    ///
    /// Needs Node.js; the compiler is the npm package `solc` that package.json pins.
    Abi {
        /// Write nothing: fail if a file is not what the sources compile to
        #[arg(long)]
        check: bool,
    },
    /// Write docs/config.schema.json, the JSON Schema of the configuration file, from its types
    Schema {
        /// Write nothing: fail if the file is not what the types say
        #[arg(long)]
        check: bool,
    },
    /// Count the instructions of a fixed list of calls under callgrind, and write docs/instructions.json
    ///
    /// Needs valgrind, or Debian's apt-get to download it. AVX-512, which it does not know, is left out.
    Instructions {
        /// Write nothing: fail if a count is not within 3 % of the file's
        #[arg(long)]
        check: bool,
    },
    /// Search for inputs that break a property, guided by coverage
    ///
    /// Findings go to fuzz/artifacts/<target>, what was learnt to fuzz/corpus/<target>.
    Fuzz {
        /// The operation whose payload is fuzzed
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(fuzz::TARGETS))]
        target: String,
        /// How many inputs to try
        #[arg(long, default_value_t = 1_000_000)]
        runs: u64,
    },
}

fn main() -> ExitCode {
    let root = root();
    let steps = match Cli::parse().task {
        Task::Test => test::run(&root),
        Task::Js => js::run(&root),
        Task::Pyevm => pyevm::run(&root),
        Task::Solidity { snapshot: false } => solidity::run(&root),
        Task::Solidity { snapshot: true } => solidity::snapshot(&root),
        Task::Ci => ci::run(&root),
        Task::Abi { check } => abi::run(&root, check),
        Task::Schema { check } => schema::run(&root, check),
        Task::Instructions { check } => instructions::run(&root, check),
        Task::Fuzz { target, runs } => fuzz::run(&root, &target, runs),
    };
    steps.finish()
}

/// The workspace's folder. Cargo says where the package lies when it runs it; otherwise, where it was built.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(|| package.clone(), PathBuf::from)
}
