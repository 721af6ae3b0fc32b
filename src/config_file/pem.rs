//! Root certificates in PEM (RFC 7468) to the DER that `updateRootCA` takes.

use base64ct::{Base64, Encoding};
use thiserror::Error;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// What is wrong with PEM text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PemError {
    /// There is no certificate in it.
    #[error("it holds no certificate")]
    Empty,
    /// Something that is no certificate.
    #[error("certificate {0} is followed by something that is none")]
    Trailing(usize),
    /// The end of a certificate is missing.
    #[error("certificate {0} has no end")]
    NoEnd(usize),
    /// Nothing is between the beginning and the end of a certificate.
    #[error("certificate {0} has no content")]
    NoContent(usize),
    /// A certificate is not base64.
    #[error("certificate {0} is not base64")]
    NotBase64(usize),
}

/// The certificates in the text, DER, one after another. Only white space may be around them.
pub(super) fn to_der(text: &str) -> Result<Vec<u8>, PemError> {
    let mut der = Vec::new();
    let mut rest = text.trim();
    let mut number = 0_usize;
    while !rest.is_empty() {
        let body = rest.strip_prefix(BEGIN).ok_or(match number {
            0 => PemError::Empty,
            number => PemError::Trailing(number),
        })?;
        number = number.saturating_add(1);
        let (base64, after) = body.split_once(END).ok_or(PemError::NoEnd(number))?;
        let base64: String = base64.split_whitespace().collect();
        if base64.is_empty() {
            return Err(PemError::NoContent(number));
        }
        der.extend(Base64::decode_vec(&base64).map_err(|_| PemError::NotBase64(number))?);
        rest = after.trim_start();
    }
    match number {
        0 => Err(PemError::Empty),
        _ => Ok(der),
    }
}
