//! What is made from the contracts:
//!
//! - the ABI of everything in `contracts/` but the base for tests goes to `abi/json/contracts/<Name>.json`;
//! - the deployed bytecode of the contracts that Rust tests run, `tests/solidity/harness/<Name>.sol`, goes to
//!   `tests/fixtures/contracts/<Name>.json`.
//!
//! Both are checked to be current like the ABIs of the interfaces.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::abi::{pretty, solc, sort_keys};
use crate::sources;

/// What is shipped, and what of it is for tests.
const SHIPPED: &str = "contracts";
const FOR_TESTS: &str = "contracts/testing";

/// The contracts that Rust tests run.
const HARNESS: &str = "tests/solidity/harness";

/// The ABIs of the shipped contracts, interfaces and libraries: name, text of the file.
pub(crate) fn abis(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let files = sources::below(root, SHIPPED, &[FOR_TESTS])?;
    let settings = json!({ "evmVersion": "cancun", "outputSelection": { "*": { "*": ["abi"] } } });
    let output = solc(root, &sources::input(root, &files, settings)?)?;
    let mut abis = BTreeMap::new();
    for file in &files {
        let contracts = output["contracts"][file].as_object();
        for (name, contract) in contracts.into_iter().flatten() {
            let items = contract["abi"].as_array().filter(|items| !items.is_empty());
            let Some(items) = items else { continue };
            if abis.insert(name.clone(), pretty(items)).is_some() {
                return Err(format!(
                    "{file}: there is another {name}, and their ABIs have one file"
                ));
            }
        }
    }
    Ok(abis)
}

/// The settings of foundry.toml. Without the metadata hash, bytecode depends on code alone.
fn settings() -> Value {
    json!({
        "evmVersion": "cancun",
        "optimizer": { "enabled": true, "runs": 800 },
        "metadata": { "bytecodeHash": "none", "appendCBOR": false },
        "outputSelection": { "*": { "*": ["abi", "evm.deployedBytecode.object"] } },
    })
}

/// The contracts that tests run: name, text of the file.
pub(crate) fn harness(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let files = sources::below(root, HARNESS, &[])?;
    let output = solc(root, &sources::input(root, &files, settings())?)?;
    files
        .iter()
        .map(|file| {
            let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".sol");
            let contract = &output["contracts"][file][name];
            match &contract["evm"]["deployedBytecode"]["object"] {
                Value::String(code) if !code.is_empty() => {
                    let code = format!("0x{code}");
                    let artifact = json!({ "abi": sort_keys(&contract["abi"]), "deployedBytecode": code });
                    Ok((name.to_owned(), format!("{artifact:#}\n")))
                }
                _ => Err(format!("{file} has no contract {name}")),
            }
        })
        .collect()
}
