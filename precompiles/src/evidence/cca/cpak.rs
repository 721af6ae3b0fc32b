//! The attestation keys of platforms (CPAK). No vendor signs them: governance registers each under its instance id.
//!
//! There are two places. The *bundle* is what `updateRootCA` installs, all at once, in place of a vendor's roots. A
//! *record* is the key of one platform that `submitCollateral` adds, replaces or withdraws. It overrides the bundle, this
//! one and every later one: so a key that was withdrawn or replaced cannot come back by a change of others.
//!
//! | bytes | an entry of the bundle; a record after its header ([`stored::Header`]), empty if withdrawn |
//! |---|---|
//! | 0–32 | instance id |
//! | 33–64 | implementation id |
//! | 65 | curve: 1 P-256, 2 P-384 |
//! | 66–129, 66–161 | the key, x ‖ y |

use super::{claims::UEID_RAND, key::PublicKey};
use crate::{
    crypto::Crypto,
    evidence::{
        MAX_COLLATERAL_LEN, Rejection, Vendor, VerifyError,
        canonical::canonical,
        reader::Reader,
        stored::{self, Header, Stored},
        x509::Window,
    },
    precompile::Context,
    state::blob::MAX_BLOB_LEN,
};
use aivm_abi::IAttestationRegistry::CcaCpak;
use alloy_primitives::{B256, keccak256};

/// The instance id of the platform that TF-A, TF-RMM and Veraison use in their tests. Its private key is public.
pub const TFA_TEST_INSTANCE_ID: InstanceId = [
    0x01, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0x00, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08,
    0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x10, 0x1f, 0x1e, 0x1d, 0x1c, 0x1b, 0x1a, 0x19, 0x18,
];

/// Which platform: a UEID of type RAND.
pub type InstanceId = [u8; 33];

const CURVE_P256: u8 = 1;
const CURVE_P384: u8 = 2;
const P256_LEN: usize = 64;
const P384_LEN: usize = 96;

/// A registered key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpak {
    /// The platform it is for.
    pub instance_id: InstanceId,
    /// The implementation that platform is of.
    pub implementation_id: B256,
    /// The key.
    pub public_key: PublicKey,
}

impl Cpak {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.instance_id);
        out.extend(self.implementation_id);
        out.push(match self.public_key {
            PublicKey::P256(_) => CURVE_P256,
            PublicKey::P384(_) => CURVE_P384,
        });
        out.extend(self.public_key.coordinates());
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            instance_id: *reader.array()?,
            implementation_id: reader.array::<32>()?.into(),
            public_key: match reader.u8()? {
                CURVE_P256 => PublicKey::P256(*reader.array::<P256_LEN>()?),
                CURVE_P384 => PublicKey::P384(*reader.array::<P384_LEN>()?),
                _ => return None,
            },
        })
    }
}

/// The keys of a bundle.
pub fn bundle_entries(bundle: &[u8]) -> impl Iterator<Item = Cpak> {
    let mut reader = Reader::new(bundle);
    core::iter::from_fn(move || Cpak::decode(&mut reader))
}

/// Under which key the record of a platform is stored.
pub fn collateral_key(instance_id: &InstanceId) -> B256 {
    keccak256(instance_id)
}

/// Checks a bundle, `abi.encode(CcaCpak[])`, and gives the form in which it is stored. No entry at all is a bundle
/// too: it withdraws every key that has no record.
pub fn read_roots(cpaks: &[u8], _: &dyn Crypto) -> Result<Vec<u8>, Rejection> {
    if cpaks.len() > MAX_COLLATERAL_LEN {
        return Err(Rejection::CcaCpaksTooLong);
    }
    let entries = canonical::<Vec<CcaCpak>>(cpaks).ok_or(Rejection::CcaCpaksMalformed)?;
    let mut bundle = Vec::new();
    for (instance_id, implementation_id, public_key) in entries.0 {
        let cpak = Cpak {
            instance_id: read_instance_id(instance_id.0)?,
            implementation_id: implementation_id.0,
            public_key: read_key(public_key.0)?,
        };
        if bundle_entries(&bundle).any(|other| other.instance_id == cpak.instance_id) {
            return Err(Rejection::CcaCpakDuplicate);
        }
        cpak.encode(&mut bundle);
        if bundle.len() > MAX_BLOB_LEN {
            return Err(Rejection::CcaCpaksTooLong);
        }
    }
    Ok(bundle)
}

/// Adds, replaces or withdraws the key of one platform: `abi.encode(CcaCpak)`.
pub fn submit(context: &mut Context<'_>, vendor: Vendor, collateral: &[u8]) -> Result<Stored, VerifyError> {
    let entry = canonical::<CcaCpak>(collateral).ok_or(Rejection::CollateralMalformed)?;
    let (instance_id, implementation_id, public_key) = (entry.0.0, entry.1.0, entry.2.0);
    let instance_id = read_instance_id(instance_id)?;
    let header = Header {
        window: Window {
            from: 0,
            until: u64::MAX,
        },
        root_bundle: B256::ZERO,
    };
    let mut fields = Vec::new();
    if !public_key.is_empty() {
        let cpak = Cpak {
            instance_id,
            implementation_id,
            public_key: read_key(public_key)?,
        };
        cpak.encode(&mut fields);
    }
    let key = collateral_key(&instance_id);
    stored::store(context, vendor, key, header, &header.encode(&fields))
}

fn read_instance_id(bytes: &[u8]) -> Result<InstanceId, Rejection> {
    let id = InstanceId::try_from(bytes).map_err(|_| Rejection::CcaCpakInstanceId)?;
    match id {
        [UEID_RAND, ..] => Ok(id),
        _ => Err(Rejection::CcaCpakInstanceId),
    }
}

fn read_key(sec1: &[u8]) -> Result<PublicKey, Rejection> {
    let key = PublicKey::from_sec1(sec1).ok_or(Rejection::CcaCpakForm)?;
    if key.is_on_curve() {
        Ok(key)
    } else {
        Err(Rejection::CcaCpakOffCurve)
    }
}

/// The key of a platform: its record's, else the bundle's.
pub(super) fn find(
    context: &mut Context<'_>,
    vendor: Vendor,
    instance_id: &InstanceId,
) -> Result<Cpak, VerifyError> {
    let mut registry = context.registry();
    let record = registry.collateral(vendor, collateral_key(instance_id))?;
    if let Some((_, body)) = Header::decode(&record) {
        let cpak = Cpak::decode(&mut Reader::new(body));
        return cpak.ok_or(Rejection::CcaPlatformWithdrawn.into());
    }
    let bundle = registry.roots(vendor)?;
    let cpak = bundle_entries(&bundle).find(|cpak| cpak.instance_id == *instance_id);
    cpak.ok_or(match instance_id {
        &TFA_TEST_INSTANCE_ID => Rejection::CcaTestPlatform.into(),
        _ => Rejection::CcaPlatformUnknown.into(),
    })
}
