//! The price of each function.

use super::committee::MAX_MEMBERS;
use crate::{call_data::known_selector, config::GasSchedule, precompile::Price};
use aivm_abi::IAttestationLightClient::{self, IAttestationLightClientCalls};
use alloy_primitives::U256;
use alloy_sol_types::SolCall;

/// The number of members in the canonical input of both functions that store a committee: behind the selector and four
/// words, three of which are offsets or numbers, the list of members is the first.
const MEMBERS_AT: core::ops::Range<usize> = 132..164;

/// The price of a call with this input.
pub(super) fn price(gas: &GasSchedule, input: &[u8]) -> Price {
    let Some(selector) = known_selector::<IAttestationLightClientCalls>(input) else {
        return Price::read(gas.unknown_operation);
    };
    match selector {
        IAttestationLightClient::updateRootCall::SELECTOR => Price::write(gas.update_root),
        IAttestationLightClient::rotateCommitteeCall::SELECTOR
        | IAttestationLightClient::setCommitteeCall::SELECTOR => Price::write(
            gas.committee_base
                .saturating_add(gas.committee_member.saturating_mul(members(input))),
        ),
        IAttestationLightClient::verifyDeviceProofCall::SELECTOR
        | IAttestationLightClient::verifyDeviceProofAtCall::SELECTOR => Price::read(gas.verify_device_proof),
        _ => Price::read(gas.sync_read),
    }
}

/// How many members an input stores. Fewer than one and more than a committee has are refused: none is cheaper than one,
/// and more cost no more.
fn members(input: &[u8]) -> u64 {
    let most = u64::try_from(MAX_MEMBERS).unwrap_or(u64::MAX);
    let word = input.get(MEMBERS_AT).map(U256::from_be_slice).unwrap_or_default();
    u64::try_from(word).map_or(most, |members| members.clamp(1, most))
}
