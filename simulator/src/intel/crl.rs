//! Certificate revocation lists.

use super::certificate::{Certificate, Extension, authority_key_id};
use super::key::Key;
use super::oids;
use crate::der::{bit_string, context, enumerated, integer_octets, oid, sequence, time, unsigned};

/// A CRL before it is signed.
#[derive(Clone, Debug)]
pub struct Crl {
    /// The version number as written: 1 means v2; `None` leaves it out, which means v1.
    pub version: Option<u8>,
    /// The issuer's common name, where it is not the issuing CA's subject.
    pub issuer_cn: Option<String>,
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
    /// The OID of the signature algorithm.
    pub signature_algorithm: &'static str,
    /// OIDs of the usual extensions to leave out.
    pub omitted: Vec<&'static str>,
    /// Further extensions, after the usual ones.
    pub extensions: Vec<Extension>,
}

impl Crl {
    /// An empty CRL for this period.
    pub fn new(this_update: u64, next_update: u64) -> Self {
        Self {
            version: Some(1),
            issuer_cn: None,
            this_update,
            next_update: Some(next_update),
            number: Some(1),
            revoked: Vec::new(),
            signed_by: None,
            signature_algorithm: oids::ECDSA_WITH_SHA256,
            omitted: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// The DER of the CRL as `issuer` issues it.
    pub fn der(&self, issuer: &Certificate) -> Vec<u8> {
        let issuer_cn = self.issuer_cn.as_ref().unwrap_or(&issuer.subject_cn);
        let algorithm = sequence(&[oid(self.signature_algorithm)]);
        let tbs = sequence(&[
            self.version
                .map_or(Vec::new(), |version| integer_octets(&[version])),
            algorithm.clone(),
            issuer.organization.name(issuer_cn),
            time(self.this_update),
            self.next_update.map_or(Vec::new(), time),
            self.revoked_certificates(),
            self.crl_extensions(issuer),
        ]);
        let signer = self.signed_by.as_ref().unwrap_or(&issuer.key);
        let signature = bit_string(0, &signer.sign_der(&tbs));
        sequence(&[tbs, algorithm, signature])
    }

    fn revoked_certificates(&self) -> Vec<u8> {
        if self.revoked.is_empty() {
            return Vec::new();
        }
        let reason = Extension::new(oids::CRL_REASON, false, enumerated(1)).der();
        let entry = |serial: &Vec<u8>| {
            sequence(&[
                integer_octets(serial),
                time(self.this_update),
                sequence(std::slice::from_ref(&reason)),
            ])
        };
        sequence(&self.revoked.iter().map(entry).collect::<Vec<_>>())
    }

    fn crl_extensions(&self, issuer: &Certificate) -> Vec<u8> {
        let mut usual = Vec::new();
        if let Some(number) = self.number {
            usual.push(Extension::new(
                oids::CRL_NUMBER,
                false,
                unsigned(&number.to_be_bytes()),
            ));
        }
        usual.push(authority_key_id(&issuer.key));
        usual.retain(|extension| !self.omitted.contains(&extension.oid));
        usual.extend(self.extensions.iter().cloned());
        if usual.is_empty() {
            return Vec::new();
        }
        context(
            0,
            &sequence(&usual.iter().map(Extension::der).collect::<Vec<_>>()),
        )
    }
}
