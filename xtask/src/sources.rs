//! Solidity files with all that they import, as the compiler's standard JSON takes them: it reads no files itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// What an import begins with, and the folder that it means: as in foundry.toml.
const REMAPPINGS: [(&str, &str); 3] = [
    (
        "@openzeppelin/contracts/",
        "node_modules/@openzeppelin/contracts/",
    ),
    ("aivm/abi/", "abi/"),
    ("aivm/contracts/", "contracts/"),
];

/// The `.sol` files in a folder and those below it, as paths from the root; not those in a folder that is left out.
pub(crate) fn below(root: &Path, folder: &str, without: &[&str]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let entries = fs::read_dir(root.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("{folder}: {error}"))?;
        let name = entry.file_name().into_string();
        let path = format!(
            "{folder}/{}",
            name.map_err(|name| format!("{name:?} is not text"))?
        );
        if entry.path().is_dir() && !without.contains(&&path[..]) {
            found.extend(below(root, &path, without)?);
        } else if path.ends_with(".sol") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Compiler input for these files and what they import, one after another. The paths are from the root.
pub(crate) fn input(root: &Path, files: &[String], mut settings: Value) -> Result<Value, String> {
    let mut sources = BTreeMap::new();
    let mut open = files.to_vec();
    while let Some(path) = open.pop() {
        if sources.contains_key(&path) {
            continue;
        }
        let text = fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        for import in imports(&text) {
            open.push(resolve(&path, import).ok_or_else(|| format!("{path}: cannot find {import:?}"))?);
        }
        sources.insert(path, json!({ "content": text }));
    }
    settings["remappings"] = REMAPPINGS
        .iter()
        .map(|(from, to)| format!("{from}={to}"))
        .collect();
    let sources: Map<_, _> = sources.into_iter().collect();
    Ok(json!({ "language": "Solidity", "sources": sources, "settings": settings }))
}

/// What a file imports, as it writes it.
fn imports(text: &str) -> Vec<&str> {
    let lines = text.split_inclusive('\n').scan(0, |start, line| {
        let begin = *start;
        *start += line.len();
        Some((begin, line))
    });
    let statements = lines
        .filter(|(_, line)| line.starts_with("import ") || line.starts_with("import{"))
        .filter_map(|(begin, _)| text[begin..].split_once(';'));
    statements
        .filter_map(|(statement, _)| statement.split('"').nth(1))
        .collect()
}

/// The path of an import, from the root.
fn resolve(importer: &str, import: &str) -> Option<String> {
    if let Some((from, to)) = REMAPPINGS.iter().find(|(from, _)| import.starts_with(from)) {
        return Some(format!("{to}{}", &import[from.len()..]));
    }
    if !import.starts_with('.') {
        return None;
    }
    let mut path = PathBuf::from(importer);
    path.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.to_str().map(str::to_owned)
}
