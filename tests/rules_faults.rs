//! A database fault aborts the transaction: it is no revert, and no contract can catch it. Nothing else is
//! fatal (specification, section 1, rule 5).

mod evm;

use aivm::precompiles::{
    evidence::Vendor,
    state::blob::{collateral_account, golden_account, root_account},
};
use alloy_primitives::{Address, B256, U256, keccak256};
use evm::{
    MINING, REGISTRY, SENDER, SYNC,
    asm::Script,
    calls,
    chain::{Adapter, Chain, Tx},
    disk::Fault,
    evidence::COLLATERAL_KEY,
    furnish, mapping, mining_input, word,
};
use std::collections::BTreeSet;

const OWNER: Address = Address::repeat_byte(0x0a);

/// A fault of an operation, by its name.
type Case = (&'static str, Fault);

fn registry(slot: u64) -> Fault {
    Fault::Storage(REGISTRY, U256::from(slot))
}

/// A slot of the mapping at `slot`, for TDX.
fn by_vendor(slot: u64) -> Fault {
    Fault::Storage(REGISTRY, mapping(B256::with_last_byte(3), slot))
}

fn mining(tag: &[u8], key: &[u8]) -> Fault {
    let slot = blake3::hash(&[tag, key].concat());
    Fault::Storage(MINING, U256::from_be_bytes(*slot.as_bytes()))
}

/// What each operation reads that can fail.
fn faults() -> Vec<Case> {
    let mut faults = mining_faults();
    faults.extend(collateral_faults());
    faults.extend(policy_faults());
    faults.extend(device_faults());
    faults.extend(proof_faults());
    faults.extend(sync_faults());
    faults
}

fn mining_faults() -> Vec<Case> {
    let collateral = collateral_account(Vendor::Tdx, COLLATERAL_KEY);
    vec![
        ("VerifyTEE", registry(2)),
        ("VerifyTEE", by_vendor(9)),
        ("VerifyTEE", Fault::Account(collateral)),
        ("IsSpent", mining(b"spnt", &[0x44; 32])),
        ("MarkSpent", mining(b"auth", OWNER.as_slice())),
        ("MarkSpent", mining(b"spnt", &[0x44; 32])),
        ("SetAuthorized", registry(0)),
        ("SetAuthorized", Fault::Account(REGISTRY)),
        ("SetAuthorized", mining(b"auth", &[0x55; 20])),
        ("IsAuthorized", mining(b"auth", &[0x55; 20])),
    ]
}

fn collateral_faults() -> Vec<Case> {
    let software = keccak256(b"aivm.golden.v1550.90.07\x0096.00.9F.00.01");
    let golden = golden_account(Vendor::Nvidia, software);
    let roots = root_account(Vendor::Tdx);
    let collateral = collateral_account(Vendor::Tdx, COLLATERAL_KEY);
    vec![
        ("submitCollateral", Fault::Account(roots)),
        ("submitCollateral", Fault::Code(roots)),
        ("submitCollateral", by_vendor(7)),
        ("submitCollateral", Fault::Account(collateral)),
        ("updateRootCA", registry(0)),
        ("updateRootCA", by_vendor(8)),
        ("updateRootCA", by_vendor(9)),
        ("updateRootCA", Fault::Account(roots)),
        ("rootCA", by_vendor(8)),
        ("rootCA", by_vendor(9)),
        ("rootCA", Fault::Code(roots)),
        ("collateralInfo", Fault::Account(collateral)),
        ("setGoldenMeasurement", registry(0)),
        ("setGoldenMeasurement", Fault::Account(golden)),
        (
            "goldenMeasurement",
            Fault::Account(golden_account(Vendor::Tdx, COLLATERAL_KEY)),
        ),
    ]
}

fn policy_faults() -> Vec<Case> {
    vec![
        ("pause", registry(1)),
        ("pause", registry(2)),
        ("unpause", registry(0)),
        ("unpause", registry(2)),
        (
            "setMeasurement",
            Fault::Storage(REGISTRY, mapping(B256::repeat_byte(0x66), 5)),
        ),
        ("requireAllowlist", by_vendor(6)),
        ("setMinTrustScore", registry(3)),
        ("setValidity", registry(4)),
        ("setMinimumTcb", by_vendor(7)),
        ("setGovernance", registry(0)),
        ("setGuardian", registry(1)),
        ("governance", registry(0)),
        ("guardian", registry(1)),
        ("isPaused", registry(2)),
        (
            "measurementState",
            Fault::Storage(REGISTRY, mapping(COLLATERAL_KEY, 5)),
        ),
        ("allowlistRequired", by_vendor(6)),
        ("minTrustScore", registry(3)),
        ("validity", registry(4)),
        ("minimumTcb", by_vendor(7)),
    ]
}

/// A slot of a device's record.
fn record(device: B256, offset: u64) -> Fault {
    Fault::Storage(REGISTRY, mapping(device, 11) + U256::from(offset))
}

/// A node of the registry tree, and one of the attestation tree of block 1.
fn node(level: u64) -> [Fault; 2] {
    let block = [&b"aivm.tree.attestations.v1"[..], &word(1)].concat();
    [b"aivm.tree.devices.v1".to_vec(), block].map(|base| {
        let base: U256 = keccak256(base).into();
        Fault::Storage(REGISTRY, base + (U256::from(level) << 64))
    })
}

fn device_faults() -> Vec<Case> {
    let device = furnish::device().id;
    let [leaf, _] = node(0);
    let [_, attestation] = node(1);
    let mut faults = Vec::new();
    for name in ["verifyAttestation", "verifyAttestationFor"] {
        faults.extend([
            (name, record(device, 0)),
            (name, record(device, 1)),
            (name, record(device, 5)),
        ]);
        faults.extend([(name, registry(2)), (name, registry(12)), (name, registry(13))]);
        faults.extend([(name, attestation), (name, leaf)]);
        faults.push((
            name,
            Fault::Storage(REGISTRY, mapping(B256::with_last_byte(1), 14)),
        ));
    }
    faults.extend(
        [
            record(device, 0),
            record(device, 5),
            leaf,
            registry(12),
            registry(13),
        ]
        .map(|fault| ("releaseDevice", fault)),
    );
    faults.extend([
        ("refresh", record(device, 0)),
        ("refresh", registry(4)),
        ("revokeDevice", registry(0)),
        ("revokeDevice", record(furnish::unknown_device(), 0)),
        ("getDeviceStatus", record(device, 3)),
        ("getDeviceStatus", registry(4)),
        ("getDeviceKey", record(device, 2)),
        ("getDeviceNonce", record(device, 1)),
        ("getDeviceMeasurements", record(device, 3)),
        ("isHybrid", record(device, 0)),
        ("deviceCount", registry(12)),
    ]);
    faults
}

fn proof_faults() -> Vec<Case> {
    let device = furnish::device().id;
    let count = Fault::Storage(REGISTRY, mapping(B256::with_last_byte(1), 14));
    let [_, attestation] = node(0);
    vec![
        ("getMerkleProof", record(device, 5)),
        ("getMerkleProof", registry(12)),
        ("provenStatus", record(device, 0)),
        ("registryRoot", registry(13)),
        ("attestationRoot", count),
        ("attestationRoot", attestation),
        ("attestationCount", count),
        ("getAttestationProof", count),
    ]
}

/// What functions of state sync read, in its own account but for governance: in epoch 1, whose one committee has four
/// members, and whose latest root is that of height 200.
fn sync_faults() -> Vec<Case> {
    let slot = |slot: u64| Fault::Storage(SYNC, U256::from(slot));
    let epoch = B256::with_last_byte(1);
    let at = |key: u64, slot: U256| {
        U256::from_be_bytes(keccak256([&word(key)[..], &slot.to_be_bytes::<32>()].concat()).0)
    };
    let committees = mapping(epoch, 6);
    let first: U256 = keccak256(committees.to_be_bytes::<32>()).into();
    let root = |height| Fault::Storage(SYNC, at(height, mapping(epoch, 7)));
    let mut faults = vec![
        ("updateRoot", root(300)),
        ("updateRoot", slot(3)),
        ("setCommittee", registry(0)),
        ("setCommittee", slot(1)),
        ("latest", slot(2)),
        ("latest", slot(3)),
        ("rootAt", root(200)),
        ("verifyDeviceProof", slot(3)),
        ("verifyDeviceProofAt", root(200)),
        ("sourceChainId", slot(1)),
        ("frozen", slot(4)),
    ];
    for name in ["updateRoot", "rotateCommittee", "committee", "committeeAt"] {
        faults.push((name, slot(0)));
        faults.push((name, Fault::Storage(SYNC, committees)));
        faults.push((name, Fault::Storage(SYNC, first)));
    }
    for name in [
        "updateRoot",
        "rotateCommittee",
        "verifyDeviceProof",
        "verifyDeviceProofAt",
    ] {
        faults.push((name, slot(4)));
    }
    faults
}

/// Below a contract that would swallow a revert.
#[test]
fn a_database_fault_aborts_the_transaction() {
    let cases = calls::all();
    let faults = faults();
    let mut aborted = 0;
    for &adapter in Adapter::ALL {
        for (name, fault) in &faults {
            let case = cases.iter().find(|case| case.name == *name).unwrap();
            let mut chain = Chain::new(adapter, OWNER);
            chain.install(OWNER, &Script::new().call(case.to, &case.input).report());
            let healthy = chain.disk.clone();
            chain.disk.fault = Some(*fault);
            let error = chain.try_block(&[Tx::new(OWNER, [])]).expect_err(name);
            assert!(error.contains(&fault.to_string()), "{name}: {error}");
            chain.disk.fault = None;
            assert_eq!(chain.disk, healthy, "{name}");

            // The same transaction on a healthy database.
            let receipt = chain.send(Tx::new(OWNER, []));
            assert!(receipt.frame_of(case.to).end().result.is_ok(), "{name}");
            aborted += 1;
        }
    }
    assert_eq!(aborted, Adapter::ALL.len() * 113);
    // All but the three operations that read no state.
    let names: BTreeSet<_> = faults.iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
    let rest: Vec<_> = all.difference(&names).copied().collect();
    assert_eq!(rest, ["CalculateReward", "ComputeWorkId", "VerifyMLDSA"]);
}

/// A fault in what is not read is none.
#[test]
fn what_is_not_read_cannot_fail() {
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            if !["CalculateReward", "ComputeWorkId", "VerifyMLDSA"].contains(&case.name) {
                continue;
            }
            for slot in 0..=14 {
                let mut chain = Chain::new(adapter, SENDER);
                chain.disk.fault = Some(Fault::Storage(REGISTRY, U256::from(slot)));
                assert!(chain.send(Tx::new(case.to, case.input.clone())).is_success());
            }
        }
    }
}

/// After an aborted transaction the next one starts afresh.
#[test]
fn the_next_transaction_starts_afresh() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, SENDER);
        chain.disk.fault = Some(mining(b"spnt", &[2; 32]));
        assert!(
            chain
                .try_block(&[Tx::new(MINING, mining_input(6, &[2; 32]))])
                .is_err()
        );
        let receipts = chain
            .try_block(&[Tx::new(MINING, mining_input(6, &[1; 32]))])
            .unwrap();
        assert!(receipts[0].is_success());
        assert_eq!(chain.disk.accounts[&MINING].storage.len(), 2);
    }
}
