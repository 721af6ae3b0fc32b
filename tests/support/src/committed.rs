//! Files in the repository that are made from code, and checked to be current.

use std::{fs, path::Path};

/// The environment variable with which files are written anew instead of being checked.
const WRITE: &str = "AIVM_WRITE";

/// Asserts that the file, by its path from the root of the repository, has this text. With the environment variable
/// `AIVM_WRITE`, writes it.
///
/// # Panics
///
/// If the file has another text, or cannot be written.
#[allow(clippy::disallowed_methods)] // what is bound by the environment is only whether a file is written
#[track_caller]
pub fn assert_current(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os(WRITE).is_some() {
        fs::write(&file, wanted).expect("the file can be written");
        return;
    }
    let present = fs::read_to_string(&file).unwrap_or_default();
    if present != wanted {
        let differs = present
            .lines()
            .zip(wanted.lines())
            .position(|(is, wants)| is != wants);
        let line = differs.unwrap_or(present.lines().count().min(wanted.lines().count()));
        panic!(
            "{path} is not current from line {} on: {:?}; to mend, run this test with {WRITE}=1",
            line + 1,
            wanted.lines().nth(line)
        );
    }
}
