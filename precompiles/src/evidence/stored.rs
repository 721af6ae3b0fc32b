//! Verified collateral as state keeps it: what every vendor's record begins with, and the checks that every use of
//! one makes. Integers are big-endian.
//!
//! | bytes | field |
//! |---|---|
//! | 0 | layout version, 2 |
//! | 1–8, 9–16 | the first and the last second at which it can be used |
//! | 17–48 | Keccak-256 of the root bundle it was verified under |
//! | 49–80 | its id: Keccak-256 of all other bytes of the record |
//! | 81– | the vendor's own fields |

use super::{
    Rejection, Vendor, VerifyError,
    x509::{Timing, Window},
};
use crate::{
    precompile::Context,
    state::{
        blob::MAX_BLOB_LEN,
        floor::{Floor, FloorKey},
    },
};
use alloy_primitives::{B256, Bytes, Keccak256};

const LAYOUT_VERSION: u8 = 2;

/// What every record begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// When the record can be used.
    pub window: Window,
    /// Keccak-256 of the root bundle it was verified under.
    pub root_bundle: B256,
}

/// A record that can be used now.
#[derive(Clone, Debug)]
pub(super) struct Usable {
    /// Names the record by its contents, without a hash over all of them at every use.
    pub(super) id: B256,
    /// The record, header included.
    pub(super) bytes: Bytes,
}

/// Collateral that was verified and stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Under which key.
    pub key: B256,
    /// The last second at which it can be used.
    pub valid_until: u64,
}

/// How new a component of submitted collateral is, and the code if it is older than what was accepted before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component<'a> {
    /// Numbered by the vendor's module.
    pub(super) number: u8,
    /// Which one of several, such as the FMSPC of a TCB info.
    pub(super) subject: &'a [u8],
    pub(super) issued: Floor,
    pub(super) rollback: Rejection,
}

impl Header {
    /// The length of a header in bytes.
    pub const LEN: usize = 81;

    /// The bytes to store: the header, and the vendor's own fields after it.
    pub fn encode(&self, fields: &[u8]) -> Vec<u8> {
        let mut out = vec![LAYOUT_VERSION];
        out.extend(self.window.from.to_be_bytes());
        out.extend(self.window.until.to_be_bytes());
        out.extend(self.root_bundle);
        let mut hasher = Keccak256::new();
        hasher.update(&out);
        hasher.update(fields);
        out.extend(hasher.finalize());
        out.extend(fields);
        out
    }

    /// The header of a record, and the vendor's own fields after it.
    pub fn decode(record: &[u8]) -> Option<(Self, &[u8])> {
        let (header, _, fields) = Self::split(record)?;
        Some((header, fields))
    }

    /// The header of a record, its id, and the vendor's own fields.
    fn split(record: &[u8]) -> Option<(Self, B256, &[u8])> {
        let (version, rest) = record.split_first()?;
        let (from, rest) = rest.split_first_chunk()?;
        let (until, rest) = rest.split_first_chunk()?;
        let (root_bundle, rest) = rest.split_first_chunk::<32>()?;
        let (id, rest) = rest.split_first_chunk::<32>()?;
        let window = Window {
            from: u64::from_be_bytes(*from),
            until: u64::from_be_bytes(*until),
        };
        let header = Self {
            window,
            root_bundle: root_bundle.into(),
        };
        (*version == LAYOUT_VERSION).then_some((header, id.into(), rest))
    }

    /// Whether a record can be used now: under these roots, and inside its window.
    pub(super) fn check(&self, root_bundle: B256, now: u64) -> Result<(), Rejection> {
        if self.root_bundle != root_bundle {
            return Err(Rejection::RootsChanged);
        }
        match self.window.timing(now) {
            Timing::Early => Err(Rejection::CollateralNotYetValid),
            Timing::Late => Err(Rejection::CollateralExpired),
            Timing::Valid => Ok(()),
        }
    }
}

/// The record under `key`, header included, if it can be used now.
pub(super) fn load(context: &mut Context<'_>, vendor: Vendor, key: B256) -> Result<Usable, VerifyError> {
    let root_bundle = context.registry().root_hash(vendor)?;
    if root_bundle.is_zero() {
        return Err(Rejection::NoRoots.into());
    }
    let bytes = context.registry().collateral(vendor, key)?;
    let (header, id, _) = Header::split(&bytes).ok_or(Rejection::NoCollateral)?;
    header.check(root_bundle, context.host.block_timestamp())?;
    Ok(Usable { id, bytes })
}

/// Stores a record, header included, and says under which key and until when.
pub(super) fn store(
    context: &mut Context<'_>,
    vendor: Vendor,
    key: B256,
    header: Header,
    record: &[u8],
) -> Result<Stored, VerifyError> {
    if record.len() > MAX_BLOB_LEN {
        return Err(Rejection::CollateralTooLarge.into());
    }
    context.registry().set_collateral(vendor, key, record)?;
    Ok(Stored {
        key,
        valid_until: header.window.until,
    })
}

/// Refuses collateral of which a component is older than what was accepted under this root certificate before.
/// All floors are checked before any is raised.
pub(super) fn raise_floors(
    context: &mut Context<'_>,
    vendor: Vendor,
    root: B256,
    components: &[Component<'_>],
) -> Result<(), VerifyError> {
    let mut registry = context.registry();
    for component in components {
        let floor = registry.floor(&component.key(vendor, root))?;
        if !component.issued.is_at_least(floor) {
            return Err(component.rollback.into());
        }
    }
    for component in components {
        registry.set_floor(&component.key(vendor, root), component.issued)?;
    }
    Ok(())
}

impl<'a> Component<'a> {
    fn key(&self, vendor: Vendor, root: B256) -> FloorKey<'a> {
        FloorKey {
            vendor,
            root,
            component: self.number,
            subject: self.subject,
        }
    }
}
