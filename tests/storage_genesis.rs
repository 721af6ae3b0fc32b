//! The accounts of a new chain, pinned byte for byte: nonce, code, storage (specification, section 1, rule 8,
//! and section 9).

mod evm;

use aivm::{
    Aivm, Genesis,
    precompiles::{
        evidence::{intel, nvidia, snp},
        memory::MemoryAccount,
    },
};
use alloy_primitives::{Address, U256, address, hex, keccak256, uint};
use evm::{
    MINING, PROOFS, REGISTRY, SYNC,
    evidence::COLLATERAL_KEY,
    mapping,
    pins::{COLLATERAL, ROOT_HASH, SGX_ROOTS, TDX_ROOTS, account_of, blake3, vendor},
};
use std::collections::BTreeMap;

/// A contract that the genesis below authorises, and its slot.
const AUTHORIZED: Address = address!("00000000000000000000000000000000000000b1");
const IS_AUTHORIZED: U256 = uint!(0x2aa36ee5e551d6c2b4d1070175529832fdae6e84004f2fb4ef47f60f9f1e08be_U256);

/// The first account of the well-known test mnemonic, as a word.
const DEVELOPER: U256 = uint!(0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266_U256);

/// `rootVersions` of SGX and TDX, then `rootHashes`.
const ROOT_SLOTS: [U256; 4] = [
    uint!(0xad67d757c34507f157cacfa2e3153e9f260a2244f30428821be7be64587ac55f_U256),
    uint!(0x625b35f5e76f098dd7c3a05b10e2e5e78a4a01228d60c3b143426cdf36d26455_U256),
    uint!(0x92e85d02570a8092d09a6e3a57665bc3815a2699a4074001bf1ccabf660f5a36_U256),
    uint!(0xc575c31fea594a6eb97c8e9d3f9caee4c16218c6ef37e923234c0fe9014a61e7_U256),
];

/// The pinned values are what the documentation makes of its words.
#[test]
fn pins() {
    assert_eq!(account_of(&[b"aivm.root.v1", &[1]]), SGX_ROOTS);
    assert_eq!(account_of(&[b"aivm.root.v1", &[3]]), TDX_ROOTS);
    assert_eq!(
        account_of(&[b"aivm.collateral.v1", &[3], &COLLATERAL_KEY[..]]),
        COLLATERAL
    );
    assert_eq!(keccak256(intel::ROOT_CA), ROOT_HASH);
    let key = hex!("b0c06f000000 02 00000000000000000000000000000000000000000000000000");
    assert_eq!(COLLATERAL_KEY, key);
    let slots = [(1, 8), (3, 8), (1, 9), (3, 9)].map(|(number, slot)| mapping(vendor(number), slot));
    assert_eq!(slots, ROOT_SLOTS);
    assert_eq!(blake3("auth", AUTHORIZED.as_slice()), IS_AUTHORIZED);
}

fn account(code: &[u8], storage: &[(U256, U256)]) -> MemoryAccount {
    let storage = storage.iter().copied().collect();
    MemoryAccount {
        nonce: 1,
        code: [&[0xfe], code].concat().into(),
        storage,
    }
}

#[test]
fn development() {
    let hash = ROOT_HASH.into();
    let registry = [
        (uint!(0_U256), DEVELOPER),
        (uint!(1_U256), DEVELOPER),
        (uint!(3_U256), uint!(50_U256)),
        (uint!(4_U256), uint!(86400_U256)),
        (ROOT_SLOTS[0], U256::ONE),
        (ROOT_SLOTS[1], U256::ONE),
        (ROOT_SLOTS[2], hash),
        (ROOT_SLOTS[3], hash),
    ];
    let amd = snp::ROOTS.concat();
    let nvidia = nvidia::ROOTS.concat();
    let others = [(2, &amd), (4, &nvidia)].into_iter().flat_map(|(number, roots)| {
        let hash = keccak256(roots).into();
        [
            (mapping(vendor(number), 8), U256::ONE),
            (mapping(vendor(number), 9), hash),
        ]
    });
    let registry: Vec<_> = registry.into_iter().chain(others).collect();
    let expected = BTreeMap::from([
        (MINING, account(&[], &[(IS_AUTHORIZED, U256::ONE)])),
        (REGISTRY, account(&[], &registry)),
        (PROOFS, account(&[], &[])),
        (SYNC, account(&[], &[])),
        (SGX_ROOTS, account(intel::ROOT_CA, &[])),
        (TDX_ROOTS, account(intel::ROOT_CA, &[])),
        (account_of(&[b"aivm.root.v1", &[2]]), account(&amd, &[])),
        (account_of(&[b"aivm.root.v1", &[4]]), account(&nvidia, &[])),
    ]);
    let authorized = vec![AUTHORIZED];
    let genesis = Genesis {
        authorized,
        ..Genesis::development()
    };
    assert_eq!(genesis.accounts(&Aivm::default()), Ok(expected));
}

/// Nobody is authorised unless genesis says so, and no guardian is no slot.
#[test]
fn nobody_in_particular() {
    let genesis = Genesis {
        guardian: Address::ZERO,
        ..Genesis::development()
    };
    let accounts = genesis.accounts(&Aivm::default()).unwrap();
    assert!(accounts[&MINING].storage.is_empty());
    assert_eq!(accounts[&MINING].code[..], [0xfe]);
    assert_eq!(accounts[&REGISTRY].storage.len(), 11);
    assert!(!accounts[&REGISTRY].storage.contains_key(&U256::ONE));
}

/// A host in memory begins with these accounts and nothing else.
#[test]
fn memory_host() {
    let (genesis, aivm) = (Genesis::development(), Aivm::default());
    let host = genesis.memory_host(&aivm, 7);
    assert_eq!(Ok(host.accounts), genesis.accounts(&aivm));
    assert_eq!((host.timestamp, host.logs.len()), (7, 0));
}
