//! `cargo xtask schema`: the JSON Schema of the configuration file, made from its types.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::steps::{Steps, cargo};

/// Where the schema is.
const SCHEMA: &str = "docs/config.schema.json";

/// What mends a schema that is not current.
const MEND: &str = "cargo xtask schema";

/// Writes the schema if it is stale; with `check`, only says so, as a test does.
pub(crate) fn run(root: &Path, check: bool) -> Steps {
    let mut steps = Steps::new();
    let name = if check { "schema --check" } else { "schema" };
    steps.step(name, || bring_up_to_date(root, check).into());
    steps
}

fn bring_up_to_date(root: &Path, check: bool) -> Result<(), String> {
    let wanted = generate(root)?;
    let path = root.join(SCHEMA);
    let present = fs::read_to_string(&path).map_err(|error| format!("{SCHEMA}: {error}"))?;
    if present == wanted {
        println!("    {SCHEMA} is current");
        return Ok(());
    }
    if check {
        return Err(format!(
            "{SCHEMA} is not what the types say; to mend, run `{MEND}`"
        ));
    }
    fs::write(&path, wanted).map_err(|error| format!("{SCHEMA}: {error}"))?;
    println!("    wrote {SCHEMA}");
    Ok(())
}

/// The schema's text, with a newline at the end.
fn generate(root: &Path) -> Result<String, String> {
    let mut print = cargo(root);
    print.args([
        "run",
        "--release",
        "--quiet",
        "--package",
        "aivm-test-support",
        "--bin",
        "config-schema",
    ]);
    let output = print
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("config-schema: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("config-schema: {error}"))
}
