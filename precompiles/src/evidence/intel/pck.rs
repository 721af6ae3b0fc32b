//! The PCK chain in a quote: Intel's "SGX PCK Certificate and CRL Specification".

use super::{record::Record, tcb::PlatformSvn};
use crate::{
    crypto::Crypto,
    evidence::{
        Rejection,
        x509::{Certificate, Timing},
    },
};
use alloy_primitives::{B256, keccak256};
use base64ct::{Base64, Encoding};
use der::{
    Decode, Reader, SliceReader,
    asn1::{ObjectIdentifier, OctetStringRef},
};

/// The SGX extension of a PCK certificate.
const SGX_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1");
const PPID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.1");
const TCB: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.2");
const PCESVN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.2.17");
const CPUSVN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.2.18");
const PCEID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.3");
const FMSPC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.4");
const SGX_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.5");
const PLATFORM_INSTANCE_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1.6");

const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----\n";
const PEM_END: &str = "-----END CERTIFICATE-----\n";

/// The tag of an ENUMERATED.
const ENUMERATED: u8 = 0x0a;

/// Columns of base64 in PEM (RFC 7468, section 2).
const PEM_COLUMNS: usize = 64;

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

/// The three certificates of a PCK chain, DER: PCK, PCK CA, root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PckChain {
    leaf: Vec<u8>,
    ca: Vec<u8>,
    root: Vec<u8>,
}

impl PckChain {
    /// Decodes the chain from PEM. Every byte must be as an encoder writes it: 64 columns of base64, line feeds,
    /// nothing around the three certificates but one optional NUL at the end, which quoting libraries append.
    pub fn from_pem(pem: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(pem).ok()?;
        let text = text.strip_suffix('\0').unwrap_or(text);
        let (leaf, rest) = decode_certificate(text)?;
        let (ca, rest) = decode_certificate(rest)?;
        let (root, rest) = decode_certificate(rest)?;
        rest.is_empty().then_some(Self { leaf, ca, root })
    }

    /// Whether these are the three certificates.
    pub fn is(&self, certificates: &[Vec<u8>]) -> bool {
        matches!(certificates, [leaf, ca, root] if *leaf == self.leaf && *ca == self.ca && *root == self.root)
    }

    /// The PCK certificate, not yet verified.
    pub fn pck(&self) -> Result<Pck<'_>, Rejection> {
        Pck::parse(&self.leaf)
    }
}

fn decode_certificate(text: &str) -> Option<(Vec<u8>, &str)> {
    let (body, rest) = text.strip_prefix(PEM_BEGIN)?.split_once(PEM_END)?;
    let mut lines = body.strip_suffix('\n')?.split('\n').peekable();
    let mut base64 = String::new();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        if line.is_empty() || line.len() > PEM_COLUMNS || (line.len() < PEM_COLUMNS && !is_last) {
            return None;
        }
        base64.push_str(line);
    }
    Some((Base64::decode_vec(&base64).ok()?, rest))
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
        chain: &PckChain,
        record: &Record,
        now: u64,
        crypto: &dyn Crypto,
    ) -> Result<(), Rejection> {
        if keccak256(&chain.root) != record.root_certificate {
            return Err(Rejection::RootNotTrusted);
        }
        if keccak256(&chain.ca) != record.pck_ca_certificate
            || self.certificate.issuer() != record.pck_ca_name
        {
            return Err(Rejection::PckCaMismatch);
        }
        if !self.certificate.is_signed_by(&record.pck_ca_key, crypto) {
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
    /// Every entry of the specification's table (A.2) must be there, also those that nothing depends on.
    fn parse(der: &[u8], issuer: PckCa) -> Option<Self> {
        let [ENUMERATED, 1, _sgx_type] = entry(der, SGX_TYPE)? else {
            return None;
        };
        if issuer == PckCa::Platform {
            octets::<16>(entry(der, PLATFORM_INSTANCE_ID)?)?;
        }
        Some(Self {
            ppid: octets(entry(der, PPID)?)?,
            fmspc: octets(entry(der, FMSPC)?)?,
            pce_id: octets(entry(der, PCEID)?)?,
            svn: platform_svn(entry(der, TCB)?)?,
        })
    }
}

/// CPUSVN and PCESVN. The sixteen components that the extension also lists must be the bytes of CPUSVN.
fn platform_svn(tcb: &[u8]) -> Option<PlatformSvn> {
    let cpu_svn: [u8; 16] = octets(entry(tcb, CPUSVN)?)?;
    for (arc, svn) in (1_u32..).zip(cpu_svn) {
        let component = TCB.push_arc(arc).ok()?;
        if u8::from_der(entry(tcb, component)?).ok()? != svn {
            return None;
        }
    }
    Some(PlatformSvn {
        cpu_svn,
        pce_svn: u16::from_der(entry(tcb, PCESVN)?).ok()?,
    })
}

/// The value of the one entry with this identifier in a `SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, value }`.
fn entry(der: &[u8], wanted: ObjectIdentifier) -> Option<&[u8]> {
    let mut reader = SliceReader::new(der).ok()?;
    let found = reader.sequence(|entries| {
        let mut found = None;
        let mut count = 0_usize;
        while !entries.is_finished() {
            let (oid, value) = entries.sequence(|entry| {
                Ok::<_, der::Error>((ObjectIdentifier::decode(entry)?, entry.tlv_bytes()?))
            })?;
            if oid == wanted {
                found = Some(value);
                count = count.saturating_add(1);
            }
        }
        Ok::<_, der::Error>(found.filter(|_| count == 1))
    });
    reader.finish().ok()?;
    found.ok()?
}

fn octets<const N: usize>(der: &[u8]) -> Option<[u8; N]> {
    <&OctetStringRef>::from_der(der).ok()?.as_bytes().try_into().ok()
}
