//! A mint for Arm CCA tokens.
//!
//! [`Scenario::new`] describes a token that is valid in every respect once the platform's key ([`Scenario::cpak`]) is
//! registered; tokens have no validity in time. A test bends the description and only then has it encoded and signed:
//!
//! ```
//! use aivm_simulator::cca::{Form, Scenario};
//!
//! let mut scenario = Scenario::new(Form::Legacy);
//! scenario.platform.lifecycle = 0x4000;
//! assert_eq!(scenario.token()[..3], [0xd9, 0x01, 0x8f], "tag 399");
//! ```

pub mod cbor;
pub mod claims;
pub mod defaults;
pub mod key;
pub mod sign1;

use sha2::{Digest, Sha256, Sha512};

pub use claims::{Component, Edit, PlatformClaims, RealmClaims};
pub use key::{Curve, Key};
pub use sign1::Sign1;

/// The block time that tests of tokens use, in Unix seconds.
pub const NOW: u64 = 1_760_000_000;

/// The key of the platform token in the collection.
pub const PLATFORM: i64 = 44234;

/// The key of the realm token in the collection.
pub const REALM: i64 = 44241;

/// The CoAP content format of a token in a tag 907 collection: `application/eat+cwt`.
pub const EAT_CWT: i64 = 263;

/// Which collection holds the two tokens, and which profiles they have by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Tag 399, profile `http://arm.com/CCA-SSD/1.0.0`.
    Legacy,
    /// Tag 907, profiles of 2023.
    Collection,
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Legacy, Self::Collection];

    /// The tag.
    pub fn tag(self) -> u64 {
        match self {
            Self::Legacy => 399,
            Self::Collection => 907,
        }
    }
}

/// How the RAK is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RakForm {
    /// `04 ‖ x ‖ y`.
    Sec1,
    /// COSE_Key.
    CoseKey,
}

/// What governance registers for a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpak {
    /// Instance id.
    pub instance_id: Vec<u8>,
    /// Implementation id.
    pub implementation_id: [u8; 32],
    /// The platform's key: `04 ‖ x ‖ y`.
    pub public_key: Vec<u8>,
}

/// The collection around the two tokens; everything is as it should be unless it is overridden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The tag, where it is not that of the form; `Some(None)` writes none.
    pub tag: Option<Option<u64>>,
    /// Wraps each token as this form does, where that is not the form's own way.
    pub wrapped_as: Option<Form>,
    /// The content format of tag 907.
    pub content_format: i64,
    /// The bytes of the platform token, where they are not what is minted.
    pub platform: Option<Vec<u8>>,
    /// The bytes of the realm token, where they are not what is minted.
    pub realm: Option<Vec<u8>>,
    /// Changes to the map.
    pub edits: Vec<Edit>,
    /// Bytes after everything.
    pub trailing: Vec<u8>,
    /// The whole token's bytes, where they are not what is minted.
    pub raw: Option<Vec<u8>>,
}

/// A token before anything is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The collection's form.
    pub form: Form,
    /// How the RAK is written.
    pub rak_form: RakForm,
    /// The platform's claims.
    pub platform: PlatformClaims,
    /// The realm's claims.
    pub realm: RealmClaims,
    /// How the platform token is signed; its key is the CPAK.
    pub platform_sign1: Sign1,
    /// How the realm token is signed; its key is the RAK.
    pub realm_sign1: Sign1,
    /// The collection.
    pub envelope: Envelope,
}

impl Scenario {
    /// What governance registers so that this token is accepted.
    pub fn cpak(&self) -> Cpak {
        Cpak {
            instance_id: self.platform.instance_id.to_vec(),
            implementation_id: self.platform.implementation_id,
            public_key: self.platform_sign1.key.public_sec1(),
        }
    }

    /// The bytes of the RAK claim.
    pub fn rak(&self) -> Vec<u8> {
        let key = &self.realm_sign1.key;
        self.realm.rak.clone().unwrap_or_else(|| match self.rak_form {
            RakForm::Sec1 => key.public_sec1(),
            RakForm::CoseKey => key.public_cose(),
        })
    }

    /// The platform challenge that binds the realm token: the hash of the RAK claim.
    pub fn binding(&self) -> Vec<u8> {
        match self.realm.rak_hash_algorithm.as_str() {
            "sha-512" => Sha512::digest(self.rak()).to_vec(),
            "sha-384" => sha2::Sha384::digest(self.rak()).to_vec(),
            _ => Sha256::digest(self.rak()).to_vec(),
        }
    }

    /// The platform token.
    pub fn platform_token(&self) -> Vec<u8> {
        self.platform_sign1.encode(&self.platform.encode(&self.binding()))
    }

    /// The realm token.
    pub fn realm_token(&self) -> Vec<u8> {
        self.realm_sign1.encode(&self.realm.encode(&self.rak()))
    }

    /// The whole token.
    pub fn token(&self) -> Vec<u8> {
        let envelope = &self.envelope;
        if let Some(raw) = &envelope.raw {
            return raw.clone();
        }
        let wrapped = |token: Vec<u8>| match envelope.wrapped_as.unwrap_or(self.form) {
            Form::Legacy => cbor::bytes(&token),
            Form::Collection => cbor::array(&[cbor::int(envelope.content_format), cbor::bytes(&token)]),
        };
        let platform = envelope.platform.clone().unwrap_or_else(|| self.platform_token());
        let realm = envelope.realm.clone().unwrap_or_else(|| self.realm_token());
        let entries = vec![
            (cbor::int(PLATFORM), wrapped(platform)),
            (cbor::int(REALM), wrapped(realm)),
        ];
        let map = cbor::map(&claims::edited(entries, &envelope.edits));
        let tag = envelope.tag.unwrap_or(Some(self.form.tag()));
        let tagged = tag.map(|tag| cbor::tag(tag, &map)).unwrap_or(map);
        [tagged, envelope.trailing.clone()].concat()
    }

    /// Makes the first 32 bytes of the realm's challenge this nonce, the rest this attested key.
    pub fn bind(&mut self, nonce: [u8; 32], attested_key: [u8; 32]) {
        self.realm.challenge = [nonce, attested_key].concat();
    }

    /// RIM ‖ REM0 ‖ REM1 ‖ REM2 ‖ REM3: what golden measurements list the hash of.
    pub fn realm_measurements(&self) -> Vec<u8> {
        [self.realm.rim.clone(), self.realm.rem.concat()].concat()
    }
}
