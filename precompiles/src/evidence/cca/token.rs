//! The layout of a CCA token: a collection of a platform token and a realm token.
//!
//! | tag | collection | each entry |
//! |---|---|---|
//! | 399 | {44234: platform, 44241: realm} | byte string |
//! | 907 | {44234: platform, 44241: realm} | [263, byte string], 263 being the content format of EAT in CWT |
//!
//! Each byte string is a tagged COSE_Sign1 ([`super::sign1`]) over claims ([`super::claims`]). No signature covers the
//! collection, so it has one form: the platform token comes first. What remains free is the tag: the same two tokens
//! can stand under either.

use super::{
    cbor::Item,
    claims::{PlatformClaims, RealmClaims},
    sign1::Sign1,
};
use crate::evidence::Rejection;

/// Tag 399: the collection as it was before CMW.
const TAG_LEGACY: u64 = 399;

/// Tag 907: the collection as CMW (draft-ietf-rats-msg-wrap).
const TAG_COLLECTION: u64 = 907;

/// The keys of the collection.
const PLATFORM: i64 = 44234;
const REALM: i64 = 44241;

/// `application/eat+cwt` in the registry of CoAP content formats.
const CONTENT_FORMAT_EAT_CWT: u64 = 263;

/// How the two tokens are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Tag 399.
    Legacy,
    /// Tag 907.
    Collection,
}

impl Form {
    /// The tag.
    pub const fn tag(self) -> u64 {
        match self {
            Self::Legacy => TAG_LEGACY,
            Self::Collection => TAG_COLLECTION,
        }
    }
}

/// A token, its parts in place.
#[derive(Clone, Debug)]
pub struct Token<'a> {
    /// How the two tokens are put together.
    pub form: Form,
    /// The platform token as it was signed.
    pub platform_message: Sign1<'a>,
    /// What the platform claims.
    pub platform: PlatformClaims<'a>,
    /// The realm token as it was signed.
    pub realm_message: Sign1<'a>,
    /// What the realm claims.
    pub realm: RealmClaims<'a>,
}

impl<'a> Token<'a> {
    /// Parses a token that fills `bytes` exactly. No signature is verified.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let (form, platform, realm) = collection(bytes)?;
        let platform_message = Sign1::parse(platform)?;
        let platform = PlatformClaims::parse(platform_message.payload)?;
        let realm_message = Sign1::parse(realm)?;
        let realm = RealmClaims::parse(realm_message.payload)?;
        Ok(Self {
            form,
            platform_message,
            platform,
            realm_message,
            realm,
        })
    }
}

/// The two tokens in a collection.
fn collection(bytes: &[u8]) -> Result<(Form, &[u8], &[u8]), Rejection> {
    let (tag, collection) = Item::parse(bytes)?.tag().ok_or(Rejection::CcaUntagged)?;
    let form = match tag {
        TAG_LEGACY => Form::Legacy,
        TAG_COLLECTION => Form::Collection,
        _ => return Err(Rejection::CcaTagUnknown { tag }),
    };
    let (mut platform, mut realm) = (None, None);
    for (key, value) in collection.map().ok_or(Rejection::CcaCollectionMalformed)? {
        let place = match key.integer() {
            Some(PLATFORM) if realm.is_some() => return Err(Rejection::CcaCollectionMalformed),
            Some(PLATFORM) => &mut platform,
            Some(REALM) => &mut realm,
            _ => return Err(Rejection::CcaCollectionKeyUnknown),
        };
        *place = Some(entry(form, value)?);
    }
    let platform = platform.ok_or(Rejection::CcaPlatformTokenMissing)?;
    Ok((form, platform, realm.ok_or(Rejection::CcaRealmTokenMissing)?))
}

/// One token in the wrapping that the form has.
fn entry(form: Form, value: Item<'_>) -> Result<&[u8], Rejection> {
    match (form, value.bytes(), value.array()) {
        (Form::Legacy, Some(token), _) => Ok(token),
        (Form::Collection, _, Some(mut record)) => {
            let (Some(format), Some(token), None) = (record.next(), record.next(), record.next()) else {
                return Err(Rejection::CcaCollectionMalformed);
            };
            if format.unsigned() != Some(CONTENT_FORMAT_EAT_CWT) {
                return Err(Rejection::CcaContentFormat);
            }
            token.bytes().ok_or(Rejection::CcaCollectionMalformed)
        }
        (Form::Legacy, _, Some(_)) | (Form::Collection, Some(_), _) => Err(Rejection::CcaTagConfusion),
        (_, None, None) => Err(Rejection::CcaCollectionMalformed),
    }
}
