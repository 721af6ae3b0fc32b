//! What a report of a GPU says (SPDM 1.1, and NVIDIA's opaque data).

use super::{Section, Shown, refused};
use crate::{quote::file::EvidenceFile, x509::Values};
use aivm::evidence::{
    Rejection, Vendor, device_id,
    nvidia::{
        self,
        device::Device,
        opaque::{OpaqueData, Software, field},
        report::Report,
    },
};
use alloy_primitives::hex;
use serde_json::json;

/// Fields of the opaque data that name the board, and the chip where drivers say it.
const PROJECT: u16 = 17;
const PROJECT_SKU: u16 = 18;
const CHIP_SKU: u16 = 15;
const CHIP: u16 = 35;

/// Fields that hold text, by NVIDIA's names.
const TEXTS: [(u16, &str); 5] = [
    (field::DRIVER_VERSION, "driver_version"),
    (CHIP, "chip"),
    (PROJECT, "project"),
    (PROJECT_SKU, "project_sku"),
    (CHIP_SKU, "chip_sku"),
];

/// Fields that are on (`AA`) or off (`55`).
const SWITCHES: [(u16, &str); 2] = [
    (field::NVDEC0, "nvdec0"),
    (field::PROTECTED_PCIE, "protected_pcie"),
];

/// Reads a report, with its certificates behind it or beside it.
pub(super) fn read(file: &EvidenceFile, beside: &[Vec<u8>]) -> Result<Shown, Rejection> {
    let (report, certificates) = if file.is_complete() {
        let evidence = nvidia::Evidence::parse(file.bytes())?;
        (
            evidence.report,
            crate::certificate_file::decode(evidence.certificates).unwrap_or_default(),
        )
    } else {
        (file.bytes(), Vec::new())
    };
    let report = Report::parse(report)?;
    let certificates: Vec<_> = certificates.into_iter().chain(beside.iter().cloned()).collect();
    let software = Software::parse(&report.opaque);
    let measurement_id = software
        .as_ref()
        .ok()
        .map(|software| nvidia::report_measurement_id(Vendor::Nvidia, software));
    let mut sections = vec![
        Section::new("report", "Measurement report", report_values(&report)),
        Section::new(
            "software",
            "Software, from the opaque data",
            opaque_values(&report.opaque, &software),
        ),
        Section::new("measurements", "Measurements, SHA-384", measurements(&report)),
    ];
    if let [leaf, brom, ..] = certificates.as_slice() {
        sections.push(Section::new(
            "device",
            "Device, from its certificate",
            device(leaf, brom),
        ));
    }
    Ok(Shown {
        measurement_id,
        trailing: 0,
        sections,
        certificates,
    })
}

fn report_values(report: &Report<'_>) -> Values {
    vec![
        ("nonce", json!(hex::encode_prefixed(report.nonce))),
        ("slot", json!(report.slot)),
        ("blocks", json!(report.measurements.iter().count())),
        (
            "responder_nonce",
            json!(hex::encode_prefixed(report.responder_nonce)),
        ),
    ]
}

fn opaque_values(opaque: &OpaqueData<'_>, software: &Result<Software<'_>, Rejection>) -> Values {
    let software = match software {
        Ok(software) => software,
        Err(rejection) => return refused(*rejection),
    };
    let text = |number: u16| {
        let value = opaque.get(number)?;
        let text = str::from_utf8(value).ok()?.trim_end_matches('\0').trim();
        text.chars()
            .all(|c| c.is_ascii_graphic() || c == ' ')
            .then(|| text.to_owned())
    };
    let mut values = Values::new();
    for (number, name) in TEXTS {
        let shown = text(number).or_else(|| opaque.get(number).map(hex::encode_prefixed));
        values.push((name, json!(shown)));
    }
    values.push(("vbios_version", json!(software.vbios_version)));
    for (number, name) in SWITCHES {
        let state = opaque.get(number).map(|value| match value {
            [0xaa] => "on".to_owned(),
            [0x55] => "off".to_owned(),
            other => hex::encode_prefixed(other),
        });
        values.push((name, json!(state)));
    }
    let mode = opaque.get(field::FEATURE_FLAG).map(|value| match value {
        [0, 0] => "SPT".to_owned(),
        [1, 0] => "MPT".to_owned(),
        [2, 0] => "PPCIE".to_owned(),
        other => hex::encode_prefixed(other),
    });
    values.push(("mode", json!(mode)));
    values.push(("fwid", json!(opaque.get(field::FWID).map(hex::encode_prefixed))));
    values.extend(rim_ids(text, software));
    values
}

/// Under which ids NVIDIA's RIM service has the golden measurements.
fn rim_ids(text: impl Fn(u16) -> Option<String>, software: &Software<'_>) -> Values {
    let chip = text(CHIP);
    let driver = match chip.as_deref() {
        None | Some("GH100") => format!("NV_GPU_DRIVER_GH100_{}", software.driver_version),
        Some(chip) => format!("NV_GPU_CC_DRIVER_{chip}_{}", software.driver_version),
    };
    let board = [PROJECT, PROJECT_SKU, CHIP_SKU].map(text);
    let vbios = board.into_iter().collect::<Option<Vec<_>>>().map(|board| {
        let version = software.vbios_version.replace('.', "");
        format!("NV_GPU_VBIOS_{}_{version}", board.join("_").to_uppercase())
    });
    vec![("driver_rim_id", json!(driver)), ("vbios_rim_id", json!(vbios))]
}

/// The digests by their index, which begins at 1.
fn measurements(report: &Report<'_>) -> Values {
    let digests = report.measurements.iter().map(hex::encode_prefixed);
    let digests: Vec<_> = digests.collect();
    vec![("digests", json!(digests))]
}

fn device(leaf: &[u8], brom: &[u8]) -> Values {
    match Device::parse(&[leaf, brom].concat()) {
        Ok(device) => vec![
            ("serial", json!(hex::encode_prefixed(device.hardware_id()))),
            (
                "device_id",
                json!(device_id(Vendor::Nvidia, &[device.hardware_id()])),
            ),
        ],
        Err(rejection) => refused(rejection),
    }
}
