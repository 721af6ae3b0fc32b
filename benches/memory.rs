//! How much one call allocates: never more than four times its input plus 64 KiB.
//!
//! Counts every byte that is allocated during the call, whether or not it is freed in between: the sum is an
//! upper bound of the peak. The output of the call is part of it. Run with `cargo bench --bench memory`; the
//! tests run it too.

use aivm::{
    Aivm, Call, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::{
        TEEVendor, setGoldenMeasurementCall, submitCollateralCall, updateRootCACall,
    },
    precompiles::{
        evidence::{
            Vendor,
            intel::{ROOT_CA, pack},
        },
        mining::Operation,
    },
};
use aivm_simulator::intel;
use aivm_test_support::{
    fixtures,
    formats::{self, FORMATS, Format},
    fuzz,
    genuine::genuine,
    rng::Rng,
};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// When the collateral of the genuine samples was valid.
const NOW: u64 = 1_751_328_000;

/// How many mutated inputs are measured for each operation.
const MUTATIONS: usize = 2_000;

const FACTOR: usize = 4;
const ALLOWANCE: usize = 64 * 1024;

/// The most that a group of inputs needed, against what it may need.
struct Worst {
    name: String,
    inputs: usize,
    input_len: usize,
    allocated: usize,
}

impl Worst {
    fn of(name: &str, aivm: &Aivm, host: &MemoryHost, to: Address, inputs: &[Vec<u8>]) -> Self {
        let measured = inputs
            .iter()
            .map(|input| (input.len(), allocated(aivm, host, to, input)));
        let share = |(len, bytes): &(usize, usize)| bytes * 1_000 / limit(*len);
        let (input_len, allocated) = measured.max_by_key(share).expect("at least one input");
        Self {
            name: name.to_owned(),
            inputs: inputs.len(),
            input_len,
            allocated,
        }
    }
}

fn limit(input_len: usize) -> usize {
    FACTOR * input_len + ALLOWANCE
}

fn call(input: &[u8]) -> Call<'_> {
    let caller = Genesis::development().governance;
    Call {
        input,
        gas_limit: u64::MAX,
        caller,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    }
}

/// The bytes that one call allocates.
fn allocated(aivm: &Aivm, host: &MemoryHost, to: Address, input: &[u8]) -> usize {
    let mut host = host.clone();
    let call = call(input);
    let region = Region::new(ALLOCATOR);
    let outcome = aivm
        .call(to, &mut host, &call)
        .expect("a precompile")
        .expect("memory");
    let change = region.change();
    assert!(outcome != Outcome::OutOfGas);
    change.bytes_allocated
}

fn collateral_of(sample: &str, vendor: TEEVendor) -> Vec<u8> {
    let case = fixtures::dcap_sample_cases()
        .into_iter()
        .find(|case| case.name == sample);
    let packed = pack::pack(&case.expect("a sample").collateral).expect("PEM");
    submitCollateralCall {
        vendor,
        collateral: packed.into(),
    }
    .abi_encode()
}

/// A PCK certificate stuffed with as many small extensions as its length allows, and more: what costs a parser
/// the most memory for a byte of input.
fn stuffed_certificates() -> Vec<Vec<u8>> {
    let evidence = (1..=240).map(|count| {
        let mut scenario = intel::Scenario::new(intel::Format::SgxV3);
        let extension = |n: usize| intel::Extension {
            oid: format!("2.5.{n}").leak(),
            critical: false,
            value: Vec::new(),
        };
        scenario.pck_leaf.extensions = (0..count).map(extension).collect();
        [
            &[Operation::VerifyTee.opcode(), 1],
            scenario.quote().as_slice(),
            &[0; 32],
        ]
        .concat()
    });
    evidence.collect()
}

/// `IntelCollateral` whose nine offsets all point to the same bytes.
fn aliased_collateral() -> Vec<Vec<u8>> {
    let word = |value: usize| U256::from(value).to_be_bytes::<32>();
    let aliased = [1_024, 16_384, 60_000].map(|len: usize| {
        let padded = vec![0x41; len.next_multiple_of(32)];
        let offsets = [word(9 * 32); 9].concat();
        let collateral = [&word(32)[..], &offsets, &word(len), &padded].concat();
        submitCollateralCall {
            vendor: TEEVendor::TDX,
            collateral: collateral.into(),
        }
        .abi_encode()
    });
    aliased.to_vec()
}

/// Honest inputs and mutations of them.
fn with_mutations(seeds: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut rng = Rng(1);
    let mutated = (0..MUTATIONS)
        .map(|_| fuzz::mutate(&mut rng, &seeds))
        .collect::<Vec<_>>();
    [seeds, mutated].concat()
}

/// The functions of the registry whose input can be long.
fn registry_rows(aivm: &Aivm, host: &MemoryHost, collateral: &[Vec<u8>]) -> Vec<Worst> {
    let registry = aivm.config().addresses.registry;
    let row = |name, host: &MemoryHost, inputs: &[Vec<u8>]| Worst::of(name, aivm, host, registry, inputs);
    let later = |sample, timestamp| {
        let host = MemoryHost {
            timestamp,
            ..host.clone()
        };
        row(sample, &host, &[collateral_of(sample, TEEVendor::TDX)])
    };
    let roots = updateRootCACall {
        vendor: TEEVendor::SGX,
        newRootCA: ROOT_CA.into(),
    }
    .abi_encode();
    vec![
        row("submitCollateral", host, &with_mutations(collateral.to_vec())),
        later("tdx_quote_outdated", 1_772_323_200),
        later("tdx_quote_td15ex", 1_792_454_400),
        row("aliased offsets", host, &aliased_collateral()),
        row("updateRootCA", host, &with_mutations(vec![roots])),
    ]
}

