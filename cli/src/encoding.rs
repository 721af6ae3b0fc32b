//! Bytes as files and JSON hold them: as they are, as hexadecimal text, or as base64 text.

use crate::input::{hex_bytes, is_hex_text};
use base64ct::{Base64Unpadded, Encoding};

/// Decoded bytes.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    /// How they were encoded.
    pub(crate) encoding: &'static str,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Text of hexadecimal digits is hexadecimal, other text base64, the rest raw. Text that begins with a dash, as PEM
/// does, stays text.
pub(crate) fn decode(content: &[u8]) -> Result<Decoded, String> {
    let raw = || Decoded {
        encoding: "raw",
        bytes: content.to_vec(),
    };
    let is_text = content
        .iter()
        .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    if content.is_empty() || !is_text || is_pem(content) {
        return Ok(raw());
    }
    let text = String::from_utf8_lossy(content);
    if is_hex_text(content) {
        return Ok(Decoded {
            encoding: "hexadecimal",
            bytes: hex_bytes(&text)?,
        });
    }
    let base64: String = text.split_whitespace().collect();
    let base64 = base64.trim_end_matches('=').replace('-', "+").replace('_', "/");
    match Base64Unpadded::decode_vec(&base64) {
        Ok(bytes) => Ok(Decoded {
            encoding: "base64",
            bytes,
        }),
        Err(_) => Err("it is text, but neither hexadecimal nor base64".into()),
    }
}

fn is_pem(content: &[u8]) -> bool {
    content.windows(11).any(|window| window == b"-----BEGIN ")
}
