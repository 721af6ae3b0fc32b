//! The valid scenario of each chip, in values like those of genuine evidence.

use sha2::{Digest, Sha384};

use super::{Block, Chip, Key, LeafFwid, Opaque, Report, Scenario, SignedPart, opaque};
use crate::der::{context, element, oid, sequence, utf8_string};
use crate::upper_hex;
use crate::x509::name::{COMMON_NAME, COUNTRY, ORGANIZATION, SERIAL_NUMBER};
use crate::x509::{Certificate, Extension, Name};

/// The driver version of an unchanged scenario.
pub const DRIVER_VERSION: &str = "580.95.05";
/// The VBIOS version of an unchanged scenario, as NVIDIA writes it.
pub const VBIOS_VERSION: &str = "96.00.74.00.1A";

/// VBIOS_VERSION as reports have it.
const VBIOS_OCTETS: [u8; 8] = [0x00, 0x74, 0x00, 0x96, 0x1A, 0, 0, 0];
/// What begins the serial number of a device certificate, before the device's PDI.
const SERIAL_PREFIX: u8 = 0x41;
const PDI: [u8; 8] = [0xD1, 0xA9, 0xA2, 0x4F, 0x20, 0x2C, 0xB2, 0xB5];
const GPU_BLOCKS: u8 = 64;
const SWITCH_BLOCKS: u8 = 31;
/// 2021-11-05, when NVIDIA's root begins; 2022-01-12 and 2022-03-01, the CAs; 2020-10-17, the device certificates.
const ROOT_BEGINS: u64 = 1_636_070_400;
const IDENTITY_BEGINS: u64 = 1_641_945_600;
const PROVISIONER_BEGINS: u64 = 1_646_092_800;
const DEVICE_BEGINS: u64 = 1_602_892_800;
/// 9999-12-31T23:59:59Z, when all of them end.
const ENDS: u64 = 253_402_300_799;
const KEY_USAGE_CERT_SIGN: u8 = 0x04;

impl Scenario {
    /// A scenario of this chip that is valid in every respect at [`NOW`](super::NOW).
    pub fn new(chip: Chip) -> Self {
        let fwid = Sha384::digest("firmware").to_vec();
        Self {
            chip,
            root: ca("NVIDIA Device Identity CA", "nvidia root", ROOT_BEGINS),
            identity: ca(
                &format!("NVIDIA {} Identity", chip.name()),
                "nvidia identity",
                IDENTITY_BEGINS,
            ),
            provisioner: ca(
                &format!("NVIDIA {} Provisioner ICA 1", chip.name()),
                "nvidia provisioner",
                PROVISIONER_BEGINS,
            ),
            brom: brom(chip, &PDI, "nvidia brom"),
            leaf: leaf(chip, &PDI, "nvidia leaf"),
            leaf_fwid: match chip {
                Chip::Gb100 => LeafFwid::TcbInfo(vec![fwid.clone(), Sha384::digest("second").to_vec()]),
                _ => LeafFwid::CompositeDeviceId(fwid.clone()),
            },
            report: report(chip, &fwid),
            report_len: None,
            trailing: Vec::new(),
        }
    }

    /// Another device of the same chip, with an identifier and keys of its own.
    pub fn set_device(&mut self, pdi: [u8; 8]) {
        let label = |key| format!("nvidia {key} {}", upper_hex(&pdi));
        self.brom = brom(self.chip, &pdi, &label("brom"));
        self.leaf = leaf(self.chip, &pdi, &label("leaf"));
    }

    /// The same device after a change of firmware: another leaf, with another key, and another firmware id.
    pub fn with_other_firmware(mut self) -> Self {
        let fwid = Sha384::digest("other firmware").to_vec();
        self.leaf = leaf(self.chip, &PDI, "nvidia other leaf");
        self.report.set(opaque::FWID, &fwid);
        self.leaf_fwid = match self.leaf_fwid {
            LeafFwid::TcbInfo(_) => LeafFwid::TcbInfo(vec![fwid]),
            _ => LeafFwid::CompositeDeviceId(fwid),
        };
        self
    }
}

fn ca(common_name: &str, label: &str, begins: u64) -> Certificate {
    let name = Name::new(&[(COMMON_NAME, common_name), (ORGANIZATION, "NVIDIA Corporation")]);
    Certificate::ca(name, Key::p384(label), begins, ENDS, None)
}

