//! Devices come and go, for every way to run it: proofs that verify for real, refusals with their codes, operators that
//! succeed each other, lapses, revocations, frames that fail around proofs that hold, and what Merkle proofs say of it
//! all. Every transaction says what must come of it.

#![allow(non_snake_case)] // fields of the ABI

use super::{
    CHAIN_ID, PROOFS, REGISTRY, SENDER, STRANGER,
    asm::{Scheme, Script},
    chain::Tx,
    revert_data,
    scene::{Expect, Play, Scene},
};
use aivm::{
    abi::{
        IAttestationProofs as proofs,
        IAttestationRegistry::{self as registry, MeasurementState, ProofOfExecution, TEEVendor},
        IPrecompile::{DelegateCallNotAllowed, StaticCallNotAllowed, Unauthorized},
    },
    evidence::{Rejection, Vendor},
};
use aivm_test_support::fleet::{Claim, Device, Fleet, NOW as START};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;

/// A contract that operates devices: what it is called with it hands on to the registry.
const OPERATOR: Address = Address::repeat_byte(0xd1);
/// A contract that does the same and reverts.
const FICKLE: Address = Address::repeat_byte(0xd2);

/// How long an attestation lasts by default.
const VALIDITY: u64 = 86_400;

/// The devices, and what has been told of them.
pub(super) struct Devices {
    play: Play,
    pub(super) fleet: Fleet,
}

/// The story.
pub(crate) fn devices() -> Play {
    let mut devices = Devices {
        play: Play::default(),
        fleet: Fleet::new(),
    };
    let forward = || Script::forward(Scheme::Call, REGISTRY);
    devices.play.contract(OPERATOR, forward());
    devices.play.contract(FICKLE, forward().revert());
    devices.play.scenes = vec![
        devices.furnish(),
        devices.register(),
        devices.refuse(),
        devices.frames(),
        devices.schemes(),
        devices.hold(),
        devices.lapse(),
        devices.govern(),
        devices.gpus(START + 25 + VALIDITY, 18),
        devices.prove(),
    ];
    devices.play
}

impl Scene {
    pub(super) fn rejected(&mut self, reason: Rejection, tx: Tx) {
        let code = reason.code();
        self.error(&registry::EvidenceRejected { code }, tx);
    }

    pub(super) fn reads(&mut self, device: &Device) {
        for tx in reads(device.id) {
            self.logs(0, tx);
        }
    }
}

impl Devices {
    fn script(&mut self, script: Script) -> Tx {
        self.play.script(script)
    }

    fn tdx(&self) -> Device {
        self.fleet.device(Vendor::Tdx, 0)
    }

    fn sgx(&self) -> Device {
        self.fleet.device(Vendor::Sgx, 0)
    }

    fn snp(&self) -> Device {
        self.fleet.device(Vendor::SevSnp, 0)
    }

    fn cca(&self) -> Device {
        self.fleet.device(Vendor::ArmCca, 1)
    }

    /// Roots and collateral of every vendor.
    fn furnish(&self) -> Scene {
        let mut scene = Scene::new(START, 10);
        for call in self.fleet.calls() {
            scene.logs(1, Tx::new(REGISTRY, call));
        }
        scene
    }

    /// Devices of every vendor, by operators of every kind.
    fn register(&self) -> Scene {
        let mut scene = Scene::new(START + 10, 11);
        scene.logs(1, attest(&prove(&self.tdx(), SENDER, 5)));
        scene.logs(1, attest_for(STRANGER, &prove(&self.sgx(), STRANGER, 1)));
        scene.logs(1, attest(&prove(&self.cca(), STRANGER, 1)).from(STRANGER));
        let hybrid = Claim {
            gpu: Some(0),
            attested_key: B256::repeat_byte(0xae),
            ..claim(OPERATOR, 1)
        };
        let hybrid = attest(&self.snp().prove(&hybrid));
        scene.logs(
            1,
            Tx {
                to: OPERATOR,
                ..hybrid
            },
        );
        for device in [self.tdx(), self.sgx(), self.cca(), self.snp()] {
            scene.reads(&device);
        }
        scene
    }

