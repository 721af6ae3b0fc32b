//! The certificates and CRLs of phase one: root CA → root CRL, TCB signer, PCK CA → PCK CRL.

use super::{collateral::Parts, pck::PckCa};
use crate::{
    crypto::{Crypto, P256PublicKey},
    evidence::{
        Rejection,
        crl::{Crl, CrlError},
        roots,
        x509::{Certificate, Window},
    },
    state::floor::Floor,
};

/// The common name of the one certificate that signs TCB info and QE identities.
const TCB_SIGNER_NAME: &str = "Intel SGX TCB Signing";

/// The certificates and CRLs, all verified under one root.
pub(super) struct Chain<'a> {
    /// The root certificate, DER.
    pub(super) root: &'a [u8],
    pub(super) root_crl: Floor,
    pub(super) tcb_info_key: P256PublicKey,
    pub(super) qe_identity_key: P256PublicKey,
    pub(super) pck_ca: Certificate<'a>,
    pub(super) pck_ca_kind: PckCa,
    pub(super) pck_crl: Crl,
    /// When all of them are valid.
    pub(super) window: Window,
}

impl<'a> Chain<'a> {
    /// Verifies them at `now`, under whichever root of `bundle` issued the TCB signer.
    pub(super) fn verify(
        parts: &Parts<'a>,
        bundle: &'a [u8],
        now: u64,
        crypto: &dyn Crypto,
    ) -> Result<Self, Rejection> {
        let tcb_info_signer = Certificate::parse(parts.tcb_info_signer).filter(is_tcb_signer);
        let tcb_info_signer = tcb_info_signer.ok_or(Rejection::TcbSignerMalformed)?;
        let (root, root_der) =
            roots::issuer_of(bundle, &tcb_info_signer, crypto).ok_or(Rejection::TcbSignerUntrusted)?;
        root.window
            .check(now, Rejection::RootNotYetValid, Rejection::RootExpired)?;
        let root_crl = verify_root_crl(parts.root_ca_crl, &root, now, crypto)?;
        if root_crl.revokes(&root.serial) {
            return Err(Rejection::RootRevoked);
        }
        tcb_info_signer
            .window
            .check(now, Rejection::TcbSignerNotYetValid, Rejection::TcbSignerExpired)?;
        if root_crl.revokes(&tcb_info_signer.serial) {
            return Err(Rejection::TcbSignerRevoked);
        }
        let (qe_identity_key, qe_signer_window) = if parts.qe_identity_signer == parts.tcb_info_signer {
            (tcb_info_signer.public_key, tcb_info_signer.window)
        } else {
            verify_qe_signer(parts.qe_identity_signer, &root, &root_crl, now, crypto)?
        };
        let (pck_ca, pck_ca_kind) = verify_pck_ca(parts.pck_ca, &root, &root_crl, now, crypto)?;
        let pck_crl = verify_pck_crl(parts.pck_crl, &pck_ca, now, crypto)?;
        let windows = [
            root_crl.window,
            pck_crl.window,
            tcb_info_signer.window,
            qe_signer_window,
            pck_ca.window,
        ];
        Ok(Self {
            root: root_der,
            root_crl: floor_of(&root_crl),
            tcb_info_key: tcb_info_signer.public_key,
            qe_identity_key,
            pck_ca,
            pck_ca_kind,
            pck_crl,
            window: windows.into_iter().fold(root.window, Window::intersect),
        })
    }
}

/// How new a list is. Intel's all have a number.
pub(super) fn floor_of(crl: &Crl) -> Floor {
    Floor {
        issued: crl.window.from,
        number: crl.number.unwrap_or_default(),
    }
}

fn is_tcb_signer(certificate: &Certificate<'_>) -> bool {
    !certificate.is_ca && certificate.subject_common_name() == Some(TCB_SIGNER_NAME)
}

fn verify_root_crl(
    der: &[u8],
    root: &Certificate<'_>,
    now: u64,
    crypto: &dyn Crypto,
) -> Result<Crl, Rejection> {
    let crl = Crl::verify(der, root, crypto).map_err(|error| match error {
        CrlError::Malformed => Rejection::RootCrlMalformed,
        CrlError::WrongIssuer => Rejection::RootCrlWrongIssuer,
        CrlError::SignatureInvalid => Rejection::RootCrlSignatureInvalid,
    })?;
    if crl.number.is_none() {
        return Err(Rejection::RootCrlMalformed);
    }
    crl.window
        .check(now, Rejection::RootCrlNotYetIssued, Rejection::RootCrlExpired)?;
    Ok(crl)
}

fn verify_pck_crl(
    der: &[u8],
    pck_ca: &Certificate<'_>,
    now: u64,
    crypto: &dyn Crypto,
) -> Result<Crl, Rejection> {
    let crl = Crl::verify(der, pck_ca, crypto).map_err(|error| match error {
        CrlError::Malformed => Rejection::PckCrlMalformed,
        CrlError::WrongIssuer => Rejection::PckCrlWrongIssuer,
        CrlError::SignatureInvalid => Rejection::PckCrlSignatureInvalid,
    })?;
    if crl.number.is_none() {
        return Err(Rejection::PckCrlMalformed);
    }
    crl.window
        .check(now, Rejection::PckCrlNotYetIssued, Rejection::PckCrlExpired)?;
    Ok(crl)
}

fn verify_qe_signer(
    der: &[u8],
    root: &Certificate<'_>,
    root_crl: &Crl,
    now: u64,
    crypto: &dyn Crypto,
) -> Result<(P256PublicKey, Window), Rejection> {
    let signer = Certificate::parse(der)
        .filter(is_tcb_signer)
        .ok_or(Rejection::QeSignerMalformed)?;
    if !signer.is_issued_by(root, crypto) {
        return Err(Rejection::QeSignerUntrusted);
    }
    signer
        .window
        .check(now, Rejection::QeSignerNotYetValid, Rejection::QeSignerExpired)?;
    if root_crl.revokes(&signer.serial) {
        return Err(Rejection::QeSignerRevoked);
    }
    Ok((signer.public_key, signer.window))
}

fn verify_pck_ca<'a>(
    der: &'a [u8],
    root: &Certificate<'_>,
    root_crl: &Crl,
    now: u64,
    crypto: &dyn Crypto,
) -> Result<(Certificate<'a>, PckCa), Rejection> {
    let ca = Certificate::parse(der).ok_or(Rejection::PckCaMalformed)?;
    let kind = ca.subject_common_name().and_then(PckCa::from_common_name);
    let kind = kind
        .filter(|_| ca.is_ca && ca.may_sign_certificates_and_crls())
        .ok_or(Rejection::PckCaMalformed)?;
    if root.path_len == Some(0) || !ca.is_issued_by(root, crypto) {
        return Err(Rejection::PckCaUntrusted);
    }
    ca.window
        .check(now, Rejection::PckCaNotYetValid, Rejection::PckCaExpired)?;
    if root_crl.revokes(&ca.serial) {
        return Err(Rejection::PckCaRevoked);
    }
    Ok((ca, kind))
}
