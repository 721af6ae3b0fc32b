//! `aivm golden pack`: files that fit together, and files that do not.

use super::{
    JANUARY_2024, accepted, assert_refused,
    common::{GOVERNANCE, Run, aivm, scratch, text},
    genuine,
    rim::{self, Entry, Rim},
};
use serde_json::json;
use std::{fs, path::Path};

const DRIVER: &str = "Driver_RIM_test_no_gpu.swidtag";
const VBIOS: &str = "1010_0200_882_960074001A_PROD.swidtag";

fn pack(driver: &Path, vbios: &Path, more: &[&str]) -> Run {
    let (driver, vbios) = (text(driver), text(vbios));
    let mut arguments = vec!["golden", "pack", "--driver-rim", &driver, "--vbios-rim", &vbios];
    arguments.extend(more);
    aivm(&arguments)
}

fn pack_made_up(name: &str, driver: &Rim, vbios: &Rim) -> Run {
    let folder = scratch(&format!("golden-pair-{name}"));
    let [driver_path, vbios_path, root] =
        ["driver.xml", "vbios.xml", "root.der"].map(|file| folder.join(file));
    fs::write(&driver_path, driver.sign()).unwrap();
    fs::write(&vbios_path, vbios.sign()).unwrap();
    fs::write(&root, rim::root()).unwrap();
    let at = rim::NOW.to_string();
    pack(
        &driver_path,
        &vbios_path,
        &["--root", &text(&root), "--at", &at, "--json"],
    )
}

#[test]
fn packs_what_the_registry_takes() {
    let folder = scratch("golden-pack");
    let (out, state) = (folder.join("call.bin"), folder.join("chain.json"));
    let (driver, vbios) = (genuine(DRIVER), genuine(VBIOS));
    let run = pack(
        &driver,
        &vbios,
        &["--at", JANUARY_2024, "--out", &text(&out), "--json"],
    );
    let json = accepted(&run);
    assert_eq!(
        (&json["chip"], &json["driver_version"]),
        (&json!("GH100"), &json!("545.00"))
    );
    assert_eq!(json["vbios_version"], "96.00.74.00.1A");
    assert_eq!(json["driver"].as_array().unwrap().len(), 21);
    assert_eq!(json["vbios"].as_array().unwrap().len(), 12);
    let data = json["data"].as_str().unwrap();
    assert_eq!(fs::read(&out).unwrap(), aivm_simulator::from_hex(data));

    let call = |from: &str, data: &str| {
        let arguments = [
            "call",
            "--to",
            "0xAAA",
            "--from",
            from,
            "--data",
            data,
            "--state",
            &text(&state),
            "--json",
        ];
        aivm(&arguments)
    };
    let refused = call("0x1111111111111111111111111111111111111111", data);
    assert_eq!(refused.json()["error"]["name"], "Unauthorized");
    let stored = call(GOVERNANCE, &format!("@{}", text(&out))).json();
    assert_eq!(stored["status"], "success");
    assert_eq!(stored["logs"][0]["topics"][2], json["key"]);
    // 50,000 gas, and 100 for each byte of call data.
    let bytes = u64::try_from(data.len() / 2 - 1).unwrap();
    assert_eq!(stored["gas_used"], 50_000 + 100 * bytes);

    let people = pack(&driver, &vbios, &["--at", JANUARY_2024]);
    for what in [
        "setGoldenMeasurement, from governance",
        "HCC RIM L4 Signer",
        "545.00",
        data,
    ] {
        assert!(people.stdout.contains(what), "{what}");
    }
}

#[test]
fn keeps_indices_and_alternatives() {
    let json = accepted(&pack_made_up("good", &Rim::driver(), &Rim::vbios()));
    let digest = |byte: u8| format!("0x{}", format!("{byte:02x}").repeat(48));
    let driver = json!([
        { "index": 8, "digests": [digest(1)] },
        { "index": 24, "digests": [digest(2), digest(0)] },
    ]);
    let vbios = json!([
        { "index": 1, "digests": [digest(0)] },
        { "index": 13, "digests": [digest(3), digest(4), digest(5), digest(6)] },
    ]);
    assert_eq!((&json["driver"], &json["vbios"]), (&driver, &vbios));
    // 04 is NVIDIA; what follows is the struct.
    let data = json["data"].as_str().unwrap();
    assert_eq!(&data[10..74], format!("{:064x}", 4));
}

#[test]
fn refuses_files_that_do_not_fit_together() {
    let (driver, vbios) = (Rim::driver(), Rim::vbios());
    let other_chip = Rim {
        product: "GB100".into(),
        ..vbios.clone()
    };
    let mut same_index = vbios.clone();
    same_index.entries.push(Entry::active(7, &[9]));
    let mut not_active = same_index.clone();
    not_active.entries[2].active = "False".into();
    let unreadable_chip = |rim: &Rim| Rim {
        product: "gh 100".into(),
        ..rim.clone()
    };
    let cases = [
        (
            pack_made_up("chips", &driver, &other_chip),
            "for GH100, the VBIOS's for GB100",
        ),
        (pack_made_up("index", &driver, &same_index), "measurement 8"),
        (
            pack_made_up("swapped", &vbios, &driver),
            "--driver-rim is the RIM file of a VBIOS",
        ),
        (
            pack_made_up("driver", &driver, &driver),
            "--vbios-rim is the RIM file of a driver",
        ),
        (
            pack_made_up("chip", &unreadable_chip(&driver), &unreadable_chip(&vbios)),
            "the registry would refuse it: code 570",
        ),
    ];
    for (run, why) in &cases {
        assert_refused(run, why);
    }
    accepted(&pack_made_up("not-active", &driver, &not_active));

    let refused = pack(&genuine(DRIVER), &genuine(VBIOS), &["--json"]);
    assert_refused(&refused, "was valid until");
    assert!(refused.json()["file"].as_str().unwrap().ends_with(DRIVER));
}

#[test]
fn refuses_bad_usage() {
    let folder = scratch("golden-usage");
    let huge = folder.join("huge.xml");
    fs::write(&huge, "<a>".repeat(100_000)).unwrap();
    let (driver, vbios) = (genuine(DRIVER), genuine(VBIOS));
    let no_folder = folder.join("none").join("out");
    let cases = [
        (pack(&huge, &vbios, &[]), "--driver-rim"),
        (pack(&huge, &vbios, &[]), "more than 262144 bytes"),
        (
            pack(&driver, Path::new("/no/such/file"), &["--at", JANUARY_2024]),
            "--vbios-rim",
        ),
        (pack(&driver, &vbios, &["--at", "soon"]), "--at"),
        (
            pack(
                &driver,
                &vbios,
                &["--at", JANUARY_2024, "--out", &text(&no_folder)],
            ),
            "--out",
        ),
        (
            aivm(&["golden", "pack", "--driver-rim", &text(&driver)]),
            "--vbios-rim",
        ),
        (aivm(&["golden", "inspect"]), "Usage"),
        (aivm(&["golden"]), "Usage"),
    ];
    for (run, what) in &cases {
        run.assert_bad_usage(what);
    }
    assert_eq!(cases.len(), 8);
}
