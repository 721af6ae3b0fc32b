//! Runs the program as a user does.

#![allow(dead_code)] // each test uses some of it

pub(crate) mod rim;

use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The account that governs the development chain.
pub(crate) const GOVERNANCE: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/// What a run of the program came to.
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output, which must be exactly one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// Asserts that this was bad usage: nothing on standard output, and `what` named on standard error.
    pub(crate) fn assert_bad_usage(&self, what: &str) {
        assert_eq!(self.code, 2, "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "", "standard output of bad usage");
        assert!(self.stderr.contains(what), "{what:?} is not in {:?}", self.stderr);
    }
}

/// Runs the program.
pub(crate) fn aivm<S: AsRef<str>>(arguments: &[S]) -> Run {
    aivm_with_input(arguments, &[])
}

/// Runs the program with something on standard input.
pub(crate) fn aivm_with_input<S: AsRef<str>>(arguments: &[S], input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aivm"))
        .args(arguments.iter().map(AsRef::as_ref))
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().expect("the program ends by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An empty folder of the test's own.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder); // from the run before
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A sample of the crate dcap-qvl.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fixtures/intel/dcap-qvl-0.7.1")
        .join(name)
}

/// A packaged file of evidence, by its path in `tests/fixtures`.
pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fixtures")
        .join(path)
}

/// The folder with evidence that is not packaged, if there is one.
#[allow(clippy::disallowed_methods)] // what is bound by the environment is only which files are tried
pub(crate) fn evidence_folder() -> Option<PathBuf> {
    std::env::var("AIVM_EVIDENCE_DIR").ok().map(PathBuf::from)
}

/// Asserts a refusal of evidence, in the form that scripts rely on.
pub(crate) fn assert_evidence_refused(run: &Run, vendor: &str, code: u16) {
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let json = run.json();
    assert!(json["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    let expected = json!({
        "verified": false, "trust_score": 0, "vendor": vendor, "device_id": null, "measurement_id": null,
        "report_data": null, "tcb_status": null, "code": code, "reason": json["reason"],
    });
    assert_eq!(json, expected);
}

/// Asserts that evidence verified, and gives what was said.
pub(crate) fn assert_evidence_verified(run: &Run, vendor: &str, score: u8) -> Value {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let json = run.json();
    assert_eq!(json.as_object().unwrap().len(), 9, "{json}");
    assert_eq!(
        (&json["verified"], &json["vendor"]),
        (&json!(true), &json!(vendor))
    );
    assert_eq!(json["trust_score"], score, "{json}");
    assert!(json["code"].is_null() && json["reason"].is_null());
    json
}

/// Certificates in PEM.
pub(crate) fn pem(certificates: &[&[u8]]) -> String {
    use base64ct::{Base64, Encoding};
    let block = |der: &&[u8]| {
        let base64 = Base64::encode_string(der);
        let lines: Vec<_> = base64
            .as_bytes()
            .chunks(64)
            .map(|line| str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    };
    certificates.iter().map(block).collect()
}

/// The certificates in PEM text, DER.
pub(crate) fn from_pem(pem: &str) -> Vec<Vec<u8>> {
    use base64ct::{Base64, Encoding};
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let der = |block: &str| {
        let base64: String = block
            .split("-----END")
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        Base64::decode_vec(&base64).unwrap()
    };
    blocks.map(der).collect()
}

/// Bytes in hexadecimal, without 0x.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The work proof of the specification's golden work id.
pub(crate) fn golden_proof() -> String {
    let fields = [
        "11".repeat(32),
        "22".repeat(32),
        hex(&1_766_708_400_u64.to_be_bytes()),
        "0003".into(),
        hex(&60_u32.to_be_bytes()),
    ];
    fields.concat()
}

/// The specification's golden work id.
pub(crate) const GOLDEN_WORK_ID: &str = "0xc38004d19259331c91af468b904bde814b1d57228b3f5dffa90e8f24f20a0d41";
