//! Evidence put together: what a file holds, and the certificates beside it.

use super::file::EvidenceFile;
use crate::{output::Failure, x509::Certificate};
use aivm::evidence::{
    Rejection, Vendor,
    cca::token::Token,
    intel::quote::Quote,
    nvidia::{self, device::Device},
    snp::{
        self,
        report::{REPORT_LEN, Report},
        vek::Vek,
    },
};
use std::cmp::Ordering;

/// How many certificates a GPU's chain has, from the leaf to the root.
const NVIDIA_CHAIN: usize = 5;

/// Evidence as the precompiles take it, and what came with it.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// Whose it is.
    pub(super) vendor: Vendor,
    /// The evidence without its vendor byte.
    pub(super) body: Vec<u8>,
    /// The certificates of those who issued what is in it: intermediates and roots, DER.
    pub(super) issuers: Vec<Vec<u8>>,
}

/// Why evidence cannot be put together.
pub(super) enum Incomplete {
    /// Something has to be given along.
    Missing(Failure),
    /// What is there is refused.
    Refused(Rejection, String),
}

impl From<Rejection> for Incomplete {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection, rejection.to_string())
    }
}

impl Evidence {
    /// Puts evidence of a vendor together. `certificates` are those of --certs.
    pub(super) fn assemble(
        file: &EvidenceFile,
        vendor: Vendor,
        certificates: Option<&[Vec<u8>]>,
    ) -> Result<Self, Incomplete> {
        let certificates = certificates.unwrap_or_else(|| file.certificates());
        match vendor {
            Vendor::Sgx | Vendor::Tdx | Vendor::ArmCca => Ok(Self {
                vendor,
                body: file.without_padding(vendor).to_vec(),
                issuers: Vec::new(),
            }),
            Vendor::SevSnp => snp(file, certificates),
            Vendor::Nvidia => nvidia(file, certificates),
        }
    }

    /// What it looks like is checked before anything that came with it, so that the code is that of the evidence.
    pub(super) fn check_layout(&self) -> Result<(), Rejection> {
        match self.vendor {
            Vendor::Sgx | Vendor::Tdx => Quote::parse(self.vendor, &self.body).map(|_| ()),
            Vendor::SevSnp => {
                let (report, vek) = snp::split(&self.body)?;
                Report::parse(report)?;
                Vek::parse(vek).map(|_| ())
            }
            Vendor::Nvidia => {
                let evidence = nvidia::Evidence::parse(&self.body)?;
                Device::parse(evidence.certificates)?;
                nvidia::report::Report::parse(evidence.report).map(|_| ())
            }
            Vendor::ArmCca => Token::parse(&self.body).map(|_| ()),
        }
    }

    /// The vendor byte and the body: what VerifyTEE and verifyAttestation take.
    pub(super) fn bytes(&self) -> Vec<u8> {
        [&[self.vendor.number()], self.body.as_slice()].concat()
    }
}

/// The report, and the certificate of the key that signed it.
fn snp(file: &EvidenceFile, certificates: &[Vec<u8>]) -> Result<Evidence, Incomplete> {
    let (issuers, keys): (Vec<_>, Vec<_>) = certificates.iter().cloned().partition(|der| is_ca(der));
    let mut body = file.bytes().to_vec();
    if !file.is_complete() {
        check_len(body.len())?;
    }
    match (keys.as_slice(), file.is_complete()) {
        ([], true) => {}
        ([key], true) if body.ends_with(key) => {}
        ([_, ..], true) => {
            return Err(missing(
                "the file has the certificate of the endorsement key already, and --certs has another",
                "leave it out of --certs",
            ));
        }
        ([], false) => {
            return Err(missing(
                "the report comes without the certificate of the key that signed it (VCEK or VLEK)",
                "give it with --certs, alone or with its issuers, PEM or DER; `aivm quote inspect` shows where AMD has it",
            ));
        }
        ([key], false) => body.extend(key),
        ([_, _, ..], false) => {
            return Err(missing(
                "--certs holds more than one certificate that could be the endorsement key's",
                "leave the others out",
            ));
        }
    }
    Ok(Evidence {
        vendor: Vendor::SevSnp,
        body,
        issuers,
    })
}

/// A report without its certificate has one length.
fn check_len(len: usize) -> Result<(), Incomplete> {
    let rejection = match len.cmp(&REPORT_LEN) {
        Ordering::Equal => return Ok(()),
        Ordering::Less => Rejection::ReportTruncated,
        Ordering::Greater => Rejection::VekMalformed,
    };
    let reason =
        format!("a report has {REPORT_LEN} bytes, not {len}, and only its certificate may follow it");
    Err(Incomplete::Refused(rejection, reason))
}

/// Request and response, the leaf and the device's certificate.
fn nvidia(file: &EvidenceFile, certificates: &[Vec<u8>]) -> Result<Evidence, Incomplete> {
    let (body, issuers) = match (certificates, file.is_complete()) {
        ([], true) => (file.bytes().to_vec(), Vec::new()),
        ([], false) => {
            return Err(missing(
                "the report comes without the certificates of the GPU",
                "give its chain of five with --certs, from the leaf to the root, PEM or DER",
            ));
        }
        ([leaf, brom, issuers @ ..], is_complete) => {
            check_count(certificates)?;
            let body = if is_complete {
                file.bytes().to_vec()
            } else {
                let len = u32::try_from(file.bytes().len()).map_err(|_| Rejection::EvidenceTooLong)?;
                [&len.to_be_bytes(), file.bytes(), leaf, brom].concat()
            };
            (body, issuers.to_vec())
        }
        ([_], _) => return Err(wrong_count(certificates)),
    };
    Ok(Evidence {
        vendor: Vendor::Nvidia,
        body,
        issuers,
    })
}

/// A chain has five certificates, or the two that evidence has.
fn check_count(certificates: &[Vec<u8>]) -> Result<(), Incomplete> {
    if matches!(certificates.len(), 2 | NVIDIA_CHAIN) {
        Ok(())
    } else {
        Err(wrong_count(certificates))
    }
}

fn wrong_count(certificates: &[Vec<u8>]) -> Incomplete {
    let extra = certificates.iter().skip(NVIDIA_CHAIN).map(Vec::len).sum();
    let rejection = match extra {
        0 => Rejection::GpuEvidenceTruncated,
        count => Rejection::GpuTrailingBytes { count },
    };
    let count = certificates.len();
    let reason =
        format!("the chain of a GPU has {NVIDIA_CHAIN} certificates, from the leaf to the root, not {count}");
    Incomplete::Refused(rejection, reason)
}

fn is_ca(der: &[u8]) -> bool {
    Certificate::read(der).is_some_and(|certificate| certificate.is_ca)
}

fn missing(what: &str, next: &str) -> Incomplete {
    Incomplete::Missing(Failure::new(what).next(next))
}
