//! A chain on which 1,024 devices register.

use super::{hex, list};
use crate::{
    fleet::{CCA_DEVICES, Claim, Device, Fleet, NOW, oracle},
    rng::Rng,
};
use aivm::{
    Aivm, Call, Genesis, MemoryHost, Outcome,
    abi::{
        IAttestationProofs as proofs,
        IAttestationRegistry::{
            ProofOfExecution, deviceCountCall, refreshCall, releaseDeviceCall, revokeDeviceCall,
            verifyAttestationCall,
        },
    },
    evidence::Vendor,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many devices register.
const DEVICES: usize = 1_024;

/// How many of each vendor: those whose evidence is dearer to make and to verify are fewer.
const FLEET: [(Vendor, u32); 4] = [
    (Vendor::Sgx, 480),
    (Vendor::Tdx, 448),
    (Vendor::SevSnp, 32),
    (Vendor::ArmCca, CCA_DEVICES),
];

/// The first so many steps share a block.
const FIRST_BLOCK: usize = 600;

/// Every so many attestations one is kept whole.
const WHOLE: usize = 60;

/// What a chain says in the end.
#[derive(Default)]
struct Record {
    steps: Vec<Value>,
    proofs: Vec<Value>,
    /// Hash, operator and root after it, by block.
    attestations: BTreeMap<u64, Vec<Value>>,
    whole: Vec<Value>,
    attested: usize,
}

struct Chain {
    aivm: Aivm,
    host: MemoryHost,
    rng: Rng,
    devices: Vec<Device>,
    nonces: Vec<u64>,
    revoked: BTreeSet<usize>,
    record: Record,
}

pub(super) fn story() -> Value {
    let mut chain = Chain::new();
    for index in 0..DEVICES {
        chain.attest(index);
        chain.note(index, "register");
        chain.prove(index);
        let other = chain.rng.below(index + 1);
        chain.prove(other);
        if chain.rng.below(2) == 0 {
            chain.change(other);
            chain.prove(other);
        }
        chain.wait(chain.record.steps.len());
    }
    chain.fill_block();
    for index in 0..DEVICES {
        chain.prove(index);
    }
    chain.finish()
}

/// Who attests the device of this index.
fn operator(index: usize) -> Address {
    Address::left_padding_from(&(1 + index as u64 % 7).to_be_bytes())
}

impl Chain {
    fn new() -> Self {
        let (fleet, aivm, mut rng) = (Fleet::new(), Aivm::default(), Rng(0x1024));
        let mut devices: Vec<_> = FLEET
            .into_iter()
            .flat_map(|(vendor, count)| (0..count).map(move |number| (vendor, number)))
            .map(|(vendor, number)| fleet.device(vendor, number))
            .collect();
        assert_eq!(devices.len(), DEVICES);
        for index in (1..DEVICES).rev() {
            devices.swap(index, rng.below(index + 1));
        }
        let mut host = Genesis::development().memory_host(&aivm, NOW);
        host.number = 100;
        let mut chain = Self {
            aivm,
            host,
            rng,
            devices,
            nonces: vec![0; DEVICES],
            revoked: BTreeSet::new(),
            record: Record::default(),
        };
        for input in fleet.calls() {
            chain.registry(Genesis::development().governance, &input);
        }
        chain
    }

    fn call(&mut self, to: Address, caller: Address, input: &[u8]) -> Bytes {
        let call = Call {
            input,
            gas_limit: 30_000_000,
            caller,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let outcome = self.aivm.call(to, &mut self.host, &call).expect("a precompile");
        match outcome.expect("memory cannot fail") {
            Outcome::Success { output, .. } => output,
            refused => panic!("{refused:?}"),
        }
    }

    fn registry(&mut self, caller: Address, input: &[u8]) -> Bytes {
        self.call(self.aivm.config().addresses.registry, caller, input)
    }

    /// What a function of the proofs precompile returns.
    fn ask<C: SolCall>(&mut self, call: &C) -> C::Return {
        let to = self.aivm.config().addresses.proofs;
        let output = self.call(to, Address::ZERO, &call.abi_encode());
        C::abi_decode_returns(&output).expect("what it declares")
    }

    fn attest(&mut self, index: usize) {
        self.nonces[index] += 1;
        let nonce = U256::from(self.nonces[index]);
        let claim = Claim {
            // Each has a GPU of its own.
            gpu: index.is_multiple_of(16).then_some(index as u32 / 16),
            attested_key: B256::left_padding_from(&(index as u64).to_be_bytes()),
            measurement: index as u8 % 5,
            ..Claim::new(self.host.chain_id, operator(index), nonce)
        };
        let proof = self.devices[index].prove(&claim);
        let call = verifyAttestationCall { proof };
        self.registry(operator(index), &call.abi_encode());
        self.note_attestation(index, &call.proof);
    }

    fn note_attestation(&mut self, index: usize, proof: &ProofOfExecution) {
        let (hash, block) = (oracle::attestation_hash(proof), self.host.number);
        let root = self.ask(&proofs::attestationRootCall {
            blockNumber: U256::from(block),
        });
        let entry = json!({ "hash": hex(hash), "operator": hex(operator(index)), "root": hex(root) });
        self.record.attestations.entry(block).or_default().push(entry);
        if self.record.attested.is_multiple_of(WHOLE) {
            self.record.whole.push(json!({
                "deviceId": hex(proof.deviceId),
                "cpuQuote": hex(&proof.cpuQuote),
                "gpuQuote": hex(&proof.gpuQuote),
                "nonce": proof.nonce.to_string(),
                "jobHash": hex(proof.jobHash),
                "outputHash": hex(proof.outputHash),
                "hash": hex(hash),
            }));
        }
        self.record.attested += 1;
    }

    /// Something happens to a device that is registered.
    fn change(&mut self, index: usize) {
        let id = self.devices[index].id;
        let what = match self.rng.below(8) {
            0..=2 if !self.revoked.contains(&index) => {
                self.attest(index);
                "attest again"
            }
            3 => {
                self.registry(operator(index), &releaseDeviceCall { deviceId: id }.abi_encode());
                "release"
            }
            4 => {
                self.revoked.insert(index);
                let governance = Genesis::development().governance;
                self.registry(governance, &revokeDeviceCall { deviceId: id }.abi_encode());
                "revoke"
            }
            _ => {
                self.registry(Address::ZERO, &refreshCall { deviceId: id }.abi_encode());
                "refresh"
            }
        };
        self.note(index, what);
    }

    /// Time goes by, and blocks. In the first one none does.
    fn wait(&mut self, steps: usize) {
        if steps >= FIRST_BLOCK && self.rng.below(6) == 0 {
            self.host.number += 1 + self.rng.below(3) as u64;
            self.host.timestamp += self.rng.below(7_200) as u64;
        }
    }

    /// A block with as many attestations as there are devices, so that its tree has every number of leaves up to that.
    fn fill_block(&mut self) {
        self.host.number += 1;
        let unrevoked = (0..DEVICES).filter(|index| !self.revoked.contains(index)).cycle();
        for index in unrevoked.take(DEVICES).collect::<Vec<_>>() {
            self.attest(index);
            self.note(index, "attest again");
        }
    }

    /// A step, and what it made of the tree.
    fn note(&mut self, index: usize, what: &str) {
        let id = self.devices[index].id;
        let status = self.ask(&proofs::provenStatusCall { deviceId: id });
        let root = self.ask(&proofs::registryRootCall {});
        let count = self.registry(Address::ZERO, &deviceCountCall {}.abi_encode());
        self.record.steps.push(json!({
            "what": what,
            "index": index,
            "deviceId": hex(id),
            "status": {
                "attested": status.attested,
                "trustScore": status.trustScore,
                "lastSeen": status.lastSeen.to_string(),
                "operator": hex(status.operator),
                "vendor": status.vendor as u8,
            },
            "count": U256::from_be_slice(&count).to_string(),
            "root": hex(root),
        }));
    }

    /// The proof of a device, after the steps so far.
    fn prove(&mut self, index: usize) {
        let id = self.devices[index].id;
        let proof = self.ask(&proofs::getMerkleProofCall { deviceId: id });
        let entry = json!({ "steps": self.record.steps.len(), "index": index, "proof": list(&proof) });
        self.record.proofs.push(entry);
    }

    fn finish(mut self) -> Value {
        let attestations = core::mem::take(&mut self.record.attestations);
        let blocks: Vec<_> = attestations
            .into_iter()
            .map(|(number, attestations)| {
                let proof = |index| {
                    let proof = self.ask(&proofs::getAttestationProofCall {
                        blockNumber: U256::from(number),
                        index: U256::from(index),
                    });
                    list(&proof)
                };
                let proofs: Vec<_> = (0..attestations.len()).map(proof).collect();
                json!({ "number": number, "attestations": attestations, "proofs": proofs })
            })
            .collect();
        json!({
            "chainId": self.host.chain_id.to_string(),
            "devices": { "steps": self.record.steps, "proofs": self.record.proofs },
            "blocks": blocks,
            "proofs": self.record.whole,
        })
    }
}
