//! The trust score: what each status takes off it, and the least that is accepted.

use super::{UNKNOWN_SOFTWARE, score, set_min_trust_score, valid};
use crate::common::{
    evidence_of, furnished_world,
    world::{GOVERNANCE, World},
};
use aivm::{
    abi::IAttestationRegistry::{
        MeasurementState, TrustScoreOutOfRange, setMeasurementCall, setMinTrustScoreCall,
    },
    evidence::{
        Deduction, Rejection,
        intel::TcbStatus::{self, *},
    },
};
use aivm_simulator::intel::{Format, Grade, NOW, Scenario};
use alloy_primitives::Bytes;
use alloy_sol_types::SolError;

/// Status, and what it takes off the score (specification, section 4).
const DEDUCTIONS: [(TcbStatus, Option<u8>); 9] = [
    (UpToDate, Some(0)),
    (SwHardeningNeeded, Some(5)),
    (ConfigurationNeeded, Some(10)),
    (ConfigurationAndSwHardeningNeeded, Some(15)),
    (TdRelaunchAdvised, Some(20)),
    (TdRelaunchAdvisedConfigurationNeeded, Some(25)),
    (OutOfDate, Some(40)),
    (OutOfDateConfigurationNeeded, Some(45)),
    (Revoked, None),
];

/// A scenario whose platform has this status; none where the format cannot have it.
fn with_status(format: Format, status: TcbStatus) -> Option<Scenario> {
    let mut scenario = Scenario::new(format);
    let relaunch = matches!(status, TdRelaunchAdvised | TdRelaunchAdvisedConfigurationNeeded);
    let grade = match status {
        TdRelaunchAdvised => UpToDate,
        TdRelaunchAdvisedConfigurationNeeded => ConfigurationNeeded,
        status => status,
    };
    scenario.tcb_info.levels[0].grade = Grade::new(grade.name());
    if relaunch {
        // Launched on an old module, running on a new one.
        scenario.td.tee_tcb_svn[0] = 3;
    }
    let has_current_tcb = matches!(format, Format::TdxV5Td15 | Format::TdxV5Td15Ex);
    (!relaunch || has_current_tcb).then_some(scenario)
}

/// The chain at which everything genuine is accepted, whatever its score.
fn lenient(scenario: &Scenario) -> World {
    let mut world = furnished_world(scenario, NOW);
    set_min_trust_score(&mut world, 0);
    world
}

#[test]
fn every_status_takes_its_part() {
    let mut checked = 0;
    for format in Format::ALL {
        for (status, deduction) in DEDUCTIONS {
            let Some(scenario) = with_status(format, status) else {
                continue;
            };
            let mut world = lenient(&scenario);
            let evidence = evidence_of(&scenario);
            let Some(deduction) = deduction else {
                assert_eq!(world.verify(&evidence), Err(Rejection::TcbRevoked));
                checked += 1;
                continue;
            };
            let verified = world.verify(&evidence).expect("genuine evidence");
            assert_eq!(verified.claims.tcb_status, Some(status), "{format:?}");
            assert_eq!(verified.trust_score, 100 - 30 - deduction, "{status} {format:?}");
            world.govern(&setMeasurementCall {
                measurementId: verified.claims.measurement_id,
                state: MeasurementState::Allowed,
            });
            let allowed = world.verify(&evidence).expect("genuine evidence");
            assert_eq!(allowed.trust_score, 100 - deduction, "{status} {format:?}");
            checked += 1;
        }
    }
    // Seven statuses for every format, and two more for a TD that says what it runs on now.
    assert_eq!(checked, 5 * 7 + 2 * 2);
}

/// Statuses come in one order, and a worse one never scores more.
#[test]
fn the_table_has_every_status() {
    assert_eq!(DEDUCTIONS.map(|(status, _)| status), TcbStatus::ALL);
    let scores: Vec<_> = DEDUCTIONS
        .into_iter()
        .filter_map(|(_, deduction)| deduction)
        .collect();
    assert!(scores.is_sorted());
    for (status, deduction) in DEDUCTIONS {
        assert_eq!(
            status.deduction().map_or(0, Deduction::points),
            deduction.unwrap_or_default()
        );
    }
}

/// One below, at, and one above the score of the evidence, for every score that Intel evidence can have.
#[test]
fn the_least_score_at_its_edges() {
    let mut checked = 0;
    for format in [Format::SgxV3, Format::TdxV5Td15] {
        for (status, deduction) in DEDUCTIONS {
            let Some((scenario, deduction)) = with_status(format, status).zip(deduction) else {
                continue;
            };
            let mut world = lenient(&scenario);
            let evidence = evidence_of(&scenario);
            let score = UNKNOWN_SOFTWARE - deduction;
            for (minimum, meets) in [(score - 1, true), (score, true), (score + 1, false)] {
                set_min_trust_score(&mut world, minimum);
                let refused = Rejection::TrustScoreTooLow { score, minimum };
                let expected = if meets { Ok(score) } else { Err(refused) };
                let verdict = world.verify(&evidence).map(|verified| verified.trust_score);
                assert_eq!(verdict, expected, "{status} {format:?}");
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 3 * (6 + 8));
}

#[test]
fn the_least_score_is_0_to_100() {
    let (mut world, evidence) = valid(Format::TdxV4);
    set_min_trust_score(&mut world, 100);
    assert_eq!(score(&mut world, &evidence), Err(13));
    for out_of_range in [101, 255] {
        let output = world.registry(GOVERNANCE, &setMinTrustScoreCall { score: out_of_range });
        let error = TrustScoreOutOfRange { score: out_of_range };
        assert_eq!(output, Err(Bytes::from(error.abi_encode())));
    }
    set_min_trust_score(&mut world, 0);
    assert_eq!(score(&mut world, &evidence), Ok(UNKNOWN_SOFTWARE));
}

/// The default of 50: which statuses are accepted with an unknown measurement, and which need a known one.
#[test]
fn the_default_least_score() {
    let mut checked = 0;
    for (status, deduction) in DEDUCTIONS {
        let Some((scenario, deduction)) = with_status(Format::TdxV5Td15, status).zip(deduction) else {
            continue;
        };
        let mut world = furnished_world(&scenario, NOW);
        let expected = if deduction <= 20 {
            Ok(UNKNOWN_SOFTWARE - deduction)
        } else {
            Err(13)
        };
        assert_eq!(score(&mut world, &evidence_of(&scenario)), expected, "{status}");
        checked += 1;
    }
    assert_eq!(checked, 8);
}
