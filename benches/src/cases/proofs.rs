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

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    let case = |kind, what, inputs: Vec<Vec<u8>>| {
        Case::new(&chains.registry, Target::Proofs, kind, what, Vec::new()).inputs(inputs)
    };
    let devices = |encode: fn(B256) -> Vec<u8>| -> Vec<_> {
        let ids = chains.devices.hybrid.iter().map(|number| device_id(*number));
        ids.map(encode).collect()
    };
    let unknown =
        |encode: fn(B256) -> Vec<u8>| (1..=256).map(|n| encode(B256::from(U256::from(n)))).collect();
    let proof = |id| abi::getMerkleProofCall { deviceId: id }.abi_encode();
    let status = |id| abi::provenStatusCall { deviceId: id }.abi_encode();
    let block_number = U256::from(BLOCK - 1);
    let attestation = |index| {
        let index = U256::from(index);
        abi::getAttestationProofCall {
            blockNumber: block_number,
            index,
        }
        .abi_encode()
    };
    let root = abi::attestationRootCall {
        blockNumber: block_number,
    }
    .abi_encode();
    let count = abi::attestationCountCall {
        blockNumber: block_number,
    }
    .abi_encode();
    let registry_root = abi::registryRootCall {}.abi_encode();
    let a_block = "a block of 60 million gas full of attestations";
    let never = "a device that never attested";
    vec![
        case(Kind::AnyAccepted, "a device of 100,000", devices(proof)),
        case(Kind::WorstRejected, never, unknown(proof)).reverts(selector::<abi::UnknownDevice>()),
        case(
            Kind::AnyAccepted,
            "a device with a GPU, one of 100,000",
            devices(status),
        ),
        case(Kind::WorstRejected, never, unknown(status)).reverts(selector::<abi::UnknownDevice>()),
        case(Kind::AnyAccepted, "one slot", vec![registry_root.clone()]),
        padded(chains, Target::Proofs, &registry_root),
        case(Kind::AnyAccepted, a_block, vec![root.clone()]),
        padded(chains, Target::Proofs, &root),
        case(Kind::AnyAccepted, a_block, vec![count.clone()]),
        padded(chains, Target::Proofs, &count),
        case(
            Kind::AnyAccepted,
            a_block,
            (0..ATTESTATIONS - 1).step_by(7).map(attestation).collect(),
        ),
        case(
            Kind::WorstRejected,
            "an index that is the count",
            vec![attestation(ATTESTATIONS)],
        )
        .reverts(selector::<abi::UnknownAttestation>()),
    ]
}
