//! `aivm collateral inspect`: what collateral says, without verifying any of it.

use super::file::{Collateral, Form};
use crate::{
    output::{Failure, Fields, Report},
    quote::Tee,
    x509::{Values, certificate_values, crl_values, in_words},
};
use aivm::{abi::IAttestationRegistry::CcaCpak, evidence::Vendor};
use alloy_primitives::hex;
use chrono::DateTime;
use dcap_qvl::QuoteCollateralV3;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm collateral inspect collateral.json
  aivm collateral inspect cert_chain.pem --json

Nothing is verified: `aivm collateral verify` does that. The parts in JSON have the names that people see.

Exit codes: 0 shown, 2 bad usage.";

/// Show what collateral says: names, serial numbers, windows, revoked certificates, TCB info
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The collateral; - is standard input
    file: PathBuf,

    /// Whose collateral it is [default: told from the file]
    #[arg(long)]
    vendor: Option<Tee>,
}

/// A part of collateral: its name, and what it says.
type Part = (String, Values);

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let form = args.vendor.map(|tee| Form::of(tee.into()));
    let collateral = Collateral::read("the collateral", &args.file, form)?;
    let vendor = args.vendor.map(Vendor::from).or_else(|| collateral.vendor());
    let parts = parts(&collateral);
    let mut fields = Fields::default();
    fields.add("file", args.file.display());
    fields.add("vendor", vendor.map_or("unknown", Vendor::name));
    let mut text = vec![
        "Nothing here is verified. To verify it: aivm collateral verify".to_owned(),
        fields.render(0),
    ];
    let mut json = Map::new();
    json.insert("file".into(), json!(args.file.display().to_string()));
    json.insert("verified".into(), json!(false));
    json.insert("vendor".into(), json!(vendor.map(Vendor::name)));
    for (name, values) in &parts {
        let mut fields = Fields::default();
        for (name, value) in values {
            fields.add(name.replace('_', " "), in_words(name, value));
        }
        text.push(format!("{name}\n{}", fields.render(2)));
        let values: Map<_, _> = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        json.insert(name.clone(), values.into());
    }
    Ok(Report {
        json: json.into(),
        text: text.join("\n\n"),
        passed: true,
    })
}

fn parts(collateral: &Collateral) -> Vec<Part> {
    let part = |name: &str, values| (name.to_owned(), values);
    match collateral {
        Collateral::Intel(collateral) => intel(collateral),
        Collateral::Amd(amd) => {
            let mut parts = vec![part("endorsement_ca", certificate_values(&amd.endorsement_ca))];
            parts.extend(amd.crl.iter().map(|crl| part("crl", crl_values(crl))));
            parts
        }
        Collateral::Nvidia(nvidia) => vec![
            part("identity_ca", certificate_values(&nvidia.identity_ca)),
            part("provisioner_ca", certificate_values(&nvidia.provisioner_ca)),
        ],
        Collateral::Cca(platforms) => {
            let numbered = platforms.iter().enumerate();
            numbered
                .map(|(index, cpak)| (format!("platform_{}", index + 1), platform(cpak)))
                .collect()
        }
    }
}

fn intel(collateral: &QuoteCollateralV3) -> Vec<Part> {
    let mut parts = vec![
        ("tcb_info".to_owned(), tcb_info(&collateral.tcb_info)),
        ("qe_identity".to_owned(), qe_identity(&collateral.qe_identity)),
        ("root_ca_crl".to_owned(), crl_values(&collateral.root_ca_crl)),
        ("pck_crl".to_owned(), crl_values(&collateral.pck_crl)),
    ];
    for (name, chain) in [
        ("tcb_info_issuer_chain", &collateral.tcb_info_issuer_chain),
        ("qe_identity_issuer_chain", &collateral.qe_identity_issuer_chain),
        ("pck_crl_issuer_chain", &collateral.pck_crl_issuer_chain),
    ] {
        match crate::certificate_file::decode(chain.as_bytes()) {
            Ok(certificates) => {
                let numbered = certificates.iter().enumerate();
                parts.extend(
                    numbered.map(|(index, der)| (format!("{name}_{}", index + 1), certificate_values(der))),
                );
            }
            Err(why) => parts.push((name.to_owned(), vec![("error", json!(why))])),
        }
    }
    parts
}

/// The fields that say which TCB info this is; its levels by number only.
fn tcb_info(text: &str) -> Values {
    let Ok(json) = serde_json::from_str::<Value>(text) else {
        return vec![("error", json!("it cannot be read"))];
    };
    let mut values = issued(&json);
    for (name, field) in [("fmspc", "fmspc"), ("pce_id", "pceId"), ("tcb_type", "tcbType")] {
        values.push((name, json.get(field).cloned().unwrap_or_default()));
    }
    let levels = json.get("tcbLevels").and_then(Value::as_array);
    values.push(("tcb_levels", json!(levels.map(Vec::len))));
    let newest = levels.and_then(|levels| levels.first());
    let status = newest.and_then(|level| level.get("tcbStatus")).cloned();
    values.push(("newest_tcb_status", status.unwrap_or_default()));
    let newest = newest.and_then(|level| level.get("tcbDate")).cloned();
    values.push(("newest_tcb_date", newest.unwrap_or_default()));
    values
}

fn qe_identity(text: &str) -> Values {
    let Ok(json) = serde_json::from_str::<Value>(text) else {
        return vec![("error", json!("it cannot be read"))];
    };
    let mut values = issued(&json);
    for (name, field) in [("mr_signer", "mrsigner"), ("isv_prod_id", "isvprodid")] {
        values.push((name, json.get(field).cloned().unwrap_or_default()));
    }
    let levels = json.get("tcbLevels").and_then(Value::as_array).map(Vec::len);
    values.push(("tcb_levels", json!(levels)));
    values
}

/// What TCB info and QE identity both have.
fn issued(json: &Value) -> Values {
    let field = |name: &str| json.get(name).cloned().unwrap_or_default();
    let seconds = |name: &str| {
        let text = json.get(name).and_then(Value::as_str)?;
        u64::try_from(DateTime::parse_from_rfc3339(text).ok()?.timestamp()).ok()
    };
    vec![
        ("id", field("id")),
        ("version", field("version")),
        ("this_update", json!(seconds("issueDate"))),
        ("next_update", json!(seconds("nextUpdate"))),
        ("evaluation_number", field("tcbEvaluationDataNumber")),
    ]
}

fn platform(cpak: &CcaCpak) -> Values {
    let curve = match cpak.publicKey.len() {
        65 => "P-256",
        _ => "P-384",
    };
    vec![
        ("instance_id", json!(hex::encode_prefixed(&cpak.instanceId))),
        ("implementation_id", json!(cpak.implementationId)),
        ("curve", json!(curve)),
        ("public_key", json!(hex::encode_prefixed(&cpak.publicKey))),
    ]
}
