//! `cargo xtask instructions`: how many instructions a fixed list of calls takes, counted by callgrind, against what is
//! committed in `docs/instructions.json`.
//!
//! Counts do not depend on the machine's clock or load, and hardly on anything else: the same build gives the same counts
//! within 0.1 %. Another compiler gives others, so the compiler is part of what is committed. Valgrind knows no AVX-512: of
//! ML-DSA the portable code is counted, whatever the machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::ci::target;
use crate::steps::{self, Outcome, Steps, cargo, tool};

/// What is committed.
const FILE: &str = "docs/instructions.json";

/// By how much a count may differ, in percent.
const TOLERANCE: u64 = 3;

/// The function whose calls are counted, in `benches/instructions.rs`.
const COUNTED: &str = "aivm_instructions::counted";

/// Counts by name, in the order of the list.
type Counts = Vec<(String, u64)>;

pub(crate) fn run(root: &Path, check: bool) -> Steps {
    let mut steps = Steps::new();
    add(&mut steps, root, check);
    steps
}

/// Counts, and compares with what is committed or writes it.
pub(crate) fn add(steps: &mut Steps, root: &Path, check: bool) {
    steps.step("instructions", || match find_valgrind(root) {
        Ok(valgrind) => count(root, &valgrind)
            .and_then(|counts| finish(root, &counts, check))
            .unwrap_or_else(Outcome::failed),
        Err(why) => Outcome::Skipped(format!("INSTRUCTIONS NOT COUNTED: {why}")),
    });
}

/// A valgrind, and where it finds its tools if that is not where it was built for.
struct Valgrind {
    program: PathBuf,
    library: Option<PathBuf>,
}

/// The valgrind on the path, or the one among this workspace's tools, taken out of Debian's package if it is not there yet:
/// nothing is installed.
fn find_valgrind(root: &Path) -> Result<Valgrind, String> {
    let answers = |program: &Path| {
        let answer = tool(root, program).arg("--version").stdin(Stdio::null()).output();
        answer.is_ok_and(|answer| answer.status.success())
    };
    let installed = PathBuf::from("valgrind");
    if answers(&installed) {
        return Ok(Valgrind {
            program: installed,
            library: None,
        });
    }
    let folder = target(root).join("tools/valgrind");
    let own = Valgrind {
        program: folder.join("usr/bin/valgrind"),
        library: Some(folder.join("usr/libexec/valgrind")),
    };
    if own.program.exists() {
        return Ok(own);
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let script = "apt-get download valgrind && dpkg -x valgrind_*.deb .";
    let mut unpack = tool(root, "sh");
    unpack.current_dir(&folder).args(["-c", script]);
    match steps::run(&mut unpack) {
        Outcome::Ok if own.program.exists() => Ok(own),
        _ => {
            Err("there is no valgrind, and apt-get has none to download; install the package valgrind".into())
        }
    }
}

/// Builds the list and runs it once.
fn count(root: &Path, valgrind: &Valgrind) -> Result<Counts, String> {
    let build = [
        "build",
        "--release",
        "--package",
        "aivm-bench",
        "--bin",
        "aivm-instructions",
    ];
    if let Outcome::Failed(_, how) = steps::run(cargo(root).args(build)) {
        return Err(how);
    }
    let folder = target(root).join("instructions");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(failed)?;
    }
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let mut run = tool(root, &valgrind.program);
    if let Some(library) = &valgrind.library {
        run.env("VALGRIND_LIB", library);
    }
    run.args(["--tool=callgrind", "--collect-atstart=no"])
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(format!("--dump-after={COUNTED}"))
        .arg(format!(
            "--callgrind-out-file={}",
            folder.join("counts").display()
        ))
        .arg(target(root).join("release/aivm-instructions"));
    let output = run
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "{}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let total = |(index, name): (usize, &str)| {
        let file = folder.join(format!("counts.{}", index + 1));
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let total = text
            .lines()
            .find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
        let total = total.filter(|total| *total > 0);
        total
            .map(|total| (name.to_owned(), total))
            .ok_or_else(|| format!("{}: nothing was counted for {name}", file.display()))
    };
    let counts: Counts = names.lines().enumerate().map(total).collect::<Result<_, _>>()?;
    match counts.is_empty() {
        true => Err("nothing was counted".into()),
        false => Ok(counts),
    }
}

