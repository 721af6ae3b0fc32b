//! The deployed bytecode of the contracts that Rust tests run: `contracts/test/<Name>.sol`, compiled with what it imports,
//! goes to `tests/fixtures/contracts/<Name>.json`, and is checked to be current like the ABIs.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::abi::{read_folder, solc, sort_keys};

/// The compiler's settings: those of foundry.toml. Without the metadata hash, bytecode depends on code alone.
fn settings() -> Value {
    json!({
        "evmVersion": "cancun",
        "optimizer": { "enabled": true, "runs": 200 },
        "metadata": { "bytecodeHash": "none", "appendCBOR": false },
        "outputSelection": { "*": { "*": ["abi", "evm.deployedBytecode.object"] } },
    })
}

/// Compiles the contracts: name, text of the file.
pub(crate) fn compile(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let libraries = read_folder(&root.join("contracts"), "sol")?;
    let tests = read_folder(&root.join("contracts/test"), "sol")?;
    let named = |folder: &str, files: &BTreeMap<String, String>| -> Vec<(String, Value)> {
        files
            .iter()
            .map(|(name, text)| (format!("{folder}/{name}.sol"), json!({ "content": text })))
            .collect()
    };
    let sources: Map<_, _> = named("contracts", &libraries)
        .into_iter()
        .chain(named("contracts/test", &tests))
        .collect();
    let output = solc(
        root,
        &json!({ "language": "Solidity", "sources": sources, "settings": settings() }),
    )?;
    tests
        .keys()
        .map(|name| {
            let contract = &output["contracts"][format!("contracts/test/{name}.sol")][name];
            match &contract["evm"]["deployedBytecode"]["object"] {
                Value::String(code) if !code.is_empty() => {
                    let artifact = json!({ "abi": sort_keys(&contract["abi"]), "deployedBytecode": format!("0x{code}") });
                    Ok((name.clone(), format!("{artifact:#}\n")))
                }
                _ => Err(format!("contracts/test/{name}.sol has no contract {name}")),
            }
        })
        .collect()
}
