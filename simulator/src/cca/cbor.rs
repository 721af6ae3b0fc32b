//! A small CBOR writer. It writes what it is told, so that tests can make encodings libraries refuse to make.

/// The tag of a COSE_Sign1 message.
pub const TAG_SIGN1: u64 = 18;

/// Major types, already shifted into the high bits of an initial byte.
pub mod major {
    /// Unsigned integer.
    pub const UNSIGNED: u8 = 0 << 5;
    /// Negative integer, −1 − n.
    pub const NEGATIVE: u8 = 1 << 5;
    /// Byte string.
    pub const BYTES: u8 = 2 << 5;
    /// Text string.
    pub const TEXT: u8 = 3 << 5;
    /// Array.
    pub const ARRAY: u8 = 4 << 5;
    /// Map.
    pub const MAP: u8 = 5 << 5;
    /// Tag.
    pub const TAG: u8 = 6 << 5;
    /// Simple value or float.
    pub const SIMPLE: u8 = 7 << 5;
}

/// `null`.
pub const NULL: &[u8] = &[0xf6];

/// An initial byte and its argument in the fewest bytes.
pub fn head(major: u8, argument: u64) -> Vec<u8> {
    match argument {
        0..=23 => vec![major | argument as u8],
        24..=0xff => wide_head(major, argument, 1),
        0x100..=0xffff => wide_head(major, argument, 2),
        0x1_0000..=0xffff_ffff => wide_head(major, argument, 4),
        _ => wide_head(major, argument, 8),
    }
}

/// An initial byte and its argument in 1, 2, 4 or 8 bytes, needed or not.
pub fn wide_head(major: u8, argument: u64, width: usize) -> Vec<u8> {
    let mut out = vec![major | (24 + width.ilog2() as u8)];
    out.extend_from_slice(&argument.to_be_bytes()[8 - width..]);
    out
}

/// An integer.
pub fn int(value: i64) -> Vec<u8> {
    if value < 0 {
        head(major::NEGATIVE, !value as u64)
    } else {
        head(major::UNSIGNED, value as u64)
    }
}

/// A byte string.
pub fn bytes(content: &[u8]) -> Vec<u8> {
    [head(major::BYTES, content.len() as u64), content.to_vec()].concat()
}

/// A text string.
pub fn text(content: &str) -> Vec<u8> {
    [head(major::TEXT, content.len() as u64), content.into()].concat()
}

/// An array of items already encoded.
pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(major::ARRAY, items.len() as u64), items.concat()].concat()
}

/// A map of keys and values already encoded, in this order.
pub fn map(entries: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut out = head(major::MAP, entries.len() as u64);
    for (key, value) in entries {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    out
}

/// A tag around an item already encoded.
pub fn tag(number: u64, item: &[u8]) -> Vec<u8> {
    [head(major::TAG, number), item.to_vec()].concat()
}

/// An item of indefinite length: its initial byte, items already encoded, and the break.
pub fn indefinite(major: u8, items: &[Vec<u8>]) -> Vec<u8> {
    [&[major | 31][..], &items.concat(), &[0xff]].concat()
}
