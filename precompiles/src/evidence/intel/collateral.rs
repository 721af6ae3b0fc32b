//! Phase one: Intel collateral is verified at the block's time and turned into a [`Record`].
//!
//! Root CA (in state) → root CRL, TCB signer → TCB info, QE identity; root CA → PCK CA → PCK CRL. Nothing is
//! parsed in depth before the signature over it is verified.

use super::{
    chain::{Chain, floor_of},
    json::Appraisal,
    pck::collateral_key,
    pem,
    record::Record,
};
use crate::{
    crypto::{Crypto, P256PublicKey, P256Signature},
    evidence::{
        Rejection, Vendor, VerifyError,
        canonical::canonical,
        stored::{self, Component, Header, Stored, raise_floors},
    },
    precompile::Context,
    state::blob::MAX_BLOB_LEN,
};
use aivm_abi::IAttestationRegistry::IntelCollateral;
use alloy_primitives::{B256, keccak256};

/// The components that have a rollback floor.
const ROOT_CRL: u8 = 1;
const PCK_CRL: u8 = 2;
const TCB_INFO: u8 = 3;
const QE_IDENTITY: u8 = 4;

/// The parts of the collateral, in place.
pub(super) struct Parts<'a> {
    pub(super) tcb_info: &'a [u8],
    pub(super) tcb_info_signature: &'a [u8],
    pub(super) qe_identity: &'a [u8],
    pub(super) qe_identity_signature: &'a [u8],
    pub(super) tcb_info_signer: &'a [u8],
    pub(super) qe_identity_signer: &'a [u8],
    pub(super) pck_ca: &'a [u8],
    pub(super) root_ca_crl: &'a [u8],
    pub(super) pck_crl: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Decodes the canonical ABI encoding, and nothing else.
    fn decode(bytes: &'a [u8]) -> Option<Self> {
        let token = canonical::<IntelCollateral>(bytes)?;
        let (tcb_info, tcb_info_signature, qe_identity, qe_identity_signature, tcb_info_signer, ..) = token;
        let (.., qe_identity_signer, pck_ca, root_ca_crl, pck_crl) = token;
        Some(Self {
            tcb_info: tcb_info.0,
            tcb_info_signature: tcb_info_signature.0,
            qe_identity: qe_identity.0,
            qe_identity_signature: qe_identity_signature.0,
            tcb_info_signer: tcb_info_signer.0,
            qe_identity_signer: qe_identity_signer.0,
            pck_ca: pck_ca.0,
            root_ca_crl: root_ca_crl.0,
            pck_crl: pck_crl.0,
        })
    }
}

/// Verifies collateral (`abi.encode(IntelCollateral)`) for SGX or TDX and stores it.
pub fn submit(context: &mut Context<'_>, vendor: Vendor, collateral: &[u8]) -> Result<Stored, VerifyError> {
    let parts = Parts::decode(collateral).ok_or(Rejection::CollateralMalformed)?;
    let bundle = context.registry().roots(vendor)?;
    if bundle.is_empty() {
        return Err(Rejection::NoRoots.into());
    }
    let now = context.host.block_timestamp();
    let chain = Chain::verify(&parts, &bundle, now, context.crypto)?;
    let appraisal = verify_json(&parts, &chain, vendor, now, context.crypto)?;

    let key = collateral_key(appraisal.fmspc, chain.pck_ca_kind);
    let ca = [chain.pck_ca_kind.number()];
    let fmspc = appraisal.fmspc;
    let root = keccak256(chain.root);
    let components = [
        Component {
            number: ROOT_CRL,
            subject: &[],
            issued: chain.root_crl,
            rollback: Rejection::RootCrlRollback,
        },
        Component {
            number: PCK_CRL,
            subject: &ca,
            issued: floor_of(&chain.pck_crl),
            rollback: Rejection::PckCrlRollback,
        },
        Component {
            number: TCB_INFO,
            subject: &fmspc,
            issued: appraisal.tcb_info_floor(),
            rollback: Rejection::TcbInfoRollback,
        },
        Component {
            number: QE_IDENTITY,
            subject: &[],
            issued: appraisal.qe_identity_floor(),
            rollback: Rejection::QeIdentityRollback,
        },
    ];
    let issuers = [pem::encode(parts.pck_ca), pem::encode(chain.root)].concat();
    let record = record(&chain, appraisal, keccak256(&bundle), &issuers);
    super::check_minimum_tcb(context, vendor, &record)?;
    let compact = record.encode().filter(|bytes| bytes.len() <= MAX_BLOB_LEN);
    let compact = compact.ok_or(Rejection::CollateralTooLarge)?;
    raise_floors(context, vendor, root, &components)?;
    stored::store(context, vendor, key, record.header, &compact)
}

fn record<'a>(
    chain: &'a Chain<'_>,
    appraisal: Appraisal,
    root_bundle: B256,
    issuers: &'a [u8],
) -> Record<'a> {
    Record {
        header: Header {
            window: chain
                .window
                .intersect(appraisal.tcb_info_window)
                .intersect(appraisal.qe_identity_window),
            root_bundle,
        },
        pck_ca_key: &chain.pck_ca.public_key,
        tcb_info_evaluation: appraisal.tcb_info_evaluation,
        qe_identity_evaluation: appraisal.qe_identity_evaluation,
        pce_id: appraisal.pce_id,
        qe_identity: appraisal.qe_identity,
        tcb_levels: appraisal.tcb_levels,
        tdx_module: appraisal.tdx_module,
        tdx_module_identities: appraisal.tdx_module_identities,
        pck_ca_name: chain.pck_ca.subject(),
        issuers,
        revoked_pcks: &chain.pck_crl.revoked,
    }
}

/// Verifies the two signatures over JSON, then parses what they cover.
fn verify_json(
    parts: &Parts<'_>,
    chain: &Chain<'_>,
    vendor: Vendor,
    now: u64,
    crypto: &dyn Crypto,
) -> Result<Appraisal, Rejection> {
    let is_signed = |key: &P256PublicKey, text: &[u8], signature: &[u8]| {
        P256Signature::try_from(signature).is_ok_and(|signature| crypto.verify_p256(key, text, &signature))
    };
    if !is_signed(&chain.tcb_info_key, parts.tcb_info, parts.tcb_info_signature) {
        return Err(Rejection::TcbInfoSignatureInvalid);
    }
    if !is_signed(
        &chain.qe_identity_key,
        parts.qe_identity,
        parts.qe_identity_signature,
    ) {
        return Err(Rejection::QeIdentitySignatureInvalid);
    }
    let appraisal = Appraisal::parse(vendor, parts.tcb_info, parts.qe_identity)?;
    appraisal
        .tcb_info_window
        .check(now, Rejection::TcbInfoNotYetIssued, Rejection::TcbInfoExpired)?;
    appraisal.qe_identity_window.check(
        now,
        Rejection::QeIdentityNotYetIssued,
        Rejection::QeIdentityExpired,
    )?;
    Ok(appraisal)
}
