//! The one place that prints: text for people or one JSON value for programs, and the exit code that goes with it.

pub(crate) use aivm_bench::table::grouped;

use chrono::DateTime;
use serde_json::Value;
use std::{
    fmt::Write as _,
    io::{self, Write as _},
    process::ExitCode,
};

/// Exit code of a call that reverted, a quote that does not verify, a demo that went wrong.
const REFUSED: u8 = 1;

/// Exit code of bad usage.
const BAD_USAGE: u8 = 2;

/// What a command has to say, in both forms.
pub(crate) struct Report {
    /// The one JSON value.
    pub(crate) json: Value,
    /// The text, without a newline at its end.
    pub(crate) text: String,
    /// Whether it did what was asked: the exit code is 0, or else 1.
    pub(crate) passed: bool,
}

/// Bad usage: what was wrong with which input, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    next: Option<String>,
}

impl Failure {
    /// What was wrong with which input.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            next: None,
        }
    }

    /// What to do next.
    pub(crate) fn next(self, next: impl Into<String>) -> Self {
        Self {
            next: Some(next.into()),
            ..self
        }
    }

    /// A fault of this program or of a library, which no input should cause.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::new(format!("internal fault: {error}"))
            .next("please report this with the command that caused it")
    }
}

/// Where a command's words go.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// Text, or JSON.
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// A line of progress, for people only.
    pub(crate) fn progress(&self, line: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { print_line(line) }
    }

    /// Prints what a command came to, and gives the exit code.
    pub(crate) fn finish(&self, result: Result<Report, Failure>) -> ExitCode {
        let printed = result.and_then(|report| {
            if self.json {
                print_line(&report.json.to_string())?;
            } else {
                print_line(&report.text)?;
            }
            Ok(report.passed)
        });
        match printed {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(REFUSED),
            Err(failure) => {
                eprintln!("error: {}", failure.message);
                if let Some(next) = failure.next {
                    eprintln!("\nnext: {next}");
                }
                ExitCode::from(BAD_USAGE)
            }
        }
    }
}

/// A reader that stops early, as `head` does, is no fault.
fn print_line(line: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Names and values in two columns. A value with several lines stays in its column.
#[derive(Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Adds a line.
    pub(crate) fn add(&mut self, name: impl Into<String>, value: impl ToString) -> &mut Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    /// The two columns, each line indented.
    pub(crate) fn render(&self, indent: usize) -> String {
        let width = self.0.iter().map(|(name, _)| name.chars().count()).max();
        let width = width.unwrap_or_default();
        let mut lines = Vec::new();
        for (name, value) in &self.0 {
            for (index, line) in value.lines().enumerate() {
                let name = if index == 0 { name } else { "" };
                lines.push(format!("{:indent$}{name:width$}  {line}", ""));
            }
        }
        lines.join("\n")
    }
}

/// A table with a line of headings; columns marked `>` are aligned to the right.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let titles: Vec<_> = headings
        .iter()
        .map(|heading| heading.trim_start_matches('>').to_owned())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let lengths = cells.chain(titles.get(column)).map(|cell| cell.chars().count());
        lengths.max().unwrap_or_default()
    };
    let mut text = String::new();
    for row in std::iter::once(&titles).chain(rows) {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = width(column);
            let separator = if column == 0 { "" } else { "  " };
            let _ = if headings
                .get(column)
                .is_some_and(|heading| heading.starts_with('>'))
            {
                write!(line, "{separator}{cell:>width$}")
            } else {
                write!(line, "{separator}{cell:width$}")
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// `2025-07-01 00:00:00 UTC (1751328000)`.
pub(crate) fn time(seconds: u64) -> String {
    let date = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    match date {
        Some(date) => format!("{} UTC ({seconds})", date.format("%Y-%m-%d %H:%M:%S")),
        None => seconds.to_string(),
    }
}
