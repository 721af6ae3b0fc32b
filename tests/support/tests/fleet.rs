//! Devices of the fleet: their evidence verifies, says what was asked for, and names hardware of its own.

use aivm::{
    Aivm, Call, Config, Genesis, MemoryHost, Outcome,
    crypto::{AwsLc, Crypto, RustCrypto},
    evidence::{self, Vendor, Verified, VerifyError},
    precompiles::Context,
};
use aivm_test_support::fleet::{
    CCA_DEVICES, CPU_SCORE, Claim, Device, Fleet, GPU_SCORE, NOW, VALID_UNTIL, abi_vendor, measurement_id,
    oracle,
};
use alloy_primitives::{Address, B256, U256};
use std::{collections::BTreeSet, time::Instant};

const CHAIN: u64 = 31_337;

/// A chain on which the fleet's evidence verifies.
fn world(fleet: &Fleet) -> (Aivm, MemoryHost) {
    let aivm = Aivm::default();
    let genesis = Genesis::development();
    let mut host = genesis.memory_host(&aivm, NOW);
    for input in fleet.calls() {
        govern(&aivm, &mut host, &input);
    }
    (aivm, host)
}

fn govern(aivm: &Aivm, host: &mut MemoryHost, input: &[u8]) {
    let call = Call {
        input,
        gas_limit: 30_000_000,
        caller: Genesis::development().governance,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let outcome = aivm.call(aivm.config().addresses.registry, host, &call);
    let outcome = outcome.expect("a precompile").expect("memory cannot fail");
    assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
}

fn verify(host: &MemoryHost, crypto: &dyn Crypto, evidence: &[u8]) -> Result<Verified, VerifyError> {
    let mut context = Context {
        config: &Config::default(),
        crypto,
        host: &mut host.clone(),
        caller: Address::ZERO,
    };
    evidence::verify(&mut context, evidence)
}

/// The evidence in a proof verifies with both backends, and says what the claim says.
fn check(fleet: &Fleet, host: &MemoryHost, device: &Device, claim: &Claim) {
    let proof = device.prove(claim);
    let gpu = claim.gpu.map(|number| fleet.device(Vendor::Nvidia, number));
    let commitment = oracle::commitment(device.id, claim, gpu.as_ref().map(|gpu| gpu.id));
    assert_eq!(device.commitment(claim), commitment);
    for crypto in [&AwsLc as &dyn Crypto, &RustCrypto] {
        let verified = verify(host, crypto, &proof.cpuQuote).expect("genuine evidence");
        let (score, key) = match device.vendor {
            Vendor::Nvidia => (GPU_SCORE, B256::ZERO),
            _ => (CPU_SCORE, claim.attested_key),
        };
        assert_eq!(verified.trust_score, score);
        assert_eq!(verified.claims.vendor, device.vendor);
        assert_eq!(verified.claims.device_id, Some(device.id));
        assert_eq!(
            verified.claims.measurement_id,
            device.measurement_id(claim.measurement)
        );
        assert_eq!(verified.claims.report_data[..], [commitment.0, key.0].concat());
        if let Some(gpu) = &gpu {
            let verified = verify(host, crypto, &proof.gpuQuote).expect("genuine evidence");
            assert_eq!(verified.claims.device_id, Some(gpu.id));
            assert_eq!(verified.trust_score, GPU_SCORE);
            assert_eq!(
                verified.claims.measurement_id,
                measurement_id(Vendor::Nvidia, claim.measurement)
            );
            assert_eq!(verified.claims.report_data[..32], commitment[..]);
        }
    }
    assert_eq!(proof.gpuQuote.is_empty(), claim.gpu.is_none());
    assert!(proof.cpuQuote.len() <= 16_384 && proof.gpuQuote.len() <= 16_384);
}

#[test]
fn every_device_proves_what_it_is_asked_to() {
    let fleet = Fleet::new();
    let (_, mut host) = world(&fleet);
    let (mut ids, mut checked) = (BTreeSet::new(), 0);
    for now in [NOW, VALID_UNTIL] {
        host.timestamp = now;
        for (vendor, number) in Vendor::ALL
            .into_iter()
            .flat_map(|vendor| (0..5).map(move |n| (vendor, n)))
        {
            let device = fleet.device(vendor, number);
            ids.insert(device.id);
            let claim = Claim {
                gpu: (number % 2 == 1).then_some(number),
                attested_key: B256::repeat_byte(number as u8),
                measurement: number as u8,
                ..Claim::new(CHAIN, Address::repeat_byte(7), U256::from(number) << 200)
            };
            check(&fleet, &host, &device, &claim);
            checked += 1;
        }
    }
    assert_eq!((ids.len(), checked), (25, 50));
}

/// Two enclaves on one machine: one hardware id, two of everything else.
#[test]
fn neighbours_share_their_hardware() {
    let fleet = Fleet::new();
    let (_, host) = world(&fleet);
    let mut seen = BTreeSet::new();
    for vendor in [Vendor::Sgx, Vendor::SevSnp, Vendor::Tdx, Vendor::ArmCca] {
        for (tenant, measurement) in [(1, 0), (2, 99)] {
            let device = fleet.device(vendor, 3);
            let claim = Claim {
                measurement,
                attested_key: B256::repeat_byte(tenant),
                ..Claim::new(CHAIN, Address::repeat_byte(tenant), U256::ONE)
            };
            check(&fleet, &host, &device, &claim);
            seen.insert((device.id, device.measurement_id(measurement)));
        }
    }
    let hardware: BTreeSet<_> = seen.iter().map(|(id, _)| id).collect();
    let software: BTreeSet<_> = seen.iter().map(|(_, id)| id).collect();
    assert_eq!((hardware.len(), software.len()), (4, 8));
}

#[test]
fn what_was_made_once_is_made_again() {
    let claim = Claim {
        gpu: Some(1),
        ..Claim::new(CHAIN, Address::repeat_byte(7), U256::ONE)
    };
    for vendor in Vendor::ALL {
        let [one, other] = [Fleet::new(), Fleet::new()].map(|fleet| fleet.device(vendor, 1).prove(&claim));
        assert_eq!(one, other, "{vendor:?}");
    }
}

/// Neither leaving a GPU out nor putting another in leaves the commitment as it is.
#[test]
fn the_gpu_is_committed_to() {
    let fleet = Fleet::new();
    let device = fleet.device(Vendor::Tdx, 1);
    let commitments = [None, Some(0), Some(1)].map(|gpu| {
        let claim = Claim::new(CHAIN, Address::repeat_byte(7), U256::ONE);
        device.commitment(&Claim { gpu, ..claim })
    });
    assert_eq!(BTreeSet::from(commitments).len(), 3);
}

/// Keys of Arm CCA beyond those in the roots are submitted one by one.
#[test]
fn a_cca_key_can_be_added() {
    let fleet = Fleet::new();
    let (aivm, mut host) = world(&fleet);
    let claim = Claim::new(CHAIN, Address::repeat_byte(7), U256::ONE);
    check(
        &fleet,
        &host,
        &fleet.device(Vendor::ArmCca, CCA_DEVICES - 1),
        &claim,
    );
    let device = fleet.device(Vendor::ArmCca, CCA_DEVICES);
    let evidence = device.evidence(B256::ZERO, B256::ZERO, 0);
    assert!(verify(&host, &AwsLc, &evidence).is_err(), "no key is registered");
    let call = alloy_sol_types::SolCall::abi_encode(&aivm::abi::IAttestationRegistry::submitCollateralCall {
        vendor: abi_vendor(Vendor::ArmCca),
        collateral: fleet.cca_key(CCA_DEVICES).into(),
    });
    govern(&aivm, &mut host, &call);
    check(&fleet, &host, &device, &claim);
}

/// What a proof costs to make, after the device was made. A bound that only a mistake exceeds: certificates signed anew.
#[test]
#[allow(clippy::disallowed_methods)] // a test measures time
fn proofs_are_cheap() {
    let fleet = Fleet::new();
    for vendor in Vendor::ALL {
        let started = Instant::now();
        let device = fleet.device(vendor, 0);
        let made = started.elapsed();
        let started = Instant::now();
        for nonce in 0..20_u64 {
            device.prove(&Claim::new(CHAIN, Address::ZERO, U256::from(nonce)));
        }
        let each = started.elapsed() / 20;
        println!("{:7} device {made:?}, proof {each:?}", vendor.name());
        assert!(each.as_millis() < 20, "{vendor:?}: {each:?}");
    }
}
