//! `0x0AAB`.

use super::{
    chains::{ATTESTATIONS, Chains, device_id},
    padded, selector,
};
use crate::{
    case::{Case, Kind, Target},
    world::BLOCK,
};
use aivm::abi::IAttestationProofs as abi;
use alloy_primitives::{B256, U256};
use alloy_sol_types::SolCall;

/// The block that is full of attestations.
const FULL: U256 = U256::from_limbs([BLOCK - 1, 0, 0, 0]);

const A_BLOCK: &str = "a block of 60 million gas full of attestations";

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    [devices(chains), roots(chains), attestations(chains)].concat()
}

fn case(chains: &Chains, kind: Kind, what: &str, inputs: Vec<Vec<u8>>) -> Case {
    Case::new(&chains.registry, Target::Proofs, kind, what, Vec::new()).inputs(inputs)
}

fn devices(chains: &Chains) -> Vec<Case> {
    let known = |encode: fn(B256) -> Vec<u8>| {
        let ids = chains.devices.hybrid.iter().map(|number| device_id(*number));
        let what = "a device with a GPU, one of 100,000";
        case(chains, Kind::AnyAccepted, what, ids.map(encode).collect())
    };
    let unknown = |encode: fn(B256) -> Vec<u8>| {
        let ids = (1..=256).map(|number| B256::from(U256::from(number)));
        let what = "a device that never attested";
        case(chains, Kind::WorstRejected, what, ids.map(encode).collect())
            .reverts(selector::<abi::UnknownDevice>())
    };
    let proof = |id| abi::getMerkleProofCall { deviceId: id }.abi_encode();
    let status = |id| abi::provenStatusCall { deviceId: id }.abi_encode();
    vec![known(proof), unknown(proof), known(status), unknown(status)]
}

fn roots(chains: &Chains) -> Vec<Case> {
    let registry = abi::registryRootCall {}.abi_encode();
    let root = abi::attestationRootCall { blockNumber: FULL }.abi_encode();
    let count = abi::attestationCountCall { blockNumber: FULL }.abi_encode();
    let both = |(what, call): (&str, Vec<u8>)| {
        let refused = padded(chains, Target::Proofs, &call);
        [case(chains, Kind::AnyAccepted, what, vec![call]), refused]
    };
    let calls = [("one slot", registry), (A_BLOCK, root), (A_BLOCK, count)];
    calls.into_iter().flat_map(both).collect()
}

fn attestations(chains: &Chains) -> Vec<Case> {
    let attestation = |index| {
        abi::getAttestationProofCall {
            blockNumber: FULL,
            index: U256::from(index),
        }
        .abi_encode()
    };
    let there = (0..ATTESTATIONS - 1).step_by(7).map(attestation).collect();
    let beyond = vec![attestation(ATTESTATIONS)];
    vec![
        case(chains, Kind::AnyAccepted, A_BLOCK, there),
        case(chains, Kind::WorstRejected, "an index that is the count", beyond)
            .reverts(selector::<abi::UnknownAttestation>()),
    ]
}
