//! NVIDIA's genuine RIM files against genuine reports.
//!
//! No genuine report in reach has both of its RIM files in a package: none matches in full. How far each goes is
//! recorded here.

use super::{
    JANUARY_2024, accepted, assert_refused,
    common::{aivm, evidence_folder, scratch, text},
    fixtures, genuine,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A RIM file: its name, version, and what each measurement may be.
struct Rim {
    name: String,
    version: String,
    is_driver: bool,
    measurements: Vec<(usize, Vec<Value>)>,
}

fn read(path: &Path, at: &str) -> Rim {
    let json = accepted(&aivm(&["golden", "inspect", &text(path), "--at", at, "--json"]));
    assert_eq!(json["chip"], "GH100");
    let measurements = json["measurements"].as_array().unwrap();
    let measurement = |entry: &Value| {
        let index = usize::try_from(entry["index"].as_u64().unwrap()).unwrap();
        (index, entry["digests"].as_array().unwrap().clone())
    };
    Rim {
        name: path.file_name().unwrap().to_str().unwrap().to_owned(),
        version: json["version"].as_str().unwrap().to_owned(),
        is_driver: json["component"] == "driver",
        measurements: measurements.iter().map(measurement).collect(),
    }
}

/// Every packaged RIM file; it verifies.
fn packaged() -> Vec<Rim> {
    let mut paths: Vec<PathBuf> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "swidtag"));
    paths.sort();
    paths.iter().map(|path| read(path, JANUARY_2024)).collect()
}

impl Rim {
    /// The indices at which a report is none of what it may be.
    fn differing(&self, report: &Value) -> Vec<usize> {
        let digests = report["measurements"]["digests"].as_array().unwrap();
        let differs = |(index, allowed): &&(usize, Vec<Value>)| !allowed.contains(&digests[index - 1]);
        self.measurements
            .iter()
            .filter(differs)
            .map(|(index, _)| *index)
            .collect()
    }

    fn matching(&self, report: &Value) -> usize {
        self.measurements.len() - self.differing(report).len()
    }
}

fn inspect_report(path: &Path) -> Value {
    let run = aivm(&["quote", "inspect", &text(path), "--json"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    run.json()
}

#[test]
fn every_packaged_file_verifies() {
    let rims = packaged();
    let drivers: Vec<_> = rims.iter().filter(|rim| rim.is_driver).collect();
    assert_eq!((rims.len(), drivers.len()), (26, 1));
    assert_eq!(
        (drivers[0].version.as_str(), drivers[0].measurements.len()),
        ("545.00", 21)
    );
    for rim in rims.iter().filter(|rim| !rim.is_driver) {
        assert_eq!(rim.measurements.len(), 12, "{}", rim.name);
        assert!(rim.version.starts_with("96.00."), "{}", rim.name);
        let widest = rim.measurements.iter().map(|(_, digests)| digests.len()).max();
        assert_eq!(widest, Some(4), "{}", rim.name);
    }
}

#[test]
fn the_packaged_report_matches_no_packaged_file_in_full() {
    let path = "../tests/fixtures/nvidia/nv-local-gpu-verifier-2.7.3/hopperAttestationReport.txt";
    let report = inspect_report(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    assert_eq!(report["software"]["driver_version"], "550.90.07");
    assert_eq!(report["software"]["vbios_version"], "96.00.9F.00.01");
    let rims = packaged();
    assert!(
        rims.iter()
            .all(|rim| rim.version != "550.90.07" && rim.version != "96.00.9F.00.01")
    );
    let best = |is_driver: bool| {
        let rims = rims.iter().filter(|rim| rim.is_driver == is_driver);
        rims.map(|rim| rim.matching(&report)).max()
    };
    assert_eq!((best(true), best(false)), (Some(6), Some(8)), "of 21 and of 12");
}

/// A report: its name, driver, VBIOS, how many of 21 the newest public driver RIM and the packaged one match, and where
/// the VBIOS's own RIM file differs, if there is one.
type Case<'a> = (&'a str, &'a str, &'a str, usize, usize, Option<&'a [usize]>);

/// How far the genuine reports of `AIVM_EVIDENCE_DIR` go. The newest public driver RIM is 550.144.03, the packaged one
/// 545.00.
#[test]
fn how_far_genuine_reports_match() {
    let Some(evidence) = evidence_folder() else {
        return;
    };
    let folder = evidence.join("nvidia");
    let newest = read(
        &folder.join("rim/root_NV_GPU_DRIVER_GH100_550.144.03.xml"),
        "1795000000",
    );
    assert_eq!(
        (newest.version.as_str(), newest.measurements.len()),
        ("550.144.03", 21)
    );
    let rims = packaged();
    let cases: [Case<'_>; 6] = [
        ("nvtrust_hopper", "550.90.07", "96.00.9F.00.01", 16, 6, None),
        ("hopper_evidence.0", "590.12", "96.00.A5.00.01", 10, 6, None),
        ("multi_gpu_hopper.0", "590.12", "96.00.A5.00.01", 10, 6, None),
        ("multi_gpu_hopper.1", "590.12", "96.00.A5.00.01", 10, 6, None),
        ("sdkhop", "535.86.09", "96.00.5E.00.01", 7, 11, Some(&[])),
        ("coco_hopper1", "580.95.05", "96.00.74.00.1A", 10, 6, Some(&[10])),
    ];
    for (name, driver, vbios, with_newest, with_packaged, own) in cases {
        let report = inspect_whole(&folder, name);
        assert_eq!(report["software"]["driver_version"], driver, "{name}");
        assert_eq!(report["software"]["vbios_version"], vbios, "{name}");
        let mut drivers = rims.iter().filter(|rim| rim.is_driver);
        assert_eq!(newest.matching(&report), with_newest, "{name}");
        assert_eq!(drivers.next().unwrap().matching(&report), with_packaged, "{name}");
        let prod = |rim: &&Rim| rim.version == vbios && rim.name.contains("PROD");
        let differing = rims.iter().find(prod).map(|rim| rim.differing(&report));
        assert_eq!(differing.as_deref(), own, "{name}");
        // The VBIOS half alone may match in full; with a driver none does.
        assert!(with_newest.max(with_packaged) < 21, "{name}");
    }
}

/// The report without the one zero byte that was delivered behind coco_hopper1.
fn inspect_whole(folder: &Path, name: &str) -> Value {
    let path = folder.join(format!("{name}.report.bin"));
    if name != "coco_hopper1" {
        return inspect_report(&path);
    }
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.pop(), Some(0));
    let path = scratch("golden-whole").join("report.bin");
    fs::write(&path, bytes).unwrap();
    inspect_report(&path)
}

/// The newest public driver RIM was signed when the packaged VBIOS files had lapsed already: no time fits both.
#[test]
fn files_of_different_years_cannot_be_packed() {
    let Some(evidence) = evidence_folder() else {
        return;
    };
    let driver = evidence.join("nvidia/rim/root_NV_GPU_DRIVER_GH100_550.144.03.xml");
    let vbios = genuine("1010_0200_882_96005E0001_PROD.swidtag");
    let pack = |at: &str| {
        let (driver, vbios) = (text(&driver), text(&vbios));
        aivm(&[
            "golden",
            "pack",
            "--driver-rim",
            &driver,
            "--vbios-rim",
            &vbios,
            "--at",
            at,
            "--json",
        ])
    };
    assert_refused(&pack(JANUARY_2024), "is valid from");
    assert_refused(&pack("1795000000"), "was valid until");
    let json = pack("1795000000").json();
    assert_eq!(json["file"], json!(text(&vbios)));
}
