//! How much a whole call with a CCA token, keys or golden measurements allocates, whatever is in it: at most four times
//! its input plus 64 KiB. `benches/memory.rs` has the same limit for honest and for mutated input.

#[path = "cca/setup.rs"]
mod cca;
mod common;

use aivm::{
    Aivm, Call, Genesis, Outcome,
    abi::IAttestationRegistry::{CcaCpak, setGoldenMeasurementCall, submitCollateralCall, updateRootCACall},
    evidence::cca::pack,
};
use aivm_simulator::cca::{Component, Edit, Form, Scenario, cbor};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use cca::{CCA, golden_of, registered, world_of};
use common::world::{GOVERNANCE, World, abi_vendor, nonce_of};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Checks what one call allocates; whether it succeeded.
fn check(what: &str, world: &World, to: Address, input: &[u8]) -> bool {
    let aivm = Aivm::default();
    let mut host = world.host.clone();
    let call = Call {
        input,
        gas_limit: 30_000_000,
        caller: GOVERNANCE,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let region = Region::new(ALLOCATOR);
    let outcome = aivm.call(to, &mut host, &call);
    let allocated = region.change().bytes_allocated;
    let outcome = outcome.expect("a precompile").expect("memory");
    let limit = 4 * input.len() + 64 * 1024;
    println!("{what}: {allocated} of {limit} for {}", input.len());
    assert!(allocated <= limit, "{what}: {allocated} of {limit}");
    matches!(outcome, Outcome::Success { .. })
}

/// So many keys, each of another platform.
fn keys(scenario: &Scenario, count: u16) -> Vec<CcaCpak> {
    let key = |index: u16| {
        let mut scenario = scenario.clone();
        scenario.platform.instance_id[1..3].copy_from_slice(&index.to_be_bytes());
        registered(scenario.cpak())
    };
    (0..count).map(key).collect()
}

/// What a bent token has in it, and how it is bent.
type Bent = (&'static str, fn(&mut Scenario));

const BENT: [Bent; 10] = [
    ("nothing", |_| {}),
    ("a long configuration", |s| s.platform.config = vec![0xcf; 14_000]),
    ("a long unknown claim", |s| unknown(s, cbor::bytes(&[1; 14_000]))),
    ("as many components as fit", |s| {
        s.platform.components = (0..44).map(|n| Component::new("component", n, 1)).collect();
    }),
    ("arrays", |s| unknown(s, cbor::array(&vec![vec![0x80]; 480]))),
    ("maps", |s| unknown(s, cbor::array(&vec![vec![0xa1, 0, 0]; 160]))),
    ("many header parameters", |s| {
        s.realm_sign1.unprotected = Some(numbered(0, 250));
    }),
    ("many parameters of a COSE_Key", |s| {
        s.realm.rak = Some(numbered(1_000, 250));
    }),
    ("many operations of a COSE_Key", |s| {
        let operations: Vec<_> = (0..500).map(|n| cbor::int(-70_000 - n)).collect();
        s.realm.rak = Some(cbor::map(&[
            (cbor::int(1), cbor::int(2)),
            (cbor::int(4), cbor::array(&operations)),
        ]));
    }),
    ("long coordinates of a COSE_Key", |s| {
        s.realm.rak = Some(cbor::map(&[
            (cbor::int(1), cbor::int(2)),
            (cbor::int(-1), cbor::int(2)),
            (cbor::int(-2), cbor::bytes(&[1; 6_000])),
            (cbor::int(-3), cbor::bytes(&[1; 6_000])),
        ]));
    }),
];

fn unknown(s: &mut Scenario, value: Vec<u8>) {
    s.realm.edits.push(Edit::Append(cbor::int(99), value));
}

/// A map of so many numbers from `first` on.
fn numbered(first: i64, count: i64) -> Vec<u8> {
    let entries: Vec<_> = (first..first + count)
        .map(|key| (cbor::int(key), cbor::array(&[])))
        .collect();
    cbor::map(&entries)
}

fn tokens() -> usize {
    let mining = Aivm::default().config().addresses.mining;
    let mut checked = 0;
    for form in Form::ALL {
        for (what, bend) in BENT {
            let mut scenario = Scenario::new(form);
            bend(&mut scenario);
            let evidence = common::evidence(CCA, &scenario.token());
            let input = [&[3], &evidence[..], &nonce_of(&evidence)].concat();
            check(what, &world_of(&scenario), mining, &input);
            checked += 1;
        }
    }
    checked
}

/// Keys and golden measurements: as many as fit, and lists whose entries are all the same bytes.
fn submissions() -> usize {
    let registry = Aivm::default().config().addresses.registry;
    let scenario = Scenario::new(Form::Legacy);
    let world = world_of(&scenario);
    let vendor = abi_vendor(CCA);
    let roots = |bundle: Vec<u8>| {
        updateRootCACall {
            vendor,
            newRootCA: bundle.into(),
        }
        .abi_encode()
    };
    let golden = |golden: Vec<u8>| {
        let golden = golden.into();
        setGoldenMeasurementCall { vendor, golden }.abi_encode()
    };
    assert!(check(
        "keys",
        &world,
        registry,
        &roots(pack::bundle(&keys(&scenario, 151)))
    ));
    let collateral = pack::entry(&registered(scenario.cpak())).into();
    let entry = submitCollateralCall { vendor, collateral }.abi_encode();
    assert!(check("a key", &world, registry, &entry));
    let mut most = golden_of(&scenario.token());
    most.realms = (0..763_u64)
        .map(|n| B256::left_padding_from(&n.to_be_bytes()))
        .collect();
    assert!(check(
        "golden measurements",
        &world,
        registry,
        &golden(pack::golden(&most))
    ));

    let word = |value: usize| U256::from(value).to_be_bytes::<32>();
    let one = &pack::bundle(&keys(&scenario, 1))[96..];
    for count in [10, 100, 1_000, 1_900] {
        let offsets = [word(32 * count)].concat().repeat(count);
        let aliased = [&word(32)[..], &word(count), &offsets, one].concat();
        assert!(!check("aliased keys", &world, registry, &roots(aliased)));
        let lists = [word(32), word(0), word(128), word(128), word(128), word(count)].concat();
        let aliased = [lists, vec![1; 32 * count]].concat();
        assert!(!check("aliased lists", &world, registry, &golden(aliased)));
    }
    3 + 2 * 4
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn hostile_input_allocates_little() {
    assert_eq!(Genesis::development().governance, GOVERNANCE);
    assert_eq!((tokens(), submissions()), (20, 11));
}
