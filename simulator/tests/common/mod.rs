//! What an independent verifier says of a bent scenario.

use aivm_simulator::intel::{Format, NOW, Scenario, SgxExtension};
use dcap_qvl::configs::RustCryptoConfig;
use dcap_qvl::verify::QuoteVerifier;

/// The format, what to bend in it, and part of what the verifier then says.
pub(crate) type Case = (Format, fn(&mut Scenario), &'static str);

/// The status that the verifier reports under this root, or why it refuses.
pub(crate) fn verdict(scenario: &Scenario, root: &[u8]) -> Result<String, String> {
    let verifier = QuoteVerifier::<RustCryptoConfig>::new_with_config(root.to_vec());
    let verdict = verifier.verify(&scenario.quote(), &scenario.collateral(), NOW);
    verdict
        .map(|report| report.status)
        .map_err(|error| format!("{error:#}"))
}

/// Asserts of every case that it is refused, and that the reason contains what is expected.
pub(crate) fn assert_refused(cases: &[Case]) {
    assert_verdicts(cases, |verdict, expected| {
        verdict.as_ref().is_err_and(|why| why.contains(expected))
    });
}

/// Asserts of every case that the status is the expected one.
pub(crate) fn assert_reported(cases: &[Case]) {
    assert_verdicts(cases, |verdict, expected| {
        verdict.as_ref().is_ok_and(|status| status == expected)
    });
}

fn assert_verdicts(cases: &[Case], holds: fn(&Result<String, String>, &str) -> bool) {
    let mut wrong = Vec::new();
    for (i, &(format, bend, expected)) in cases.iter().enumerate() {
        let mut scenario = Scenario::new(format);
        bend(&mut scenario);
        let verdict = verdict(&scenario, &scenario.root_der());
        if !holds(&verdict, expected) {
            wrong.push((i, expected, verdict));
        }
    }
    assert!(wrong.is_empty(), "case, expected, verdict: {wrong:#?}");
}

/// The SGX extension of the PCK leaf.
pub(crate) fn extension(scenario: &mut Scenario) -> &mut SgxExtension {
    scenario.sgx_extension.as_mut().unwrap()
}
