//! A synthetic AMD PKI, and a mint for SEV-SNP attestation reports with the collateral that goes with them.
//!
//! [`Scenario::new`] describes evidence that is valid in every respect at [`NOW`]. A test bends the description and
//! only then has it encoded and signed, so that one thing is wrong and the rest still holds:
//!
//! ```
//! use aivm_simulator::snp::{Kind, Product, Scenario};
//!
//! let mut scenario = Scenario::new(Product::Milan, Kind::Vcek, 3);
//! scenario.set_chip_id([7; 64]);
//! scenario.report.vmpl = 1;
//! assert_eq!(scenario.report_bytes().len(), 1_184);
//! assert!(scenario.collateral().crl.is_empty());
//! ```

mod product;
pub mod report;
pub mod vek;

pub use product::{Product, Tcb};
pub use report::{Report, Signing};
pub use vek::VekExtensions;

use crate::x509::{
    Algorithm, Certificate, Crl, Key, Name, P384Key,
    name::{COMMON_NAME, COUNTRY, LOCALITY, ORGANIZATION, ORGANIZATIONAL_UNIT, STATE},
};

/// The time at which an unchanged scenario is valid: 2025-10-09T08:53:20Z, in Unix seconds.
pub const NOW: u64 = 1_760_000_000;

const YEAR: u64 = 365 * 86_400;

/// The RSA keys: one for each product's root, then these.
const ENDORSEMENT_KEY: usize = 3;
const LOADED_ENDORSEMENT_KEY: usize = 4;
const STRANGER: usize = 5;

/// keyCertSign, all that endorsement CAs may do.
const KEY_USAGE_CERTIFICATES: u8 = 0x04;

/// The kinds of endorsement key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of one chip.
    Vcek,
    /// Of a cloud provider.
    Vlek,
}

impl Kind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Vcek, Self::Vlek];
}

/// A report, its endorsement key and its collateral before anything is signed.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The product.
    pub product: Product,
    /// The kind of endorsement key.
    pub kind: Kind,
    /// The root's certificate (ARK).
    pub ark: Certificate,
    /// The certificate of the CA that issues the endorsement key (ASK or ASVK).
    pub ca: Certificate,
    /// The endorsement key's certificate; its extensions are `vek_extensions`.
    pub vek: Certificate,
    /// The extensions of the endorsement key's certificate.
    pub vek_extensions: VekExtensions,
    /// The root's CRL, if there is one.
    pub crl: Option<Crl>,
    /// The report.
    pub report: Report,
    /// How it is signed.
    pub signing: Signing,
}

/// What `submitCollateral` takes, in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collateral {
    /// The endorsement CA's certificate, DER.
    pub endorsement_ca: Vec<u8>,
    /// The CRL, DER; empty if there is none.
    pub crl: Vec<u8>,
}

/// A name as AMD writes it.
pub fn name(common_name: &str) -> Name {
    Name::new(&[
        (ORGANIZATIONAL_UNIT, "Engineering"),
        (COUNTRY, "US"),
        (LOCALITY, "Santa Clara"),
        (STATE, "CA"),
        (ORGANIZATION, "Advanced Micro Devices"),
        (COMMON_NAME, common_name),
    ])
}

/// The RSA key that stands for an outsider's: no valid scenario signs with it.
pub fn stranger() -> Key {
    Key::rsa4096(STRANGER)
}

/// A CRL of an empty list for half a year around [`NOW`].
pub fn crl() -> Crl {
    Crl::new(NOW - YEAR / 4, NOW + YEAR / 4)
}

impl Scenario {
    /// Evidence of this product under this kind of key, with a report of this version.
    pub fn new(product: Product, kind: Kind, version: u32) -> Self {
        let mut report = Report::new(product, version);
        let mut extensions = VekExtensions::new(product, product.name(), report.reported_tcb);
        let label = format!("{} {kind:?}", product.name());
        let (subject, lifetime) = match kind {
            Kind::Vcek => ("SEV-VCEK", 7 * YEAR),
            Kind::Vlek => ("SEV-VLEK", YEAR),
        };
        let mut vek = Certificate::end_entity(
            name(subject),
            Key::P384(P384Key::new(&label)),
            NOW - YEAR / 2,
            NOW - YEAR / 2 + lifetime,
        );
        vek.serial = vec![0];
        vek.basic_constraints = None;
        vek.key_usage = None;
        vek.key_ids = false;
        vek.algorithm = Some(Algorithm::RsaPssSha384 {
            trailer_field: product == Product::Milan,
        });
        match kind {
            Kind::Vcek => extensions.hwid = Some(report.chip_id[..product.chip_id_len()].to_vec()),
            Kind::Vlek => {
                report.set_signing_key(1);
                report.chip_id = [0; 64];
                extensions.csp_id = Some(vek::ia5_string("CN=cloud.example"));
            }
        }
        Self {
            product,
            kind,
            ark: ark(product),
            ca: endorsement_ca(product, kind),
            vek,
            vek_extensions: extensions,
            crl: None,
            report,
            signing: Signing::new(),
        }
    }

