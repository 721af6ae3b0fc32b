//! `verifyAttestation` and `verifyAttestationFor`: who can register a device with what, and that everything else is
//! refused, each thing with its own code, and leaves nothing (specification, section 5).

mod common;

use aivm::{
    abi::IAttestationRegistry::{self as abi, TEEVendor},
    evidence::{Rejection, Vendor},
};
use aivm_test_support::fleet::{Claim, NOW};
use alloy_primitives::{Address, B256, Bytes, U256};
use common::devices::{ALICE, BOB, CHAIN_ID, Devices, VALIDITY, claim};

const CPU_VENDORS: [Vendor; 4] = [Vendor::Sgx, Vendor::SevSnp, Vendor::Tdx, Vendor::ArmCca];

#[test]
fn every_cpu_vendor_registers() {
    let mut devices = Devices::new();
    for (count, vendor) in (1..).zip(CPU_VENDORS) {
        let device = devices.device(vendor, 1);
        let key = B256::repeat_byte(0x4e);
        let claim = Claim {
            attested_key: key,
            ..claim(ALICE, 7)
        };
        assert_eq!(devices.status(device.id), zero_status());
        assert_eq!(devices.attest(ALICE, &device.prove(&claim)), Ok(()), "{vendor:?}");
        let status = devices.status(device.id);
        assert_eq!(u8::from(status.vendor), vendor.number());
        assert_eq!(status.trustScore, 70, "{vendor:?}");
        let id = device.id;
        let world = &mut devices.world;
        assert_eq!(
            world.view(&abi::getDeviceNonceCall { deviceId: id }),
            U256::from(7)
        );
        assert_eq!(world.view(&abi::getDeviceKeyCall { deviceId: id }), key);
        assert!(!world.view(&abi::isHybridCall { deviceId: id }));
        let measurements = world.view(&abi::getDeviceMeasurementsCall { deviceId: id });
        assert_eq!(
            (measurements.cpu, measurements.gpu),
            (device.measurement_id(0), B256::ZERO)
        );
        assert_eq!(world.view(&abi::deviceCountCall {}), U256::from(count));
    }
}

fn zero_status() -> abi::DeviceStatus {
    abi::DeviceStatus {
        attested: false,
        trustScore: 0,
        lastSeen: U256::ZERO,
        operator: Address::ZERO,
        vendor: TEEVendor::None,
    }
}

/// Call data that is copied from the mempool makes nobody else the operator, and relayed it makes the one who proved.
#[test]
fn copied_call_data_do_not_change_the_operator() {
    for vendor in CPU_VENDORS {
        let mut devices = Devices::new();
        let device = devices.device(vendor, 1);
        let proof = device.prove(&claim(ALICE, 1));
        let stolen = Err(Rejection::CommitmentMismatch.code());
        assert_eq!(devices.attest(BOB, &proof), stolen);
        assert_eq!(devices.attest_for(BOB, &proof), stolen);
        assert_eq!(devices.status(device.id), zero_status());
        // Whoever sends it, it is Alice's.
        assert_eq!(devices.attest_for(ALICE, &proof), Ok(()));
        assert_eq!(devices.status(device.id).operator, ALICE);
        // And she, too late with the same, is told so.
        let replayed = Err(Rejection::NonceReplayed.code());
        assert_eq!(devices.attest(ALICE, &proof), replayed);
        assert_eq!(devices.attest_for(ALICE, &proof), replayed);
        assert_eq!(devices.attest(BOB, &proof), replayed);
    }
}

/// Another enclave on the same machine has the same hardware id. It cannot take a live device over.
#[test]
fn a_neighbour_waits_until_the_device_lapses() {
    for vendor in CPU_VENDORS {
        let mut devices = Devices::new();
        let device = devices.device(vendor, 1);
        let neighbour = |nonce| {
            let claim = Claim {
                measurement: 1,
                attested_key: B256::repeat_byte(0xb0),
                ..claim(BOB, nonce)
            };
            device.prove(&claim)
        };
        devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
        let held = Err(Rejection::DeviceHeld.code());
        for later in [0, 1, VALIDITY - 1, VALIDITY] {
            devices.world.at(NOW + later);
            assert_eq!(devices.attest(BOB, &neighbour(2)), held, "after {later} s");
            assert_eq!(devices.attest_for(BOB, &neighbour(2)), held);
        }
        devices.world.at(NOW + VALIDITY + 1);
        assert_eq!(devices.attest(BOB, &neighbour(2)), Ok(()));
        assert_eq!(devices.status(device.id).operator, BOB);
        let measurements = devices
            .world
            .view(&abi::getDeviceMeasurementsCall { deviceId: device.id });
        assert_eq!(measurements.cpu, device.measurement_id(1));
        // Now it is Bob's, and Alice's old proofs are worth nothing.
        assert_eq!(devices.attest(ALICE, &device.prove(&claim(ALICE, 3))), held);
        assert_eq!(
            devices.attest(ALICE, &device.prove(&claim(ALICE, 1))),
            Err(Rejection::NonceTooLow.code())
        );
    }
}

