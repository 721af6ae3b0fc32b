//! The report: its layout, its fields, and what binds it to the leaf.

use super::cases;
use aivm_simulator::nvidia::{Block, Key, LeafFwid, Opaque, Scenario, SignedPart, opaque, other_s};

cases! {
    /// Nothing may follow a declared end, and every length must say the truth.
    LAYOUT:
    1 "a zero byte after the signature" Evidence(|s| s.report.trailing.push(0)) => 507,
    1 "another byte after the signature" Evidence(|s| s.report.trailing.push(0xff)) => 507,
    1 "a second signature" Evidence(|s| s.report.trailing = vec![1; 96]) => 507,
    1 "a zero byte after the certificates" Evidence(|s| s.trailing.push(0)) => 501,
    1 "a report a byte longer than it is" Evidence(|s| s.report_len = Some(len(s) + 1)) => 503,
    1 "a report a byte shorter than it is" Evidence(|s| s.report_len = Some(len(s) - 1)) => 503,
    1 "a report longer than the evidence" Evidence(|s| s.report_len = Some(s.body().len() as u32)) => 500,
    1 "a report as long as it can be" Evidence(|s| s.report_len = Some(u32::MAX)) => 500,
    1 "no report" Body(|s| s.body_of(&[], &[s.leaf_der(), s.brom_der()])) => 506,
    1 "nothing but the vendor byte" Body(|_| Vec::new()) => 500,
    1 "half a length" Body(|_| vec![0; 3]) => 500,
    1 "a length and nothing else" Body(|_| vec![0; 4]) => 500,

    11 "the version of SPDM 1.0 in the request" Evidence(|s| s.report.request[0] = 0x10) => 508,
    11 "the version of SPDM 1.2 in the request" Evidence(|s| s.report.request[0] = 0x12) => 508,
    11 "another request" Evidence(|s| s.report.request[1] = 0xe1) => 508,
    11 "a request without signature" Evidence(|s| s.report.request[2] = 0) => 508,
    11 "a request of one measurement" Evidence(|s| s.report.request[3] = 1) => 508,
    11 "a request of the number of measurements" Evidence(|s| s.report.request[3] = 0) => 508,
    11 "slot 8" Evidence(|s| { s.report.slot = 8; s.report.response[3] = 8 }) => 509,
    11 "slot 255" Evidence(|s| s.report.slot = 255) => 509,
    11 "the version of SPDM 1.0 in the response" Evidence(|s| s.report.response[0] = 0x10) => 510,
    11 "another response" Evidence(|s| s.report.response[1] = 0x7f) => 510,
    11 "a response for another slot" Evidence(|s| s.report.response[3] = 1) => 511,
    11 "a request for another slot" Evidence(|s| s.report.slot = 1) => 511,

    15 "an index twice" Evidence(|s| s.report.blocks[1].index = 1) => 515,
    15 "a block twice" Evidence(|s| { let block = s.report.blocks[63].clone(); s.report.blocks.push(block) }) => 515,
    15 "two blocks exchanged" Evidence(|s| s.report.blocks.swap(10, 11)) => 515,
    15 "an index left out" Evidence(|s| { s.report.blocks.remove(5); }) => 515,
    15 "index 0 first" Evidence(|s| s.report.blocks[0].index = 0) => 515,
    15 "index 0 after 255" Evidence(|s| { blocks(s, 255); s.report.blocks.push(Block::new(0, [0; 48])) }) => 515,
    16 "a block less than declared" Evidence(|s| s.report.block_count = Some(65)) => 514,
    16 "a block more than declared" Evidence(|s| s.report.block_count = Some(63)) => 514,
    16 "no block declared" Evidence(|s| s.report.block_count = Some(0)) => 514,
    16 "no block" Evidence(|s| s.report.blocks.clear()) => 514,
    17 "a record longer than the report" Evidence(|s| s.report.record_len = Some(60_000)) => 512,
    17 "a record as long as it can be" Evidence(|s| s.report.record_len = Some(0xff_ffff)) => 512,
    17 "a record a byte longer than it is" Evidence(|s| s.report.record_len = Some(64 * 55 + 1)) => 513,
    17 "a record a byte shorter than it is" Evidence(|s| s.report.record_len = Some(64 * 55 - 1)) => 513,
    17 "a record a block shorter than it is" Evidence(|s| s.report.record_len = Some(63 * 55)) => 514,
    17 "a report that ends in the request" Body(|s| cut(s, 36)) => 506,
    17 "a report that ends in the response's header" Body(|s| cut(s, 44)) => 506,
    17 "a report that ends in the record" Body(|s| cut(s, 45 + 63 * 55)) => 512,
    17 "a report that ends after the record" Body(|s| cut(s, 45 + 64 * 55)) => 506,
    17 "a report that ends in the opaque data" Body(|s| cut(s, s.report_bytes().len() - 97)) => 506,
    17 "a report that ends in the signature" Body(|s| cut(s, s.report_bytes().len() - 1)) => 506,
    18 "another measurement specification" Evidence(|s| s.report.blocks[7].specification = 2) => 516,
    18 "no measurement specification" Evidence(|s| s.report.blocks[7].specification = 0) => 516,
    18 "a digest of 47 bytes" Evidence(|s| { s.report.blocks[7].value.pop(); }) => 517,
    18 "a digest of 47 bytes in a block of 51" Evidence(|s| { s.report.blocks[7].value.pop(); s.report.blocks[7].len = Some(51) }) => 518,
    18 "a digest of 49 bytes" Evidence(|s| s.report.blocks[7].value.push(0)) => 517,
    18 "a digest said to have 32 bytes" Evidence(|s| s.report.blocks[7].value_len = Some(32)) => 518,
    18 "a digest said to have 65,535 bytes" Evidence(|s| s.report.blocks[7].value_len = Some(u16::MAX)) => 518,
    18 "a block said to have 50 bytes" Evidence(|s| s.report.blocks[7].len = Some(50)) => 517,
    18 "a block said to have 65,535 bytes" Evidence(|s| s.report.blocks[63].len = Some(u16::MAX)) => 517,
}

