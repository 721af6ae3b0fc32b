//! Every operation of the precompiles, with one input that succeeds on
//! [`Chain::new`](super::chain::Chain::new) when the owner makes the call, and what the specification says of
//! it.

use super::{
    MINING, PROOFS, REGISTRY, evidence, furnish, mining_input,
    sync_calls::{self, SYNC_FUNCTIONS},
    work_proof,
};
use aivm::{
    abi::{
        IAttestationProofs,
        IAttestationRegistry::{self as abi, MeasurementState, TEEVendor},
    },
    precompiles::evidence::intel,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};

/// An operation.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) to: Address,
    pub(crate) input: Bytes,
    /// What the specification's table says it costs.
    pub(crate) price: u64,
    /// Whether it writes.
    pub(crate) writes: bool,
    /// How many logs it leaves.
    pub(crate) logs: usize,
}

/// How many operations AI mining has.
pub(crate) const MINING_OPERATIONS: usize = 8;

/// How many functions the registry has.
pub(crate) const REGISTRY_FUNCTIONS: usize = 34;

/// How many functions Merkle proofs have.
pub(crate) const PROOF_FUNCTIONS: usize = 6;

/// How many operations there are.
pub(crate) const OPERATIONS: usize =
    MINING_OPERATIONS + REGISTRY_FUNCTIONS + PROOF_FUNCTIONS + SYNC_FUNCTIONS;

/// How many of them write.
pub(crate) const WRITES: usize = 22;

/// Who makes the calls of [`all`].
const OWNER: Address = Address::repeat_byte(0x0a);

/// The functions of the registry whose price grows with their input.
pub(crate) const BY_THE_BYTE: [&str; 3] = ["submitCollateral", "updateRootCA", "setGoldenMeasurement"];

/// Every operation, as an owner of `0x0a…` calls it.
pub(crate) fn all() -> Vec<Case> {
    all_by(OWNER)
}

/// Every operation, as this owner calls it.
pub(crate) fn all_by(owner: Address) -> Vec<Case> {
    let registry = devices(owner).into_iter().chain(writes()).chain(reads());
    let others = proofs().into_iter().chain(sync_calls::cases());
    let cases: Vec<_> = mining().into_iter().chain(registry).chain(others).collect();
    assert_eq!(cases.len(), OPERATIONS);
    assert_eq!(cases.iter().filter(|case| case.writes).count(), WRITES);
    cases
}

/// The operation of this name.
#[track_caller]
pub(crate) fn named(name: &str) -> Case {
    all()
        .into_iter()
        .find(|case| case.name == name)
        .expect("an operation")
}

fn mining() -> Vec<Case> {
    let id = [0x44; 32];
    let signed = [&[0x44][..], &[7; 1312], &[9; 2420], b"message"].concat();
    let proof = work_proof(B256::repeat_byte(0x11), 1, 60);
    let evidence = [&evidence::TDX.evidence[..], &evidence::TDX.nonce].concat();
    let flagged = [&[0x55; 20][..], &[1]].concat();
    let case = |opcode, name, payload: &[u8], price, writes| Case {
        name,
        to: MINING,
        input: mining_input(opcode, payload),
        price,
        writes,
        logs: usize::from(writes),
    };
    vec![
        case(1, "VerifyMLDSA", &signed, 3_000, false),
        case(2, "CalculateReward", &proof, 1_000, false),
        case(3, "VerifyTEE", &evidence, 5_000, false),
        case(4, "IsSpent", &id, 100, false),
        case(5, "ComputeWorkId", &proof, 50, false),
        case(6, "MarkSpent", &id, 5_000, true),
        case(7, "SetAuthorized", &flagged, 25_000, true),
        case(8, "IsAuthorized", &[0x55; 20], 100, false),
    ]
}

fn write<C: SolCall>(name: &'static str, call: &C, price: u64) -> Case {
    let input = call.abi_encode().into();
    Case {
        name,
        to: REGISTRY,
        input,
        price,
        writes: true,
        logs: 1,
    }
}

fn read<C: SolCall>(name: &'static str, call: &C) -> Case {
    let input = call.abi_encode().into();
    Case {
        name,
        to: REGISTRY,
        input,
        price: 2_600,
        writes: false,
        logs: 0,
    }
}

/// What registers devices, and ends their attestation. Made one after another, each succeeds.
fn devices(owner: Address) -> Vec<Case> {
    let device_id = furnish::device().id;
    let verify = abi::verifyAttestationCall {
        proof: furnish::proof(owner, 2),
    };
    let verify_for = abi::verifyAttestationForCall {
        operator: owner,
        proof: furnish::proof(owner, 3),
    };
    let revoke = abi::revokeDeviceCall {
        deviceId: furnish::unknown_device(),
    };
    vec![
        write("verifyAttestation", &verify, 50_000),
        write("verifyAttestationFor", &verify_for, 50_000),
        write("refresh", &abi::refreshCall { deviceId: device_id }, 25_000),
        write(
            "releaseDevice",
            &abi::releaseDeviceCall { deviceId: device_id },
            25_000,
        ),
        write("revokeDevice", &revoke, 25_000),
    ]
}

fn by_the_byte<C: SolCall>(name: &'static str, call: &C) -> Case {
    let price = 50_000 + 100 * call.abi_encode().len() as u64;
    write(name, call, price)
}

