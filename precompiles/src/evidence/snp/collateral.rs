//! Phase one: AMD collateral is verified at the block's time and turned into a [`Record`].
//!
//! ARK (in state) → endorsement CA (ASK or ASVK); ARK → CRL, which names revoked certificates of both levels.
//!
//! A CRL may also come alone. It then stores no record, but ends those that were verified without it: so a list that
//! revokes the endorsement CA itself, with which no collateral can be accepted, takes effect all the same.

use super::{record::Record, vek::EndorsementCa};
use crate::{
    crypto::Crypto,
    evidence::{
        Rejection, Vendor, VerifyError,
        canonical::canonical,
        crl::{Crl, CrlError},
        roots,
        scheme::RsaPssSha384,
        stored::{self, Component, Header, Stored, raise_floors},
        x509::{Certificate, Window},
    },
    precompile::Context,
    state::{
        blob::MAX_BLOB_LEN,
        floor::{Floor, FloorKey},
    },
};
use aivm_abi::IAttestationRegistry::AmdCollateral;
use alloy_primitives::{B256, keccak256};
use core::iter;

/// The components that have a rollback floor.
const CRL: u8 = 1;
const ENDORSEMENT_CA: u8 = 2;

/// A certificate of a CA of AMD's.
type CaCertificate<'a> = Certificate<'a, RsaPssSha384>;

/// The parts of the collateral, in place.
struct Parts<'a> {
    endorsement_ca: &'a [u8],
    crl: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Decodes the canonical ABI encoding, and nothing else.
    fn decode(bytes: &'a [u8]) -> Option<Self> {
        let token = canonical::<AmdCollateral>(bytes)?;
        let (endorsement_ca, crl) = token;
        Some(Self {
            endorsement_ca: endorsement_ca.0,
            crl: crl.0,
        })
    }
}

/// Verifies collateral (`abi.encode(AmdCollateral)`) and stores it.
pub fn submit(context: &mut Context<'_>, vendor: Vendor, collateral: &[u8]) -> Result<Stored, VerifyError> {
    let parts = Parts::decode(collateral).ok_or(Rejection::CollateralMalformed)?;
    let bundle = context.registry().roots(vendor)?;
    if bundle.is_empty() {
        return Err(Rejection::NoRoots.into());
    }
    let now = context.host.block_timestamp();
    if parts.endorsement_ca.is_empty() {
        return submit_crl(context, vendor, parts.crl, &bundle, now);
    }
    let chain = Chain::verify(&parts, &bundle, now, context.crypto)?;
    let record = chain.record(keccak256(&bundle));
    let compact = record.encode().filter(|bytes| bytes.len() <= MAX_BLOB_LEN);
    let compact = compact.ok_or(Rejection::CollateralTooLarge)?;
    let kind = [chain.issuer.kind.number()];
    let ca = Component {
        number: ENDORSEMENT_CA,
        subject: &kind,
        issued: chain.ca_floor(),
        rollback: Rejection::EndorsementCaRollback,
    };
    let crl = record.crl.map(|issued| Component {
        number: CRL,
        subject: &[],
        issued,
        rollback: Rejection::AmdCrlRollback,
    });
    if crl.is_none() && crl_floor(context, vendor, record.root_certificate)? != Floor::default() {
        return Err(Rejection::AmdCrlMissing.into());
    }
    let components: Vec<_> = iter::once(ca).chain(crl).collect();
    raise_floors(context, vendor, record.root_certificate, &components)?;
    stored::store(
        context,
        vendor,
        chain.issuer.collateral_key(),
        record.header,
        &compact,
    )
}

/// Accepts a CRL without an endorsement CA: no record older than it can be used any more. Nothing is stored but its
/// floor, so the key is zero.
fn submit_crl(
    context: &mut Context<'_>,
    vendor: Vendor,
    der: &[u8],
    bundle: &[u8],
    now: u64,
) -> Result<Stored, VerifyError> {
    let (crl, root) = find_issuer(der, bundle, now, context.crypto)?;
    let component = Component {
        number: CRL,
        subject: &[],
        issued: floor_of(&crl),
        rollback: Rejection::AmdCrlRollback,
    };
    raise_floors(context, vendor, root, &[component])?;
    Ok(Stored {
        key: B256::ZERO,
        valid_until: crl.window.until,
    })
}

/// The CRL and the hash of the root in `bundle` that issued it.
fn find_issuer(der: &[u8], bundle: &[u8], now: u64, crypto: &dyn Crypto) -> Result<(Crl, B256), Rejection> {
    let mut rest = bundle;
    while let Some((root_der, after)) = roots::split_first(rest) {
        let root = CaCertificate::parse(root_der).ok_or(Rejection::RootCertificateMalformed)?;
        match verify_crl(der, &root, now, crypto) {
            Ok(Some(crl)) => {
                root.window
                    .check(now, Rejection::ArkNotYetValid, Rejection::ArkExpired)?;
                return Ok((crl, keccak256(root_der)));
            }
            Ok(None) => return Err(Rejection::EndorsementCaMalformed),
            Err(Rejection::AmdCrlWrongIssuer) => rest = after,
            Err(rejection) => return Err(rejection),
        }
    }
    Err(Rejection::AmdCrlWrongIssuer)
}

