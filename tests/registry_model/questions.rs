//! What the precompiles are asked after every step, and what they must answer.

use super::{
    model::{Answer, IDS, Model},
    story::DEVICES,
    world::proven_status,
};
use crate::evm::{PROOFS, REGISTRY, revert_data};
use aivm::{
    abi::{IAttestationProofs as proofs, IAttestationRegistry as abi},
    evidence::Vendor,
};
use aivm_test_support::fleet::{abi_vendor, oracle};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use std::collections::BTreeMap;

/// Everything that can be asked, with the answer. `leaves` are those of attestations, by the position of their call.
pub(crate) fn questions(model: &Model, leaves: &BTreeMap<usize, B256>) -> Vec<(Address, Bytes, Answer)> {
    let mut questions = Questions(Vec::new());
    for device in 0..DEVICES.len() {
        questions.of_device(model, device);
    }
    questions.of_policy(model);
    let world = &model.world;
    questions.proofs(
        &proofs::registryRootCall {},
        Ok(oracle::root(&world.leaves()).abi_encode()),
    );
    questions.registry(
        &abi::deviceCountCall {},
        U256::from(world.order.len()).abi_encode(),
    );
    let mut blocks: BTreeMap<u64, Vec<B256>> = [(0, vec![]), (model.block, vec![])].into();
    blocks.extend(world.blocks.iter().rev().take(3).map(|(block, positions)| {
        let leaves = positions.iter().map(|position| leaves[position]);
        (*block, leaves.collect::<Vec<_>>())
    }));
    for (block, leaves) in blocks {
        questions.of_block(U256::from(block), &leaves);
    }
    questions.0
}

struct Questions(Vec<(Address, Bytes, Answer)>);

impl Questions {
    fn registry(&mut self, call: &impl SolCall, answer: Vec<u8>) {
        self.0
            .push((REGISTRY, call.abi_encode().into(), Ok(answer.into())));
    }

    fn proofs(&mut self, call: &impl SolCall, answer: Result<Vec<u8>, Bytes>) {
        self.0
            .push((PROOFS, call.abi_encode().into(), answer.map(Bytes::from)));
    }

    fn of_device(&mut self, model: &Model, device: usize) {
        let (id, world) = (IDS[device], &model.world);
        let record = world.records.get(&device);
        let (nonce, key) = record.map_or_else(Default::default, |record| (record.nonce, record.key));
        let hybrid = record.is_some_and(|record| record.gpu.is_some());
        let measurements: (B256, B256) = record.map_or_else(Default::default, |record| {
            (record.cpu, record.gpu.unwrap_or_default())
        });
        let status = world.status(device, model.now);
        self.registry(&abi::getDeviceStatusCall { deviceId: id }, status.abi_encode());
        self.registry(&abi::getDeviceKeyCall { deviceId: id }, key.abi_encode());
        self.registry(&abi::getDeviceNonceCall { deviceId: id }, nonce.abi_encode());
        self.registry(&abi::isHybridCall { deviceId: id }, hybrid.abi_encode());
        self.registry(
            &abi::getDeviceMeasurementsCall { deviceId: id },
            measurements.abi_encode(),
        );
        let unknown = || revert_data(&proofs::UnknownDevice { deviceId: id });
        let proven = record.map(|record| proven_status(device, record).abi_encode());
        self.proofs(
            &proofs::provenStatusCall { deviceId: id },
            proven.ok_or_else(unknown),
        );
        let index = world.order.iter().position(|other| *other == device);
        let proof = index.map(|index| {
            let leaves = world.leaves();
            let proof = oracle::proof(&leaves, index);
            assert_eq!(oracle::climb(leaves[index], &proof), oracle::root(&leaves));
            (proof,).abi_encode_params()
        });
        self.proofs(
            &proofs::getMerkleProofCall { deviceId: id },
            proof.ok_or_else(unknown),
        );
    }

    fn of_policy(&mut self, model: &Model) {
        let world = &model.world;
        self.registry(&abi::validityCall {}, world.validity.abi_encode());
        self.registry(
            &abi::minTrustScoreCall {},
            U256::from(world.min_score).abi_encode(),
        );
        for vendor in Vendor::ALL {
            let paused = abi::isPausedCall {
                vendor: abi_vendor(vendor),
            };
            self.registry(&paused, world.is_paused(vendor).abi_encode());
        }
    }

    fn of_block(&mut self, block: U256, leaves: &[B256]) {
        let count = U256::from(leaves.len());
        let root = proofs::attestationRootCall { blockNumber: block };
        self.proofs(&root, Ok(oracle::root(leaves).abi_encode()));
        let counted = proofs::attestationCountCall { blockNumber: block };
        self.proofs(&counted, Ok(count.abi_encode()));
        for index in 0..=leaves.len() {
            let answer = if index < leaves.len() {
                Ok((oracle::proof(leaves, index),).abi_encode_params())
            } else {
                Err(revert_data(&proofs::UnknownAttestation {
                    blockNumber: block,
                    index: count,
                    count,
                }))
            };
            let proof = proofs::getAttestationProofCall {
                blockNumber: block,
                index: U256::from(index),
            };
            self.proofs(&proof, answer);
        }
    }
}
