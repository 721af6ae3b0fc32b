//! The compact form in which verified NVIDIA collateral is stored. Integers are big-endian.
//!
//! | bytes | field |
//! |---|---|
//! | 0–80 | [`Header`] |
//! | 81–112 | Keccak-256 of the root certificate |
//! | 113–208 | the key of the provisioner CA, x ‖ y |
//! | 209– | the chip, text |
//!
//! The provisioner's name is in the key under which the record is stored.

use crate::{crypto::P384PublicKey, evidence::stored::Header};
use alloy_primitives::B256;

/// Verified NVIDIA collateral: everything that checking a report needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When the record can be used, and under which roots.
    pub header: Header,
    /// Keccak-256 of the root certificate.
    pub root_certificate: B256,
    /// The key of the CA that issues device certificates.
    pub provisioner_key: P384PublicKey,
    /// The chip whose devices it certifies: "GH100".
    pub chip: String,
}

impl Record {
    /// The bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        let mut fields = self.root_certificate.to_vec();
        fields.extend(self.provisioner_key);
        fields.extend(self.chip.as_bytes());
        self.header.encode(&fields)
    }

    /// A record from the bytes that were stored.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (header, rest) = Header::decode(bytes)?;
        let (root_certificate, rest) = rest.split_first_chunk::<32>()?;
        let (provisioner_key, chip) = rest.split_first_chunk()?;
        Some(Self {
            header,
            root_certificate: root_certificate.into(),
            provisioner_key: *provisioner_key,
            chip: core::str::from_utf8(chip).ok()?.to_owned(),
        })
    }
}
