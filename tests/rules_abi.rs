//! The registry takes the canonical ABI encoding and nothing else: what `abi/json` says of each argument is
//! turned into every other way to write it (specification, section 1, rule 6, and section 12, "ABI input").

mod evm;

use aivm::abi::{
    IAttestationRegistry::{InvalidMinimumTcb, TEEVendor, setMinimumTcbCall, submitCollateralCall},
    IPrecompile::InputTooLong,
};
use alloy_primitives::{Address, Bytes, FixedBytes, U256};
use alloy_sol_types::SolCall;
use evm::{
    REGISTRY,
    asm::{Scheme, Script},
    calls::{self, Case},
    chain::{Adapter, Chain, Tx},
    revert_data,
};
use revm::interpreter::InstructionResult;
use serde_json::Value;

const OWNER: Address = Address::repeat_byte(0x0a);

/// The types of a function's arguments: Solidity's, and the enum's name where it is one.
fn argument_types(function: &str) -> Vec<(String, String)> {
    let abi: Value = serde_json::from_str(include_str!("../abi/json/IAttestationRegistry.json")).unwrap();
    let functions = abi.as_array().unwrap().iter();
    let found = functions
        .filter(|item| item["type"] == "function")
        .find(|item| item["name"] == function);
    let inputs = found.expect("the function")["inputs"].as_array().unwrap();
    let text = |input: &Value, field: &str| input[field].as_str().unwrap().to_owned();
    inputs
        .iter()
        .map(|input| (text(input, "type"), text(input, "internalType")))
        .collect()
}

/// The input with one word of its arguments replaced.
fn with_word(input: &[u8], index: usize, word: U256) -> Vec<u8> {
    let mut changed = input.to_vec();
    changed[4 + 32 * index..][..32].copy_from_slice(&word.to_be_bytes::<32>());
    changed
}

fn argument(input: &[u8], index: usize) -> U256 {
    U256::from_be_slice(&input[4 + 32 * index..][..32])
}

/// How many values the type of a word has, if they do not fill it.
fn values_of(solidity: &str, internal: &str) -> Option<U256> {
    let bits = |bits: usize| Some(U256::ONE << bits);
    match (solidity, internal) {
        ("bool", _) => Some(U256::from(2)),
        ("uint8", "enum IAttestationRegistry.TEEVendor") => Some(U256::from(6)),
        ("uint8", "enum IAttestationRegistry.MeasurementState") => Some(U256::from(3)),
        ("uint8", "uint8") => bits(8),
        ("uint64", "uint64") => bits(64),
        ("address", "address") => bits(160),
        ("bytes32", "bytes32") => None,
        other => panic!("no such type is used: {other:?}"),
    }
}

/// Every value that a word of this type must not have: the first ones, each bit above, and the last one.
fn bad_words(values: U256, good: U256) -> Vec<U256> {
    let mut bad = vec![values, values + U256::ONE, U256::MAX];
    if values <= U256::from(256) {
        bad.extend((0..=u8::MAX).map(U256::from).filter(|value| *value >= values));
    }
    bad.extend(
        (0..256)
            .map(|bit| good | (U256::ONE << bit))
            .filter(|value| *value >= values),
    );
    bad
}

/// Every other way to write a `bytes` that lies at the end, its offset in the word `index`.
fn bad_bytes(input: &[u8], index: usize) -> Vec<Vec<u8>> {
    let offset = argument(input, index);
    let tail = offset.to::<usize>() / 32;
    let mut bad = bad_offsets(input, index, offset, 4 + 32 * tail);
    let len = argument(input, tail);
    // Another length: a word more, beyond the end, and so long that it wraps.
    let far = [u64::from(u32::MAX), u64::MAX].map(U256::from);
    let lengths = [len + U256::from(33), far[0], far[1], U256::ONE << 64, U256::MAX];
    bad.extend(lengths.map(|other| with_word(input, tail, other)));
    bad.extend(bad_padding(input, 4 + 32 * (tail + 1) + len.to::<usize>()));
    if !len.is_zero() && !(len % U256::from(32)).is_zero() {
        bad.push(with_word(input, tail, len - U256::ONE)); // the last byte would be padding
    }
    bad
}

