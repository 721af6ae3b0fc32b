//! X.509 certificates of the shape Intel's have, and the PEM chains they come in.

use base64ct::{Base64, Encoding};

use super::key::Key;
use super::oids;
use crate::der::{
    bit_string, boolean, context, element, integer_octets, octet_string, oid, printable_string, sequence,
    time, utf8_string,
};

/// Key usage of a CA: keyCertSign and cRLSign.
pub const KEY_USAGE_CA: u8 = 0x06;
/// Key usage of the other certificates: digitalSignature and nonRepudiation.
pub const KEY_USAGE_SIGNATURE: u8 = 0xC0;

/// An X.509 extension.
#[derive(Clone, Debug)]
pub struct Extension {
    /// The extension's OID.
    pub oid: &'static str,
    /// Whether it is marked critical.
    pub critical: bool,
    /// The DER inside the OCTET STRING.
    pub value: Vec<u8>,
}

impl Extension {
    /// A critical extension that no verifier knows.
    pub fn unknown_critical() -> Self {
        Self {
            oid: "1.3.6.1.4.1.99999.1",
            critical: true,
            value: vec![0x05, 0x00],
        }
    }

    /// An extension of this value.
    pub fn new(oid: &'static str, critical: bool, value: Vec<u8>) -> Self {
        Self { oid, critical, value }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let critical = if self.critical { boolean(true) } else { Vec::new() };
        sequence(&[oid(self.oid), critical, octet_string(&self.value)])
    }
}

/// An X.509 certificate before it is signed.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The version number as written: 2 means v3.
    pub version: u8,
    /// The content octets of the serial number, written as they are.
    pub serial: Vec<u8>,
    /// Start of the validity period, in Unix seconds.
    pub not_before: u64,
    /// End of the validity period, in Unix seconds.
    pub not_after: u64,
    /// The subject's common name.
    pub subject_cn: String,
    /// The issuer's common name, where it is not the issuing certificate's subject.
    pub issuer_cn: Option<String>,
    /// The O, L and ST attributes and the C attribute, of subject and issuer alike.
    pub organization: Organization,
    /// The key that the certificate is for.
    pub key: Key,
    /// The octets of the subject public key, where they are not `key`'s uncompressed point.
    pub public_key: Option<Vec<u8>>,
    /// The OID of the key's algorithm.
    pub key_algorithm: &'static str,
    /// The OID of the key's curve.
    pub curve: &'static str,
    /// The OID of the signature algorithm, inside and outside the signed part.
    pub signature_algorithm: &'static str,
    /// The OID of the signature algorithm outside the signed part, where it differs from the one inside.
    pub outer_signature_algorithm: Option<&'static str>,
    /// The key that signs, where it is not the issuing certificate's.
    pub signed_by: Option<Key>,
    /// Whether basic constraints say CA.
    pub is_ca: bool,
    /// The path length of basic constraints.
    pub path_len: Option<u8>,
    /// The first octet of the key usage bits; `None` leaves the extension out.
    pub key_usage: Option<u8>,
    /// The URI of the CRL distribution point; `None` leaves the extension out.
    pub crl_uri: Option<String>,
    /// OIDs of the usual extensions to leave out.
    pub omitted: Vec<&'static str>,
    /// Further extensions, after the usual ones.
    pub extensions: Vec<Extension>,
}

/// The attributes of a name besides its common name.
#[derive(Clone, Debug)]
pub struct Organization {
    /// O.
    pub organization: String,
    /// L.
    pub locality: String,
    /// ST.
    pub state: String,
    /// C.
    pub country: String,
}

impl Default for Organization {
    fn default() -> Self {
        Self {
            organization: "Intel Corporation".into(),
            locality: "Santa Clara".into(),
            state: "CA".into(),
            country: "US".into(),
        }
    }
}

impl Organization {
    /// The DER of the distinguished name with this common name.
    pub fn name(&self, common_name: &str) -> Vec<u8> {
        let attribute = |id, value| element(0x31, &sequence(&[oid(id), value]));
        sequence(&[
            attribute("2.5.4.3", utf8_string(common_name)),
            attribute("2.5.4.10", utf8_string(&self.organization)),
            attribute("2.5.4.7", utf8_string(&self.locality)),
            attribute("2.5.4.8", utf8_string(&self.state)),
            attribute("2.5.4.6", printable_string(&self.country)),
        ])
    }
}

