//! Registries with many devices. Their records are written through the library's own storage, without evidence: what
//! evidence takes does not depend on how many devices there are.

use aivm::{
    MemoryHost,
    evidence::Vendor,
    precompiles::state::{
        RegistryState,
        device::{Device, ProofTrace},
    },
};
use alloy_primitives::{Address, B256, U256, keccak256};

/// The device with this number.
pub fn device_id(number: u64) -> B256 {
    keccak256(number.to_be_bytes())
}

/// Adds devices until the registry at `registry` has `count`.
///
/// # Panics
///
/// If it has more.
pub fn populate(host: &mut MemoryHost, registry: Address, count: u64) {
    let last_seen = host.timestamp;
    let mut state = RegistryState::new(host, registry);
    let there = state.device_count().expect("memory cannot fail");
    assert!(there <= count, "{there} devices, and {count} asked for");
    for number in there..count {
        let device = device(Address::from_word(device_id(number)), last_seen);
        let trace = ProofTrace {
            nonce: U256::ONE,
            attested_key: B256::ZERO,
        };
        state
            .record_proof(device_id(number), &device, &trace)
            .expect("memory cannot fail");
    }
}

/// The record of a device that was seen at `last_seen`, without a GPU.
pub fn device(operator: Address, last_seen: u64) -> Device {
    Device {
        operator,
        last_seen,
        vendor: Vendor::Tdx,
        trust_score: 70,
        hybrid: false,
        revoked: false,
        released: false,
        proven_attested: true,
        cpu_measurement: B256::repeat_byte(0xc1),
        gpu_measurement: B256::ZERO,
        gpu_device: B256::ZERO,
    }
}
