//! Call data that a command makes.

use crate::output::{Failure, Fields, grouped};
use aivm::Config;
use alloy_primitives::{Address, hex};
use std::{fs, path::Path};

/// Call data, and who is called.
#[derive(Clone, Debug)]
pub(crate) struct CallData {
    /// Who is called.
    pub(crate) to: Address,
    data: Vec<u8>,
}

impl CallData {
    /// Call data for the attestation registry.
    pub(crate) fn for_registry(data: Vec<u8>) -> Self {
        Self {
            to: Config::default().addresses.registry,
            data,
        }
    }

    /// Call data for state sync.
    pub(crate) fn for_sync(data: Vec<u8>) -> Self {
        Self {
            to: Config::default().addresses.sync,
            data,
        }
    }

    /// In hexadecimal, with 0x.
    pub(crate) fn hex(&self) -> String {
        hex::encode_prefixed(&self.data)
    }

    /// Writes the bytes into a file, if one is given.
    pub(crate) fn write(&self, path: Option<&Path>) -> Result<(), Failure> {
        path.map_or(Ok(()), |path| write_file(path, &self.data))
    }

    /// Adds who is called with what. `function` says which function it is and whose call. What was written into a
    /// file is not shown once more.
    pub(crate) fn describe(&self, function: &str, written: Option<&Path>, fields: &mut Fields) {
        let bytes = grouped(u64::try_from(self.data.len()).unwrap_or(u64::MAX));
        fields.add("call", function);
        fields.add("to", self.to);
        fields.add("call data", format!("{bytes} bytes"));
        match written {
            Some(path) => fields.add("", format!("written to {}", path.display())),
            None => fields.add("", self.hex()),
        };
    }
}

/// Writes a file that a command makes: --out.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| {
        Failure::new(format!("--out: cannot write {}: {error}", path.display()))
            .next("check that the folder is there and that you may write into it")
    })
}
