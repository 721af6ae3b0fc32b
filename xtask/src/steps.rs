//! Steps: what a task runs, how long each took, and what came of it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// What came of a step.
pub(crate) enum Outcome {
    Ok,
    /// Not run, and that is no failure. Says why.
    Skipped(String),
    /// Failed with this exit code. Says how.
    Failed(u8, String),
}

impl Outcome {
    /// A failure of the task itself, not of a command it ran.
    pub(crate) fn failed(reason: impl ToString) -> Self {
        Self::Failed(1, reason.to_string())
    }
}

impl From<Result<(), String>> for Outcome {
    fn from(result: Result<(), String>) -> Self {
        result.map_or_else(Self::failed, |()| Self::Ok)
    }
}

/// The steps of a task, in the order in which they ran.
pub(crate) struct Steps {
    started: Instant,
    done: Vec<(String, Duration, Outcome)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Runs one step and prints a line before and after it.
    pub(crate) fn step(&mut self, name: &str, run: impl FnOnce() -> Outcome) {
        println!("\n==> {name}");
        let started = Instant::now();
        let outcome = run();
        let took = started.elapsed();
        match &outcome {
            Outcome::Ok => println!("<== {name}: ok, {}", seconds(took)),
            Outcome::Skipped(why) => println!("<== {name}: SKIPPED, {why}"),
            Outcome::Failed(code, how) => println!("<== {name}: FAILED ({code}), {how}"),
        }
        self.done.push((name.to_owned(), took, outcome));
    }

    /// Runs one step that is a single command.
    pub(crate) fn command(&mut self, name: &str, command: &mut Command) {
        self.step(name, || run(command));
    }

    /// Prints the table; the exit code is the first failure's.
    pub(crate) fn finish(self) -> ExitCode {
        let width = self
            .done
            .iter()
            .map(|(name, ..)| name.len())
            .max()
            .unwrap_or(0)
            .max("step".len());
        println!("\n{:width$}  {:>9}  result", "step", "time");
        let mut code = None;
        for (name, took, outcome) in &self.done {
            let result = match outcome {
                Outcome::Ok => "ok".to_owned(),
                Outcome::Skipped(why) => format!("SKIPPED, {why}"),
                Outcome::Failed(failure, _) => {
                    code.get_or_insert(*failure);
                    format!("FAILED ({failure})")
                }
            };
            println!("{name:width$}  {:>9}  {result}", seconds(*took));
        }
        let verdict = if code.is_none() { "ok" } else { "FAILED" };
        println!(
            "{:width$}  {:>9}  {verdict}",
            "all",
            seconds(self.started.elapsed())
        );
        code.map_or(ExitCode::SUCCESS, ExitCode::from)
    }
}

/// Cargo, as it was called, in the workspace's folder.
pub(crate) fn cargo(root: &Path) -> Command {
    tool(
        root,
        std::env::var_os("CARGO")
            .as_deref()
            .unwrap_or(OsStr::new("cargo")),
    )
}

/// A program, in the workspace's folder.
pub(crate) fn tool(root: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

/// Prints and runs a command. Its output goes where ours does.
pub(crate) fn run(command: &mut Command) -> Outcome {
    println!("    {}", shown(command));
    match command.status() {
        Ok(status) if status.success() => Outcome::Ok,
        Ok(status) => {
            let code = status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1);
            Outcome::Failed(code, status.to_string())
        }
        Err(error) => Outcome::failed(format!("cannot run {}: {error}", shown(command))),
    }
}

/// Like [`run`], and ends the command when it takes longer than the limit.
pub(crate) fn run_within(limit: Duration, command: &mut Command) -> Outcome {
    println!("    {} (at most {})", shown(command), seconds(limit));
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Outcome::failed(format!("cannot run {}: {error}", shown(command))),
    };
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Outcome::Ok,
            Ok(Some(status)) => return Outcome::failed(status),
            Ok(None) if started.elapsed() < limit => std::thread::sleep(Duration::from_millis(200)),
            Ok(None) => {
                let ended = child.kill().and_then(|()| child.wait());
                return Outcome::failed(match ended {
                    Ok(_) => format!("took longer than {}", seconds(limit)),
                    Err(error) => format!("took longer than {} and would not end: {error}", seconds(limit)),
                });
            }
            Err(error) => return Outcome::failed(error),
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The command as one would type it, without the program's folder.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
