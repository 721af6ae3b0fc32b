//! The extension of the leaf that says which firmware its key is for.

use crate::der::{context, element, integer_octets, octet_string, oid, sequence};
use crate::x509::{Extension, Key, SHA384};

/// `tcg-dice-CompositeDeviceID` of early TCG drafts, in Hopper's leaves.
pub const COMPOSITE_DEVICE_ID: &str = "2.23.133.5.4.1";
/// `tcg-dice-TcbInfo`, in Blackwell's leaves.
pub const TCB_INFO: &str = "2.23.133.5.4.1.1";

/// What the leaf says of its firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeafFwid {
    /// Nothing.
    Absent,
    /// `SEQUENCE { 1, device key, FWID }`: the digest.
    CompositeDeviceId(Vec<u8>),
    /// `DiceTcbInfo` with these digests; 48 zero bytes end it.
    TcbInfo(Vec<Vec<u8>>),
    /// An extension with this identifier and content.
    Raw(&'static str, Vec<u8>),
}

impl LeafFwid {
    /// The DER inside the extension, for a device of this key.
    pub fn value(&self, device: &Key) -> Vec<u8> {
        match self {
            Self::Absent => Vec::new(),
            Self::CompositeDeviceId(digest) => {
                sequence(&[integer_octets(&[1]), device.public_key_info(), fwid(digest)])
            }
            Self::TcbInfo(digests) => sequence(&[
                element(0x80, b"NVIDIA"),
                element(0x81, b"GB100"),
                element(0x83, &[1]),
                element(0x84, &[1]),
                context(
                    6,
                    &digests.iter().flat_map(|digest| fwid(digest)).collect::<Vec<_>>(),
                ),
                element(0x87, &[4, 0]),
                element(0x88, &[0; 48]),
            ]),
            Self::Raw(_, value) => value.clone(),
        }
    }

    pub(super) fn extension(&self, device: &Key) -> Option<Extension> {
        let id = match self {
            Self::Absent => return None,
            Self::CompositeDeviceId(_) => COMPOSITE_DEVICE_ID,
            Self::TcbInfo(_) => TCB_INFO,
            Self::Raw(id, _) => id,
        };
        Some(Extension::new(id, false, self.value(device)))
    }
}

/// `FWID ::= SEQUENCE { hashAlg OBJECT IDENTIFIER, digest OCTET STRING }`.
fn fwid(digest: &[u8]) -> Vec<u8> {
    sequence(&[oid(SHA384), octet_string(digest)])
}