/// A CRL that was accepted once binds every record of its root: one that was verified without it, or with an older
/// one, must be submitted again.
pub(super) fn check_crl(
    context: &mut Context<'_>,
    vendor: Vendor,
    record: &Record<'_>,
) -> Result<(), VerifyError> {
    let floor = crl_floor(context, vendor, record.root_certificate)?;
    match record.crl {
        None if floor != Floor::default() => Err(Rejection::StoredCrlMissing.into()),
        Some(crl) if !crl.is_at_least(floor) => Err(Rejection::StoredCrlSuperseded.into()),
        _ => Ok(()),
    }
}

/// The newest CRL of a root that was accepted; zero if none was yet.
fn crl_floor(context: &mut Context<'_>, vendor: Vendor, root: B256) -> Result<Floor, VerifyError> {
    let key = FloorKey {
        vendor,
        root,
        component: CRL,
        subject: &[],
    };
    Ok(context.registry().floor(&key)?)
}

/// The certificates and the CRL, all verified under one root.
struct Chain<'a> {
    root_hash: B256,
    ca: CaCertificate<'a>,
    issuer: EndorsementCa,
    crl: Option<Crl>,
    /// When all of them are valid.
    window: Window,
}

impl<'a> Chain<'a> {
    /// Verifies them at `now`, under the root of `bundle` that issued the endorsement CA.
    fn verify(parts: &Parts<'a>, bundle: &[u8], now: u64, crypto: &dyn Crypto) -> Result<Self, Rejection> {
        let ca = CaCertificate::parse(parts.endorsement_ca)
            .filter(|ca| ca.is_ca && ca.may_sign_certificates())
            .ok_or(Rejection::EndorsementCaMalformed)?;
        let issuer = ca.subject_common_name().and_then(EndorsementCa::from_common_name);
        let issuer = issuer.ok_or(Rejection::EndorsementCaUnknown)?;
        let (root, root_der) = roots::issuer_of(bundle, &ca, crypto)
            .filter(|(root, _)| root.path_len != Some(0))
            .ok_or(Rejection::EndorsementCaUntrusted)?;
        if root.subject_common_name() != Some(issuer.root_common_name().as_str()) {
            return Err(Rejection::EndorsementCaWrongProduct);
        }
        root.window
            .check(now, Rejection::ArkNotYetValid, Rejection::ArkExpired)?;
        let crl = verify_crl(parts.crl, &root, now, crypto)?;
        let is_revoked = |serial| crl.as_ref().is_some_and(|crl| crl.revokes(serial));
        if is_revoked(&root.serial) {
            return Err(Rejection::ArkRevoked);
        }
        ca.window.check(
            now,
            Rejection::EndorsementCaNotYetValid,
            Rejection::EndorsementCaExpired,
        )?;
        if is_revoked(&ca.serial) {
            return Err(Rejection::EndorsementCaRevoked);
        }
        let window = root.window.intersect(ca.window);
        Ok(Self {
            root_hash: keccak256(root_der),
            window: crl.as_ref().map_or(window, |crl| window.intersect(crl.window)),
            ca,
            issuer,
            crl,
        })
    }

    /// How new the endorsement CA is. AMD replaces one now and then, and the older certificate lasts for decades.
    fn ca_floor(&self) -> Floor {
        Floor {
            issued: self.ca.window.from,
            number: 0,
        }
    }

    fn record(&self, root_bundle: B256) -> Record<'_> {
        Record {
            header: Header {
                window: self.window,
                root_bundle,
            },
            root_certificate: self.root_hash,
            ca_modulus: &self.ca.public_key,
            crl: self.crl.as_ref().map(floor_of),
            ca_name: self.ca.subject(),
            revoked: self.crl.as_ref().map_or(&[], |crl| &crl.revoked),
        }
    }
}

/// The root's CRL, or none where the bytes are empty.
fn verify_crl(
    der: &[u8],
    root: &CaCertificate<'_>,
    now: u64,
    crypto: &dyn Crypto,
) -> Result<Option<Crl>, Rejection> {
    if der.is_empty() {
        return Ok(None);
    }
    let crl = Crl::verify(der, root, crypto).map_err(|error| match error {
        CrlError::Malformed => Rejection::AmdCrlMalformed,
        CrlError::WrongIssuer => Rejection::AmdCrlWrongIssuer,
        CrlError::SignatureInvalid => Rejection::AmdCrlSignatureInvalid,
    })?;
    crl.window
        .check(now, Rejection::AmdCrlNotYetIssued, Rejection::AmdCrlExpired)?;
    Ok(Some(crl))
}

/// How new a list is. AMD need not number its lists.
fn floor_of(crl: &Crl) -> Floor {
    Floor {
        issued: crl.window.from,
        number: crl.number.unwrap_or(0),
    }
}
