//! A case: one kind of call, on a chain where it does what its label says.

use crate::world::World;
use aivm::{
    Addresses, Outcome,
    abi::{
        IAttestationLightClient::IAttestationLightClientCalls, IAttestationProofs::IAttestationProofsCalls,
        IAttestationRegistry::IAttestationRegistryCalls,
    },
    precompiles::mining::Operation,
};
use alloy_primitives::{Address, Bytes, address};
use std::sync::Arc;

/// Who governs, mines and operates every device.
pub const CALLER: Address = address!("00000000000000000000000000000000000000c0");

/// Someone else.
pub const ANYONE: Address = address!("00000000000000000000000000000000000000a0");

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// ecrecover or P256VERIFY of the client: what the others are compared with.
    Reference(Address),
    /// AI mining, `0x0300`.
    Mining,
    /// The attestation registry, `0x0AAA`.
    Registry,
    /// Merkle proofs, `0x0AAB`.
    Proofs,
    /// State sync, `0x0AAC`.
    Sync,
}

impl Target {
    /// The precompiles of this library.
    pub const OURS: [Self; 4] = [Self::Mining, Self::Registry, Self::Proofs, Self::Sync];

    /// Where it is.
    pub fn address(self) -> Address {
        let addresses = Addresses::default();
        match self {
            Self::Reference(address) => address,
            Self::Mining => addresses.mining,
            Self::Registry => addresses.registry,
            Self::Proofs => addresses.proofs,
            Self::Sync => addresses.sync,
        }
    }

    /// The address as the specification writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reference(_) => "reference",
            Self::Mining => "0x0300",
            Self::Registry => "0x0AAA",
            Self::Proofs => "0x0AAB",
            Self::Sync => "0x0AAC",
        }
    }

    /// The name of the operation that an input calls, [`UNKNOWN`] for none. It comes from the precompile's own table, so
    /// that a case cannot be filed under another operation.
    pub fn operation(self, input: &[u8]) -> &'static str {
        let selector = input.first_chunk().copied();
        let name = match self {
            Self::Reference(address) if address == ECRECOVER => Some("ecrecover"),
            Self::Reference(_) => Some("P256VERIFY"),
            Self::Mining => Operation::ALL
                .into_iter()
                .find(|operation| input.first() == Some(&operation.opcode()))
                .map(Operation::name),
            Self::Registry => selector.and_then(IAttestationRegistryCalls::name_by_selector),
            Self::Proofs => selector.and_then(IAttestationProofsCalls::name_by_selector),
            Self::Sync => selector.and_then(IAttestationLightClientCalls::name_by_selector),
        };
        name.unwrap_or(UNKNOWN)
    }

    /// Every operation of its table.
    pub fn operations(self) -> Vec<&'static str> {
        match self {
            Self::Reference(_) => vec!["ecrecover", "P256VERIFY"],
            Self::Mining => Operation::ALL.map(Operation::name).to_vec(),
            Self::Registry => IAttestationRegistryCalls::VARIANT_NAMES.to_vec(),
            Self::Proofs => IAttestationProofsCalls::VARIANT_NAMES.to_vec(),
            Self::Sync => IAttestationLightClientCalls::VARIANT_NAMES.to_vec(),
        }
    }
}

/// The operation of an input that names none.
pub const UNKNOWN: &str = "(unknown)";

/// Where the client has ecrecover, and P256VERIFY.
pub const ECRECOVER: Address = address!("0000000000000000000000000000000000000001");
/// See [`ECRECOVER`].
pub const P256VERIFY: Address = address!("0000000000000000000000000000000000000100");

/// Whose input it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What honest callers send.
    Honest,
    /// Of all that is accepted, what takes the longest.
    WorstAccepted,
    /// Both of these: whatever is accepted does the same work.
    AnyAccepted,
    /// Of all that is refused, what takes the longest.
    WorstRejected,
}

impl Kind {
    /// What reports call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::WorstAccepted => "worst accepted",
            Self::AnyAccepted => "any accepted",
            Self::WorstRejected => "worst rejected",
        }
    }
}

/// How a call of a case ends.
#[derive(Clone, Debug)]
pub enum Expected {
    /// It succeeds.
    Success,
    /// It succeeds and answers true.
    True,
    /// It succeeds and answers false, or zero.
    False,
    /// It reverts with data that begin like this.
    Revert(Bytes),
}

impl Expected {
    /// Whether an outcome is this.
    pub fn is(&self, outcome: &Outcome) -> bool {
        let word = |output: &Bytes| output.get(..32).map(|word| word.iter().any(|byte| *byte != 0));
        match (self, outcome) {
            (Self::Success, Outcome::Success { .. }) => true,
            (Self::True, Outcome::Success { output, .. }) => word(output) == Some(true),
            (Self::False, Outcome::Success { output, .. }) => word(output) == Some(false),
            (Self::Revert(start), Outcome::Revert { output, .. }) => output.starts_with(start),
            _ => false,
        }
    }
}

/// One kind of call.
#[derive(Clone)]
pub struct Case {
    /// What is called.
    pub target: Target,
    /// Which of several things the operation does: a vendor, a parameter set; empty where there is one.
    pub variant: String,
    /// Whose input it is.
    pub kind: Kind,
    /// What the input is, and why it is the worst.
    pub what: String,
    /// The chain it is called on.
    pub world: Arc<World>,
    /// Who calls.
    pub caller: Address,
    /// The call data. Where there are several, calls take turns, so that caches of the machine and of the database do not
    /// make every call the same one.
    pub inputs: Vec<Bytes>,
    /// How every one of these calls ends.
    pub expected: Expected,
    /// Whether its time depends on the signature backend.
    pub signatures: bool,
}

impl Case {
    /// A call that succeeds, by [`CALLER`].
    pub fn new(world: &Arc<World>, target: Target, kind: Kind, what: &str, input: impl Into<Bytes>) -> Self {
        Self {
            target,
            variant: String::new(),
            kind,
            what: what.into(),
            world: world.clone(),
            caller: CALLER,
            inputs: vec![input.into()],
            expected: Expected::Success,
            signatures: false,
        }
    }

    /// Names the variant.
    pub fn variant(self, variant: impl Into<String>) -> Self {
        Self {
            variant: variant.into(),
            ..self
        }
    }

    /// Sets the caller.
    pub fn by(self, caller: Address) -> Self {
        Self { caller, ..self }
    }

    /// Sets how it ends.
    pub fn ends(self, expected: Expected) -> Self {
        Self { expected, ..self }
    }

    /// It reverts with data that begin like this: a selector, or a whole error.
    pub fn reverts(self, error: impl Into<Bytes>) -> Self {
        self.ends(Expected::Revert(error.into()))
    }

    /// Sets all inputs.
    pub fn inputs<B: Into<Bytes>>(self, inputs: impl IntoIterator<Item = B>) -> Self {
        Self {
            inputs: inputs.into_iter().map(Into::into).collect(),
            ..self
        }
    }

    /// Its time depends on the signature backend.
    pub fn signed(self) -> Self {
        Self {
            signatures: true,
            ..self
        }
    }

    /// The operation's name in the precompile's table.
    pub fn operation(&self) -> &'static str {
        self.target
            .operation(self.inputs.first().map_or(&[], |input| input))
    }

    /// Operation, variant and kind: what tells a case from the others.
    pub fn name(&self) -> String {
        let variant = if self.variant.is_empty() {
            String::new()
        } else {
            format!(" {}", self.variant)
        };
        format!("{}{variant}, {}", self.operation(), self.kind.name())
    }
}
