//! The PCK chain in a quote: Intel's "SGX PCK Certificate and CRL Specification".

use super::{pem, record::Record, tcb::PlatformSvn};
use crate::{
    crypto::Crypto,
    evidence::{
        Rejection,
        known_key::Certification,
        x509::{Certificate, Timing},
    },
};
use alloy_primitives::B256;
use der::{
    Decode, Reader, SliceReader,
    asn1::{ObjectIdentifier, OctetStringRef},
};

/// The SGX extension of a PCK certificate.
const SGX_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1");
/// Its entry with the TCB, which is a list of entries too.
const TCB: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.2");

/// Tags of DER, and the longest length that is one byte.
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const ENUMERATED: u8 = 0x0a;
const SEQUENCE: u8 = 0x30;
const MAX_SHORT: u8 = 0x7f;

/// The two CAs that issue PCK certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PckCa {
    /// For platforms with one processor package.
    Processor,
    /// For platforms that may have several.
    Platform,
}

impl PckCa {
    /// The CA's number in a collateral key.
    pub const fn number(self) -> u8 {
        match self {
            Self::Processor => 1,
            Self::Platform => 2,
        }
    }

    /// The CA with this common name.
    pub fn from_common_name(name: &str) -> Option<Self> {
        match name {
            "Intel SGX PCK Processor CA" => Some(Self::Processor),
            "Intel SGX PCK Platform CA" => Some(Self::Platform),
            _ => None,
        }
    }
}

/// Where the collateral of a platform is stored: FMSPC(6) ‖ PCK CA(1) ‖ 25 zero bytes.
pub fn collateral_key(fmspc: [u8; 6], ca: PckCa) -> B256 {
    let [a, b, c, d, e, f] = fmspc;
    let mut key = B256::ZERO;
    for (target, byte) in key.iter_mut().zip([a, b, c, d, e, f, ca.number()]) {
        *target = byte;
    }
    key
}

/// A PCK chain: the PCK certificate, DER, and those of the PCK CA and the root, PEM as they came. These two are in every
/// quote of a platform's kind, and are compared as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PckChain<'a> {
    leaf: Vec<u8>,
    issuers: &'a [u8],
}

impl<'a> PckChain<'a> {
    /// Reads a chain. Every byte must be as an encoder writes it: 64 columns of base64, line feeds, nothing around the
    /// three certificates but one optional NUL at the end, which quoting libraries append.
    pub fn from_pem(text: &'a [u8]) -> Option<Self> {
        let chain = Self::with_pck(text)?;
        chain.check_issuers().ok()?;
        Some(chain)
    }

    /// The same, but that the form of the two issuers is left to [`Self::check_issuers`].
    pub(super) fn with_pck(text: &'a [u8]) -> Option<Self> {
        let text = text.strip_suffix(b"\0").unwrap_or(text);
        let (leaf, issuers) = pem::decode(text)?;
        Some(Self { leaf, issuers })
    }

    /// Whether PCK CA and root, whatever they are, are in PEM of the one form.
    pub(super) fn check_issuers(&self) -> Result<(), Rejection> {
        self.decode_issuers()
            .map(|_| ())
            .ok_or(Rejection::PckChainMalformed)
    }

    /// The certificates of PCK CA and root, DER.
    fn decode_issuers(&self) -> Option<[Vec<u8>; 2]> {
        let (ca, rest) = pem::decode(self.issuers)?;
        let (root, rest) = pem::decode(rest)?;
        rest.is_empty().then_some([ca, root])
    }

    /// Whether these are the three certificates.
    pub fn is(&self, certificates: &[Vec<u8>]) -> bool {
        let issuers = self.decode_issuers();
        matches!((certificates, issuers), ([leaf, ca, root], Some(issuers)) if *leaf == self.leaf && [ca, root] == issuers.each_ref())
    }

    /// The PCK certificate, not yet verified.
    pub fn pck(&self) -> Result<Pck<'_>, Rejection> {
        Pck::parse(&self.leaf)
    }

    /// Whether the issuers are those of the collateral: the root first.
    fn compare_issuers(&self, record: &Record<'_>) -> Result<(), Rejection> {
        if self.issuers == record.issuers {
            return Ok(());
        }
        self.check_issuers()?;
        // Each certificate has one text, and begins where the one before ends.
        let root = |issuers: &'_ [u8]| pem::decode(issuers).map(|(_, root)| root.to_vec());
        if root(self.issuers) != root(record.issuers) {
            return Err(Rejection::RootNotTrusted);
        }
        Err(Rejection::PckCaMismatch)
    }
}

