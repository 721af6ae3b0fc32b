//! Recorded evidence.

use std::fs;
use std::path::{Path, PathBuf};

use dcap_qvl::QuoteCollateralV3;

use aivm_simulator::from_hex;

/// A recorded Intel quote with its collateral.
#[derive(Clone, Debug)]
pub struct IntelCase {
    /// What the case is called, after its files.
    pub name: String,
    /// The quote as it was delivered, padding included.
    pub quote: Vec<u8>,
    /// The collateral.
    pub collateral: QuoteCollateralV3,
    /// When to verify, in Unix seconds.
    pub now: u64,
    /// What was recorded about the verdict: `ok`, or why not.
    pub expect: String,
}

/// Where the genuine evidence lies that is too large or too encumbered to keep with the project; `None` where
/// the environment variable `AIVM_EVIDENCE_DIR` is not set.
#[allow(clippy::disallowed_methods)]
pub fn evidence_dir() -> Option<PathBuf> {
    std::env::var_os("AIVM_EVIDENCE_DIR").map(PathBuf::from)
}

/// The cases in `<dir>/intel/<case>/`, sorted by name.
///
/// # Panics
///
/// If a case lacks one of its files or they do not parse.
pub fn intel_cases(dir: &Path) -> Vec<IntelCase> {
    let entries = fs::read_dir(dir.join("intel")).expect("a folder intel");
    let paths = entries
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.is_dir());
    let mut cases: Vec<_> = paths.map(|path| intel_case(&path)).collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn intel_case(dir: &Path) -> IntelCase {
    let text = |name| {
        String::from_utf8(read(&dir.join(name)))
            .expect("UTF-8")
            .trim()
            .to_owned()
    };
    IntelCase {
        name: dir
            .file_name()
            .expect("a folder name")
            .to_string_lossy()
            .into_owned(),
        quote: read(&dir.join("quote.bin")),
        collateral: serde_json::from_slice(&read(&dir.join("collateral.json"))).expect("collateral"),
        now: text("now").parse().expect("Unix seconds"),
        expect: text("expect"),
    }
}

/// The folder `tests/fixtures` of the workspace.
pub fn fixtures_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the folder tests")
        .join("fixtures")
}

/// The file at `path` below `tests/fixtures/`.
///
/// # Panics
///
/// If it cannot be read.
pub fn fixture(path: impl AsRef<Path>) -> Vec<u8> {
    read(&fixtures_dir().join(path))
}

/// When Intel's collateral for most of the samples of `dcap-qvl` was valid.
const JULY_2025: u64 = 1_751_328_000;

/// The samples that the crate `dcap-qvl` 0.7.1 comes with: quote, whose collateral, time, verdict.
const DCAP_SAMPLES: [(&str, &str, u64, &str); 6] = [
    ("sgx_quote", "sgx_quote", JULY_2025, "ok"),
    ("tdx_quote", "tdx_quote", JULY_2025, "ok"),
    (
        "tdx_quote_outdated",
        "tdx_quote_outdated",
        1_772_323_200,
        "no TCB level",
    ),
    ("tdx_quote_td15ex", "tdx_quote_td15ex", 1_792_454_400, "ok"),
    ("quote-from-tappd.hex", "tdx_quote", JULY_2025, "no TCB level"),
    ("tdx-quote.hex", "tdx_quote", JULY_2025, "no TCB level"),
];

/// The samples of the crate `dcap-qvl` 0.7.1, from `tests/fixtures/intel/dcap-qvl-0.7.1/`. Some quotes carry
/// zeros after their declared end. All are genuine; where `expect` is `no TCB level`, the platform is below
/// every level of the TCB info.
///
/// # Panics
///
/// If a file is missing or does not parse.
pub fn dcap_sample_cases() -> Vec<IntelCase> {
    let file = |name: &str| fixture(Path::new("intel/dcap-qvl-0.7.1").join(name));
    let case = |(name, collateral, now, expect): (&str, &str, u64, &str)| {
        let mut quote = file(name);
        if name.ends_with(".hex") {
            quote = from_hex(std::str::from_utf8(&quote).expect("hex text"));
        }
        let collateral =
            serde_json::from_slice(&file(&format!("{collateral}_collateral.json"))).expect("collateral");
        IntelCase {
            name: name.into(),
            quote,
            collateral,
            now,
            expect: expect.into(),
        }
    };
    DCAP_SAMPLES.into_iter().map(case).collect()
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
