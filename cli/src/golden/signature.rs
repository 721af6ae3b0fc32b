//! The signature of a RIM file (XML Signature, <https://www.w3.org/TR/xmldsig-core1/>) and its certificates.
//!
//! NVIDIA signs in one way only, and nothing else is accepted: one `Signature`, a child of the root element; one
//! `Reference` to the whole file; Canonical XML 1.1, SHA-384 and ECDSA with P-384. [`verify`] hands back the
//! canonical text that was digested, and only that is read further on. So there is no second copy of anything for
//! an attacker to move about.

use super::{canonical, certificates, refusal::Refused};
use aivm::{
    crypto::{AwsLc, Crypto, P384Signature},
    evidence::x509::Window,
};
use base64ct::{Base64, Encoding};
use roxmltree::Node;
use sha2::{Digest, Sha384};

/// The namespace of XML Signature.
const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

const CANONICAL_XML: &str = "http://www.w3.org/2006/12/xml-c14n11";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const ECDSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";

/// What a genuine signature covers.
#[derive(Debug)]
pub(super) struct Signed {
    /// The file without its signature, canonical.
    pub(super) text: String,
    /// Who signed.
    pub(super) signer: String,
    /// When all certificates of the chain are valid.
    pub(super) window: Window,
}

/// Verifies a file against a root certificate, at a time.
pub(super) fn verify(text: &str, root: &[u8], at: u64) -> Result<Signed, Refused> {
    let document = canonical::parse(text).map_err(Refused::xml)?;
    let content = document.root_element();
    let signature = find(content)?;
    let [signed_info, value, key_info] = children(signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;

    let signed_info = canonical::canonical(signed_info, None);
    let text = canonical::canonical(content, Some(signature));
    let digest = Sha384::digest(text.as_bytes());
    if reference_digest(&signed_info)? != *digest {
        return Err(Refused::changed("the file was changed after it was signed"));
    }
    let chain = certificates::Chain::verify(&chain(key_info)?, root, at)?;
    let value: P384Signature = decode(value)?
        .try_into()
        .map_err(|_| Refused::signature("the signature does not have the 96 bytes of P-384"))?;
    if !AwsLc.verify_p384(&chain.key, signed_info.as_bytes(), &value) {
        return Err(Refused::changed(
            "the signature is not by the certificate that it names",
        ));
    }
    Ok(Signed {
        text,
        signer: chain.signer,
        window: chain.window,
    })
}

/// The one signature, which is a child of the root element.
fn find<'a, 'input>(content: Node<'a, 'input>) -> Result<Node<'a, 'input>, Refused> {
    let is_signature = |node: &Node<'_, '_>| node.tag_name().name() == "Signature";
    let mut signatures = content.descendants().filter(is_signature);
    let (first, second) = (signatures.next(), signatures.next());
    match (first, second) {
        (Some(signature), None) => {
            let in_place = signature.parent() == Some(content);
            if in_place && signature.tag_name().namespace() == Some(NAMESPACE) {
                Ok(signature)
            } else {
                Err(Refused::signature("the signature is not where NVIDIA puts it"))
            }
        }
        (None, _) => Err(Refused::signature("the file is not signed")),
        (Some(_), Some(_)) => Err(Refused::signature("the file has more than one signature")),
    }
}

/// The digest in a `SignedInfo` of the one form that is accepted.
fn reference_digest(canonical: &str) -> Result<Vec<u8>, Refused> {
    let document = canonical::parse(canonical).map_err(Refused::xml)?;
    let names = ["CanonicalizationMethod", "SignatureMethod", "Reference"];
    let [canonicalization, method, reference] = children(document.root_element(), names)?;
    expect(canonicalization, "Algorithm", CANONICAL_XML)?;
    expect(method, "Algorithm", ECDSA_SHA384)?;
    expect(reference, "URI", "")?;

    let names = ["Transforms", "DigestMethod", "DigestValue"];
    let [transforms, method, value] = children(reference, names)?;
    let [enveloped, canonicalization] = children(transforms, ["Transform", "Transform"])?;
    expect(enveloped, "Algorithm", ENVELOPED)?;
    expect(canonicalization, "Algorithm", CANONICAL_XML)?;
    expect(method, "Algorithm", SHA384)?;
    for empty in [canonicalization, enveloped, method] {
        children(empty, [])?;
    }
    decode(value)
}

/// The certificates in a `KeyInfo`.
fn chain(key_info: Node<'_, '_>) -> Result<Vec<Vec<u8>>, Refused> {
    let [data] = children(key_info, ["X509Data"])?;
    let certificates = data.children().filter(|child| !is_space(child));
    certificates
        .map(|certificate| {
            if certificate.has_tag_name((NAMESPACE, "X509Certificate")) {
                decode(certificate)
            } else {
                Err(Refused::signature(
                    "there is more than certificates beside the signature",
                ))
            }
        })
        .collect()
}

/// The children, which must have these names, with nothing but white space between them.
fn children<'a, 'input, const N: usize>(
    node: Node<'a, 'input>,
    names: [&'static str; N],
) -> Result<[Node<'a, 'input>; N], Refused> {
    let found: Vec<_> = node.children().filter(|child| !is_space(child)).collect();
    let found: Option<[Node<'a, 'input>; N]> = found.try_into().ok();
    let found = found.filter(|found| {
        let mut pairs = found.iter().zip(names);
        pairs.all(|(child, name)| child.has_tag_name((NAMESPACE, name)))
    });
    found.ok_or_else(|| {
        let name = node.tag_name().name();
        Refused::signature(format!(
            "the signature's {name} is not of the form that NVIDIA uses"
        ))
    })
}

fn is_space(node: &Node<'_, '_>) -> bool {
    node.is_text() && node.text().unwrap_or_default().trim().is_empty()
}

/// The one attribute of `node` must be this.
fn expect(node: Node<'_, '_>, attribute: &str, value: &str) -> Result<(), Refused> {
    if node.attributes().len() == 1 && node.attribute(attribute) == Some(value) {
        return Ok(());
    }
    let name = node.tag_name().name();
    let found = node.attribute(attribute).unwrap_or("nothing");
    Err(Refused::signature(format!(
        "the signature's {name} says {attribute} {found:?}, not {value:?}"
    )))
}

/// The bytes in an element that holds base64 and nothing else.
fn decode(node: Node<'_, '_>) -> Result<Vec<u8>, Refused> {
    let is_text = node.children().all(|child| child.is_text());
    let text: String = node.text().unwrap_or_default().split_whitespace().collect();
    let bytes = Base64::decode_vec(&text).ok().filter(|_| is_text);
    bytes.ok_or_else(|| {
        let name = node.tag_name().name();
        Refused::signature(format!("the signature's {name} is not base64"))
    })
}
