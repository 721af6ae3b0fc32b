//! What a call to the registry, to Merkle proofs or to state sync may allocate: four times its input and 64 KiB, as any
//! other call (benches/memory.rs). Every byte counts, whether or not it is freed in between.
//!
//! The allocator counts for the whole program, so this file has one test.

mod common;

use aivm::{
    Aivm, Call, MemoryHost, Outcome,
    abi::{
        IAttestationLightClient::{setCommitteeCall, updateRootCall, verifyDeviceProofCall},
        IAttestationProofs::{getAttestationProofCall, getMerkleProofCall},
        IAttestationRegistry::{refreshCall, verifyAttestationCall, verifyAttestationForCall},
    },
    evidence::Vendor,
    precompiles::tree::Status,
};
use aivm_test_support::{council::Council, fleet::Claim, rng::Rng, scale};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use common::{
    devices::{ALICE, Devices, claim},
    world::GOVERNANCE,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const FACTOR: usize = 4;
const ALLOWANCE: usize = 64 * 1024;

/// How many damaged forms of each input are measured.
const MUTATIONS: usize = 300;

struct Measure {
    aivm: Aivm,
    host: MemoryHost,
    measured: usize,
}

impl Measure {
    /// Makes a call that is not kept, and asserts that it allocates no more than it may.
    fn call(&mut self, name: &str, caller: Address, to: Address, input: &[u8]) -> Outcome {
        let mut host = self.host.clone();
        let call = Call {
            input,
            gas_limit: 30_000_000,
            caller,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let region = Region::new(ALLOCATOR);
        let outcome = self
            .aivm
            .call(to, &mut host, &call)
            .expect("a precompile")
            .expect("memory");
        let allocated = region.change().bytes_allocated;
        let limit = FACTOR * input.len() + ALLOWANCE;
        assert!(
            allocated <= limit,
            "{name}: {allocated} bytes for an input of {}",
            input.len()
        );
        self.measured += 1;
        outcome
    }

    /// The input itself, which must succeed, and damaged forms of it.
    fn with_mutations(&mut self, name: &str, caller: Address, to: Address, input: &[u8]) {
        let outcome = self.call(name, caller, to, input);
        assert!(matches!(outcome, Outcome::Success { .. }), "{name}: {outcome:?}");
        let mut rng = Rng(7);
        for _ in 0..MUTATIONS {
            let mut damaged = input.to_vec();
            for _ in 0..1 + rng.below(4) {
                let at = rng.below(damaged.len());
                damaged[at] = rng.next_u64() as u8;
            }
            damaged.truncate(input.len() - rng.below(input.len() / 2) * rng.below(2));
            self.call(name, caller, to, &damaged);
        }
    }
}

/// Both pieces of evidence as long as they may be, and one byte longer.
fn longest(proof: &verifyAttestationCall, len: usize) -> Vec<u8> {
    let mut proof = proof.proof.clone();
    let fill = |bytes: &Bytes| {
        let mut bytes = bytes.to_vec();
        bytes.resize(len, 0);
        Bytes::from(bytes)
    };
    (proof.cpuQuote, proof.gpuQuote) = (fill(&proof.cpuQuote), fill(&proof.gpuQuote));
    verifyAttestationCall { proof }.abi_encode()
}

#[test]
fn memory_is_bounded() {
    let mut devices = Devices::new();
    let (device, first) = (devices.device(Vendor::ArmCca, 1), devices.device(Vendor::Tdx, 1));
    devices.attest(ALICE, &first.prove(&claim(ALICE, 1))).unwrap();
    let aivm = Aivm::default();
    let addresses = aivm.config().addresses;
    let mut host = devices.world.host.clone();
    scale::populate(&mut host, addresses.registry, 1_000);
    let mut measure = Measure {
        aivm,
        host,
        measured: 0,
    };

    let proof = device.prove(&Claim {
        gpu: Some(1),
        ..claim(ALICE, 1)
    });
    let verify = verifyAttestationCall { proof: proof.clone() };
    measure.with_mutations(
        "verifyAttestation",
        ALICE,
        addresses.registry,
        &verify.abi_encode(),
    );
    let verify_for = verifyAttestationForCall {
        operator: ALICE,
        proof,
    };
    measure.with_mutations(
        "verifyAttestationFor",
        ALICE,
        addresses.registry,
        &verify_for.abi_encode(),
    );
    for len in [16_384, 16_385, 60_000] {
        measure.call(
            "the longest proof",
            ALICE,
            addresses.registry,
            &longest(&verify, len),
        );
    }
    measure.host.timestamp += 86_401; // so that there is something to write
    let refresh = refreshCall { deviceId: first.id }.abi_encode();
    measure.with_mutations("refresh", ALICE, addresses.registry, &refresh);
    let merkle = getMerkleProofCall { deviceId: first.id }.abi_encode();
    measure.with_mutations("getMerkleProof", ALICE, addresses.proofs, &merkle);
    let attestation = getAttestationProofCall {
        blockNumber: U256::ONE,
        index: U256::ZERO,
    }
    .abi_encode();
    measure.with_mutations("getAttestationProof", ALICE, addresses.proofs, &attestation);
    state_sync(&mut measure);
    assert_eq!(measure.measured, 8 * (MUTATIONS + 1) + 3);
}

/// A committee of 32, its root with every signature, and a proof of 64 nodes.
fn state_sync(measure: &mut Measure) {
    let sync = measure.aivm.config().addresses.sync;
    let council = Council::new(1, &[1; 32]);
    let set: setCommitteeCall = council.set(0);
    measure.with_mutations("setCommittee", GOVERNANCE, sync, &set.abi_encode());
    let call = Call {
        input: &set.abi_encode(),
        gas_limit: 30_000_000,
        caller: GOVERNANCE,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let aivm = measure.aivm.clone();
    aivm.call(sync, &mut measure.host, &call)
        .expect("a precompile")
        .expect("memory");
    let update: updateRootCall = council.signed_root(B256::repeat_byte(9), 7);
    measure.with_mutations("updateRoot", ALICE, sync, &update.abi_encode());
    let input = update.abi_encode();
    let call = Call {
        input: &input,
        ..call
    };
    aivm.call(sync, &mut measure.host, &call)
        .expect("a precompile")
        .expect("memory");
    let prove = verifyDeviceProofCall {
        deviceId: B256::repeat_byte(1),
        status: Status::default().into(),
        merkleProof: vec![B256::repeat_byte(2); 64],
    };
    measure.with_mutations("verifyDeviceProof", ALICE, sync, &prove.abi_encode());
}
