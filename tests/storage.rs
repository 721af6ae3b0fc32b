//! Every storage slot that a call writes, pinned: keys and values are made here from the documented layout, not
//! by the code under test. They are consensus, and what `eth_getProof` and `eth_getStorageAt` show
//! (specification, section 9).

mod evm;

use aivm::{
    abi::IAttestationRegistry::{self as abi, MeasurementState, TEEVendor},
    precompiles::{evidence::intel, memory::MemoryAccount},
};
use alloy_primitives::{Address, B256, Bytes, U256, address, b256, hex, keccak256, uint};
use alloy_sol_types::SolCall;
use evm::{
    MINING, REGISTRY, calls, mapping,
    memory::Machine,
    mining_input,
    pins::{COLLATERAL, ROOT_HASH, SGX_ROOTS, account_of, blake3, vendor},
};
use std::collections::{BTreeMap, BTreeSet};

const OWNER: Address = address!("5e4de00000000000000000000000000000000001");

/// Slots that a call set to another value: account, slot, value. And codes that it set: account, code.
type Changes = (Vec<(Address, U256, U256)>, Vec<(Address, Bytes)>);

fn changes(before: &BTreeMap<Address, MemoryAccount>, after: &BTreeMap<Address, MemoryAccount>) -> Changes {
    let (mut slots, mut codes) = (Vec::new(), Vec::new());
    let addresses: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    for address in addresses {
        let account =
            |accounts: &BTreeMap<_, MemoryAccount>| accounts.get(&address).cloned().unwrap_or_default();
        let (old, new) = (account(before), account(after));
        assert_eq!(old.nonce, new.nonce);
        let keys: BTreeSet<_> = old.storage.keys().chain(new.storage.keys()).copied().collect();
        for key in keys {
            let value = |account: &MemoryAccount| account.storage.get(&key).copied().unwrap_or_default();
            if value(&old) != value(&new) {
                slots.push((address, key, value(&new)));
            }
        }
        if old.code != new.code {
            codes.push((address, new.code));
        }
    }
    (slots, codes)
}

/// What a call by the owner changes.
#[track_caller]
fn changed_by(machine: &mut Machine, to: Address, input: &[u8]) -> Changes {
    let before = machine.host.accounts.clone();
    machine.call(OWNER, to, input).unwrap();
    changes(&before, &machine.host.accounts)
}

/// One slot, and no code.
fn slot(account: Address, key: U256, value: U256) -> Changes {
    (vec![(account, key, value)], Vec::new())
}

#[test]
fn mining_slots() {
    let mut machine = Machine::new(OWNER);
    let spent = uint!(0xe73dc4c34c9162e8a9dcc05cf589226097187f345cb93c773f52a6c075f28d80_U256);
    assert_eq!(spent, blake3("spnt", &[0x22; 32]));
    let changes = changed_by(&mut machine, MINING, &mining_input(6, &[0x22; 32]));
    assert_eq!(changes, slot(MINING, spent, U256::ONE));

    let authorized = uint!(0xa6c217af6a8a5d470c22b4291e3ebb7a8456933b0981caeaf673ae7d2f88a0a6_U256);
    assert_eq!(authorized, blake3("auth", &[0x55; 20]));
    for flag in [1, 0] {
        let input = mining_input(7, &[&[0x55; 20][..], &[flag]].concat());
        let changes = changed_by(&mut machine, MINING, &input);
        assert_eq!(changes, slot(MINING, authorized, U256::from(flag)));
    }
}

/// What each policy function of the table of cases changes: one slot.
#[test]
fn policy_slots() {
    let heir = uint!(0x7777777777777777777777777777777777777777_U256);
    let minimum = uint!(0x0000001100000000000000000000000000000000000000000000000000000008_U256);
    let expected = [
        ("setGovernance", U256::ZERO, heir),
        ("setGuardian", U256::ONE, heir),
        ("pause", U256::from(2), U256::from(0b1000)),
        ("setMinTrustScore", U256::from(3), U256::from(60)),
        ("setValidity", U256::from(4), U256::from(3_600)),
        ("setMeasurement", mapping(B256::repeat_byte(0x66), 5), U256::ONE),
        ("requireAllowlist", mapping(vendor(3), 6), U256::ONE),
        ("setMinimumTcb", mapping(vendor(3), 7), minimum),
    ];
    let cases = calls::all();
    for (name, key, value) in expected {
        let case = cases.iter().find(|case| case.name == name).unwrap();
        let changes = changed_by(&mut Machine::new(OWNER), REGISTRY, &case.input);
        assert_eq!(changes, slot(REGISTRY, key, value), "{name}");
    }
    // The writes that are not among them: unpause below, roots, collateral and golden
    // measurements further down, and the five of devices in a file of their own.
    let rest = cases.iter().filter(|case| case.to == REGISTRY && case.writes);
    assert_eq!(rest.count(), expected.len() + 4 + 5);
}

