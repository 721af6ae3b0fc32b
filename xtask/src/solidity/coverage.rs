//! What the tests reach of `contracts/`: at least 95 % of lines and of branches, the testing folder left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::forge;
use crate::steps::{self, Outcome};

/// The least share in percent.
const LEAST: u32 = 95;

const REPORT: &str = "target/forge/coverage.lcov";

/// Runs the tests with coverage, prints a table, and fails below the least share.
pub(super) fn check(root: &Path) -> Outcome {
    let mut coverage = forge::command(root, "coverage");
    coverage.args(["--report", "lcov", "--report-file", REPORT]);
    // Its own, so that the optimised build is kept.
    coverage
        .env("FOUNDRY_OUT", "target/forge/coverage/out")
        .env("FOUNDRY_CACHE_PATH", "target/forge/coverage/cache");
    match steps::run(&mut coverage) {
        Outcome::Ok => {}
        other => return other,
    }
    fs::read_to_string(root.join(REPORT))
        .map_err(|error| format!("{REPORT}: {error}"))
        .and_then(|report| judge(&report))
        .into()
}

/// What was reached of what there is.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Share {
    reached: u32,
    all: u32,
}

impl Share {
    fn is_enough(self) -> bool {
        self.reached * 100 >= self.all * LEAST
    }

    fn shown(self) -> String {
        let percent = f64::from(self.reached) * 100.0 / f64::from(self.all.max(1));
        format!("{:>4} of {:>4}  {percent:>5.1} %", self.reached, self.all)
    }
}

/// Lines and branches of one file.
#[derive(Clone, Copy, Default)]
struct Covered {
    lines: Share,
    branches: Share,
}

fn judge(report: &str) -> Result<(), String> {
    let files = read(report);
    let mut all = Covered::default();
    println!("    {:<44}  {:<20}  branches", "", "lines");
    for (name, covered) in &files {
        print_row(name, covered);
        for (sum, part) in [
            (&mut all.lines, covered.lines),
            (&mut all.branches, covered.branches),
        ] {
            sum.reached += part.reached;
            sum.all += part.all;
        }
    }
    print_row("all", &all);
    if all.lines.all == 0 {
        return Err(format!("{REPORT} has no line of contracts/"));
    }
    if all.lines.is_enough() && all.branches.is_enough() {
        return Ok(());
    }
    Err(format!(
        "at least {LEAST} % of lines and branches must be reached; `forge coverage --report debug` lists what is not"
    ))
}

fn print_row(name: &str, covered: &Covered) {
    println!(
        "    {name:<44}  {}  {}",
        covered.lines.shown(),
        covered.branches.shown()
    );
}

/// Reads lcov: a block for each file, `SF:` its name, `LF:`, `LH:` lines found and hit, `BRF:`, `BRH:` branches.
fn read(report: &str) -> BTreeMap<&str, Covered> {
    let mut files = BTreeMap::new();
    let mut name = "";
    for line in report.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        if key == "SF" {
            name = value;
        }
        if !name.starts_with("contracts/") || name.starts_with("contracts/testing/") {
            continue;
        }
        let file: &mut Covered = files.entry(name).or_default();
        let number = || value.parse().unwrap_or(0);
        match key {
            "LF" => file.lines.all = number(),
            "LH" => file.lines.reached = number(),
            "BRF" => file.branches.all = number(),
            "BRH" => file.branches.reached = number(),
            _ => {}
        }
    }
    files.retain(|_, covered| covered.lines.all > 0);
    files
}

#[cfg(test)]
mod tests {
    use super::{Share, judge, read};

    const REPORT: &str = "TN:\nSF:contracts/A.sol\nDA:1,2\nLF:20\nLH:19\nBRF:2\nBRH:2\nend_of_record\n\
        TN:\nSF:contracts/testing/B.sol\nLF:20\nLH:0\nBRF:0\nBRH:0\nend_of_record\n\
        TN:\nSF:tests/solidity/C.t.sol\nLF:20\nLH:0\nend_of_record\n";

    #[test]
    fn only_what_is_shipped_and_no_helper_counts() {
        let files = read(REPORT);
        assert_eq!(files.len(), 1);
        assert_eq!(files["contracts/A.sol"].lines, Share { reached: 19, all: 20 });
        assert_eq!(files["contracts/A.sol"].branches, Share { reached: 2, all: 2 });
    }

    #[test]
    fn one_line_or_branch_too_few_fails() {
        assert_eq!(judge(REPORT), Ok(()));
        assert!(judge(&REPORT.replace("LH:19", "LH:18")).is_err());
        assert!(judge(&REPORT.replace("BRH:2", "BRH:1")).is_err());
        assert!(judge("").is_err());
    }
}
