//! PEM as quotes carry it (RFC 7468): base64 in lines of 64 columns and line feeds, nothing else. A certificate has one
//! text, so texts are equal where certificates are, and no certificate is decoded only to be compared.

use base64::{Engine, engine::general_purpose::STANDARD};

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----\n";
const END: &[u8] = b"-----END CERTIFICATE-----\n";

/// Columns of base64 (RFC 7468, section 2), and the bytes that they stand for.
const COLUMNS: usize = 64;
const LINE_BYTES: usize = 48;

/// The first certificate of a text, DER, and the text after it.
pub(super) fn decode(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(BEGIN)?;
    let mut der = lines(rest).to_vec();
    let mut len: usize = 0;
    loop {
        let (line, after) = next_line(rest)?;
        let bytes = STANDARD.decode_slice(line, der.get_mut(len..)?).ok()?;
        len = len.checked_add(bytes)?;
        if let Some(after) = after.strip_prefix(END) {
            der.truncate(len);
            return Some((der, after));
        }
        // Only the last line may be shorter, or have padding.
        if bytes != LINE_BYTES {
            return None;
        }
        rest = after;
    }
}

/// The text of a certificate.
pub(super) fn encode(der: &[u8]) -> Vec<u8> {
    let mut text = BEGIN.to_vec();
    for bytes in der.chunks(LINE_BYTES) {
        text.extend(STANDARD.encode(bytes).as_bytes());
        text.push(b'\n');
    }
    text.extend(END);
    text
}

/// A line of 1 to 64 columns, and what follows its line feed.
fn next_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = match text.get(..=COLUMNS) {
        Some([full @ .., b'\n']) if !full.contains(&b'\n') => COLUMNS,
        _ => text.iter().take(COLUMNS).position(|byte| *byte == b'\n')?,
    };
    let (line, after) = text.split_at_checked(len)?;
    (!line.is_empty()).then_some((line, after.get(1..)?))
}

/// The full lines that a text begins with, and as much as one more: what is decoded takes three quarters of it.
fn lines(text: &[u8]) -> &[u8] {
    let full = text.chunks(COLUMNS.saturating_add(1));
    let full = full.take_while(|line| line.len() > COLUMNS && line.ends_with(b"\n"));
    let lines = full.count().saturating_add(1);
    text.get(..lines.saturating_mul(COLUMNS.saturating_add(1)))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Encoding};

    /// The same by another library, on text.
    fn expected(text: &str) -> Option<(Vec<u8>, &str)> {
        let begin = core::str::from_utf8(BEGIN).unwrap();
        let (body, rest) = text
            .strip_prefix(begin)?
            .split_once(core::str::from_utf8(END).unwrap())?;
        let mut lines = body.strip_suffix('\n')?.split('\n').peekable();
        let mut base64 = String::new();
        while let Some(line) = lines.next() {
            let is_last = lines.peek().is_none();
            if line.is_empty() || line.len() > COLUMNS || (line.len() < COLUMNS && !is_last) {
                return None;
            }
            base64.push_str(line);
        }
        Some((Base64::decode_vec(&base64).ok()?, rest))
    }

    /// Every length up to three lines, there and back, and with every byte changed.
    #[test]
    fn one_text_for_each_certificate() {
        let (mut refused, mut read) = (0, 0);
        for len in 1..=3 * LINE_BYTES {
            let der: Vec<u8> = (0..=255).cycle().take(len).collect();
            let text = encode(&der);
            assert_eq!(decode(&text), Some((der.clone(), &[][..])));
            for next in [&text[..], b"-", b"\n", &[b'\n'; 70]] {
                let both = [&text[..], next].concat();
                assert_eq!(decode(&both), Some((der.clone(), next)));
            }
            for place in 0..text.len() {
                for other in *b"\n=AEQgw/+ \r-\0z" {
                    let mut changed = text.clone();
                    changed[place] = other;
                    let text = core::str::from_utf8(&changed).expect("ASCII");
                    let decoded = decode(&changed);
                    assert_eq!(
                        decoded,
                        expected(text).map(|(der, rest)| (der, rest.as_bytes())),
                        "{text}"
                    );
                    match decoded {
                        None => refused += 1,
                        Some((der, rest)) => {
                            read += 1;
                            assert_eq!([&encode(&der), rest].concat(), changed);
                        }
                    }
                }
            }
        }
        assert!(refused > 100_000 && read > 50_000, "{refused}, {read}");
        assert_eq!(decode(&encode(&[])), None);
        assert_eq!(decode(&[]), None);
        let mut cut = encode(&[7; 100]);
        while cut.pop().is_some() {
            assert_eq!(decode(&cut), None);
        }
    }

    #[test]
    fn bytes_that_are_no_text() {
        let mut text = encode(&[7; 100]);
        for place in 0..text.len() {
            let byte = core::mem::replace(&mut text[place], 0xc3);
            assert_eq!(decode(&text), None);
            text[place] = byte;
        }
    }
}
