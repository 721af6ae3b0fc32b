//! The report: an SPDM 1.1 GET_MEASUREMENTS request and its response, MEASUREMENTS. Integers are little-endian.

use crate::x509::Key;

/// Numbers of the fields in the opaque data.
pub mod opaque {
    /// Driver version, text.
    pub const DRIVER_VERSION: u16 = 3;
    /// VBIOS version.
    pub const VBIOS_VERSION: u16 = 6;
    /// Whether the decoder NVDEC0 is on: `AA`, or `55` for off.
    pub const NVDEC0_STATUS: u16 = 11;
    /// Firmware id.
    pub const FWID: u16 = 20;
    /// Whether PCIe is protected (PPCIE): `AA`, or `55` for not.
    pub const PROTECTED_PCIE_STATUS: u16 = 21;
    /// Identifiers of NVLink switches.
    pub const SWITCH_PDI: u16 = 22;
    /// Version of the opaque data.
    pub const VERSION: u16 = 34;
    /// Chip, text.
    pub const CHIP_INFO: u16 = 35;
    /// Mode: 0 SPT, 1 MPT, 2 PPCIE.
    pub const FEATURE_FLAG: u16 = 36;
}

/// A report before it is signed.
#[derive(Clone, Debug)]
pub struct Report {
    /// Version, code and parameters of the request.
    pub request: [u8; 4],
    /// The nonce of the request.
    pub nonce: [u8; 32],
    /// The certificate slot asked for.
    pub slot: u8,
    /// Version, code and parameters of the response.
    pub response: [u8; 4],
    /// The measurement blocks.
    pub blocks: Vec<Block>,
    /// The number of blocks as written, where it is not theirs.
    pub block_count: Option<u8>,
    /// The length of the blocks as written, where it is not theirs; three bytes.
    pub record_len: Option<u32>,
    /// The nonce of the response.
    pub responder_nonce: [u8; 32],
    /// The fields of the opaque data.
    pub opaque: Vec<Opaque>,
    /// Bytes after the last field, inside the opaque data.
    pub opaque_trailing: Vec<u8>,
    /// The length of the opaque data as written, where it is not its own.
    pub opaque_len: Option<u16>,
    /// What is signed.
    pub signed: SignedPart,
    /// The key that signs, where it is not the leaf's.
    pub signed_by: Option<Key>,
    /// The signature, where it is not made.
    pub signature: Option<[u8; 96]>,
    /// Bytes after the signature.
    pub trailing: Vec<u8>,
}

/// What the signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedPart {
    /// Request and response, as SPDM has it.
    RequestAndResponse,
    /// The response only.
    Response,
}

/// A measurement block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The index, from 1.
    pub index: u8,
    /// The measurement specification: 1 for DMTF.
    pub specification: u8,
    /// The length of what follows, where it is not its own.
    pub len: Option<u16>,
    /// The kind of value: 1 for firmware.
    pub kind: u8,
    /// The length of the value, where it is not its own.
    pub value_len: Option<u16>,
    /// The value: SHA-384.
    pub value: Vec<u8>,
}

/// A field of the opaque data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Which field.
    pub number: u16,
    /// The length of the value, where it is not its own.
    pub len: Option<u16>,
    /// The value.
    pub value: Vec<u8>,
}

impl Block {
    /// A block of this index and value.
    pub fn new(index: u8, value: [u8; 48]) -> Self {
        Self {
            index,
            specification: 1,
            len: None,
            kind: 1,
            value_len: None,
            value: value.to_vec(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let value_len = self.value_len.unwrap_or(self.value.len() as u16).to_le_bytes();
        let measurement = [&[self.kind][..], &value_len, &self.value].concat();
        let len = self.len.unwrap_or(measurement.len() as u16).to_le_bytes();
        [&[self.index, self.specification][..], &len, &measurement].concat()
    }
}

impl Opaque {
    /// A field of this value.
    pub fn new(number: u16, value: &[u8]) -> Self {
        Self {
            number,
            len: None,
            value: value.to_vec(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let len = self.len.unwrap_or(self.value.len() as u16).to_le_bytes();
        [&self.number.to_le_bytes()[..], &len, &self.value].concat()
    }
}

impl Report {
    /// Sets a field of the opaque data, which is appended if it is not there.
    pub fn set(&mut self, number: u16, value: &[u8]) {
        match self.opaque.iter_mut().find(|field| field.number == number) {
            Some(field) => field.value = value.to_vec(),
            None => self.opaque.push(Opaque::new(number, value)),
        }
    }

    /// Leaves a field of the opaque data out.
    pub fn remove(&mut self, number: u16) {
        self.opaque.retain(|field| field.number != number);
    }

    /// The value of a field of the opaque data.
    pub fn get(&self, number: u16) -> Option<&[u8]> {
        let field = self.opaque.iter().find(|field| field.number == number)?;
        Some(&field.value)
    }

    /// The request.
    pub fn request_bytes(&self) -> Vec<u8> {
        [&self.request[..], &self.nonce, &[self.slot]].concat()
    }

    /// The response without its signature.
    pub fn response_bytes(&self) -> Vec<u8> {
        let record: Vec<u8> = self.blocks.iter().flat_map(Block::bytes).collect();
        let record_len = self.record_len.unwrap_or(record.len() as u32).to_le_bytes();
        let mut opaque: Vec<u8> = self.opaque.iter().flat_map(Opaque::bytes).collect();
        opaque.extend(&self.opaque_trailing);
        let opaque_len = self.opaque_len.unwrap_or(opaque.len() as u16);
        [
            &self.response[..],
            &[self.block_count.unwrap_or(self.blocks.len() as u8)],
            &record_len[..3],
            &record,
            &self.responder_nonce,
            &opaque_len.to_le_bytes(),
            &opaque,
        ]
        .concat()
    }

    pub(super) fn bytes(&self, leaf: &Key) -> Vec<u8> {
        let (request, response) = (self.request_bytes(), self.response_bytes());
        let signed = match self.signed {
            SignedPart::RequestAndResponse => [&request[..], &response].concat(),
            SignedPart::Response => response.clone(),
        };
        let signature = self.signature.unwrap_or_else(|| {
            let Key::P384(key) = self.signed_by.as_ref().unwrap_or(leaf) else {
                panic!("reports are signed with P-384");
            };
            key.sign(&signed)
        });
        [&request[..], &response, &signature, &self.trailing].concat()
    }
}
