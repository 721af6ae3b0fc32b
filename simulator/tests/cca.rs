//! What the mint of Arm CCA tokens writes has the form of the specification, and is the same in every run.

use aivm_simulator::{
    cca::{Curve, Edit, Form, Key, Scenario, cbor, key},
    upper_hex,
};
use sha2::{Digest, Sha256};

#[test]
fn every_run_mints_the_same() {
    let x = &Key::new("cpak", Curve::P384).public_sec1()[1..9];
    assert_eq!(upper_hex(x), "6B7F1804AA47EDF4");
    let pinned = ["8C4CF3D539786AD8", "B516CBC1D2C95C75"];
    for (form, expected) in Form::ALL.into_iter().zip(pinned) {
        let (one, two) = (Scenario::new(form).token(), Scenario::new(form).token());
        assert_eq!(one, two);
        assert_eq!(upper_hex(&Sha256::digest(&one)[..8]), expected, "{form:?}");
    }
}

#[test]
fn cbor_is_written_as_told() {
    let cases = [
        (cbor::int(23), "17"),
        (cbor::int(24), "1818"),
        (cbor::int(-1), "20"),
        (cbor::int(-35), "3822"),
        (cbor::int(44_234), "19ACCA"),
        (cbor::int(i64::MIN), "3B7FFFFFFFFFFFFFFF"),
        (cbor::bytes(&[1, 2]), "420102"),
        (cbor::text("a"), "6161"),
        (cbor::tag(399, &cbor::map(&[])), "D9018FA0"),
        (cbor::wide_head(cbor::major::UNSIGNED, 1, 8), "1B0000000000000001"),
        (cbor::indefinite(cbor::major::ARRAY, &[cbor::int(0)]), "9F00FF"),
    ];
    for (encoded, expected) in cases {
        assert_eq!(upper_hex(&encoded), expected);
    }
}

/// The lengths of what is fixed, and that an edit changes one thing.
#[test]
fn tokens_are_laid_out_as_specified() {
    for form in Form::ALL {
        let scenario = Scenario::new(form);
        let token = scenario.token();
        let entries = [&token[..3], &[0xa2], &[0x19, 0xac, 0xca]].concat();
        assert!(token.starts_with(&entries), "{form:?}");
        for part in [scenario.platform_token(), scenario.realm_token()] {
            assert!(part.starts_with(&[0xd2, 0x84, 0x44, 0xa1, 1, 0x38, 0x22, 0xa0]));
            assert!(token.windows(part.len()).any(|window| window == part));
        }
        assert_eq!(scenario.rak().len(), if form == Form::Legacy { 97 } else { 107 });
        assert_eq!(scenario.binding().len(), 32);

        let mut edited = scenario.clone();
        edited.realm.edits.push(Edit::Append(cbor::int(99), cbor::int(0)));
        assert_eq!(edited.platform_token(), scenario.platform_token());
        assert_eq!(edited.realm_token().len(), scenario.realm_token().len() + 3);
    }
}

#[test]
fn signatures_have_another_s() {
    for curve in [Curve::P256, Curve::P384] {
        let key = Key::new("key", curve);
        let signature = key.sign(b"message");
        let other = key::other_s(curve, &signature);
        assert_ne!(signature, other);
        assert_eq!(signature[..signature.len() / 2], other[..other.len() / 2]);
        assert_eq!(key::other_s(curve, &other), signature);
    }
}
