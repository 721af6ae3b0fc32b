//! A chain's choices in one file, TOML or JSON of the same shape: what [`Config`], [`Activation`] and [`Genesis`] hold.
//!
//! `docs/config.example.toml` ([`EXAMPLE`]) shows every field with its default, `docs/config.schema.json`
//! ([`SCHEMA`]) is its JSON Schema. Nothing here reads a file: the text is an argument.
//!
//! ```
//! use aivm::config_file::ChainConfig;
//!
//! let text = "genesis.governance = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'";
//! let chain = ChainConfig::from_toml(text)?;
//! let aivm = chain.aivm()?;
//! let accounts = chain.genesis.accounts(&aivm)?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod convert;
mod file;
mod form;
mod hex;
mod pem;

pub use form::Table;
pub use hex::parse_address;
pub use pem::PemError;

use crate::table::{Activation, Aivm, ConfigError};
use crate::{Config, Genesis, crypto::Crypto, evidence::Vendor};
use aivm_precompiles::sync::CommitteeError;
use file::ChainFile;
use serde::de::DeserializeOwned;
use std::{fmt, ops::Range};
use thiserror::Error;

/// The annotated example: every field, with its default.
pub const EXAMPLE: &str = include_str!("../../docs/config.example.toml");

/// The JSON Schema of the file.
pub const SCHEMA: &str = include_str!("../../docs/config.schema.json");

/// What a configuration file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainConfig {
    /// Addresses, gas, and where a reward's trust comes from.
    pub config: Config,
    /// From when on the precompiles exist.
    pub activation: Activation,
    /// Who governs at first, and what is trusted at first.
    pub genesis: Genesis,
}

/// A file that cannot be read as a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigFileError {
    /// It is not TOML or JSON, or a field is unknown, missing, or of another form.
    #[error(
        "{position}{field}{problem}; docs/config.example.toml shows every field (`aivm genesis example`)"
    )]
    Form {
        /// Where.
        position: Position,
        /// In which field.
        field: Field,
        /// What is wrong with which value.
        problem: String,
    },
    /// Roots are not certificates in PEM.
    #[error("genesis.roots.{}.pem: {reason}; give certificates between BEGIN CERTIFICATE and END CERTIFICATE, and \
             nothing else", .vendor.name())]
    Pem {
        /// Whose roots.
        vendor: Vendor,
        /// What is wrong.
        reason: PemError,
    },
    /// The members of the light client are no committee.
    #[error("genesis.light_client.members: {0}")]
    Committee(CommitteeError),
}

/// Line and column, both from 1, where they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position(pub Option<(usize, usize)>);

/// The path of a field, such as `genesis.roots`; empty for the file itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field(pub String);

impl ChainConfig {
    /// Reads TOML.
    pub fn from_toml(text: &str) -> Result<Self, ConfigFileError> {
        let explain = |error: &toml::de::Error, field| ConfigFileError::Form {
            position: Position(error.span().and_then(|span| position(text, span))),
            field,
            problem: error.message().to_owned(),
        };
        let reader = toml::Deserializer::parse(text).map_err(|error| explain(&error, Field::default()))?;
        let file: Table<ChainFile> = read(reader, explain)?;
        file.0.try_into()
    }

    /// Reads JSON.
    pub fn from_json(text: &str) -> Result<Self, ConfigFileError> {
        let explain = |error: &serde_json::Error, field| ConfigFileError::Form {
            position: Position(Some((error.line(), error.column()))),
            field,
            problem: without_position(&error.to_string()),
        };
        let mut reader = serde_json::Deserializer::from_str(text);
        let file: Table<ChainFile> = read(&mut reader, explain)?;
        reader.end().map_err(|error| explain(&error, Field::default()))?;
        file.0.try_into()
    }

    /// The precompiles as the file has them, with the fastest signature backend that is built in.
    #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
    pub fn aivm(&self) -> Result<Aivm, ConfigError> {
        #[cfg(feature = "aws-lc-rs")]
        return self.aivm_with(crate::crypto::AwsLc);
        #[cfg(not(feature = "aws-lc-rs"))]
        self.aivm_with(crate::crypto::RustCrypto)
    }

    /// The precompiles as the file has them, with this signature backend.
    pub fn aivm_with(&self, crypto: impl Crypto + 'static) -> Result<Aivm, ConfigError> {
        Ok(Aivm::new(self.config.clone(), crypto)?.with_activation(self.activation))
    }
}

/// The JSON Schema, made from the types: what [`SCHEMA`] must be.
#[cfg(feature = "config-schema")]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(ChainFile).into()
}

fn read<'de, R, T>(
    reader: R,
    explain: impl Fn(&R::Error, Field) -> ConfigFileError,
) -> Result<T, ConfigFileError>
where
    R: serde::Deserializer<'de>,
    T: DeserializeOwned,
{
    serde_path_to_error::deserialize(reader).map_err(|error| {
        // A key of a table that is not text by itself is shown as `?`; the position says more.
        let path = error.path().to_string();
        let field = Field(path.trim_end_matches(['.', '?']).to_owned());
        explain(error.inner(), field)
    })
}

/// Line and column of the beginning of a range of bytes.
fn position(text: &str, span: Range<usize>) -> Option<(usize, usize)> {
    let before = text.get(..span.start)?;
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next()?.chars().count().saturating_add(1);
    Some((line, column))
}

/// serde_json says the position at the end of its message; we say it at the beginning.
fn without_position(message: &str) -> String {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message.get(..end).unwrap_or(message).to_owned()
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((line, column)) => write!(f, "line {line}, column {column}: "),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, "{}: ", self.0)
    }
}