/// The tail further on; the offset elsewhere, into the head, past the end, and so far that it wraps.
fn bad_offsets(input: &[u8], index: usize, offset: U256, at: usize) -> Vec<Vec<u8>> {
    let gap = [&input[..at], &[0; 32], &input[at..]].concat();
    let mut bad = vec![with_word(&gap, index, offset + U256::from(32))];
    let near = [
        U256::ZERO,
        U256::from(32),
        offset + U256::from(32),
        offset - U256::ONE,
        offset + U256::ONE,
    ];
    let ends = [input.len() as u64, u64::MAX].map(U256::from);
    let far = [ends[0], ends[1], U256::ONE << 64, U256::MAX, U256::MAX << 5];
    let others = near.into_iter().chain(far).filter(|other| *other != offset);
    bad.extend(others.map(|other| with_word(input, index, other)));
    bad
}

/// Padding from `end` on that is not zero, or not there.
fn bad_padding(input: &[u8], end: usize) -> Vec<Vec<u8>> {
    let dirty = |index: usize| {
        let mut dirty = input.to_vec();
        dirty[index] = 1;
        dirty
    };
    let mut bad: Vec<_> = (end..input.len()).map(dirty).collect();
    if end < input.len() {
        bad.push(input[..end].to_vec());
    }
    bad
}

/// Every other way to write the arguments of a call.
fn bad_inputs(case: &Case) -> Vec<Vec<u8>> {
    let input = &case.input[..];
    let mut bad: Vec<Vec<u8>> = [1, 31, 32, 64].map(|len| [input, &vec![0; len]].concat()).into();
    bad.push([input, &[0xff]].concat());
    let types = argument_types(case.name);
    if !types.is_empty() {
        bad.push(input[..4].to_vec());
        bad.extend([1, 31, 32].map(|len| input[..input.len() - len].to_vec()));
    }
    for (index, (solidity, internal)) in types.iter().enumerate() {
        if solidity == "bytes" {
            bad.extend(bad_bytes(input, index));
        } else if let Some(values) = values_of(solidity, internal) {
            let good = argument(input, index);
            bad.extend(
                bad_words(values, good)
                    .into_iter()
                    .map(|word| with_word(input, index, word)),
            );
        }
    }
    bad
}

fn price(case: &Case, input: &[u8]) -> u64 {
    match case.name {
        name if calls::BY_THE_BYTE.contains(&name) => 50_000 + 100 * input.len() as u64,
        _ => case.price,
    }
}

#[test]
fn only_the_canonical_encoding_is_taken() {
    let mut refused = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all().into_iter().filter(|case| case.to == REGISTRY) {
            let selector = FixedBytes::from_slice(&case.input[..4]);
            let refusal = revert_data(&InvalidAbiEncoding { selector });
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(OWNER, &Script::forward(Scheme::Call, REGISTRY).report());
            for bad in bad_inputs(&case) {
                assert_ne!(bad, case.input, "{}", case.name);
                let price = price(&case, &bad);
                let receipt = chain.refused(Tx::new(OWNER, bad), REGISTRY, price, &refusal);
                assert!(receipt.is_success());
                refused += 1;
            }
            // And the canonical one is taken.
            let receipt = chain.send(Tx::new(OWNER, case.input.clone()));
            assert_eq!(
                receipt.frame_of(REGISTRY).end().result,
                InstructionResult::Return,
                "{}",
                case.name
            );
        }
    }
    assert_eq!(refused, Adapter::ALL.len() * 8_558);
}

