//! The accounts that must exist before the first call, at genesis or at activation.
//!
//! Each precompile's account has nonce 1 and the code `0xfe`. Without them EIP-161 state clearing deletes its
//! storage, Solidity's check of the code size fails, and a node that lacks the precompile succeeds silently.

use crate::table::Aivm;
use aivm_precompiles::{
    HostError, MemoryHost,
    evidence::{MAX_TRUST_SCORE, Rejection, Vendor, default_roots, is_minimum_tcb, read_roots},
    memory::MemoryAccount,
    mining::storage::authorized_slot,
    state::{DEFAULT_MIN_TRUST_SCORE, DEFAULT_VALIDITY, MeasurementState, RegistryState, blob::MARKER},
    sync::{self, Committee},
};
use alloy_primitives::{Address, B256, Bytes, U256, address};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The chain id of most development chains.
pub const DEVELOPMENT_CHAIN_ID: u64 = 31_337;

/// The first account of the test mnemonic that every development tool knows (`test test test … junk`). Its key is
/// public.
pub const DEVELOPMENT_ACCOUNT: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

/// Who governs at first, and what is trusted at first. Governance can change all of it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The one address that governs: a contract that needs two thirds of the validators' stake.
    pub governance: Address,
    /// The address that may pause, zero for none.
    pub guardian: Address,
    /// The mining contracts that may mark work as spent.
    pub authorized: Vec<Address>,
    /// The least score at which evidence verifies, 0 to 100.
    pub min_trust_score: u8,
    /// How long an attestation lasts, in seconds.
    pub validity: u64,
    /// Whose evidence is refused at first; `None` is every vendor.
    pub paused: BTreeSet<Option<Vendor>>,
    /// The vendors whose evidence must carry an allowed measurement.
    pub allowlist_required: BTreeSet<Vendor>,
    /// What is known of measurements.
    pub measurements: BTreeMap<B256, MeasurementState>,
    /// The least TCB accepted from a vendor, in the form that `setMinimumTcb` takes.
    pub minimum_tcb: BTreeMap<Vendor, Bytes>,
    /// The roots of a vendor; one that is not named has [`Roots::Default`].
    pub roots: BTreeMap<Vendor, Roots>,
    /// Which other chain's registry is followed, if one is.
    pub light_client: Option<LightClient>,
}

/// The chain that state sync follows, and who signs its roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightClient {
    /// The id of that chain.
    pub source_chain_id: U256,
    /// Its committee.
    pub committee: Committee,
    /// The height from which on the committee signs.
    pub from_height: U256,
}

/// The root certificates that a vendor has at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Roots {
    /// Those that the vendor publishes, as this version of the library knows them. None for Arm CCA.
    #[default]
    Default,
    /// None: its evidence is refused until governance installs roots.
    None,
    /// These, in the form that `updateRootCA` takes, and checked as it checks them.
    Bundle(Bytes),
}

/// A genesis that the registry would refuse, or with which nobody could govern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GenesisError {
    /// Nobody would govern, for ever.
    #[error("genesis.governance is zero; name the contract that governs, or nobody ever can")]
    ZeroGovernance,
    /// A precompile calls nobody.
    #[error(
        "genesis.{field}: {address} is an aivm precompile, which calls nobody; name an account or a contract"
    )]
    Precompile {
        /// Who would be the precompile.
        field: &'static str,
        /// Its address.
        address: Address,
    },
    /// The score cannot be reached.
    #[error("genesis.min_trust_score is {0}; a trust score is 0 to {MAX_TRUST_SCORE}")]
    TrustScoreOutOfRange(u8),
    /// The minimum TCB has not the vendor's form.
    #[error("genesis.minimum_tcb.{}: {minimum} is not of this vendor's form; see setMinimumTcb in \
             abi/IAttestationRegistry.sol", .vendor.name())]
    InvalidMinimumTcb {
        /// Whose it is.
        vendor: Vendor,
        /// What it is.
        minimum: Bytes,
    },
    /// `updateRootCA` would refuse the roots.
    #[error("genesis.roots.{}: refused with code {}: {reason}; give what updateRootCA takes, or leave it out for \
             the vendor's own roots", .vendor.name(), .reason.code())]
    RootsRejected {
        /// Whose they are.
        vendor: Vendor,
        /// Why.
        reason: Rejection,
    },
    /// The chain that is followed has no id.
    #[error(
        "genesis.light_client.source_chain_id is zero; give the id of the chain whose registry is followed"
    )]
    ZeroChainId,
}

impl Genesis {
    /// With the specification's defaults: nobody is authorised, nothing is paused, vendors have their own roots.
    pub fn new(governance: Address) -> Self {
        Self {
            governance,
            guardian: Address::ZERO,
            authorized: Vec::new(),
            min_trust_score: DEFAULT_MIN_TRUST_SCORE,
            validity: DEFAULT_VALIDITY,
            paused: BTreeSet::new(),
            allowlist_required: BTreeSet::new(),
            measurements: BTreeMap::new(),
            minimum_tcb: BTreeMap::new(),
            roots: BTreeMap::new(),
            light_client: None,
        }
    }

