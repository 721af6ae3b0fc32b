//! The certificates of who signed a RIM file, up to NVIDIA's root for them.

use super::refusal::Refused;
use crate::output::time;
use aivm::{
    crypto::{AwsLc, P384PublicKey},
    evidence::{
        scheme::P384Sha384,
        x509::{Certificate, Timing, Window},
    },
};

/// The root that signs for RIM files, DER. Its provenance is in `cli/certificates/README.md`.
pub(super) const RIM_ROOT: &[u8] = include_bytes!("../../certificates/nvidia_corim_signing_root_ca.der");

/// The most certificates in a chain. Genuine ones have four.
const MAX_CHAIN: usize = 8;

/// A chain that is valid.
pub(super) struct Chain {
    /// The key that signed.
    pub(super) key: P384PublicKey,
    /// The common name of who signed, and of who issued its certificate.
    pub(super) signer: String,
    /// When all certificates are valid.
    pub(super) window: Window,
}

impl Chain {
    /// Verifies a chain, signer first, that ends in `root`, at a time.
    pub(super) fn verify(chain: &[Vec<u8>], root: &[u8], at: u64) -> Result<Self, Refused> {
        if chain.len() < 2 || chain.len() > MAX_CHAIN {
            let count = chain.len();
            return Err(Refused::chain(format!("{count} certificates are no chain")));
        }
        if chain.last().map(Vec::as_slice) != Some(root) {
            return Err(Refused::chain(
                "the chain does not end in the root that is trusted",
            ));
        }
        let parsed: Option<Vec<_>> = chain.iter().map(|der| parse(der)).collect();
        let parsed =
            parsed.ok_or_else(|| Refused::chain("a certificate cannot be read, or its key is not P-384"))?;
        check_links(&parsed)?;
        let window = check_windows(&parsed, at)?;
        let signer = parsed.first().filter(|signer| signer.may_sign_data());
        let signer =
            signer.ok_or_else(|| Refused::chain("the signer's certificate is not for signatures"))?;
        Ok(Self {
            key: signer.public_key,
            signer: format!(
                "{}, issued by {}",
                name(signer),
                signer.issuer_common_name().unwrap_or("?")
            ),
            window,
        })
    }
}

fn parse(der: &[u8]) -> Option<Certificate<'_, P384Sha384>> {
    Certificate::parse(der)
}

/// Whether `der` is a CA certificate that could be the root of a chain.
pub(super) fn is_root(der: &[u8]) -> bool {
    parse(der).is_some_and(|root| root.is_ca && root.may_sign_certificates())
}

/// Each certificate was issued by the next, which may do so.
fn check_links(chain: &[Certificate<'_, P384Sha384>]) -> Result<(), Refused> {
    let pairs = chain.iter().zip(chain.iter().skip(1));
    for (between, (certificate, issuer)) in pairs.enumerate() {
        if !certificate.is_issued_by(issuer, &AwsLc) {
            let (subject, issuer) = (name(certificate), name(issuer));
            return Err(Refused::chain(format!(
                "{subject:?} was not issued by {issuer:?}"
            )));
        }
        let fits = |limit: u32| usize::try_from(limit).is_ok_and(|limit| between <= limit);
        if !issuer.is_ca || !issuer.may_sign_certificates() || !issuer.path_len.is_none_or(fits) {
            return Err(Refused::chain(format!(
                "{:?} may not issue certificates here",
                name(issuer)
            )));
        }
    }
    Ok(())
}

/// The time in which all are valid, which must contain `at`.
fn check_windows(chain: &[Certificate<'_, P384Sha384>], at: u64) -> Result<Window, Refused> {
    let mut all = Window {
        from: 0,
        until: u64::MAX,
    };
    for certificate in chain {
        let (name, window) = (name(certificate), certificate.window);
        match window.timing(at) {
            Timing::Valid => all = all.intersect(window),
            Timing::Late => {
                let until = time(window.until);
                return Err(Refused::expired(format!(
                    "the certificate {name:?} was valid until {until}"
                )));
            }
            Timing::Early => {
                let from = time(window.from);
                return Err(Refused::early(format!(
                    "the certificate {name:?} is valid from {from}"
                )));
            }
        }
    }
    Ok(all)
}

fn name<'a>(certificate: &'a Certificate<'_, P384Sha384>) -> &'a str {
    certificate.subject_common_name().unwrap_or("?")
}
