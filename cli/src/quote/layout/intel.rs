//! Where the fields of a quote lie (specification, appendix A.1), and what attribute bits are called.

use super::{Section, bit_names, refused};
use crate::x509::Values;
use aivm::evidence::{
    Rejection, Vendor, device_id,
    intel::{
        pck::{Pck, PckCa, PckChain},
        quote::{Body, Quote},
    },
};
use alloy_primitives::hex;
use serde_json::json;

/// A field: its name, where it begins in its structure, and what it is.
type Field = (&'static str, usize, Kind);

#[derive(Clone, Copy)]
enum Kind {
    Bytes(usize),
    U16,
}

use Kind::{Bytes, U16};

const HEADER: [Field; 4] = [
    ("version", 0, U16),
    ("attestation_key_type", 2, U16),
    ("qe_vendor_id", 12, Bytes(16)),
    ("user_data", 28, Bytes(20)),
];

/// Version 3 only.
const HEADER_SVNS: [Field; 2] = [("qe_svn", 8, U16), ("pce_svn", 10, U16)];

const ENCLAVE_REPORT: [Field; 12] = [
    ("cpu_svn", 0, Bytes(16)),
    ("misc_select", 16, Bytes(4)),
    ("isv_ext_prod_id", 32, Bytes(16)),
    ("attributes", 48, Bytes(16)),
    ("mr_enclave", 64, Bytes(32)),
    ("mr_signer", 128, Bytes(32)),
    ("config_id", 192, Bytes(64)),
    ("isv_prod_id", 256, U16),
    ("isv_svn", 258, U16),
    ("config_svn", 260, U16),
    ("isv_family_id", 304, Bytes(16)),
    ("report_data", 320, Bytes(64)),
];

const TD_REPORT_10: [Field; 15] = [
    ("tee_tcb_svn", 0, Bytes(16)),
    ("mr_seam", 16, Bytes(48)),
    ("mr_signer_seam", 64, Bytes(48)),
    ("seam_attributes", 112, Bytes(8)),
    ("td_attributes", 120, Bytes(8)),
    ("xfam", 128, Bytes(8)),
    ("mr_td", 136, Bytes(48)),
    ("mr_config_id", 184, Bytes(48)),
    ("mr_owner", 232, Bytes(48)),
    ("mr_owner_config", 280, Bytes(48)),
    ("rtmr0", 328, Bytes(48)),
    ("rtmr1", 376, Bytes(48)),
    ("rtmr2", 424, Bytes(48)),
    ("rtmr3", 472, Bytes(48)),
    ("report_data", 520, Bytes(64)),
];

const TD_REPORT_15: [Field; 2] = [
    ("tee_tcb_svn2", 584, Bytes(16)),
    ("mr_service_td", 600, Bytes(48)),
];

const TD_REPORT_15_EXTENDED: [Field; 10] = [
    ("vm_id", 648, Bytes(1)),
    ("td_id", 649, Bytes(32)),
    ("dev_info", 681, Bytes(48)),
    ("init_servtd_hash", 729, Bytes(48)),
    ("init_servtd_attr", 777, Bytes(8)),
    ("init_cpu_svn", 785, Bytes(16)),
    ("init_tee_tcb_svn", 801, Bytes(16)),
    ("init_tee_fmspc", 817, Bytes(12)),
    ("cur_servtd_hash", 829, Bytes(48)),
    ("cur_servtd_attr", 877, Bytes(8)),
];

const HEADER_LEN: usize = 48;

/// Body type and size, before the body of version 5.
const BODY_DESCRIPTOR_LEN: usize = 6;

const TD_REPORT_10_LEN: usize = 584;
const TD_REPORT_15_LEN: usize = 648;

/// Bits of an enclave's flags.
const SGX_FLAGS: [(u32, &str); 8] = [
    (0, "INIT"),
    (1, "DEBUG"),
    (2, "MODE64BIT"),
    (4, "PROVISIONKEY"),
    (5, "EINITTOKEN_KEY"),
    (6, "CET"),
    (7, "KSS"),
    (10, "AEXNOTIFY"),
];

/// Bits of TDATTRIBUTES.
const TD_ATTRIBUTES: [(u32, &str); 13] = [
    (0, "DEBUG"),
    (4, "HGS_PLUS_PROF"),
    (5, "PERF_PROF"),
    (6, "PMT_PROF"),
    (16, "ICSSD"),
    (17, "SERVTD_EXT"),
    (27, "LASS"),
    (28, "SEPT_VE_DISABLE"),
    (29, "MIGRATABLE"),
    (30, "PKS"),
    (31, "KL"),
    (62, "TPA"),
    (63, "PERFMON"),
];

/// What a quote says.
pub(super) fn sections(vendor: Vendor, quote: &Quote<'_>) -> Vec<Section> {
    let (kind, body) = body(quote);
    vec![
        Section::new("header", "Header", header(quote)),
        Section::new("report", kind, body),
        Section::new(
            "qe_report",
            "Report of the quoting enclave",
            enclave_report(quote.qe_report_bytes),
        ),
        Section::new(
            "pck",
            "Platform, from the PCK certificate",
            platform(vendor, quote),
        ),
    ]
}

/// What the PCK certificate says of the platform.
fn platform(vendor: Vendor, quote: &Quote<'_>) -> Values {
    let chain = PckChain::from_pem(quote.pck_chain).ok_or(Rejection::PckChainMalformed);
    let pck = chain
        .as_ref()
        .map_err(|rejection| *rejection)
        .and_then(PckChain::pck);
    match pck {
        Ok(pck) => platform_values(vendor, &pck),
        Err(rejection) => refused(rejection),
    }
}

fn platform_values(vendor: Vendor, pck: &Pck<'_>) -> Values {
    let ca = match pck.issuer {
        PckCa::Processor => "Processor",
        PckCa::Platform => "Platform",
    };
    vec![
        ("fmspc", json!(hex::encode_prefixed(pck.fmspc))),
        ("pce_id", json!(hex::encode_prefixed(pck.pce_id))),
        ("ppid", json!(hex::encode_prefixed(pck.ppid))),
        ("ca", json!(ca)),
        ("collateral_key", json!(pck.collateral_key())),
        ("device_id", json!(device_id(vendor, &[&pck.ppid, &pck.pce_id]))),
    ]
}

/// The header.
fn header(quote: &Quote<'_>) -> Values {
    let mut values = read(quote.signed, &HEADER);
    if quote.version == 3 {
        values.extend(read(quote.signed, &HEADER_SVNS));
    }
    values
}

/// What the TEE reports: what kind of report it is, and its fields.
fn body(quote: &Quote<'_>) -> (&'static str, Values) {
    let descriptor = if quote.version == 5 {
        BODY_DESCRIPTOR_LEN
    } else {
        0
    };
    let report = quote.signed.get(HEADER_LEN + descriptor..).unwrap_or_default();
    match &quote.body {
        Body::Enclave(_) => ("SGX enclave report", enclave_report(report)),
        Body::Td(td) => {
            let mut values = read(report, &TD_REPORT_10);
            let set = bit_names(u64::from_le_bytes(*td.td_attributes), &TD_ATTRIBUTES);
            values.push(("td_attributes_set", json!(set)));
            if report.len() > TD_REPORT_10_LEN {
                values.extend(read(report, &TD_REPORT_15));
            }
            if report.len() > TD_REPORT_15_LEN {
                values.extend(read(report, &TD_REPORT_15_EXTENDED));
            }
            let kind = match report.len() {
                TD_REPORT_10_LEN => "TD report 1.0",
                TD_REPORT_15_LEN => "TD report 1.5",
                _ => "TD report 1.5 extended",
            };
            (kind, values)
        }
    }
}

/// The fields of an enclave report, which the quoting enclave has too.
fn enclave_report(report: &[u8]) -> Values {
    let mut values = read(report, &ENCLAVE_REPORT);
    let flags = report.get(48..).and_then(<[u8]>::first_chunk);
    if let Some(flags) = flags {
        let set = bit_names(u64::from_le_bytes(*flags), &SGX_FLAGS);
        values.push(("attributes_set", json!(set)));
    }
    values
}

fn read(structure: &[u8], fields: &[Field]) -> Values {
    let value = |(name, offset, kind): &Field| {
        let bytes = structure.get(*offset..).unwrap_or_default();
        let value = match kind {
            Bytes(len) => json!(hex::encode_prefixed(bytes.get(..*len)?)),
            U16 => json!(u16::from_le_bytes(*bytes.first_chunk()?)),
        };
        Some((*name, value))
    };
    fields.iter().filter_map(value).collect()
}
