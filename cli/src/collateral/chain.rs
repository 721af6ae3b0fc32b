//! A new development chain at a time, on which collateral is submitted and evidence verified.

use crate::output::Failure;
use aivm::{
    Aivm, Genesis, HostError, MemoryHost,
    crypto::AwsLc,
    evidence::{self, Golden, MAX_COLLATERAL_LEN, Rejection, Stored, Vendor, Verified, VerifyError},
    precompiles::Context,
};
use alloy_primitives::Address;

/// The chain.
pub(crate) struct Chain {
    aivm: Aivm,
    host: MemoryHost,
}

/// Why something was refused.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) name: &'static str,
    pub(crate) reason: String,
    /// What was refused.
    pub(crate) part: &'static str,
}

impl Refusal {
    /// A refusal in the words of its code.
    pub(crate) fn new(part: &'static str, rejection: Rejection) -> Self {
        Self::saying(part, rejection, rejection.to_string())
    }

    /// A refusal in words of one's own.
    pub(crate) fn saying(part: &'static str, rejection: Rejection, reason: String) -> Self {
        Self {
            code: rejection.code(),
            name: rejection.name(),
            reason,
            part,
        }
    }
}

/// A refusal, or a fault that no input can cause.
pub(crate) enum Stop {
    Refused(Refusal),
    Fault(HostError),
}

impl Stop {
    /// From what the library says of a part.
    pub(crate) fn of(part: &'static str) -> impl Fn(VerifyError) -> Self {
        move |error| match error {
            VerifyError::Rejected(rejection) => Self::Refused(Refusal::new(part, rejection)),
            VerifyError::Host(error) => Self::Fault(error),
        }
    }

    /// A refusal of a part.
    pub(crate) fn refused(part: &'static str) -> impl Fn(Rejection) -> Self {
        move |rejection| Self::Refused(Refusal::new(part, rejection))
    }

    /// The refusal, or else the fault.
    pub(crate) fn refusal(self) -> Result<Refusal, Failure> {
        match self {
            Self::Refused(refusal) => Ok(refusal),
            Self::Fault(error) => Err(Failure::internal(error)),
        }
    }
}

impl Chain {
    /// A chain whose next block has this time.
    pub(crate) fn at(timestamp: u64) -> Self {
        let aivm = Aivm::default();
        let host = Genesis::development().memory_host(&aivm, timestamp);
        Self { aivm, host }
    }

    /// Submits collateral.
    pub(crate) fn submit(&mut self, vendor: Vendor, collateral: &[u8]) -> Result<Stored, Stop> {
        if collateral.len() > MAX_COLLATERAL_LEN {
            let reason = format!(
                "packed, the collateral has {} bytes, more than {MAX_COLLATERAL_LEN}",
                collateral.len()
            );
            let refusal = Refusal::saying("collateral", Rejection::CollateralTooLarge, reason);
            return Err(Stop::Refused(refusal));
        }
        evidence::submit_collateral(&mut self.context(), vendor, collateral).map_err(Stop::of("collateral"))
    }

    /// Stores golden measurements, as governance does.
    pub(crate) fn set_golden(&mut self, vendor: Vendor, golden: &Golden) -> Result<(), Stop> {
        let stored = self
            .context()
            .registry()
            .set_golden(vendor, golden.key, &golden.compact);
        stored.map_err(Stop::Fault)
    }

    /// Verifies evidence, vendor byte included.
    pub(crate) fn verify(&mut self, evidence: &[u8]) -> Result<Verified, Stop> {
        evidence::verify(&mut self.context(), evidence).map_err(Stop::of("evidence"))
    }

    fn context(&mut self) -> Context<'_> {
        Context {
            config: self.aivm.config(),
            crypto: &AwsLc,
            host: &mut self.host,
            caller: Address::ZERO,
        }
    }
}
