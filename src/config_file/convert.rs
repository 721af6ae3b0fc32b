//! From the file's types to those of the library.

use super::{
    ChainConfig, ConfigFileError,
    file::{
        ActivationFile, AddressesFile, ChainFile, GasFile, GenesisFile, LightClientFile, MeasurementName,
        PausedName, PerVendor, RewardTrustFile, RootsFile, VendorName,
    },
    hex::HexAddress,
    pem,
};
use crate::{
    Activation, Genesis,
    genesis::{LightClient, Roots},
};
use aivm_precompiles::{
    Addresses, Config, GasSchedule, RewardTrust,
    evidence::Vendor,
    state::{DEFAULT_MIN_TRUST_SCORE, DEFAULT_VALIDITY, MeasurementState},
    sync::Committee,
};
use alloy_primitives::{Address, U256};

impl TryFrom<ChainFile> for ChainConfig {
    type Error = ConfigFileError;

    fn try_from(file: ChainFile) -> Result<Self, ConfigFileError> {
        Ok(Self {
            config: Config {
                addresses: file.addresses.0.into(),
                gas: file.gas.0.into(),
                reward_trust: match file.reward_trust {
                    RewardTrustFile::Registry => RewardTrust::Registry,
                    RewardTrustFile::Formula => RewardTrust::Formula,
                },
            },
            activation: match file.activation {
                ActivationFile::Genesis => Activation::Genesis,
                ActivationFile::Timestamp(first) => Activation::Timestamp(first),
                ActivationFile::HardFork(fork) => Activation::Spec(fork.into()),
            },
            genesis: file.genesis.0.try_into()?,
        })
    }
}

impl TryFrom<GenesisFile> for Genesis {
    type Error = ConfigFileError;

    fn try_from(file: GenesisFile) -> Result<Self, ConfigFileError> {
        let measurements = file.measurements.into_iter();
        let minimum_tcb = file.minimum_tcb.0.named();
        // Default is what a vendor has that is not named.
        let roots = file.roots.0.named();
        let roots = roots.filter(|(_, roots)| *roots != RootsFile::Default);
        Ok(Self {
            governance: file.governance.0,
            guardian: file.guardian.map_or(Address::ZERO, |guardian| guardian.0),
            authorized: file.authorized.into_iter().map(|address| address.0).collect(),
            min_trust_score: file.min_trust_score,
            validity: file.validity,
            paused: file.paused.into_iter().map(Into::into).collect(),
            allowlist_required: file.allowlist_required.into_iter().map(Into::into).collect(),
            measurements: measurements.map(|(id, state)| (id.0, state.into())).collect(),
            minimum_tcb: minimum_tcb.map(|(vendor, minimum)| (vendor, minimum.0)).collect(),
            roots: roots
                .map(|(vendor, roots)| Ok((vendor, roots.into_roots(vendor)?)))
                .collect::<Result<_, ConfigFileError>>()?,
            light_client: file.light_client.map(|client| client.0.try_into()).transpose()?,
        })
    }
}

impl TryFrom<LightClientFile> for LightClient {
    type Error = ConfigFileError;

    fn try_from(file: LightClientFile) -> Result<Self, ConfigFileError> {
        let members: Vec<_> = file.members.iter().map(|member| member.0.address.0).collect();
        let weights: Vec<_> = file.members.iter().map(|member| member.0.weight).collect();
        Ok(Self {
            source_chain_id: U256::from(file.source_chain_id),
            committee: Committee::new(&members, &weights).map_err(ConfigFileError::Committee)?,
            from_height: U256::from(file.from_height),
        })
    }
}

impl<T> PerVendor<T> {
    /// Each vendor that is named, with what it has.
    fn named(self) -> impl Iterator<Item = (Vendor, T)> {
        let all = [
            (Vendor::Sgx, self.sgx),
            (Vendor::SevSnp, self.sevsnp),
            (Vendor::Tdx, self.tdx),
            (Vendor::Nvidia, self.nvidia),
            (Vendor::ArmCca, self.armcca),
        ];
        all.into_iter().filter_map(|(vendor, it)| Some((vendor, it?)))
    }
}

impl<T> Default for PerVendor<T> {
    fn default() -> Self {
        Self {
            sgx: None,
            sevsnp: None,
            tdx: None,
            nvidia: None,
            armcca: None,
        }
    }
}

impl RootsFile {
    fn into_roots(self, vendor: Vendor) -> Result<Roots, ConfigFileError> {
        Ok(match self {
            Self::Default => Roots::Default,
            Self::None => Roots::None,
            Self::Pem(text) => {
                let der = pem::to_der(&text).map_err(|reason| ConfigFileError::Pem { vendor, reason })?;
                Roots::Bundle(der.into())
            }
            Self::Bundle(bundle) => Roots::Bundle(bundle.0),
        })
    }
}

impl GenesisFile {
    pub(super) fn min_trust_score() -> u8 {
        DEFAULT_MIN_TRUST_SCORE
    }

    pub(super) fn validity() -> u64 {
        DEFAULT_VALIDITY
    }
}

impl Default for GasFile {
    fn default() -> Self {
        GasSchedule::default().into()
    }
}

impl Default for AddressesFile {
    fn default() -> Self {
        let Addresses {
            mining,
            registry,
            proofs,
            sync,
        } = Addresses::default();
        Self {
            mining: HexAddress(mining),
            registry: HexAddress(registry),
            proofs: HexAddress(proofs),
            sync: HexAddress(sync),
        }
    }
}

impl From<AddressesFile> for Addresses {
    fn from(file: AddressesFile) -> Self {
        Self {
            mining: file.mining.0,
            registry: file.registry.0,
            proofs: file.proofs.0,
            sync: file.sync.0,
        }
    }
}

impl From<VendorName> for Vendor {
    fn from(name: VendorName) -> Self {
        match name {
            VendorName::Sgx => Self::Sgx,
            VendorName::SevSnp => Self::SevSnp,
            VendorName::Tdx => Self::Tdx,
            VendorName::Nvidia => Self::Nvidia,
            VendorName::ArmCca => Self::ArmCca,
        }
    }
}

impl From<PausedName> for Option<Vendor> {
    fn from(name: PausedName) -> Self {
        match name {
            PausedName::All => None,
            PausedName::Sgx => Some(Vendor::Sgx),
            PausedName::SevSnp => Some(Vendor::SevSnp),
            PausedName::Tdx => Some(Vendor::Tdx),
            PausedName::Nvidia => Some(Vendor::Nvidia),
            PausedName::ArmCca => Some(Vendor::ArmCca),
        }
    }
}

impl From<MeasurementName> for MeasurementState {
    fn from(name: MeasurementName) -> Self {
        match name {
            MeasurementName::Allowed => Self::Allowed,
            MeasurementName::Banned => Self::Banned,
        }
    }
}