cases! {
    /// The fields that NVIDIA adds.
    OPAQUE:
    19 "the driver version twice" Evidence(|s| twice(s, opaque::DRIVER_VERSION)) => 520,
    19 "the firmware id twice" Evidence(|s| twice(s, opaque::FWID)) => 520,
    19 "a field that nobody reads twice" Evidence(|s| twice(s, 14)) => 520,
    19 "an unknown field twice" Evidence(|s| { s.report.opaque.push(Opaque::new(9_999, &[])); twice(s, 9_999) }) => 520,
    19 "65 fields" Evidence(|s| super::limits::fields(s, 65)) => 521,
    20 "the last field a byte longer than it is" Evidence(|s| last(s, 1)) => 519,
    20 "the last field as long as it can be" Evidence(|s| last(s, 0xffff - 2)) => 519,
    20 "a number after the last field" Evidence(|s| s.report.opaque_trailing = vec![99, 0]) => 519,
    20 "a byte after the last field" Evidence(|s| s.report.opaque_trailing = vec![0]) => 519,
    20 "opaque data a byte shorter than they are" Evidence(|s| opaque_len(s, -1)) => 507,
    20 "opaque data a byte longer than they are" Evidence(|s| opaque_len(s, 1)) => 506,
    20 "opaque data as long as they can be" Evidence(|s| s.report.opaque_len = Some(u16::MAX)) => 506,
    20 "no opaque data" Evidence(|s| s.report.opaque.clear()) => 522,
    20 "no driver version" Evidence(|s| s.report.remove(opaque::DRIVER_VERSION)) => 522,
    20 "no VBIOS version" Evidence(|s| s.report.remove(opaque::VBIOS_VERSION)) => 522,
    20 "an empty driver version" Evidence(|s| s.report.set(opaque::DRIVER_VERSION, &[0, 0])) => 523,
    20 "a driver version with a zero inside" Evidence(|s| s.report.set(opaque::DRIVER_VERSION, b"580\x0095\0")) => 523,
    20 "a driver version with a blank" Evidence(|s| s.report.set(opaque::DRIVER_VERSION, b"580 95\0")) => 523,
    20 "a driver version that is no ASCII" Evidence(|s| s.report.set(opaque::DRIVER_VERSION, "580.é".as_bytes())) => 523,
    20 "a driver version that is no text" Evidence(|s| s.report.set(opaque::DRIVER_VERSION, &[0xff, 0xfe])) => 523,
    20 "a VBIOS version of 7 bytes" Evidence(|s| s.report.set(opaque::VBIOS_VERSION, &[1; 7])) => 523,
    20 "an empty VBIOS version" Evidence(|s| s.report.set(opaque::VBIOS_VERSION, &[])) => 523,
    20 "a firmware id of 47 bytes" Evidence(|s| s.report.set(opaque::FWID, &[1; 47])) => 523,
    20 "an empty firmware id" Evidence(|s| s.report.set(opaque::FWID, &[])) => 523,
    20 "an empty mode" Evidence(|s| s.report.set(opaque::FEATURE_FLAG, &[])) => 542,
    20 "NVDEC0 of two bytes" Evidence(|s| s.report.set(opaque::NVDEC0_STATUS, &[0x55, 0x55])) => 523,
    20 "an unknown mode" Evidence(|s| s.report.set(opaque::FEATURE_FLAG, &[3, 0])) => 542,
    20 "a mode in the other byte order" Evidence(|s| s.report.set(opaque::FEATURE_FLAG, &[0, 1])) => 542,
    20 "PPCIE without protected PCIe" Evidence(|s| s.report.set(opaque::FEATURE_FLAG, &[2, 0])) => 542,
    20 "PPCIE that says nothing of PCIe" Evidence(|s| { s.report.set(opaque::FEATURE_FLAG, &[2, 0]); s.report.remove(opaque::PROTECTED_PCIE_STATUS) }) => 542,
    20 "SPT with protected PCIe" Evidence(|s| s.report.set(opaque::PROTECTED_PCIE_STATUS, &[0xaa])) => 542,
    20 "protected PCIe neither on nor off" Evidence(|s| s.report.set(opaque::PROTECTED_PCIE_STATUS, &[0])) => 542,
    20 "NVDEC0 neither on nor off" Evidence(|s| s.report.set(opaque::NVDEC0_STATUS, &[1])) => 542,
}

