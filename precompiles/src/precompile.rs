//! The rules for every call (specification, section 1): price first, then the refusals, then the work.

use crate::{
    config::{Config, GasSchedule},
    crypto::Crypto,
    error::Error,
    host::{Host, HostError},
};
use aivm_abi::IPrecompile::{DelegateCallNotAllowed, StaticCallNotAllowed, ValueNotAllowed};
use alloy_primitives::{Address, Bytes, U256};

/// A call as the EVM frame carries it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The call data.
    pub input: &'a [u8],
    /// The gas the frame may use.
    pub gas_limit: u64,
    /// Who calls: the immediate sender of the CALL.
    pub caller: Address,
    /// The wei sent along.
    pub value: U256,
    /// Whether this frame, or any above it, is a STATICCALL.
    pub is_static: bool,
    /// Whether this is a CALL or STATICCALL to the precompile's own address, not a DELEGATECALL or CALLCODE.
    pub is_direct: bool,
}

/// How a call ended. What `gas_used` leaves of the limit goes back to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operation ran.
    Success {
        /// The operation's price.
        gas_used: u64,
        /// The return data.
        output: Bytes,
    },
    /// The operation was refused: nothing is written and nothing is logged.
    Revert {
        /// The operation's price, the same as on success.
        gas_used: u64,
        /// An ABI-encoded custom error.
        output: Bytes,
    },
    /// The price is above the gas limit: all of it is used.
    OutOfGas,
}

/// What an operation costs, and whether it writes: all that is known before any work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// The price in gas.
    pub gas: u64,
    /// Whether the operation writes, and so is refused below a STATICCALL.
    pub writes: bool,
}

impl Price {
    /// The price of an operation that only reads.
    pub const fn read(gas: u64) -> Self {
        Self { gas, writes: false }
    }

    /// The price of an operation that writes.
    pub const fn write(gas: u64) -> Self {
        Self { gas, writes: true }
    }
}

/// What an operation works with.
pub struct Context<'a> {
    /// The chain's choices.
    pub config: &'a Config,
    /// The signature backend.
    pub crypto: &'a dyn Crypto,
    /// The EVM.
    pub host: &'a mut dyn Host,
    /// Who calls.
    pub caller: Address,
}

/// A precompile: a pure price, and the work.
#[derive(Clone, Copy, Debug)]
pub struct Precompile {
    /// The price of an input.
    pub price: fn(&GasSchedule, &[u8]) -> Price,
    /// Does what the input asks for. Never called with an input that was not paid for.
    pub run: fn(&mut Context<'_>, &[u8]) -> Result<Bytes, Error>,
}

impl Precompile {
    /// Charges, refuses what every precompile refuses, and runs the operation.
    pub fn call(
        &self,
        config: &Config,
        crypto: &dyn Crypto,
        host: &mut dyn Host,
        call: &Call<'_>,
    ) -> Result<Outcome, HostError> {
        let price = (self.price)(&config.gas, call.input);
        if call.gas_limit < price.gas {
            return Ok(Outcome::OutOfGas);
        }
        let result = refuse(call, price).and_then(|()| {
            let mut context = Context {
                config,
                crypto,
                host,
                caller: call.caller,
            };
            (self.run)(&mut context, call.input)
        });
        Ok(match result {
            Ok(output) => Outcome::Success {
                gas_used: price.gas,
                output,
            },
            Err(error) => Outcome::Revert {
                gas_used: price.gas,
                output: error.into_revert_data()?,
            },
        })
    }
}

fn refuse(call: &Call<'_>, price: Price) -> Result<(), Error> {
    if !call.is_direct {
        return Err(DelegateCallNotAllowed {}.into());
    }
    if !call.value.is_zero() {
        return Err(ValueNotAllowed {}.into());
    }
    if call.is_static && price.writes {
        return Err(StaticCallNotAllowed {}.into());
    }
    Ok(())
}