/// A PCK certificate and what its SGX extension says of the platform.
#[derive(Clone, Debug)]
pub struct Pck<'a> {
    pub(super) certificate: Certificate<'a>,
    /// The CA that it names as its issuer.
    pub issuer: PckCa,
    /// The platform provisioning id.
    pub ppid: [u8; 16],
    /// The platform's family, model, stepping, type and customisation.
    pub fmspc: [u8; 6],
    /// The id of the provisioning certification enclave.
    pub pce_id: [u8; 2],
    pub(super) svn: PlatformSvn,
}

impl<'a> Pck<'a> {
    fn parse(der: &'a [u8]) -> Result<Self, Rejection> {
        let certificate = Certificate::parse(der).ok_or(Rejection::PckCertificateMalformed)?;
        let issuer = certificate.issuer_common_name().and_then(PckCa::from_common_name);
        let issuer = issuer
            .filter(|_| !certificate.is_ca)
            .ok_or(Rejection::PckCertificateMalformed)?;
        let extension = certificate.extension(SGX_EXTENSION.as_bytes());
        let extension = extension
            .and_then(|der| SgxExtension::parse(der, issuer))
            .ok_or(Rejection::PckExtensionMalformed)?;
        let SgxExtension {
            ppid,
            fmspc,
            pce_id,
            svn,
        } = extension;
        Ok(Self {
            certificate,
            issuer,
            ppid,
            fmspc,
            pce_id,
            svn,
        })
    }

    /// Where the collateral of this platform is stored.
    pub fn collateral_key(&self) -> B256 {
        collateral_key(self.fmspc, self.issuer)
    }

    /// Verifies the certificate against collateral: the first of the three signatures of a quote.
    pub(super) fn verify(
        &self,
        chain: &PckChain<'_>,
        record: &Record<'_>,
        certification: &mut Certification,
        now: u64,
        crypto: &dyn Crypto,
    ) -> Result<(), Rejection> {
        chain.compare_issuers(record)?;
        if self.certificate.issuer() != record.pck_ca_name {
            return Err(Rejection::PckCaMismatch);
        }
        if !certification.holds(|| self.certificate.is_signed_by(record.pck_ca_key, crypto)) {
            return Err(Rejection::PckSignatureInvalid);
        }
        match self.certificate.window.timing(now) {
            Timing::Early => return Err(Rejection::PckNotYetValid),
            Timing::Late => return Err(Rejection::PckExpired),
            Timing::Valid => {}
        }
        if record
            .revoked_pcks
            .binary_search(&self.certificate.serial)
            .is_ok()
        {
            return Err(Rejection::PckRevoked);
        }
        if self.pce_id != record.pce_id {
            return Err(Rejection::PceIdMismatch);
        }
        Ok(())
    }
}

/// The fields of the SGX extension that verification reads.
struct SgxExtension {
    ppid: [u8; 16],
    fmspc: [u8; 6],
    pce_id: [u8; 2],
    svn: PlatformSvn,
}

impl SgxExtension {
    /// Every entry of the specification's table (A.2) must be there once, also those that nothing depends on.
    fn parse(der: &[u8], issuer: PckCa) -> Option<Self> {
        let [ppid, tcb, pce_id, fmspc, sgx_type, instance_id] = entries(der, &SGX_EXTENSION)?;
        let [ENUMERATED, 1, _sgx_type] = sgx_type.once()? else {
            return None;
        };
        if issuer == PckCa::Platform {
            octets::<16>(instance_id.once()?)?;
        }
        Some(Self {
            ppid: octets(ppid.once()?)?,
            fmspc: octets(fmspc.once()?)?,
            pce_id: octets(pce_id.once()?)?,
            svn: platform_svn(tcb.once()?)?,
        })
    }
}

