//! X.509 certificates.

use super::{Algorithm, Extension, Key, Name};
use crate::der::{bit_string, boolean, context, element, integer_octets, octet_string, sequence, time};
use crate::intel::oids;

/// Key usage of a CA: keyCertSign and cRLSign.
pub const KEY_USAGE_CA: u8 = 0x06;
/// Key usage of the other certificates: digitalSignature.
pub const KEY_USAGE_SIGNATURE: u8 = 0x80;

/// Basic constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether the subject is a CA.
    pub is_ca: bool,
    /// The path length.
    pub path_len: Option<u8>,
}

/// An X.509 certificate before it is signed.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The version number as written: 2 means v3; `None` leaves it out, which means v1.
    pub version: Option<u8>,
    /// The content octets of the serial number, written as they are.
    pub serial: Vec<u8>,
    /// Start of the validity period, in Unix seconds.
    pub not_before: u64,
    /// End of the validity period, in Unix seconds.
    pub not_after: u64,
    /// The subject.
    pub subject: Name,
    /// The issuer, where it is not the issuing certificate's subject.
    pub issuer: Option<Name>,
    /// The key that the certificate is for.
    pub key: Key,
    /// The DER of the `SubjectPublicKeyInfo`, where it is not `key`'s.
    pub public_key_info: Option<Vec<u8>>,
    /// The signature algorithm, inside and outside the signed part, where it is not the signing key's own.
    pub algorithm: Option<Algorithm>,
    /// The signature algorithm outside the signed part, where it differs from the one inside.
    pub outer_algorithm: Option<Algorithm>,
    /// The key that signs, where it is not the issuing certificate's.
    pub signed_by: Option<Key>,
    /// Basic constraints; `None` leaves the extension out.
    pub basic_constraints: Option<BasicConstraints>,
    /// The first octet of the key usage bits; `None` leaves the extension out.
    pub key_usage: Option<u8>,
    /// Whether the subject's and the issuer's key identifiers are written.
    pub key_ids: bool,
    /// Further extensions, after the usual ones.
    pub extensions: Vec<Extension>,
    /// OIDs of extensions to leave out.
    pub omitted: Vec<&'static str>,
    /// OIDs of extensions to write twice.
    pub duplicated: Vec<&'static str>,
}

impl Certificate {
    /// An end-entity certificate of this subject and key for this period, with every usual extension.
    pub fn end_entity(subject: Name, key: Key, not_before: u64, not_after: u64) -> Self {
        Self {
            version: Some(2),
            serial: serial_of(&key),
            not_before,
            not_after,
            subject,
            issuer: None,
            key,
            public_key_info: None,
            algorithm: None,
            outer_algorithm: None,
            signed_by: None,
            basic_constraints: Some(BasicConstraints {
                is_ca: false,
                path_len: None,
            }),
            key_usage: Some(KEY_USAGE_SIGNATURE),
            key_ids: true,
            extensions: Vec::new(),
            omitted: Vec::new(),
            duplicated: Vec::new(),
        }
    }

    /// A CA certificate of this subject and key for this period, with every usual extension.
    pub fn ca(subject: Name, key: Key, not_before: u64, not_after: u64, path_len: Option<u8>) -> Self {
        Self {
            basic_constraints: Some(BasicConstraints {
                is_ca: true,
                path_len,
            }),
            key_usage: Some(KEY_USAGE_CA),
            ..Self::end_entity(subject, key, not_before, not_after)
        }
    }

    /// The DER of the certificate as `issuer` issues it.
    pub fn der(&self, issuer: &Certificate) -> Vec<u8> {
        let signer = self.signed_by.as_ref().unwrap_or(&issuer.key);
        let inner = self.algorithm.clone().unwrap_or_else(|| signer.algorithm());
        let outer = self.outer_algorithm.as_ref().unwrap_or(&inner);
        let tbs = self.tbs(issuer, &inner);
        let signature = bit_string(0, &signer.sign_der(&tbs));
        sequence(&[tbs, outer.der(), signature])
    }

    /// The DER of the certificate as it issues itself.
    pub fn self_signed(&self) -> Vec<u8> {
        self.der(self)
    }

    fn tbs(&self, issuer: &Certificate, algorithm: &Algorithm) -> Vec<u8> {
        let version = self
            .version
            .map_or(Vec::new(), |version| context(0, &integer_octets(&[version])));
        let extensions = self.all_extensions(issuer);
        sequence(&[
            version,
            integer_octets(&self.serial),
            algorithm.der(),
            self.issuer.as_ref().unwrap_or(&issuer.subject).der(),
            sequence(&[time(self.not_before), time(self.not_after)]),
            self.subject.der(),
            self.public_key_info
                .clone()
                .unwrap_or_else(|| self.key.public_key_info()),
            if extensions.is_empty() {
                Vec::new()
            } else {
                context(3, &sequence(&extensions))
            },
        ])
    }

    fn all_extensions(&self, issuer: &Certificate) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        if let Some(constraints) = self.basic_constraints {
            all.push(Extension {
                oid: oids::BASIC_CONSTRAINTS,
                critical: true,
                value: constraints.der(),
            });
        }
        if let Some(bits) = self.key_usage {
            all.push(Extension {
                oid: oids::KEY_USAGE,
                critical: true,
                value: bit_string(bits.trailing_zeros().min(7) as u8, &[bits]),
            });
        }
        if self.key_ids {
            all.push(Extension {
                oid: oids::SUBJECT_KEY_ID,
                critical: false,
                value: octet_string(&self.key.identifier()),
            });
            all.push(authority_key_id(&issuer.key));
        }
        all.extend(self.extensions.iter().cloned());
        all.retain(|extension| !self.omitted.contains(&extension.oid));
        let times = |extension: &Extension| 1 + usize::from(self.duplicated.contains(&extension.oid));
        all.iter()
            .flat_map(|extension| vec![extension.der(); times(extension)])
            .collect()
    }
}

impl BasicConstraints {
    fn der(self) -> Vec<u8> {
        let is_ca = if self.is_ca { boolean(true) } else { Vec::new() };
        let path_len = self.path_len.map_or(Vec::new(), |len| integer_octets(&[len]));
        sequence(&[is_ca, path_len])
    }
}

pub(super) fn authority_key_id(key: &Key) -> Extension {
    Extension {
        oid: oids::AUTHORITY_KEY_ID,
        critical: false,
        value: element(0x30, &element(0x80, &key.identifier())),
    }
}

/// A positive serial number of 20 octets that depends on the key only.
fn serial_of(key: &Key) -> Vec<u8> {
    let mut serial = key.identifier();
    serial[0] = serial[0] & 0x3F | 0x40;
    serial
}
