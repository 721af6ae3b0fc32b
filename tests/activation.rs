//! Activation of a chain that already runs: the same state as a chain that began with the precompiles, and nothing of
//! anybody else's overwritten.

mod evm;

use aivm::{
    Activation, Genesis, GenesisError,
    abi::{IAttestationLightClient::setCommitteeCall, IAttestationRegistry::setMinTrustScoreCall},
    evidence::Vendor,
    genesis::LightClient,
    precompiles::{memory::MemoryAccount, state::MeasurementState, sync::Committee},
    revm::{ActivationError, activate, activation_changes},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use evm::{
    MINING, REGISTRY, SENDER, SYNC,
    chain::{Adapter, Chain, Receipt, Tx},
    disk::{Disk, Fault},
    mining_input,
};
use revm::{
    Database,
    database::{CacheDB, EmptyDB, State},
    primitives::hardfork::SpecId,
};
use std::collections::BTreeMap;

/// A genesis that writes to every kind of slot.
fn genesis() -> Genesis {
    Genesis {
        guardian: SENDER,
        authorized: vec![SENDER],
        paused: [Some(Vendor::Nvidia)].into(),
        allowlist_required: [Vendor::Tdx].into(),
        measurements: BTreeMap::from([(B256::repeat_byte(7), MeasurementState::Banned)]),
        minimum_tcb: BTreeMap::from([(Vendor::Tdx, Bytes::from_static(&[0, 0, 0, 9]))]),
        light_client: Some(LightClient {
            source_chain_id: U256::from(8),
            committee: Committee::new(&[Address::with_last_byte(7)], &[3]).unwrap(),
            from_height: U256::ONE,
        }),
        ..Genesis::new(SENDER)
    }
}

fn accounts() -> BTreeMap<Address, MemoryAccount> {
    genesis().accounts(&Chain::bare(Adapter::Revm).aivm).unwrap()
}

/// A chain without the precompiles' accounts, on which someone sent ether to the addresses.
fn running(adapter: Adapter, balance: u64) -> Chain {
    let mut chain = Chain::bare(adapter);
    for address in accounts().into_keys() {
        if balance > 0 {
            chain.disk.insert(address, &MemoryAccount::default());
            chain.disk.accounts.get_mut(&address).unwrap().balance = U256::from(balance);
        }
    }
    chain
}

/// The same chain, had it begun with them.
fn begun_with_them(adapter: Adapter, balance: u64) -> Chain {
    let mut chain = Chain::bare(adapter);
    for (address, account) in accounts() {
        chain.disk.insert(address, &account);
        chain.disk.accounts.get_mut(&address).unwrap().balance = U256::from(balance);
    }
    chain
}

fn install(chain: &Chain) -> impl Fn(&mut State<Disk>) + use<> {
    let aivm = chain.aivm.clone();
    move |state| assert_eq!(activate(state, &aivm, &genesis()), Ok(true))
}

/// Writes to every account of a precompile that has storage and reads back, once in one block and once across two.
fn blocks() -> [Vec<Tx>; 2] {
    let mark = |id: u8| Tx::new(MINING, mining_input(6, &[id; 32]));
    let spent = |id: u8| Tx::new(MINING, mining_input(4, &[id; 32]));
    let allow = || Tx::new(MINING, mining_input(7, &[&[3; 20][..], &[1]].concat()));
    let score = |score| Tx::new(REGISTRY, setMinTrustScoreCall { score }.abi_encode());
    // Each one serves once.
    let committee = |weight| {
        let set = setCommitteeCall {
            sourceChainId: U256::from(9),
            members: vec![Address::with_last_byte(1)],
            weights: vec![weight],
            fromHeight: U256::from(5),
        };
        Tx::new(SYNC, set.abi_encode())
    };
    let write = |weight| vec![allow(), score(60), committee(weight)];
    let first = [vec![mark(1), spent(1), mark(1)], write(1)].concat();
    let second = [vec![spent(1), mark(2), mark(1)], write(2)].concat();
    [first, second]
}

/// What comes of either block: the third transaction marks what is spent.
const OUTCOMES: [bool; 6] = [true, true, false, true, true, true];

fn outcomes(receipts: &[Receipt]) -> Vec<bool> {
    receipts.iter().map(Receipt::is_success).collect()
}

/// Every account, nonce, code and slot; and what transactions in the same block and in the next make of it.
#[test]
fn activation_gives_the_state_that_genesis_gives() {
    let mut cases = 0;
    for spec in [SpecId::CANCUN, SpecId::PRAGUE, SpecId::OSAKA, SpecId::AMSTERDAM] {
        for balance in [0, 1] {
            for &adapter in Adapter::ALL {
                let mut old = running(adapter, balance);
                let mut new = begun_with_them(adapter, balance);
                (old.spec, new.spec) = (spec, spec);
                let install = install(&old);
                let mut installed = old.clone();
                installed.block_after(&install, &[]);
                assert_eq!(installed.disk, new.disk, "{spec:?}, balance {balance}");
                let [first, second] = blocks();
                let same_block = old.block_after(&install, &first);
                assert_eq!(same_block, new.block(&first));
                assert_eq!(outcomes(&same_block), OUTCOMES);
                let next_block = old.block(&second);
                assert_eq!(next_block, new.block(&second));
                assert_eq!(outcomes(&next_block), OUTCOMES);
                assert_eq!(next_block[0].number(), 1, "what was spent stays spent");
                assert_eq!(old.disk, new.disk, "{spec:?}, balance {balance}");
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 4 * 2 * Adapter::ALL.len());
}

/// Nothing but the accounts of genesis is touched, and all of them are.
#[test]
fn what_is_written() {
    let mut chain = running(Adapter::Revm, 5);
    let before = chain.disk.clone();
    let install = install(&chain);
    chain.block_after(&install, &[]);
    let changed: Vec<_> = chain.bundle.state.keys().copied().collect();
    assert_eq!(changed.len(), accounts().len());
    assert_eq!(
        changed.len(),
        4 + 4,
        "the precompiles, and the vendors that have roots"
    );
    for (address, account) in accounts() {
        let stored = &chain.disk.accounts[&address];
        assert_eq!(
            (stored.nonce, &stored.storage),
            (1, &account.storage),
            "{address}"
        );
        assert_eq!(chain.disk.code(address), account.code, "{address}");
        assert_eq!(stored.balance, U256::from(5), "{address}");
    }
    let payers: Vec<_> = accounts().into_keys().collect();
    assert_eq!(
        chain.disk.without(&payers).accounts,
        before.without(&payers).accounts
    );
}

/// A second time there is nothing to do: in the same block, in the next, and after the state has moved on.
#[test]
fn once_is_enough() {
    let mut chain = running(Adapter::Revm, 0);
    let aivm = chain.aivm.clone();
    let twice = |state: &mut State<Disk>| {
        assert_eq!(activate(state, &aivm, &genesis()), Ok(true));
        assert_eq!(activate(state, &aivm, &genesis()), Ok(false));
    };
    chain.block_after(twice, &blocks()[0]);
    let before = chain.disk.clone();
    assert!(
        !before
            .slot(
                MINING,
                aivm::precompiles::mining::storage::spent_slot(B256::repeat_byte(1))
            )
            .is_zero()
    );
    let other = Genesis {
        governance: Address::repeat_byte(9),
        ..genesis()
    };
    let again = |state: &mut State<Disk>| assert_eq!(activate(state, &aivm, &other), Ok(false));
    chain.block_after(again, &[]);
    assert_eq!(chain.disk, before, "what the chain has become is not undone");
}

/// Someone else's code or nonce is never overwritten, and then nothing is written at all.
#[test]
fn occupied_addresses() {
    let aivm = Chain::bare(Adapter::Revm).aivm;
    let mut cases = 0;
    for taken in accounts().into_keys() {
        for (nonce, code) in [
            (1, &[][..]),
            (0, &[0x60, 0][..]),
            (1, &[0x60, 0]),
            (2, &[0xfe]),
            (1, &[0xfe]),
        ] {
            let mut disk = Disk::default();
            let code = Bytes::copy_from_slice(code);
            let account = MemoryAccount {
                nonce,
                code: code.clone(),
                ..Default::default()
            };
            disk.insert(taken, &account);
            let mut state = State::builder().with_database(disk).with_bundle_update().build();
            let refused = ActivationError::Occupied {
                address: taken,
                nonce,
                code_hash: alloy_primitives::keccak256(&code),
            };
            assert_eq!(
                activate(&mut state, &aivm, &genesis()),
                Err(refused.clone()),
                "{taken}"
            );
            state.merge_transitions(revm::database::states::bundle_state::BundleRetention::Reverts);
            assert!(state.take_bundle().is_empty());
            assert!(refused.to_string().contains(&taken.to_string()));
            cases += 1;
        }
    }
    assert_eq!(cases, 8 * 5);
}

#[test]
fn faults() {
    let aivm = Chain::bare(Adapter::Revm).aivm;
    let mut faults: Vec<_> = accounts().into_keys().map(Fault::Account).collect();
    faults.push(Fault::Storage(REGISTRY, U256::ZERO));
    for fault in &faults {
        // With ether on the addresses: of an account that is not there no slot is read.
        let mut disk = running(Adapter::Revm, 1).disk;
        disk.fault = Some(*fault);
        let mut state = State::builder().with_database(disk).build();
        let error = activate(&mut state, &aivm, &genesis()).unwrap_err();
        assert!(matches!(error, ActivationError::Database(_)));
        assert!(error.to_string().contains(&fault.to_string()), "{error}");
    }
    assert_eq!(faults.len(), 9);
    let nobody = Genesis::new(Address::ZERO);
    let mut state = State::builder().with_database(Disk::default()).build();
    let refused = ActivationError::Genesis(GenesisError::ZeroGovernance);
    assert_eq!(activate(&mut state, &aivm, &nobody), Err(refused));
}

/// Any database will do, and a client may commit by its own means.
#[test]
fn another_database() {
    let aivm = Chain::bare(Adapter::Revm).aivm;
    let mut db = CacheDB::new(EmptyDB::default());
    let changes = activation_changes(&mut db, &aivm, &genesis()).unwrap();
    assert_eq!(changes.len(), 8);
    assert!(db.basic(REGISTRY).unwrap().is_none(), "nothing is committed");
    assert_eq!(activate(&mut db, &aivm, &genesis()), Ok(true));
    for (address, account) in accounts() {
        let info = db.basic(address).unwrap().expect("an account");
        assert_eq!(info.nonce, 1);
        assert_eq!(
            db.code_by_hash(info.code_hash).unwrap().original_bytes(),
            account.code
        );
        for (slot, value) in account.storage {
            assert_eq!(db.storage(address, slot), Ok(value));
        }
    }
}

/// For an account that has ether alone, some databases give the code hash zero.
#[test]
fn a_code_hash_of_zero() {
    let aivm = Chain::bare(Adapter::Revm).aivm;
    let mut disk = running(Adapter::Revm, 5).disk;
    for account in disk.accounts.values_mut() {
        if account.balance == U256::from(5) {
            account.code_hash = B256::ZERO;
        }
    }
    let without_code = disk
        .accounts
        .values()
        .filter(|account| account.code_hash.is_zero());
    assert_eq!(without_code.count(), 8);
    let changes = activation_changes(&mut disk, &aivm, &genesis()).unwrap();
    assert_eq!(changes.len(), 8);
    for (address, account) in accounts() {
        let info = &changes[&address].info;
        assert_eq!((info.nonce, info.balance), (1, U256::from(5)), "{address}");
        assert_eq!(
            info.code_hash,
            alloy_primitives::keccak256(&account.code),
            "{address}"
        );
    }
}

/// What an address has in storage without nonce or code stays, unless genesis writes that slot.
#[test]
fn leftover_storage() {
    let mut chain = running(Adapter::Revm, 1);
    let (governance, other) = (U256::ZERO, U256::from(999));
    for slot in [governance, other] {
        chain.disk.set_slot(REGISTRY, slot, U256::from(7));
    }
    let install = install(&chain);
    chain.block_after(&install, &[]);
    let written = accounts()[&REGISTRY].storage[&governance];
    assert_ne!(written, U256::from(7));
    assert_eq!(chain.disk.slot(REGISTRY, governance), written);
    assert_eq!(chain.disk.slot(REGISTRY, other), U256::from(7));
}

/// The block that has the precompiles and whose parent had not.
#[test]
fn the_activation_block() {
    use SpecId::{AMSTERDAM, CANCUN, OSAKA, PRAGUE};
    let at = Activation::Timestamp(100);
    let cases = [
        (at, (OSAKA, 98), (OSAKA, 99), false),
        (at, (OSAKA, 99), (OSAKA, 100), true),
        (at, (OSAKA, 99), (OSAKA, 101), true),
        (at, (OSAKA, 100), (OSAKA, 101), false),
        (at, (OSAKA, 0), (OSAKA, u64::MAX), true),
        (Activation::Timestamp(0), (OSAKA, 0), (OSAKA, 1), false),
        (Activation::Spec(OSAKA), (PRAGUE, 5), (OSAKA, 6), true),
        (Activation::Spec(OSAKA), (CANCUN, 5), (AMSTERDAM, 6), true),
        (Activation::Spec(OSAKA), (OSAKA, 5), (AMSTERDAM, 6), false),
        (Activation::Spec(OSAKA), (CANCUN, 5), (PRAGUE, 6), false),
        (Activation::Genesis, (CANCUN, 0), (OSAKA, 1), false),
    ];
    for (activation, parent, block, expected) in cases {
        assert_eq!(
            activation.begins_in(parent, block),
            expected,
            "{activation:?} {parent:?} {block:?}"
        );
    }
}
