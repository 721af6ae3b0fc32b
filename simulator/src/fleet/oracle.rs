//! The hashes of the specification (sections 4, 5 and 7), word by word. A second opinion: it shares no code with the
//! library, not even an encoder.

use super::Claim;
use aivm_abi::IAttestationRegistry::{DeviceStatus, ProofOfExecution};
use alloy_primitives::{Address, B256, keccak256};

/// The word that a number, an address or a bool is in the ABI.
fn word(bytes: &[u8]) -> [u8; 32] {
    let mut word = [0; 32];
    word[32 - bytes.len()..].copy_from_slice(bytes);
    word
}

fn number(value: usize) -> [u8; 32] {
    word(&(value as u64).to_be_bytes())
}

/// `keccak("aivm.device.v1" ‖ vendor ‖ hardware id)`.
pub fn device_id(vendor: u8, hardware_id: &[u8]) -> B256 {
    keccak256([b"aivm.device.v1", &[vendor][..], hardware_id].concat())
}

/// `keccak("aivm.measurement.v1" ‖ vendor ‖ m)`.
pub fn measurement_id(vendor: u8, measurements: &[u8]) -> B256 {
    keccak256([b"aivm.measurement.v1", &[vendor][..], measurements].concat())
}

/// What evidence must begin with: seven words, the first of which says what they are, and with a GPU its device id.
pub fn commitment(device_id: B256, claim: &Claim, gpu: Option<B256>) -> B256 {
    let mut words = vec![
        keccak256("aivm.ProofOfExecution.v1").0,
        word(&claim.chain_id.to_be_bytes()),
        device_id.0,
        word(&claim.operator[..]),
        claim.nonce.to_be_bytes(),
        claim.job_hash.0,
        claim.output_hash.0,
    ];
    words.extend(gpu.map(|id| id.0));
    keccak256(words.concat())
}

/// The leaf of a device: six words, hashed twice.
pub fn device_leaf(device_id: B256, status: &DeviceStatus) -> B256 {
    let words = [
        device_id.0,
        word(&[u8::from(status.attested)]),
        word(&[status.trustScore]),
        status.lastSeen.to_be_bytes(),
        word(&status.operator[..]),
        word(&[status.vendor as u8]),
    ];
    keccak256(keccak256(words.concat()))
}

/// `keccak(abi.encode(proof))`.
pub fn attestation_hash(proof: &ProofOfExecution) -> B256 {
    let cpu = dynamic(&proof.cpuQuote);
    let head = [
        proof.deviceId.0,
        number(6 * 32),
        number(6 * 32 + cpu.len()),
        proof.nonce.to_be_bytes(),
        proof.jobHash.0,
        proof.outputHash.0,
    ];
    let tuple = [head.concat(), cpu, dynamic(&proof.gpuQuote)].concat();
    keccak256([&number(32)[..], &tuple].concat())
}

/// The length, and the bytes filled up with zeros to whole words.
fn dynamic(bytes: &[u8]) -> Vec<u8> {
    let mut out = [&number(bytes.len())[..], bytes].concat();
    out.resize(out.len().next_multiple_of(32), 0);
    out
}

/// The leaf of an attestation in the tree of its block.
pub fn attestation_leaf(attestation_hash: B256, operator: Address) -> B256 {
    keccak256(keccak256([&attestation_hash[..], &operator[..]].concat()))
}

/// The parent of two nodes: the smaller one first.
pub fn node(a: B256, b: B256) -> B256 {
    let (low, high) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    keccak256([low.0, high.0].concat())
}

/// The root of a tree of these leaves, level by level; an odd node moves up as it is. Zero without leaves.
pub fn root(leaves: &[B256]) -> B256 {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = parents(&level);
    }
    level.first().copied().unwrap_or_default()
}

/// The siblings of a leaf from the bottom up; a level where it has none adds nothing.
pub fn proof(leaves: &[B256], mut index: usize) -> Vec<B256> {
    let (mut level, mut proof) = (leaves.to_vec(), Vec::new());
    while level.len() > 1 {
        proof.extend(level.get(index ^ 1));
        level = parents(&level);
        index /= 2;
    }
    proof
}

/// The root to which a proof leads.
pub fn climb(leaf: B256, proof: &[B256]) -> B256 {
    proof.iter().fold(leaf, |at, sibling| node(at, *sibling))
}

fn parents(level: &[B256]) -> Vec<B256> {
    let pairs = level.chunks(2);
    pairs
        .map(|pair| match pair {
            [left, right] => node(*left, *right),
            odd => odd[0],
        })
        .collect()
}
