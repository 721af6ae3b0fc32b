//! Proofs with CPU and GPU evidence: both are judged, each with codes of its own, and what both together are worth
//! (specification, sections 2, 4 and 5).

mod common;

use aivm::{
    Genesis,
    abi::{
        IAIMining::SovereignNeedsHybrid,
        IAttestationRegistry::{self as abi, MeasurementState, ProofOfExecution, TEEVendor},
    },
    evidence::{Rejection, Vendor},
    genesis::Roots,
    precompiles::registry::commitment,
};
use aivm_test_support::fleet::{Claim, Device, Fleet, NOW, measurement_id};
use alloy_primitives::{Address, B256, Bytes, U256, address};
use alloy_sol_types::SolError;
use common::devices::{ALICE, CHAIN_ID, Devices, VALIDITY, claim};

const MINING: Address = address!("0000000000000000000000000000000000000300");

fn hybrid(devices: &Devices, nonce: u64) -> ProofOfExecution {
    let claim = Claim {
        gpu: Some(9),
        ..claim(ALICE, nonce)
    };
    devices.device(Vendor::ArmCca, 1).prove(&claim)
}

/// What the evidence of a claim by this device begins with.
fn proof_commitment(device: &Device, claim: &Claim) -> B256 {
    let proof = device.prove(claim);
    commitment(
        CHAIN_ID,
        device.id,
        claim.operator,
        claim.nonce,
        proof.jobHash,
        proof.outputHash,
        claim
            .gpu
            .map(|number| Fleet::new().device(Vendor::Nvidia, number).id),
    )
}

/// Alice attests device 1 with a GPU.
fn attest_hybrid(devices: &mut Devices, nonce: u64) -> Result<(), u16> {
    let proof = hybrid(devices, nonce);
    devices.attest(ALICE, &proof)
}

fn set_measurement(devices: &mut Devices, measurement_id: B256, state: MeasurementState) {
    devices.world.govern(&abi::setMeasurementCall {
        measurementId: measurement_id,
        state,
    });
}

#[test]
fn a_hybrid_device() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::ArmCca, 1);
    assert_eq!(attest_hybrid(&mut devices, 1), Ok(()));
    let id = device.id;
    assert!(devices.world.view(&abi::isHybridCall { deviceId: id }));
    let measurements = devices
        .world
        .view(&abi::getDeviceMeasurementsCall { deviceId: id });
    let expected = (device.measurement_id(0), measurement_id(Vendor::Nvidia, 0));
    assert_eq!((measurements.cpu, measurements.gpu), expected);
    // The lower score of the two: 70 of the CPU, until its measurement is known; then 80 of the GPU.
    assert_eq!(devices.status(id).trustScore, 70);
    set_measurement(&mut devices, device.measurement_id(0), MeasurementState::Allowed);
    assert_eq!(attest_hybrid(&mut devices, 2), Ok(()));
    assert_eq!(devices.status(id).trustScore, 80);
    // Without its GPU it is no hybrid any more.
    assert_eq!(devices.attest(ALICE, &device.prove(&claim(ALICE, 3))), Ok(()));
    assert_eq!(devices.status(id).trustScore, 100);
    assert!(!devices.world.view(&abi::isHybridCall { deviceId: id }));
    let measurements = devices
        .world
        .view(&abi::getDeviceMeasurementsCall { deviceId: id });
    assert_eq!(measurements.gpu, B256::ZERO);
}

/// Level 3 needs a device, level 4 a hybrid one, and both are paid by its score.
#[test]
fn what_a_registered_device_earns() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::ArmCca, 1);
    let reward = |devices: &mut Devices, level: u16| {
        let work = [
            &device.id[..],
            &[0x22; 32],
            &NOW.to_be_bytes(),
            &level.to_be_bytes(),
            &60_u32.to_be_bytes(),
        ];
        let input = [&[2][..], &work.concat()].concat();
        let wei = devices.world.call(MINING, ALICE, &input)?;
        Ok::<u64, Bytes>((U256::from_be_slice(&wei) / U256::from(10).pow(U256::from(16))).to())
    };
    assert!(reward(&mut devices, 3).is_err(), "not registered");
    devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
    assert_eq!(reward(&mut devices, 3), Ok(4_200), "60 at trust 70");
    let refusal = SovereignNeedsHybrid { deviceId: device.id }.abi_encode();
    assert_eq!(reward(&mut devices, 4), Err(refusal.into()));
    attest_hybrid(&mut devices, 2).unwrap();
    assert_eq!(reward(&mut devices, 4), Ok(6_300), "90 at trust 70");
    devices.world.at(NOW + 86_401);
    assert!(
        reward(&mut devices, 3).is_err() && reward(&mut devices, 4).is_err(),
        "lapsed"
    );
}

