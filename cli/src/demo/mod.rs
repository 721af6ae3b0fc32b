//! `aivm demo`: the whole story on genuine evidence, in revm, with every output, price and log checked.

mod chain;
mod material;
mod story;
mod vendors;

use crate::{
    abi,
    call::status_name,
    evm::{Outcome, Status},
    output::{Failure, Output, Report, grouped, table, time},
};
use alloy_primitives::Address;
use chain::{Chain, Measured};
use material::{BLOCK_TIME, Material};
use serde_json::{Value, json};
use story::{Expected, Step};

const LONG_ABOUT: &str = "\
Show what the precompiles do, on genuine evidence.

A chain is made in memory, with the development genesis, in revm over a state that clears empty accounts, as clients \
have it. Transactions then submit collateral, verify one piece of evidence of each vendor (genuine all but Arm CCA's, \
which is signed with test keys) and an ML-DSA signature, compute a reward, and spend work once; the second time is \
refused. The gas of each call is measured on the precompile's own frame \
and must be the price in the specification.";

const AFTER_HELP: &str = "\
Examples:
  aivm demo
  aivm demo --json

With --json: {\"passed\", \"block_time\", \"steps\": [{\"step\", \"operation\", \"precompile\", \"status\", \"gas\", \
\"gas_specified\", \"micros\", \"result\", \"passed\", \"problem\"}]}. The first step, genesis, has no call and no gas.

Exit codes: 0 everything came out as specified, 1 something did not.";

/// Show what the precompiles do, on genuine evidence
#[derive(clap::Args)]
#[command(long_about = LONG_ABOUT, after_help = AFTER_HELP)]
pub(crate) struct Args {}

/// A step and what came of it.
struct Done {
    operation: &'static str,
    precompile: Option<Address>,
    measured: Option<Measured>,
    gas_specified: Option<u64>,
    result: String,
    /// What differs from what must happen.
    problem: Option<String>,
}

/// Runs the command.
pub(crate) fn run(_: &Args, output: &Output) -> Result<Report, Failure> {
    output.progress(&format!(
        "aivm demo: genuine evidence and real signatures, in revm.\n\
         The blocks begin at {}: then, Intel's collateral for\nthe quotes was valid. It lasts a month, \
         and the precompiles know no clock but the block's.\n",
        time(BLOCK_TIME)
    ))?;
    let material = Material::prepare()?;
    let samples = vendors::samples()?;
    let mut chain = Chain::new(BLOCK_TIME);
    let mut done = vec![genesis(&chain)];
    progress(
        output,
        &done,
        "two precompile accounts, the roots of Intel, AMD and NVIDIA, development governance",
    )?;
    for step in story::steps(chain.aivm(), &material, &samples) {
        let measured = chain.transact(&step.call)?;
        let story = step.story;
        done.push(check(step, measured));
        progress(output, &done, story)?;
    }
    Ok(report(&done))
}

fn genesis(chain: &Chain) -> Done {
    let holds = story::genesis_holds(chain.aivm(), chain.ledger());
    Done {
        operation: "genesis",
        precompile: None,
        measured: None,
        gas_specified: None,
        result: format!("{} accounts installed", chain.ledger().accounts.len()),
        problem: (!holds).then(|| "an account of genesis is missing".into()),
    }
}

/// Compares what happened with what must happen.
fn check(step: Step, measured: Measured) -> Done {
    let happened = match &measured.status {
        Status::Success => Some(Expected::Returns(measured.output.clone())),
        Status::Revert => Some(Expected::Reverts(measured.output.clone())),
        Status::Halt(_) => None,
    };
    let problem = if happened.as_ref() != Some(&step.expected) {
        Some(format!(
            "expected {:?}, got {}",
            step.expected,
            describe(&measured)
        ))
    } else if measured.gas != step.gas {
        Some(format!("expected {} gas, got {}", step.gas, measured.gas))
    } else if measured.logs != step.logs {
        Some(format!(
            "expected the logs {:?}, got {:?}",
            step.logs, measured.logs
        ))
    } else {
        None
    };
    Done {
        operation: step.operation,
        precompile: Some(step.call.precompile),
        result: step.result,
        gas_specified: Some(step.gas),
        measured: Some(measured),
        problem,
    }
}

fn describe(measured: &Measured) -> String {
    let outcome = Outcome {
        status: measured.status.clone(),
        output: measured.output.clone(),
        gas_used: measured.gas,
        logs: measured.logs.clone(),
    };
    match abi::error_of(&outcome) {
        Some(error) => error.text(),
        None => outcome.output.to_string(),
    }
}

fn progress(output: &Output, done: &[Done], story: &str) -> Result<(), Failure> {
    let Some(last) = done.last() else { return Ok(()) };
    let mark = if last.problem.is_none() { "ok" } else { "FAILED" };
    output.progress(&format!("{:>2}  {mark}  {}: {story}", done.len(), last.operation))
}

fn report(done: &[Done]) -> Report {
    let passed = done.iter().all(|step| step.problem.is_none());
    let rows: Vec<_> = done.iter().skip(1).map(row).collect();
    let headings = ["operation", ">gas", ">gas in the specification", ">µs", "result"];
    let end = if passed {
        "aivm demo ends with the double spend refused, and every price is the specification's.".to_owned()
    } else {
        let problems = done
            .iter()
            .filter_map(|step| Some(format!("{}: {}", step.operation, step.problem.as_ref()?)));
        format!("FAILED\n{}", problems.collect::<Vec<_>>().join("\n"))
    };
    Report {
        json: json!({
            "passed": passed,
            "block_time": BLOCK_TIME,
            "steps": done.iter().enumerate().map(step_json).collect::<Vec<_>>(),
        }),
        text: format!("\n{}\n\n{end}", table(&headings, &rows)),
        passed,
    }
}

fn row(done: &Done) -> Vec<String> {
    let measured = done.measured.as_ref();
    vec![
        done.operation.to_owned(),
        measured.map(|measured| grouped(measured.gas)).unwrap_or_default(),
        done.gas_specified.map(grouped).unwrap_or_default(),
        measured
            .map(|measured| format!("{:.1}", measured.micros))
            .unwrap_or_default(),
        match &done.problem {
            None => done.result.clone(),
            Some(_) => "FAILED".into(),
        },
    ]
}

fn step_json((index, done): (usize, &Done)) -> Value {
    let measured = done.measured.as_ref();
    json!({
        "step": index + 1,
        "operation": done.operation,
        "precompile": done.precompile,
        "status": measured.map(|measured| status_name(&measured.status)),
        "gas": measured.map(|measured| measured.gas),
        "gas_specified": done.gas_specified,
        "micros": measured.map(|measured| measured.micros),
        "result": done.result,
        "passed": done.problem.is_none(),
        "problem": done.problem,
    })
}
