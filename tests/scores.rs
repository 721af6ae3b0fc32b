//! The trust score (specification, section 4): 100 less the deductions that apply, never above 100, and zero for what
//! does not verify.

use aivm::{
    Aivm, Genesis, MemoryHost,
    crypto::AwsLc,
    evidence::{
        Deduction, Deductions, MAX_TRUST_SCORE, Rejection, Vendor, VerifyError, submit_collateral, verify,
    },
    precompiles::{Context, state::MeasurementState},
};
use aivm_test_support::{
    fuzz::mutate,
    genuine::{self, genuine},
    rng::Rng,
};
use alloy_primitives::{Address, B256};

/// The specification's table, written out.
const POINTS: [(Deduction, u8); 12] = [
    (Deduction::UnknownMeasurement, 30),
    (Deduction::SwHardeningNeeded, 5),
    (Deduction::ConfigurationNeeded, 10),
    (Deduction::ConfigurationAndSwHardeningNeeded, 15),
    (Deduction::TdRelaunchAdvised, 20),
    (Deduction::TdRelaunchAdvisedConfigurationNeeded, 25),
    (Deduction::OutOfDate, 40),
    (Deduction::OutOfDateConfigurationNeeded, 45),
    (Deduction::BelowMinimumTcb, 40),
    (Deduction::Vlek, 10),
    (Deduction::NoGolden, 20),
    (Deduction::NoFwid, 10),
];

#[test]
fn the_points_are_those_of_the_specification() {
    assert_eq!(Deduction::ALL, POINTS.map(|(deduction, _)| deduction));
    for (deduction, points) in POINTS {
        assert_eq!(deduction.points(), points, "{deduction:?}");
        assert!(!deduction.reason().is_empty());
    }
}

/// Every set of deductions, in both orders, each of them twice.
#[test]
fn every_set_of_deductions() {
    let mut sets = 0_u32;
    for set in 0..1_u32 << POINTS.len() {
        let chosen: Vec<_> = POINTS
            .iter()
            .enumerate()
            .filter(|(bit, _)| set & (1 << bit) != 0)
            .map(|(_, row)| *row)
            .collect();
        let sum: u32 = chosen.iter().map(|(_, points)| u32::from(*points)).sum();
        let expected = u32::from(MAX_TRUST_SCORE).saturating_sub(sum);
        let collect = |deductions: &mut dyn Iterator<Item = Deduction>| {
            deductions.fold(Deductions::none(), |all, deduction| {
                all.and(deduction).and_maybe(Some(deduction)).and_maybe(None)
            })
        };
        let forwards = collect(&mut chosen.iter().map(|(deduction, _)| *deduction));
        let backwards = collect(&mut chosen.iter().rev().map(|(deduction, _)| *deduction));
        for deductions in [&forwards, &backwards] {
            assert_eq!(u32::from(deductions.score()), expected);
            assert!(deductions.score() <= MAX_TRUST_SCORE);
            assert_eq!(deductions.iter().count(), chosen.len());
        }
        sets += 1;
    }
    assert_eq!(sets, 4_096);
}

/// A chain with the collateral of the genuine samples.
fn chain() -> (Aivm, MemoryHost) {
    let aivm = Aivm::default();
    let mut host = Genesis::development().memory_host(&aivm, genuine::NOW);
    for sample in genuine() {
        on(&aivm, &mut host, |context| {
            submit_collateral(context, sample.vendor, &sample.collateral)
        })
        .expect("genuine collateral");
    }
    (aivm, host)
}

fn on<T>(
    aivm: &Aivm,
    host: &mut MemoryHost,
    run: impl FnOnce(&mut Context<'_>) -> Result<T, VerifyError>,
) -> Result<T, Rejection> {
    let result = run(&mut Context {
        config: aivm.config(),
        crypto: &AwsLc,
        host,
        caller: Address::ZERO,
    });
    result.map_err(|error| match error {
        VerifyError::Rejected(rejection) => rejection,
        VerifyError::Host(error) => panic!("{error}"),
    })
}

/// A random policy: the least score, and what governance thinks of the samples' software.
fn govern(rng: &mut Rng, aivm: &Aivm, host: &mut MemoryHost, measurements: &[B256]) {
    on(aivm, host, |context| {
        let mut registry = context.registry();
        registry.set_min_trust_score(u8::try_from(rng.below(102)).unwrap_or(u8::MAX))?;
        for id in measurements {
            let states = [
                MeasurementState::Unset,
                MeasurementState::Allowed,
                MeasurementState::Banned,
            ];
            registry.set_measurement(*id, states[rng.below(3)])?;
        }
        for vendor in Vendor::ALL {
            registry.set_allowlist_required(vendor, rng.below(3) == 0)?;
            registry.set_paused(Some(vendor), rng.below(8) == 0)?;
        }
        Ok(())
    })
    .expect("memory");
}

/// Under any policy and for any mutation of genuine evidence: what verifies scores what its deductions leave, at least
/// the minimum and at most 100; VerifyTEE gives no score to what does not verify.
#[test]
fn never_above_100_and_never_positive_unverified() {
    let (aivm, mut host) = chain();
    let samples = genuine();
    let measurements: Vec<_> = samples
        .iter()
        .map(|sample| {
            let verified = on(&aivm, &mut host, |context| verify(context, &sample.evidence));
            verified.expect("genuine evidence").claims.measurement_id
        })
        .collect();
    let mut rng = Rng(0x5c0e);
    let (mut verified, mut refused) = (0, 0);
    for _ in 0..4_000 {
        govern(&mut rng, &aivm, &mut host, &measurements);
        let sample = &samples[rng.below(samples.len())];
        let evidence = match rng.below(3) {
            0 => mutate(&mut rng, std::slice::from_ref(&sample.evidence)),
            _ => sample.evidence.clone(),
        };
        let minimum = on(&aivm, &mut host, |context| {
            Ok(context.registry().min_trust_score()?)
        });
        let minimum = minimum.expect("memory");
        match on(&aivm, &mut host, |context| verify(context, &evidence)) {
            Ok(result) => {
                assert_eq!(result.trust_score, result.claims.deductions.score());
                assert!((minimum..=MAX_TRUST_SCORE).contains(&result.trust_score));
                assert_eq!(
                    tee(&aivm, &mut host, &evidence, &result.claims.report_data[..32]),
                    (1, result.trust_score)
                );
                assert_eq!(tee(&aivm, &mut host, &evidence, &[0xee; 32]), (0, 0));
                verified += 1;
            }
            Err(_) => {
                assert_eq!(tee(&aivm, &mut host, &evidence, &[0; 32]), (0, 0));
                refused += 1;
            }
        }
    }
    assert!(
        verified > 400 && refused > 400,
        "{verified} and {refused}: one-sided"
    );
}

/// VerifyTEE: verified, and the score.
fn tee(aivm: &Aivm, host: &mut MemoryHost, evidence: &[u8], nonce: &[u8]) -> (u8, u8) {
    let input = [&[3], evidence, nonce].concat();
    let call = aivm::Call {
        input: &input,
        gas_limit: 5_000,
        caller: Address::ZERO,
        value: alloy_primitives::U256::ZERO,
        is_static: true,
        is_direct: true,
    };
    let outcome = aivm.call(aivm.config().addresses.mining, host, &call);
    match outcome.expect("a precompile").expect("memory") {
        aivm::Outcome::Success { output, .. } => (output[31], output[63]),
        other => panic!("{other:?}"),
    }
}