/// Writes the counts, or compares them.
fn finish(root: &Path, counts: &Counts, check: bool) -> Result<Outcome, String> {
    let path = root.join(FILE);
    let compiler = compiler(root)?;
    if !check {
        std::fs::write(&path, text(&compiler, counts)).map_err(|error| format!("{FILE}: {error}"))?;
        println!("    wrote {FILE}");
        return Ok(Outcome::Ok);
    }
    let committed = std::fs::read_to_string(&path).map_err(|error| format!("{FILE}: {error}"))?;
    let committed: Value = serde_json::from_str(&committed).map_err(|error| format!("{FILE}: {error}"))?;
    let theirs = committed["compiler"].as_str().unwrap_or_default();
    if theirs != compiler {
        return Ok(Outcome::Skipped(format!(
            "INSTRUCTIONS NOT COMPARED: {FILE} is of {theirs:?}, this is {compiler:?}; write it anew with \
             `cargo xtask instructions`"
        )));
    }
    let known: BTreeMap<String, u64> =
        serde_json::from_value(committed["counts"].clone()).map_err(|error| format!("{FILE}: {error}"))?;
    let faults = compare(&known, counts);
    for fault in &faults {
        println!("    {fault}");
    }
    Ok(match faults.len() {
        0 => Outcome::Ok,
        many => Outcome::failed(format!(
            "{many} of {} counts differ from {FILE}; if that is meant, `cargo xtask instructions` and commit",
            counts.len()
        )),
    })
}

/// What differs, more or fewer: a gain that nobody wrote down hides the next loss.
fn compare(known: &BTreeMap<String, u64>, counts: &Counts) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, count) in counts {
        match known.get(name) {
            None => faults.push(format!("{name}: {count}, not in the file")),
            Some(before) => {
                if count.abs_diff(*before) * 100 > before * TOLERANCE {
                    let percent = (*count as f64 / *before as f64 - 1.0) * 100.0;
                    faults.push(format!("{name}: {count}, {percent:+.1} % ({before} before)"));
                }
            }
        }
    }
    let gone = known
        .keys()
        .filter(|name| counts.iter().all(|(counted, _)| counted != *name));
    faults.extend(gone.map(|name| format!("{name}: in the file, not counted")));
    faults
}

/// What the counts depend on besides the code.
fn compiler(root: &Path) -> Result<String, String> {
    let output = tool(root, "rustc")
        .arg("-vV")
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    match (field("release: "), field("host: ")) {
        (Some(release), Some(host)) => Ok(format!("rustc {release}, {host}")),
        _ => Err("rustc does not say its version".into()),
    }
}

fn text(compiler: &str, counts: &Counts) -> String {
    let lines: Vec<_> = counts
        .iter()
        .map(|(name, count)| format!("    {}: {count}", json!(name)))
        .collect();
    format!(
        "{{\n  \"compiler\": {},\n  \"counts\": {{\n{}\n  }}\n}}\n",
        json!(compiler),
        lines.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::collections::BTreeMap;

    #[test]
    fn more_and_fewer_and_gone_and_new() {
        let known =
            BTreeMap::from([("a", 1_000), ("b", 1_000), ("c", 1_000)].map(|(name, n)| (name.to_owned(), n)));
        let counts =
            |counts: &[(&str, u64)]| counts.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        assert!(compare(&known, &counts(&[("a", 1_030), ("b", 970), ("c", 1_000)])).is_empty());
        let faults = compare(&known, &counts(&[("a", 1_031), ("b", 969), ("d", 1)]));
        assert_eq!(
            faults,
            [
                "a: 1031, +3.1 % (1000 before)",
                "b: 969, -3.1 % (1000 before)",
                "d: 1, not in the file",
                "c: in the file, not counted",
            ]
        );
    }
}
