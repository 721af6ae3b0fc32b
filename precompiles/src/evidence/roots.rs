//! A vendor's root certificates: DER, one after another.

use super::{Rejection, scheme::Scheme, x509::Certificate};
use crate::{crypto::Crypto, state::blob::MAX_BLOB_LEN};
use der::{Reader, SliceReader};

/// The most root certificates that a vendor can have: AMD has one for each of three products.
pub const MAX_ROOTS: usize = 8;

/// Checks a bundle that governance wants to install: CA certificates with keys of scheme `K`, each signed by its
/// own key, none twice. Their windows are checked when they are used. Stored as it is.
pub fn read_bundle<K: Scheme>(bundle: &[u8], crypto: &dyn Crypto) -> Result<Vec<u8>, Rejection> {
    if bundle.is_empty() {
        return Err(Rejection::RootBundleEmpty);
    }
    if bundle.len() > MAX_BLOB_LEN {
        return Err(Rejection::RootBundleTooLong);
    }
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let (der, after) = split_first(rest).ok_or(Rejection::RootCertificateMalformed)?;
        if seen.len() == MAX_ROOTS {
            return Err(Rejection::RootBundleTooMany);
        }
        check_root::<K>(der, crypto)?;
        if seen.contains(&der) {
            return Err(Rejection::RootCertificateDuplicate);
        }
        seen.push(der);
        rest = after;
    }
    Ok(bundle.to_vec())
}

fn check_root<K: Scheme>(der: &[u8], crypto: &dyn Crypto) -> Result<(), Rejection> {
    let certificate = Certificate::<K>::parse(der).ok_or(Rejection::RootCertificateMalformed)?;
    if !certificate.is_ca || !certificate.may_sign_certificates_and_crls() {
        return Err(Rejection::RootCertificateNotCa);
    }
    if !certificate.is_issued_by(&certificate, crypto) {
        return Err(Rejection::RootCertificateNotSelfSigned);
    }
    Ok(())
}

/// The root in `bundle` that issued `certificate`, with its DER.
pub fn issuer_of<'a, K: Scheme, S: Scheme>(
    bundle: &'a [u8],
    certificate: &Certificate<'_, K, S>,
    crypto: &dyn Crypto,
) -> Option<(Certificate<'a, S>, &'a [u8])> {
    let mut rest = bundle;
    while let Some((der, after)) = split_first(rest) {
        let root = Certificate::<S>::parse(der).filter(|root| certificate.is_issued_by(root, crypto));
        if let Some(root) = root {
            return Some((root, der));
        }
        rest = after;
    }
    None
}

/// The first DER element, and what follows it.
pub(super) fn split_first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = {
        let mut reader = SliceReader::new(bytes).ok()?;
        reader.tlv_bytes().ok()?.len()
    };
    bytes.split_at_checked(len)
}