    /// What is not a proof of this device, by this operator, for this job, now.
    fn refuse(&self) -> Scene {
        use Rejection as R;
        let mut scene = Scene::new(START + 20, 12);
        let good = prove(&self.tdx(), SENDER, 6);
        let change = |change: &dyn Fn(&mut ProofOfExecution)| {
            let mut proof = good.clone();
            change(&mut proof);
            attest(&proof)
        };
        let commits = Rejection::CommitmentMismatch;
        let too_high = U256::from(6) + (U256::ONE << 64);
        let last_allowed = too_high - U256::ONE;
        let far = |nonce| attest(&self.tdx().prove(&Claim::new(CHAIN_ID, SENDER, nonce)));
        let elsewhere = self.tdx().prove(&Claim::new(CHAIN_ID + 1, SENDER, U256::from(6)));
        scene.rejected(R::NonceReplayed, attest(&prove(&self.tdx(), SENDER, 5)));
        scene.rejected(R::NonceTooLow, attest(&prove(&self.tdx(), SENDER, 4)));
        scene.rejected(R::NonceTooHigh, far(too_high));
        scene.rejected(
            R::DeviceHeld,
            attest_for(STRANGER, &prove(&self.tdx(), STRANGER, 6)),
        );
        scene.rejected(commits, attest_for(SENDER, &prove(&self.tdx(), STRANGER, 6)));
        scene.rejected(commits, attest(&elsewhere));
        scene.rejected(commits, change(&|proof| proof.jobHash.0[31] ^= 1));
        scene.rejected(commits, change(&|proof| proof.outputHash.0[0] ^= 1));
        scene.rejected(commits, change(&|proof| proof.nonce += U256::ONE));
        scene.rejected(R::DeviceMismatch, change(&|proof| proof.deviceId.0[0] ^= 1));
        scene.rejected(R::EvidenceEmpty, change(&|proof| proof.cpuQuote = Bytes::new()));
        scene.rejected(
            R::GpuEvidenceNotOfGpu,
            change(&|proof| proof.gpuQuote = proof.cpuQuote.clone()),
        );
        let gpu = self.fleet.device(Vendor::Nvidia, 0);
        scene.rejected(R::CpuEvidenceOfGpu, attest(&prove(&gpu, SENDER, 1)));
        scene.error(&registry::ZeroOperator {}, attest_for(Address::ZERO, &good));
        scene.logs(1, attest_for(SENDER, &good).from(STRANGER));
        scene.logs(1, far(last_allowed));
        scene.reads(&self.tdx());
        scene
    }

    /// Frames that fail around proofs that hold.
    fn frames(&mut self) -> Scene {
        let mut scene = Scene::new(START + 30, 13);
        let next = |nonce| verify_for(STRANGER, &prove(&self.sgx(), STRANGER, nonce));
        let (second, third) = (next(2), next(3));
        let status = get_status(self.sgx().id);
        scene.failure(Tx::new(FICKLE, second.clone()));
        let undone = Script::new()
            .call(FICKLE, &second)
            .call(REGISTRY, &status)
            .report();
        scene.logs(0, self.script(undone));
        let undone = Script::new()
            .call(REGISTRY, &second)
            .call(REGISTRY, &status)
            .revert();
        scene.failure(self.script(undone));
        let undone = Script::new()
            .call(REGISTRY, &second)
            .call(PROOFS, &root())
            .invalid();
        scene.failure(self.script(undone));
        // Had a frame above left anything, this nonce would be replayed.
        let kept = Script::new()
            .call(REGISTRY, &second)
            .call(FICKLE, &third)
            .report();
        scene.logs(1, self.script(kept));
        let twice = Script::new()
            .call(REGISTRY, &third)
            .call(REGISTRY, &third)
            .report();
        scene.logs(1, self.script(twice));
        scene.reads(&self.sgx());
        scene
    }

