//! Made-up vendor PKIs, and a mint for evidence of all five vendors.
//!
//! For tests, benches and development networks: nothing here is in the dependency tree of the library, and no
//! feature of the library trusts the roots made here. They come in as any root does, through `updateRootCA`.
//!
//! - [`intel`] mints SGX and TDX quotes with their collateral;
//! - [`snp`] mints AMD SEV-SNP reports under a VCEK or a VLEK;
//! - [`nvidia`] mints SPDM measurement reports of GPUs;
//! - [`cca`] mints Arm CCA tokens.
//!
//! Each of these has a `Scenario` that is valid in every respect at its `NOW` and that a test bends before anything is
//! signed. [`der`] and [`x509`] are what they share. [`fleet`] is devices by number, made from them: what proofs and
//! evidence of a whole development network come from.

pub mod cca;
pub mod der;
pub mod fleet;
pub mod intel;
pub mod nvidia;
pub mod snp;
pub mod x509;

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
