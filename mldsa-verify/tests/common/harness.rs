//! Every path over the same items.

use std::io::Write;
use std::sync::Once;

use mldsa_verify::{Item, Path};

use super::oracles::fips204_verify;

/// The paths that this machine has. That of AVX-512 may be missing, and then whoever reads the output shall know.
pub(crate) fn paths() -> Vec<Path> {
    static WARNING: Once = Once::new();
    assert!(Path::AwsLc.is_available() && Path::RustCrypto.is_available());
    if !Path::Avx512.is_available() {
        // Written past the capture of the test harness.
        WARNING.call_once(|| {
            let _ = writeln!(
                std::io::stderr(),
                "\n*** NO AVX-512 HERE: the path of that name IS NOT TESTED ***\n"
            );
        });
    }
    Path::ALL.into_iter().filter(|path| path.is_available()).collect()
}

/// Counts the items it checks, so that a test can tell that none was skipped.
pub(crate) struct Harness {
    paths: Vec<Path>,
    with_fips204: bool,
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
}

impl Harness {
    /// Over every path that there is, and `fips204`.
    pub(crate) fn new() -> Self {
        Self {
            paths: paths(),
            with_fips204: true,
            accepted: 0,
            refused: 0,
        }
    }

    /// Over the paths that are not Rust alone: a fifth of the time, for what has many items.
    pub(crate) fn fast() -> Self {
        let mut fast = Self::new();
        fast.paths.retain(|path| *path != Path::RustCrypto);
        fast.with_fips204 = false;
        fast
    }

    /// Every verifier must give `expected`.
    #[track_caller]
    pub(crate) fn check(&mut self, expected: bool, item: &Item<'_>, what: &str) {
        self.check_paths(expected, item, what);
        if self.with_fips204 {
            assert_eq!(fips204_verify(item), expected, "fips204: {what}, {:?}", item.set);
        }
    }

    /// Every path must give `expected`, whatever others say.
    #[track_caller]
    pub(crate) fn check_paths(&mut self, expected: bool, item: &Item<'_>, what: &str) {
        for path in &self.paths {
            assert_eq!(path.verify(item), expected, "{path:?}: {what}, {:?}", item.set);
        }
        *if expected {
            &mut self.accepted
        } else {
            &mut self.refused
        } += 1;
    }

    /// Every path must give `expected` for all of them at once. They were counted before.
    #[track_caller]
    pub(crate) fn check_batch(&self, expected: &[bool], items: &[Item<'_>], what: &str) {
        for path in &self.paths {
            assert_eq!(path.verify_batch(items), expected, "{path:?}: batch, {what}");
        }
    }

    /// How many were checked: (accepted, refused).
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.accepted, self.refused)
    }
}