/// The limit of collateral from both sides. What is within it is refused for what it is, not for its length.
#[test]
fn the_length_of_collateral() {
    let submit = |len: usize| {
        let collateral = vec![7; len].into();
        Bytes::from(
            submitCollateralCall {
                vendor: TEEVendor::TDX,
                collateral,
            }
            .abi_encode(),
        )
    };
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        chain.install(OWNER, &Script::forward(Scheme::Call, REGISTRY).report());
        for (len, within) in [(65_535, true), (65_536, true), (65_537, false), (70_000, false)] {
            let input = submit(len);
            let refusal = if within {
                revert_data(&aivm::abi::IAttestationRegistry::CollateralRejected { code: 200 })
            } else {
                revert_data(&InputTooLong {
                    length: U256::from(len),
                    maximum: U256::from(65_536),
                })
            };
            let price = 50_000 + 100 * input.len() as u64;
            chain.refused(Tx::new(OWNER, input), REGISTRY, price, &refusal);
        }
    }
}

/// A function whose price is flat takes no arguments of more than 1,024 bytes: reading them would cost more
/// than it pays for.
#[test]
fn the_length_of_flat_arguments() {
    let maximum = 1_024;
    for &adapter in Adapter::ALL {
        let mut refused = 0;
        for case in calls::all().into_iter().filter(|case| case.to == REGISTRY) {
            if calls::BY_THE_BYTE.contains(&case.name) {
                continue;
            }
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(OWNER, &Script::forward(Scheme::Call, REGISTRY).report());
            for len in [maximum + 1, maximum + 32, 60_000] {
                let mut input = case.input.to_vec();
                input.resize(4 + len, 0);
                let error = InputTooLong {
                    length: U256::from(len),
                    maximum: U256::from(maximum),
                };
                chain.refused(Tx::new(OWNER, input), REGISTRY, case.price, &revert_data(&error));
                refused += 1;
            }
            // Up to the limit it is the encoding that is refused.
            let mut input = case.input.to_vec();
            input.resize(4 + maximum, 0);
            let error = InvalidAbiEncoding {
                selector: FixedBytes::from_slice(&input[..4]),
            };
            chain.refused(Tx::new(OWNER, input), REGISTRY, case.price, &revert_data(&error));
        }
        assert_eq!(refused, 20 * 3);
        // The longest minimum TCB that is within the limit is refused for what it is, by the governed registry.
        let mut chain = Chain::new(adapter, OWNER);
        chain.install(OWNER, &Script::forward(Scheme::Call, REGISTRY).report());
        let minimum = Bytes::from(vec![1; maximum - 96]);
        let call = setMinimumTcbCall {
            vendor: TEEVendor::TDX,
            minimum: minimum.clone(),
        };
        let refusal = revert_data(&InvalidMinimumTcb { minimum });
        chain.refused(Tx::new(OWNER, call.abi_encode()), REGISTRY, 25_000, &refusal);
    }
}

/// An empty `bytes` has one encoding too.
#[test]
fn empty_bytes() {
    let call = setMinimumTcbCall {
        vendor: TEEVendor::TDX,
        minimum: Bytes::new(),
    };
    let input = call.abi_encode();
    assert_eq!(input.len(), 4 + 3 * 32);
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, OWNER);
        chain.install(OWNER, &Script::forward(Scheme::Call, REGISTRY).report());
        assert_eq!(
            chain
                .send(Tx::new(OWNER, input.clone()))
                .frame_of(REGISTRY)
                .end()
                .result,
            InstructionResult::Return
        );
        let selector = FixedBytes(setMinimumTcbCall::SELECTOR);
        let refusal = revert_data(&InvalidAbiEncoding { selector });
        for bad in [
            &input[..68],
            &input[..99],
            &with_word(&input, 1, U256::from(96))[..],
        ] {
            chain.refused(Tx::new(OWNER, bad.to_vec()), REGISTRY, 25_000, &refusal);
        }
    }
}
