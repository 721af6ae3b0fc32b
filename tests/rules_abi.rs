//! The registry takes the canonical ABI encoding and nothing else: what `abi/json` says of each argument is
//! turned into every other way to write it (specification, section 1, rule 6, and section 12, "ABI input").

mod evm;

use aivm::abi::{
    IAttestationRegistry::{InvalidMinimumTcb, TEEVendor, setMinimumTcbCall, submitCollateralCall},
    IPrecompile::{InputTooLong, InvalidAbiEncoding},
};
use alloy_primitives::{Address, Bytes, FixedBytes, U256};
use alloy_sol_types::SolCall;
use evm::{
    MINING, PROOFS, REGISTRY, SYNC,
    asm::{Scheme, Script},
    calls::{self, Case},
    chain::{Adapter, Chain, Tx},
    revert_data,
};
use revm::interpreter::InstructionResult;
use serde_json::Value;

const OWNER: Address = Address::repeat_byte(0x0a);

/// The precompiles whose input is ABI-encoded, with their ABIs.
const INTERFACES: [(Address, &str); 3] = [
    (REGISTRY, include_str!("../abi/json/IAttestationRegistry.json")),
    (PROOFS, include_str!("../abi/json/IAttestationProofs.json")),
    (SYNC, include_str!("../abi/json/IAttestationLightClient.json")),
];

/// The operations whose input is ABI-encoded.
fn abi_cases() -> Vec<Case> {
    calls::all()
        .into_iter()
        .filter(|case| case.to != MINING)
        .collect()
}

/// The parameters of a function, as the ABI has them.
fn parameters(case: &Case) -> Vec<Value> {
    let (_, abi) = INTERFACES
        .iter()
        .find(|(address, _)| *address == case.to)
        .unwrap();
    let abi: Value = serde_json::from_str(abi).unwrap();
    let mut functions = abi
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["type"] == "function");
    let found = functions.find(|item| item["name"] == case.name);
    found.expect("the function")["inputs"].as_array().unwrap().clone()
}

