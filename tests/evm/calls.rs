//! Every operation of both precompiles, with one input that succeeds on
//! [`Chain::new`](super::chain::Chain::new) when the owner makes the call, and what the specification says of
//! it.

use super::{MINING, REGISTRY, evidence, mining_input, work_proof};
use aivm::{
    abi::IAttestationRegistry::{self as abi, MeasurementState, TEEVendor},
    precompiles::evidence::intel,
};
use alloy_primitives::{Address, B256, Bytes};
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
pub(crate) const REGISTRY_FUNCTIONS: usize = 23;

/// The functions of the registry whose price grows with their input.
pub(crate) const BY_THE_BYTE: [&str; 3] = ["submitCollateral", "updateRootCA", "setGoldenMeasurement"];

/// Every operation.
pub(crate) fn all() -> Vec<Case> {
    let cases: Vec<_> = mining().into_iter().chain(writes()).chain(reads()).collect();
    assert_eq!(cases.len(), MINING_OPERATIONS + REGISTRY_FUNCTIONS);
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
    vec![
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
