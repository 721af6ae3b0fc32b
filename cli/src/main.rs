//! `aivm`: run, inspect and verify what the aivm precompiles do.
//!
//! | module | what it holds |
//! |---|---|
//! | `demo` | `aivm demo`: the whole story on genuine evidence |
//! | `call` | `aivm call`: one call in revm |
//! | `exec` | `aivm exec`: one call for another EVM, which holds the state |
//! | `quote` | `aivm quote`: evidence of every vendor, shown, verified and packed |
//! | `collateral` | `aivm collateral`: what verifies evidence, shown, packed and tried out |
//! | `golden` | `aivm golden`: NVIDIA's RIM files |
//! | `genesis` | `aivm genesis`: a chain's configuration file, and the accounts that follow from it |
//! | `relay` | `aivm relay`: roots, committees and device proofs for state sync |
//! | `bench` | `aivm bench`: what every operation takes, beside ecrecover |
//! | `simulate` | `aivm simulate`: proofs and evidence of made-up vendors, and keys that everyone has |
//! | `work`, `key` | `aivm work`, `aivm key`: work proofs and ML-DSA keys |
//! | `output` | the one place that prints |
//! | `input`, `encoding`, `system` | arguments, files, the clock, randomness |
//! | `certificate_file`, `x509` | certificates and CRLs in files, and what they say |
//! | `call_data` | call data that a command makes |
//! | `evm`, `ledger`, `state_file` | revm, and the accounts it runs over |
//! | `abi` | errors and events by name |

mod abi;
mod bench;
mod call;
mod call_data;
mod certificate_file;
mod collateral;
mod demo;
mod encoding;
mod evm;
mod exec;
mod genesis;
mod golden;
mod input;
mod key;
mod ledger;
mod output;
mod quote;
mod relay;
mod simulate;
mod state_file;
mod system;
mod work;
mod x509;

use clap::{Parser, Subcommand};
use output::Output;
use std::process::ExitCode;

const ABOUT: &str = "Run, inspect and verify what the aivm precompiles do";

const LONG_ABOUT: &str = "\
Run, inspect and verify what the aivm precompiles do.

aivm gives an EVM precompiles for AI mining and hardware attestation: 0x0300 (ML-DSA signatures, rewards, TEE \
evidence, work ids, the spent set), 0x0AAA (devices, roots, collateral and policy), 0x0AAB (Merkle proofs) and 0x0AAC \
(state sync between chains). This program runs them in revm on this machine, as a client would. It needs no network and \
no node.";

const AFTER_HELP: &str = "\
Examples:
  aivm demo
  aivm call --to 0xAAA --data 0x859d448c          (minTrustScore)
  aivm quote inspect quote.bin
  aivm quote verify quote.bin --collateral collateral.json
  aivm quote verify report.bin --certs vcek.pem
  aivm collateral pack collateral.json --out call.bin
  aivm work id @proof.hex
  aivm genesis accounts --config aivm.toml
  aivm relay digest --committee committee.json --source-chain 96369 --root 0x<root> --height 1000500

Exit codes:
  0  it did what was asked: the call succeeded, the quote or signature verified
  1  it did not: the call reverted or halted, the quote or signature did not verify
  2  bad usage: an argument, a file or its form; the reason is on standard error

With --json, standard output is exactly one JSON value in the first two cases and empty in the third.";

#[derive(Parser)]
#[command(name = "aivm", version, about = ABOUT, long_about = LONG_ABOUT, after_help = AFTER_HELP)]
struct Cli {
    /// Print one JSON value on standard output and nothing else
    #[arg(long, global = true, display_order = 900)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Call(call::Args),
    Exec(exec::Args),
    Quote(quote::Args),
    Collateral(collateral::Args),
    Golden(golden::Args),
    Genesis(genesis::Args),
    Relay(relay::Args),
    Work(work::Args),
    Key(key::Args),
    Simulate(simulate::Args),
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let Cli { json, command } = Cli::parse();
    let output = Output::new(json);
    let result = match command {
        Command::Demo(args) => demo::run(&args, &output),
        Command::Call(args) => call::run(&args),
        Command::Exec(args) => exec::run(&args, json),
        Command::Quote(args) => quote::run(&args),
        Command::Collateral(args) => collateral::run(&args),
        Command::Golden(args) => golden::run(&args),
        Command::Genesis(args) => genesis::run(&args),
        Command::Relay(args) => relay::run(&args),
        Command::Work(args) => work::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    output.finish(result)
}