/// The input with the word at this place replaced; the place is in words after the selector.
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
    match solidity {
        "bool" => Some(U256::from(2)),
        "uint8" if internal.ends_with(".TEEVendor") => Some(U256::from(6)),
        "uint8" if internal.ends_with(".MeasurementState") => Some(U256::from(3)),
        "uint8" => bits(8),
        "uint64" => bits(64),
        "address" => bits(160),
        "bytes32" | "uint256" => None,
        other => panic!("no such type is used: {other} ({internal})"),
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

/// Every other way to write these parameters. Their head begins at the word `base`, and offsets count from there.
fn bad_parameters(input: &[u8], base: usize, parameters: &[Value]) -> Vec<Vec<u8>> {
    let (mut bad, mut index) = (Vec::new(), base);
    for parameter in parameters {
        let (solidity, components) = (parameter["type"].as_str().unwrap(), &parameter["components"]);
        match solidity {
            "tuple" if is_dynamic(parameter) => {
                let start = base + argument(input, index).to::<usize>() / 32;
                bad.extend(bad_offsets(input, index, argument(input, index), 4 + 32 * start));
                bad.extend(bad_parameters(input, start, components.as_array().unwrap()));
            }
            "tuple" => {
                let components = components.as_array().unwrap();
                bad.extend(bad_parameters(input, index, components));
                index += components.len() - 1;
            }
            "bytes" => bad.extend(bad_bytes(input, base, index)),
            array if array.ends_with("[]") => {
                let values = values_of(array.trim_end_matches("[]"), "");
                bad.extend(bad_array(input, base, index, values));
            }
            word => {
                let values = values_of(word, parameter["internalType"].as_str().unwrap());
                let words = values.map(|values| bad_words(values, argument(input, index)));
                bad.extend(
                    words
                        .into_iter()
                        .flatten()
                        .map(|word| with_word(input, index, word)),
                );
            }
        }
        index += 1;
    }
    bad
}

fn is_dynamic(parameter: &Value) -> bool {
    let solidity = parameter["type"].as_str().unwrap();
    solidity == "bytes"
        || solidity.ends_with("[]")
        || (solidity == "tuple" && parameter["components"].as_array().unwrap().iter().any(is_dynamic))
}

/// Every other way to write a `bytes`, its offset in the word `index`.
fn bad_bytes(input: &[u8], base: usize, index: usize) -> Vec<Vec<u8>> {
    let (mut bad, tail) = bad_tail(input, base, index);
    let len = argument(input, tail).to::<usize>();
    let start = 4 + 32 * (tail + 1);
    bad.extend(bad_padding(input, start + len, start + len.next_multiple_of(32)));
    if !len.is_multiple_of(32) {
        bad.push(with_word(input, tail, U256::from(len - 1))); // the last byte would be padding
    }
    bad
}

/// Every other way to write an array of words, its offset in the word `index`.
fn bad_array(input: &[u8], base: usize, index: usize, values: Option<U256>) -> Vec<Vec<u8>> {
    let (mut bad, tail) = bad_tail(input, base, index);
    let items = argument(input, tail).to::<usize>();
    for item in tail + 1..=tail + items {
        let words = values.map(|values| bad_words(values, argument(input, item)));
        bad.extend(
            words
                .into_iter()
                .flatten()
                .map(|word| with_word(input, item, word)),
        );
    }
    bad
}

/// The offset elsewhere, and the length another: a word more, beyond the end, and so long that it wraps. Where the
/// length is.
fn bad_tail(input: &[u8], base: usize, index: usize) -> (Vec<Vec<u8>>, usize) {
    let offset = argument(input, index);
    let tail = base + offset.to::<usize>() / 32;
    let mut bad = bad_offsets(input, index, offset, 4 + 32 * tail);
    let len = argument(input, tail);
    let far = [u64::from(u32::MAX), u64::MAX].map(U256::from);
    let lengths = [len + U256::from(33), far[0], far[1], U256::ONE << 64, U256::MAX];
    bad.extend(lengths.map(|other| with_word(input, tail, other)));
    (bad, tail)
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

/// Padding from `end` to `padded` that is not zero, or not there.
fn bad_padding(input: &[u8], end: usize, padded: usize) -> Vec<Vec<u8>> {
    let dirty = |index: usize| {
        let mut dirty = input.to_vec();
        dirty[index] = 1;
        dirty
    };
    let mut bad: Vec<_> = (end..padded).map(dirty).collect();
    if end < padded {
        bad.push([&input[..end], &input[padded..]].concat());
    }
    bad
}

/// Every other way to write the arguments of a call.
fn bad_inputs(case: &Case) -> Vec<Vec<u8>> {
    let input = &case.input[..];
    let mut bad: Vec<Vec<u8>> = [1, 31, 32, 64].map(|len| [input, &vec![0; len]].concat()).into();
    bad.push([input, &[0xff]].concat());
    let parameters = parameters(case);
    if !parameters.is_empty() {
        bad.push(input[..4].to_vec());
        bad.extend([1, 31, 32].map(|len| input[..input.len() - len].to_vec()));
    }
    bad.extend(bad_parameters(input, 0, &parameters));
    bad
}

fn price(case: &Case, input: &[u8]) -> u64 {
    match case.name {
        name if calls::BY_THE_BYTE.contains(&name) => 50_000 + 100 * input.len() as u64,
        "setCommittee" | "rotateCommittee" => {
            let members = input
                .get(4 + 128..4 + 160)
                .map(U256::from_be_slice)
                .unwrap_or_default();
            30_000 + 22_100 * members.clamp(U256::ONE, U256::from(32)).to::<u64>()
        }
        _ => case.price,
    }
}

#[test]
fn only_the_canonical_encoding_is_taken() {
    let mut refused = 0;
    for &adapter in Adapter::ALL {
        for case in abi_cases() {
            let selector = FixedBytes::from_slice(&case.input[..4]);
            let refusal = revert_data(&InvalidAbiEncoding { selector });
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(OWNER, &Script::forward(Scheme::Call, case.to).report());
            for bad in bad_inputs(&case) {
                assert_ne!(bad, case.input, "{}", case.name);
                let price = price(&case, &bad);
                let receipt = chain.refused(Tx::new(OWNER, bad), case.to, price, &refusal);
                assert!(receipt.is_success());
                refused += 1;
            }
            // And the canonical one is taken.
            let receipt = chain.send(Tx::new(OWNER, case.input.clone()));
            assert_eq!(
                receipt.frame_of(case.to).end().result,
                InstructionResult::Return,
                "{}",
                case.name
            );
        }
    }
    assert_eq!(refused, Adapter::ALL.len() * 14_016);
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

/// The longest arguments of a function whose price is flat, in bytes: reading more would cost more than it pays for.
fn maximum(case: &Case) -> usize {
    match case.name {
        "updateRoot" => 3 * 32 + 32 + 65 * 64,
        "setCommittee" => 4 * 32 + 2 * 32 * 65,
        "rotateCommittee" => 4 * 32 + 2 * 32 * 65 + 32 + 65 * 64,
        "verifyDeviceProof" => 32 * (8 + 64),
        "verifyDeviceProofAt" => 32 * (9 + 64),
        "verifyAttestation" | "verifyAttestationFor" => 64 + 6 * 32 + 2 * (32 + 16_384),
        _ => 1_024,
    }
}

#[test]
fn the_length_of_flat_arguments() {
    for &adapter in Adapter::ALL {
        let mut refused = 0;
        for case in abi_cases() {
            if calls::BY_THE_BYTE.contains(&case.name) {
                continue;
            }
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(OWNER, &Script::forward(Scheme::Call, case.to).report());
            let maximum = maximum(&case);
            for len in [maximum + 1, maximum + 32, 60_000] {
                let mut input = case.input.to_vec();
                input.resize(4 + len, 0);
                let error = InputTooLong {
                    length: U256::from(len),
                    maximum: U256::from(maximum),
                };
                chain.refused(Tx::new(OWNER, input), case.to, case.price, &revert_data(&error));
                refused += 1;
            }
            // Up to the limit it is the encoding that is refused.
            let mut input = case.input.to_vec();
            input.resize(4 + maximum, 0);
            let error = InvalidAbiEncoding {
                selector: FixedBytes::from_slice(&input[..4]),
            };
            chain.refused(Tx::new(OWNER, input), case.to, case.price, &revert_data(&error));
        }
        assert_eq!(refused, (calls::OPERATIONS - 8 - 3) * 3);
        // The longest minimum TCB that is within the limit is refused for what it is, by the governed registry.
        let mut chain = Chain::new(adapter, OWNER);
        chain.install(OWNER, &Script::forward(Scheme::Call, REGISTRY).report());
        let minimum = Bytes::from(vec![1; 1_024 - 96]);
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
