//! What evidence of each vendor says, by the names of the vendors' specifications.

mod cca;
mod intel;
mod nvidia;
mod snp;

use super::file::EvidenceFile;
use crate::x509::Values;
use aivm::evidence::{
    Rejection, Vendor,
    cca::token::Token,
    intel::{self as intel_evidence, quote::Quote},
    snp::report::Report,
};
use alloy_primitives::B256;
use serde_json::json;

/// Names and values under a title.
pub(super) struct Section {
    /// Its name in JSON.
    pub(super) key: &'static str,
    /// Its name for people.
    pub(super) title: String,
    /// What it holds.
    pub(super) values: Values,
}

impl Section {
    fn new(key: &'static str, title: &str, values: Values) -> Self {
        Self {
            key,
            title: title.into(),
            values,
        }
    }
}

/// What evidence says.
pub(super) struct Shown {
    /// The software, as policy names it, if it can be told.
    pub(super) measurement_id: Option<B256>,
    /// What follows the end that the evidence itself declares, delivery padding included.
    pub(super) trailing: usize,
    /// Its fields.
    pub(super) sections: Vec<Section>,
    /// The certificates in it and beside it, DER.
    pub(super) certificates: Vec<Vec<u8>>,
}

/// Reads evidence of a vendor; `certificates` are those of --certs.
pub(super) fn read(
    file: &EvidenceFile,
    vendor: Vendor,
    certificates: Option<&[Vec<u8>]>,
) -> Result<Shown, Rejection> {
    let beside = certificates.unwrap_or_else(|| file.certificates());
    match vendor {
        Vendor::Sgx | Vendor::Tdx => {
            let (quote, rest) = Quote::parse_prefix(vendor, file.bytes())?;
            Ok(Shown {
                measurement_id: Some(intel_evidence::quote_measurement_id(vendor, &quote.body)),
                trailing: rest.len(),
                sections: intel::sections(vendor, &quote),
                certificates: pem_certificates(quote.pck_chain),
            })
        }
        Vendor::SevSnp => {
            let (report, rest) = file
                .bytes()
                .split_first_chunk()
                .ok_or(Rejection::ReportTruncated)?;
            let report = Report::parse(report)?;
            let is_certificate = file.is_complete();
            let inside = is_certificate.then(|| rest.to_vec()).into_iter();
            let certificates: Vec<_> = inside.chain(beside.iter().cloned()).collect();
            Ok(Shown {
                measurement_id: Some(snp::measurement_id(&report)),
                trailing: if is_certificate { 0 } else { rest.len() },
                sections: snp::sections(&report, &certificates),
                certificates,
            })
        }
        Vendor::Nvidia => nvidia::read(file, beside),
        Vendor::ArmCca => {
            let token = Token::parse(file.bytes())?;
            Ok(Shown {
                measurement_id: Some(cca::measurement_id(&token)),
                trailing: 0,
                sections: cca::sections(&token),
                certificates: Vec::new(),
            })
        }
    }
}

/// The bytes of a quote's chain that can be read as certificates.
fn pem_certificates(pem: &[u8]) -> Vec<Vec<u8>> {
    crate::certificate_file::decode(pem).unwrap_or_default()
}

/// Why a part cannot be shown.
fn refused(rejection: Rejection) -> Values {
    vec![
        ("code", json!(rejection.code())),
        ("reason", json!(rejection.to_string())),
    ]
}

/// The names of the bits that are set; `bit 12` where a bit has none.
fn bit_names(bits: u64, names: &[(u32, &str)]) -> Vec<String> {
    let set = (0..u64::BITS).filter(|bit| bits & (1 << bit) != 0);
    let name = |bit: u32| {
        let known = names.iter().find(|(number, _)| *number == bit);
        known.map_or_else(|| format!("bit {bit}"), |(_, name)| (*name).to_owned())
    };
    set.map(name).collect()
}
