//! A genuine TDX quote with its collateral, valid at [`NOW`](super::NOW).

use super::NOW;
use aivm::precompiles::evidence::intel::pack;
use aivm_test_support::fixtures;
use alloy_primitives::{B256, b256};
use std::sync::LazyLock;

/// The length that the quote declares. 70 zeros follow it in the file.
const QUOTE_LEN: usize = 4_936;

/// A quote and what it takes to verify it.
pub(crate) struct Sample {
    /// Evidence: the vendor byte and the quote.
    pub(crate) evidence: Vec<u8>,
    /// The first half of the report data.
    pub(crate) nonce: [u8; 32],
    /// `abi.encode(IntelCollateral)`.
    pub(crate) collateral: Vec<u8>,
}

/// The key of the sample's collateral: FMSPC B0C06F000000, Platform CA.
pub(crate) const COLLATERAL_KEY: B256 =
    b256!("b0c06f0000000200000000000000000000000000000000000000000000000000");

/// The trust score of the sample while its measurement is unknown: 100 less 30.
pub(crate) const TRUST_SCORE: u8 = 70;

/// The sample.
pub(crate) static TDX: LazyLock<Sample> = LazyLock::new(|| {
    let mut cases = fixtures::dcap_sample_cases();
    cases.retain(|case| case.name == "tdx_quote");
    let case = cases.pop().expect("the TDX sample");
    assert_eq!(case.now, NOW);
    let quote = &case.quote[..QUOTE_LEN];
    Sample {
        evidence: [&[3], quote].concat(),
        // Report data lie at 568 in a quote of version 4 (specification, appendix A.1).
        nonce: quote[568..600].try_into().expect("32 bytes"),
        collateral: pack::pack(&case.collateral).expect("collateral"),
    }
});
