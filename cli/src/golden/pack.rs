//! `aivm golden pack`: the call data of `setGoldenMeasurement` for a driver and a VBIOS.

use super::{
    RimFile, Trust,
    inspect::{measurements_json, measurements_text},
    refusal::{Refused, Stop},
    rim::{Component, Rim},
};
use crate::{
    call_data::CallData,
    output::{Failure, Fields, Report, time},
};
use aivm::{
    abi::IAttestationRegistry::{NvidiaGolden, NvidiaMeasurement, TEEVendor, setGoldenMeasurementCall},
    crypto::AwsLc,
    evidence::{Golden, nvidia},
};
use alloy_sol_types::{SolCall, SolValue};
use serde_json::json;
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Examples:
  aivm golden pack --driver-rim driver.xml --vbios-rim vbios.xml
  aivm golden pack --driver-rim driver.xml --vbios-rim vbios.xml --out call.bin
  aivm call --to 0xAAA --data @call.bin --from <GOVERNANCE> --state chain.json

Where to get the files: NVIDIA's RIM service, https://rim.attestation.nvidia.com/v1/rim/<ID>, whose answer has the XML \
in base64 in its field rim. The id of a driver is NV_GPU_DRIVER_GH100_550.90.07, on Blackwell \
NV_GPU_CC_DRIVER_<CHIP>_<VERSION>; that of a VBIOS is NV_GPU_VBIOS_<PROJECT>_<PROJECT SKU>_<CHIP SKU>_<VERSION>, its version without the \
dots: `aivm quote inspect` shows both ids for a report.

What is checked: the XML signature (Canonical XML 1.1, SHA-384, ECDSA with P-384; one signature over the whole file), the \
certificates up to NVIDIA's root for RIM files at the time, and that both files fit together. Measurement i of a RIM file \
is block i + 1 of a report; those that a file marks as not active are left out.

With --json: {\"verified\": true, \"chip\", \"driver_version\", \"vbios_version\", \"valid_until\", \"driver\", \"vbios\": \
[{\"index\", \"digests\"}], \"key\", \"to\", \"data\"}; refused: {\"verified\": false, \"file\", \"reason\", \"next\"}.

Exit codes: 0 packed, 1 refused, 2 bad usage.";

/// Make the call of setGoldenMeasurement for a driver and a VBIOS from NVIDIA's RIM files
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The RIM file of the driver, XML
    #[arg(long, value_name = "FILE")]
    driver_rim: PathBuf,

    /// The RIM file of the VBIOS, XML
    #[arg(long, value_name = "FILE")]
    vbios_rim: PathBuf,

    #[command(flatten)]
    trust: Trust,

    /// Write the call data into this file, for `aivm call --data @FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let (root, at) = (args.trust.root()?, args.trust.at()?);
    match Pair::read(&args.driver_rim, &args.vbios_rim, &root, at) {
        Ok(pair) => show(&pair, at, args.out.as_deref()),
        Err(stop) => stop.report(),
    }
}

/// Two RIM files that fit together, and what the registry would make of them.
pub(super) struct Pair {
    driver: RimFile,
    vbios: RimFile,
    /// `abi.encode(NvidiaGolden)`.
    encoded: Vec<u8>,
    /// What the registry would store.
    pub(super) golden: Golden,
}

impl Pair {
    /// Reads and verifies both files.
    pub(super) fn read(driver: &Path, vbios: &Path, root: &[u8], at: u64) -> Result<Self, Stop> {
        let read = |option, path: &Path, component| {
            let file = RimFile::read(option, path, root, at)?;
            check_component(&file.rim, component, option).map_err(|refused| refused.in_file(path))?;
            Ok::<_, Stop>(file)
        };
        let driver = read("--driver-rim", driver, Component::Driver)?;
        let vbios = read("--vbios-rim", vbios, Component::Vbios)?;
        Ok(Self::of(driver, vbios)?)
    }

