//! The claims of the two tokens.

use super::cbor;

/// The labels of claims.
pub mod label {
    /// Both tokens: challenge.
    pub const CHALLENGE: i64 = 10;
    /// Both tokens: profile.
    pub const PROFILE: i64 = 265;
    /// Platform: instance id.
    pub const INSTANCE_ID: i64 = 256;
    /// Platform: lifecycle.
    pub const LIFECYCLE: i64 = 2395;
    /// Platform: implementation id.
    pub const IMPLEMENTATION_ID: i64 = 2396;
    /// Platform: software components.
    pub const COMPONENTS: i64 = 2399;
    /// Platform: verification service.
    pub const SERVICE: i64 = 2400;
    /// Platform: configuration.
    pub const CONFIG: i64 = 2401;
    /// Platform: hash algorithm.
    pub const HASH_ALGORITHM: i64 = 2402;
    /// Realm: personalization value.
    pub const PERSONALIZATION: i64 = 44235;
    /// Realm: hash algorithm.
    pub const REALM_HASH_ALGORITHM: i64 = 44236;
    /// Realm: public key (RAK).
    pub const RAK: i64 = 44237;
    /// Realm: initial measurement (RIM).
    pub const RIM: i64 = 44238;
    /// Realm: extensible measurements (REM).
    pub const REM: i64 = 44239;
    /// Realm: hash algorithm of the public key.
    pub const RAK_HASH_ALGORITHM: i64 = 44240;
}

/// A claim or another map entry, key and value encoded.
pub type Entry = (Vec<u8>, Vec<u8>);

/// A change to a map of claims after they were made from their fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Leaves the claim out.
    Remove(i64),
    /// Sets the encoded value of the claim, which comes last where it was not there.
    Set(i64, Vec<u8>),
    /// Appends an entry, whatever is there already.
    Append(Vec<u8>, Vec<u8>),
    /// Moves the first claim to the end.
    Rotate,
}

/// Applies edits in their order.
pub fn edited(mut entries: Vec<Entry>, edits: &[Edit]) -> Vec<Entry> {
    for edit in edits {
        match edit {
            Edit::Remove(label) => entries.retain(|(key, _)| *key != cbor::int(*label)),
            Edit::Set(label, value) => {
                let key = cbor::int(*label);
                match entries.iter_mut().find(|entry| entry.0 == key) {
                    Some(entry) => entry.1 = value.clone(),
                    None => entries.push((key, value.clone())),
                }
            }
            Edit::Append(key, value) => entries.push((key.clone(), value.clone())),
            Edit::Rotate => entries.rotate_left(1),
        }
    }
    entries
}

/// A software component of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// What it is, such as `RMM`.
    pub kind: Option<String>,
    /// Measurement value.
    pub measurement: Vec<u8>,
    /// Version.
    pub version: Option<String>,
    /// Signer id.
    pub signer: Vec<u8>,
    /// The name of the hash algorithm.
    pub hash_algorithm: Option<String>,
    /// Changes to the map.
    pub edits: Vec<Edit>,
}

impl Component {
    /// A component of this kind, measured and signed with SHA-256.
    pub fn new(kind: &str, measurement: u8, signer: u8) -> Self {
        Self {
            kind: Some(kind.into()),
            measurement: vec![measurement; 32],
            version: None,
            signer: vec![signer; 32],
            hash_algorithm: Some("sha-256".into()),
            edits: Vec::new(),
        }
    }

    /// The encoded map.
    pub fn encode(&self) -> Vec<u8> {
        let text = |key, value: &Option<String>| {
            let value = value.as_ref()?;
            Some((cbor::int(key), cbor::text(value)))
        };
        let entries = [
            text(1, &self.kind),
            Some((cbor::int(5), cbor::bytes(&self.signer))),
            text(4, &self.version),
            Some((cbor::int(2), cbor::bytes(&self.measurement))),
            text(6, &self.hash_algorithm),
        ];
        cbor::map(&edited(entries.into_iter().flatten().collect(), &self.edits))
    }
}

