//! The compact form in which verified AMD collateral is stored. Integers are big-endian.
//!
//! | bytes | field |
//! |---|---|
//! | 0–80 | [`Header`] |
//! | 81–112 | Keccak-256 of the root's (ARK's) certificate |
//! | 113–624 | the endorsement CA's RSA modulus |
//! | 625 | 1 if there was a CRL, else 0 |
//! | 626–633, 634–641 | the CRL's thisUpdate in Unix seconds, its number; 0 where there was none |
//! | then | the endorsement CA's name: length(2), DER |
//! | then | revoked serial numbers, ascending: count(2), each 20 bytes |

use crate::{
    crypto::Rsa4096Modulus,
    evidence::{reader::Reader, stored::Header, x509::Serial},
    state::floor::Floor,
};
use alloy_primitives::B256;

/// Verified AMD collateral: everything that checking a report needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it can be used, and under which roots.
    pub header: Header,
    /// Keccak-256 of the certificate of the root (ARK) it was verified under.
    pub root_certificate: B256,
    /// The endorsement CA's RSA modulus.
    pub ca_modulus: &'a Rsa4096Modulus,
    /// How new the CRL is, if there was one.
    pub crl: Option<Floor>,
    /// The endorsement CA's name, DER.
    pub ca_name: &'a [u8],
    /// The serial numbers on the CRL, ascending.
    pub revoked: &'a [Serial],
}

impl<'a> Record<'a> {
    /// The bytes to store; `None` when a list is longer than its count can say.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let mut fields = self.root_certificate.to_vec();
        fields.extend(self.ca_modulus);
        fields.push(u8::from(self.crl.is_some()));
        let crl = self.crl.unwrap_or_default();
        fields.extend(crl.issued.to_be_bytes());
        fields.extend(crl.number.to_be_bytes());
        fields.extend(u16::try_from(self.ca_name.len()).ok()?.to_be_bytes());
        fields.extend(self.ca_name);
        fields.extend(u16::try_from(self.revoked.len()).ok()?.to_be_bytes());
        fields.extend(self.revoked.iter().flatten());
        Some(self.header.encode(&fields))
    }

    /// Reads what [`Record::encode`] wrote.
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = Header::decode(bytes)?;
        let mut reader = Reader::new(rest);
        let root_certificate = reader.array::<32>()?.into();
        let ca_modulus = reader.array()?;
        let has_crl = reader.u8()?;
        let crl = Floor {
            issued: u64::from_be_bytes(*reader.array()?),
            number: u64::from_be_bytes(*reader.array()?),
        };
        let name_len = reader.u16()?;
        let ca_name = reader.take(usize::from(name_len))?;
        let count = reader.u16()?;
        let (revoked, rest) = reader.rest().as_chunks();
        let is_whole = rest.is_empty() && revoked.len() == usize::from(count) && has_crl <= 1;
        is_whole.then_some(Self {
            header,
            root_certificate,
            ca_modulus,
            crl: (has_crl == 1).then_some(crl),
            ca_name,
            revoked,
        })
    }
}
