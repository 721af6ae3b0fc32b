//! The certificate of an endorsement key: AMD's "Versioned Chip Endorsement Key (VCEK) Certificate and KDS Interface
//! Specification", 57230. A VCEK belongs to one chip, a VLEK to a cloud provider; both to one TCB version.
//!
//! | extension 1.3.6.1.4.1.3704.1 | value | VCEK | VLEK |
//! |---|---|---|---|
//! | .2 | product name, IA5String | product | product |
//! | .3.1 to .3.9 | TCB components, INTEGER | REPORTED_TCB | REPORTED_TCB |
//! | .4 | HWID, 64 bytes, of Turin 8 | CHIP_ID | absent |
//! | .5 | CSP id, IA5String | absent | any |
//!
//! The serial number is zero in all of them, so nothing is looked up by it alone.

use super::{
    record::Record,
    report::{Report, is_zero},
    tcb::{Product, TcbVersion},
};
use crate::{
    crypto::Crypto,
    evidence::{
        Rejection,
        known_key::Certification,
        scheme::{P384Sha384, RsaPssSha384},
        x509::Certificate,
    },
};
use alloy_primitives::B256;
use der::{
    Decode,
    asn1::{Ia5StringRef, ObjectIdentifier, OctetStringRef},
};

const PRODUCT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.2");
const TCB_COMPONENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3");
const HWID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.4");
const CSP_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.5");

/// The last arcs of the extensions that have a component.
const TCB_ARCS: core::ops::RangeInclusive<u32> = 1..=9;

/// The kinds of endorsement key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VekKind {
    /// Versioned chip endorsement key: derived from secrets of one chip.
    Vcek,
    /// Versioned loaded endorsement key: given to a cloud provider, who loads it into its machines.
    Vlek,
}

impl VekKind {
    /// The kind's number in a collateral key.
    pub const fn number(self) -> u8 {
        match self {
            Self::Vcek => 1,
            Self::Vlek => 2,
        }
    }

    /// The common name of every certificate of this kind.
    pub const fn common_name(self) -> &'static str {
        match self {
            Self::Vcek => "SEV-VCEK",
            Self::Vlek => "SEV-VLEK",
        }
    }

    /// The kind that a report's SIGNING_KEY names.
    pub fn of_report(report: &Report<'_>) -> Result<Self, Rejection> {
        match report.key_info.signing_key() {
            0 => Ok(Self::Vcek),
            1 => Ok(Self::Vlek),
            7 => Err(Rejection::NoSigningKey),
            key => Err(Rejection::ReservedSigningKey { key }),
        }
    }
}

/// A CA that issues endorsement keys: ASK (of VCEKs) or ASVK (of VLEKs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndorsementCa {
    /// For which product.
    pub product: Product,
    /// Which kind of key it issues.
    pub kind: VekKind,
}

impl EndorsementCa {
    /// The CA with this common name: `SEV-Milan`, `SEV-VLEK-Milan`, and so on.
    pub fn from_common_name(name: &str) -> Option<Self> {
        let name = name.strip_prefix("SEV-")?;
        let (kind, product) = match name.strip_prefix("VLEK-") {
            Some(product) => (VekKind::Vlek, product),
            None => (VekKind::Vcek, name),
        };
        let product = Product::from_name(product)?;
        Some(Self { product, kind })
    }

    /// The common name of the root that must have issued it.
    pub(super) fn root_common_name(self) -> String {
        format!("ARK-{}", self.product.name())
    }

    /// Where its collateral is stored.
    pub fn collateral_key(self) -> B256 {
        collateral_key(self.product, self.kind)
    }
}

/// Where the collateral for endorsement keys is stored: product(1) ‖ kind(1) ‖ 30 zero bytes.
pub fn collateral_key(product: Product, kind: VekKind) -> B256 {
    let mut key = B256::ZERO;
    for (target, byte) in key.iter_mut().zip([product.number(), kind.number()]) {
        *target = byte;
    }
    key
}

/// The certificate of an endorsement key, not yet verified.
#[derive(Clone, Debug)]
pub struct Vek<'a> {
    /// The certificate.
    pub certificate: Certificate<'a, P384Sha384, RsaPssSha384>,
    /// The CA that it names as its issuer.
    pub issuer: EndorsementCa,
}

impl<'a> Vek<'a> {
    /// Parses the certificate of an endorsement key that fills `der` exactly.
    pub fn parse(der: &'a [u8]) -> Result<Self, Rejection> {
        let certificate = Certificate::<P384Sha384, RsaPssSha384>::parse(der)
            .filter(|certificate| !certificate.is_ca)
            .ok_or(Rejection::VekMalformed)?;
        let issuer = certificate
            .issuer_common_name()
            .and_then(EndorsementCa::from_common_name);
        let issuer = issuer.ok_or(Rejection::VekIssuerUnknown)?;
        Ok(Self { certificate, issuer })
    }

