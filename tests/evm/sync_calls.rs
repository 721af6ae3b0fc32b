//! Every function of state sync, with one input that succeeds when the owner has made the calls of [`prepare`] and makes
//! this one.

use super::{SYNC, calls::Case};
use aivm::{abi::IAttestationLightClient as abi, precompiles::tree::Status};
use aivm_test_support::council::Council;
use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::SolCall;

/// How many functions state sync has.
pub(crate) const SYNC_FUNCTIONS: usize = 11;

/// The height of the root that [`prepare`] leaves.
const HEIGHT: u64 = 200;

/// What governance does first, call by call: a committee of four from height 100 on, and the root of a tree of one device.
pub(crate) fn prepare() -> Vec<Bytes> {
    let council = Council::of_four(1);
    let root = status().leaf(device());
    vec![
        council.set(100).abi_encode().into(),
        council.signed_root(root, HEIGHT).abi_encode().into(),
    ]
}

/// Every function. Made one after another, each succeeds; `setCommittee` is last because it forgets the root.
pub(crate) fn cases() -> Vec<Case> {
    let (council, next) = (Council::of_four(1), Council::new(2, &[1, 2, 3]));
    let proof = abi::verifyDeviceProofCall {
        deviceId: device(),
        status: status().into(),
        merkleProof: vec![],
    };
    let proof_at = abi::verifyDeviceProofAtCall {
        height: U256::from(HEIGHT),
        deviceId: device(),
        status: status().into(),
        merkleProof: vec![],
    };
    let height = U256::from(HEIGHT);
    let (update, rotation) = (
        council.signed_root(B256::repeat_byte(9), 300),
        council.signed_rotation(&next, 400),
    );
    let members = |count: u64| 30_000 + 22_100 * count;
    let cases = vec![
        read("verifyDeviceProof", &proof, 10_000),
        read("verifyDeviceProofAt", &proof_at, 10_000),
        read("rootAt", &abi::rootAtCall { height }, 2_600),
        read("latest", &abi::latestCall {}, 2_600),
        read("committee", &abi::committeeCall {}, 2_600),
        read("committeeAt", &abi::committeeAtCall { height }, 2_600),
        read("sourceChainId", &abi::sourceChainIdCall {}, 2_600),
        read("frozen", &abi::frozenCall {}, 2_600),
        write("updateRoot", &update, 30_000),
        write("rotateCommittee", &rotation, members(3)),
        write("setCommittee", &Council::of_four(3).set(0), members(4)),
    ];
    assert_eq!(cases.len(), SYNC_FUNCTIONS);
    cases
}

fn device() -> B256 {
    B256::repeat_byte(0xd1)
}

fn status() -> Status {
    Status {
        attested: true,
        trust_score: 90,
        last_seen: U256::from(1_751_328_000),
        operator: super::SENDER,
        vendor: 3,
    }
}

fn read(name: &'static str, call: &impl SolCall, price: u64) -> Case {
    Case {
        name,
        to: SYNC,
        input: call.abi_encode().into(),
        price,
        writes: false,
        logs: 0,
    }
}

fn write(name: &'static str, call: &impl SolCall, price: u64) -> Case {
    Case {
        writes: true,
        logs: 1,
        ..read(name, call, price)
    }
}