/// The GPU commits to the same claim, and cannot stand in for another device's.
#[test]
fn gpu_evidence_is_for_the_same_claim() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::ArmCca, 1);
    let with_gpu = |claim: Claim| {
        device.prove(&Claim {
            gpu: Some(9),
            ..claim
        })
    };
    let good = claim(ALICE, 5);
    let others = [
        Claim {
            job_hash: B256::repeat_byte(1),
            ..good
        },
        Claim {
            output_hash: B256::repeat_byte(1),
            ..good
        },
        Claim {
            nonce: U256::from(4),
            ..good
        },
        Claim {
            operator: Address::repeat_byte(1),
            ..good
        },
        Claim {
            chain_id: CHAIN_ID + 1,
            ..good
        },
    ];
    let mismatch = Err(Rejection::GpuCommitmentMismatch.code());
    for other in others {
        let mut proof = with_gpu(good);
        proof.gpuQuote = with_gpu(other).gpuQuote;
        assert_eq!(devices.attest(ALICE, &proof), mismatch);
    }
    let mut proof = with_gpu(good);
    let neighbour = devices.device(Vendor::ArmCca, 2);
    proof.gpuQuote = neighbour.prove(&Claim { gpu: Some(9), ..good }).gpuQuote;
    assert_eq!(devices.attest(ALICE, &proof), mismatch);
    // Another GPU that signs the very commitment is not the one that the CPU vouches for.
    let mut proof = with_gpu(good);
    let commitment = proof_commitment(&device, &Claim { gpu: Some(9), ..good });
    let other = devices.device(Vendor::Nvidia, 8);
    proof.gpuQuote = other.evidence(commitment, B256::ZERO, 0).into();
    assert_eq!(
        devices.attest(ALICE, &proof),
        Err(Rejection::CommitmentMismatch.code())
    );
    assert_eq!(devices.attest(ALICE, &with_gpu(good)), Ok(()));
}

/// Whoever relays a proof can neither leave its GPU out nor put one in.
#[test]
fn a_relayer_cannot_change_the_gpu() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::ArmCca, 1);
    let stolen = Err(Rejection::CommitmentMismatch.code());
    let with_gpu = device.prove(&Claim {
        gpu: Some(9),
        ..claim(ALICE, 1)
    });
    let mut stripped = with_gpu.clone();
    stripped.gpuQuote = Bytes::new();
    assert_eq!(devices.attest_for(ALICE, &stripped), stolen);

    let without = device.prove(&claim(ALICE, 1));
    let mut attached = without.clone();
    let public = proof_commitment(&device, &claim(ALICE, 1));
    let gpu = devices.device(Vendor::Nvidia, 8);
    attached.gpuQuote = gpu.evidence(public, B256::ZERO, 0).into();
    assert_eq!(devices.attest_for(ALICE, &attached), stolen);
    assert_eq!(devices.attest_for(ALICE, &with_gpu), Ok(()));
}

/// One GPU makes one device hybrid at a time.
#[test]
fn a_gpu_belongs_to_one_device() {
    let mut devices = Devices::new();
    let (first, second) = (
        devices.device(Vendor::ArmCca, 1),
        devices.device(Vendor::ArmCca, 2),
    );
    let with = |gpu, nonce| Claim {
        gpu,
        ..claim(ALICE, nonce)
    };
    devices.attest(ALICE, &first.prove(&with(Some(9), 1))).unwrap();
    let held = Err(Rejection::GpuHeld.code());
    for later in [0, VALIDITY] {
        devices.world.at(NOW + later);
        assert_eq!(devices.attest(ALICE, &second.prove(&with(Some(9), 1))), held);
    }
    // Its device renews with it; another GPU is free.
    devices.world.at(NOW);
    devices.attest(ALICE, &first.prove(&with(Some(9), 2))).unwrap();
    devices.attest(ALICE, &second.prove(&with(Some(8), 1))).unwrap();
    // Once its device does without it, or has another, it is free too.
    devices.attest(ALICE, &first.prove(&with(None, 3))).unwrap();
    devices.attest(ALICE, &second.prove(&with(Some(9), 2))).unwrap();
    devices.attest(ALICE, &first.prove(&with(Some(8), 4))).unwrap();
    assert_eq!(devices.attest(ALICE, &first.prove(&with(Some(9), 5))), held);
    // And after its device was released, or has lapsed.
    devices
        .world
        .registry(ALICE, &abi::releaseDeviceCall { deviceId: second.id })
        .unwrap();
    devices.attest(ALICE, &first.prove(&with(Some(9), 5))).unwrap();
    assert_eq!(devices.attest(ALICE, &second.prove(&with(Some(9), 3))), held);
    devices.world.at(NOW + VALIDITY + 1);
    devices.attest(ALICE, &second.prove(&with(Some(9), 3))).unwrap();
}

/// A device that comes back because governance made attestations last longer does not bring back a GPU that is another
/// one's by now.
#[test]
fn a_gpu_does_not_come_back() {
    let mut devices = Devices::new();
    let (first, second) = (
        devices.device(Vendor::ArmCca, 1),
        devices.device(Vendor::ArmCca, 2),
    );
    let with_gpu = |nonce| Claim {
        gpu: Some(9),
        ..claim(ALICE, nonce)
    };
    devices.attest(ALICE, &first.prove(&with_gpu(1))).unwrap();
    devices.world.at(NOW + VALIDITY + 1);
    devices.attest(ALICE, &second.prove(&with_gpu(1))).unwrap();
    let duration = 10 * VALIDITY;
    devices.world.govern(&abi::setValidityCall { duration });
    assert_eq!(
        (devices.attested(first.id), devices.attested(second.id)),
        (false, true)
    );
}

