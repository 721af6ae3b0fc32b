//! Files that hold collateral, of any vendor.

use super::trust_anchor::TrustAnchor;
use crate::{certificate_file, input::read_file, output::Failure, x509::Certificate};
use aivm::{
    abi::IAttestationRegistry::CcaCpak,
    evidence::{
        Vendor,
        cca::pack as cca,
        intel::pack as intel,
        nvidia::pack as nvidia,
        snp::{pack as snp, vek::EndorsementCa},
    },
};
use dcap_qvl::QuoteCollateralV3;
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// The largest file that is read. Intel's collateral has about 20,000 bytes.
const MAX_FILE: u64 = 1 << 20;

/// What a file holds.
#[derive(Clone, Debug)]
pub(crate) enum Collateral {
    /// Of SGX or TDX.
    Intel(Box<QuoteCollateralV3>),
    /// Of SEV-SNP.
    Amd(Amd),
    /// Of NVIDIA.
    Nvidia(Nvidia),
    /// Keys of Arm CCA platforms.
    Cca(Vec<CcaCpak>),
}

/// The CA of endorsement keys, and a CRL if there is one, DER.
#[derive(Clone, Debug)]
pub(crate) struct Amd {
    pub(crate) endorsement_ca: Vec<u8>,
    pub(crate) crl: Option<Vec<u8>>,
}

/// The two intermediate CAs, DER.
#[derive(Clone, Debug)]
pub(crate) struct Nvidia {
    pub(crate) identity_ca: Vec<u8>,
    pub(crate) provisioner_ca: Vec<u8>,
}

#[derive(Deserialize)]
struct AmdJson {
    endorsement_ca: String,
    crl: Option<String>,
}

#[derive(Deserialize)]
struct NvidiaJson {
    identity_ca: String,
    provisioner_ca: String,
}

/// The vendors by the form of their collateral: SGX and TDX share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Intel,
    Amd,
    Nvidia,
    Cca,
}

impl Form {
    pub(crate) const fn of(vendor: Vendor) -> Self {
        match vendor {
            Vendor::Sgx | Vendor::Tdx => Self::Intel,
            Vendor::SevSnp => Self::Amd,
            Vendor::Nvidia => Self::Nvidia,
            Vendor::ArmCca => Self::Cca,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Intel => "collateral in dcap-qvl's JSON form",
            Self::Amd => "collateral of SEV-SNP",
            Self::Nvidia => "collateral of NVIDIA",
            Self::Cca => "keys of Arm CCA platforms",
        }
    }
}

impl Collateral {
    /// Reads a file of this form, or of the one that it looks like. `what` is how the user calls it.
    pub(crate) fn read(what: &str, path: &Path, form: Option<Form>) -> Result<Self, Failure> {
        let bytes = read_file(what, path, MAX_FILE)?;
        let found = match serde_json::from_slice::<Value>(&bytes) {
            Ok(json) => form
                .or_else(|| form_of(&json))
                .ok_or("it has the fields of no vendor's collateral".to_owned())
                .and_then(|form| from_json(json, form).map_err(|why| not(form, &why))),
            Err(error) => from_certificates(&bytes, form).map_err(|why| match form {
                Some(form) => not(form, &format!("it is not JSON ({error}), and {why}")),
                None => format!("it is not JSON ({error}), and {why}"),
            }),
        };
        found.map_err(|why| {
            Failure::new(format!("{what}: {} is not collateral: {why}", path.display()))
                .next("see `aivm collateral --help` for the forms of each vendor")
        })
    }

    /// The vendor, where the file alone says it.
    pub(crate) fn vendor(&self) -> Option<Vendor> {
        match self {
            Self::Intel(collateral) => {
                let tcb_info: Value = serde_json::from_str(&collateral.tcb_info).ok()?;
                match tcb_info.get("id")?.as_str()? {
                    "SGX" => Some(Vendor::Sgx),
                    "TDX" => Some(Vendor::Tdx),
                    _ => None,
                }
            }
            Self::Amd(_) => Some(Vendor::SevSnp),
            Self::Nvidia(_) => Some(Vendor::Nvidia),
            Self::Cca(_) => Some(Vendor::ArmCca),
        }
    }

