//! Certificates and revocation lists of AMD and NVIDIA, whose keys are RSA-4096 and P-384.
//!
//! Every part can be written wrong: algorithms, keys, names, extensions, signers.

mod certificate;
mod crl;
mod key;
pub mod name;

pub use certificate::{BasicConstraints, Certificate, KEY_USAGE_CA, KEY_USAGE_SIGNATURE};
pub use crl::Crl;
pub use key::{Key, P384Key, Rsa4096Key, other_s};
pub use name::{Name, Text};

use crate::der::{context, element, integer_octets, oid, sequence};
pub use crate::intel::Extension;
use crate::intel::oids;

/// `rsaEncryption`.
pub const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
/// `id-RSASSA-PSS`.
pub const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
/// `id-mgf1`.
pub const MGF1: &str = "1.2.840.113549.1.1.8";
/// `id-sha384`.
pub const SHA384: &str = "2.16.840.1.101.3.4.2.2";

/// The algorithm that a certificate or a CRL says it is signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `ecdsa-with-SHA384`.
    EcdsaSha384,
    /// `id-RSASSA-PSS` with SHA-384, MGF1 with SHA-384 and 48 bytes of salt. AMD's CAs write the trailer field out,
    /// though it has its default value; the services that sign VCEKs leave it out.
    RsaPssSha384 {
        /// Whether `[3] trailerField` is written.
        trailer_field: bool,
    },
    /// Any other `AlgorithmIdentifier`, as DER.
    Other(Vec<u8>),
}

impl Algorithm {
    /// Another algorithm, by its OID, without parameters.
    pub fn other(dotted: &str) -> Self {
        Self::Other(sequence(&[oid(dotted)]))
    }

    /// The DER of the `AlgorithmIdentifier`.
    pub fn der(&self) -> Vec<u8> {
        match self {
            Self::EcdsaSha384 => sequence(&[oid(oids::ECDSA_WITH_SHA384)]),
            Self::RsaPssSha384 { trailer_field } => rsa_pss_sha384(*trailer_field),
            Self::Other(der) => der.clone(),
        }
    }
}

fn rsa_pss_sha384(trailer_field: bool) -> Vec<u8> {
    let sha384 = sequence(&[oid(SHA384), element(0x05, &[])]);
    let mut parameters = vec![
        context(0, &sha384),
        context(1, &sequence(&[oid(MGF1), sha384.clone()])),
        context(2, &integer_octets(&[48])),
    ];
    if trailer_field {
        parameters.push(context(3, &integer_octets(&[1])));
    }
    sequence(&[oid(RSASSA_PSS), sequence(&parameters)])
}
