//! Changes to a bundle after everything in it was signed.

use super::Bundle;
use crate::common::edit::pem_start;
use aivm_simulator::intel::key;
use aivm_test_support::rng::Rng;
use std::ops::Range;

const EDGES: [u8; 6] = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];

fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.below(from.len())]
}

/// Changes a quote in one to three ways.
pub(crate) fn quote(rng: &mut Rng, bundle: &mut Bundle, others: &[Bundle]) {
    for _ in 0..=rng.below(3) {
        quote_once(rng, &mut bundle.quote, others);
    }
}

fn quote_once(rng: &mut Rng, quote: &mut Vec<u8>, others: &[Bundle]) {
    // A quote that was cut short has no fields to aim at.
    if quote.len() < 1_800 {
        return quote.push(rng.byte());
    }
    let at = rng.below(quote.len());
    match rng.below(12) {
        0..=1 => quote[at] ^= 1 << rng.below(8),
        2 => quote[at] = *pick(rng, &EDGES),
        3 => {
            let end = (at + 1 + rng.below(16)).min(quote.len());
            quote[at..end].fill(rng.byte());
        }
        4 => quote.truncate(at),
        5 => {
            let more = 1 + rng.below(64);
            quote.extend(vec![*pick(rng, &EDGES); more]);
        }
        6 => {
            let other = pick(rng, others);
            splice(rng, quote, &other.quote);
        }
        7 => length_field(rng, quote),
        8 => other_s(rng, quote),
        _ => pem(rng, quote),
    }
}

/// A part of another quote in the same place; often a whole field.
fn splice(rng: &mut Rng, quote: &mut [u8], other: &[u8]) {
    let shortest = quote.len().min(other.len());
    let fields = fields(quote);
    let range = match rng.below(2) {
        0 => pick(rng, &fields).clone(),
        _ => {
            let start = rng.below(shortest);
            start..start + rng.below(512)
        }
    };
    let range = range.start.min(shortest)..range.end.min(shortest);
    quote[range.clone()].copy_from_slice(&other[range]);
}

/// The fields of a quote's signature data, and its header and body, as far as it is laid out as it says.
fn fields(quote: &[u8]) -> Vec<Range<usize>> {
    let signed = match quote[0] {
        3 => 432,
        4 => 632,
        _ => (54 + usize::from(quote[50]) + 256 * usize::from(quote[51])).min(quote.len() - 700),
    };
    let qe = if quote[0] == 3 { signed + 132 } else { signed + 138 };
    vec![
        0..48,
        48..signed,
        signed..signed + 4,
        signed + 4..signed + 68,
        signed + 68..signed + 132,
        qe..qe + 384,
        qe + 384..qe + 448,
        qe + 450..qe + 482,
        qe + 488..quote.len(),
    ]
}

