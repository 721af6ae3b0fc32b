//! `aivm bench`: what every operation takes, beside ecrecover. The cases, the measuring and the forms of the report are
//! those of the crate `aivm-bench`.
//!
//! | file | what it holds |
//! |---|---|
//! | `files` | what is read and written |
//! | `progress` | how far it is, on standard error |

mod files;
mod progress;

use crate::output::{Failure, Report};
use aivm_bench::{
    case::{Case, Target},
    cases::{self, Scale},
    machine::Machine,
    measure,
    record::{self, Comparison, Entry, Record},
    report::{self, Row},
    subject::Subject,
    table,
};
use clap::Args as ClapArgs;
use files::Files;
use progress::Progress;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How often rows that are slower than recorded are measured again before they count: other work on the machine passes.
const SECOND_CHANCES: usize = 3;

const LONG_ABOUT: &str = "\
Measure what every operation of the four precompiles takes, beside ecrecover and P256VERIFY of revm in the same process.

Each operation is called with what honest callers send, with the worst input that is accepted and with the worst that is \
refused, through the adapter for revm and without an EVM, on a registry of 100,000 devices. Rounds are interleaved with \
ecrecover, so that the ratio to it means something on a machine that does other things too. It needs one core and about \
500 MB of memory.

What the figures mean and which prices follow from them: docs/performance.md.";

const AFTER_HELP: &str = "\
Examples:
  aivm bench
  aivm bench --filter VerifyMLDSA --seconds 5
  aivm bench --check                       (are the ratios still those that were recorded?)
  aivm bench --seconds 60 --markdown docs/performance.md --svg docs/performance.svg --record docs/performance.json

Exit codes: 0; 1 with --check, where a ratio is more than 25 % above what was recorded; 2 bad usage.

With --json: a list of {\"precompile\", \"operation\", \"variant\", \"case\", \"input\", \"bytes\", \"path\": \"adapter\" | \"bare\", \
\"backend\": \"aws-lc\" | \"portable\" | \"rust-crypto\", \"gas\", \"micros\", \"p10\", \"p90\", \"mgas_per_s\", \"ratio_to_ecrecover\", \
\"least_ratio\"}.";

/// Measure what every operation takes, beside ecrecover
#[derive(ClapArgs)]
#[command(long_about = LONG_ABOUT, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// About how long to measure, after about five seconds of preparation; ten rounds at least
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    seconds: u64,

    /// Measure only what has this in its name: an operation, a variant, a case, or several of them as in the table
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// Write the plot of gas against time here
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Replace the tables in this file, between its lines `<!-- aivm bench: begin -->` and `end`
    #[arg(long, value_name = "FILE", conflicts_with = "filter")]
    markdown: Option<PathBuf>,

    /// Record the ratios here, for the class of this machine; what is there of other classes stays
    #[arg(long, value_name = "FILE", conflicts_with = "filter")]
    record: Option<PathBuf>,

    /// Compare the ratios with those in this file, or with those this program was built with
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    check: Option<Option<PathBuf>>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let machine = Machine::this();
    // Whatever is wrong with a file is said before anything takes long.
    let files = Files::open(args, &machine)?;
    let progress = Progress::new();
    progress.say("preparing a registry of 100,000 devices …");
    let chosen = chosen(args.filter.as_deref())?;
    let mut run = Run::new(&chosen, Duration::from_secs(args.seconds), &progress)?;
    let mut rows = run.measure(|_| true);
    let compared = files.recorded().map(|recorded| run.compare(&mut rows, recorded));
    progress.done();
    files.write(&rows, &machine)?;
    let mut text = table::text(&rows, &machine);
    if let Some(comparison) = &compared {
        text = format!("{text}\n\n{}", comparison.text());
        eprintln!("{}", comparison.text());
    }
    Ok(Report {
        json: serde_json::to_value(&rows).map_err(Failure::internal)?,
        text,
        passed: compared.is_none_or(|comparison| comparison.passed()),
    })
}

/// The cases that a filter leaves, and ecrecover.
fn chosen(filter: Option<&str>) -> Result<Vec<Arc<Case>>, Failure> {
    let mut cases = cases::all(Scale::FULL);
    let Some(filter) = filter else {
        return Ok(cases);
    };
    let wanted = filter.to_lowercase();
    let fits = |case: &Case| case.name().to_lowercase().contains(&wanted);
    if !cases.iter().any(|case| fits(case)) {
        return Err(
            Failure::new(format!("--filter: no case has {filter:?} in its name"))
                .next("run `aivm bench --seconds 1` to see the names"),
        );
    }
    cases.retain(|case| matches!(case.target, Target::Reference(_)) || fits(case));
    Ok(cases)
}

/// Everything that is measured, on its stage.
struct Run<'p> {
    stage: aivm_bench::subject::Stage,
    subjects: Vec<Subject>,
    time: Duration,
    progress: &'p Progress,
}

impl<'p> Run<'p> {
    fn new(cases: &[Arc<Case>], time: Duration, progress: &'p Progress) -> Result<Self, Failure> {
        let (mut stage, subjects) = measure::prepare(cases);
        if let Some(fault) = measure::check(&mut stage, &subjects).first() {
            return Err(Failure::internal(fault));
        }
        Ok(Self {
            stage,
            subjects,
            time,
            progress,
        })
    }

    /// Measures the subjects whose index is wanted, and ecrecover.
    fn measure(&mut self, wanted: impl Fn(usize) -> bool) -> Vec<Row> {
        let subjects = self.subjects.iter().enumerate();
        let subjects: Vec<_> = subjects
            .filter(|(index, subject)| matches!(subject.case.target, Target::Reference(_)) || wanted(*index))
            .map(|(_, subject)| subject.clone())
            .collect();
        let times = measure::measure(&mut self.stage, &subjects, self.time, |round, rounds| {
            self.progress.round(round, rounds);
        });
        report::rows(&subjects, &times)
    }

    /// Compares, and measures what is slower again: the least of all times counts.
    fn compare(&mut self, rows: &mut [Row], recorded: &Entry) -> Comparison {
        for _ in 0..SECOND_CHANCES {
            let comparison = record::compare(rows, recorded);
            if comparison.slower.is_empty() {
                break;
            }
            self.progress.say(&format!(
                "measuring {} slower rows again …",
                comparison.slower.len()
            ));
            let slower: Vec<_> = rows
                .iter()
                .map(|row| {
                    comparison
                        .slower
                        .iter()
                        .any(|(slower, _)| slower.key() == row.key())
                })
                .collect();
            for again in self.measure(|index| slower[index]) {
                if let Some(row) = rows.iter_mut().find(|row| row.key() == again.key()) {
                    row.least_ratio = row.least_ratio.min(again.least_ratio);
                }
            }
        }
        record::compare(rows, recorded)
    }
}

/// What was recorded when this program was built.
fn built_in() -> Result<Record, Failure> {
    serde_json::from_str(include_str!("../../../docs/performance.json")).map_err(Failure::internal)
}
