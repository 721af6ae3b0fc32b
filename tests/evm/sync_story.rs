//! Another chain's devices, for every way to run it: committees and roots that are signed for real, refusals, proofs,
//! frames that fail around roots that are accepted, an equivocation, and the beginning after it.

#![allow(non_snake_case)] // fields of the ABI

use super::{
    NOW, STRANGER, SYNC,
    asm::{Scheme, Script},
    chain::Tx,
    revert_data,
    scene::{Expect, Play, Scene},
};
use aivm::abi::{
    IAttestationLightClient::{self as sync, DeviceStatus},
    IAttestationRegistry::{DeviceStatus as RegistryStatus, TEEVendor},
    IPrecompile::{DelegateCallNotAllowed, StaticCallNotAllowed, Unauthorized},
};
use aivm_test_support::{council::Council, fleet::oracle};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};

/// A contract that hands on what it is called with, and reverts.
const FICKLE: Address = Address::repeat_byte(0xd3);

/// How many devices the other chain has.
const DEVICES: u8 = 5;

/// From which height on the first committee signs, and the second.
const FIRST: u64 = 100;
const SECOND: u64 = 200;

/// The committees.
struct Councils {
    play: Play,
    first: Council,
    second: Council,
}

/// The story.
pub(crate) fn councils() -> Play {
    let mut councils = Councils {
        play: Play::default(),
        first: Council::of_four(1),
        second: Council::new(2, &[1, 2, 3, 4, 5]),
    };
    let fickle = Script::forward(Scheme::Call, SYNC).revert();
    councils.play.contract(FICKLE, fickle);
    councils.play.blank(SYNC);
    councils.play.scenes = vec![
        councils.before(),
        councils.roots(),
        councils.proofs(),
        councils.frames(),
        councils.rotation(),
        councils.equivocation(),
    ];
    councils.play
}

impl Councils {
    /// Nothing is accepted, and nothing proven.
    fn before(&self) -> Scene {
        let mut scene = Scene::new(NOW, 2);
        let caller = STRANGER;
        scene.error(
            &sync::NoCommittee {},
            call(&self.first.signed_root(root(), FIRST)),
        );
        scene.error(&sync::NoRoot {}, call(&proof_of(0, &status(0))));
        scene.error(
            &Unauthorized { caller },
            call(&self.first.set(FIRST)).from(STRANGER),
        );
        reads(&mut scene, FIRST);
        scene.logs(1, call(&self.first.set(FIRST)));
        scene.error(&sync::NoRoot {}, call(&proof_of(0, &status(0))));
        reads(&mut scene, FIRST);
        scene
    }

    /// Roots that are signed, and what is none.
    fn roots(&self) -> Scene {
        let mut scene = Scene::new(NOW + 10, 3);
        let council = &self.first;
        let at = |height: u64| U256::from(height);
        let signed_by = |who: &[usize]| sync::updateRootCall {
            newRoot: root(),
            blockHeight: at(110),
            signatures: council.sign(who, council.root_digest(root(), at(110))).into(),
        };
        let early = sync::HeightNotNew {
            height: at(99),
            minimum: at(FIRST),
        };
        scene.error(&early, call(&council.signed_root(root(), 99)));
        scene.error(&sync::ZeroRoot {}, call(&council.signed_root(B256::ZERO, 110)));
        let (weight, total) = (at(2), at(4));
        scene.error(
            &sync::InsufficientWeight { weight, total },
            call(&signed_by(&[1, 3])),
        );
        let members = council.committee.members();
        let (index, signer) = (U256::ONE, members[0]);
        scene.error(&sync::SignerOrder { index, signer }, call(&signed_by(&[1, 0, 2])));
        let length = at(64);
        let mut short = signed_by(&[0]);
        short.signatures = short.signatures.slice(..64);
        scene.error(&sync::InvalidSignatureLength { length }, call(&short));
        scene.logs(1, call(&signed_by(&[0, 2, 3])).from(STRANGER));
        let stale = sync::HeightNotNew {
            height: at(110),
            minimum: at(111),
        };
        scene.error(&stale, call(&signed_by(&[0, 1, 2, 3])));
        reads(&mut scene, 110);
        scene
    }

    /// Every device is proven by the root, and nothing else is.
    fn proofs(&self) -> Scene {
        let mut scene = Scene::new(NOW + 20, 4);
        let (yes, no) = (true.abi_encode(), false.abi_encode());
        for device in 0..DEVICES {
            scene.output(yes.clone(), call(&proof_of(device, &status(device))));
            let other = DeviceStatus {
                attested: false,
                ..status(device)
            };
            scene.output(no.clone(), call(&proof_of(device, &other)));
            let proof = proof_of(device, &status(device));
            let mut proof_at = sync::verifyDeviceProofAtCall {
                height: U256::from(110),
                deviceId: proof.deviceId,
                status: proof.status,
                merkleProof: proof.merkleProof,
            };
            scene.output(yes.clone(), call(&proof_at));
            proof_at.height = U256::from(109);
            let height = proof_at.height;
            scene.error(&sync::UnknownHeight { height }, call(&proof_at));
        }
        scene
    }

