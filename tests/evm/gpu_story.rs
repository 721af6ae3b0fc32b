//! The scene of GPUs in the story of devices: proofs whose GPU was changed on the way, a GPU that two devices want, and
//! one that governance revokes.

#![allow(non_snake_case)] // fields of the ABI

use super::{
    MINING, REGISTRY, SENDER, STRANGER,
    chain::Tx,
    mining_input,
    registry_story::{Devices, attest, attest_for, claim, get_status, governed, prove, refresh},
    scene::Scene,
    word,
};
use aivm::{
    abi::IAttestationRegistry::{self as registry, DeviceStatus, ProofOfExecution, TEEVendor},
    evidence::{Rejection, Vendor},
};
use aivm_test_support::fleet::{CPU_SCORE, Claim, Device, GPU_SCORE};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolValue;

/// The GPU that the story is about, as a number in the fleet, and another one.
const GPU: u32 = 1;
const OTHER_GPU: u32 = 2;

impl Devices {
    /// The device that has the GPU first.
    pub(super) fn first(&self) -> Device {
        self.fleet.device(Vendor::Tdx, 1)
    }

    /// The device that has it next.
    pub(super) fn second(&self) -> Device {
        self.fleet.device(Vendor::Tdx, 2)
    }

    fn gpu(&self, number: u32) -> Device {
        self.fleet.device(Vendor::Nvidia, number)
    }

    /// GPUs, in one block.
    pub(super) fn gpus(&self, timestamp: u64, number: u64) -> Scene {
        let mut scene = Scene::new(timestamp, number);
        self.relayed_gpus(&mut scene);
        self.held_gpu(&mut scene);
        self.revoked_gpu(&mut scene);
        scene
    }

    /// Who relays a proof can neither leave its GPU out nor put another in.
    fn relayed_gpus(&self, scene: &mut Scene) {
        let relay = |proof: &ProofOfExecution, gpu_quote: Bytes| {
            let mut proof = proof.clone();
            proof.gpuQuote = gpu_quote;
            attest_for(SENDER, &proof).from(STRANGER)
        };
        let (plain, with_gpu) = (claim(SENDER, 1), hybrid(SENDER, 1));
        let by_gpu = |number, claim: &Claim| {
            let commitment = self.first().commitment(claim);
            Bytes::from(self.gpu(number).evidence(commitment, B256::ZERO, 0))
        };
        let proof = self.first().prove(&with_gpu);
        let mismatch = Rejection::CommitmentMismatch;
        scene.rejected(mismatch, relay(&proof, Bytes::new()));
        scene.rejected(mismatch, relay(&proof, by_gpu(OTHER_GPU, &with_gpu)));
        let attached = by_gpu(OTHER_GPU, &plain);
        scene.rejected(mismatch, relay(&self.first().prove(&plain), attached));
        scene.rejected(
            Rejection::GpuCommitmentMismatch,
            relay(&proof, by_gpu(GPU, &hybrid(SENDER, 2))),
        );
        scene.logs(1, relay(&proof, proof.gpuQuote.clone()));
        scene.status(&self.first(), true, SENDER);
    }

    /// A GPU makes one device hybrid at a time, whoever has the other.
    fn held_gpu(&self, scene: &mut Scene) {
        let second = self.second();
        let taken = second.prove(&hybrid(STRANGER, 1));
        scene.rejected(Rejection::GpuHeld, attest_for(STRANGER, &taken));
        let own = second.prove(&hybrid(SENDER, 1));
        scene.rejected(Rejection::GpuHeld, attest(&own));
        scene.logs(1, attest(&self.first().prove(&hybrid(SENDER, 2))));
        let deviceId = self.first().id;
        scene.logs(1, governed(&registry::releaseDeviceCall { deviceId }));
        scene.status(&self.first(), false, SENDER);
        scene.logs(1, attest_for(STRANGER, &taken));
        scene.status(&second, true, STRANGER);
        let back = self.first().prove(&hybrid(SENDER, 3));
        scene.rejected(Rejection::GpuHeld, attest(&back));
        scene.logs(1, attest(&prove(&self.first(), SENDER, 3)));
        scene.reads(&self.first());
    }

    /// With a GPU that is revoked, a device is no longer attested; without it, it is again.
    fn revoked_gpu(&self, scene: &mut Scene) {
        let (second, gpu) = (self.second(), self.gpu(GPU));
        let nonce = B256::repeat_byte(0x99);
        let evidence = gpu.evidence(nonce, B256::ZERO, 0);
        let tee = mining_input(3, &[&evidence[..], &nonce[..]].concat());
        let verify = |(valid, score): (bool, u8), scene: &mut Scene| {
            let answer = [word(valid.into()), word(score.into())].concat();
            scene.output(answer, Tx::new(MINING, tee.clone()));
        };
        verify((true, GPU_SCORE), scene);
        scene.logs(1, governed(&registry::revokeDeviceCall { deviceId: gpu.id }));
        verify((false, 0), scene);
        scene.status(&second, false, STRANGER);
        scene.logs(1, refresh(second.id));
        scene.reads(&second);
        let again = second.prove(&hybrid(STRANGER, 2));
        scene.rejected(Rejection::GpuRevoked, attest_for(STRANGER, &again));
        scene.logs(1, attest_for(STRANGER, &prove(&second, STRANGER, 2)));
        scene.status(&second, true, STRANGER);
    }
}

impl Scene {
    /// What the registry says of a device that attested in this block.
    fn status(&mut self, device: &Device, attested: bool, operator: Address) {
        let status = DeviceStatus {
            attested,
            trustScore: CPU_SCORE,
            lastSeen: U256::from(self.timestamp),
            operator,
            vendor: TEEVendor::TDX,
        };
        self.output(status.abi_encode(), Tx::new(REGISTRY, get_status(device.id)));
    }
}

/// A claim by a device that has the GPU.
fn hybrid(operator: Address, nonce: u64) -> Claim {
    Claim {
        gpu: Some(GPU),
        ..claim(operator, nonce)
    }
}
