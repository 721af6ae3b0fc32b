//! Recorded evidence is found and read.

use std::fs;
use std::path::Path;

use aivm_simulator::intel::{Format, NOW, Scenario};
use aivm_test_support::fixtures::{IntelCase, dcap_sample_cases, evidence_dir, intel_cases};
use dcap_qvl::configs::RustCryptoConfig;
use dcap_qvl::verify::QuoteVerifier;

fn status(case: &IntelCase) -> Option<String> {
    let verifier = QuoteVerifier::new_prod().with_config::<RustCryptoConfig>();
    verifier
        .verify(&case.quote, &case.collateral, case.now)
        .ok()
        .map(|report| report.status)
}

#[test]
fn cases_are_read_back_sorted() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evidence");
    for format in Format::ALL {
        let case = dir.join("intel").join(format!("{format:?}"));
        let scenario = Scenario::new(format);
        fs::create_dir_all(&case).unwrap();
        fs::write(case.join("quote.bin"), scenario.quote()).unwrap();
        fs::write(
            case.join("collateral.json"),
            serde_json::to_vec(&scenario.collateral()).unwrap(),
        )
        .unwrap();
        fs::write(case.join("now"), format!("{NOW}\n")).unwrap();
        fs::write(case.join("expect"), "ok\n").unwrap();
    }
    let cases = intel_cases(&dir);
    let names: Vec<_> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["SgxV3", "TdxV4", "TdxV5Td10", "TdxV5Td15", "TdxV5Td15Ex"]);
    for (case, format) in cases.into_iter().zip(Format::ALL) {
        let scenario = Scenario::new(format);
        assert_eq!(case.quote, scenario.quote());
        assert_eq!(case.collateral, scenario.collateral());
        assert_eq!((case.now, case.expect.as_str()), (NOW, "ok"));
    }
}

#[test]
fn dcap_samples_are_read() {
    let statuses: Vec<_> = dcap_sample_cases().iter().map(status).collect();
    let expected = [
        Some("ConfigurationAndSWHardeningNeeded"),
        Some("UpToDate"),
        None,
        Some("UpToDate"),
        None,
        None,
    ];
    assert_eq!(statuses, expected.map(|status| status.map(str::to_owned)));
    let accepted = dcap_sample_cases()
        .into_iter()
        .filter(|case| case.expect == "ok")
        .count();
    assert_eq!(accepted, 3);
}

#[test]
fn the_evidence_folder_is_read_where_there_is_one() {
    let Some(dir) = evidence_dir() else { return };
    let cases = intel_cases(&dir);
    assert!(cases.len() >= 20, "{} cases", cases.len());
    let statuses = cases.iter().filter(|case| case.expect == "ok").map(status);
    assert_eq!(statuses.flatten().count(), 3);
    let statuses = cases.iter().filter(|case| case.expect == "reject").map(status);
    assert_eq!(
        statuses.map(|status| status.is_none()).collect::<Vec<_>>(),
        [true; 4]
    );
}
