//! Keys of Arm CCA platforms, as ccatoken's trust anchor store has them: a list of `{"instance-id",
//! "implementation-id", "pkey"}`, the ids in hexadecimal and the key a JWK (RFC 7517). Or a JWK alone, which is the
//! key of whichever platform a token names.

use crate::{
    input::{hex_bytes, read_file},
    output::Failure,
};
use aivm::{
    abi::IAttestationRegistry::CcaCpak,
    evidence::cca::{key::PublicKey, token::Token},
};
use alloy_primitives::B256;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// The largest file that is read.
const MAX_FILE: u64 = 1 << 20;

/// A key as a JWK.
#[derive(Clone, Debug, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

/// An entry of a trust anchor store.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    instance_id: String,
    implementation_id: String,
    pkey: Jwk,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub(crate) enum TrustAnchor {
    /// The keys of platforms.
    Platforms(Vec<CcaCpak>),
    /// A key without its platform: 04 ‖ x ‖ y.
    Key(Vec<u8>),
}

impl TrustAnchor {
    /// Reads a file. `what` is how the user calls it.
    pub(crate) fn read(what: &str, path: &Path) -> Result<Self, Failure> {
        let bytes = read_file(what, path, MAX_FILE)?;
        let parsed = serde_json::from_slice(&bytes).map_err(|error| error.to_string());
        parsed.and_then(Self::parse).map_err(|why| {
            let path = path.display();
            Failure::new(format!("{what}: {path} holds no keys of Arm CCA platforms: {why}")).next(
                "give a list of {\"instance-id\", \"implementation-id\", \"pkey\"}, pkey being a JWK, or one JWK \
                 (kty EC, crv P-256 or P-384)",
            )
        })
    }

    /// Reads JSON.
    pub(crate) fn parse(json: Value) -> Result<Self, String> {
        if json.get("kty").is_some() {
            let jwk: Jwk = serde_json::from_value(json).map_err(|error| error.to_string())?;
            return public_key(&jwk).map(Self::Key);
        }
        let entries: Vec<Entry> = serde_json::from_value(json).map_err(|error| error.to_string())?;
        if entries.is_empty() {
            return Err("the list is empty".into());
        }
        entries
            .iter()
            .map(platform)
            .collect::<Result<_, _>>()
            .map(Self::Platforms)
    }

    /// The keys to register: for a key without a platform, the one that the token names.
    pub(crate) fn platforms(self, token: &Token<'_>) -> Vec<CcaCpak> {
        match self {
            Self::Platforms(platforms) => platforms,
            Self::Key(public_key) => vec![CcaCpak {
                instanceId: token.platform.instance_id.to_vec().into(),
                implementationId: token.platform.implementation_id.into(),
                publicKey: public_key.into(),
            }],
        }
    }
}

fn platform(entry: &Entry) -> Result<CcaCpak, String> {
    let instance = hex_bytes(&entry.instance_id).map_err(|why| format!("instance-id: {why}"))?;
    let implementation = hex_bytes(&entry.implementation_id)
        .and_then(|bytes| B256::try_from(bytes.as_slice()).map_err(|_| "it does not have 32 bytes".into()))
        .map_err(|why| format!("implementation-id: {why}"))?;
    Ok(CcaCpak {
        instanceId: instance.into(),
        implementationId: implementation,
        publicKey: public_key(&entry.pkey)?.into(),
    })
}

/// The key as SEC 1 writes it uncompressed.
fn public_key(jwk: &Jwk) -> Result<Vec<u8>, String> {
    let len = match (jwk.kty.as_str(), jwk.crv.as_str()) {
        ("EC", "P-256") => 32,
        ("EC", "P-384") => 48,
        (kty, crv) => {
            return Err(format!(
                "a key of kty {kty} and crv {crv} is neither P-256 nor P-384"
            ));
        }
    };
    let coordinate = |name: &str, text: &str| {
        let bytes = Base64UrlUnpadded::decode_vec(text.trim_end_matches('='));
        let bytes = bytes.map_err(|_| format!("{name} of the key is not base64url"))?;
        if bytes.len() == len {
            Ok(bytes)
        } else {
            Err(format!("{name} of the key has {} bytes, not {len}", bytes.len()))
        }
    };
    let point = [coordinate("x", &jwk.x)?, coordinate("y", &jwk.y)?].concat();
    let key = PublicKey::from_coordinates(&point); // whether it is on the curve, the registry says
    key.map(|key| key.to_sec1())
        .ok_or_else(|| "the key has no two coordinates".into())
}
