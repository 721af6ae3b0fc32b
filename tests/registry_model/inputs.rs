//! From calls that the model decided to bytes: proofs are minted, with their flaws.

use super::{
    model::{FLEET, IDS, Sent, other_hash, other_operator},
    story::{DEVICES, Flaw, Op},
    world::vendor_or_none,
};
use aivm::{
    abi::IAttestationRegistry::{self as abi, ProofOfExecution},
    evidence::Vendor,
};
use aivm_test_support::fleet::{Claim, abi_vendor, measurement_id, oracle};
use alloy_primitives::{B256, Bytes};
use alloy_sol_types::SolCall;

/// The proof, minted, with its flaw.
pub(crate) fn proof(sent: &Sent) -> ProofOfExecution {
    let (claim, evidence) = (&sent.claim, &DEVICES[sent.evidence_of]);
    let evidence = FLEET.device(evidence.0, evidence.1);
    let committed = Claim {
        operator: match sent.flaw {
            Some(Flaw::OtherOperator) => other_operator(claim.operator),
            _ => claim.operator,
        },
        chain_id: claim.chain_id + u64::from(sent.flaw == Some(Flaw::OtherChain)),
        ..*claim
    };
    let gpu_of = |number| FLEET.device(Vendor::Nvidia, number);
    let gpu_id = claim.gpu.map(|number| gpu_of(number).id);
    let commitment = oracle::commitment(IDS[sent.device], &committed, gpu_id);
    let stale = other_hash(commitment);
    let gpu = gpu_of(sent.gpu().unwrap_or_default());
    let by_gpu = |commitment| gpu.evidence(commitment, B256::ZERO, claim.measurement);
    let mut cpu_quote = evidence.evidence(commitment, claim.attested_key, claim.measurement);
    let mut gpu_quote = sent.gpu().map(|_| by_gpu(commitment)).unwrap_or_default();
    let (mut job_hash, mut output_hash) = (claim.job_hash, claim.output_hash);
    match sent.flaw {
        Some(Flaw::OtherJob) => job_hash = other_hash(job_hash),
        Some(Flaw::OtherOutput) => output_hash = other_hash(output_hash),
        Some(Flaw::DamagedCpu) => damage(&mut cpu_quote, commitment),
        Some(Flaw::DamagedGpu) => damage(&mut gpu_quote, commitment),
        Some(Flaw::StaleGpu) if claim.gpu.is_some() => gpu_quote = by_gpu(stale),
        Some(Flaw::NoCpu) => cpu_quote.clear(),
        Some(Flaw::GpuAsCpu) => cpu_quote = by_gpu(commitment),
        Some(Flaw::CpuAsGpu) => gpu_quote = FLEET.device(Vendor::Sgx, 0).evidence(commitment, B256::ZERO, 0),
        _ => {}
    }
    ProofOfExecution {
        deviceId: IDS[sent.device],
        cpuQuote: cpu_quote.into(),
        gpuQuote: gpu_quote.into(),
        nonce: claim.nonce,
        jobHash: job_hash,
        outputHash: output_hash,
    }
}

/// Flips a bit of the commitment in evidence, if there is any.
fn damage(evidence: &mut [u8], commitment: B256) {
    let at = evidence.windows(32).position(|window| window == commitment);
    if let Some(at) = at {
        evidence[at + 31] ^= 1;
    }
}

/// The input of a call that needs no minting.
pub(crate) fn input(op: &Op) -> Bytes {
    match *op {
        Op::Attest(_) => panic!("decided before"),
        Op::Refresh(device) => abi::refreshCall {
            deviceId: IDS[device],
        }
        .abi_encode(),
        Op::Release(device) => abi::releaseDeviceCall {
            deviceId: IDS[device],
        }
        .abi_encode(),
        Op::Revoke(device) => abi::revokeDeviceCall {
            deviceId: IDS[device],
        }
        .abi_encode(),
        Op::SetMeasurement(vendor, software, state) => abi::setMeasurementCall {
            measurementId: measurement_id(vendor, software),
            state,
        }
        .abi_encode(),
        Op::RequireAllowlist(vendor, required) => abi::requireAllowlistCall {
            vendor: abi_vendor(vendor),
            required,
        }
        .abi_encode(),
        Op::Pause(vendor) => abi::pauseCall {
            vendor: vendor_or_none(vendor),
        }
        .abi_encode(),
        Op::Unpause(vendor) => abi::unpauseCall {
            vendor: vendor_or_none(vendor),
        }
        .abi_encode(),
        Op::SetValidity(duration) => abi::setValidityCall { duration }.abi_encode(),
        Op::SetMinTrustScore(score) => abi::setMinTrustScoreCall { score }.abi_encode(),
    }
    .into()
}
