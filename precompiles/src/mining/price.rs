//! The price of each operation: flat, so that the limits in `input` bound the work behind it.

use super::input::Operation;
use crate::{config::GasSchedule, precompile::Price};

/// The price of a call with this input.
pub(super) fn price(gas: &GasSchedule, input: &[u8]) -> Price {
    let Some((operation, _)) = Operation::split(input) else {
        return Price::read(gas.unknown_operation);
    };
    match operation {
        Operation::VerifyMldsa => Price::read(gas.verify_mldsa),
        Operation::CalculateReward => Price::read(gas.calculate_reward),
        Operation::VerifyTee => Price::read(gas.verify_tee),
        Operation::IsSpent => Price::read(gas.is_spent),
        Operation::ComputeWorkId => Price::read(gas.compute_work_id),
        Operation::MarkSpent => Price::write(gas.mark_spent),
        Operation::SetAuthorized => Price::write(gas.set_authorized),
        Operation::IsAuthorized => Price::read(gas.is_authorized),
    }
}
