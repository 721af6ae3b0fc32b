//! Why a call did not succeed: the caller's fault, which reverts, or the database's, which is fatal.

use crate::host::HostError;
use aivm_abi::{
    IAIMining::IAIMiningErrors, IAttestationLightClient::IAttestationLightClientErrors,
    IAttestationProofs::IAttestationProofsErrors, IAttestationRegistry::IAttestationRegistryErrors,
    IPrecompile::IPrecompileErrors,
};
use alloy_primitives::Bytes;
use alloy_sol_types::SolInterface;
use thiserror::Error;

/// Why a call did not succeed. All but [`Error::Fatal`] are ABI-encoded custom errors, declared in `abi/`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// A rule for every call was broken.
    #[error("{0:?}")]
    Call(IPrecompileErrors),
    /// AI mining refused.
    #[error("{0:?}")]
    Mining(IAIMiningErrors),
    /// The attestation registry refused.
    #[error("{0:?}")]
    Registry(IAttestationRegistryErrors),
    /// There is nothing to prove.
    #[error("{0:?}")]
    Proofs(IAttestationProofsErrors),
    /// State sync refused.
    #[error("{0:?}")]
    Sync(IAttestationLightClientErrors),
    /// The database failed: the transaction is aborted.
    #[error(transparent)]
    Fatal(#[from] HostError),
}

impl Error {
    /// The revert data, or the database fault that is not a revert.
    pub fn into_revert_data(self) -> Result<Bytes, HostError> {
        match self {
            Self::Call(error) => Ok(error.abi_encode().into()),
            Self::Mining(error) => Ok(error.abi_encode().into()),
            Self::Registry(error) => Ok(error.abi_encode().into()),
            Self::Proofs(error) => Ok(error.abi_encode().into()),
            Self::Sync(error) => Ok(error.abi_encode().into()),
            Self::Fatal(error) => Err(error),
        }
    }
}

macro_rules! from_abi {
    ($($variant:ident($interface:ident, $errors:ident): $($error:ident),+;)+) => {
        $($(
            impl From<aivm_abi::$interface::$error> for Error {
                fn from(error: aivm_abi::$interface::$error) -> Self {
                    Self::$variant($errors::$error(error))
                }
            }
        )+)+
    };
}

from_abi! {
    Call(IPrecompile, IPrecompileErrors):
        DelegateCallNotAllowed, ValueNotAllowed, StaticCallNotAllowed, UnknownOperation, InputTooShort,
        InputTooLong, InvalidAbiEncoding, Unauthorized;
    Mining(IAIMining, IAIMiningErrors):
        UnknownParameterSet, InvalidPrivacyLevel, DeviceNotAttested, SovereignNeedsHybrid, UnknownVendor,
        WorkAlreadySpent, InvalidBool;
    Registry(IAttestationRegistry, IAttestationRegistryErrors):
        UnsupportedVendor, EvidenceRejected, CollateralRejected, GoldenMeasurementRejected, RootCARejected,
        TrustScoreOutOfRange, InvalidMinimumTcb, ZeroGovernance, ZeroOperator, UnknownDevice;
    Proofs(IAttestationProofs, IAttestationProofsErrors):
        UnknownDevice, UnknownAttestation;
    Sync(IAttestationLightClient, IAttestationLightClientErrors):
        NoCommittee, NoRoot, ZeroChainId, UnknownHeight, HeightNotNew, Frozen, ZeroRoot, CommitteeSize, CommitteeMismatch,
        CommitteeOrder, CommitteeUsed, ZeroWeight, InvalidSignatureLength, InvalidSignature, SignerOrder,
        UnknownSigner, InsufficientWeight;
}
