//! The collateral that goes with evidence: what is given, or what can be made of the certificates beside it.

use super::evidence::Evidence;
use crate::{
    collateral::{
        chain::{Chain, Refusal, Stop},
        file::{Amd, Collateral, Nvidia},
        verify::submit_all,
    },
    x509::Certificate,
};
use aivm::evidence::{
    Rejection, Stored, Vendor,
    intel::{pack, quote::Quote},
    nvidia,
    snp::{
        self,
        tcb::Product,
        vek::{EndorsementCa, Vek, VekKind},
    },
};

/// AMD's CAs of VCEKs (ASK), DER. Their provenance is in `cli/certificates/README.md`. For those of VLEKs (ASVK) there
/// is no source but AMD's own service.
const ASKS: [(Product, &[u8]); 3] = [
    (
        Product::Milan,
        include_bytes!("../../certificates/amd_ask_milan.der"),
    ),
    (
        Product::Genoa,
        include_bytes!("../../certificates/amd_ask_genoa.der"),
    ),
    (
        Product::Turin,
        include_bytes!("../../certificates/amd_ask_turin.der"),
    ),
];

/// Refuses certificates beside evidence that claim to be roots and are not those in state.
pub(super) fn check_roots(evidence: &Evidence) -> Result<(), Stop> {
    let (roots, untrusted) = match evidence.vendor {
        Vendor::SevSnp => (snp::ROOTS, Rejection::EndorsementCaUntrusted),
        Vendor::Nvidia => (nvidia::ROOTS, Rejection::IdentityCaUntrusted),
        Vendor::Sgx | Vendor::Tdx | Vendor::ArmCca => return Ok(()),
    };
    for der in &evidence.issuers {
        let root = Certificate::read(der).filter(|certificate| certificate.is_self_issued);
        if let Some(root) = root.filter(|_| !roots.contains(&der.as_slice())) {
            let reason = format!(
                "the root {:?} that came with the evidence is not one in state",
                root.subject
            );
            return Err(Stop::Refused(Refusal::saying("certificates", untrusted, reason)));
        }
    }
    check_last(evidence, roots, untrusted)
}

/// The last certificate of a GPU's chain is a root, whatever it says of itself; that of an AMD chain issued the others.
fn check_last(evidence: &Evidence, roots: &[&[u8]], untrusted: Rejection) -> Result<(), Stop> {
    let refuse = |rejection: Rejection, reason: &str| {
        Err(Stop::Refused(Refusal::saying(
            "certificates",
            rejection,
            reason.into(),
        )))
    };
    match (evidence.vendor, evidence.issuers.as_slice()) {
        (Vendor::Nvidia, [.., last]) if !roots.contains(&last.as_slice()) => refuse(
            untrusted,
            "the last certificate of the chain is not a root in state",
        ),
        (Vendor::SevSnp, issuers) => {
            let read: Vec<_> = issuers.iter().filter_map(|der| Certificate::read(der)).collect();
            let (roots, others): (Vec<_>, Vec<_>) = read.iter().partition(|one| one.is_self_issued);
            let issued = |other: &&Certificate| roots.iter().any(|root| root.subject == other.issuer);
            if roots.is_empty() || others.iter().all(issued) {
                Ok(())
            } else {
                let wrong = Rejection::EndorsementCaWrongProduct;
                refuse(
                    wrong,
                    "the root that came with the evidence is not that of its ASK or ASVK",
                )
            }
        }
        _ => Ok(()),
    }
}

/// Submits the collateral: what is given, or else what the certificates beside the evidence make.
pub(super) fn submit(
    chain: &mut Chain,
    evidence: &Evidence,
    given: Option<&Collateral>,
) -> Result<Option<Stored>, Stop> {
    let made = match given {
        Some(_) => None,
        None => made(evidence),
    };
    let Some(collateral) = given.or(made.as_ref()) else {
        return Ok(None);
    };
    submit_all(chain, evidence.vendor, collateral).map(Some)
}

fn made(evidence: &Evidence) -> Option<Collateral> {
    match (evidence.vendor, evidence.issuers.as_slice()) {
        (Vendor::SevSnp, _) => endorsement_ca(evidence).map(|endorsement_ca| {
            Collateral::Amd(Amd {
                endorsement_ca,
                crl: None,
            })
        }),
        (Vendor::Nvidia, [provisioner_ca, identity_ca, ..]) => Some(Collateral::Nvidia(Nvidia {
            identity_ca: identity_ca.clone(),
            provisioner_ca: provisioner_ca.clone(),
        })),
        _ => None,
    }
}

/// The CA that issued the endorsement key, or the one that is there; without any, the built-in one.
fn endorsement_ca(evidence: &Evidence) -> Option<Vec<u8>> {
    let (_, vek) = snp::split(&evidence.body).ok()?;
    let vek = Vek::parse(vek).ok()?;
    let read = |der: &Vec<u8>| Some((Certificate::read(der)?, der.clone()));
    let issuers = evidence.issuers.iter().filter_map(read);
    let intermediates: Vec<_> = issuers
        .filter(|(certificate, _)| !certificate.is_self_issued)
        .collect();
    let is_issuer = |(certificate, _): &&(Certificate, Vec<u8>)| {
        EndorsementCa::from_common_name(&certificate.subject) == Some(vek.issuer)
    };
    let given = intermediates.iter().find(is_issuer).or(intermediates.first());
    let built_in = || {
        let mut asks = ASKS.iter().filter(|_| vek.issuer.kind == VekKind::Vcek);
        asks.find(|(product, _)| *product == vek.issuer.product)
    };
    match given {
        Some((_, der)) => Some(der.clone()),
        None => built_in().map(|(_, der)| der.to_vec()),
    }
}

/// The PCK chain that came with Intel's collateral, if one did, must be that of the quote.
pub(super) fn check_pck_chain(evidence: &Evidence, given: Option<&Collateral>) -> Result<(), Stop> {
    let Some(Collateral::Intel(collateral)) = given else {
        return Ok(());
    };
    let quote = Quote::parse(evidence.vendor, &evidence.body).map_err(Stop::refused("evidence"))?;
    pack::check_pck_chain(collateral, quote.pck_chain).map_err(Stop::refused("collateral"))
}