/// A format's input in the call that takes it.
fn wrapped(format: Format, input: &[u8]) -> Vec<u8> {
    let vendor = |vendor: Vendor| TEEVendor::try_from(vendor.number()).expect("the numbers are the same");
    let input = input.to_vec();
    match format {
        Format::Evidence(number) => [
            &[Operation::VerifyTee.opcode(), number.number()],
            &input[..],
            &[0; 32],
        ]
        .concat(),
        Format::Collateral(number) => submitCollateralCall {
            vendor: vendor(number),
            collateral: input.into(),
        }
        .abi_encode(),
        Format::Roots(number) => updateRootCACall {
            vendor: vendor(number),
            newRootCA: input.into(),
        }
        .abi_encode(),
        Format::Golden(number) => setGoldenMeasurementCall {
            vendor: vendor(number),
            golden: input.into(),
        }
        .abi_encode(),
    }
}

/// Every format of every vendor, with the collateral of the genuine samples stored: honest inputs and mutations.
fn format_rows(aivm: &Aivm, mut host: MemoryHost) -> Vec<Worst> {
    let addresses = aivm.config().addresses;
    for sample in genuine() {
        let input = wrapped(Format::Collateral(sample.vendor), &sample.collateral);
        let outcome = aivm.call(addresses.registry, &mut host, &call(&input));
        let outcome = outcome.expect("a precompile").expect("memory");
        assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
    }
    let rows = FORMATS.into_iter().map(|(name, format)| {
        let to = match format {
            Format::Evidence(_) => addresses.mining,
            _ => addresses.registry,
        };
        // The mutator leaves the first byte alone, so each input is given one.
        let seeds = formats::seeds(format)
            .into_iter()
            .map(|seed| [vec![0], seed].concat());
        let inputs = with_mutations(seeds.collect());
        let inputs: Vec<_> = inputs.iter().map(|input| wrapped(format, &input[1..])).collect();
        Worst::of(name, aivm, &host, to, &inputs)
    });
    let dense = dense_tokens()
        .into_iter()
        .map(|token| wrapped(Format::Evidence(Vendor::ArmCca), &token));
    let dense: Vec<_> = dense.collect();
    rows.chain([Worst::of("dense CBOR", aivm, &host, addresses.mining, &dense)])
        .collect()
}

/// Tokens of as many small items as fit: flat, nested, and as maps; alone and inside the strings of a collection.
fn dense_tokens() -> Vec<Vec<u8>> {
    let header = |major: u8, count: usize| {
        let count = u16::try_from(count).expect("a small count").to_be_bytes();
        [&[major << 5 | 25][..], &count].concat()
    };
    let mut layers = Vec::new();
    for len in [100, 1_000, 16_000] {
        layers.push([header(4, len), vec![0; len]].concat());
        layers.push(vec![0x81; len]);
        layers.push([header(5, len / 4), b"\x19\x10\x00\x00".repeat(len / 4)].concat());
    }
    let inside = layers.iter().map(|layer| {
        let sign1 = [
            &b"\xd2\x84\x43\xa1\x01\x26\xa0"[..],
            &header(2, layer.len()),
            layer,
            &[0x40],
        ]
        .concat();
        let token = [&header(2, sign1.len())[..], &sign1].concat();
        [&b"\xd9\x01\x8f\xa2\x19\xac\xca"[..], &token, b"\x19\xac\xd1\x40"].concat()
    });
    let mut tokens: Vec<_> = inside.collect();
    tokens.extend(layers);
    tokens
}

/// The operations of AI mining, with the collateral stored.
fn mining_rows(aivm: &Aivm, mut host: MemoryHost, collateral: &[Vec<u8>]) -> Vec<Worst> {
    let addresses = aivm.config().addresses;
    for input in collateral {
        let outcome = aivm.call(addresses.registry, &mut host, &call(input));
        let outcome = outcome.expect("a precompile").expect("memory");
        assert!(matches!(outcome, Outcome::Success { .. }));
    }
    let row = |name, inputs: &[Vec<u8>]| Worst::of(name, aivm, &host, addresses.mining, inputs);
    let operations =
        Operation::ALL.map(|operation| row(operation.name(), &with_mutations(fuzz::seeds(operation))));
    operations
        .into_iter()
        .chain([row("stuffed certificate", &stuffed_certificates())])
        .collect()
}

fn main() {
    let aivm = Aivm::default();
    let host = Genesis::development().memory_host(&aivm, NOW);
    let collateral = [
        collateral_of("sgx_quote", TEEVendor::SGX),
        collateral_of("tdx_quote", TEEVendor::TDX),
    ];
    let mut rows = registry_rows(&aivm, &host, &collateral);
    rows.extend(mining_rows(&aivm, host.clone(), &collateral));
    rows.extend(format_rows(&aivm, host));

    println!(
        "{:20} {:>7} {:>12} {:>10} {:>10}",
        "input", "inputs", "worst input", "allocated", "allowed"
    );
    for Worst {
        name,
        inputs,
        input_len,
        allocated,
    } in &rows
    {
        println!(
            "{name:20} {inputs:>7} {input_len:>12} {allocated:>10} {:>10}",
            limit(*input_len)
        );
    }
    assert_eq!(rows.len(), 6 + Operation::ALL.len() + FORMATS.len() + 1);
    assert!(
        rows.iter().all(|row| row.allocated <= limit(row.input_len)),
        "an operation allocates too much"
    );
}