    /// A proof by every refused scheme, and with gas that is enough or one too little.
    fn schemes(&mut self) -> Scene {
        let mut scene = Scene::new(START + 40, 14);
        let input = verify_for(STRANGER, &prove(&self.sgx(), STRANGER, 4));
        let release = registry::releaseDeviceCall {
            deviceId: self.sgx().id,
        }
        .abi_encode();
        for (scheme, refused) in [
            (Scheme::DelegateCall, revert_data(&DelegateCallNotAllowed {})),
            (Scheme::CallCode, revert_data(&DelegateCallNotAllowed {})),
            (Scheme::StaticCall, revert_data(&StaticCallNotAllowed {})),
        ] {
            for input in [&input[..], &release] {
                let tx = self.script(Script::new().step(scheme, REGISTRY, input));
                scene.steps.push((tx, Expect::Error(refused.clone())));
            }
        }
        // A forwarder that is called statically passes it on.
        let through = self.script(Script::new().static_call(OPERATOR, &input));
        scene.error(&StaticCallNotAllowed {}, through);
        let short = self.script(Script::new().call(REGISTRY, &input).gas(49_999).report());
        scene.logs(0, short);
        let enough = self.script(Script::new().call(REGISTRY, &input).gas(50_000).report());
        scene.logs(1, enough);
        scene.reads(&self.sgx());
        scene
    }

    /// A day less the seconds above: the first devices are held, to the last second.
    fn hold(&self) -> Scene {
        let mut scene = Scene::new(START + 10 + VALIDITY, 15);
        scene.reads(&self.cca());
        let taken = attest_for(SENDER, &prove(&self.cca(), SENDER, 2));
        scene.rejected(Rejection::DeviceHeld, taken);
        let release = |device: &Device| {
            let call = registry::releaseDeviceCall { deviceId: device.id };
            Tx::new(REGISTRY, call.abi_encode())
        };
        let caller = SENDER;
        scene.error(&Unauthorized { caller }, release(&self.snp()));
        let released = release(&self.snp());
        scene.logs(
            1,
            Tx {
                to: OPERATOR,
                ..released
            },
        );
        scene.reads(&self.snp());
        scene.logs(1, attest(&prove(&self.snp(), SENDER, 2)));
        scene.reads(&self.snp());
        let deviceId = B256::repeat_byte(0x0d);
        let unknown = registry::UnknownDevice { deviceId };
        scene.error(&unknown, refresh(deviceId));
        scene
    }

    /// A second later they have lapsed, and anyone may have them.
    fn lapse(&self) -> Scene {
        let mut scene = Scene::new(START + 11 + VALIDITY, 16);
        scene.reads(&self.cca());
        scene.logs(1, refresh(self.cca().id));
        scene.reads(&self.cca());
        scene.logs(1, attest_for(SENDER, &prove(&self.cca(), SENDER, 2)));
        scene.reads(&self.cca());
        let back = attest_for(STRANGER, &prove(&self.cca(), STRANGER, 3));
        scene.rejected(Rejection::DeviceHeld, back);
        scene
    }

    /// What governance does to devices.
    fn govern(&self) -> Scene {
        let mut scene = Scene::new(START + 20 + VALIDITY, 17);
        let device = self.cca();
        let next = || attest_for(SENDER, &prove(&self.cca(), SENDER, 3));
        let measurement = |state| {
            let measurementId = self.cca().measurement_id(0);
            governed(&registry::setMeasurementCall { measurementId, state })
        };
        let vendor = TEEVendor::ARMCCA;
        scene.logs(1, measurement(MeasurementState::Banned));
        scene.reads(&device);
        scene.rejected(Rejection::MeasurementBanned, next());
        scene.logs(1, refresh(device.id));
        scene.logs(1, measurement(MeasurementState::Unset));
        scene.logs(1, governed(&registry::pauseCall { vendor }));
        scene.reads(&device);
        scene.rejected(Rejection::VendorPaused, next());
        scene.logs(1, governed(&registry::unpauseCall { vendor }));
        scene.logs(1, refresh(device.id));
        scene.logs(1, next());
        let revoke = |deviceId| governed(&registry::revokeDeviceCall { deviceId });
        let caller = STRANGER;
        scene.error(&Unauthorized { caller }, revoke(device.id).from(STRANGER));
        scene.logs(1, revoke(device.id));
        let unheard = self.fleet.device(Vendor::ArmCca, 2);
        scene.logs(1, revoke(unheard.id));
        for device in [device, unheard] {
            scene.reads(&device);
            let proof = prove(&device, SENDER, 4);
            scene.rejected(Rejection::DeviceRevoked, attest(&proof));
        }
        scene
    }

