//! What a report of SEV-SNP says (AMD 56860).

use super::{Section, bit_names, refused};
use crate::x509::Values;
use aivm::evidence::{
    self, Vendor, device_id,
    snp::{
        report::Report,
        tcb::{Product, TcbVersion},
        vek::{Vek, VekKind},
    },
};
use alloy_primitives::{B256, hex};
use serde_json::{Map, Value, json};

const POLICY: [(u32, &str); 9] = [
    (16, "SMT"),
    (17, "reserved, always set"),
    (18, "MIGRATE_MA"),
    (19, "DEBUG"),
    (20, "SINGLE_SOCKET"),
    (21, "CXL_ALLOW"),
    (22, "MEM_AES_256_XTS"),
    (23, "RAPL_DIS"),
    (24, "CIPHERTEXT_HIDING_DRAM"),
];

/// The bits of POLICY above the ABI version.
const POLICY_BITS: u64 = u64::MAX << 16;

const PLATFORM_INFO: [(u32, &str); 7] = [
    (0, "SMT_EN"),
    (1, "TSME_EN"),
    (2, "ECC_EN"),
    (3, "RAPL_DIS"),
    (4, "CIPHERTEXT_HIDING_DRAM_EN"),
    (5, "ALIAS_CHECK_COMPLETE"),
    (7, "TIO_EN"),
];

/// The software, as policy names it.
pub(super) fn measurement_id(report: &Report<'_>) -> B256 {
    evidence::measurement_id(Vendor::SevSnp, &[report.measurement])
}

/// What a report says, and where AMD has the certificate of its key.
pub(super) fn sections(report: &Report<'_>, certificates: &[Vec<u8>]) -> Vec<Section> {
    let vek = certificates.iter().find_map(|der| Vek::parse(der).ok());
    let product = vek
        .map(|vek| vek.issuer.product)
        .or_else(|| report.cpuid.and_then(Product::of_cpu));
    let mut sections = vec![Section::new(
        "report",
        "Attestation report",
        report_values(report),
    )];
    sections.push(Section::new("tcb", "TCB versions", tcb_values(report, product)));
    sections.push(Section::new(
        "key",
        "The key that signed",
        key_values(report, product),
    ));
    sections
}

fn report_values(report: &Report<'_>) -> Values {
    let hex = |bytes: &[u8]| json!(hex::encode_prefixed(bytes));
    let firmware = |version: aivm::evidence::snp::report::FirmwareVersion| {
        json!(format!(
            "{}.{} build {}",
            version.major, version.minor, version.build
        ))
    };
    let cpuid = report.cpuid.map(|cpuid| {
        let (family, model, stepping) = (cpuid.family, cpuid.model, cpuid.stepping);
        format!("family {family:#x}, model {model:#x}, stepping {stepping}")
    });
    vec![
        ("version", json!(report.version)),
        ("guest_svn", json!(report.guest_svn)),
        ("policy", json!(format!("{:#x}", report.policy))),
        (
            "policy_set",
            json!(bit_names(report.policy & POLICY_BITS, &POLICY)),
        ),
        ("vmpl", json!(report.vmpl)),
        ("platform_info", json!(format!("{:#x}", report.platform_info))),
        (
            "platform_info_set",
            json!(bit_names(report.platform_info, &PLATFORM_INFO)),
        ),
        ("report_data", hex(report.report_data)),
        ("measurement", hex(report.measurement)),
        ("host_data", hex(report.host_data)),
        ("family_id", hex(report.family_id)),
        ("image_id", hex(report.image_id)),
        ("id_key_digest", hex(report.id_key_digest)),
        ("author_key_digest", hex(report.author_key_digest)),
        ("report_id", hex(report.report_id)),
        ("report_id_ma", hex(report.report_id_ma)),
        ("cpuid", json!(cpuid)),
        ("chip_id", hex(report.chip_id)),
        ("current_firmware", firmware(report.current_firmware)),
        ("committed_firmware", firmware(report.committed_firmware)),
    ]
}

/// Each version in words where the product is known.
fn tcb_values(report: &Report<'_>, product: Option<Product>) -> Values {
    let value = |tcb: TcbVersion| match product {
        None => json!(hex::encode_prefixed(tcb.0)),
        Some(product) => {
            let components = product.components().iter().zip(tcb.0);
            let named =
                components.filter_map(|(component, svn)| Some((component.name?.to_owned(), json!(svn))));
            Value::Object(named.collect::<Map<_, _>>())
        }
    };
    vec![
        ("product", json!(product.map(Product::name))),
        ("reported", value(report.reported_tcb)),
        ("committed", value(report.committed_tcb)),
        ("current", value(report.current_tcb)),
        ("launch", value(report.launch_tcb)),
    ]
}

fn key_values(report: &Report<'_>, product: Option<Product>) -> Values {
    let kind = match VekKind::of_report(report) {
        Ok(kind) => kind,
        Err(rejection) => return refused(rejection),
    };
    let device = (kind == VekKind::Vcek).then(|| device_id(Vendor::SevSnp, &[report.chip_id]));
    let (name, url) = match kind {
        VekKind::Vcek => ("VCEK", vcek_url(report, product)),
        VekKind::Vlek => ("VLEK", None),
    };
    vec![
        ("kind", json!(name)),
        ("certificate_at", json!(url)),
        ("device_id", json!(device)),
    ]
}

/// Where AMD's key distribution service has the certificate (AMD 57230).
fn vcek_url(report: &Report<'_>, product: Option<Product>) -> Option<String> {
    let product = product?;
    let chip_id = report.chip_id.get(..product.chip_id_len()).map(hex::encode)?;
    let parameter = |name: &str| match name {
        "FMC" => Some("fmcSPL"),
        "boot loader" => Some("blSPL"),
        "TEE" => Some("teeSPL"),
        "SNP" => Some("snpSPL"),
        "microcode" => Some("ucodeSPL"),
        _ => None,
    };
    let components = product.components().iter().zip(report.reported_tcb.0);
    let parameters =
        components.filter_map(|(component, svn)| Some(format!("{}={svn:02}", parameter(component.name?)?)));
    let parameters: Vec<_> = parameters.collect();
    let name = product.name();
    Some(format!(
        "https://kdsintf.amd.com/vcek/v1/{name}/{chip_id}?{}",
        parameters.join("&")
    ))
}
