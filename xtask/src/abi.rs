//! `cargo xtask abi`: what is made from Solidity.
//!
//! `abi/<Name>.sol` declares the interface `<Name>`; its ABI goes to `abi/json/<Name>.json`, sorted, so that the
//! file changes only when the interface does. What is made from the contracts is beside it in `contracts`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Map, Value, json};

use crate::contracts;
use crate::steps::{self, Outcome, Steps, tool};

/// What mends a file that is not current.
const MEND: &str = "cargo xtask abi";

pub(crate) fn run(root: &Path, check: bool) -> Steps {
    let mut steps = Steps::new();
    steps.step("npm ci", || install(root));
    let name = if check { "abi --check" } else { "abi" };
    steps.step(name, || bring_up_to_date(root, check).into());
    steps
}

/// Runs `npm ci` unless what it installed is newer than the lock file.
pub(crate) fn install(root: &Path) -> Outcome {
    let changed = |path: &str| fs::metadata(root.join(path)).and_then(|file| file.modified());
    // npm writes this file when it has installed what package-lock.json says.
    if let (Ok(installed), Ok(locked)) = (
        changed("node_modules/.package-lock.json"),
        changed("package-lock.json"),
    ) && installed >= locked
    {
        println!("    node_modules is current");
        return Outcome::Ok;
    }
    steps::run(tool(root, "npm").args(["ci", "--no-audit", "--no-fund"]))
}

/// Writes what is missing or stale and removes what has no source; with `check`, only says so.
fn bring_up_to_date(root: &Path, check: bool) -> Result<(), String> {
    let sources = read_folder(&root.join("abi"), "sol")?;
    if sources.is_empty() {
        return Err("abi holds no .sol file".to_owned());
    }
    let mut stale = Vec::new();
    let mut bring = |folder, wanted: BTreeMap<String, String>| {
        stale.extend(bring_folder_up_to_date(root, folder, &wanted, check)?);
        Ok::<_, String>(wanted.len())
    };
    let interfaces = bring("abi/json", compile(root, &sources)?)?;
    let harness = bring("tests/fixtures/contracts", contracts::harness(root)?)?;
    let shipped = bring("abi/json/contracts", contracts::abis(root)?)?;
    if stale.is_empty() {
        println!(
            "    {interfaces} interfaces, {harness} contracts that tests run and {shipped} ABIs of contracts, all current"
        );
        return Ok(());
    }
    for line in &stale {
        println!("    {line}");
    }
    Err(format!("{} not current; to mend, run `{MEND}`", stale.len()))
}

/// Does so for the JSON files of one folder; with `check`, lists those that are not current.
fn bring_folder_up_to_date(
    root: &Path,
    folder: &str,
    wanted: &BTreeMap<String, String>,
    check: bool,
) -> Result<Vec<String>, String> {
    let path = root.join(folder);
    let present = read_folder(&path, "json")?;
    let mut stale = Vec::new();
    for (name, text) in wanted
        .iter()
        .filter(|(name, text)| present.get(*name) != Some(*text))
    {
        if check {
            stale.push(format!("{folder}/{name}.json is not what {name} compiles to"));
            continue;
        }
        fs::create_dir_all(&path)
            .and_then(|()| fs::write(path.join(name).with_extension("json"), text))
            .map_err(|e| e.to_string())?;
        println!("    wrote {folder}/{name}.json");
    }
    for name in present.keys().filter(|name| !wanted.contains_key(*name)) {
        if check {
            stale.push(format!("{folder}/{name}.json has no source any more"));
            continue;
        }
        fs::remove_file(path.join(name).with_extension("json")).map_err(|e| e.to_string())?;
        println!("    removed {folder}/{name}.json");
    }
    Ok(stale)
}

/// The files of a folder with this ending: name without ending, text. A folder that is not there has none.
fn read_folder(folder: &Path, ending: &str) -> Result<BTreeMap<String, String>, String> {
    let explain = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(explain(error)),
    };
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(explain)?.path();
        if path.extension().is_some_and(|found| found == ending)
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            files.insert(name.to_owned(), fs::read_to_string(&path).map_err(explain)?);
        }
    }
    Ok(files)
}

/// Compiles every source: interface name, ABI as it stands in the file.
fn compile(root: &Path, sources: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let path = |name: &str| format!("abi/{name}.sol");
    let contents: Map<_, _> = sources
        .iter()
        .map(|(name, text)| (path(name), json!({ "content": text })))
        .collect();
    let output = solc(
        root,
        &json!({
            "language": "Solidity",
            "sources": contents,
            "settings": { "outputSelection": { "*": { "*": ["abi"] } } },
        }),
    )?;

    sources
        .keys()
        .map(|name| match &output["contracts"][path(name)][name]["abi"] {
            Value::Array(items) => Ok((name.clone(), pretty(items))),
            _ => Err(format!("abi/{name}.sol declares no interface {name}")),
        })
        .collect()
}

/// Hands standard JSON to the pinned solc and reads its answer. Prints errors, and warnings of our own files; an error fails.
pub(crate) fn solc(root: &Path, input: &Value) -> Result<Value, String> {
    let explain = |error: std::io::Error| format!("cannot run solc through node: {error}");
    let mut node = tool(root, "node");
    node.args(["contracts/testing/solc.mjs", "--standard-json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = node.spawn().map_err(explain)?;
    // it reads all of its input before it writes, so this cannot block; taking it closes it.
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.to_string().as_bytes()).map_err(explain)?;
    }
    let answer = child.wait_with_output().map_err(explain)?;
    if !answer.status.success() {
        return Err(format!("solc: {}", answer.status));
    }
    let output: Value = serde_json::from_slice(&answer.stdout)
        .map_err(|error| format!("solc did not answer in JSON: {error}"))?;
    let mut failed = false;
    for message in output["errors"].as_array().into_iter().flatten() {
        let file = message["sourceLocation"]["file"].as_str().unwrap_or_default();
        if message["severity"] != "error" && file.starts_with("node_modules/") {
            continue;
        }
        println!(
            "{}",
            message["formattedMessage"]
                .as_str()
                .unwrap_or_default()
                .trim_end()
        );
        failed |= message["severity"] == "error";
    }
    if failed {
        Err("the Solidity sources do not compile".to_owned())
    } else {
        Ok(output)
    }
}

/// An ABI's text: items by type, name and parameters, keys in alphabetical order, a newline at the end.
pub(crate) fn pretty(items: &[Value]) -> String {
    let mut items: Vec<_> = items.iter().map(sort_keys).collect();
    items.sort_by_cached_key(|item| {
        (
            item["type"].to_string(),
            item["name"].to_string(),
            item["inputs"].to_string(),
        )
    });
    format!("{:#}\n", Value::Array(items))
}

pub(crate) fn sort_keys(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.iter().collect();
            Value::Object(
                sorted
                    .into_iter()
                    .map(|(key, field)| (key.clone(), sort_keys(field)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(sort_keys).collect()),
        other => other.clone(),
    }
}