#[test]
fn a_neighbour_may_after_release() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
    let release = abi::releaseDeviceCall { deviceId: device.id };
    devices.world.registry(ALICE, &release).unwrap();
    assert!(!devices.attested(device.id));
    assert_eq!(devices.attest(BOB, &device.prove(&claim(BOB, 2))), Ok(()));
    assert_eq!(devices.status(device.id).operator, BOB);
    assert!(devices.attested(device.id), "the release was Alice's");
}

/// A device that is banned or paused still belongs to its operator until it lapses.
#[test]
fn what_governance_does_frees_no_device() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    devices.attest(ALICE, &device.prove(&claim(ALICE, 1))).unwrap();
    devices.world.govern(&abi::setMeasurementCall {
        measurementId: device.measurement_id(0),
        state: abi::MeasurementState::Banned,
    });
    assert!(!devices.attested(device.id));
    let other = Claim {
        measurement: 1,
        ..claim(BOB, 2)
    };
    assert_eq!(
        devices.attest(BOB, &device.prove(&other)),
        Err(Rejection::DeviceHeld.code())
    );
}

/// What evidence commits to is all of the claim: another job, output, nonce, operator or chain is another claim.
#[test]
fn evidence_is_for_one_claim() {
    let mut devices = Devices::new();
    let mut refused = 0;
    for vendor in CPU_VENDORS {
        let device = devices.device(vendor, 1);
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
                nonce: U256::from(6),
                ..good
            },
            Claim {
                operator: BOB,
                ..good
            },
            Claim {
                chain_id: CHAIN_ID + 1,
                ..good
            },
            Claim { chain_id: 1, ..good },
        ];
        for other in others {
            let mut proof = device.prove(&good);
            proof.cpuQuote = device.prove(&other).cpuQuote;
            assert_eq!(
                devices.attest(ALICE, &proof),
                Err(Rejection::CommitmentMismatch.code()),
                "{vendor:?}"
            );
            refused += 1;
        }
        // A proof that is whole, but for another chain.
        let other_chain = Claim {
            chain_id: CHAIN_ID + 1,
            ..good
        };
        assert_eq!(
            devices.attest(ALICE, &device.prove(&other_chain)),
            Err(Rejection::CommitmentMismatch.code())
        );
        // Evidence of another device, and the name of another device.
        let neighbour = devices.device(vendor, 2);
        let mut proof = device.prove(&good);
        proof.cpuQuote = neighbour.prove(&good).cpuQuote;
        let mismatch = Err(Rejection::DeviceMismatch.code());
        assert_eq!(devices.attest(ALICE, &proof), mismatch);
        let mut proof = device.prove(&good);
        proof.deviceId = neighbour.id;
        assert_eq!(devices.attest(ALICE, &proof), mismatch);
        assert_eq!(devices.attest(ALICE, &device.prove(&good)), Ok(()));
    }
    assert_eq!(refused, CPU_VENDORS.len() * 6);
}

#[test]
fn evidence_has_its_place() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let hybrid = device.prove(&Claim {
        gpu: Some(1),
        ..claim(ALICE, 1)
    });
    let mut refuse = |cpu: &Bytes, gpu: &Bytes, rejection: Rejection| {
        let mut proof = hybrid.clone();
        (proof.cpuQuote, proof.gpuQuote) = (cpu.clone(), gpu.clone());
        assert_eq!(
            devices.attest(ALICE, &proof),
            Err(rejection.code()),
            "{rejection}"
        );
    };
    let (cpu, gpu, none) = (&hybrid.cpuQuote, &hybrid.gpuQuote, Bytes::new());
    refuse(gpu, cpu, Rejection::CpuEvidenceOfGpu);
    refuse(gpu, &none, Rejection::CpuEvidenceOfGpu);
    refuse(cpu, cpu, Rejection::GpuEvidenceNotOfGpu);
    refuse(cpu, &Bytes::from_static(&[0]), Rejection::GpuEvidenceNotOfGpu);
    refuse(cpu, &Bytes::from_static(&[6]), Rejection::GpuEvidenceNotOfGpu);
    refuse(&none, gpu, Rejection::EvidenceEmpty);
    refuse(&none, &none, Rejection::EvidenceEmpty);
    refuse(&Bytes::from_static(&[0]), gpu, Rejection::VendorUnknown);
    refuse(&Bytes::from_static(&[6]), gpu, Rejection::VendorUnknown);
    assert_eq!(devices.attest(ALICE, &hybrid), Ok(()));
}

/// A VLEK is a cloud's, not a machine's: what it signs verifies and registers nothing.
#[test]
fn evidence_that_names_no_device() {
    use aivm::evidence::snp::pack;
    use aivm_simulator::snp::{Kind, Product, Scenario};
    let mut devices = Devices::new();
    let scenario = Scenario::new(Product::Milan, Kind::Vlek, 5);
    let collateral = pack::collateral(&scenario.collateral().endorsement_ca, None);
    devices.world.submit(Vendor::SevSnp, &collateral).unwrap();
    let evidence = [&[Vendor::SevSnp.number()], &scenario.evidence()[..]].concat();
    assert_eq!(devices.world.verify(&evidence).unwrap().trust_score, 60);
    let device = devices.device(Vendor::SevSnp, 1);
    let mut proof = device.prove(&claim(ALICE, 1));
    proof.cpuQuote = evidence.into();
    assert_eq!(
        devices.attest(ALICE, &proof),
        Err(Rejection::DeviceUnnamed.code())
    );
}