    /// Frames that fail around roots that are accepted, and schemes that are refused.
    fn frames(&mut self) -> Scene {
        let mut scene = Scene::new(NOW + 30, 5);
        let update = |height: u64| self.first.signed_root(root(), height).abi_encode();
        let (first, second) = (update(120), update(121));
        let latest = sync::latestCall {}.abi_encode();
        scene.failure(Tx::new(FICKLE, first.clone()));
        let undone = Script::new().call(FICKLE, &first).call(SYNC, &latest).report();
        scene.logs(0, self.play.script(undone));
        let undone = Script::new().call(SYNC, &first).call(SYNC, &latest).invalid();
        scene.failure(self.play.script(undone));
        for (scheme, refused) in [
            (Scheme::DelegateCall, revert_data(&DelegateCallNotAllowed {})),
            (Scheme::CallCode, revert_data(&DelegateCallNotAllowed {})),
            (Scheme::StaticCall, revert_data(&StaticCallNotAllowed {})),
        ] {
            let tx = self.play.script(Script::new().step(scheme, SYNC, &first));
            scene.steps.push((tx, Expect::Error(refused)));
        }
        let twice = Script::new().call(SYNC, &first).call(FICKLE, &second).report();
        scene.logs(1, self.play.script(twice));
        let proof = proof_of(1, &status(1)).abi_encode();
        let read = self.play.script(Script::new().static_call(SYNC, &proof));
        scene.output(true.abi_encode(), read);
        reads(&mut scene, 121);
        scene
    }

    /// The second committee takes over.
    fn rotation(&self) -> Scene {
        let mut scene = Scene::new(NOW + 40, 6);
        let rotation = self.first.signed_rotation(&self.second, SECOND);
        let mut forged = rotation.clone();
        forged.fromHeight = U256::from(SECOND + 1);
        scene.failure(call(&forged));
        scene.logs(1, call(&rotation).from(STRANGER));
        reads(&mut scene, SECOND - 1);
        reads(&mut scene, SECOND);
        // Who signs is decided by the height.
        scene.failure(call(&self.second.signed_root(root(), SECOND - 1)));
        scene.logs(1, call(&self.first.signed_root(root(), SECOND - 1)));
        scene.failure(call(&self.first.signed_root(root(), SECOND)));
        scene.logs(1, call(&self.second.signed_root(root(), SECOND)));
        reads(&mut scene, SECOND);
        scene
    }

    /// Another root for an old height freezes everything, until governance begins anew.
    fn equivocation(&mut self) -> Scene {
        let mut scene = Scene::new(NOW + 50, 7);
        let other = B256::repeat_byte(0x07);
        let height = U256::from(120);
        let equivocation = call(&self.first.signed_root(other, 120));
        scene.failure(Tx {
            to: FICKLE,
            ..equivocation.clone()
        });
        scene.output(true.abi_encode(), call(&proof_of(2, &status(2))));
        scene.logs(1, equivocation.from(STRANGER));
        let frozen = sync::Frozen { height };
        scene.error(&frozen, call(&proof_of(2, &status(2))));
        scene.error(&frozen, call(&self.second.signed_root(root(), 300)));
        scene.error(&frozen, call(&self.second.signed_rotation(&self.first, 300)));
        reads(&mut scene, SECOND);
        for served in [&self.first, &self.second] {
            let committee = served.committee.id();
            scene.error(&sync::CommitteeUsed { committee }, call(&served.set(50)));
        }
        // The same members, with weights twice as large.
        let third = Council::new(2, &[2, 4, 6, 8, 10]);
        assert_eq!(third.committee.members(), self.second.committee.members());
        scene.logs(1, call(&third.set(50)));
        scene.error(&sync::NoRoot {}, call(&proof_of(2, &status(2))));
        scene.failure(call(&self.second.signed_root(root(), SECOND)));
        scene.logs(1, call(&third.signed_root(root(), 60)));
        scene.output(true.abi_encode(), call(&proof_of(2, &status(2))));
        reads(&mut scene, 60);
        scene
    }
}

fn call(call: &impl SolCall) -> Tx {
    Tx::new(SYNC, call.abi_encode())
}

/// All that state sync says.
fn reads(scene: &mut Scene, height: u64) {
    let height = U256::from(height);
    let inputs = [
        sync::rootAtCall { height }.abi_encode(),
        sync::latestCall {}.abi_encode(),
        sync::committeeCall {}.abi_encode(),
        sync::committeeAtCall { height }.abi_encode(),
        sync::sourceChainIdCall {}.abi_encode(),
        sync::frozenCall {}.abi_encode(),
    ];
    for input in inputs {
        scene.logs(0, Tx::new(SYNC, Bytes::from(input)));
    }
}

fn device_id(device: u8) -> B256 {
    B256::repeat_byte(0xd0 + device)
}

/// What the other chain's tree says of a device.
fn status(device: u8) -> DeviceStatus {
    DeviceStatus {
        attested: true,
        trustScore: 70 + device,
        lastSeen: U256::from(NOW - 100),
        operator: Address::repeat_byte(device + 1),
        vendor: sync::TEEVendor::TDX,
    }
}

fn leaves() -> Vec<B256> {
    let leaf = |device: u8| {
        let status = status(device);
        let status = RegistryStatus {
            attested: status.attested,
            trustScore: status.trustScore,
            lastSeen: status.lastSeen,
            operator: status.operator,
            vendor: TEEVendor::TDX,
        };
        oracle::device_leaf(device_id(device), &status)
    };
    (0..DEVICES).map(leaf).collect()
}

/// The root of the other chain's tree.
fn root() -> B256 {
    oracle::root(&leaves())
}

fn proof_of(device: u8, status: &DeviceStatus) -> sync::verifyDeviceProofCall {
    sync::verifyDeviceProofCall {
        deviceId: device_id(device),
        status: status.clone(),
        merkleProof: oracle::proof(&leaves(), usize::from(device)),
    }
}
