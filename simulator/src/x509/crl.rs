//! Certificate revocation lists.

use super::certificate::authority_key_id;
use super::{Algorithm, Certificate, Extension, Key, Name};
use crate::der::{bit_string, context, enumerated, integer_octets, sequence, time, unsigned};
use crate::intel::oids;

/// A CRL before it is signed.
#[derive(Clone, Debug)]
pub struct Crl {
    /// The version number as written: 1 means v2; `None` leaves it out, which means v1.
    pub version: Option<u8>,
    /// The issuer, where it is not the issuing CA's subject.
    pub issuer: Option<Name>,
    /// When the CRL was issued, in Unix seconds.
    pub this_update: u64,
    /// When the next one is due, in Unix seconds; `None` leaves the field out.
    pub next_update: Option<u64>,
    /// The CRL number; `None` leaves the extension out.
    pub number: Option<u64>,
    /// The content octets of the revoked serial numbers.
    pub revoked: Vec<Vec<u8>>,
    /// The key that signs, where it is not the issuing CA's.
    pub signed_by: Option<Key>,
    /// The signature algorithm, where it is not the signing key's own.
    pub algorithm: Option<Algorithm>,
    /// The signature algorithm outside the signed part, where it differs from the one inside.
    pub outer_algorithm: Option<Algorithm>,
    /// OIDs of extensions to leave out.
    pub omitted: Vec<&'static str>,
    /// OIDs of extensions to write twice.
    pub duplicated: Vec<&'static str>,
    /// Further extensions, after the usual ones.
    pub extensions: Vec<Extension>,
}

impl Crl {
    /// An empty CRL for this period, of number 1.
    pub fn new(this_update: u64, next_update: u64) -> Self {
        Self {
            version: Some(1),
            issuer: None,
            this_update,
            next_update: Some(next_update),
            number: Some(1),
            revoked: Vec::new(),
            signed_by: None,
            algorithm: None,
            outer_algorithm: None,
            omitted: Vec::new(),
            duplicated: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// The DER of the CRL as `issuer` issues it.
    pub fn der(&self, issuer: &Certificate) -> Vec<u8> {
        let signer = self.signed_by.as_ref().unwrap_or(&issuer.key);
        let inner = self.algorithm.clone().unwrap_or_else(|| signer.algorithm());
        let outer = self.outer_algorithm.as_ref().unwrap_or(&inner);
        let tbs = sequence(&[
            self.version
                .map_or(Vec::new(), |version| integer_octets(&[version])),
            inner.der(),
            self.issuer.as_ref().unwrap_or(&issuer.subject).der(),
            time(self.this_update),
            self.next_update.map_or(Vec::new(), time),
            self.revoked_certificates(),
            self.crl_extensions(issuer),
        ]);
        let signature = bit_string(0, &signer.sign_der(&tbs));
        sequence(&[tbs, outer.der(), signature])
    }

    fn revoked_certificates(&self) -> Vec<u8> {
        if self.revoked.is_empty() {
            return Vec::new();
        }
        let reason = Extension {
            oid: oids::CRL_REASON,
            critical: false,
            value: enumerated(1),
        };
        let entry = |serial: &Vec<u8>| {
            sequence(&[
                integer_octets(serial),
                time(self.this_update),
                sequence(&[reason.der()]),
            ])
        };
        sequence(&self.revoked.iter().map(entry).collect::<Vec<_>>())
    }

    fn crl_extensions(&self, issuer: &Certificate) -> Vec<u8> {
        let mut all = Vec::new();
        if let Some(number) = self.number {
            all.push(Extension {
                oid: oids::CRL_NUMBER,
                critical: false,
                value: unsigned(&number.to_be_bytes()),
            });
        }
        all.push(authority_key_id(&issuer.key));
        all.extend(self.extensions.iter().cloned());
        all.retain(|extension| !self.omitted.contains(&extension.oid));
        let times = |extension: &Extension| 1 + usize::from(self.duplicated.contains(&extension.oid));
        let parts: Vec<_> = all
            .iter()
            .flat_map(|extension| vec![extension.der(); times(extension)])
            .collect();
        if parts.is_empty() {
            return Vec::new();
        }
        context(0, &sequence(&parts))
    }
}
