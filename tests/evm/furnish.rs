//! What the functions of devices, trees and state sync work on: a chain that has a device, which the owner attested for
//! real, and that follows another one.

use super::{CHAIN_ID, NOW, sync_calls};
use aivm::{
    Aivm, Call, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::{
        ProofOfExecution, TEEVendor, submitCollateralCall, verifyAttestationForCall,
    },
    evidence::Vendor,
    precompiles::memory::MemoryAccount,
};
use aivm_test_support::fleet::{Claim, Device, Fleet};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex},
};

/// Devices whose evidence verifies at any time: no certificate is in Arm CCA's, and so no window.
static FLEET: LazyLock<Fleet> = LazyLock::new(Fleet::new);

/// The device.
pub(crate) fn device() -> Device {
    FLEET.device(Vendor::ArmCca, 0)
}

/// A device that never attested.
pub(crate) fn unknown_device() -> B256 {
    B256::repeat_byte(0xde)
}

/// A proof of the device by `operator`.
pub(crate) fn proof(operator: Address, nonce: u64) -> ProofOfExecution {
    device().prove(&Claim::new(CHAIN_ID, operator, U256::from(nonce)))
}

/// The accounts of a genesis whose device its governance attested with nonce 1 in block 1 at [`NOW`], with the committee
/// and root of [`sync_calls::prepare`].
pub(crate) fn furnished(aivm: &Aivm, genesis: &Genesis) -> BTreeMap<Address, MemoryAccount> {
    static MADE: Mutex<BTreeMap<[Address; 2], BTreeMap<Address, MemoryAccount>>> =
        Mutex::new(BTreeMap::new());
    let (owner, guardian) = (genesis.governance, genesis.guardian);
    let mut made = MADE.lock().expect("no test panics here");
    made.entry([owner, guardian])
        .or_insert_with(|| furnish(aivm, genesis, owner))
        .clone()
}

fn furnish(aivm: &Aivm, genesis: &Genesis, owner: Address) -> BTreeMap<Address, MemoryAccount> {
    let mut host = genesis.memory_host(aivm, NOW);
    (host.chain_id, host.number) = (CHAIN_ID, 1);
    let registry = aivm.config().addresses.registry;
    let key = submitCollateralCall {
        vendor: TEEVendor::ARMCCA,
        collateral: FLEET.cca_key(0).into(),
    };
    call(aivm, &mut host, owner, registry, &key.abi_encode());
    let proof = verifyAttestationForCall {
        operator: owner,
        proof: proof(owner, 1),
    };
    call(aivm, &mut host, owner, registry, &proof.abi_encode());
    for input in sync_calls::prepare() {
        call(aivm, &mut host, owner, aivm.config().addresses.sync, &input);
    }
    host.accounts
}

fn call(aivm: &Aivm, host: &mut MemoryHost, caller: Address, to: Address, input: &[u8]) {
    let call = Call {
        input,
        gas_limit: 30_000_000,
        caller,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let outcome = aivm.call(to, host, &call).expect("a precompile").expect("memory");
    assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
}
