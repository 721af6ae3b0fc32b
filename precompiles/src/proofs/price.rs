//! The price of each function.

use crate::{call_data::known_selector, config::GasSchedule, precompile::Price};
use aivm_abi::IAttestationProofs::IAttestationProofsCalls;

/// The price of a call with this input.
pub(super) fn price(gas: &GasSchedule, input: &[u8]) -> Price {
    match known_selector::<IAttestationProofsCalls>(input) {
        Some(_) => Price::read(gas.proofs),
        None => Price::read(gas.unknown_operation),
    }
}