    /// What Merkle proofs say of every device and every block.
    fn prove(&mut self) -> Scene {
        let mut scene = Scene::new(START + 30 + VALIDITY, 19);
        let to_proofs = |input: Vec<u8>| Tx::new(PROOFS, input);
        let (first, second) = (self.first(), self.second());
        for device in [self.tdx(), self.sgx(), self.cca(), self.snp(), first, second] {
            scene.logs(
                0,
                to_proofs(proofs::getMerkleProofCall { deviceId: device.id }.abi_encode()),
            );
        }
        let deviceId = B256::repeat_byte(0x0d);
        let unknown = to_proofs(proofs::getMerkleProofCall { deviceId }.abi_encode());
        scene.error(&proofs::UnknownDevice { deviceId }, unknown);
        for (number, attestations) in [
            (9, 0),
            (11, 4),
            (12, 2),
            (13, 2),
            (14, 1),
            (15, 1),
            (18, 5),
            (19, 0),
        ] {
            let blockNumber = U256::from(number);
            let count = U256::from(attestations);
            scene.logs(
                0,
                to_proofs(proofs::attestationRootCall { blockNumber }.abi_encode()),
            );
            scene.logs(
                0,
                to_proofs(proofs::attestationCountCall { blockNumber }.abi_encode()),
            );
            let proof_of = |index| proofs::getAttestationProofCall { blockNumber, index }.abi_encode();
            for index in 0..attestations {
                scene.logs(0, to_proofs(proof_of(U256::from(index))));
            }
            let index = count;
            let none = proofs::UnknownAttestation {
                blockNumber,
                index,
                count,
            };
            scene.error(&none, to_proofs(proof_of(count)));
        }
        let proof = proofs::getMerkleProofCall {
            deviceId: self.tdx().id,
        }
        .abi_encode();
        let delegated = self.script(Script::new().step(Scheme::DelegateCall, PROOFS, &proof));
        scene.error(&DelegateCallNotAllowed {}, delegated);
        let read = self.script(
            Script::new()
                .static_call(PROOFS, &proof)
                .static_call(PROOFS, &root())
                .report(),
        );
        scene.logs(0, read);
        scene
    }
}

pub(super) fn claim(operator: Address, nonce: u64) -> Claim {
    Claim::new(CHAIN_ID, operator, U256::from(nonce))
}

pub(super) fn prove(device: &Device, operator: Address, nonce: u64) -> ProofOfExecution {
    device.prove(&claim(operator, nonce))
}

pub(super) fn attest(proof: &ProofOfExecution) -> Tx {
    let proof = proof.clone();
    Tx::new(REGISTRY, registry::verifyAttestationCall { proof }.abi_encode())
}

fn verify_for(operator: Address, proof: &ProofOfExecution) -> Vec<u8> {
    let proof = proof.clone();
    registry::verifyAttestationForCall { operator, proof }.abi_encode()
}

pub(super) fn attest_for(operator: Address, proof: &ProofOfExecution) -> Tx {
    Tx::new(REGISTRY, verify_for(operator, proof))
}

pub(super) fn governed(call: &impl SolCall) -> Tx {
    Tx::new(REGISTRY, call.abi_encode())
}

pub(super) fn refresh(device_id: B256) -> Tx {
    let call = registry::refreshCall { deviceId: device_id };
    Tx::new(REGISTRY, call.abi_encode())
}

pub(super) fn get_status(device_id: B256) -> Vec<u8> {
    registry::getDeviceStatusCall { deviceId: device_id }.abi_encode()
}

fn root() -> Vec<u8> {
    proofs::registryRootCall {}.abi_encode()
}

/// All that the registry says of a device, and the root.
fn reads(device_id: B256) -> Vec<Tx> {
    let deviceId = device_id;
    let inputs = [
        get_status(deviceId),
        registry::getDeviceKeyCall { deviceId }.abi_encode(),
        registry::getDeviceNonceCall { deviceId }.abi_encode(),
        registry::getDeviceMeasurementsCall { deviceId }.abi_encode(),
        registry::isHybridCall { deviceId }.abi_encode(),
        registry::deviceCountCall {}.abi_encode(),
    ];
    let mut txs: Vec<_> = inputs.map(|input| Tx::new(REGISTRY, input)).into();
    txs.push(Tx::new(PROOFS, root()));
    txs
}
