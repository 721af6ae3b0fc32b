//! What evidence commits to, and what committees sign.

use super::{hex, list};
use crate::rng::Rng;
use aivm::precompiles::{
    registry::commitment,
    sync::{Committee, domain_separator, root_digest, rotation_digest},
};
use alloy_primitives::{Address, B256, U256};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many of each. Every other commitment is with a GPU.
const COUNT: usize = 256;

fn hash(rng: &mut Rng) -> B256 {
    B256::from_slice(&rng.bytes(32))
}

fn address(rng: &mut Rng) -> Address {
    Address::from_slice(&rng.bytes(20))
}

/// A number of random length: short ones show how words are filled up.
fn number(rng: &mut Rng) -> U256 {
    let len = rng.below(33);
    U256::from_be_slice(&rng.bytes(len))
}

pub(super) fn commitments() -> Value {
    let mut rng = Rng(0x0c);
    let one = |index: usize| {
        let chain_id = rng.next_u64() >> rng.below(64);
        let (device, operator, nonce) = (hash(&mut rng), address(&mut rng), number(&mut rng));
        let (job, output) = (hash(&mut rng), hash(&mut rng));
        let gpu = (!index.is_multiple_of(2)).then(|| hash(&mut rng));
        let commitment = commitment(chain_id, device, operator, nonce, job, output, gpu);
        let mut vector = json!({
            "chainId": chain_id.to_string(),
            "deviceId": hex(device),
            "operator": hex(operator),
            "nonce": nonce.to_string(),
            "jobHash": hex(job),
            "outputHash": hex(output),
            "commitment": hex(commitment),
        });
        if let Some(gpu) = gpu {
            vector["gpuDeviceId"] = hex(gpu);
        }
        vector
    };
    (0..COUNT).map(one).collect()
}

/// A committee of 1 to 32 members.
fn committee(rng: &mut Rng) -> Committee {
    let size = 1 + rng.below(32);
    let mut members = BTreeMap::new();
    while members.len() < size {
        let weight = (rng.next_u64() >> rng.below(64)).max(1);
        members.insert(address(rng), weight);
    }
    let (members, weights): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    Committee::new(&members, &weights).expect("a committee")
}

pub(super) fn digests() -> Value {
    let mut rng = Rng(0x712);
    let one = |_| {
        let (chain_id, height, from_height) = (number(&mut rng), number(&mut rng), number(&mut rng));
        let (root, signer, next) = (hash(&mut rng), committee(&mut rng), committee(&mut rng));
        let members: Vec<_> = next.iter().map(|(member, _)| member).collect();
        let weights: Vec<_> = next.iter().map(|(_, weight)| weight.to_string()).collect();
        json!({
            "chainId": chain_id.to_string(),
            "domain": hex(domain_separator(chain_id)),
            "committee": hex(signer.id()),
            "root": hex(root),
            "height": height.to_string(),
            "rootDigest": hex(root_digest(chain_id, root, height, signer.id())),
            "members": list(&members),
            "weights": weights,
            "nextCommittee": hex(next.id()),
            "fromHeight": from_height.to_string(),
            "rotationDigest": hex(rotation_digest(chain_id, &next, from_height, signer.id())),
        })
    };
    (0..COUNT).map(one).collect()
}
