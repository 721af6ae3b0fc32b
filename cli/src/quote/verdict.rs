//! What `aivm quote verify` has to say.

use super::file::EvidenceFile;
use crate::{
    collateral::{chain::Refusal, verify::valid_until},
    output::{Fields, Report, time},
};
use aivm::evidence::{Claims, Deduction, MAX_TRUST_SCORE, Stored, Vendor, Verified, intel};
use alloy_primitives::{B256, hex};
use serde_json::json;

/// Evidence that verifies.
pub(super) struct Accepted {
    pub(super) verified: Verified,
    /// The collateral, if there was any.
    pub(super) stored: Option<Stored>,
}

impl Accepted {
    /// Whether no golden measurements were stored for what a GPU runs.
    pub(super) fn lacks_golden(&self) -> bool {
        let mut deductions = self.verified.claims.deductions.iter();
        deductions.any(|deduction| deduction == Deduction::NoGolden)
    }
}

/// The verdict on evidence that verifies.
pub(super) fn accept(accepted: &Accepted, file: &EvidenceFile, at: u64, nonce: Option<B256>) -> Report {
    let Verified { claims, trust_score } = &accepted.verified;
    let status = claims.tcb_status.map(intel::TcbStatus::name);
    let report_data = hex::encode_prefixed(claims.report_data);
    let mut fields = Fields::default();
    fields.add("verified", "yes");
    fields.add("trust score", explain(*trust_score, claims));
    fields.add("vendor", claims.vendor.name());
    if let Some(status) = status {
        fields.add("TCB status", status);
    }
    let device_id = claims.device_id.map(|id| id.to_string());
    let no_device = "none: this evidence names no device and cannot register one";
    fields.add("device id", device_id.as_deref().unwrap_or(no_device));
    fields.add("measurement id", claims.measurement_id);
    fields.add("report data", &report_data);
    fields.add(
        "nonce",
        nonce.map_or("not checked; give --nonce to compare it", |_| "matches"),
    );
    fields.add("verified at", time(at));
    if let Some(until) = accepted.stored.and_then(valid_until) {
        fields.add("collateral until", time(until));
    }
    add_padding(&mut fields, file, Some(claims.vendor));
    Report {
        json: json!({
            "verified": true,
            "trust_score": trust_score,
            "vendor": claims.vendor.name(),
            "device_id": claims.device_id,
            "measurement_id": claims.measurement_id,
            "report_data": report_data,
            "tcb_status": status,
            "code": null,
            "reason": null,
        }),
        text: fields.render(0),
        passed: true,
    }
}

/// The score as what is left of 100, each deduction by its name.
fn explain(score: u8, claims: &Claims) -> String {
    let deductions = claims.deductions.iter();
    let deductions: String = deductions
        .map(|deduction| format!(" - {} ({})", deduction.points(), deduction.reason()))
        .collect();
    if deductions.is_empty() {
        format!("{score}, nothing deducted")
    } else {
        format!("{score} = {MAX_TRUST_SCORE}{deductions}")
    }
}

/// The verdict on evidence that does not verify.
pub(super) fn refuse(refusal: &Refusal, vendor: Option<Vendor>, file: &EvidenceFile, at: u64) -> Report {
    let mut fields = Fields::default();
    fields.add("verified", "no");
    fields.add("code", format!("{} {}", refusal.code, refusal.name));
    fields.add("reason", &refusal.reason);
    if let Some(next) = next(refusal, vendor) {
        fields.add("next", next);
    }
    fields.add("refused", format!("the {}", refusal.part));
    fields.add("vendor", vendor.map_or("unknown", Vendor::name));
    fields.add("verified at", time(at));
    add_padding(&mut fields, file, vendor);
    Report {
        json: json!({
            "verified": false,
            "trust_score": 0,
            "vendor": vendor.map(Vendor::name),
            "device_id": null,
            "measurement_id": null,
            "report_data": null,
            "tcb_status": null,
            "code": refusal.code,
            "reason": refusal.reason,
        }),
        text: fields.render(0),
        passed: false,
    }
}

/// What may help, for refusals that something else to be given could mend.
fn next(refusal: &Refusal, vendor: Option<Vendor>) -> Option<&'static str> {
    match (refusal.name, vendor?) {
        ("NoCollateral", Vendor::SevSnp) => Some(
            "give the CA of the VLEK (ASVK) with --certs: \
             https://kdsintf.amd.com/vlek/v1/<Milan, Genoa or Turin>/cert_chain",
        ),
        ("NoCollateral", Vendor::Nvidia) => Some("give the chain of five certificates with --certs"),
        ("CcaPlatformUnknown" | "CcaTestPlatform", Vendor::ArmCca) => {
            Some("give the key of the platform with --trust-anchor, if you trust it")
        }
        ("TcbInfoExpired" | "QeIdentityExpired" | "RootCrlExpired" | "PckCrlExpired", _) => {
            Some("fetch the collateral again; an earlier time can be given with --at")
        }
        ("NoCollateral", Vendor::Sgx | Vendor::Tdx) => {
            Some("fetch the collateral for the quote's FMSPC and CA, which `aivm quote inspect` shows")
        }
        _ => None,
    }
}

fn add_padding(fields: &mut Fields, file: &EvidenceFile, vendor: Option<Vendor>) {
    let padding = vendor.map_or(0, |vendor| file.padding(vendor));
    if padding > 0 {
        let what = format!("{padding} zero bytes of delivery padding were cut off the quote's end");
        fields.add("padding", what);
    }
}
