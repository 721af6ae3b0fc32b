//! `cargo xtask test`.

use std::path::Path;

use crate::steps::{Steps, cargo};
use crate::{FEATURES, abi};

pub(crate) fn run(root: &Path) -> Steps {
    let mut steps = abi::run(root, true);
    let mut test = cargo(root);
    test.args(["test", "--release", "--workspace", "--features", FEATURES]);
    steps.command("cargo test", &mut test);
    steps
}
