//! From stories in real frames to calls one after another: every frame of a precompile whose effect lasted.

#![allow(non_snake_case)] // fields of the ABI

use super::{
    calls::{Call, Kind, METERED_BELOW, PLENTY, Sequence, Status},
    evm::{
        MINING, NOW, PROOFS, REGISTRY, SENDER, STRANGER, SYNC,
        chain::{Adapter, Chain, Receipt, Tx},
        furnish, mining_input, registry_story,
        scene::Play,
        sequence::Story,
        sync_calls, sync_story,
        trace::{Event, Frame},
    },
};
use aivm::abi::IAttestationRegistry::{
    CcaCpak, TEEVendor, setGuardianCall, submitCollateralCall, updateRootCACall, verifyAttestationForCall,
};
use aivm_test_support::fleet::Fleet;
use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use revm::interpreter::{CallScheme, InstructionResult};

/// How many Arm CCA devices have their key in the roots.
const CCA_KEYS: usize = 2;

/// Every sequence. Outcomes are not told yet, but for those of frames that were recorded.
pub(crate) fn sequences() -> Vec<Sequence> {
    let operations = Story::new();
    let (devices, councils) = (registry_story::devices(), sync_story::councils());
    vec![
        sequence("operations", &[authority(), furniture(), of_story(&operations)]),
        sequence("devices", &[authority(), furniture(), shorter(of_play(&devices))]),
        sequence("state sync", &[authority(), of_play(&councils)]),
        sequence("refusals", &[authority(), refusals()]),
    ]
}

fn sequence(name: &str, parts: &[Vec<Call>]) -> Sequence {
    Sequence {
        name: name.to_owned(),
        governance: SENDER,
        calls: parts.concat(),
    }
}

/// The same with the keys of the first Arm CCA devices alone, which are all that the story has: the keys of all would be a
/// tenth of the file.
fn shorter(mut calls: Vec<Call>) -> Vec<Call> {
    for call in &mut calls {
        let Ok(roots) = updateRootCACall::abi_decode(&call.data) else {
            continue;
        };
        if roots.vendor == TEEVendor::ARMCCA {
            let keys = Vec::<CcaCpak>::abi_decode(&roots.newRootCA).expect("keys");
            let newRootCA = keys[..CCA_KEYS].to_vec().abi_encode().into();
            call.data = updateRootCACall { newRootCA, ..roots }.abi_encode().into();
        }
    }
    calls
}

/// What [`Chain::new`] has in its genesis: governance guards and is authorised.
fn authority() -> Vec<Call> {
    let guard = setGuardianCall { guardian: SENDER };
    let authorize = mining_input(7, &[&SENDER[..], &[1]].concat());
    vec![governs(REGISTRY, guard.abi_encode()), governs(MINING, authorize)]
}

/// What it has besides: a device, and another chain's root.
fn furniture() -> Vec<Call> {
    let key = submitCollateralCall {
        vendor: TEEVendor::ARMCCA,
        collateral: Fleet::new().cca_key(0).into(),
    };
    let attest = verifyAttestationForCall {
        operator: SENDER,
        proof: furnish::proof(SENDER, 1),
    };
    let mut calls = vec![
        governs(REGISTRY, key.abi_encode()),
        governs(REGISTRY, attest.abi_encode()),
    ];
    calls.extend(
        sync_calls::prepare()
            .into_iter()
            .map(|input| governs(SYNC, input)),
    );
    calls
}

fn governs(to: Address, data: impl Into<Bytes>) -> Call {
    Call {
        to,
        caller: SENDER,
        kind: Kind::Call,
        value: U256::ZERO,
        gas: PLENTY,
        number: 1,
        timestamp: NOW,
        data: data.into(),
        recorded: None,
    }
}