impl Certificate {
    /// An end-entity certificate of this subject and key; the other fields are Intel's usual ones.
    pub fn end_entity(subject_cn: &str, key: Key, not_before: u64, not_after: u64) -> Self {
        Self {
            version: 2,
            serial: serial_of(&key),
            not_before,
            not_after,
            subject_cn: subject_cn.into(),
            issuer_cn: None,
            organization: Organization::default(),
            key,
            public_key: None,
            key_algorithm: oids::EC_PUBLIC_KEY,
            curve: oids::PRIME256V1,
            signature_algorithm: oids::ECDSA_WITH_SHA256,
            outer_signature_algorithm: None,
            signed_by: None,
            is_ca: false,
            path_len: None,
            key_usage: Some(KEY_USAGE_SIGNATURE),
            crl_uri: Some("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der".into()),
            omitted: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// A CA certificate of this subject and key.
    pub fn ca(subject_cn: &str, key: Key, not_before: u64, not_after: u64, path_len: u8) -> Self {
        Self {
            is_ca: true,
            path_len: Some(path_len),
            key_usage: Some(KEY_USAGE_CA),
            ..Self::end_entity(subject_cn, key, not_before, not_after)
        }
    }

    /// The DER of the certificate as `issuer` issues it.
    pub fn der(&self, issuer: &Certificate) -> Vec<u8> {
        let tbs = self.tbs(issuer);
        let signer = self.signed_by.as_ref().unwrap_or(&issuer.key);
        let outer = self.outer_signature_algorithm.unwrap_or(self.signature_algorithm);
        let signature = bit_string(0, &signer.sign_der(&tbs));
        sequence(&[tbs, sequence(&[oid(outer)]), signature])
    }

    fn tbs(&self, issuer: &Certificate) -> Vec<u8> {
        let issuer_cn = self.issuer_cn.as_ref().unwrap_or(&issuer.subject_cn);
        let extensions: Vec<_> = self.all_extensions(issuer).iter().map(Extension::der).collect();
        sequence(&[
            context(0, &integer_octets(&[self.version])),
            integer_octets(&self.serial),
            sequence(&[oid(self.signature_algorithm)]),
            issuer.organization.name(issuer_cn),
            sequence(&[time(self.not_before), time(self.not_after)]),
            self.organization.name(&self.subject_cn),
            self.subject_public_key_info(),
            context(3, &sequence(&extensions)),
        ])
    }

    fn subject_public_key_info(&self) -> Vec<u8> {
        let point = self.public_key.clone().unwrap_or_else(|| self.key.public_sec1());
        sequence(&[
            sequence(&[oid(self.key_algorithm), oid(self.curve)]),
            bit_string(0, &point),
        ])
    }

    fn all_extensions(&self, issuer: &Certificate) -> Vec<Extension> {
        let mut usual = vec![authority_key_id(&issuer.key)];
        if let Some(uri) = &self.crl_uri {
            let name = context(0, &context(0, &element(0x86, uri.as_bytes())));
            let points = sequence(&[sequence(&[name])]);
            usual.push(Extension::new(oids::CRL_DISTRIBUTION_POINTS, false, points));
        }
        usual.push(Extension::new(
            oids::SUBJECT_KEY_ID,
            false,
            octet_string(&self.key.identifier()),
        ));
        if let Some(bits) = self.key_usage {
            let value = bit_string(bits.trailing_zeros().min(7) as u8, &[bits]);
            usual.push(Extension::new(oids::KEY_USAGE, true, value));
        }
        let ca = if self.is_ca { boolean(true) } else { Vec::new() };
        let path_len = self.path_len.map_or(Vec::new(), |len| integer_octets(&[len]));
        usual.push(Extension::new(
            oids::BASIC_CONSTRAINTS,
            true,
            sequence(&[ca, path_len]),
        ));
        usual.retain(|extension| !self.omitted.contains(&extension.oid));
        usual.extend(self.extensions.iter().cloned());
        usual
    }
}

pub(super) fn authority_key_id(key: &Key) -> Extension {
    let value = element(0x30, &element(0x80, &key.identifier()));
    Extension::new(oids::AUTHORITY_KEY_ID, false, value)
}

/// A positive serial number of 20 octets that depends on the key only.
fn serial_of(key: &Key) -> Vec<u8> {
    let mut serial = key.identifier();
    serial[0] = serial[0] & 0x3F | 0x40;
    serial
}

/// The certificates as PEM blocks with lines of 64 characters, each line ended by a line feed.
pub fn pem_chain<T: AsRef<[u8]>>(certificates: &[T]) -> String {
    certificates.iter().map(|der| pem_block(der.as_ref())).collect()
}

fn pem_block(der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        out.extend(line.iter().map(|&byte| byte as char));
        out.push('\n');
    }
    out + "-----END CERTIFICATE-----\n"
}
