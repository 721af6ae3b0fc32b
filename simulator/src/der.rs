//! A small DER writer. It writes what it is told, so that tests can make encodings libraries refuse to make.

use chrono::DateTime;

/// One element: tag, definite length in the fewest octets, content.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        len @ 0..=0x7F => out.push(len as u8),
        len @ 0x80..=0xFF => out.extend([0x81, len as u8]),
        len => {
            out.push(0x82);
            out.extend(
                u16::try_from(len)
                    .expect("an element of less than 64 KiB")
                    .to_be_bytes(),
            );
        }
    }
    out.extend_from_slice(content);
    out
}

/// A SEQUENCE of elements already encoded.
pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// A constructed, context-specific element `[number]`.
pub fn context(number: u8, content: &[u8]) -> Vec<u8> {
    element(0xA0 | number, content)
}

/// An INTEGER whose content octets are written as they are, minimal or not.
pub fn integer_octets(content: &[u8]) -> Vec<u8> {
    element(0x02, content)
}

/// A non-negative INTEGER of this big-endian magnitude, in the fewest octets.
pub fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    let first = magnitude
        .iter()
        .position(|&byte| byte != 0)
        .unwrap_or(magnitude.len());
    let mut content = magnitude[first..].to_vec();
    if content.first().is_none_or(|&byte| byte >= 0x80) {
        content.insert(0, 0);
    }
    integer_octets(&content)
}

/// A BOOLEAN, `FF` for true.
pub fn boolean(value: bool) -> Vec<u8> {
    element(0x01, &[if value { 0xFF } else { 0 }])
}

/// An ENUMERATED of one octet.
pub fn enumerated(value: u8) -> Vec<u8> {
    element(0x0A, &[value])
}

/// An OCTET STRING.
pub fn octet_string(content: &[u8]) -> Vec<u8> {
    element(0x04, content)
}

/// A BIT STRING whose last octet has `unused` unused bits.
pub fn bit_string(unused: u8, content: &[u8]) -> Vec<u8> {
    element(0x03, &[&[unused], content].concat())
}

/// An OBJECT IDENTIFIER in dotted notation.
///
/// # Panics
///
/// If it has fewer than two arcs or an arc is not a number.
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted
        .split('.')
        .map(|arc| arc.parse().expect("an OID arc"))
        .collect();
    let mut content = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for &arc in &arcs[2..] {
        let octets = (64 - arc.leading_zeros()).div_ceil(7).max(1);
        content.extend((0..octets).rev().map(|i| {
            let septet = (arc >> (7 * i)) as u8 & 0x7F;
            if i == 0 { septet } else { septet | 0x80 }
        }));
    }
    element(0x06, &content)
}

/// A UTF8String.
pub fn utf8_string(text: &str) -> Vec<u8> {
    element(0x0C, text.as_bytes())
}

/// A PrintableString.
pub fn printable_string(text: &str) -> Vec<u8> {
    element(0x13, text.as_bytes())
}

/// A Time as RFC 5280 has it: UTCTime before the year 2050, GeneralizedTime from then on.
pub fn time(unix_secs: u64) -> Vec<u8> {
    const YEAR_2050: u64 = 2_524_608_000;
    let moment = DateTime::from_timestamp(unix_secs as i64, 0).expect("a time that chrono knows");
    let (tag, year) = if unix_secs < YEAR_2050 {
        (0x17, "%y")
    } else {
        (0x18, "%Y")
    };
    element(
        tag,
        moment
            .format(&format!("{year}%m%d%H%M%SZ"))
            .to_string()
            .as_bytes(),
    )
}
