//! Policy, in parts.

mod codes;
mod devices;
mod input;
mod measurements;
mod pauses;
mod roots;
mod scores;

use crate::common::{evidence_of, furnished_world, world::World};
use aivm::{abi::IAttestationRegistry::setMinTrustScoreCall, evidence::Rejection};
use aivm_simulator::intel::{Format, NOW, Scenario};

/// The score of up-to-date evidence with an unknown measurement.
pub(crate) const UNKNOWN_SOFTWARE: u8 = 70;

/// A chain with the collateral of a valid scenario, and its evidence.
pub(crate) fn valid(format: Format) -> (World, Vec<u8>) {
    let scenario = Scenario::new(format);
    (furnished_world(&scenario, NOW), evidence_of(&scenario))
}

/// The score of evidence, or the code that refuses it.
pub(crate) fn score(world: &mut World, evidence: &[u8]) -> Result<u8, u16> {
    let verdict = world.verify(evidence);
    verdict
        .map(|verified| verified.trust_score)
        .map_err(|rejection| rejection.code())
}

/// Governance sets the least score.
pub(crate) fn set_min_trust_score(world: &mut World, score: u8) {
    world.govern(&setMinTrustScoreCall { score });
}

/// The name of a code.
pub(crate) fn name(code: u16) -> &'static str {
    let row = Rejection::CODES.iter().find(|(candidate, _)| *candidate == code);
    row.expect("a defined code").1
}