/// A GPU that governance revoked makes no device hybrid, and ends the attestation of the one that it did.
#[test]
fn a_revoked_gpu() {
    let mut devices = Devices::new();
    attest_hybrid(&mut devices, 1).unwrap();
    let (device, gpu) = (
        devices.device(Vendor::ArmCca, 1),
        devices.device(Vendor::Nvidia, 9),
    );
    assert!(devices.attested(device.id));
    devices.world.govern(&abi::revokeDeviceCall { deviceId: gpu.id });
    assert!(!devices.attested(device.id));
    assert_eq!(attest_hybrid(&mut devices, 2), Err(Rejection::GpuRevoked.code()));
    // Nor does its evidence verify alone.
    let evidence = gpu.evidence(B256::repeat_byte(1), B256::ZERO, 0);
    assert_eq!(
        devices.world.verify(&evidence).unwrap_err(),
        Rejection::DeviceRevoked
    );
    // Without it the device is as good as before.
    devices.attest(ALICE, &device.prove(&claim(ALICE, 2))).unwrap();
    assert!(devices.attested(device.id));
}

/// What both kinds of evidence can be refused for has a code for each.
#[test]
fn gpu_evidence_has_codes_of_its_own() {
    let gpu = measurement_id(Vendor::Nvidia, 0);
    let cpu = |devices: &Devices| devices.device(Vendor::ArmCca, 1).measurement_id(0);
    let refuse = |prepare: fn(&mut Devices, B256, B256), expected: Rejection| {
        let mut devices = Devices::new();
        let cpu = cpu(&devices);
        prepare(&mut devices, cpu, gpu);
        let proof = hybrid(&devices, 1);
        assert_eq!(devices.attest(ALICE, &proof), Err(expected.code()), "{expected}");
    };
    const VENDOR: TEEVendor = TEEVendor::NVIDIA;
    refuse(
        |devices, _, _| devices.world.govern(&abi::pauseCall { vendor: VENDOR }),
        Rejection::GpuPaused,
    );
    refuse(
        |devices: &mut Devices, _, _| devices.world.host.timestamp = 0,
        Rejection::GpuCollateralNotYetValid,
    );
    refuse(
        |devices, _, _| devices.world.host.timestamp = 1 << 40,
        Rejection::GpuCollateralExpired,
    );
    refuse(
        |devices, _, _| {
            let roots = aivm::evidence::nvidia::ROOTS.concat();
            devices.world.set_roots(Vendor::Nvidia, &roots);
        },
        Rejection::GpuRootsChanged,
    );
    refuse(
        |devices, _, gpu| set_measurement(devices, gpu, MeasurementState::Banned),
        Rejection::GpuMeasurementBanned,
    );
    refuse(
        |devices, _, _| {
            devices.world.govern(&abi::requireAllowlistCall {
                vendor: VENDOR,
                required: true,
            });
        },
        Rejection::GpuMeasurementNotAllowed,
    );
    refuse(
        |devices, cpu, _| {
            set_measurement(devices, cpu, MeasurementState::Allowed);
            devices.world.govern(&abi::setMinTrustScoreCall { score: 81 });
        },
        Rejection::GpuTrustScoreTooLow {
            score: 80,
            minimum: 81,
        },
    );
    // And what only the CPU's is refused for has the other code.
    refuse(
        |devices, _, _| {
            devices.world.govern(&abi::pauseCall {
                vendor: TEEVendor::ARMCCA,
            })
        },
        Rejection::VendorPaused,
    );
    refuse(
        |devices, _, _| devices.world.govern(&abi::setMinTrustScoreCall { score: 71 }),
        Rejection::TrustScoreTooLow {
            score: 70,
            minimum: 71,
        },
    );
}

/// Arm CCA's key alone: there is nothing yet under which a GPU's evidence could hold.
#[test]
fn gpu_evidence_without_roots_or_collateral() {
    let mut devices = Devices::without_collateral();
    let key = devices.fleet.cca_key(1);
    devices.world.submit(Vendor::ArmCca, &key).unwrap();
    let proof = hybrid(&devices, 1);
    let refusal = |rejection: Rejection| Err(rejection.code());
    assert_eq!(devices.attest(ALICE, &proof), refusal(Rejection::GpuNoCollateral));

    let genesis = Genesis {
        roots: [(Vendor::Nvidia, Roots::None)].into(),
        ..Genesis::development()
    };
    devices.world.begin_with(&genesis);
    devices.world.submit(Vendor::ArmCca, &key).unwrap();
    assert_eq!(devices.attest(ALICE, &proof), refusal(Rejection::GpuNoRoots));
}
