//! `setMinimumTcb(SEVSNP)`: three TCB versions, below which the score falls.

use crate::{
    common::world::{GOVERNANCE, World},
    snp_common::{VARIANTS, evidence_of, furnished_world},
};
use aivm::{
    abi::IAttestationRegistry::{InvalidMinimumTcb, TEEVendor, setMinTrustScoreCall, setMinimumTcbCall},
    evidence::score::Deduction,
};
use aivm_simulator::snp::{Product, Scenario};
use alloy_sol_types::SolError;

fn set_minimum(world: &mut World, minimum: &[u8]) -> bool {
    let call = setMinimumTcbCall {
        vendor: TEEVendor::SEVSNP,
        minimum: minimum.to_vec().into(),
    };
    match world.registry(GOVERNANCE, &call) {
        Ok(_) => true,
        Err(output) => {
            assert_eq!(output[..4], InvalidMinimumTcb::SELECTOR);
            false
        }
    }
}

/// The three defaults of the mint, in the order of the products.
fn defaults() -> [u8; 24] {
    let versions = Product::ALL.map(Product::default_tcb);
    *versions.as_flattened().first_chunk().expect("24 bytes")
}

fn place(product: Product) -> usize {
    8 * Product::ALL
        .iter()
        .position(|other| *other == product)
        .expect("a product")
}

/// What the evidence scores where the measurement is unknown, and whether it is below the minimum.
fn score(world: &mut World, scenario: &Scenario) -> (u8, bool) {
    let verified = world.verify(&evidence_of(scenario)).expect("valid evidence");
    let below = verified
        .claims
        .deductions
        .iter()
        .any(|deduction| deduction == Deduction::BelowMinimumTcb);
    (verified.trust_score, below)
}

fn world(scenario: &Scenario) -> World {
    let mut world = furnished_world(scenario);
    world.govern(&setMinTrustScoreCall { score: 0 });
    world
}

#[test]
fn exactly_the_minimum_is_enough() {
    for variant in VARIANTS {
        let scenario = variant.scenario();
        let mut world = world(&scenario);
        for minimum in [&defaults()[..], &[0; 24], &[]] {
            assert!(set_minimum(&mut world, minimum));
            assert_eq!(
                score(&mut world, &scenario),
                (variant.score(), false),
                "{variant:?}"
            );
        }
    }
}

/// One below in any component of any of the three TCBs costs 40, once; CURRENT_TCB does not count.
#[test]
fn one_below_in_any_component() {
    let mut checked = 0;
    for variant in VARIANTS {
        let components: Vec<_> = (0..8)
            .filter(|byte| variant.product.default_tcb()[*byte] != 0)
            .collect();
        assert_eq!(
            components.len(),
            if variant.product == Product::Turin { 5 } else { 4 }
        );
        let valid = variant.scenario();
        let mut world = world(&valid);
        assert!(set_minimum(&mut world, &defaults()));
        for byte in components {
            let mut scenario = valid.clone();
            scenario.report.current_tcb[byte] -= 1;
            assert_eq!(
                score(&mut world, &scenario),
                (variant.score(), false),
                "{variant:?}"
            );

            let below = (variant.score() - 40, true);
            let mut all = valid.clone();
            for which in 0..3 {
                for scenario in [&mut valid.clone(), &mut all] {
                    let tcb = match which {
                        0 => &mut scenario.report.committed_tcb,
                        1 => &mut scenario.report.launch_tcb,
                        _ => &mut scenario.report.reported_tcb,
                    };
                    tcb[byte] -= 1;
                    scenario
                        .vek_extensions
                        .set_tcb(scenario.product, scenario.report.reported_tcb);
                    assert_eq!(score(&mut world, scenario), below, "{variant:?}, byte {byte}");
                    checked += 1;
                }
            }
            let mut minimum = defaults();
            minimum[place(variant.product) + byte] += 1;
            assert!(set_minimum(&mut world, &minimum));
            assert_eq!(score(&mut world, &valid), below, "{variant:?}, byte {byte}");
            assert!(set_minimum(&mut world, &defaults()));
        }
    }
    assert_eq!(checked, 204);
}

/// What is demanded of one product says nothing of another.
#[test]
fn a_minimum_is_one_products() {
    for variant in VARIANTS {
        let scenario = variant.scenario();
        let mut world = world(&scenario);
        for product in Product::ALL {
            let mut minimum = [0; 24];
            let at = place(product);
            minimum[at..at + 8]
                .copy_from_slice(&product.default_tcb().map(|svn| if svn == 0 { 0 } else { 0xff }));
            assert!(set_minimum(&mut world, &minimum));
            let (_, below) = score(&mut world, &scenario);
            assert_eq!(below, product == variant.product, "{variant:?} {product:?}");
        }
    }
}

/// 24 bytes with zeros where a product reserves them, or nothing.
#[test]
fn the_form_of_a_minimum() {
    let mut world = World::new(aivm_simulator::snp::NOW);
    for len in (1..24).chain(25..=33) {
        assert!(!set_minimum(&mut world, &vec![0; len]), "{len} bytes");
    }
    let mut accepted = Vec::new();
    for at in 0..24 {
        let mut minimum = [0; 24];
        minimum[at] = 1;
        if set_minimum(&mut world, &minimum) {
            accepted.push(at);
        }
    }
    assert_eq!(accepted, [0, 1, 6, 7, 8, 9, 14, 15, 16, 17, 18, 19, 23]);
    assert!(set_minimum(&mut world, &[]));
}