/// One of the length fields, a little off or far off.
fn length_field(rng: &mut Rng, quote: &mut [u8]) {
    let fields = fields(quote);
    let (signed, qe) = (fields[2].start, fields[5].start);
    let at = *pick(rng, &[50, signed, qe - 4, qe + 448, qe + 484]);
    let value = u16::from_le_bytes([quote[at], quote[at + 1]]);
    let value = match rng.below(4) {
        0 => value.wrapping_add(1),
        1 => value.wrapping_sub(1),
        2 => 0,
        _ => u16::MAX,
    };
    quote[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

/// The other s of one of the two signatures.
fn other_s(rng: &mut Rng, quote: &mut [u8]) {
    let fields = fields(quote);
    let range = pick(rng, &[fields[3].clone(), fields[6].clone()]).clone();
    let raw: [u8; 64] = quote[range.clone()].try_into().expect("64 bytes");
    let is_number = |half: &[u8]| half.iter().any(|byte| *byte != 0) && half[..4] != [0xff; 4];
    if raw.chunks(32).all(is_number) {
        quote[range].copy_from_slice(&key::other_s(&raw));
    }
}

/// The text of the PEM chain; its length follows.
fn pem(rng: &mut Rng, quote: &mut Vec<u8>) {
    if !quote.windows(10).any(|window| window == b"-----BEGIN") {
        return;
    }
    let start = pem_start(quote);
    let mut text = quote.split_off(start);
    let before = text.len();
    pem_text(rng, &mut text);
    let grown = text.len() as i64 - before as i64;
    quote.extend(text);
    let fields = fields(quote);
    let mut lengths = vec![fields[2].start, start - 4];
    if quote[0] != 3 {
        lengths.push(fields[5].start - 4);
    }
    for at in lengths {
        let bytes: [u8; 4] = quote[at..at + 4].try_into().expect("four bytes");
        let length = (i64::from(u32::from_le_bytes(bytes)) + grown) as u32;
        quote[at..at + 4].copy_from_slice(&length.to_le_bytes());
    }
}

fn pem_text(rng: &mut Rng, text: &mut Vec<u8>) {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\n \r\0-";
    let at = rng.below(text.len());
    match rng.below(8) {
        0..=2 => text[at] = *pick(rng, DIGITS),
        3 => text.insert(at, *pick(rng, DIGITS)),
        4 => drop(text.remove(at)),
        5 => text.extend_from_within(at..),
        6 => text.truncate(at),
        // Within the last certificate, which nobody needs.
        _ => {
            let at = text.len() - 1 - rng.below(text.len() / 4);
            text[at] = *pick(rng, DIGITS);
        }
    }
}

/// Changes one or two parts of the collateral.
pub(crate) fn collateral(rng: &mut Rng, bundle: &mut Bundle, others: &[Bundle]) {
    for _ in 0..=rng.below(2) {
        let other = pick(rng, others).clone();
        collateral_once(rng, bundle, other);
    }
}

fn collateral_once(rng: &mut Rng, bundle: &mut Bundle, other: Bundle) {
    let (ours, theirs) = (&mut bundle.collateral, other.collateral);
    match rng.below(20) {
        0..=1 => json(rng, &mut ours.tcb_info),
        2..=3 => json(rng, &mut ours.qe_identity),
        4 => bytes(rng, &mut ours.root_ca_crl),
        5 => bytes(rng, &mut ours.pck_crl),
        6 => signature(rng, &mut ours.tcb_info_signature),
        7 => signature(rng, &mut ours.qe_identity_signature),
        8..=9 => chain(rng, &mut ours.tcb_info_issuer_chain),
        10..=11 => chain(rng, &mut ours.qe_identity_issuer_chain),
        12..=13 => chain(rng, &mut ours.pck_crl_issuer_chain),
        14 => (ours.tcb_info, ours.tcb_info_signature) = (theirs.tcb_info, theirs.tcb_info_signature),
        15 => {
            (ours.qe_identity, ours.qe_identity_signature) =
                (theirs.qe_identity, theirs.qe_identity_signature)
        }
        16 => ours.root_ca_crl = theirs.root_ca_crl,
        17 => (ours.pck_crl, ours.pck_crl_issuer_chain) = (theirs.pck_crl, theirs.pck_crl_issuer_chain),
        18 => ours.pck_certificate_chain = theirs.pck_certificate_chain,
        _ => *ours = theirs,
    }
}

/// A character of JSON: another digit, another letter, one more, one less.
fn json(rng: &mut Rng, text: &mut String) {
    let mut bytes = std::mem::take(text).into_bytes();
    let at = rng.below(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
    match rng.below(4) {
        0 if !bytes.is_empty() => bytes[at] = b"0123456789ABCDEF"[rng.below(16)],
        1 => bytes.insert(at, b" \n,\"{}[]0:"[rng.below(10)]),
        2 if !bytes.is_empty() => drop(bytes.remove(at)),
        _ => bytes.extend_from_slice(b" "),
    }
    *text = String::from_utf8(bytes).unwrap_or_default();
}

fn bytes(rng: &mut Rng, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return bytes.push(rng.byte());
    }
    let at = rng.below(bytes.len());
    match rng.below(4) {
        0..=1 => bytes[at] ^= 1 << rng.below(8),
        2 => bytes.push(rng.byte()),
        _ => bytes.truncate(at),
    }
}

fn signature(rng: &mut Rng, raw: &mut Vec<u8>) {
    match <[u8; 64]>::try_from(raw.as_slice()) {
        Ok(whole) if rng.below(2) == 0 => *raw = key::other_s(&whole).into(),
        _ => bytes(rng, raw),
    }
}

/// A chain of PEM: its second certificate is the root, which travels for nothing.
fn chain(rng: &mut Rng, text: &mut String) {
    const END: &str = "-----END CERTIFICATE-----";
    let second = text.find(END).map_or(0, |at| at + END.len());
    match rng.below(5) {
        0 => text.truncate(second),
        1 => text.extend(["\n", &text.clone()[second..]]),
        2 => *text = text.replace('\n', "\r\n"),
        3 => {
            let mut raw = text.clone().into_bytes();
            if second < raw.len() {
                let at = second + rng.below(raw.len() - second);
                raw[at] = b"ABCabc123+/= \n"[rng.below(14)];
                *text = String::from_utf8(raw).unwrap_or_default();
            }
        }
        _ => {
            let mut raw = std::mem::take(text).into_bytes();
            let at = rng.below(raw.len().max(1)).min(raw.len().saturating_sub(1));
            if !raw.is_empty() {
                raw[at] = b"ABCabc123+/= \n"[rng.below(14)];
            }
            *text = String::from_utf8(raw).unwrap_or_default();
        }
    }
}

/// Another time: somewhere within two months, or at an edge of some window in the collateral.
pub(crate) fn time(rng: &mut Rng, bundle: &mut Bundle, _: &[Bundle]) {
    const DAY: u64 = 86_400;
    const MONTHS: usize = 60 * 86_400;
    let edges = edges(bundle);
    bundle.now = match rng.below(3) {
        0 => bundle.now + rng.below(MONTHS) as u64,
        1 => bundle.now - rng.below(MONTHS) as u64,
        _ => pick(rng, &edges) + rng.below(3) as u64 - 1,
    };
    if rng.below(8) == 0 {
        bundle.now += DAY * 365 * rng.below(8) as u64;
    }
}

/// Every issueDate and nextUpdate in the JSON, and thisUpdate and nextUpdate of the CRLs.
fn edges(bundle: &Bundle) -> Vec<u64> {
    let collateral = &bundle.collateral;
    let mut edges = Vec::new();
    for text in [&collateral.tcb_info, &collateral.qe_identity] {
        for name in [r#""issueDate":""#, r#""nextUpdate":""#] {
            let at = text.find(name).expect("a window") + name.len();
            edges.push(unix_seconds(&text.as_bytes()[at..], 4));
        }
    }
    for crl in [&collateral.root_ca_crl, &collateral.pck_crl] {
        let times = crl
            .windows(2)
            .enumerate()
            .filter(|(_, window)| *window == [0x17, 13]);
        let times = times.map(|(at, _)| unix_seconds(&crl[at + 2..], 2));
        edges.extend(times.take(2));
    }
    edges
}

/// The time at the start of a text, with a year of so many digits, whatever stands between its numbers.
fn unix_seconds(text: &[u8], year_digits: usize) -> u64 {
    let digits: Vec<u64> = text
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .map(|byte| u64::from(byte - b'0'))
        .take(year_digits + 10)
        .collect();
    let number = |digits: &[u64]| digits.iter().fold(0, |number, digit| number * 10 + digit);
    let (year, rest) = digits.split_at(year_digits);
    let year = number(year) + if year_digits == 2 { 2_000 } else { 0 };
    let [month, day, hour, minute, second] =
        [0, 1, 2, 3, 4].map(|index| number(&rest[2 * index..2 * index + 2]));
    // Days from the civil calendar: years that begin in March end in the leap day.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    days * 86_400 + hour * 3_600 + minute * 60 + second
}
