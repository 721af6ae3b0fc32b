//! Unchanged scenarios are accepted by an independent verifier, and have the shape of genuine evidence.

use aivm_simulator::intel::{Format, NOW, PckCa, Scenario};
use dcap_qvl::configs::RustCryptoConfig;
use dcap_qvl::verify::{QuoteVerifier, VerifiedReport};

fn verify(scenario: &Scenario) -> VerifiedReport {
    let verifier = QuoteVerifier::<RustCryptoConfig>::new_with_config(scenario.root_der());
    verifier
        .verify(&scenario.quote(), &scenario.collateral(), NOW)
        .expect("a valid scenario")
}

#[test]
fn every_format_is_accepted_as_up_to_date() {
    let mut accepted = 0;
    for format in Format::ALL {
        for ca in [PckCa::Processor, PckCa::Platform] {
            let mut scenario = Scenario::new(format);
            scenario.use_pck_ca(ca);
            let report = verify(&scenario);
            assert_eq!(
                (report.status.as_str(), report.advisory_ids.len()),
                ("UpToDate", 0),
                "{format:?}"
            );
            assert_eq!(report.ppid, scenario.sgx_extension.unwrap().ppid);
            accepted += 1;
        }
    }
    assert_eq!(accepted, 10);
}
