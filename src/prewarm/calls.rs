//! Which calls of a block check signatures, and which of them are worth making ahead.

use crate::table::Aivm;
use aivm_abi::{IAttestationLightClient as sync, IAttestationRegistry as registry};
use aivm_precompiles::{
    Call,
    crypto::Item,
    mining::{Operation, SignedMessage},
};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

/// The most calls of a block that are made ahead. A call and its transaction take at least 26,000 gas: so many are in no
/// block of less than 425 million gas.
pub const MAX_CALLS: usize = 16_384;

/// The most bytes of input that are looked at. Three times as long as EIP-7934 lets a block of Ethereum be.
pub const MAX_INPUT_LEN: usize = 32 * 1024 * 1024;

/// What a transaction takes before its call begins, and for each byte of its input that is zero, or is not (EIP-2028).
const TRANSACTION_GAS: u64 = 21_000;
const ZERO_BYTE_GAS: u64 = 4;
const BYTE_GAS: u64 = 16;

/// The functions of the registry and of state sync that check signatures.
const REGISTRY: [[u8; 4]; 5] = [
    registry::verifyAttestationCall::SELECTOR,
    registry::verifyAttestationForCall::SELECTOR,
    registry::submitCollateralCall::SELECTOR,
    registry::updateRootCACall::SELECTOR,
    registry::setGoldenMeasurementCall::SELECTOR,
];
const SYNC: [[u8; 4]; 2] = [
    sync::updateRootCall::SELECTOR,
    sync::rotateCommitteeCall::SELECTOR,
];

/// The call that a transaction makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OuterCall<'a> {
    /// Who sends the transaction.
    pub caller: Address,
    /// Whom it calls.
    pub to: Address,
    /// The wei sent along.
    pub value: U256,
    /// The call data.
    pub input: &'a [u8],
    /// The gas limit of the transaction.
    pub gas_limit: u64,
}

/// The calls of a block that are worth making ahead.
#[derive(Default)]
pub(super) struct Calls<'a> {
    /// What VerifyMLDSA is asked about.
    pub(super) messages: Vec<Item<'a>>,
    /// The others, with whom they call.
    pub(super) others: Vec<(Address, Call<'a>)>,
}

impl<'a> OuterCall<'a> {
    /// The call of a transaction of revm; `None` if it creates a contract.
    #[cfg(feature = "revm")]
    pub fn of_revm(transaction: &'a impl revm::context::Transaction) -> Option<Self> {
        Some(Self {
            caller: transaction.caller(),
            to: *transaction.kind().to()?,
            value: transaction.value(),
            input: transaction.input(),
            gas_limit: transaction.gas_limit(),
        })
    }

    /// The least gas that the transaction uses before its call begins: access lists and authorizations use more.
    fn intrinsic_gas(&self) -> Option<u64> {
        let zeros = self.input.iter().filter(|byte| **byte == 0).count();
        let (zeros, len) = (u64::try_from(zeros).ok()?, u64::try_from(self.input.len()).ok()?);
        Some(TRANSACTION_GAS + zeros * ZERO_BYTE_GAS + (len - zeros) * BYTE_GAS)
    }

    /// The call, if it checks signatures once it is paid for, and is; and the least gas that its transaction uses.
    fn worth_making(&self, aivm: &Aivm) -> Option<(Call<'a>, u64)> {
        let row = aivm.find(self.to)?;
        if !checks_signatures(aivm, self.to, self.input) || !self.value.is_zero() {
            return None;
        }
        let intrinsic = self.intrinsic_gas()?;
        let gas_limit = self.gas_limit.checked_sub(intrinsic)?;
        let price = (row.precompile.price)(&aivm.config().gas, self.input).gas;
        let call = Call {
            input: self.input,
            gas_limit,
            caller: self.caller,
            value: self.value,
            is_static: false,
            is_direct: true,
        };
        (price <= gas_limit).then_some((call, intrinsic.saturating_add(price)))
    }
}

impl<'a> Calls<'a> {
    /// Those of a block's calls, in order, until a limit is reached, or the gas that the block may use. A transaction's
    /// gas limit is what it claims; what it uses at least is what counts. So a block that is not valid, whose
    /// transactions could never all be paid, costs no more than one that is.
    pub(super) fn of(
        aivm: &Aivm,
        block_gas_limit: u64,
        calls: impl IntoIterator<Item = OuterCall<'a>>,
    ) -> Self {
        let mut found = Self::default();
        let mut left = MAX_INPUT_LEN;
        let mut gas_left = block_gas_limit;
        let ours = calls.into_iter().filter(|call| aivm.find(call.to).is_some());
        for outer in ours {
            let Some(rest) = left.checked_sub(outer.input.len()) else {
                break;
            };
            left = rest;
            let Some((call, gas)) = outer.worth_making(aivm) else {
                continue;
            };
            let Some(rest) = gas_left.checked_sub(gas) else {
                break;
            };
            gas_left = rest;
            match message(aivm, outer.to, call.input) {
                Some(message) => found.messages.extend(message),
                None => found.others.push((outer.to, call)),
            }
            if found.messages.len() + found.others.len() == MAX_CALLS {
                break;
            }
        }
        found
    }
}

/// Whether a call of ours can come to a signature.
fn checks_signatures(aivm: &Aivm, to: Address, input: &[u8]) -> bool {
    let addresses = &aivm.config().addresses;
    let calls = |selectors: &[[u8; 4]]| {
        input
            .first_chunk()
            .is_some_and(|selector| selectors.contains(selector))
    };
    if to == addresses.mining {
        let operations = [Operation::VerifyMldsa, Operation::VerifyTee];
        return operations
            .iter()
            .any(|operation| input.first() == Some(&operation.opcode()));
    }
    (to == addresses.registry && calls(&REGISTRY)) || (to == addresses.sync && calls(&SYNC))
}

/// What VerifyMLDSA is asked about, unless its payload is malformed; `None` for a call of another operation.
fn message<'a>(aivm: &Aivm, to: Address, input: &'a [u8]) -> Option<Option<Item<'a>>> {
    let (opcode, payload) = input.split_first()?;
    if to != aivm.config().addresses.mining || *opcode != Operation::VerifyMldsa.opcode() {
        return None;
    }
    let message = SignedMessage::parse(payload).ok();
    Some(message.map(|message| Item {
        set: message.set,
        public_key: message.public_key,
        message: message.message,
        context: &[],
        signature: message.signature,
    }))
}
