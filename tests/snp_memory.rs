//! How much a call with AMD evidence or collateral allocates, whatever is in it: at most four times its input plus
//! 64 KiB, counted over the whole call. `benches/memory.rs` has the same limit for honest and for mutated input.

mod common;
#[path = "snp/common.rs"]
mod snp_common;

use aivm::{
    crypto::AwsLc,
    evidence::{Vendor, submit_collateral, verify},
};
use aivm_simulator::{
    intel::Extension,
    snp::{self, NOW, Product, Scenario, ark},
    x509::{Certificate, Crl},
};
use common::world::World;
use snp_common::{VARIANTS, evidence_of, furnish, packed};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The longest certificate in bytes, and about the length of a revoked entry in a list.
const MAX_CERTIFICATE_LEN: usize = 2_048;
const MOST_ENTRIES: u16 = 1_189;

fn limit(input_len: usize) -> usize {
    4 * input_len + 64 * 1024
}

/// The bytes that one verification allocates.
fn by_evidence(world: &World, evidence: &[u8]) -> usize {
    let mut allocated = 0;
    let (verdict, _) = world.directly(&AwsLc, |context| {
        let region = Region::new(ALLOCATOR);
        let verdict = verify(context, evidence);
        allocated = region.change().bytes_allocated;
        verdict
    });
    drop(verdict);
    allocated
}

/// The bytes that one submission allocates.
fn by_collateral(world: &World, collateral: &[u8]) -> usize {
    let mut allocated = 0;
    let _outcome = world.directly(&AwsLc, |context| {
        let region = Region::new(ALLOCATOR);
        let verdict = submit_collateral(context, Vendor::SevSnp, collateral);
        allocated = region.change().bytes_allocated;
        verdict
    });
    allocated
}

/// Fills a certificate with as many small extensions as there is room for: what costs a parser most.
fn stuff(certificate: &mut Certificate, len: usize) {
    let room = MAX_CERTIFICATE_LEN - len - 8;
    let extension = |n: usize| Extension {
        oid: format!("2.5.{n}").leak(),
        critical: false,
        value: Vec::new(),
    };
    certificate.extensions = (1..=room / 9).map(extension).collect();
}

fn long_list() -> Crl {
    let mut crl = snp::crl();
    crl.revoked = (0..MOST_ENTRIES)
        .map(|n| [&[9], &n.to_be_bytes()[..]].concat())
        .collect();
    crl
}

fn world(scenario: &Scenario) -> World {
    let mut world = World::new(NOW);
    let roots = Product::ALL.map(|product| {
        if product == scenario.product {
            scenario.ark_der()
        } else {
            ark(product).self_signed()
        }
    });
    world.set_roots(Vendor::SevSnp, &roots.concat());
    world
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn hostile_input_allocates_little() {
    let mut worst = (0, 0);
    let mut check = |what: &str, allocated: usize, input_len: usize| {
        let limit = limit(input_len);
        println!("{what}: {allocated} of {limit} for {input_len}");
        assert!(allocated <= limit, "{what}: {allocated} bytes for {input_len}");
        worst = worst.max((allocated * 1_000 / limit, input_len));
    };
    for variant in VARIANTS {
        for long in [false, true] {
            let mut scenario = variant.scenario();
            scenario.crl = long.then(long_list);
            let mut world = world(&scenario);
            furnish(&mut world, &scenario);
            let evidence = evidence_of(&scenario);
            check("honest evidence", by_evidence(&world, &evidence), evidence.len());
            let len = scenario.vek_der().len();
            stuff(&mut scenario.vek, len);
            let evidence = evidence_of(&scenario);
            assert!(world.verify(&evidence).is_ok(), "stuffed, and valid");
            check("stuffed evidence", by_evidence(&world, &evidence), evidence.len());

            let collateral = packed(&scenario.collateral());
            check(
                "honest collateral",
                by_collateral(&world, &collateral),
                collateral.len(),
            );
            let len = scenario.ca_der().len();
            stuff(&mut scenario.ca, len);
            let collateral = packed(&scenario.collateral());
            assert!(
                world.submit(Vendor::SevSnp, &collateral).is_ok(),
                "stuffed, and valid"
            );
            check(
                "stuffed collateral",
                by_collateral(&world, &collateral),
                collateral.len(),
            );
        }
    }
    println!(
        "at worst {} thousandths of the limit, for {} bytes",
        worst.0, worst.1
    );
}