/// The name of a certificate that the device's own firmware issues or has.
fn device_name(serial: &[u8], common_name: &str) -> Name {
    Name::new(&[
        (SERIAL_NUMBER, &upper_hex(serial)),
        (COUNTRY, "US"),
        (ORGANIZATION, "NVIDIA Corporation"),
        (COMMON_NAME, common_name),
    ])
}

fn brom(chip: Chip, pdi: &[u8; 8], label: &str) -> Certificate {
    let serial = [&[SERIAL_PREFIX][..], pdi].concat();
    let name = device_name(&serial, &format!("{} A01 GSP BROM", chip.name()));
    let mut brom = Certificate::ca(name, Key::p384(label), DEVICE_BEGINS, ENDS, None);
    brom.key_usage = Some(KEY_USAGE_CERT_SIGN);
    brom.serial = serial;
    brom
}

fn leaf(chip: Chip, pdi: &[u8; 8], label: &str) -> Certificate {
    let key = Key::p384(label);
    let mut serial = key.identifier();
    serial[0] = serial[0] & 0x3F | 0x40;
    let name = device_name(&serial, &format!("{} A01 GSP FMC LF", chip.name()));
    let mut leaf = Certificate::end_entity(name, key, DEVICE_BEGINS, ENDS);
    leaf.basic_constraints = None;
    leaf.serial = serial;
    let device = utf8_string(&format!("NVIDIA:{}:{}", chip.name(), upper_hex(pdi)));
    let other_name = [oid("1.3.6.1.4.1.412.274.1"), context(0, &device)].concat();
    leaf.extensions.push(Extension::new(
        "2.5.29.17",
        false,
        sequence(&[element(0xA0, &other_name)]),
    ));
    leaf
}

fn report(chip: Chip, fwid: &[u8]) -> Report {
    let blocks = if chip == Chip::Ls10 {
        SWITCH_BLOCKS
    } else {
        GPU_BLOCKS
    };
    let block = |index: u8| Block::new(index, Sha384::digest([index]).into());
    Report {
        request: [0x11, 0xE0, 0x01, 0xFF],
        nonce: [0x5A; 32],
        slot: 0,
        response: [0x11, 0x60, 0, 0],
        blocks: (1..=blocks).map(block).collect(),
        block_count: None,
        record_len: None,
        responder_nonce: [0xC3; 32],
        opaque: opaque_data(chip, fwid),
        opaque_trailing: Vec::new(),
        opaque_len: None,
        signed: SignedPart::RequestAndResponse,
        signed_by: None,
        signature: None,
        trailing: Vec::new(),
    }
}

fn opaque_data(chip: Chip, fwid: &[u8]) -> Vec<Opaque> {
    if chip == Chip::Ls10 {
        return vec![
            Opaque::new(opaque::VBIOS_VERSION, &VBIOS_OCTETS),
            Opaque::new(opaque::FWID, fwid),
            Opaque::new(opaque::SWITCH_PDI, &PDI),
        ];
    }
    vec![
        Opaque::new(opaque::VBIOS_VERSION, &VBIOS_OCTETS),
        Opaque::new(14, &[0xB1, 3, 0, 0]),
        Opaque::new(15, b"882\0\0\0\0\0\0"),
        Opaque::new(16, b"0\0\0\0\0"),
        Opaque::new(17, b"1010\0"),
        Opaque::new(18, b"0200\0"),
        Opaque::new(19, &[0, 0]),
        Opaque::new(
            opaque::DRIVER_VERSION,
            &[DRIVER_VERSION.as_bytes(), &[0]].concat(),
        ),
        Opaque::new(4, &[0x80, 1, 0, 0, 0, 0, 0, 0]),
        Opaque::new(12, &[1; 256]),
        Opaque::new(13, &[0, 0xC0, 1, 0]),
        Opaque::new(opaque::NVDEC0_STATUS, &[0x55]),
        Opaque::new(opaque::FWID, fwid),
        Opaque::new(opaque::PROTECTED_PCIE_STATUS, &[0x55]),
        Opaque::new(opaque::VERSION, &[1, 0]),
        Opaque::new(opaque::FEATURE_FLAG, &[0, 0]),
    ]
}
