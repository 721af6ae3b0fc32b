//! Writes what others' code is asked to agree with into `target/tmp/registry-vectors.json`. `cargo xtask js` runs this,
//! and then `tests/oracles/js/check.mjs` on the file.

use aivm_test_support::vectors;
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn vectors_are_written() {
    let vectors = vectors::all();
    let steps = vectors["devices"]["steps"].as_array().expect("steps");
    let counts: BTreeSet<_> = steps.iter().map(|step| step["count"].to_string()).collect();
    assert_eq!(counts.len(), 1_024, "every number of devices");
    let what: BTreeSet<_> = steps.iter().filter_map(|step| step["what"].as_str()).collect();
    assert_eq!(
        what,
        ["attest again", "refresh", "register", "release", "revoke"].into()
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("registry-vectors.json");
    fs::write(file, vectors.to_string()).expect("a folder for tests");
}
