//! Arguments and files: from text and bytes to values, or what is wrong with them.

use crate::output::Failure;
use alloy_primitives::{Address, B256, U256, hex};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The largest file that `@file` reads. The longest input any precompile takes is far shorter.
const MAX_DATA_FILE: u64 = 4 << 20;

/// An address; short hexadecimal such as `0x300` is filled up with zeros on the left.
pub(crate) fn address(text: &str) -> Result<Address, String> {
    let digits = strip_0x(text);
    if digits.is_empty() || digits.len() > 40 {
        return Err("an address is 1 to 40 hexadecimal digits after 0x, such as 0x300".into());
    }
    if digits.len() < 40 && digits.len() == text.len() {
        return Err(format!("a short address needs its 0x: 0x{digits}"));
    }
    let bytes = hex_bytes(&format!("{digits:0>40}"))?;
    Ok(Address::from_slice(&bytes))
}

/// A 32-byte word in hexadecimal.
pub(crate) fn word(text: &str) -> Result<B256, String> {
    let bytes = hex_bytes(text)?;
    B256::try_from(bytes.as_slice()).map_err(|_| format!("32 bytes are needed, it has {}", bytes.len()))
}

/// An amount of wei, decimal or hexadecimal with 0x.
pub(crate) fn amount(text: &str) -> Result<U256, String> {
    let result = match text.strip_prefix("0x") {
        Some(digits) => U256::from_str_radix(digits, 16),
        None => U256::from_str_radix(text, 10),
    };
    if text.is_empty() || text == "0x" || text.contains('_') {
        return Err("an amount is decimal, or hexadecimal with 0x".into());
    }
    result.map_err(|_| "an amount is decimal, or hexadecimal with 0x, below 2^256".into())
}

/// Bytes in hexadecimal, with or without 0x. White space is skipped.
pub(crate) fn hex_bytes(text: &str) -> Result<Vec<u8>, String> {
    let text: String = text.split_whitespace().collect();
    let digits = strip_0x(&text);
    if let Some((position, other)) = digits.char_indices().find(|(_, c)| !c.is_ascii_hexdigit()) {
        return Err(format!(
            "it is not hexadecimal: {other:?} at digit {}",
            position + 1
        ));
    }
    if !digits.len().is_multiple_of(2) {
        return Err(format!(
            "it has an odd number of hexadecimal digits, {}",
            digits.len()
        ));
    }
    hex::decode(digits).map_err(|error| error.to_string())
}

/// Whether bytes are hexadecimal text, and nothing else.
pub(crate) fn is_hex_text(bytes: &[u8]) -> bool {
    let digits: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let digits = digits.strip_prefix(b"0x").unwrap_or(&digits);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
}

/// An argument that is hexadecimal, or `@` and the name of a file that holds hexadecimal text or the bytes
/// themselves. `option` is how the user calls it.
pub(crate) fn bytes_argument(option: &str, text: &str) -> Result<Vec<u8>, Failure> {
    let Some(path) = text.strip_prefix('@') else {
        return hex_bytes(text).map_err(|error| {
            Failure::new(format!("{option}: {error}")).next(format!(
                "give hexadecimal, or @ and the name of a file: {option} @FILE"
            ))
        });
    };
    let bytes = read_file(option, Path::new(path), MAX_DATA_FILE)?;
    if !is_hex_text(&bytes) {
        return Ok(bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    hex_bytes(&text).map_err(|error| Failure::new(format!("{option}: {path}: {error}")))
}

/// Reads a file of at most `limit` bytes; `-` is standard input. `what` is how the user calls it.
pub(crate) fn read_file(what: &str, path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let read = || -> io::Result<Vec<u8>> {
        let source: Box<dyn Read> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path)?)
        };
        let mut bytes = Vec::new();
        source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| cannot_read(what, path, &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(Failure::new(format!(
            "{what}: {} has more than {limit} bytes, which is more than this can be",
            path.display()
        ))
        .next("check that this is the file you mean"));
    }
    Ok(bytes)
}

fn cannot_read(what: &str, path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::new(format!("{what}: cannot read {}: {error}", path.display()));
    match error.kind() {
        io::ErrorKind::NotFound => failure.next("check the file's name and the folder you are in"),
        io::ErrorKind::PermissionDenied => failure.next("check that you may read the file"),
        _ => failure,
    }
}

fn strip_0x(text: &str) -> &str {
    text.strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text)
}
