//! `aivm genesis check`: what a configuration comes to.

use super::{Chain, ConfigFile};
use crate::output::{Failure, Fields, Report, time};
use aivm::{
    Activation, GasSchedule, MemoryHost, evidence::Vendor, genesis::DEVELOPMENT_ACCOUNT,
    precompiles::state::RegistryState,
};
use alloy_primitives::B256;
use serde_json::{Map, Value, json};

const AFTER_HELP: &str = "\
Examples:
  aivm genesis check --config aivm.toml
  aivm genesis check --config aivm.json --json

Nothing is written. Warnings are about what a chain with real value should not have, such as the public development key.

With --json: {\"valid\": true, \"activation\": \"genesis\" | {\"timestamp\"} | {\"hard_fork\"}, \"addresses\": {\"<name>\": \
\"0x…\"}, \"governance\", \"guardian\", \"roots\": {\"<vendor>\": \"0x<hash>\" | null}, \"accounts\": <how many>, \
\"warnings\": []}; refused: {\"valid\": false, \"reason\"}. The hash is that of the bundle, as rootCA() has it.

Exit codes: 0 a chain can start with it, 1 refused, 2 bad usage.";

/// Say what a configuration file comes to, or what is wrong with it
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    file: ConfigFile,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    match Chain::read(&args.file.read()?) {
        Ok(chain) => show(&chain),
        Err(reason) => Ok(Report {
            text: format!("refused: {}: {reason}", args.file.shown()),
            json: json!({ "valid": false, "reason": reason }),
            passed: false,
        }),
    }
}

fn show(chain: &Chain) -> Result<Report, Failure> {
    let genesis = &chain.config.genesis;
    let roots = roots(chain)?;
    let (activation, activation_json) = activation(chain.config.activation);
    let warnings = warnings(chain);
    let mut fields = Fields::default();
    fields.add("valid", "yes").add("active from", activation);
    for (address, row) in chain.aivm.rows() {
        fields.add(row.name, address);
    }
    fields.add("governance", genesis.governance);
    fields.add("guardian", genesis.guardian);
    for (vendor, hash) in &roots {
        let hash = hash.map_or_else(|| "none".into(), |hash| hash.to_string());
        fields.add(format!("roots of {}", vendor.name()), hash);
    }
    fields.add("accounts", chain.accounts.len());
    for warning in &warnings {
        fields.add("WARNING", warning);
    }
    let roots: Map<_, _> = roots
        .iter()
        .map(|(vendor, hash)| (vendor.name().to_owned(), json!(hash)))
        .collect();
    let addresses: Map<_, _> = chain
        .aivm
        .rows()
        .map(|(address, row)| (row.name.to_owned(), json!(address)))
        .collect();
    Ok(Report {
        json: json!({
            "valid": true,
            "activation": activation_json,
            "addresses": addresses,
            "governance": genesis.governance,
            "guardian": genesis.guardian,
            "roots": roots,
            "accounts": chain.accounts.len(),
            "warnings": warnings,
        }),
        text: fields.render(0),
        passed: true,
    })
}

/// The hash of each vendor's root bundle.
fn roots(chain: &Chain) -> Result<Vec<(Vendor, Option<B256>)>, Failure> {
    let mut host = MemoryHost {
        accounts: chain.accounts.clone(),
        ..MemoryHost::default()
    };
    let mut registry = RegistryState::new(&mut host, chain.config.config.addresses.registry);
    let hash = |vendor| {
        let hash = registry.root_hash(vendor).map_err(Failure::internal)?;
        Ok((vendor, (!hash.is_zero()).then_some(hash)))
    };
    Vendor::ALL.into_iter().map(hash).collect()
}

fn activation(activation: Activation) -> (String, Value) {
    match activation {
        Activation::Genesis => ("genesis on".into(), json!("genesis")),
        Activation::Timestamp(first) => (time(first), json!({ "timestamp": first })),
        Activation::Spec(spec) => {
            let name = format!("{spec:?}").to_lowercase();
            (format!("the hard fork {name}"), json!({ "hard_fork": name }))
        }
    }
}

/// What a chain with real value should not have.
fn warnings(chain: &Chain) -> Vec<String> {
    let genesis = &chain.config.genesis;
    let all = [
        (
            genesis.governance == DEVELOPMENT_ACCOUNT,
            "governance is the development account, whose key is public: name a contract of your own",
        ),
        (
            genesis.guardian == DEVELOPMENT_ACCOUNT,
            "the guardian is the development account, whose key is public: anyone can pause",
        ),
        (
            genesis.governance == genesis.guardian && genesis.governance != DEVELOPMENT_ACCOUNT,
            "the guardian is governance itself: a guardian is for pausing when governance is too slow",
        ),
        (
            genesis.validity == 0,
            "validity is 0 seconds: no device is attested beyond the second in which it attested",
        ),
    ];
    let holding = all.into_iter().filter(|(holds, _)| *holds);
    let warnings = holding.map(|(_, warning)| warning.to_owned());
    warnings.chain(free(&chain.config.config.gas)).collect()
}

/// The prices of real work that are zero.
fn free(gas: &GasSchedule) -> Option<String> {
    let prices = [
        ("verify_mldsa", gas.verify_mldsa),
        ("calculate_reward", gas.calculate_reward),
        ("verify_tee", gas.verify_tee),
        ("verify_attestation", gas.verify_attestation),
        ("collateral_base", gas.collateral_base),
        ("collateral_byte", gas.collateral_byte),
        ("update_root", gas.update_root),
        ("committee_base", gas.committee_base),
        ("committee_member", gas.committee_member),
        ("verify_device_proof", gas.verify_device_proof),
    ];
    let free = prices.iter().filter(|(_, price)| *price == 0);
    let names: Vec<_> = free.map(|(name, _)| format!("gas.{name}")).collect();
    (!names.is_empty()).then(|| {
        format!(
            "work is free: anyone can stall the chain; {} is 0",
            names.join(", ")
        )
    })
}