fn writes() -> Vec<Case> {
    let vendor = TEEVendor::TDX;
    let (collateral, root) = (evidence::TDX.collateral.clone().into(), intel::ROOT_CA.into());
    let submit = abi::submitCollateralCall { vendor, collateral };
    let update = abi::updateRootCACall {
        vendor,
        newRootCA: root,
    };
    let golden = abi::setGoldenMeasurementCall {
        vendor: TEEVendor::NVIDIA,
        golden: golden().abi_encode().into(),
    };
    let roots = [
        by_the_byte("submitCollateral", &submit),
        by_the_byte("updateRootCA", &update),
        by_the_byte("setGoldenMeasurement", &golden),
    ];
    roots.into_iter().chain(policy(vendor)).collect()
}

/// Golden measurements for one driver and one VBIOS: one digest of each.
fn golden() -> abi::NvidiaGolden {
    let measurement = |index: u8| abi::NvidiaMeasurement {
        index,
        digests: vec![vec![index; 48].into()],
    };
    abi::NvidiaGolden {
        chip: "GH100".into(),
        driverVersion: "550.90.07".into(),
        vbiosVersion: "96.00.9F.00.01".into(),
        driver: vec![measurement(2)],
        vbios: vec![measurement(3)],
    }
}

/// The writes whose price is flat.
fn policy(vendor: TEEVendor) -> Vec<Case> {
    let heir = Address::repeat_byte(0x77);
    let (id, state) = (B256::repeat_byte(0x66), MeasurementState::Allowed);
    let allow = abi::setMeasurementCall {
        measurementId: id,
        state,
    };
    let require = abi::requireAllowlistCall {
        vendor,
        required: true,
    };
    let minimum = abi::setMinimumTcbCall {
        vendor,
        minimum: [0, 0, 0, 17].into(),
    };
    let governance = abi::setGovernanceCall { governance: heir };
    let guardian = abi::setGuardianCall { guardian: heir };
    vec![
        write("pause", &abi::pauseCall { vendor }, 25_000),
        write("unpause", &abi::unpauseCall { vendor }, 25_000),
        write("setMeasurement", &allow, 25_000),
        write("requireAllowlist", &require, 25_000),
        write(
            "setMinTrustScore",
            &abi::setMinTrustScoreCall { score: 60 },
            25_000,
        ),
        write("setValidity", &abi::setValidityCall { duration: 3_600 }, 25_000),
        write("setMinimumTcb", &minimum, 25_000),
        write("setGovernance", &governance, 25_000),
        write("setGuardian", &guardian, 25_000),
    ]
}

fn reads() -> Vec<Case> {
    let vendor = TEEVendor::TDX;
    let key = evidence::COLLATERAL_KEY;
    let device_id = furnish::device().id;
    vec![
        read(
            "getDeviceStatus",
            &abi::getDeviceStatusCall { deviceId: device_id },
        ),
        read("getDeviceKey", &abi::getDeviceKeyCall { deviceId: device_id }),
        read("getDeviceNonce", &abi::getDeviceNonceCall { deviceId: device_id }),
        read(
            "getDeviceMeasurements",
            &abi::getDeviceMeasurementsCall { deviceId: device_id },
        ),
        read("isHybrid", &abi::isHybridCall { deviceId: device_id }),
        read("deviceCount", &abi::deviceCountCall {}),
        read("governance", &abi::governanceCall {}),
        read("guardian", &abi::guardianCall {}),
        read("isPaused", &abi::isPausedCall { vendor }),
        read(
            "measurementState",
            &abi::measurementStateCall { measurementId: key },
        ),
        read("allowlistRequired", &abi::allowlistRequiredCall { vendor }),
        read("minTrustScore", &abi::minTrustScoreCall {}),
        read("validity", &abi::validityCall {}),
        read("minimumTcb", &abi::minimumTcbCall { vendor }),
        read("rootCA", &abi::rootCACall { vendor }),
        read("collateralInfo", &abi::collateralInfoCall { vendor, key }),
        read("goldenMeasurement", &abi::goldenMeasurementCall { vendor, key }),
    ]
}

/// The functions of Merkle proofs.
fn proofs() -> Vec<Case> {
    use IAttestationProofs as abi;
    let device_id = furnish::device().id;
    let (block, index) = (U256::ONE, U256::ZERO);
    let case = |name, input: Vec<u8>| Case {
        name,
        to: PROOFS,
        input: input.into(),
        price: 10_000,
        writes: false,
        logs: 0,
    };
    vec![
        case(
            "getMerkleProof",
            abi::getMerkleProofCall { deviceId: device_id }.abi_encode(),
        ),
        case(
            "provenStatus",
            abi::provenStatusCall { deviceId: device_id }.abi_encode(),
        ),
        case("registryRoot", abi::registryRootCall {}.abi_encode()),
        case(
            "attestationRoot",
            abi::attestationRootCall { blockNumber: block }.abi_encode(),
        ),
        case(
            "attestationCount",
            abi::attestationCountCall { blockNumber: block }.abi_encode(),
        ),
        case(
            "getAttestationProof",
            abi::getAttestationProofCall {
                blockNumber: block,
                index,
            }
            .abi_encode(),
        ),
    ]
}
