//! What the platform and the realm claim (RMM specification, A7.2; draft-ffm-rats-cca-token).
//!
//! Claims that are not known are left alone, as RFC 8392 (section 3) and RFC 9711 want: they are signed, so nobody but
//! the platform or the RMM can add them. Within a software component nothing is left alone.

use super::{cbor::Item, rak::Rak};
use crate::evidence::Rejection;

/// The labels of claims.
pub mod label {
    /// Both: challenge.
    pub const CHALLENGE: u16 = 10;
    /// Both: profile.
    pub const PROFILE: u16 = 265;
    /// Platform: instance id.
    pub const INSTANCE_ID: u16 = 256;
    /// Platform: lifecycle.
    pub const LIFECYCLE: u16 = 2395;
    /// Platform: implementation id.
    pub const IMPLEMENTATION_ID: u16 = 2396;
    /// Platform: software components.
    pub const COMPONENTS: u16 = 2399;
    /// Platform: verification service, optional.
    pub const SERVICE: u16 = 2400;
    /// Platform: configuration.
    pub const CONFIG: u16 = 2401;
    /// Platform: the name of its hash algorithm, optional.
    pub const PLATFORM_HASH: u16 = 2402;
    /// Realm: personalization value.
    pub const PERSONALIZATION: u16 = 44235;
    /// Realm: the name of the hash algorithm of its measurements.
    pub const REALM_HASH: u16 = 44236;
    /// Realm: its attestation key, the RAK.
    pub const RAK: u16 = 44237;
    /// Realm: initial measurement.
    pub const RIM: u16 = 44238;
    /// Realm: extensible measurements.
    pub const REM: u16 = 44239;
    /// Realm: the name of the hash algorithm that binds the RAK.
    pub const RAK_HASH: u16 = 44240;
}

const PROFILE_LEGACY: &str = "http://arm.com/CCA-SSD/1.0.0";
const PROFILE_PLATFORM_2023: &str = "tag:arm.com,2023:cca_platform#1.0.0";
const PROFILE_REALM_2023: &str = "tag:arm.com,2023:realm#1.0.0";

/// The first byte of an instance id: a UEID of type RAND.
pub(super) const UEID_RAND: u8 = 1;

/// What the claims of both tokens follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `http://arm.com/CCA-SSD/1.0.0`, the realm without a profile: the RAK is a SEC 1 point.
    Legacy,
    /// `tag:arm.com,2023:cca_platform#1.0.0` and `tag:arm.com,2023:realm#1.0.0`: the RAK is a COSE_Key.
    Arm2023,
}

impl Profile {
    /// The platform's profile as it is claimed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Legacy => PROFILE_LEGACY,
            Self::Arm2023 => PROFILE_PLATFORM_2023,
        }
    }
}

/// The state that a platform's security lifecycle is in (RMM specification, A7.2.3.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// 0x0000 to 0x00ff.
    Unknown,
    /// 0x1000 to 0x10ff.
    AssemblyAndTest,
    /// 0x2000 to 0x20ff.
    RotProvisioning,
    /// 0x3000 to 0x30ff: the only one in which a platform is trusted.
    Secured,
    /// 0x4000 to 0x40ff: what is not part of CCA can be debugged.
    NonCcaPlatformDebug,
    /// 0x5000 to 0x50ff: the platform can be debugged, and recovers from it.
    RecoverableCcaPlatformDebug,
    /// 0x6000 to 0x60ff.
    Decommissioned,
    /// Any other value.
    Reserved,
}

impl Lifecycle {
    /// The state that a claimed value stands for.
    pub const fn of(value: u16) -> Self {
        match value {
            0x0000..=0x00ff => Self::Unknown,
            0x1000..=0x10ff => Self::AssemblyAndTest,
            0x2000..=0x20ff => Self::RotProvisioning,
            0x3000..=0x30ff => Self::Secured,
            0x4000..=0x40ff => Self::NonCcaPlatformDebug,
            0x5000..=0x50ff => Self::RecoverableCcaPlatformDebug,
            0x6000..=0x60ff => Self::Decommissioned,
            _ => Self::Reserved,
        }
    }