/// CPUSVN and PCESVN. The sixteen components that the extension also lists must be the bytes of CPUSVN.
fn platform_svn(tcb: &[u8]) -> Option<PlatformSvn> {
    let entries: [_; 18] = entries(tcb, &TCB)?;
    let [components @ .., pce_svn, cpu_svn] = &entries;
    let cpu_svn: [u8; 16] = octets(cpu_svn.once()?)?;
    for (component, svn) in components.iter().zip(cpu_svn) {
        if small_integer(component.once()?)? != svn {
            return None;
        }
    }
    Some(PlatformSvn {
        cpu_svn,
        pce_svn: u16::from_der(pce_svn.once()?).ok()?,
    })
}

/// An INTEGER of 8 bits; most take a byte.
fn small_integer(der: &[u8]) -> Option<u8> {
    match *der {
        [INTEGER, 1, value] if value <= MAX_SHORT => Some(value),
        _ => u8::from_der(der).ok(),
    }
}

/// What was found under an identifier.
#[derive(Clone, Copy, Debug, Default)]
struct Entry<'a> {
    value: Option<&'a [u8]>,
    is_repeated: bool,
}

impl<'a> Entry<'a> {
    /// The value of an entry that is there once.
    fn once(&self) -> Option<&'a [u8]> {
        self.value.filter(|_| !self.is_repeated)
    }
}

/// The entries of a `SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, value }` whose identifiers are `parent` and one arc more,
/// 1 to `N`. Others are read and left out.
fn entries<'a, const N: usize>(der: &'a [u8], parent: &ObjectIdentifier) -> Option<[Entry<'a>; N]> {
    let mut reader = SliceReader::new(der).ok()?;
    let list = reader.sequence(|entries| entries.read_slice(entries.remaining_len()));
    reader.finish().ok()?;
    let mut rest = list.ok()?;
    let mut found = [Entry::default(); N];
    while !rest.is_empty() {
        let (arc, value, after) = match short_entry(rest, parent) {
            Some((arc, value, after)) => (Some(arc), value, after),
            None => any_entry(rest, parent)?,
        };
        let place = arc.and_then(|arc| usize::from(arc).checked_sub(1));
        if let Some(entry) = place.and_then(|place| found.get_mut(place)) {
            entry.is_repeated |= entry.value.replace(value).is_some();
        }
        rest = after;
    }
    Some(found)
}

/// The last arc and the value of the first entry, and what follows it: an entry below `parent` whose lengths and value
/// are as short as nearly all are. One that is not is left to [`any_entry`], which takes ten times as long.
fn short_entry<'a>(list: &'a [u8], parent: &ObjectIdentifier) -> Option<(u8, &'a [u8], &'a [u8])> {
    let [SEQUENCE, len @ ..=MAX_SHORT, rest @ ..] = list else {
        return None;
    };
    let (entry, after) = rest.split_at_checked(usize::from(*len))?;
    let [OBJECT_IDENTIFIER, oid_len @ ..=MAX_SHORT, rest @ ..] = entry else {
        return None;
    };
    let (oid, value) = rest.split_at_checked(usize::from(*oid_len))?;
    let [arc @ ..=MAX_SHORT] = oid.strip_prefix(parent.as_bytes())? else {
        return None;
    };
    match value {
        [
            INTEGER | OCTET_STRING | ENUMERATED,
            len @ ..=MAX_SHORT,
            content @ ..,
        ] if content.len() == usize::from(*len) => Some((*arc, value, after)),
        _ => None,
    }
}

/// The same of any entry; no arc if its identifier is not below `parent`.
fn any_entry<'a>(list: &'a [u8], parent: &ObjectIdentifier) -> Option<(Option<u8>, &'a [u8], &'a [u8])> {
    let mut reader = SliceReader::new(list).ok()?;
    let entry = reader
        .sequence(|entry| Ok::<_, der::Error>((<ObjectIdentifier>::decode(entry)?, entry.tlv_bytes()?)));
    let (oid, value) = entry.ok()?;
    let arc = match oid.as_bytes().strip_prefix(parent.as_bytes()) {
        Some([arc]) => Some(*arc),
        _ => None,
    };
    let after = reader.read_slice(reader.remaining_len()).ok()?;
    Some((arc, value, after))
}

fn octets<const N: usize>(der: &[u8]) -> Option<[u8; N]> {
    <&OctetStringRef>::from_der(der).ok()?.as_bytes().try_into().ok()
}
