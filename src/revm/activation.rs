//! Activation of a chain that already runs: the accounts of [`Genesis`] in the first block that has the precompiles.

use crate::{
    genesis::{Genesis, GenesisError},
    table::{Activation, Aivm},
};
use aivm_precompiles::{memory::MemoryAccount, state::blob::MARKER};
use alloy_primitives::{Address, B256, map::AddressMap};
use revm::{
    Database, DatabaseCommit,
    bytecode::Bytecode,
    primitives::hardfork::SpecId,
    state::{Account, AccountInfo, EvmStorageSlot, TransactionId},
};
use thiserror::Error;

/// Why the accounts could not be installed. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ActivationError<E> {
    /// The genesis itself is refused.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// Someone else's code or nonce is at an address that the precompiles need.
    #[error(
        "{address} has nonce {nonce} and code of hash {code_hash}, which are not ours; configure another address \
         for the precompile"
    )]
    Occupied {
        /// The address.
        address: Address,
        /// The nonce that it has.
        nonce: u64,
        /// The Keccak-256 hash of the code that it has.
        code_hash: B256,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(E),
}

impl Activation {
    /// Whether a block is the one in which [`activate`] must run: it has the precompiles and its parent had not.
    ///
    /// Never for [`Activation::Genesis`], nor where the genesis block itself is late enough: then the accounts are
    /// in the chain's genesis file.
    pub fn begins_in(self, parent: (SpecId, u64), block: (SpecId, u64)) -> bool {
        !self.is_active(parent.0, parent.1) && self.is_active(block.0, block.1)
    }
}

/// Installs the genesis accounts, before the first transaction of the block that [`Activation::begins_in`] names.
///
/// Balances that the addresses have stay. Says whether it did anything: where every precompile has its account already
/// (nonce 1, code `0xfe`), nothing is read further or written, whatever their storage has become. So a second call in
/// the same block or in a later one is harmless, and what it does depends on state alone.
///
/// Storage that an address already has while it has neither nonce nor code is not cleared: a [`Database`] cannot list
/// slots. Slots that genesis writes are overwritten, every other one would count as the precompile's own from then on. No
/// transaction leaves such storage: it comes from a genesis `alloc` that gives an address storage without code, or from
/// a node that ran the precompiles without their accounts. On such a chain configure other addresses.
///
/// A client that tells others what a block changes before it commits (state hooks, parallel state roots) calls
/// [`activation_changes`] and commits by its own means.
pub fn activate<DB: Database + DatabaseCommit>(
    db: &mut DB,
    aivm: &Aivm,
    genesis: &Genesis,
) -> Result<bool, ActivationError<DB::Error>> {
    let changes = activation_changes(db, aivm, genesis)?;
    let any = !changes.is_empty();
    if any {
        db.commit(changes);
    }
    Ok(any)
}

/// What [`activate`] commits; empty if the accounts are there already.
pub fn activation_changes<DB: Database>(
    db: &mut DB,
    aivm: &Aivm,
    genesis: &Genesis,
) -> Result<AddressMap<Account>, ActivationError<DB::Error>> {
    let accounts = genesis.accounts(aivm)?;
    let marker = Bytecode::new_legacy([MARKER].into()).hash_slow();
    let mut installed = true;
    for (address, _) in aivm.rows() {
        let info = db.basic(address).map_err(ActivationError::Database)?;
        installed &= info.is_some_and(|info| info.nonce == 1 && info.code_hash == marker);
    }
    let mut changes = AddressMap::default();
    if !installed {
        for (address, account) in accounts {
            changes.insert(address, change(db, address, account)?);
        }
    }
    Ok(changes)
}

/// An account as genesis has it, with the balance that is there.
fn change<DB: Database>(
    db: &mut DB,
    address: Address,
    wanted: MemoryAccount,
) -> Result<Account, ActivationError<DB::Error>> {
    let found = db.basic(address).map_err(ActivationError::Database)?;
    let is_new = found.is_none();
    let found = found.unwrap_or_default();
    let AccountInfo { nonce, code_hash, .. } = found;
    // Some databases give the code hash zero for an account that has ether alone.
    if nonce != 0 || !found.is_code_hash_empty_or_zero() {
        return Err(ActivationError::Occupied {
            address,
            nonce,
            code_hash,
        });
    }
    let mut account = if is_new {
        Account::new_not_existing(TransactionId::ZERO)
    } else {
        Account::from(found)
    };
    account.info.nonce = wanted.nonce;
    account.info.set_code(Bytecode::new_legacy(wanted.code));
    for (slot, value) in wanted.storage {
        let before = db.storage(address, slot).map_err(ActivationError::Database)?;
        let slot_change = EvmStorageSlot::new_changed(before, value, TransactionId::ZERO);
        account.storage.insert(slot, slot_change);
    }
    account.mark_touch();
    Ok(account)
}
