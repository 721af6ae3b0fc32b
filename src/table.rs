//! The one table of precompiles, and what a chain chooses about them.

use aivm_precompiles::{
    Addresses, Call, Config, Host, HostError, Outcome, Precompile, crypto::Crypto, mining, proofs, registry,
    sync,
};
use alloy_primitives::Address;
use std::{fmt, sync::Arc};
use thiserror::Error;

/// A precompile: its name, where it is, and what it costs and does.
#[derive(Clone, Copy)]
pub struct Row {
    /// The name, for people and for clients that want one.
    pub name: &'static str,
    /// Its address among the configured ones.
    pub address: fn(&Addresses) -> Address,
    /// Its price and its work.
    pub precompile: Precompile,
}

/// Every precompile. What is looked up, warm, installed at genesis and tested is derived from this.
pub const TABLE: [Row; 4] = [
    Row {
        name: "AI mining",
        address: |addresses| addresses.mining,
        precompile: mining::PRECOMPILE,
    },
    Row {
        name: "attestation registry",
        address: |addresses| addresses.registry,
        precompile: registry::PRECOMPILE,
    },
    Row {
        name: "Merkle proofs",
        address: |addresses| addresses.proofs,
        precompile: proofs::PRECOMPILE,
    },
    Row {
        name: "state sync",
        address: |addresses| addresses.sync,
        precompile: sync::PRECOMPILE,
    },
];

/// From when on the precompiles exist. Before, their addresses behave as the accounts they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activation {
    /// From genesis on.
    #[default]
    Genesis,
    /// From the first block with this timestamp or a later one, in Unix seconds.
    Timestamp(u64),
    /// From this hard fork on.
    #[cfg(feature = "revm")]
    Spec(::revm::primitives::hardfork::SpecId),
}

/// A configuration that cannot work. Found at start-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// Two precompiles have one address.
    #[error("two aivm precompiles are configured at {0}; give each an address of its own")]
    DuplicateAddress(Address),
    /// A precompile has the address zero.
    #[error("the address of {0} is zero, which many take for no address; give it another address")]
    ZeroAddress(&'static str),
    /// The client has a precompile there already.
    #[error("the client already has a precompile at {0}; configure another address for ours")]
    AddressTaken(Address),
}

/// The precompiles as a chain has them. Cheap to clone.
#[derive(Clone)]
pub struct Aivm {
    config: Arc<Config>,
    crypto: Arc<dyn Crypto>,
    /// What `crypto` asks where it does not know: itself, unless there is a memo.
    #[cfg(feature = "parallel")]
    backend: Arc<dyn Crypto>,
    activation: Activation,
}

impl Aivm {
    /// The precompiles with the given choices and signature backend, active from genesis.
    pub fn new(config: Config, crypto: impl Crypto + 'static) -> Result<Self, ConfigError> {
        let crypto: Arc<dyn Crypto> = Arc::new(crypto);
        let aivm = Self {
            config: Arc::new(config),
            #[cfg(feature = "parallel")]
            backend: crypto.clone(),
            crypto,
            activation: Activation::default(),
        };
        for (index, (address, row)) in aivm.rows().enumerate() {
            if address.is_zero() {
                return Err(ConfigError::ZeroAddress(row.name));
            }
            if aivm.rows().skip(index + 1).any(|(other, _)| other == address) {
                return Err(ConfigError::DuplicateAddress(address));
            }
        }
        Ok(aivm)
    }

    /// The same precompiles, activated at another point.
    pub fn with_activation(self, activation: Activation) -> Self {
        Self { activation, ..self }
    }

    /// The same precompiles with something before the backend they were made with.
    #[cfg(feature = "parallel")]
    pub(crate) fn map_backend(&self, map: impl FnOnce(Arc<dyn Crypto>) -> Arc<dyn Crypto>) -> Self {
        Self {
            crypto: map(self.backend.clone()),
            ..self.clone()
        }
    }

    /// The choices.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The signature backend.
    pub fn crypto(&self) -> &dyn Crypto {
        &*self.crypto
    }

    /// From when on the precompiles exist.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Every precompile with its address.
    pub fn rows(&self) -> impl Iterator<Item = (Address, &'static Row)> + use<'_> {
        TABLE
            .iter()
            .map(|row| ((row.address)(&self.config.addresses), row))
    }

    /// The precompile at an address.
    pub fn find(&self, address: Address) -> Option<&'static Row> {
        self.rows()
            .find_map(|(candidate, row)| (candidate == address).then_some(row))
    }

    /// Calls the precompile at an address; `None` if there is none.
    pub fn call(
        &self,
        address: Address,
        host: &mut dyn Host,
        call: &Call<'_>,
    ) -> Option<Result<Outcome, HostError>> {
        let row = self.find(address)?;
        Some(row.precompile.call(&self.config, &*self.crypto, host, call))
    }
}

/// The specification's defaults, with the fastest backend that is built in.
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
impl Default for Aivm {
    fn default() -> Self {
        #[cfg(feature = "aws-lc-rs")]
        let crypto = Arc::new(aivm_precompiles::crypto::AwsLc);
        #[cfg(not(feature = "aws-lc-rs"))]
        let crypto = Arc::new(aivm_precompiles::crypto::RustCrypto);
        Self {
            config: Arc::default(),
            #[cfg(feature = "parallel")]
            backend: crypto.clone(),
            crypto,
            activation: Activation::default(),
        }
    }
}

impl fmt::Debug for Aivm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aivm")
            .field("config", &self.config)
            .field("crypto", &self.crypto)
            .field("activation", &self.activation)
            .finish()
    }
}