    /// What submitCollateral takes: one piece, or for Arm CCA one for each platform.
    pub(crate) fn pack(&self) -> Result<Vec<Vec<u8>>, String> {
        Ok(match self {
            Self::Intel(collateral) => vec![intel::pack(collateral).map_err(|error| error.to_string())?],
            Self::Amd(amd) => vec![snp::collateral(&amd.endorsement_ca, amd.crl.as_deref())],
            Self::Nvidia(nvidia) => vec![nvidia::collateral(&nvidia.identity_ca, &nvidia.provisioner_ca)],
            Self::Cca(platforms) => platforms.iter().map(cca::entry).collect(),
        })
    }
}

fn not(form: Form, why: &str) -> String {
    format!("as {}: {why}", form.name())
}

fn form_of(json: &Value) -> Option<Form> {
    let has = |field| json.get(field).is_some();
    if json.is_array() || has("kty") {
        Some(Form::Cca)
    } else if has("tcb_info") {
        Some(Form::Intel)
    } else if has("endorsement_ca") {
        Some(Form::Amd)
    } else if has("identity_ca") {
        Some(Form::Nvidia)
    } else {
        None
    }
}

fn from_json(json: Value, form: Form) -> Result<Collateral, String> {
    let parse = |error: serde_json::Error| error.to_string();
    let certificate = |name: &str, text: &str| {
        certificate_file::decode_one(text.as_bytes()).map_err(|why| format!("{name}: {why}"))
    };
    Ok(match form {
        Form::Intel => Collateral::Intel(Box::new(serde_json::from_value(json).map_err(parse)?)),
        Form::Amd => {
            let json: AmdJson = serde_json::from_value(json).map_err(parse)?;
            let crl = json.crl.filter(|text| !text.is_empty());
            let crl = crl.map(|text| certificate_file::decode_crl(text.as_bytes()));
            Collateral::Amd(Amd {
                endorsement_ca: certificate("endorsement_ca", &json.endorsement_ca)?,
                crl: crl.transpose().map_err(|why| format!("crl: {why}"))?,
            })
        }
        Form::Nvidia => {
            let json: NvidiaJson = serde_json::from_value(json).map_err(parse)?;
            Collateral::Nvidia(Nvidia {
                identity_ca: certificate("identity_ca", &json.identity_ca)?,
                provisioner_ca: certificate("provisioner_ca", &json.provisioner_ca)?,
            })
        }
        Form::Cca => match TrustAnchor::parse(json)? {
            TrustAnchor::Platforms(platforms) => Collateral::Cca(platforms),
            TrustAnchor::Key(_) => {
                return Err(
                    "it is a key without the instance-id and implementation-id of its platform".into(),
                );
            }
        },
    })
}

/// Collateral from a chain of certificates, as AMD's service and NVIDIA's driver give it.
fn from_certificates(bytes: &[u8], form: Option<Form>) -> Result<Collateral, String> {
    let certificates = certificate_file::decode(bytes)?;
    let amd = || endorsement_ca(&certificates).map(Collateral::Amd);
    let nvidia = || match certificates.as_slice() {
        [_, _, provisioner_ca, identity_ca, _] => Some(Collateral::Nvidia(Nvidia {
            identity_ca: identity_ca.clone(),
            provisioner_ca: provisioner_ca.clone(),
        })),
        _ => None,
    };
    let found = match form {
        None => amd().or_else(nvidia),
        Some(Form::Amd) => amd(),
        Some(Form::Nvidia) => nvidia(),
        Some(Form::Intel | Form::Cca) => None,
    };
    found.ok_or_else(|| "its certificates are no vendor's collateral".into())
}

/// The one ASK or ASVK among certificates.
fn endorsement_ca(certificates: &[Vec<u8>]) -> Option<Amd> {
    let is_endorsement_ca = |der: &&Vec<u8>| {
        let subject = Certificate::read(der).map(|certificate| certificate.subject);
        subject.is_some_and(|name| EndorsementCa::from_common_name(&name).is_some())
    };
    let mut found = certificates.iter().filter(is_endorsement_ca);
    let first = found.next()?;
    found.next().is_none().then(|| Amd {
        endorsement_ca: first.clone(),
        crl: None,
    })
}
