//! What the tests of this workspace share. Nothing here is part of what is shipped.
//!
//! - [`fixtures`] reads recorded evidence: the files below `tests/fixtures/`, and the larger set of genuine
//!   evidence that the environment variable `AIVM_EVIDENCE_DIR` points to, where there is one.
//! - [`intel`] mints SGX and TDX quotes, with collateral, under a PKI of its own, so that negative tests can
//!   make what no genuine sample shows.

pub mod fixtures;
pub mod fuzz;
pub mod intel;
pub mod rng;

/// `bytes` in upper-case hex, as Intel's JSON writes it.
pub fn upper_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The bytes that a hex text stands for; white space around it and a leading `0x` are skipped.
///
/// # Panics
///
/// If the text is not hex.
pub fn from_hex(text: &str) -> Vec<u8> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    assert!(
        digits.len().is_multiple_of(2),
        "hex text of odd length {}",
        digits.len()
    );
    let nibble = |digit: u8| (digit as char).to_digit(16).expect("a hex digit") as u8;
    digits
        .chunks_exact(2)
        .map(|pair| nibble(pair[0]) << 4 | nibble(pair[1]))
        .collect()
}
