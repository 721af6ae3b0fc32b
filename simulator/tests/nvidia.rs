//! The NVIDIA mint: the shape of what it makes, and that it makes the same every time.

use aivm_simulator::nvidia::{Chip, Scenario, SignedPart, opaque};
use p384::ecdsa::signature::Verifier;
use p384::ecdsa::{Signature, VerifyingKey};

/// Where the genuine report of the same driver has its fields.
#[test]
fn reports_have_the_shape_of_genuine_ones() {
    let scenario = Scenario::new(Chip::Gh100);
    let report = scenario.report_bytes();
    assert_eq!(report[..4], [0x11, 0xE0, 0x01, 0xFF]);
    assert_eq!(report[4..36], scenario.report.nonce);
    assert_eq!(report[37..39], [0x11, 0x60]);
    assert_eq!((report[41], &report[42..45]), (64, &[0xC0, 0x0D, 0][..]));
    assert_eq!(report[45..52], [1, 1, 51, 0, 1, 48, 0]);
    assert_eq!(
        report.len(),
        4_129,
        "as long as a genuine report of driver 580.95.05"
    );
    let body = scenario.body();
    assert_eq!(body[..4], 4_129_u32.to_be_bytes());
    assert_eq!(body[4..][..report.len()], report);
}

#[test]
fn certificates_are_about_as_long_as_genuine_ones() {
    let lengths = Scenario::new(Chip::Gh100)
        .chain()
        .iter()
        .map(Vec::len)
        .collect::<Vec<_>>();
    for (len, genuine) in lengths.iter().zip([896, 596, 686, 654, 527]) {
        assert!(len.abs_diff(genuine) < 140, "{lengths:?}");
    }
}

#[test]
fn the_leaf_signs_request_and_response() {
    for chip in Chip::ALL {
        let mut scenario = Scenario::new(chip);
        let key = VerifyingKey::from_sec1_bytes(&match &scenario.leaf.key {
            aivm_simulator::x509::Key::P384(key) => key.public_sec1(),
            other => panic!("{other:?}"),
        });
        let key = key.expect("a point");
        let holds = |scenario: &Scenario| {
            let report = scenario.report_bytes();
            let (signed, signature) = report.split_at(report.len() - 96);
            let signature = Signature::from_slice(signature).expect("a signature");
            key.verify(signed, &signature).is_ok()
        };
        assert!(holds(&scenario), "{chip:?}");
        scenario.report.signed = SignedPart::Response;
        assert!(!holds(&scenario), "{chip:?}");
    }
}

#[test]
fn every_run_makes_the_same() {
    for chip in Chip::ALL {
        assert_eq!(Scenario::new(chip).body(), Scenario::new(chip).body());
        assert_eq!(Scenario::new(chip).chain(), Scenario::new(chip).chain());
        assert_ne!(
            Scenario::new(chip).body(),
            Scenario::new(chip).with_other_firmware().body()
        );
    }
    assert_ne!(
        Scenario::new(Chip::Gh100).body(),
        Scenario::new(Chip::Gb100).body()
    );
}

#[test]
fn fields_are_set_and_removed() {
    let mut report = Scenario::new(Chip::Gh100).report;
    report.set(opaque::FEATURE_FLAG, &[2, 0]);
    assert_eq!(report.get(opaque::FEATURE_FLAG), Some(&[2, 0][..]));
    report.remove(opaque::FEATURE_FLAG);
    assert_eq!(report.get(opaque::FEATURE_FLAG), None);
    report.set(opaque::FEATURE_FLAG, &[1, 0]);
    assert_eq!(report.get(opaque::FEATURE_FLAG), Some(&[1, 0][..]));
}
