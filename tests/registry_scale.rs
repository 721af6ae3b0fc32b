//! From 1 to 100,000 devices: the gas is flat, and a proof has at most ⌈log2 n⌉ nodes.

mod common;

use aivm::{
    Aivm, Call, MemoryHost, Outcome,
    abi::{
        IAttestationProofs::{getMerkleProofCall, registryRootCall},
        IAttestationRegistry::{getDeviceStatusCall, refreshCall, verifyAttestationCall},
    },
    evidence::Vendor,
};
use aivm_test_support::{fleet::oracle, scale};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use common::devices::{ALICE, Devices, claim};

/// Calls a precompile: the gas and the return data.
fn call(aivm: &Aivm, host: &mut MemoryHost, to: Address, input: &[u8]) -> (u64, Vec<u8>) {
    let call = Call {
        input,
        gas_limit: 100_000,
        caller: ALICE,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    match aivm.call(to, host, &call).expect("a precompile").expect("memory") {
        Outcome::Success { gas_used, output } => (gas_used, output.to_vec()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn gas_is_flat_and_proofs_are_logarithmic() {
    let aivm = Aivm::default();
    let addresses = aivm.config().addresses;
    let devices = Devices::new();
    let device = devices.device(Vendor::Tdx, 1);
    let mut host = devices.world.host.clone();
    for count in [1_u64, 2, 3, 10, 1_000, 1_024, 1_025, 65_537, 99_999, 100_000] {
        scale::populate(&mut host, addresses.registry, count - 1);
        // The one more is registered for real; then it is renewed, and another one is refreshed.
        let mut host = host.clone();
        let attest = |host: &mut MemoryHost, nonce| {
            let proof = device.prove(&claim(ALICE, nonce));
            call(
                &aivm,
                host,
                addresses.registry,
                &verifyAttestationCall { proof }.abi_encode(),
            )
            .0
        };
        assert_eq!(
            (attest(&mut host, 1), attest(&mut host, 2)),
            (50_000, 50_000),
            "{count}"
        );
        let ids = [
            device.id,
            scale::device_id(0),
            scale::device_id(count.saturating_sub(2)),
        ];
        for id in if count == 1 { &ids[..1] } else { &ids[..] } {
            let refresh = refreshCall { deviceId: *id };
            assert_eq!(
                call(&aivm, &mut host, addresses.registry, &refresh.abi_encode()).0,
                25_000
            );
            let read = getDeviceStatusCall { deviceId: *id };
            let (gas, status) = call(&aivm, &mut host, addresses.registry, &read.abi_encode());
            assert_eq!(gas, 2_600);
            let status = getDeviceStatusCall::abi_decode_returns(&status).unwrap();
            let (gas, proof) = call(
                &aivm,
                &mut host,
                addresses.proofs,
                &getMerkleProofCall { deviceId: *id }.abi_encode(),
            );
            assert_eq!(gas, 10_000);
            let proof = getMerkleProofCall::abi_decode_returns(&proof).unwrap();
            let depth = count.next_power_of_two().trailing_zeros() as usize;
            assert!(proof.len() <= depth, "{} nodes for {count} devices", proof.len());
            let (_, root) = call(
                &aivm,
                &mut host,
                addresses.proofs,
                &registryRootCall {}.abi_encode(),
            );
            assert_eq!(oracle::climb(oracle::device_leaf(*id, &status), &proof)[..], root);
        }
    }
}
