//! COSE_Sign1 (RFC 9052, section 4.2) around the claims of a token.

use super::{
    cbor::{self, TAG_SIGN1},
    key::Key,
};

/// How claims are signed and wrapped; everything is as it should be unless it is overridden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign1 {
    /// The key that signs.
    pub key: Key,
    /// The algorithm in the protected header, where it is not that of the key's curve.
    pub algorithm: Option<i64>,
    /// The protected header's bytes, where they are not a map of the algorithm.
    pub protected: Option<Vec<u8>>,
    /// The unprotected header, encoded, where it is not an empty map.
    pub unprotected: Option<Vec<u8>>,
    /// The payload, encoded, where it is not the byte string that is signed.
    pub payload: Option<Vec<u8>>,
    /// External data that are signed as well: none in a token.
    pub external_aad: Vec<u8>,
    /// The context that is signed: `Signature1`.
    pub context: &'static str,
    /// The signature's bytes, where they are not those of a signature.
    pub signature: Option<Vec<u8>>,
    /// The tag around the message; `None` leaves it out.
    pub tag: Option<u64>,
    /// Elements after the fourth.
    pub further: Vec<Vec<u8>>,
    /// Bytes after the message.
    pub trailing: Vec<u8>,
}

impl Sign1 {
    /// Signs with `key`.
    pub fn new(key: Key) -> Self {
        Self {
            key,
            algorithm: None,
            protected: None,
            unprotected: None,
            payload: None,
            external_aad: Vec::new(),
            context: "Signature1",
            signature: None,
            tag: Some(TAG_SIGN1),
            further: Vec::new(),
            trailing: Vec::new(),
        }
    }

    /// The message over these claims.
    pub fn encode(&self, claims: &[u8]) -> Vec<u8> {
        let algorithm = self.algorithm.unwrap_or(self.key.curve.algorithm());
        let header = cbor::map(&[(cbor::int(1), cbor::int(algorithm))]);
        let protected = cbor::bytes(self.protected.as_ref().unwrap_or(&header));
        let structure = cbor::array(&[
            cbor::text(self.context),
            protected.clone(),
            cbor::bytes(&self.external_aad),
            cbor::bytes(claims),
        ]);
        let signature = self.signature.clone();
        let mut parts = vec![
            protected,
            self.unprotected.clone().unwrap_or_else(|| cbor::map(&[])),
            self.payload.clone().unwrap_or_else(|| cbor::bytes(claims)),
            cbor::bytes(&signature.unwrap_or_else(|| self.key.sign(&structure))),
        ];
        parts.extend_from_slice(&self.further);
        let message = cbor::array(&parts);
        let tagged = self.tag.map(|tag| cbor::tag(tag, &message)).unwrap_or(message);
        [tagged, self.trailing.clone()].concat()
    }
}
