//! `aivm golden`: NVIDIA's genuine RIM files, and made-up ones with faults.

mod common;

#[path = "golden/certificates.rs"]
mod certificates;
#[path = "golden/content.rs"]
mod content;
#[path = "golden/genuine.rs"]
mod genuine;
#[path = "golden/pairs.rs"]
mod pairs;
#[path = "golden/signature.rs"]
mod signature;

use common::{Run, aivm, rim, scratch, text};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A time inside the windows of all packaged RIM files.
const JANUARY_2024: &str = "1704067200";

/// The packaged RIM files.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/rim/nv-local-gpu-verifier-2.7.3")
}

fn genuine(name: &str) -> PathBuf {
    fixtures().join(name)
}

/// The genuine RIM file that most tests damage.
fn vbios() -> String {
    fs::read_to_string(genuine("1010_0200_882_96005E0001_PROD.swidtag")).unwrap()
}

/// Inspects a text under NVIDIA's root.
fn inspect(name: &str, content: &str) -> Run {
    let path = scratch(&format!("golden-{name}")).join("rim.xml");
    fs::write(&path, content).unwrap();
    aivm(&["golden", "inspect", &text(&path), "--at", JANUARY_2024, "--json"])
}

/// Inspects a text under the made-up root.
fn inspect_made_up(name: &str, content: &str) -> Run {
    let folder = scratch(&format!("golden-{name}"));
    let (path, root) = (folder.join("rim.xml"), folder.join("root.der"));
    fs::write(&path, content).unwrap();
    fs::write(&root, rim::root()).unwrap();
    let at = rim::NOW.to_string();
    aivm(&[
        "golden",
        "inspect",
        &text(&path),
        "--root",
        &text(&root),
        "--at",
        &at,
        "--json",
    ])
}

/// Asserts that a file was refused for a reason, with a next step.
fn assert_refused(run: &Run, why: &str) {
    assert_eq!(run.code, 1, "{why}: {}{}", run.stdout, run.stderr);
    let json = run.json();
    assert_eq!(json["verified"], false);
    let reason = json["reason"].as_str().unwrap();
    assert!(reason.contains(why), "{why:?} is not in {reason:?}");
    assert!(json["next"].as_str().is_some_and(|next| !next.is_empty()));
}

fn accepted(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let json = run.json();
    assert_eq!(json["verified"], true);
    json
}
