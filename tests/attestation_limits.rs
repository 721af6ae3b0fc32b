//! The limits of `verifyAttestation` and `verifyAttestationFor`: nonces, lengths, nobody as the operator, and damage of one
//! bit (specification, sections 1 and 5).

mod common;

use aivm::{
    abi::{
        IAttestationRegistry::{self as abi, ZeroOperator},
        IPrecompile::InputTooLong,
    },
    evidence::{Rejection, Vendor},
};
use aivm_test_support::fleet::Claim;
use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolError};
use common::{
    devices::{ALICE, CHAIN_ID, Devices, claim},
    world::ANYONE,
};

#[test]
fn nonces_rise_and_not_too_far() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let prove = |nonce: U256| device.prove(&Claim::new(CHAIN_ID, ALICE, nonce));
    let step = U256::ONE << 64;
    let too_low = Err(Rejection::NonceTooLow.code());
    let too_high = Err(Rejection::NonceTooHigh.code());
    // Before the first proof the last nonce is zero.
    assert_eq!(devices.attest(ALICE, &prove(U256::ZERO)), too_low);
    assert_eq!(devices.attest(ALICE, &prove(step + U256::ONE)), too_high);
    assert_eq!(devices.attest(ALICE, &prove(U256::MAX)), too_high);
    let first = U256::from(5);
    assert_eq!(devices.attest(ALICE, &prove(first)), Ok(()));
    assert_eq!(
        devices.attest(ALICE, &prove(first)),
        Err(Rejection::NonceReplayed.code())
    );
    for older in [0, 1, 4] {
        assert_eq!(devices.attest(ALICE, &prove(U256::from(older))), too_low);
    }
    assert_eq!(devices.attest(ALICE, &prove(first + step + U256::ONE)), too_high);
    assert_eq!(devices.attest(ALICE, &prove(first + step)), Ok(()));
    assert_eq!(
        devices.attest(ALICE, &prove(first + step + step - U256::ONE)),
        Ok(())
    );
    let nonce = devices
        .world
        .view(&abi::getDeviceNonceCall { deviceId: device.id });
    assert_eq!(nonce, first + step + step - U256::ONE);
}

#[test]
fn nobody_is_no_operator() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let proof = device.prove(&claim(Address::ZERO, 1));
    let refusal = Err(Bytes::from(ZeroOperator {}.abi_encode()));
    let call = abi::verifyAttestationForCall {
        operator: Address::ZERO,
        proof: proof.clone(),
    };
    assert_eq!(devices.world.registry(ANYONE, &call), refusal);
    let call = abi::verifyAttestationCall { proof };
    assert_eq!(devices.world.registry(Address::ZERO, &call), refusal);
}

/// Each piece of evidence may have 16,384 bytes, and both at once.
#[test]
fn evidence_has_a_limit() {
    const MAX: usize = 16_384;
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let sized = |cpu: usize, gpu: usize| {
        let mut proof = device.prove(&Claim {
            gpu: Some(1),
            ..claim(ALICE, 1)
        });
        let resize = |bytes: &Bytes, len| {
            let mut bytes = bytes.to_vec();
            bytes.resize(len, 0);
            Bytes::from(bytes)
        };
        (proof.cpuQuote, proof.gpuQuote) = (resize(&proof.cpuQuote, cpu), resize(&proof.gpuQuote, gpu));
        proof
    };
    for (cpu, gpu) in [(MAX - 1, MAX - 1), (MAX, MAX), (MAX, 1), (1, MAX)] {
        assert!(devices.attest(ALICE, &sized(cpu, gpu)).is_err(), "judged");
    }
    let too_long = |length: usize, maximum: usize| {
        let (length, maximum) = (U256::from(length), U256::from(maximum));
        Err(Bytes::from(InputTooLong { length, maximum }.abi_encode()))
    };
    for (cpu, gpu) in [(MAX + 1, 1), (1, MAX + 1)] {
        let call = abi::verifyAttestationCall {
            proof: sized(cpu, gpu),
        };
        assert_eq!(devices.world.registry(ALICE, &call), too_long(MAX + 1, MAX));
        let call = abi::verifyAttestationForCall {
            operator: ALICE,
            proof: sized(cpu, gpu),
        };
        assert_eq!(devices.world.registry(ALICE, &call), too_long(MAX + 1, MAX));
    }
    // What no two pieces could fill is not even decoded.
    let longest = 2 * 32 + 6 * 32 + 2 * (32 + MAX);
    let call = abi::verifyAttestationForCall {
        operator: ALICE,
        proof: sized(MAX, MAX),
    };
    assert_eq!(call.abi_encode().len(), 4 + longest);
    let call = abi::verifyAttestationForCall {
        operator: ALICE,
        proof: sized(MAX, MAX + 1),
    };
    assert_eq!(
        devices.world.registry(ALICE, &call),
        too_long(longest + 32, longest)
    );
}

/// Any one bit of a proof, and it is refused.
#[test]
fn one_bit_of_damage() {
    let mut devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let proof = device.prove(&claim(ALICE, 1));
    let input = abi::verifyAttestationCall { proof: proof.clone() }.abi_encode();
    let registry = devices.world.registry_address();
    let mut refused = 0;
    for bit in (0..input.len() * 8).step_by(37) {
        let mut damaged = input.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(
            devices.world.call(registry, ALICE, &damaged).is_err(),
            "bit {bit}"
        );
        refused += 1;
    }
    assert!(refused > 1_000, "{refused}");
    assert_eq!(devices.attest(ALICE, &proof), Ok(()));
}
