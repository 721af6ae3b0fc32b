//! Recorded NVIDIA evidence: the sample of a package, below `tests/fixtures/nvidia/`, and the larger set that the
//! environment variable `AIVM_EVIDENCE_DIR` points to.

#![allow(
    dead_code,
    reason = "each test file compiles this module and uses its own part of it"
)]

use aivm::evidence::{Vendor, nvidia::pack::Chain};
use aivm_simulator::{from_hex, nvidia};
use aivm_test_support::fixtures::{evidence_dir, fixture};
use std::{fs, path::Path};

/// When every sample can be verified: NVIDIA's device certificates end in the year 9999.
pub(crate) const NOW: u64 = nvidia::NOW;

/// A report with its certificate chain.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) report: Vec<u8>,
    pub(crate) chain: Chain,
}

impl Sample {
    fn new(name: &str, report: Vec<u8>, chain: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            report,
            chain: Chain::read(chain).expect("a chain of five"),
        }
    }

    /// The evidence, vendor byte included.
    pub(crate) fn evidence(&self) -> Vec<u8> {
        let body = self.chain.evidence(&self.report).expect("a report");
        [&[Vendor::Nvidia.number()], &body[..]].concat()
    }
}

/// The sample of the package.
pub(crate) fn packaged() -> Sample {
    let file = |name: &str| fixture(Path::new("nvidia/nv-local-gpu-verifier-2.7.3").join(name));
    let report = file("hopperAttestationReport.txt");
    let report = from_hex(std::str::from_utf8(&report).expect("hex text"));
    Sample::new("packaged", report, &file("hopperCertChain.txt"))
}

/// The larger set, sorted by name; empty where there is none.
pub(crate) fn further() -> Vec<Sample> {
    let Some(dir) = evidence_dir() else {
        return Vec::new();
    };
    let entries = fs::read_dir(dir.join("nvidia")).expect("a folder nvidia");
    let mut samples: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.expect("a folder entry").path();
            let name = path.file_name()?.to_str()?.strip_suffix(".report.bin")?;
            let chain = path.with_file_name(format!("{name}.chain.pem"));
            let chain = fs::read(chain).expect("a chain");
            Some(Sample::new(name, fs::read(&path).expect("a report"), &chain))
        })
        .collect();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    samples
}