cases! {
    /// What binds the report to the requester, to the leaf and to the firmware.
    BINDING:
    8 "a signature over the response only" Evidence(|s| s.report.signed = SignedPart::Response) => 538,
    8 "a signature by a stranger" Evidence(|s| s.report.signed_by = Some(Key::p384("stranger"))) => 538,
    8 "a signature by the device" Evidence(|s| s.report.signed_by = Some(s.brom.key.clone())) => 538,
    8 "a signature of zeros" Evidence(|s| s.report.signature = Some([0; 96])) => 538,
    8 "a signature with s of zero" Evidence(|s| s.report.signature = Some(half(s, 48..96, 0))) => 538,
    8 "a signature with r of zero" Evidence(|s| s.report.signature = Some(half(s, 0..48, 0))) => 538,
    8 "a signature with s as large as it can be" Evidence(|s| s.report.signature = Some(half(s, 48..96, 0xff))) => 538,
    8 "r and s exchanged" Evidence(|s| { let mut raw = signature(s); raw.rotate_left(48); s.report.signature = Some(raw) }) => 538,
    8 "r and s in the other byte order" Evidence(|s| { let mut raw = signature(s); raw[..48].reverse(); raw[48..].reverse(); s.report.signature = Some(raw) }) => 538,
    8 "the other form of the signature, over another report" Evidence(|s| { s.report.signature = Some(other_s(&signature(s))); s.report.nonce[0] ^= 1 }) => 538,
    9 "another nonce" Nonce(|s| { let mut nonce = s.report.nonce; nonce[31] ^= 1; nonce }) => 10,
    9 "a nonce changed after signing" Evidence(|s| { s.report.signature = Some(signature(s)); s.report.nonce[0] ^= 1 }) => 538,
    9 "a nonce of zeros" Nonce(|_| [0; 32]) => 10,
    10 "the responder's nonce for the request's" Nonce(|s| s.report.responder_nonce) => 10,
    10 "the two nonces exchanged after signing" Evidence(|s| { s.report.signature = Some(signature(s)); std::mem::swap(&mut s.report.nonce, &mut s.report.responder_nonce) }) => 538,
    12 "another firmware id in the report" Evidence(|s| s.report.set(opaque::FWID, &[7; 48])) => 541,
    12 "another firmware id in the leaf" Evidence(|s| s.leaf_fwid = other_fwid(s)) => 541,
    20 "TCB info with the debug flag" Evidence(|s| debug_flag(s, 0x10)) => 543,
    20 "a chip that is no text" Evidence(|s| s.report.set(opaque::CHIP_INFO, b"\xffB202\0")) => 523,
    20 "a chip of nothing" Evidence(|s| s.report.set(opaque::CHIP_INFO, &[0; 6])) => 523,
    13 "a leaf without firmware id" Evidence(|s| s.leaf_fwid = LeafFwid::Absent) => 539,
    13 "a firmware id that is not DER" Evidence(|s| raw_fwid(s, |_| vec![0x30, 0x7f])) => 540,
    13 "a firmware id with a byte after it" Evidence(|s| raw_fwid(s, |mut value| { value.push(0); value })) => 540,
    13 "a firmware id that is empty" Evidence(|s| raw_fwid(s, |_| Vec::new())) => 540,
    13 "a firmware id without digest" Evidence(|s| raw_fwid(s, |_| vec![0x30, 0])) => 540,
    13 "a composite device id with a digest of 47 bytes" Evidence(|s| s.leaf_fwid = LeafFwid::CompositeDeviceId(vec![7; 47])) => 540,
    13 "TCB info with a first digest of 32 bytes" Evidence(|s| s.leaf_fwid = LeafFwid::TcbInfo(vec![vec![7; 32]])) => 540,
    13 "TCB info with no digest" Evidence(|s| s.leaf_fwid = LeafFwid::TcbInfo(Vec::new())) => 540,
    13 "TCB info with two lists of digests" Evidence(two_lists) => 540,
    14 "the last 48 bytes of Blackwell's TCB info" Evidence(|s| { s.leaf_fwid = LeafFwid::TcbInfo(vec![vec![7; 48]]); s.report.set(opaque::FWID, &[0; 48]) }) => 541,
    14 "the second digest of TCB info" Evidence(|s| { s.leaf_fwid = LeafFwid::TcbInfo(vec![vec![7; 48], vec![8; 48]]); s.report.set(opaque::FWID, &[8; 48]) }) => 541,
    21 "another GPU's report" Evidence(|s| s.report.signed_by = Some(Key::p384("another GPU's leaf"))) => 538,
    21 "a report of the same GPU with other firmware" Body(|s| s.body_of(&s.clone().with_other_firmware().report_bytes(), &[s.leaf_der(), s.brom_der()])) => 538,
    21 "another measurement" Evidence(|s| { s.report.signature = Some(signature(s)); s.report.blocks[3].value[0] ^= 1 }) => 538,
    21 "another driver version" Evidence(|s| { s.report.signature = Some(signature(s)); s.report.set(opaque::DRIVER_VERSION, b"580.95.06\0") }) => 538,
}

