//! The file behind `--state`: accounts as JSON, read before a call and replaced after one that succeeded.

use crate::{
    input::read_file,
    ledger::{Account, Ledger},
    output::Failure,
};
use aivm::Aivm;
use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The largest state file that is read.
const MAX_STATE_FILE: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with accounts")]
struct StateFile {
    accounts: BTreeMap<Address, AccountEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an account")]
struct AccountEntry {
    #[serde(default)]
    nonce: u64,
    #[serde(default)]
    balance: U256,
    #[serde(default)]
    code: Bytes,
    #[serde(default)]
    storage: BTreeMap<Word, Word>,
}

/// Written as 32 bytes, read with or without leading zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "U256", into = "B256")]
struct Word(U256);

impl From<U256> for Word {
    fn from(value: U256) -> Self {
        Self(value)
    }
}

impl From<Word> for B256 {
    fn from(word: Word) -> Self {
        word.0.into()
    }
}

/// Reads a state file; where there is none, the accounts of a new development chain.
pub(crate) fn read(path: &Path, aivm: &Aivm) -> Result<Ledger, Failure> {
    if !path.try_exists().unwrap_or(true) {
        return Ok(Ledger::development(aivm));
    }
    let bytes = read_file("--state", path, MAX_STATE_FILE)?;
    let file: StateFile = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(format!(
            "--state: {} is not a state file: {error}",
            path.display()
        ))
        .next("see `aivm call --help` for its form, or name a file that is not there to start anew")
    })?;
    let accounts = file.accounts.into_iter().map(|(address, entry)| {
        let slots = entry
            .storage
            .into_iter()
            .filter(|(_, value)| value.0 != U256::ZERO);
        let account = Account {
            nonce: entry.nonce,
            balance: entry.balance,
            code: entry.code,
            storage: slots.map(|(slot, value)| (slot.0, value.0)).collect(),
        };
        (address, account)
    });
    let ledger = Ledger {
        accounts: accounts.collect(),
    };
    check_precompiles(path, &ledger, aivm)?;
    Ok(ledger)
}

/// State clearing would delete what a precompile without nonce and code stores, and nobody would notice.
fn check_precompiles(path: &Path, ledger: &Ledger, aivm: &Aivm) -> Result<(), Failure> {
    for (address, row) in aivm.rows() {
        let account = ledger.accounts.get(&address);
        if account.is_none_or(|account| account.nonce == 0 && account.code.is_empty()) {
            return Err(Failure::new(format!(
                "--state: {} has no account for {} at {address}: what it writes would be lost",
                path.display(),
                row.name
            ))
            .next("give it nonce 1 and code 0xfe, or name a file that is not there to start anew"));
        }
    }
    Ok(())
}

/// Replaces a state file in one step: a reader sees the old one or the new one, never half of it.
pub(crate) fn write(path: &Path, ledger: &Ledger) -> Result<(), Failure> {
    let accounts = ledger.accounts.iter().map(|(address, account)| {
        let slots = account.storage.iter();
        let entry = AccountEntry {
            nonce: account.nonce,
            balance: account.balance,
            code: account.code.clone(),
            storage: slots.map(|(slot, value)| (Word(*slot), Word(*value))).collect(),
        };
        (*address, entry)
    });
    let file = StateFile {
        accounts: accounts.collect(),
    };
    let mut text = serde_json::to_string_pretty(&file).map_err(Failure::internal)?;
    text.push('\n');
    replace(path, text.as_bytes()).map_err(|error| {
        Failure::new(format!("--state: cannot write {}: {error}", path.display()))
            .next("check that the folder exists and that you may write there; the call changed nothing")
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()); // through a link, to its end
    let temporary = temporary_name(&target)?;
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        if let Ok(metadata) = fs::metadata(&target) {
            file.set_permissions(metadata.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &target)
    };
    let result = write();
    if result.is_err() {
        let _ = fs::remove_file(&temporary); // it is there only if creating it worked
    }
    result
}

/// In the same folder, so that renaming stays within one file system.
fn temporary_name(target: &Path) -> io::Result<PathBuf> {
    let name = target
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
    let name = format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id());
    Ok(target.with_file_name(name))
}
