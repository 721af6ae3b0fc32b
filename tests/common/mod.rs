//! What the evidence tests share: a chain in memory with both signature backends, recorded evidence, and tools to
//! change what was minted.

#![allow(
    dead_code,
    reason = "each test file compiles this module and uses its own part of it"
)]

pub(crate) mod devices;
pub(crate) mod edit;
pub(crate) mod samples;
pub(crate) mod world;

use aivm::precompiles::evidence::Vendor;
use aivm_simulator::intel::{Format, Scenario};
use world::World;

/// The vendor of a quote of this format.
pub(crate) fn vendor_of(format: Format) -> Vendor {
    if format.is_tdx() { Vendor::Tdx } else { Vendor::Sgx }
}

/// Evidence: the vendor byte, and the quote.
pub(crate) fn evidence(vendor: Vendor, quote: &[u8]) -> Vec<u8> {
    [&[vendor.number()], quote].concat()
}

/// The evidence that a scenario makes.
pub(crate) fn evidence_of(scenario: &Scenario) -> Vec<u8> {
    evidence(vendor_of(scenario.format), &scenario.quote())
}

/// A chain at this time whose Intel root is the scenario's, without collateral.
pub(crate) fn world_of(scenario: &Scenario, now: u64) -> World {
    World::under(&scenario.root_der(), now)
}

/// The same, with the scenario's collateral.
pub(crate) fn furnished_world(scenario: &Scenario, now: u64) -> World {
    let mut world = world_of(scenario, now);
    world
        .submit(vendor_of(scenario.format), &edit::packed(scenario))
        .expect("collateral that is accepted");
    world
}
