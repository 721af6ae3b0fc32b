//! `0x0AAA`: proofs, and what becomes of a device.

use super::{
    chains::{CPUS, Chains, NEW, claim, device_id},
    evidence::{name, worst},
    fat::MAX_EVIDENCE_LEN,
    selector,
};
use crate::case::{ANYONE, CALLER, Case, Kind, Target};
use aivm::{
    abi::{
        IAttestationRegistry::{self as abi, ProofOfExecution},
        IPrecompile,
    },
    evidence::{Rejection, Vendor},
};
use alloy_primitives::{B256, Bytes};
use alloy_sol_types::{SolCall, SolError};

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    let mut cases = Vec::new();
    for vendor in CPUS {
        for hybrid in [false, true] {
            cases.extend(proofs(chains, vendor, hybrid));
        }
    }
    cases.extend(by_anyone(chains));
    cases.extend(endings(chains));
    cases
}

fn case(chains: &Chains, kind: Kind, what: &str, proof: ProofOfExecution) -> Case {
    let input = abi::verifyAttestationCall { proof }.abi_encode();
    Case::new(&chains.registry, Target::Registry, kind, what, input).signed()
}

fn rejected(rejection: Rejection) -> Vec<u8> {
    abi::EvidenceRejected {
        code: rejection.code(),
    }
    .abi_encode()
}

fn proofs(chains: &Chains, vendor: Vendor, hybrid: bool) -> Vec<Case> {
    let with = if hybrid { " + NVIDIA" } else { "" };
    let variant = |state: &str| format!("{}{with}, {state} device", name(vendor));
    let gpu = |number| hybrid.then_some(number);
    let honest = |number: u32, gpu, nonce| {
        chains
            .fleet
            .device(vendor, number)
            .prove(&claim(vendor, gpu, nonce))
    };
    let (mut fat, last) = fat(chains, vendor, hybrid);
    let accepted = case(
        chains,
        Kind::WorstAccepted,
        &worst_proof(vendor, hybrid),
        fat.clone(),
    );
    // What the evidence commits to is compared last, and the GPU's commitment after the CPU's.
    if hybrid {
        let gpu = chains.fat.device(Vendor::Nvidia);
        fat.gpuQuote = gpu.evidence(B256::ZERO).into();
    } else {
        fat.outputHash = B256::ZERO;
    }
    let what = format!("the same, but {last} commits to something else, which is compared last");
    let rejection = if hybrid {
        Rejection::GpuCommitmentMismatch
    } else {
        Rejection::CommitmentMismatch
    };
    vec![
        case(chains, Kind::Honest, "genuine evidence", honest(NEW, gpu(9), 1)).variant(variant("new")),
        case(
            chains,
            Kind::Honest,
            "genuine evidence of a device that proved before",
            honest(u32::from(hybrid), gpu(1), 2),
        )
        .variant(variant("known")),
        accepted.variant(variant("new")),
        case(chains, Kind::WorstRejected, &what, fat)
            .reverts(rejected(rejection))
            .variant(variant("new")),
    ]
}

/// The largest proof, and which of its quotes is judged last.
fn fat(chains: &Chains, vendor: Vendor, hybrid: bool) -> (ProofOfExecution, &'static str) {
    let gpu = hybrid.then(|| chains.fat.device(Vendor::Nvidia));
    let proof = chains.fat.device(vendor).prove(&claim(vendor, None, 1), gpu);
    (
        proof,
        if hybrid {
            "the GPU evidence"
        } else {
            "the CPU evidence"
        },
    )
}

fn worst_proof(vendor: Vendor, hybrid: bool) -> String {
    match hybrid {
        true => format!("{}; {}", worst(vendor), worst(Vendor::Nvidia)),
        false => worst(vendor).to_owned(),
    }
}

/// The same work, for an operator that the call names.
fn by_anyone(chains: &Chains) -> Vec<Case> {
    let vendor = Vendor::Tdx;
    let case = |kind, what: &str, proof: ProofOfExecution| {
        let operator = CALLER;
        let input = abi::verifyAttestationForCall { operator, proof }.abi_encode();
        Case::new(&chains.registry, Target::Registry, kind, what, input)
            .signed()
            .by(ANYONE)
    };
    let honest = chains.fleet.device(vendor, NEW).prove(&claim(vendor, None, 1));
    let (fat, _) = fat(chains, vendor, true);
    let mut refused = fat.clone();
    refused.gpuQuote = chains.fat.device(Vendor::Nvidia).evidence(B256::ZERO).into();
    let filled = |byte: u8| Bytes::from(vec![byte; MAX_EVIDENCE_LEN]);
    let long = ProofOfExecution {
        cpuQuote: filled(Vendor::Sgx.number()),
        gpuQuote: filled(Vendor::Nvidia.number()),
        ..fat.clone()
    };
    vec![
        case(Kind::Honest, "genuine evidence", honest).variant("TDX, new device"),
        case(Kind::WorstAccepted, &worst_proof(vendor, true), fat).variant("TDX + NVIDIA, new device"),
        case(
            Kind::WorstRejected,
            "the same, but the GPU evidence commits to something else, which is compared last",
            refused,
        )
        .variant("TDX + NVIDIA, new device")
        .reverts(rejected(Rejection::GpuCommitmentMismatch)),
        case(
            Kind::WorstRejected,
            "twice 16,384 bytes that are no evidence: decoded, and refused at once",
            long,
        )
        .variant("malformed")
        .reverts(selector::<abi::EvidenceRejected>()),
    ]
}

/// refresh, releaseDevice, revokeDevice.
fn endings(chains: &Chains) -> Vec<Case> {
    let case = |kind, what: &str, devices: &[u64], encode: fn(B256) -> Vec<u8>| {
        Case::new(&chains.registry, Target::Registry, kind, what, Bytes::new())
            .inputs(devices.iter().map(|device| encode(device_id(*device))))
    };
    let refresh = |id| abi::refreshCall { deviceId: id }.abi_encode();
    let release = |id| abi::releaseDeviceCall { deviceId: id }.abi_encode();
    let revoke = |id| abi::revokeDeviceCall { deviceId: id }.abi_encode();
    let devices = &chains.devices;
    let written = "a device with a GPU: its leaf and every node above it are written";
    let unknown: Vec<_> = (0..256).map(|number| u64::MAX - number).collect();
    vec![
        case(
            Kind::Honest,
            "a device of which nothing changed",
            &devices.hybrid,
            refresh,
        ),
        case(
            Kind::WorstAccepted,
            "a device whose GPU was banned since: its leaf and every node above it are written",
            &devices.banned,
            refresh,
        ),
        case(
            Kind::WorstRejected,
            "a device that never attested",
            &unknown,
            refresh,
        )
        .reverts(selector::<abi::UnknownDevice>()),
        case(Kind::AnyAccepted, written, &devices.hybrid, release),
        case(
            Kind::WorstRejected,
            "by someone else than its operator",
            &devices.hybrid,
            release,
        )
        .by(ANYONE)
        .reverts(selector::<IPrecompile::Unauthorized>()),
        case(Kind::AnyAccepted, written, &devices.hybrid, revoke),
        case(
            Kind::WorstRejected,
            "by someone else than governance",
            &devices.hybrid,
            revoke,
        )
        .by(ANYONE)
        .reverts(selector::<IPrecompile::Unauthorized>()),
    ]
}