#[track_caller]
fn expect(machine: &mut Machine, call: impl SolCall, key: U256, value: u64) {
    let changes = changed_by(machine, REGISTRY, &call.abi_encode());
    assert_eq!(changes, slot(REGISTRY, key, U256::from(value)));
}

#[test]
fn the_bits_of_pauses() {
    let vendors = [
        TEEVendor::SGX,
        TEEVendor::SEVSNP,
        TEEVendor::TDX,
        TEEVendor::NVIDIA,
        TEEVendor::ARMCCA,
    ];
    let mut machine = Machine::new(OWNER);
    let mut bits = 0;
    for (bit, vendor) in [TEEVendor::None].into_iter().chain(vendors).enumerate() {
        bits |= 1 << bit;
        expect(&mut machine, abi::pauseCall { vendor }, U256::from(2), bits);
    }
    assert_eq!(bits, 0b11_1111);
    let vendor = TEEVendor::NVIDIA;
    expect(
        &mut machine,
        abi::unpauseCall { vendor },
        U256::from(2),
        0b10_1111,
    );
}

#[test]
fn the_values_of_mappings() {
    let mut machine = Machine::new(OWNER);
    let id = B256::repeat_byte(0x66);
    let states = [
        MeasurementState::Banned,
        MeasurementState::Allowed,
        MeasurementState::Unset,
    ];
    for (state, value) in states.into_iter().zip([2, 1, 0]) {
        let call = abi::setMeasurementCall {
            measurementId: id,
            state,
        };
        expect(&mut machine, call, mapping(id, 5), value);
    }
    for (number, tee) in [(1, TEEVendor::SGX), (5, TEEVendor::ARMCCA)] {
        for required in [true, false] {
            let call = abi::requireAllowlistCall {
                vendor: tee,
                required,
            };
            expect(
                &mut machine,
                call,
                mapping(vendor(number), 6),
                u64::from(required),
            );
        }
    }
    // Solidity's short `bytes`: twice the length in the lowest byte.
    for (minimum, value) in [(Bytes::from(vec![0; 4]), 8), (Bytes::new(), 0)] {
        let call = abi::setMinimumTcbCall {
            vendor: TEEVendor::SGX,
            minimum,
        };
        expect(&mut machine, call, mapping(vendor(1), 7), value);
    }
}

#[test]
fn root_slots() {
    use aivm_simulator::intel::{Format, Scenario};
    let bundle = [intel::ROOT_CA, &Scenario::new(Format::SgxV3).root_der()].concat();
    let hash = keccak256(&bundle);
    let code = Bytes::from([&[0xfe], &bundle[..]].concat());
    let call = abi::updateRootCACall {
        vendor: TEEVendor::SGX,
        newRootCA: bundle.into(),
    };
    let (mut slots, codes) = changed_by(&mut Machine::new(OWNER), REGISTRY, &call.abi_encode());
    let mut expected = vec![
        (REGISTRY, mapping(vendor(1), 8), U256::from(2)),
        (REGISTRY, mapping(vendor(1), 9), hash.into()),
    ];
    slots.sort();
    expected.sort();
    assert_eq!(slots, expected);
    assert_eq!(codes, [(SGX_ROOTS, code)]);
}

/// `floors[keccak("aivm.floor.v1" ‖ vendor ‖ keccak(root) ‖ component ‖ subject)]`: date in the low 64 bits,
/// then the number.
#[track_caller]
fn floor(component: u8, subject: &[u8], pinned: U256, issued: u64, number: u64) -> (Address, U256, U256) {
    let preimage = [b"aivm.floor.v1", &[3][..], &ROOT_HASH[..], &[component], subject].concat();
    assert_eq!(mapping(keccak256(preimage), 10), pinned);
    (REGISTRY, pinned, U256::from_limbs([issued, number, 0, 0]))
}