/// Inputs that are not the canonical encoding, from one who may not and in ways that are refused.
fn refusals() -> Vec<Call> {
    let device_id = [&hex_of("getDeviceStatus(bytes32)")[..], &[7; 32]].concat();
    let is_paused = |word: [u8; 32]| [&hex_of("isPaused(uint8)")[..], &word].concat();
    let mut dirty = [0; 32];
    (dirty[30], dirty[31]) = (1, 3);
    let mut unknown_vendor = [0; 32];
    unknown_vendor[31] = 6;
    let pause = [&hex_of("pause(uint8)")[..], &[0; 32]].concat();
    let inputs: Vec<(Address, Vec<u8>)> = vec![
        (REGISTRY, device_id[..35].to_vec()),
        (REGISTRY, [&device_id[..], &[0]].concat()),
        (REGISTRY, [&device_id[..], &[0; 32]].concat()),
        (REGISTRY, device_id[..3].to_vec()),
        (REGISTRY, is_paused(dirty)),
        (REGISTRY, is_paused(unknown_vendor)),
        (PROOFS, device_id.clone()),
        (PROOFS, vec![]),
        (SYNC, vec![0xff; 4]),
        (SYNC, hex_of("latest()")[..2].to_vec()),
        (MINING, vec![0]),
        (MINING, vec![0xff; 33]),
        (MINING, mining_input(4, &[1; 31]).to_vec()),
        (MINING, mining_input(4, &[1; 33]).to_vec()),
        (MINING, mining_input(7, &[1; 20]).to_vec()),
        (
            MINING,
            mining_input(7, &[[1; 20].to_vec(), vec![2]].concat()).to_vec(),
        ),
        (MINING, mining_input(8, &[]).to_vec()),
    ];
    let by_strangers = [
        (REGISTRY, pause.clone()),
        (MINING, mining_input(6, &[5; 32]).to_vec()),
    ];
    let mut calls: Vec<_> = inputs.into_iter().map(|(to, data)| governs(to, data)).collect();
    calls.extend(by_strangers.map(|(to, data)| Call {
        caller: STRANGER,
        ..governs(to, data)
    }));
    let write = || governs(REGISTRY, pause.clone());
    for kind in [Kind::Static, Kind::Delegate] {
        calls.push(Call { kind, ..write() });
    }
    for gas in [0, 24_999, 25_000] {
        calls.push(Call { gas, ..write() });
    }
    let value = U256::from(1);
    calls.push(Call { value, ..write() });
    calls
}

/// A function's selector.
fn hex_of(signature: &str) -> [u8; 4] {
    let hash = alloy_primitives::keccak256(signature);
    hash[..4].try_into().expect("four bytes")
}

fn of_story(story: &Story) -> Vec<Call> {
    let mut chain = Chain::new(Adapter::Revm, SENDER);
    story.prepare(&mut chain);
    let mut tell = |txs: &Vec<Tx>| of_block(&chain.block(txs), chain.number, chain.timestamp);
    story.blocks.iter().flat_map(&mut tell).collect()
}

fn of_play(play: &Play) -> Vec<Call> {
    let mut chain = Chain::new(Adapter::Revm, SENDER);
    play.prepare(&mut chain);
    let tell = |scene| {
        let receipts = play.tell(&mut chain, scene);
        of_block(&receipts, scene.number, scene.timestamp)
    };
    play.scenes.iter().flat_map(tell).collect()
}

fn of_block(receipts: &[Receipt], number: u64, timestamp: u64) -> Vec<Call> {
    let frames = receipts.iter().flat_map(lasting);
    let calls = frames.filter_map(|frame| of_frame(frame, number, timestamp));
    calls.collect()
}

/// The frames of precompiles that no frame above undid.
fn lasting(receipt: &Receipt) -> Vec<&Frame> {
    let frames = &receipt.trace.frames;
    let (mut undone, mut lasting) = (Vec::new(), Vec::new());
    for event in &receipt.trace.events {
        match *event {
            Event::Enter(index) => {
                let frame = &frames[index];
                let ok = frame.end().result.is_ok();
                let last = !undone.contains(&true);
                if frame.end().by_precompile && (last || !ok) {
                    lasting.push(frame);
                }
                undone.push(!ok);
            }
            Event::Exit(_) => {
                undone.pop();
            }
        }
    }
    lasting
}

/// A frame as a call. CALLCODE is left out: Solidity has no words for it.
fn of_frame(frame: &Frame, number: u64, timestamp: u64) -> Option<Call> {
    let kind = match frame.scheme {
        CallScheme::CallCode => return None,
        CallScheme::DelegateCall => Kind::Delegate,
        CallScheme::StaticCall => Kind::Static,
        CallScheme::Call if frame.is_static => Kind::Static,
        CallScheme::Call => Kind::Call,
    };
    let end = frame.end();
    let status = match end.result {
        InstructionResult::Return => Status::Success,
        InstructionResult::Revert => Status::Revert,
        _ => Status::OutOfGas,
    };
    let metered = status == Status::OutOfGas || frame.gas_limit < METERED_BELOW;
    let is_delegate = kind == Kind::Delegate;
    Some(Call {
        to: frame.code,
        // Whose code makes a DELEGATECALL does not matter: it is refused.
        caller: if is_delegate { SENDER } else { frame.caller },
        kind,
        value: if is_delegate { U256::ZERO } else { frame.value },
        gas: if metered { frame.gas_limit } else { PLENTY },
        number,
        timestamp,
        data: frame.input.clone(),
        recorded: Some((status, end.output.clone())),
    })
}
