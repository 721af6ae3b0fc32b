//! Chains that calls are measured on: state in memory, as a host of the library and as a database of revm.

use crate::case::{CALLER, Target};
use aivm::{Aivm, Call, Genesis, MemoryHost, Outcome};
use aivm_simulator::fleet::NOW;
use alloy_primitives::{Address, U256};
use revm::{bytecode::Bytecode, database::InMemoryDB, state::AccountInfo};
use std::fmt;

/// The chain's id.
pub const CHAIN_ID: u64 = 31_337;

/// The block that calls are in.
pub const BLOCK: u64 = 2;

/// A limit that no price reaches.
pub const GAS_LIMIT: u64 = 30_000_000;

/// A chain.
#[derive(Clone)]
pub struct World {
    /// What tells it from the others.
    pub name: &'static str,
    /// Its state.
    pub host: MemoryHost,
}

impl World {
    /// A chain at genesis, in the block before [`BLOCK`], governed by [`CALLER`], who may mark work as spent.
    pub fn new(name: &'static str) -> Self {
        let genesis = Genesis {
            authorized: vec![CALLER],
            guardian: CALLER,
            ..Genesis::new(CALLER)
        };
        let mut host = genesis.memory_host(&Aivm::default(), NOW);
        (host.chain_id, host.number) = (CHAIN_ID, BLOCK - 1);
        Self { name, host }
    }

    /// A call by [`CALLER`] that prepares the chain.
    ///
    /// # Panics
    ///
    /// If it does not succeed.
    pub fn call(&mut self, target: Target, input: &[u8]) {
        let outcome = call(&Aivm::default(), &mut self.host, target.address(), CALLER, input);
        assert!(
            matches!(outcome, Outcome::Success { .. }),
            "{}: {} ends with {outcome:?}",
            self.name,
            target.operation(input)
        );
    }

    /// Goes on to [`BLOCK`]. What was logged is of no use to anyone.
    pub fn finish(mut self) -> std::sync::Arc<Self> {
        self.host.number = BLOCK;
        self.host.logs.clear();
        std::sync::Arc::new(self)
    }

    /// The same state for revm.
    pub fn database(&self) -> InMemoryDB {
        let mut database = InMemoryDB::default();
        for (address, account) in &self.host.accounts {
            let info = AccountInfo::default()
                .with_nonce(account.nonce)
                .with_code(Bytecode::new_legacy(account.code.clone()));
            database.insert_account_info(*address, info);
            for (slot, value) in &account.storage {
                database
                    .insert_account_storage(*address, *slot, *value)
                    .expect("memory cannot fail");
            }
        }
        database
    }
}

/// Calls a precompile of this library.
///
/// # Panics
///
/// If there is none at this address.
pub fn call(aivm: &Aivm, host: &mut dyn aivm::Host, to: Address, caller: Address, input: &[u8]) -> Outcome {
    let call = Call {
        input,
        gas_limit: GAS_LIMIT,
        caller,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let outcome = aivm.call(to, host, &call).expect("a precompile");
    outcome.expect("memory cannot fail")
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