    /// The state's name in programs: lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::AssemblyAndTest => "assembly and test",
            Self::RotProvisioning => "rot provisioning",
            Self::Secured => "secured",
            Self::NonCcaPlatformDebug => "non-cca platform debug",
            Self::RecoverableCcaPlatformDebug => "recoverable cca platform debug",
            Self::Decommissioned => "decommissioned",
            Self::Reserved => "reserved",
        }
    }
}

/// The hash algorithms that an RMM uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// `sha-256`.
    Sha256,
    /// `sha-512`.
    Sha512,
}

impl HashAlgorithm {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "sha-256" => Some(Self::Sha256),
            "sha-512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Its name as it is claimed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha512 => "sha-512",
        }
    }
}

/// A piece of the platform's firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component<'a> {
    /// What it is, such as `RMM`.
    pub kind: Option<&'a str>,
    /// Its measurement: 32, 48 or 64 bytes.
    pub measurement: &'a [u8],
    /// Its version.
    pub version: Option<&'a str>,
    /// Who signed it: 32, 48 or 64 bytes.
    pub signer: &'a [u8],
    /// The name of the hash algorithm of its measurement.
    pub hash: Option<&'a str>,
}

/// What the platform claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformClaims<'a> {
    /// The profile.
    pub profile: Profile,
    /// What binds the realm token: the hash of its RAK. 32, 48 or 64 bytes.
    pub challenge: &'a [u8],
    /// Which implementation the platform is of.
    pub implementation_id: &'a [u8; 32],
    /// Which platform it is.
    pub instance_id: &'a [u8; 33],
    /// How it is configured.
    pub config: &'a [u8],
    /// The state that its security lifecycle is in: see [`Lifecycle`].
    pub lifecycle: u16,
    /// Its firmware: at least one component.
    pub components: Vec<Component<'a>>,
    /// Where it may be verified.
    pub service: Option<&'a str>,
    /// The name of its hash algorithm.
    pub hash: Option<&'a str>,
}

/// What the realm claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmClaims<'a> {
    /// The 64 bytes that the workload chose.
    pub challenge: &'a [u8; 64],
    /// The 64 bytes that the host chose when it made the realm.
    pub personalization: &'a [u8; 64],
    /// The hash algorithm of the measurements.
    pub hash: HashAlgorithm,
    /// The key that signs the realm token.
    pub rak: Rak<'a>,
    /// The hash algorithm that binds the RAK.
    pub rak_hash: HashAlgorithm,
    /// The initial measurement: 32, 48 or 64 bytes.
    pub rim: &'a [u8],
    /// The extensible measurements, of the same length.
    pub rem: [&'a [u8]; 4],
}

/// The claims of one token, and the codes for what is wrong with them.
struct Claims<'a> {
    map: Item<'a>,
    missing: fn(u16) -> Rejection,
    malformed: fn(u16) -> Rejection,
}

