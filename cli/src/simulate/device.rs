//! `aivm simulate calls`, `proof` and `evidence`: simulated devices.

use crate::{input, output::Report, quote::Tee};
use aivm::{Config, evidence::Vendor};
use aivm_simulator::fleet::{Claim, Device, Fleet, NOW, VALID_UNTIL};
use alloy_primitives::{Address, B256, Bytes, U256, hex};
use alloy_sol_types::SolValue;
use serde_json::json;

pub(super) const CALLS_HELP: &str = "\
Example:
  aivm simulate calls --json

Governance sends them to the registry, 0x0AAA, one after the other, at a block time from 1760000000 on. THEY MAKE THE \
CHAIN ACCEPT EVIDENCE THAT ANYONE CAN MAKE, and none that is genuine: for tests and development networks only. Of Arm \
CCA, the devices 0 to 63 have their keys in the roots.

Prints the hexadecimal of abi.encode(bytes[]).

With --json: {\"to\", \"calls\": [\"0x…\"], \"valid_from\", \"valid_until\"}, the last two in Unix seconds.";

const PROOF_HELP: &str = "\
Examples:
  aivm simulate proof --vendor tdx --device 7 --chain-id 31337 --operator 0x<address> --nonce 1
  aivm simulate proof --vendor sevsnp --device 7 --gpu 3 --chain-id 31337 --operator 0x<address> --nonce 2 --json

The proof is what verifyAttestation of the registry takes, by this operator; `aivm simulate calls` has the calls without \
which it is refused. Without --job-hash and --output-hash, operator and nonce decide them. The software of a \
--measurement has the same measurement id on every device of a vendor.

Prints the hexadecimal of abi.encode(ProofOfExecution).

With --json: {\"device_id\", \"gpu_device_id\", \"measurement_id\", \"commitment\", \"proof\", \"job_hash\", \
\"output_hash\"}; gpu_device_id is null without a GPU.";

const EVIDENCE_HELP: &str = "\
Example:
  aivm simulate evidence --vendor sgx --device 7 --nonce 0x<32 bytes> --json

Evidence as VerifyTEE at 0x0300 takes it, vendor byte first, bound to the nonce; in `aivm simulate proof` the nonce is \
the proof's commitment.

Prints it in hexadecimal.

With --json: {\"device_id\", \"measurement_id\", \"evidence\"}.";

/// Make a proof of execution by a simulated device
#[derive(clap::Args)]
#[command(after_help = PROOF_HELP)]
pub(super) struct ProofArgs {
    #[command(flatten)]
    machine: Machine,

    /// The number of the GPU that proves the same
    #[arg(long, value_name = "NUMBER")]
    gpu: Option<u32>,

    /// The chain that the proof is for
    #[arg(long, value_name = "ID")]
    chain_id: u64,

    /// Who will attest
    #[arg(long, value_name = "ADDRESS", value_parser = input::address)]
    operator: Address,

    /// The proof's nonce, decimal or hexadecimal with 0x
    #[arg(long, value_parser = input::amount)]
    nonce: U256,

    /// The job, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    job_hash: Option<B256>,

    /// What came of it, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    output_hash: Option<B256>,
}

/// Make evidence of a simulated device, for VerifyTEE
#[derive(clap::Args)]
#[command(after_help = EVIDENCE_HELP)]
pub(super) struct EvidenceArgs {
    #[command(flatten)]
    machine: Machine,

    /// What the evidence is bound to, 32 bytes
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    nonce: B256,
}

/// A device, and what runs on it.
#[derive(clap::Args)]
struct Machine {
    /// Whose hardware it is
    #[arg(long)]
    vendor: Tee,

    /// The number of the device: every number is other hardware
    #[arg(long, value_name = "NUMBER")]
    device: u32,

    /// The attested key, 32 bytes [default: none]
    #[arg(long, value_name = "HEX", value_parser = input::word)]
    attested_key: Option<B256>,

    /// The number of the software that runs on it
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    measurement: u8,
}

impl Machine {
    fn device(&self, fleet: &Fleet) -> Device {
        fleet.device(self.vendor.into(), self.device)
    }
}

/// Runs `aivm simulate calls`.
pub(super) fn calls() -> Report {
    let calls = Fleet::new().calls();
    Report {
        text: hex::encode_prefixed(calls.abi_encode()),
        json: json!({
            "to": Config::default().addresses.registry,
            "calls": calls,
            "valid_from": NOW,
            "valid_until": VALID_UNTIL,
        }),
        passed: true,
    }
}

/// Runs `aivm simulate proof`.
pub(super) fn proof(args: &ProofArgs) -> Report {
    let fleet = Fleet::new();
    let device = args.machine.device(&fleet);
    let claim = Claim::new(args.chain_id, args.operator, args.nonce);
    let claim = Claim {
        job_hash: args.job_hash.unwrap_or(claim.job_hash),
        output_hash: args.output_hash.unwrap_or(claim.output_hash),
        attested_key: args.machine.attested_key.unwrap_or_default(),
        gpu: args.gpu,
        measurement: args.machine.measurement,
        ..claim
    };
    let text = hex::encode_prefixed(device.prove(&claim).abi_encode());
    Report {
        json: json!({
            "device_id": device.id,
            "gpu_device_id": args.gpu.map(|number| fleet.device(Vendor::Nvidia, number).id),
            "measurement_id": device.measurement_id(claim.measurement),
            "commitment": device.commitment(&claim),
            "proof": text,
            "job_hash": claim.job_hash,
            "output_hash": claim.output_hash,
        }),
        text,
        passed: true,
    }
}

/// Runs `aivm simulate evidence`.
pub(super) fn evidence(args: &EvidenceArgs) -> Report {
    let device = args.machine.device(&Fleet::new());
    let attested_key = args.machine.attested_key.unwrap_or_default();
    let evidence: Bytes = device
        .evidence(args.nonce, attested_key, args.machine.measurement)
        .into();
    Report {
        text: evidence.to_string(),
        json: json!({
            "device_id": device.id,
            "measurement_id": device.measurement_id(args.machine.measurement),
            "evidence": evidence,
        }),
        passed: true,
    }
}
