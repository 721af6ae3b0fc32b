//! What the AMD tests share.

#![allow(
    dead_code,
    reason = "each test file compiles this module and uses its own part of it"
)]

use crate::common::world::World;
use aivm::evidence::{Vendor, snp::pack};
use aivm_simulator::snp::{Collateral, Kind, NOW, Product, Scenario};

/// A kind of valid evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) product: Product,
    pub(crate) kind: Kind,
    pub(crate) version: u32,
}

const fn variant(product: Product, kind: Kind, version: u32) -> Variant {
    Variant {
        product,
        kind,
        version,
    }
}

/// Every kind of evidence that is looked at: each product, each kind of key, each version.
pub(crate) const VARIANTS: [Variant; 8] = [
    variant(Product::Milan, Kind::Vcek, 2),
    variant(Product::Milan, Kind::Vcek, 3),
    variant(Product::Genoa, Kind::Vcek, 3),
    variant(Product::Genoa, Kind::Vcek, 5),
    variant(Product::Turin, Kind::Vcek, 5),
    variant(Product::Milan, Kind::Vlek, 3),
    variant(Product::Genoa, Kind::Vlek, 2),
    variant(Product::Turin, Kind::Vlek, 5),
];

impl Variant {
    pub(crate) fn scenario(self) -> Scenario {
        Scenario::new(self.product, self.kind, self.version)
    }

    /// The score of valid evidence whose measurement nobody knows.
    pub(crate) fn score(self) -> u8 {
        match self.kind {
            Kind::Vcek => 70,
            Kind::Vlek => 60,
        }
    }
}

/// Evidence: the vendor byte, report and certificate.
pub(crate) fn evidence(body: &[u8]) -> Vec<u8> {
    [&[Vendor::SevSnp.number()], body].concat()
}

/// The evidence that a scenario makes.
pub(crate) fn evidence_of(scenario: &Scenario) -> Vec<u8> {
    evidence(&scenario.evidence())
}

/// Collateral as `submitCollateral` takes it.
pub(crate) fn packed(collateral: &Collateral) -> Vec<u8> {
    let crl = Some(&collateral.crl[..]).filter(|crl| !crl.is_empty());
    pack::collateral(&collateral.endorsement_ca, crl)
}

/// A chain whose only AMD root is the scenario's, without collateral.
pub(crate) fn world_of(scenario: &Scenario, now: u64) -> World {
    let mut world = World::new(now);
    world.set_roots(Vendor::SevSnp, &scenario.ark_der());
    world
}

/// Submits the collateral of a scenario, which must be accepted.
pub(crate) fn furnish(world: &mut World, scenario: &Scenario) {
    let stored = world.submit(Vendor::SevSnp, &packed(&scenario.collateral()));
    stored.unwrap_or_else(|rejection| panic!("collateral that is accepted: {rejection}"));
}

/// A chain with the scenario's root and collateral, at [`NOW`].
pub(crate) fn furnished_world(scenario: &Scenario) -> World {
    let mut world = world_of(scenario, NOW);
    furnish(&mut world, scenario);
    world
}