impl<'a> Claims<'a> {
    fn optional<T>(&self, label: u16, read: impl Fn(Item<'a>) -> Option<T>) -> Result<Option<T>, Rejection> {
        match self.map.get(label.into()) {
            Some(value) => read(value).map(Some).ok_or((self.malformed)(label)),
            None => Ok(None),
        }
    }

    fn required<T>(&self, label: u16, read: impl Fn(Item<'a>) -> Option<T>) -> Result<T, Rejection> {
        self.optional(label, read)?.ok_or((self.missing)(label))
    }
}

impl<'a> PlatformClaims<'a> {
    /// Parses the payload of a platform token.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Rejection> {
        let claims = Claims {
            map: map(payload)?,
            missing: |claim| Rejection::CcaPlatformClaimMissing { claim },
            malformed: |claim| Rejection::CcaPlatformClaimMalformed { claim },
        };
        let profile = match claims.required(label::PROFILE, Item::text)? {
            PROFILE_LEGACY => Profile::Legacy,
            PROFILE_PLATFORM_2023 => Profile::Arm2023,
            _ => return Err(Rejection::CcaPlatformProfileUnknown),
        };
        Ok(Self {
            profile,
            challenge: claims.required(label::CHALLENGE, measurement)?,
            implementation_id: claims.required(label::IMPLEMENTATION_ID, Item::byte_array)?,
            instance_id: claims.required(label::INSTANCE_ID, instance_id)?,
            config: claims.required(label::CONFIG, Item::bytes)?,
            lifecycle: claims.required(label::LIFECYCLE, |item| u16::try_from(item.unsigned()?).ok())?,
            components: claims.required(label::COMPONENTS, components)?,
            service: claims.optional(label::SERVICE, Item::text)?,
            hash: claims.optional(label::PLATFORM_HASH, Item::text)?,
        })
    }
}

impl<'a> RealmClaims<'a> {
    /// Parses the payload of a realm token.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Rejection> {
        let claims = Claims {
            map: map(payload)?,
            missing: |claim| Rejection::CcaRealmClaimMissing { claim },
            malformed: |claim| Rejection::CcaRealmClaimMalformed { claim },
        };
        let profile = match claims.optional(label::PROFILE, Item::text)? {
            None => Profile::Legacy,
            Some(PROFILE_REALM_2023) => Profile::Arm2023,
            Some(_) => return Err(Rejection::CcaRealmProfileUnknown),
        };
        let challenge = claims.required(label::CHALLENGE, Item::bytes)?;
        let rak_hash = claims.required(label::RAK_HASH, Item::text)?;
        let rim = claims.required(label::RIM, measurement)?;
        Ok(Self {
            challenge: challenge
                .try_into()
                .map_err(|_| Rejection::CcaRealmChallengeLength {
                    length: challenge.len(),
                })?,
            personalization: claims.required(label::PERSONALIZATION, Item::byte_array)?,
            hash: claims.required(label::REALM_HASH, |item| HashAlgorithm::from_name(item.text()?))?,
            rak: Rak::parse(claims.required(label::RAK, Item::bytes)?, profile)?,
            rak_hash: HashAlgorithm::from_name(rak_hash).ok_or(Rejection::CcaRakHashUnknown)?,
            rim,
            rem: claims.required(label::REM, |item| extensible(item, rim.len()))?,
        })
    }
}

/// Claims that fill a payload exactly.
fn map(payload: &[u8]) -> Result<Item<'_>, Rejection> {
    let item = Item::parse(payload)?;
    item.is_map().then_some(item).ok_or(Rejection::CcaClaimsMalformed)
}

/// A hash of any of the sizes that occur.
fn measurement(item: Item<'_>) -> Option<&[u8]> {
    item.bytes().filter(|bytes| matches!(bytes.len(), 32 | 48 | 64))
}

fn instance_id(item: Item<'_>) -> Option<&[u8; 33]> {
    item.byte_array()
        .filter(|id: &&[u8; 33]| id.first() == Some(&UEID_RAND))
}

/// Four measurements as long as the initial one, so that all five one after another mean one thing.
fn extensible(item: Item<'_>, len: usize) -> Option<[&[u8]; 4]> {
    let values = item.array()?.map(Item::bytes).collect::<Option<Vec<_>>>()?;
    let same_length = values.iter().all(|value| value.len() == len);
    values.try_into().ok().filter(|_| same_length)
}

fn components(item: Item<'_>) -> Option<Vec<Component<'_>>> {
    let components = item.array()?.map(component).collect::<Option<Vec<_>>>()?;
    (!components.is_empty()).then_some(components)
}

fn component(item: Item<'_>) -> Option<Component<'_>> {
    let known = |(key, _): (Item<'_>, _)| matches!(key.unsigned(), Some(1 | 2 | 4 | 5 | 6));
    if !item.map()?.all(known) {
        return None;
    }
    let text = |key| item.get(key).map_or(Some(None), |value| value.text().map(Some));
    Some(Component {
        kind: text(1)?,
        measurement: measurement(item.get(2)?)?,
        version: text(4)?,
        signer: measurement(item.get(5)?)?,
        hash: text(6)?,
    })
}
