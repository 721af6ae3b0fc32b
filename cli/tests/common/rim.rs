//! RIM files under a root of one's own, with any fault.
//!
//! Content and `SignedInfo` are written in their canonical form, so that what is signed is the very text.

#![allow(dead_code)] // each test uses some of it

use aivm_simulator::x509::{Certificate, Key, Name, P384Key, name::COMMON_NAME};
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha384};

/// When the made-up certificates are valid.
pub(crate) const NOW: u64 = 1_750_000_000;

const YEAR: u64 = 31_536_000;
const SWID: &str = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
const HASH: &str = "http://www.w3.org/2001/04/xmlenc#sha384";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// One measurement of a RIM file, as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) index: String,
    pub(crate) active: String,
    pub(crate) alternatives: String,
    pub(crate) kind: String,
    pub(crate) size: String,
    pub(crate) digests: Vec<String>,
}

impl Entry {
    /// An active measurement that may be one of these, each digest a byte repeated.
    pub(crate) fn active(index: u8, digests: &[u8]) -> Self {
        Self {
            index: index.to_string(),
            active: "True".into(),
            alternatives: digests.len().to_string(),
            kind: "Measurement".into(),
            size: "48".into(),
            digests: digests
                .iter()
                .map(|byte| format!("{byte:02x}").repeat(48))
                .collect(),
        }
    }

    fn xml(&self) -> String {
        let hashes: String = self
            .digests
            .iter()
            .enumerate()
            .map(|(number, digest)| format!(" ns2:Hash{number}=\"{digest}\""))
            .collect();
        format!(
            "<ns0:Resource active=\"{}\" alternatives=\"{}\" index=\"{}\" name=\"Measurement_{}\" size=\"{}\" type=\"{}\"{hashes}>\
             </ns0:Resource>",
            self.active, self.alternatives, self.index, self.index, self.size, self.kind
        )
    }
}

/// A RIM file, before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct Rim {
    pub(crate) product: String,
    pub(crate) version: String,
    pub(crate) edition: String,
    pub(crate) entries: Vec<Entry>,
    /// What is written between the payload and the signature.
    pub(crate) more: String,
    /// What is replaced in the `SignedInfo` before it is signed.
    pub(crate) signed_info: Vec<(String, String)>,
    /// The certificates, signer first.
    pub(crate) chain: Vec<Vec<u8>>,
}

impl Rim {
    /// A driver of GH100 with measurement 7.
    pub(crate) fn driver() -> Self {
        Self {
            product: "GH100".into(),
            version: "550.90.07".into(),
            edition: "GPU".into(),
            entries: vec![Entry::active(7, &[1]), Entry::active(23, &[2, 0])],
            more: String::new(),
            signed_info: Vec::new(),
            chain: Pki::new().chain(),
        }
    }

    /// A VBIOS of GH100 with measurements 0 and 12.
    pub(crate) fn vbios() -> Self {
        Self {
            version: "96.00.9F.00.01".into(),
            entries: vec![Entry::active(0, &[0]), Entry::active(12, &[3, 4, 5, 6])],
            ..Self::driver()
        }
    }

    /// What is signed, up to the end tag.
    fn content(&self) -> String {
        let entries: String = self.entries.iter().map(Entry::xml).collect();
        format!(
            "<SoftwareIdentity xmlns=\"{SWID}\" xmlns:ns0=\"{SWID}\" xmlns:ns2=\"{HASH}\" name=\"{}\">\
             <ns0:Meta colloquialVersion=\"{}\" edition=\"{}\" product=\"{}\"></ns0:Meta>\
             <ns0:Payload>{entries}</ns0:Payload>{}",
            self.product, self.version, self.edition, self.product, self.more
        )
    }

    /// The file.
    pub(crate) fn sign(&self) -> String {
        let content = self.content();
        let digest = Sha384::digest(format!("{content}</SoftwareIdentity>"));
        let mut signed_info = signed_info(&Base64::encode_string(&digest));
        for (from, to) in &self.signed_info {
            assert!(signed_info.contains(from), "{from}");
            signed_info = signed_info.replace(from, to);
        }
        let value = Base64::encode_string(&signer().sign(signed_info.as_bytes()));
        let certificates = self.chain.iter().map(|der| {
            let der = Base64::encode_string(der);
            format!("<ds:X509Certificate>{der}</ds:X509Certificate>")
        });
        let certificates: String = certificates.collect();
        format!(
            "{content}<ds:Signature xmlns:ds=\"{DSIG}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue>\
             <ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo></ds:Signature></SoftwareIdentity>"
        )
    }
}

fn signed_info(digest: &str) -> String {
    let c14n = "http://www.w3.org/2006/12/xml-c14n11";
    format!(
        "<ds:SignedInfo xmlns=\"{SWID}\" xmlns:ds=\"{DSIG}\" xmlns:ns0=\"{SWID}\" xmlns:ns2=\"{HASH}\">\
         <ds:CanonicalizationMethod Algorithm=\"{c14n}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"></ds:SignatureMethod>\
         <ds:Reference URI=\"\"><ds:Transforms>\
         <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"{c14n}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
}

fn signer() -> P384Key {
    P384Key::new("rim signer")
}

/// Four certificates, as NVIDIA has them.
#[derive(Clone, Debug)]
pub(crate) struct Pki {
    pub(crate) root: Certificate,
    pub(crate) ca: Certificate,
    pub(crate) l3: Certificate,
    pub(crate) signer: Certificate,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let name = |text: &str| Name::new(&[(COMMON_NAME, text)]);
        let ca = |text: &str, path_len| {
            Certificate::ca(name(text), Key::p384(text), NOW - YEAR, NOW + 9 * YEAR, path_len)
        };
        Self {
            root: ca("Test RIM Root", None),
            ca: ca("Test RIM CA", None),
            l3: ca("Test RIM L3", Some(0)),
            signer: Certificate::end_entity(
                name("Test RIM Signer"),
                Key::P384(signer()),
                NOW - YEAR,
                NOW + YEAR,
            ),
        }
    }

    /// The chain, signer first.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        vec![
            self.signer.der(&self.l3),
            self.l3.der(&self.ca),
            self.ca.der(&self.root),
            self.root.self_signed(),
        ]
    }
}

/// The root of the made-up chains, DER.
pub(crate) fn root() -> Vec<u8> {
    Pki::new().root.self_signed()
}