    fn of(driver: RimFile, vbios: RimFile) -> Result<Self, Refused> {
        check_pair(&driver.rim, &vbios.rim)?;
        let encoded = NvidiaGolden {
            chip: driver.rim.product.clone(),
            driverVersion: driver.rim.version.clone(),
            vbiosVersion: vbios.rim.version.clone(),
            driver: entries(&driver.rim),
            vbios: entries(&vbios.rim),
        }
        .abi_encode();
        let golden = nvidia::read_golden(&encoded, &AwsLc).map_err(|rejection| {
            Refused::new(
                format!(
                    "the registry would refuse it: code {}, {rejection}",
                    rejection.code()
                ),
                "report this with both files: a genuine pair should not cause it",
            )
        })?;
        Ok(Self {
            driver,
            vbios,
            encoded,
            golden,
        })
    }
}

fn check_component(rim: &Rim, component: Component, option: &str) -> Result<(), Refused> {
    if rim.component == component {
        return Ok(());
    }
    let (found, version) = (rim.component.name(), &rim.version);
    Err(Refused::new(
        format!("{option} is the RIM file of a {found}, version {version}"),
        "give the driver's file as --driver-rim and the VBIOS's as --vbios-rim",
    ))
}

fn check_pair(driver: &Rim, vbios: &Rim) -> Result<(), Refused> {
    if driver.product != vbios.product {
        return Err(Refused::new(
            format!(
                "the driver's file is for {}, the VBIOS's for {}",
                driver.product, vbios.product
            ),
            "get both files for the same chip, which `aivm quote inspect` shows for a report",
        ));
    }
    let mut indices = driver.measurements().map(|(index, _)| index);
    let both = indices.find(|index| vbios.measurements().any(|(other, _)| other == *index));
    match both {
        Some(index) => Err(Refused::new(
            format!("both files say what measurement {index} must be"),
            "get both files again for the versions that belong together",
        )),
        None => Ok(()),
    }
}

fn entries(rim: &Rim) -> Vec<NvidiaMeasurement> {
    let entry = |(index, digests): (u8, &[[u8; 48]])| NvidiaMeasurement {
        index,
        digests: digests.iter().map(|digest| digest.to_vec().into()).collect(),
    };
    rim.measurements().map(entry).collect()
}

fn show(pair: &Pair, at: u64, out: Option<&Path>) -> Result<Report, Failure> {
    let Pair {
        driver,
        vbios,
        encoded,
        golden,
    } = pair;
    let call = setGoldenMeasurementCall {
        vendor: TEEVendor::NVIDIA,
        golden: encoded.clone().into(),
    };
    let data = CallData::for_registry(call.abi_encode());
    data.write(out)?;
    let until = driver.signed.window.until.min(vbios.signed.window.until);
    let mut fields = Fields::default();
    fields.add("verified", "yes");
    fields.add("chip", &driver.rim.product);
    fields.add("driver", &driver.rim.version);
    fields.add("", format!("signed by {}", driver.signed.signer));
    fields.add("VBIOS", &vbios.rim.version);
    fields.add("", format!("signed by {}", vbios.signed.signer));
    fields.add("verified at", time(at));
    fields.add("signatures until", time(until));
    fields.add("key", golden.key);
    data.describe("setGoldenMeasurement, from governance", out, &mut fields);
    let measurements = measurements_text(&[&driver.rim, &vbios.rim]);
    Ok(Report {
        json: json!({
            "verified": true,
            "chip": driver.rim.product,
            "driver_version": driver.rim.version,
            "vbios_version": vbios.rim.version,
            "valid_until": until,
            "driver": measurements_json(&driver.rim),
            "vbios": measurements_json(&vbios.rim),
            "key": golden.key,
            "to": data.to,
            "data": data.hex(),
        }),
        text: format!("{measurements}\n\n{}", fields.render(0)),
        passed: true,
    })
}