    /// Sets all TCB versions of the report, and what the endorsement key is for.
    pub fn set_tcb(&mut self, tcb: Tcb) {
        let bytes = tcb.bytes(self.product);
        let report = &mut self.report;
        report.reported_tcb = bytes;
        report.current_tcb = bytes;
        report.committed_tcb = bytes;
        report.launch_tcb = bytes;
        self.vek_extensions.set_tcb(self.product, bytes);
    }

    /// Sets the chip, in the report and in the certificate. Of Turin's only the first eight bytes count.
    pub fn set_chip_id(&mut self, chip_id: [u8; 64]) {
        let len = self.product.chip_id_len();
        self.report.chip_id = std::array::from_fn(|i| if i < len { chip_id[i] } else { 0 });
        self.vek_extensions.hwid = Some(chip_id[..len].to_vec());
    }

    /// Sets what a verifier wants to find in the report data: a nonce, and a hash of a key of the guest's.
    pub fn bind(&mut self, nonce: [u8; 32], attested_key: [u8; 32]) {
        self.report.report_data[..32].copy_from_slice(&nonce);
        self.report.report_data[32..].copy_from_slice(&attested_key);
    }

    /// The root's certificate.
    pub fn ark_der(&self) -> Vec<u8> {
        self.ark.self_signed()
    }

    /// The endorsement CA's certificate.
    pub fn ca_der(&self) -> Vec<u8> {
        self.ca.der(&self.ark)
    }

    /// The endorsement key's certificate.
    pub fn vek_der(&self) -> Vec<u8> {
        let mut vek = self.vek.clone();
        vek.extensions.splice(0..0, self.vek_extensions.all());
        vek.der(&self.ca)
    }

    /// The root's CRL, empty if there is none.
    pub fn crl_der(&self) -> Vec<u8> {
        self.crl.as_ref().map_or(Vec::new(), |crl| crl.der(&self.ark))
    }

    /// The report with its signature.
    pub fn report_bytes(&self) -> Vec<u8> {
        let signed = self.report.bytes();
        let Key::P384(key) = &self.vek.key else {
            panic!("an endorsement key is a P-384 key")
        };
        let signature = self.signing.bytes(&signed, key);
        [signed, signature].concat()
    }

    /// The report, then the endorsement key's certificate.
    pub fn evidence(&self) -> Vec<u8> {
        [self.report_bytes(), self.vek_der()].concat()
    }

    /// What the report and the endorsement key are verified against.
    pub fn collateral(&self) -> Collateral {
        Collateral {
            endorsement_ca: self.ca_der(),
            crl: self.crl_der(),
        }
    }
}

/// The root of a product.
pub fn ark(product: Product) -> Certificate {
    let subject = name(&format!("ARK-{}", product.name()));
    let key = Key::rsa4096(product.index());
    let mut ark = Certificate::ca(subject, key, NOW - 5 * YEAR, NOW + 20 * YEAR, None);
    ark.serial = vec![1 + product.index() as u8, 0, 0];
    ark
}

/// The CA that issues endorsement keys of a kind for a product.
pub fn endorsement_ca(product: Product, kind: Kind) -> Certificate {
    let (prefix, key, serial) = match kind {
        Kind::Vcek => ("SEV-", ENDORSEMENT_KEY, [0, 1]),
        Kind::Vlek => ("SEV-VLEK-", LOADED_ENDORSEMENT_KEY, [1, 1]),
    };
    let subject = name(&format!("{prefix}{}", product.name()));
    let (from, until) = (NOW - 4 * YEAR, NOW + 19 * YEAR);
    let mut ca = Certificate::ca(subject, Key::rsa4096(key), from, until, Some(0));
    ca.serial = vec![1 + product.index() as u8, serial[0], serial[1]];
    ca.key_usage = Some(KEY_USAGE_CERTIFICATES);
    ca
}
