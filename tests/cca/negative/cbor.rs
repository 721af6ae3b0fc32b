//! CBOR that has another encoding, or that costs more than it should, in every layer: rows 1 and 15 to 17.

use super::{cases, platform_claims, realm_claims};
use aivm_simulator::cca::{
    Edit, Scenario,
    cbor::{self, major},
    claims::label,
};

cases! {
    /// Collection, COSE_Sign1, protected header, claims.
    LAYERS:
    1 "a zero byte after the token" [ALL] Token(|s| s.envelope.trailing = vec![0]) => 601,
    1 "another byte after the token" [ALL] Token(|s| s.envelope.trailing = vec![0xff]) => 601,
    1 "padding after the token" [ALL] Token(|s| s.envelope.trailing = vec![0; 4_000]) => 601,
    1 "the token twice" [ALL] Bytes(|token| token.extend_from_within(..)) => 601,
    1 "a byte after the platform's COSE_Sign1" [ALL] Token(|s| s.platform_sign1.trailing = vec![0]) => 601,
    1 "a byte after the realm's COSE_Sign1" [ALL] Token(|s| s.realm_sign1.trailing = vec![0]) => 601,
    1 "a byte after the platform's claims" [ALL] Token(|s| platform_claims(s, |claims| claims.push(0))) => 601,
    1 "a byte after the realm's claims" [ALL] Token(|s| realm_claims(s, |claims| claims.push(0))) => 601,
    1 "a byte after the protected header" [ALL] Token(|s| s.platform_sign1.protected = Some(vec![0xa1, 1, 0x38, 0x22, 0])) => 601,

    15 "the platform token twice" [ALL] Token(|s| append_again(s, 44234)) => 604,
    15 "the realm token twice" [ALL] Token(|s| append_again(s, 44241)) => 604,
    15 "a platform claim twice, the same" [ALL] Token(|s| s.platform.edits.push(Edit::Append(cbor::int(label::LIFECYCLE), cbor::int(0x3003)))) => 604,
    15 "a platform claim twice, different" [ALL] Token(|s| s.platform.edits.push(Edit::Append(cbor::int(label::LIFECYCLE), cbor::int(0x4000)))) => 604,
    15 "a realm claim twice" [ALL] Token(|s| s.realm.edits.push(Edit::Append(cbor::int(label::CHALLENGE), cbor::bytes(&[0; 64])))) => 604,
    15 "an unknown claim twice" [ALL] Token(|s| s.realm.edits.extend([1, 2].map(|value| Edit::Append(cbor::text("unknown"), cbor::int(value))))) => 604,
    15 "a component's field twice" [ALL] Token(|s| s.platform.components[1].edits.push(Edit::Append(cbor::int(2), cbor::bytes(&[0; 32])))) => 604,
    15 "the algorithm twice" [ALL] Token(|s| s.realm_sign1.protected = Some(vec![0xa2, 1, 0x38, 0x22, 1, 0x38, 0x22])) => 604,
    15 "the algorithm twice, unprotected" [ALL] Token(|s| s.realm_sign1.unprotected = Some(vec![0xa2, 1, 0x38, 0x22, 1, 0x26])) => 604,
    15 "a key of a map within a claim twice" [ALL] Token(|s| s.realm.edits.push(Edit::Append(cbor::int(99), vec![0xa2, 1, 1, 1, 2]))) => 604,
    15 "a map as key, twice" [ALL] Token(|s| s.realm.edits.push(Edit::Append(cbor::int(99), vec![0xa2, 0xa1, 1, 1, 0, 0xa1, 1, 1, 0]))) => 604,

    16 "a collection of indefinite length" [ALL] Bytes(|token| { token[3] = 0xbf; token.push(0xff) }) => 602,
    16 "a token of indefinite length" [LEGACY] Token(|s| s.envelope.edits.push(Edit::Set(44241, cbor::indefinite(major::BYTES, &[cbor::bytes(&s.realm_token())])))) => 602,
    16 "a record of indefinite length" [CMW] Token(|s| s.envelope.edits.push(Edit::Set(44241, cbor::indefinite(major::ARRAY, &[cbor::int(263), cbor::bytes(&s.realm_token())])))) => 602,
    16 "COSE_Sign1 of indefinite length" [ALL] Token(|s| s.envelope.platform = Some(vec![0xd2, 0x9f, 0x40, 0xa0, 0x41, 0, 0x40, 0xff])) => 602,
    16 "claims of indefinite length" [ALL] Token(|s| platform_claims(s, |claims| { claims[0] = 0xbf; claims.push(0xff) })) => 602,
    16 "components of indefinite length" [ALL] Token(|s| { let c: Vec<_> = s.platform.components.iter().map(|c| c.encode()).collect(); set(s, label::COMPONENTS, cbor::indefinite(major::ARRAY, &c)) }) => 602,
    16 "a text of indefinite length" [ALL] Token(|s| set(s, label::SERVICE, cbor::indefinite(major::TEXT, &[cbor::text("a")]))) => 602,
    16 "a break where an item should be" [ALL] Token(|s| set(s, label::SERVICE, vec![0xff])) => 600,
    16 "the tag in five bytes" [ALL] Token(|s| { s.envelope.tag = Some(None); s.envelope.raw = Some([cbor::wide_head(major::TAG, s.form.tag(), 4), s.token()].concat()) }) => 603,
    16 "a key of the collection in four bytes" [ALL] Bytes(|token| { token.splice(4..7, [0x1a, 0, 0, 0xac, 0xca]); }) => 603,
    16 "the content format in four bytes" [CMW] Token(|s| { let record = cbor::array(&[cbor::wide_head(major::UNSIGNED, 263, 4), cbor::bytes(&s.platform_token())]); s.envelope.edits.push(Edit::Set(44234, record)) }) => 603,
    16 "the length of a token in eight bytes" [LEGACY] Token(|s| { let token = s.realm_token(); let long = [cbor::wide_head(major::BYTES, token.len() as u64, 8), token].concat(); s.envelope.edits.push(Edit::Set(44241, long)) }) => 603,
    16 "the algorithm's label in two bytes" [ALL] Token(|s| s.platform_sign1.protected = Some(vec![0xa1, 0x18, 1, 0x38, 0x22])) => 603,
    16 "the algorithm in three bytes" [ALL] Token(|s| s.platform_sign1.protected = Some(vec![0xa1, 1, 0x39, 0, 0x22])) => 603,
    16 "a protected header with a count in two bytes" [ALL] Token(|s| s.realm_sign1.protected = Some(vec![0xb8, 1, 1, 0x38, 0x22])) => 603,
    16 "the tag of COSE_Sign1 in two bytes" [ALL] Token(|s| { let token = s.platform_token(); s.envelope.platform = Some([&[0xd8, 0x12][..], &token[1..]].concat()) }) => 603,
    16 "the lifecycle in four bytes" [ALL] Token(|s| set(s, label::LIFECYCLE, cbor::wide_head(major::UNSIGNED, 0x3003, 4))) => 603,
    16 "a small integer in two bytes" [ALL] Token(|s| set(s, label::LIFECYCLE, cbor::wide_head(major::UNSIGNED, 23, 1))) => 603,
    16 "a claim's length in two bytes too many" [ALL] Token(|s| set(s, label::CONFIG, [cbor::wide_head(major::BYTES, 4, 2), vec![0xcf; 4]].concat())) => 603,
    16 "a negative integer in nine bytes" [ALL] Token(|s| set(s, 99, cbor::wide_head(major::NEGATIVE, 0xffff_ffff, 8))) => 603,
    16 "a half float" [ALL] Token(|s| set(s, 99, vec![0xf9, 0x3c, 0])) => 605,
    16 "a float" [ALL] Token(|s| set(s, 99, vec![0xfa, 0x3f, 0x80, 0, 0])) => 605,
    16 "a double" [ALL] Token(|s| set(s, 99, vec![0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0])) => 605,
    16 "undefined" [ALL] Token(|s| set(s, 99, vec![0xf7])) => 605,
    16 "an unassigned simple value" [ALL] Token(|s| set(s, 99, vec![0xe0])) => 605,
    16 "a simple value in two bytes" [ALL] Token(|s| set(s, 99, vec![0xf8, 0x20])) => 605,
    16 "false in two bytes" [ALL] Token(|s| set(s, 99, vec![0xf8, 20])) => 605,
    16 "reserved additional information" [ALL] Token(|s| set(s, 99, vec![0x1c])) => 600,
    16 "a text that is not UTF-8" [ALL] Token(|s| set(s, label::SERVICE, vec![0x62, 0xc3, 0x28])) => 600,

    17 "arrays nested nine deep" [ALL] Token(|s| set(s, 99, nested(major::ARRAY, 8))) => 606,
    17 "tags nested nine deep" [ALL] Token(|s| set(s, 99, nested(major::TAG, 8))) => 606,
    17 "arrays nested as deep as evidence is long" [ALL] Bytes(|token| *token = vec![0x81; 16_383]) => 606,
    17 "tags nested as deep as evidence is long" [ALL] Bytes(|token| *token = vec![0xc1; 16_383]) => 606,
    17 "arrays nested in a protected header" [ALL] Token(|s| s.platform_sign1.protected = Some(vec![0x81; 8_000])) => 606,
    17 "an array of 2^64 − 1 items" [ALL] Token(|s| set(s, 99, cbor::head(major::ARRAY, u64::MAX))) => 600,
    17 "a map of 2^63 entries" [ALL] Token(|s| set(s, 99, cbor::head(major::MAP, 1 << 63))) => 600,
    17 "an array longer than the token" [ALL] Bytes(|token| *token = cbor::head(major::ARRAY, 1 << 32)) => 600,
    17 "a byte string of 2^64 − 1 bytes" [ALL] Token(|s| set(s, 99, cbor::head(major::BYTES, u64::MAX))) => 600,
    17 "a text longer than the token" [ALL] Token(|s| set(s, 99, cbor::head(major::TEXT, 16_384))) => 600,
    17 "an array of as many zeros as fit" [ALL] Bytes(|token| *token = [cbor::head(major::ARRAY, 16_000), vec![0; 16_000]].concat()) => 607,
    17 "512 claims and more" [ALL] Token(|s| (1_000..1_256).for_each(|key| set(s, key, cbor::int(0)))) => 607,
    17 "maps of maps" [ALL] Token(|s| set(s, 99, [cbor::head(major::ARRAY, 600), vec![0xa0; 600]].concat())) => 607,
    17 "a length bomb in the unprotected header" [ALL] Token(|s| s.realm_sign1.unprotected = Some(cbor::head(major::MAP, 1 << 40))) => 600,
    17 "as many header parameters as fit" [ALL] Token(|s| { let entries: Vec<_> = (0..900).map(|key| (cbor::int(key), cbor::int(0))).collect(); s.realm_sign1.unprotected = Some(cbor::map(&entries)) }) => 607,
    17 "nothing but the vendor byte" [ALL] Bytes(Vec::clear) => 600,
    17 "a tag and nothing else" [ALL] Bytes(|token| token.truncate(3)) => 600,
    17 "cut by a byte" [ALL] Bytes(|token| token.truncate(token.len() - 1)) => 600,
}

/// Sets a platform claim, encoded.
fn set(s: &mut Scenario, claim: i64, value: Vec<u8>) {
    s.platform.edits.push(Edit::Set(claim, value));
}

/// Items that nest so deep in a claim: the claims' map is the first level, the innermost item the last.
fn nested(major: u8, levels: usize) -> Vec<u8> {
    [vec![major | 1; levels - 1], vec![0]].concat()
}

/// An entry of the collection once more.
fn append_again(s: &mut Scenario, key: i64) {
    let token = if key == 44234 {
        s.platform_token()
    } else {
        s.realm_token()
    };
    let value = match s.form {
        aivm_simulator::cca::Form::Legacy => cbor::bytes(&token),
        aivm_simulator::cca::Form::Collection => cbor::array(&[cbor::int(263), cbor::bytes(&token)]),
    };
    s.envelope.edits.push(Edit::Append(cbor::int(key), value));
}
