//! The paths through libraries of others, which run wherever those do. Items come here with valid lengths.

#[cfg(feature = "aws-lc-rs")]
pub(crate) mod aws_lc;
#[cfg(feature = "rust-crypto")]
pub(crate) mod rust_crypto;

#[cfg(feature = "aws-lc-rs")]
pub(crate) use aws_lc::verify;
#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) use rust_crypto::verify;