    /// Whether this is the certificate of such a key: by its issuer and by its subject.
    pub(super) fn check_kind(&self, kind: VekKind) -> Result<(), Rejection> {
        let subject = self.certificate.subject_common_name();
        if self.issuer.kind != kind || subject != Some(kind.common_name()) {
            return Err(Rejection::VekKindMismatch);
        }
        Ok(())
    }

    /// Verifies the certificate against collateral: the first of the two signatures of evidence.
    pub(super) fn verify(
        &self,
        record: &Record<'_>,
        certification: &mut Certification,
        now: u64,
        crypto: &dyn Crypto,
    ) -> Result<(), Rejection> {
        if self.certificate.issuer() != record.ca_name
            || !certification.holds(|| self.certificate.is_signed_by(record.ca_modulus, crypto))
        {
            return Err(Rejection::VekSignatureInvalid);
        }
        self.certificate
            .window
            .check(now, Rejection::VekNotYetValid, Rejection::VekExpired)?;
        if record.revoked.binary_search(&self.certificate.serial).is_ok() {
            return Err(Rejection::VekRevoked);
        }
        Ok(())
    }

    /// Whether this is the key of the chip, or the provider, and of the TCB version that the report names.
    pub(super) fn check_report(&self, report: &Report<'_>) -> Result<(), Rejection> {
        let product = self.issuer.product;
        if self.product_name()? != product {
            return Err(Rejection::VekProductMismatch);
        }
        if let Some(cpuid) = report
            .cpuid
            .filter(|cpuid| Product::of_cpu(*cpuid) != Some(product))
        {
            let (family, model) = (cpuid.family, cpuid.model);
            return Err(Rejection::CpuMismatch { family, model });
        }
        match self.issuer.kind {
            VekKind::Vcek => self.check_chip_id(report.chip_id)?,
            VekKind::Vlek => self.check_provider()?,
        }
        self.check_tcb(report.reported_tcb)
    }

    /// Whether every component is there and is that of `tcb`. What the product reserves, or has no byte for, must be
    /// zero where it is there.
    fn check_tcb(&self, tcb: TcbVersion) -> Result<(), Rejection> {
        let components = self.issuer.product.components();
        for component in components.iter().filter(|component| component.name.is_some()) {
            self.tcb_component(component.arc)?
                .ok_or(Rejection::VekTcbMissing)?;
        }
        for arc in TCB_ARCS {
            let mut bytes = components.iter().zip(tcb.0);
            let svn = bytes
                .find(|(component, _)| component.arc == arc)
                .map_or(0, |(_, svn)| svn);
            if self.tcb_component(arc)?.unwrap_or(0) != svn {
                return Err(Rejection::VekTcbMismatch);
            }
        }
        Ok(())
    }

    fn product_name(&self) -> Result<Product, Rejection> {
        let name = self
            .extension(PRODUCT_NAME)
            .and_then(|der| Ia5StringRef::from_der(der).ok());
        let name = name.ok_or(Rejection::VekExtensionMalformed)?;
        Product::of_certificate(name.as_str()).ok_or(Rejection::VekProductMismatch)
    }

    /// One security version, if the certificate has it.
    fn tcb_component(&self, arc: u32) -> Result<Option<u8>, Rejection> {
        let oid = TCB_COMPONENT
            .push_arc(arc)
            .map_err(|_| Rejection::VekExtensionMalformed)?;
        let svn = self.extension(oid).map(u8::from_der).transpose();
        svn.map_err(|_| Rejection::VekExtensionMalformed)
    }

    fn check_chip_id(&self, chip_id: &[u8; 64]) -> Result<(), Rejection> {
        let len = self.issuer.product.chip_id_len();
        let hwid = self.extension(HWID).ok_or(Rejection::VekHwidMissing)?;
        let hwid = hardware_id(hwid, len).ok_or(Rejection::VekExtensionMalformed)?;
        if is_zero(chip_id) {
            return Err(Rejection::ChipIdMasked);
        }
        let (id, rest) = chip_id.split_at_checked(len).ok_or(Rejection::ChipIdMismatch)?;
        if id != hwid || !is_zero(rest) {
            return Err(Rejection::ChipIdMismatch);
        }
        Ok(())
    }

    fn check_provider(&self) -> Result<(), Rejection> {
        if self.extension(HWID).is_some() {
            return Err(Rejection::VlekWithHwid);
        }
        let provider = self.extension(CSP_ID).ok_or(Rejection::VlekProviderMissing)?;
        match Ia5StringRef::from_der(provider) {
            Ok(name) if !name.is_empty() => Ok(()),
            _ => Err(Rejection::VekExtensionMalformed),
        }
    }

    fn extension(&self, oid: ObjectIdentifier) -> Option<&'a [u8]> {
        self.certificate.extension(oid.as_bytes())
    }
}

/// HWID as it stands in genuine certificates, or as DER would have it, in an OCTET STRING.
fn hardware_id(value: &[u8], len: usize) -> Option<&[u8]> {
    if value.len() == len {
        return Some(value);
    }
    let wrapped = <&OctetStringRef>::from_der(value).ok()?.as_bytes();
    (wrapped.len() == len).then_some(wrapped)
}
