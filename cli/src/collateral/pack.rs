//! `aivm collateral pack`: the call data of `submitCollateral`, and for Arm CCA of `updateRootCA`.

use super::file::{Collateral, Form};
use crate::{
    call_data::CallData,
    output::{Failure, Fields, Report},
    quote::Tee,
};
use aivm::{
    abi::IAttestationRegistry::{TEEVendor, submitCollateralCall, updateRootCACall},
    evidence::{MAX_COLLATERAL_LEN, Vendor, cca},
};
use alloy_sol_types::SolCall;
use serde_json::json;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  aivm collateral pack collateral.json --out call.bin
  aivm call --to 0xAAA --data @call.bin --state chain.json
  aivm collateral pack ta.json --replace-all --out call.bin      (Arm CCA, all keys at once)

Anyone may submit collateral, but for Arm CCA governance only: no vendor signs the keys of platforms. A file with one \
key makes the call of submitCollateral, which adds it; --replace-all makes that of updateRootCA, which puts all keys of \
the file in the place of those that are registered.

With --json: {\"vendor\", \"function\", \"to\", \"data\"}.

Exit codes: 0 packed, 2 bad usage.";

/// Make the call of submitCollateral from collateral as vendors and tools give it
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The collateral; - is standard input
    file: PathBuf,

    /// Whose collateral it is [default: told from the file]
    #[arg(long)]
    vendor: Option<Tee>,

    /// Arm CCA: make the call that replaces all keys
    #[arg(long)]
    replace_all: bool,

    /// Write the call data into this file, for `aivm call --data @FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let form = args.vendor.map(|tee| Form::of(tee.into()));
    let collateral = Collateral::read("the collateral", &args.file, form)?;
    let vendor = vendor(args.vendor, &collateral)?;
    let (function, data) = if args.replace_all {
        ("updateRootCA", replace_all(&collateral)?)
    } else {
        ("submitCollateral", submit(vendor, &collateral, args)?)
    };
    let data = CallData::for_registry(data);
    data.write(args.out.as_deref())?;
    let whose = match vendor {
        Vendor::ArmCca => "from governance",
        _ => "from anyone",
    };
    let mut fields = Fields::default();
    fields.add("vendor", vendor.name());
    data.describe(&format!("{function}, {whose}"), args.out.as_deref(), &mut fields);
    Ok(Report {
        json: json!({
            "vendor": vendor.name(),
            "function": function,
            "to": data.to,
            "data": data.hex(),
        }),
        text: fields.render(0),
        passed: true,
    })
}

/// The vendor that is given, or that the collateral says it is of.
pub(super) fn vendor(given: Option<Tee>, collateral: &Collateral) -> Result<Vendor, Failure> {
    given
        .map(Vendor::from)
        .or_else(|| collateral.vendor())
        .ok_or_else(|| {
            Failure::new("the TCB info says neither SGX nor TDX")
                .next("say which: --vendor sgx or --vendor tdx")
        })
}

fn replace_all(collateral: &Collateral) -> Result<Vec<u8>, Failure> {
    let Collateral::Cca(platforms) = collateral else {
        return Err(Failure::new("--replace-all is for the keys of Arm CCA platforms").next("leave it out"));
    };
    let call = updateRootCACall {
        vendor: TEEVendor::ARMCCA,
        newRootCA: cca::pack::bundle(platforms).into(),
    };
    Ok(call.abi_encode())
}

fn submit(vendor: Vendor, collateral: &Collateral, args: &Args) -> Result<Vec<u8>, Failure> {
    let path = args.file.display();
    let packed = collateral.pack().map_err(|why| {
        Failure::new(format!("the collateral: {path}: {why}")).next("get it again from the vendor's service")
    })?;
    let [packed] = packed.as_slice() else {
        let count = packed.len();
        return Err(Failure::new(format!(
            "{path} has the keys of {count} platforms, and a call takes one"
        ))
        .next("give a file with one of them, or --replace-all to register them all in one call"));
    };
    if packed.len() > MAX_COLLATERAL_LEN {
        let len = packed.len();
        return Err(Failure::new(format!(
            "packed, {path} has {len} bytes, more than {MAX_COLLATERAL_LEN}"
        ))
        .next("check that this is the file you mean"));
    }
    let vendor = TEEVendor::try_from(vendor.number()).map_err(Failure::internal)?;
    let call = submitCollateralCall {
        vendor,
        collateral: packed.clone().into(),
    };
    Ok(call.abi_encode())
}
