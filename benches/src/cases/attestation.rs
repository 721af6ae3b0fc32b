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
    let proved_before = "genuine evidence of a device that proved before";
    let known = honest(u32::from(hybrid), gpu(1), 2);
    let fat = fat(chains, vendor, hybrid);
    let [what, what_refused] = [worst_proof(vendor, hybrid), what_mismatches(hybrid)];
    let (spoilt, rejection) = spoilt(chains, &fat);
    vec![
        case(chains, Kind::Honest, "genuine evidence", honest(NEW, gpu(9), 1)).variant(variant("new")),
        case(chains, Kind::Honest, proved_before, known).variant(variant("known")),
        case(chains, Kind::WorstAccepted, &what, fat).variant(variant("new")),
        case(chains, Kind::WorstRejected, &what_refused, spoilt)
            .reverts(rejected(rejection))
            .variant(variant("new")),
    ]
}

/// The largest proof.
fn fat(chains: &Chains, vendor: Vendor, hybrid: bool) -> ProofOfExecution {
    let gpu = hybrid.then(|| chains.fat.device(Vendor::Nvidia));
    chains.fat.device(vendor).prove(&claim(vendor, None, 1), gpu)
}

/// The same, wrong in what is compared last: the commitment, that of the GPU after that of the CPU.
fn spoilt(chains: &Chains, proof: &ProofOfExecution) -> (ProofOfExecution, Rejection) {
    let mut proof = proof.clone();
    if proof.gpuQuote.is_empty() {
        proof.outputHash = B256::ZERO;
        return (proof, Rejection::CommitmentMismatch);
    }
    let gpu = chains.fat.device(Vendor::Nvidia);
    proof.gpuQuote = gpu.evidence(B256::ZERO).into();
    (proof, Rejection::GpuCommitmentMismatch)
}

fn what_mismatches(hybrid: bool) -> String {
    let last = if hybrid { "GPU" } else { "CPU" };
    format!("the same, but the {last} evidence commits to something else, which is compared last")
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
    let fat = fat(chains, vendor, true);
    let (refused, rejection) = spoilt(chains, &fat);
    let filled = |byte: u8| Bytes::from(vec![byte; MAX_EVIDENCE_LEN]);
    let long = ProofOfExecution {
        cpuQuote: filled(Vendor::Sgx.number()),
        gpuQuote: filled(Vendor::Nvidia.number()),
        ..fat.clone()
    };
    vec![
        case(Kind::Honest, "genuine evidence", honest).variant("TDX, new device"),
        case(Kind::WorstAccepted, &worst_proof(vendor, true), fat).variant("TDX + NVIDIA, new device"),
        case(Kind::WorstRejected, &what_mismatches(true), refused)
            .variant("TDX + NVIDIA, new device")
            .reverts(rejected(rejection)),
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
    let (hybrid, banned) = (&chains.devices.hybrid, &chains.devices.banned);
    let unknown: Vec<_> = (0..256).map(|number| u64::MAX - number).collect();
    let [unchanged, changed, written, never, stranger] = [
        "a device of which nothing changed",
        "a device whose GPU was banned since: its leaf and every node above it are written",
        "a device with a GPU: its leaf and every node above it are written",
        "a device that never attested",
        "by someone who may not",
    ];
    let refused = |encode| {
        case(Kind::WorstRejected, stranger, hybrid, encode)
            .by(ANYONE)
            .reverts(selector::<IPrecompile::Unauthorized>())
    };
    vec![
        case(Kind::Honest, unchanged, hybrid, refresh),
        case(Kind::WorstAccepted, changed, banned, refresh),
        case(Kind::WorstRejected, never, &unknown, refresh).reverts(selector::<abi::UnknownDevice>()),
        case(Kind::AnyAccepted, written, hybrid, release),
        refused(release),
        case(Kind::AnyAccepted, written, hybrid, revoke),
        refused(revoke),
    ]
}