fn len(s: &Scenario) -> u32 {
    s.report_bytes().len() as u32
}

/// The body around a report that ends early.
fn cut(s: &Scenario, len: usize) -> Vec<u8> {
    s.body_of(&s.report_bytes()[..len], &[s.leaf_der(), s.brom_der()])
}

/// So many blocks, indexed from 1.
pub(super) fn blocks(s: &mut Scenario, count: u8) {
    s.report.blocks = (1..=count).map(|index| Block::new(index, [index; 48])).collect();
}

fn twice(s: &mut Scenario, number: u16) {
    let field = s.report.opaque.iter().find(|field| field.number == number);
    let field = field.expect("the field").clone();
    s.report.opaque.push(field);
}

fn last(s: &mut Scenario, more: u16) {
    let field = s.report.opaque.last_mut().expect("a field");
    field.len = Some(field.value.len() as u16 + more);
}

fn opaque_len(s: &mut Scenario, by: i16) {
    let len: usize = s.report.opaque.iter().map(|field| 4 + field.value.len()).sum();
    s.report.opaque_len = Some((len as u16).strict_add_signed(by));
}

/// The signature of the report as it is.
fn signature(s: &Scenario) -> [u8; 96] {
    *s.report_bytes().last_chunk().expect("a signature")
}

fn half(s: &Scenario, range: std::ops::Range<usize>, byte: u8) -> [u8; 96] {
    let mut raw = signature(s);
    raw[range].fill(byte);
    raw
}

fn other_fwid(s: &Scenario) -> LeafFwid {
    match s.leaf_fwid {
        LeafFwid::TcbInfo(_) => LeafFwid::TcbInfo(vec![vec![9; 48]]),
        _ => LeafFwid::CompositeDeviceId(vec![9; 48]),
    }
}

/// Changes the content of the extension.
fn raw_fwid(s: &mut Scenario, change: fn(Vec<u8>) -> Vec<u8>) {
    let value = change(s.leaf_fwid.value(&s.brom.key));
    let id = match s.leaf_fwid {
        LeafFwid::TcbInfo(_) => aivm_simulator::nvidia::TCB_INFO,
        _ => aivm_simulator::nvidia::COMPOSITE_DEVICE_ID,
    };
    s.leaf_fwid = LeafFwid::Raw(id, value);
}

/// The extension of Blackwell's leaves, with these flags.
pub(super) fn debug_flag(s: &mut Scenario, flags: u8) {
    let fwid = s.report.get(opaque::FWID).expect("a firmware id").to_vec();
    let mut value = LeafFwid::TcbInfo(vec![fwid]).value(&s.brom.key);
    let at = value
        .windows(4)
        .position(|bytes| bytes == [0x87, 2, 4, 0])
        .expect("flags");
    value[at + 3] = flags;
    s.leaf_fwid = LeafFwid::Raw(aivm_simulator::nvidia::TCB_INFO, value);
}

fn two_lists(s: &mut Scenario) {
    let fwid = s.report.get(opaque::FWID).expect("a firmware id").to_vec();
    let info = LeafFwid::TcbInfo(vec![fwid]).value(&s.brom.key);
    let fields = crate::common::edit::der_content(&info);
    let doubled = aivm_simulator::der::sequence(&[fields.to_vec(), fields.to_vec()]);
    s.leaf_fwid = LeafFwid::Raw(aivm_simulator::nvidia::TCB_INFO, doubled);
}