/// What the sample's collateral leaves. Dates and numbers are those that `openssl crl` and the JSON show.
#[test]
fn collateral_slots() {
    let submit = calls::named("submitCollateral");
    let mut machine = Machine::new(OWNER);
    let (mut slots, codes) = changed_by(&mut machine, REGISTRY, &submit.input);
    let fmspc = hex!("b0c06f000000");
    let root_crl = uint!(0x30c84a08199fd34629c616aeed5f3508cd1f81ed32a4c29b1a728d86e44f22fa_U256);
    let pck_crl = uint!(0xa5f0fd3166e4f320cdd083aebb105a979a79d9088233fcc233267133e02b877b_U256);
    let tcb_info = uint!(0xf43e0711c9fa1b608c212750d7b597939059858edffac0977a292f2819e9607e_U256);
    let qe_identity = uint!(0x0b7f6446964fc730266ad71f516d4a8f4119a56d3346d4178e475d4cf2889204_U256);
    let mut expected = vec![
        floor(1, &[], root_crl, 1_742_469_717, 1),     // 2025-03-20T11:21:57Z
        floor(2, &[2], pck_crl, 1_750_327_235, 1),     // the Platform CA's, 2025-06-19T10:00:35Z
        floor(3, &fmspc, tcb_info, 1_750_328_163, 17), // 2025-06-19T10:16:03Z
        floor(4, &[], qe_identity, 1_750_329_147, 17), // 2025-06-19T10:32:27Z
    ];
    slots.sort();
    expected.sort();
    assert_eq!(slots, expected);
    assert_eq!(codes.len(), 1);
    let (account, code) = &codes[0];
    assert_eq!(*account, COLLATERAL);
    // Marker, layout version, window, hash of the root bundle, which is one certificate; all else hashed with them.
    let window = [1_750_329_147_u64.to_be_bytes(), 1_752_919_234_u64.to_be_bytes()].concat();
    let head = [&[0xfe, 2], &window[..], &ROOT_HASH[..]].concat();
    assert_eq!(code[..50], head);
    assert_eq!(code[50..82], keccak256([&code[1..50], &code[82..]].concat())[..]);
    assert_eq!(
        keccak256(code),
        b256!("630c3178d400d063745f16a77fcc7f78a358475603b4ec6ba3312f03e32e054e")
    );
    // Submitted again, nothing changes.
    assert_eq!(
        changed_by(&mut machine, REGISTRY, &submit.input),
        (vec![], vec![])
    );
}

/// Golden measurements are the code of an account of their own, and nothing else.
#[test]
fn golden_account() {
    let mut machine = Machine::new(OWNER);
    let software = keccak256(b"aivm.golden.v1550.90.07\x0096.00.9F.00.01");
    let account = account_of(&[b"aivm.golden.v1", &[4], &software[..]]);
    let code = [
        &b"\xfe\x01\x05GH100\x02"[..],
        &[2, 1],
        &[2; 48],
        &[3, 1],
        &[3; 48],
    ]
    .concat();
    let set = calls::named("setGoldenMeasurement");
    let changes = changed_by(&mut machine, REGISTRY, &set.input);
    assert_eq!(changes, (vec![], vec![(account, code.into())]));
}

/// A device's record as five words, read through CalculateReward: each field is where the documentation says.
#[test]
fn device_slots() {
    let device = B256::repeat_byte(0x11);
    let base = uint!(0xa49548bb6fef453422c9f7d8a3f4969f7d7735268d0e37e3bfe68bd5b7628bf3_U256);
    assert_eq!(base, mapping(device, 11));
    //                 flags, score, vendor, lastSeen, operator
    let good = uint!(0x0001460300000000686325005555555555555555555555555555555555555555_U256);
    let reward = |words: [U256; 5]| {
        let mut machine = Machine::new(OWNER);
        for (offset, word) in words.into_iter().enumerate() {
            machine.poke(base + U256::from(offset), word);
        }
        let gpu = B256::repeat_byte(0x62);
        machine.poke(base + U256::from(6), gpu.into());
        machine.poke(mapping(gpu, 15), device.into());
        let output = machine.mining(OWNER, 2, &evm::work_proof(device, 4, 100));
        output.map(|bytes| U256::from_be_slice(&bytes) / uint!(1_000_000_000_000_000_000_U256))
    };
    let words = [good, U256::MAX, U256::MAX, U256::from(5), U256::from(6)];
    assert_eq!(evm::NOW, 0x6863_2500);
    assert_eq!(reward(words), Ok(U256::from(105)), "150 at trust 70");
    let with = |word: U256| reward([word, words[1], words[2], words[3], words[4]]);
    assert_eq!(
        with(good + (U256::ONE << 232)),
        Ok(U256::from(106)),
        "bit 232 is the score's lowest"
    );
    assert!(with(good ^ (U256::ONE << 240)).is_err(), "bit 240 is hybrid");
    assert!(with(good ^ (U256::ONE << 241)).is_err(), "bit 241 is revoked");
    assert!(
        with(good ^ (U256::from(3) << 224)).is_err(),
        "no vendor, no record"
    );
    assert!(
        with(good - (U256::from(86_401) << 160)).is_err(),
        "seen a second too early"
    );
    assert!(
        with(good - (U256::from(86_400) << 160)).is_ok(),
        "seen just in time"
    );
    assert_eq!(
        with(good ^ (U256::MAX >> 96)),
        Ok(U256::from(105)),
        "the operator is not asked"
    );
}
