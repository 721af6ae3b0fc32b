//! The accounts that must exist before the first call, at genesis or at activation.
//!
//! Each precompile's account has nonce 1 and the code `0xfe`. Without them EIP-161 state clearing deletes its
//! storage, Solidity's check of the code size fails, and a node that lacks the precompile succeeds silently.

use crate::table::Aivm;
use aivm_precompiles::{
    HostError, MemoryHost,
    evidence::{Vendor, default_roots},
    memory::MemoryAccount,
    mining::storage::authorized_slot,
    state::{DEFAULT_MIN_TRUST_SCORE, DEFAULT_VALIDITY, RegistryState, blob::MARKER},
};
use alloy_primitives::{Address, U256, address};
use std::collections::BTreeMap;

/// The chain id of most development chains.
pub const DEVELOPMENT_CHAIN_ID: u64 = 31_337;

/// Who governs at first, and what is allowed at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The one address that governs: a contract that needs two thirds of the validators' stake.
    pub governance: Address,
    /// The address that may pause, zero for none.
    pub guardian: Address,
    /// The mining contracts that may mark work as spent.
    pub authorized: Vec<Address>,
}

impl Genesis {
    /// For development: the first account of the test mnemonic that every development tool knows
    /// (`test test test … junk`) governs and guards. Its key is public.
    pub fn development() -> Self {
        let account = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        Self {
            governance: account,
            guardian: account,
            authorized: Vec::new(),
        }
    }

    /// The accounts to install, with their nonce, code and storage.
    pub fn accounts(&self, aivm: &Aivm) -> BTreeMap<Address, MemoryAccount> {
        let mut host = MemoryHost::default();
        for (address, _) in aivm.rows() {
            let account = MemoryAccount {
                nonce: 1,
                code: vec![MARKER].into(),
                ..Default::default()
            };
            host.accounts.insert(address, account);
        }
        self.write_state(aivm, &mut host)
            .expect("a host in memory has no database to fail");
        for account in host.accounts.values_mut() {
            account.nonce = 1;
        }
        host.accounts
    }

    /// A host in memory with these accounts, at a block time in Unix seconds.
    pub fn memory_host(&self, aivm: &Aivm, timestamp: u64) -> MemoryHost {
        MemoryHost {
            accounts: self.accounts(aivm),
            timestamp,
            chain_id: DEVELOPMENT_CHAIN_ID,
            ..MemoryHost::default()
        }
    }

    fn write_state(&self, aivm: &Aivm, host: &mut MemoryHost) -> Result<(), HostError> {
        let addresses = aivm.config().addresses;
        let mut registry = RegistryState::new(host, addresses.registry);
        registry.set_governance(self.governance)?;
        registry.set_guardian(self.guardian)?;
        registry.set_min_trust_score(DEFAULT_MIN_TRUST_SCORE)?;
        registry.set_validity(DEFAULT_VALIDITY)?;
        for vendor in Vendor::ALL {
            let roots = default_roots(vendor);
            if !roots.is_empty() {
                registry.set_roots(vendor, &roots)?;
            }
        }
        let mining = host.accounts.entry(addresses.mining).or_default();
        mining.storage.extend(
            self.authorized
                .iter()
                .map(|address| (authorized_slot(*address), U256::ONE)),
        );
        Ok(())
    }
}
