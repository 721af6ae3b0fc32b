//! Where a device proof comes from: a JSON file, or the registry of a state file.

use super::source::address;
use crate::{
    abi,
    evm::{self, Block, Frame, Outcome, Status as CallStatus},
    input::read_file,
    output::Failure,
    state_file,
};
use aivm::{
    Aivm,
    abi::IAttestationProofs::{getMerkleProofCall, provenStatusCall, registryRootCall},
    config_file::Table,
    evidence::Vendor,
    light_client::{DeviceProof, Status},
};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;

/// The largest proof file that is read. One of 64 nodes has about 5,000 bytes.
const MAX_PROOF_FILE: u64 = 64 << 10;

/// The name of vendor 0.
const NO_VENDOR: &str = "none";

/// A proof as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parts {
    pub(super) device_id: B256,
    pub(super) status: Table<StatusParts>,
    pub(super) nodes: Vec<B256>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusParts {
    attested: bool,
    trust_score: u8,
    last_seen: u64,
    #[serde(deserialize_with = "address")]
    operator: Address,
    vendor: VendorName,
}

/// `"tdx"`, or its number; `"none"` is 0.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a vendor: sgx, sevsnp, tdx, nvidia, armcca or none, or its number"
)]
enum VendorName {
    Number(u8),
    Name(String),
}

impl VendorName {
    fn number(&self) -> Result<u8, String> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Name(name) if name.eq_ignore_ascii_case(NO_VENDOR) => Ok(0),
            Self::Name(name) => Vendor::ALL
                .iter()
                .find(|vendor| vendor.name() == name.to_ascii_lowercase())
                .map(|vendor| vendor.number())
                .ok_or(format!(
                    "{name:?} is no vendor: they are sgx, sevsnp, tdx, nvidia, armcca and none"
                )),
        }
    }
}

/// A proof, and the same as JSON.
pub(super) struct Found {
    pub(super) proof: DeviceProof,
    pub(super) json: Value,
}

impl Found {
    fn new(what: &str, device_id: B256, status: Status, nodes: Vec<B256>) -> Result<Self, Failure> {
        let vendor = Vendor::from_number(status.vendor).map_or(NO_VENDOR, Vendor::name);
        let json = json!({
            "device_id": device_id,
            "status": {
                "attested": status.attested,
                "trust_score": status.trust_score,
                "last_seen": u64::try_from(status.last_seen).unwrap_or(u64::MAX),
                "operator": status.operator,
                "vendor": vendor,
            },
            "nodes": nodes,
        });
        let proof = DeviceProof::new(device_id, status, nodes);
        let proof = proof.map_err(|error| Failure::new(format!("{what}: {error}")))?;
        Ok(Self { proof, json })
    }
}

/// Reads a proof file.
pub(super) fn read(path: &Path) -> Result<Found, Failure> {
    let bytes = read_file("--proof", path, MAX_PROOF_FILE)?;
    let wrong = |why: String| {
        Failure::new(format!("--proof: {} is no proof: {why}", path.display()))
            .next("see `aivm relay proof --help` for its form")
    };
    let parts: Table<Parts> = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let Table(Parts {
        device_id,
        status: Table(status),
        nodes,
    }) = parts;
    let status = Status {
        attested: status.attested,
        trust_score: status.trust_score,
        last_seen: U256::from(status.last_seen),
        operator: status.operator,
        vendor: status.vendor.number().map_err(wrong)?,
    };
    Found::new("--proof", device_id, status, nodes)
}

/// What the registry of a state file proves of a device, and its root.
pub(super) fn from_state(path: &Path, device_id: B256) -> Result<(Found, B256), Failure> {
    if !path.try_exists().unwrap_or(true) {
        return Err(
            Failure::new(format!("--state: there is no file {}", path.display()))
                .next("check the file's name and the folder you are in"),
        );
    }
    let aivm = Aivm::default();
    let mut ledger = state_file::read(path, &aivm)?;
    let mut call = |data: Vec<u8>| -> Result<Outcome, Failure> {
        let block = Block {
            number: 1,
            timestamp: 0,
            chain_id: 0,
        };
        let frame = Frame {
            from: Address::ZERO,
            to: aivm.config().addresses.proofs,
            value: U256::ZERO,
            data: data.into(),
            gas: 30_000_000,
            is_static: true,
        };
        let outcome = evm::run_frame(&aivm, &mut ledger, &block, &frame)?;
        if outcome.status == CallStatus::Success {
            return Ok(outcome);
        }
        let error = abi::error_of(&outcome)
            .map(|error| error.text())
            .unwrap_or_default();
        Err(Failure::new(format!(
            "--state: {} says of {device_id}: {error}",
            path.display()
        ))
        .next("name a device that attested on that chain: --device"))
    };
    let status = call(provenStatusCall { deviceId: device_id }.abi_encode())?;
    let status = provenStatusCall::abi_decode_returns(&status.output).map_err(Failure::internal)?;
    let nodes = call(getMerkleProofCall { deviceId: device_id }.abi_encode())?;
    let nodes = getMerkleProofCall::abi_decode_returns(&nodes.output).map_err(Failure::internal)?;
    let root = call(registryRootCall {}.abi_encode())?;
    let root = registryRootCall::abi_decode_returns(&root.output).map_err(Failure::internal)?;
    Ok((
        Found::new("--state", device_id, Status::from(&status), nodes)?,
        root,
    ))
}