/// What the platform claims. Its challenge is the hash of the realm's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformClaims {
    /// Profile.
    pub profile: String,
    /// The challenge, where it is not the hash of the realm's key.
    pub challenge: Option<Vec<u8>>,
    /// Implementation id.
    pub implementation_id: [u8; 32],
    /// Instance id.
    pub instance_id: [u8; 33],
    /// Configuration.
    pub config: Vec<u8>,
    /// Lifecycle.
    pub lifecycle: i64,
    /// The name of the hash algorithm.
    pub hash_algorithm: Option<String>,
    /// Software components.
    pub components: Vec<Component>,
    /// Verification service.
    pub service: Option<String>,
    /// Changes to the map.
    pub edits: Vec<Edit>,
}

impl PlatformClaims {
    /// The encoded map, in the order in which TF-A writes it.
    pub fn encode(&self, binding: &[u8]) -> Vec<u8> {
        let challenge = self.challenge.as_deref().unwrap_or(binding);
        let components: Vec<_> = self.components.iter().map(Component::encode).collect();
        let claim = |label, value| Some((cbor::int(label), value));
        let text = |label, value: &Option<String>| claim(label, cbor::text(value.as_ref()?));
        let entries = [
            claim(label::PROFILE, cbor::text(&self.profile)),
            claim(label::CHALLENGE, cbor::bytes(challenge)),
            claim(label::IMPLEMENTATION_ID, cbor::bytes(&self.implementation_id)),
            claim(label::INSTANCE_ID, cbor::bytes(&self.instance_id)),
            claim(label::CONFIG, cbor::bytes(&self.config)),
            claim(label::LIFECYCLE, cbor::int(self.lifecycle)),
            text(label::HASH_ALGORITHM, &self.hash_algorithm),
            text(label::SERVICE, &self.service),
            claim(label::COMPONENTS, cbor::array(&components)),
        ];
        cbor::map(&edited(entries.into_iter().flatten().collect(), &self.edits))
    }
}

/// What the realm claims. Its key is that of the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmClaims {
    /// Profile.
    pub profile: Option<String>,
    /// The challenge: 64 bytes that the workload chose.
    pub challenge: Vec<u8>,
    /// Personalization value, 64 bytes.
    pub personalization: Vec<u8>,
    /// The name of the hash algorithm of the measurements.
    pub hash_algorithm: String,
    /// The key's bytes, where they are not those of the scenario's key in the form that the profile asks for.
    pub rak: Option<Vec<u8>>,
    /// Initial measurement.
    pub rim: Vec<u8>,
    /// Extensible measurements.
    pub rem: Vec<Vec<u8>>,
    /// The name of the hash algorithm that binds the key.
    pub rak_hash_algorithm: String,
    /// Changes to the map.
    pub edits: Vec<Edit>,
}

impl RealmClaims {
    /// The encoded map.
    pub fn encode(&self, rak: &[u8]) -> Vec<u8> {
        let rem: Vec<_> = self.rem.iter().map(|value| cbor::bytes(value)).collect();
        let claim = |label, value| Some((cbor::int(label), value));
        let profile = self.profile.as_ref().map(|profile| cbor::text(profile));
        let entries = [
            profile.and_then(|profile| claim(label::PROFILE, profile)),
            claim(label::CHALLENGE, cbor::bytes(&self.challenge)),
            claim(label::PERSONALIZATION, cbor::bytes(&self.personalization)),
            claim(label::RAK, cbor::bytes(rak)),
            claim(label::REALM_HASH_ALGORITHM, cbor::text(&self.hash_algorithm)),
            claim(label::RAK_HASH_ALGORITHM, cbor::text(&self.rak_hash_algorithm)),
            claim(label::RIM, cbor::bytes(&self.rim)),
            claim(label::REM, cbor::array(&rem)),
        ];
        cbor::map(&edited(entries.into_iter().flatten().collect(), &self.edits))
    }
}