    /// For development: [`DEVELOPMENT_ACCOUNT`] governs and guards.
    pub fn development() -> Self {
        Self {
            guardian: DEVELOPMENT_ACCOUNT,
            ..Self::new(DEVELOPMENT_ACCOUNT)
        }
    }

    /// The accounts to install, with their nonce, code and storage.
    pub fn accounts(&self, aivm: &Aivm) -> Result<BTreeMap<Address, MemoryAccount>, GenesisError> {
        self.check()?;
        self.check_callers(aivm)?;
        let roots = self.read_roots(aivm)?;
        let mut host = MemoryHost::default();
        for (address, _) in aivm.rows() {
            let account = MemoryAccount {
                code: vec![MARKER].into(),
                ..Default::default()
            };
            host.accounts.insert(address, account);
        }
        self.write_state(aivm, &mut host, &roots)
            .expect("a host in memory has no database to fail");
        let mining = host.accounts.entry(aivm.config().addresses.mining).or_default();
        let authorized = self.authorized.iter();
        mining
            .storage
            .extend(authorized.map(|address| (authorized_slot(*address), U256::ONE)));
        for account in host.accounts.values_mut() {
            account.nonce = 1;
        }
        Ok(host.accounts)
    }

    /// A host in memory with these accounts, at a block time in Unix seconds.
    ///
    /// # Panics
    ///
    /// If [`Genesis::accounts`] is an error: this is for development and tests.
    pub fn memory_host(&self, aivm: &Aivm, timestamp: u64) -> MemoryHost {
        MemoryHost {
            accounts: self.accounts(aivm).expect("a genesis that the registry accepts"),
            timestamp,
            chain_id: DEVELOPMENT_CHAIN_ID,
            ..MemoryHost::default()
        }
    }

    fn check(&self) -> Result<(), GenesisError> {
        if self.governance.is_zero() {
            return Err(GenesisError::ZeroGovernance);
        }
        if self.min_trust_score > MAX_TRUST_SCORE {
            return Err(GenesisError::TrustScoreOutOfRange(self.min_trust_score));
        }
        if self
            .light_client
            .as_ref()
            .is_some_and(|client| client.source_chain_id.is_zero())
        {
            return Err(GenesisError::ZeroChainId);
        }
        for (&vendor, minimum) in &self.minimum_tcb {
            if !is_minimum_tcb(vendor, minimum) {
                let minimum = minimum.clone();
                return Err(GenesisError::InvalidMinimumTcb { vendor, minimum });
            }
        }
        Ok(())
    }

    /// Those that may call are not the precompiles themselves.
    fn check_callers(&self, aivm: &Aivm) -> Result<(), GenesisError> {
        let authorized = self.authorized.iter().map(|address| ("authorized", *address));
        let callers = [("governance", self.governance), ("guardian", self.guardian)];
        for (field, address) in callers.into_iter().chain(authorized) {
            if aivm.find(address).is_some() {
                return Err(GenesisError::Precompile { field, address });
            }
        }
        Ok(())
    }

    /// The roots of each vendor that has any, in the form in which state keeps them.
    fn read_roots(&self, aivm: &Aivm) -> Result<Vec<(Vendor, Vec<u8>)>, GenesisError> {
        let mut all = Vec::new();
        for vendor in Vendor::ALL {
            match self.roots.get(&vendor).unwrap_or(&Roots::Default) {
                Roots::None => {}
                Roots::Default => all.push((vendor, default_roots(vendor))),
                Roots::Bundle(bundle) => {
                    let read = read_roots(vendor, bundle, aivm.crypto())
                        .map_err(|reason| GenesisError::RootsRejected { vendor, reason })?;
                    all.push((vendor, read));
                }
            }
        }
        all.retain(|(_, roots)| !roots.is_empty());
        Ok(all)
    }

    fn write_state(
        &self,
        aivm: &Aivm,
        host: &mut MemoryHost,
        roots: &[(Vendor, Vec<u8>)],
    ) -> Result<(), HostError> {
        let mut registry = RegistryState::new(host, aivm.config().addresses.registry);
        registry.set_governance(self.governance)?;
        registry.set_guardian(self.guardian)?;
        registry.set_min_trust_score(self.min_trust_score)?;
        registry.set_validity(self.validity)?;
        for &vendor in &self.paused {
            registry.set_paused(vendor, true)?;
        }
        for &vendor in &self.allowlist_required {
            registry.set_allowlist_required(vendor, true)?;
        }
        for (&id, &state) in &self.measurements {
            registry.set_measurement(id, state)?;
        }
        for (&vendor, minimum) in &self.minimum_tcb {
            registry.set_minimum_tcb(vendor, minimum)?;
        }
        for (vendor, roots) in roots {
            registry.set_roots(*vendor, roots)?;
        }
        if let Some(client) = &self.light_client {
            let LightClient {
                source_chain_id,
                committee,
                from_height,
            } = client;
            sync::storage::begin(
                host,
                aivm.config().addresses.sync,
                *source_chain_id,
                committee,
                *from_height,
            )?;
        }
        Ok(())
    }
}
