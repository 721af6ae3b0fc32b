//! Governance and guardian: who may do what (specification, section 6).

mod evm;

use aivm::abi::{
    IAIMining::AuthorizationChanged,
    IAttestationRegistry::{self as abi, TEEVendor},
    IPrecompile::Unauthorized,
};
use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolEvent;
use evm::{MINING, REGISTRY, STRANGER, calls, memory::Machine, revert_data, word};

const GOVERNANCE: Address = Address::repeat_byte(0x60);
const GUARDIAN: Address = Address::repeat_byte(0x67);
const HEIR: Address = Address::repeat_byte(0x77);

/// Everyone, and the vendors by number.
const ALL: [TEEVendor; 6] = [
    TEEVendor::None,
    TEEVendor::SGX,
    TEEVendor::SEVSNP,
    TEEVendor::TDX,
    TEEVendor::NVIDIA,
    TEEVendor::ARMCCA,
];

fn machine() -> Machine {
    Machine::with_guardian(GOVERNANCE, GUARDIAN)
}

/// What anyone may do.
const OPEN: [&str; 3] = ["submitCollateral", "verifyAttestationFor", "refresh"];

/// Governance may do everything, the guardian pause, anyone submit collateral, relay proofs and refresh, and nobody
/// anything else.
#[test]
fn who_may_do_what() {
    let (mut allowed, mut refused) = (0, 0);
    let cases = calls::all_by(GOVERNANCE);
    for case in cases.into_iter().filter(|case| case.to == REGISTRY) {
        // The device is governance's too, and a proof is its operator's.
        if case.name == "verifyAttestation" {
            continue;
        }
        let callers = [GOVERNANCE, GUARDIAN, STRANGER, Address::ZERO, REGISTRY, MINING];
        for caller in callers {
            let open = !case.writes || OPEN.contains(&case.name);
            let may = open || caller == GOVERNANCE || (caller == GUARDIAN && case.name == "pause");
            let mut machine = machine();
            let outcome = machine.call(caller, REGISTRY, &case.input);
            assert_eq!(
                machine.host.logs.len(),
                if may { case.logs } else { 0 },
                "{}",
                case.name
            );
            if may {
                assert!(outcome.is_ok(), "{} by {caller}: {outcome:?}", case.name);
                allowed += 1;
            } else {
                assert_eq!(
                    outcome,
                    Err(revert_data(&Unauthorized { caller })),
                    "{}",
                    case.name
                );
                refused += 1;
            }
        }
    }
    assert_eq!((allowed, refused), (20 * 6 + 13 + 1, 12 * 5 + 4));
}

/// Who may not is told so, whatever the arguments are: they are judged after the caller.
#[test]
fn the_caller_is_judged_before_the_arguments() {
    let mut machine = machine();
    let refusal = Err(revert_data(&Unauthorized { caller: STRANGER }));
    assert_eq!(
        machine.registry(STRANGER, &abi::setMinTrustScoreCall { score: 101 }),
        refusal
    );
    assert_eq!(
        machine.registry(
            STRANGER,
            &abi::setGovernanceCall {
                governance: Address::ZERO
            }
        ),
        refusal
    );
    let vendor = TEEVendor::None;
    let minimum = Bytes::from_static(&[1]);
    assert_eq!(
        machine.registry(STRANGER, &abi::setMinimumTcbCall { vendor, minimum }),
        refusal
    );
    assert_eq!(
        machine.registry(
            STRANGER,
            &abi::requireAllowlistCall {
                vendor,
                required: true
            }
        ),
        refusal
    );
    assert_eq!(
        machine.registry(
            STRANGER,
            &abi::updateRootCACall {
                vendor,
                newRootCA: Bytes::new()
            }
        ),
        refusal
    );
}

/// No guardian is not a guardian whose address is zero.
#[test]
fn nobody_is_not_the_guardian() {
    let pause = abi::pauseCall {
        vendor: TEEVendor::TDX,
    };
    let refusal = Err(revert_data(&Unauthorized {
        caller: Address::ZERO,
    }));
    let mut machine = Machine::with_guardian(GOVERNANCE, Address::ZERO);
    assert_eq!(
        machine.registry(STRANGER, &abi::guardianCall {}).unwrap(),
        word(0)
    );
    assert_eq!(machine.registry(Address::ZERO, &pause), refusal);
    machine
        .registry(GOVERNANCE, &abi::setGuardianCall { guardian: GUARDIAN })
        .unwrap();
    assert_eq!(machine.registry(Address::ZERO, &pause), refusal);
    machine.registry(GUARDIAN, &pause).unwrap();
    machine
        .registry(
            GOVERNANCE,
            &abi::setGuardianCall {
                guardian: Address::ZERO,
            },
        )
        .unwrap();
    assert_eq!(machine.registry(Address::ZERO, &pause), refusal);
    assert_eq!(
        machine.registry(GUARDIAN, &pause),
        Err(revert_data(&Unauthorized { caller: GUARDIAN }))
    );
}

/// Every subset of the six pauses: which vendors are paused, and which bits are set.
#[test]
fn pauses() {
    let mut checked = 0;
    for bits in 0_u64..64 {
        let mut machine = machine();
        let chosen = |bit: usize| bits >> bit & 1 == 1;
        // All are paused by the guardian, some are unpaused by governance.
        for vendor in ALL {
            machine.registry(GUARDIAN, &abi::pauseCall { vendor }).unwrap();
        }
        for (bit, vendor) in ALL.into_iter().enumerate().filter(|(bit, _)| !chosen(*bit)) {
            let unpaused = machine.registry(GOVERNANCE, &abi::unpauseCall { vendor });
            assert_eq!(unpaused, Ok(Bytes::new()), "bit {bit}");
        }
        for (bit, vendor) in ALL.into_iter().enumerate() {
            let paused = machine.registry(STRANGER, &abi::isPausedCall { vendor }).unwrap();
            assert_eq!(
                paused,
                word(u64::from(chosen(0) || chosen(bit))),
                "{bits:06b}, bit {bit}"
            );
            checked += 1;
        }
        let storage = &machine.host.accounts[&REGISTRY].storage;
        assert_eq!(
            storage.get(&U256::from(2)).copied().unwrap_or_default(),
            U256::from(bits)
        );
    }
    assert_eq!(checked, 64 * 6);
}

#[test]
fn governance_is_handed_over() {
    let mut machine = machine();
    let zero = abi::setGovernanceCall {
        governance: Address::ZERO,
    };
    let refusal = Err(revert_data(&abi::ZeroGovernance {}));
    assert_eq!(machine.registry(GOVERNANCE, &zero), refusal);
    let governance = |machine: &mut Machine| machine.registry(STRANGER, &abi::governanceCall {}).unwrap();
    assert_eq!(governance(&mut machine)[12..], GOVERNANCE[..]);
    machine.registry(GOVERNANCE, &hand_over(HEIR)).unwrap();
    assert_eq!(governance(&mut machine)[12..], HEIR[..]);
    let refusal = Err(revert_data(&Unauthorized { caller: GOVERNANCE }));
    let validity = abi::setValidityCall { duration: 1 };
    assert_eq!(machine.registry(GOVERNANCE, &validity), refusal);
    assert_eq!(machine.registry(GOVERNANCE, &hand_over(GOVERNANCE)), refusal);
    machine.registry(HEIR, &validity).unwrap();
    // The guardian stays.
    let pause = abi::pauseCall {
        vendor: TEEVendor::SGX,
    };
    machine.registry(GUARDIAN, &pause).unwrap();
}

fn hand_over(governance: Address) -> abi::setGovernanceCall {
    abi::setGovernanceCall { governance }
}

/// Who governs the registry decides at 0x0300 who may mark work as spent.
#[test]
fn the_right_to_authorise_moves_with_governance() {
    let mut machine = machine();
    let allow = [&STRANGER[..], &[1]].concat();
    let refused = |caller| Err(revert_data(&Unauthorized { caller }));
    assert_eq!(machine.mining(HEIR, 7, &allow), refused(HEIR));
    machine.mining(GOVERNANCE, 7, &allow).unwrap();
    machine.registry(GOVERNANCE, &hand_over(HEIR)).unwrap();
    machine.take_logs();
    assert_eq!(machine.mining(GOVERNANCE, 7, &allow), refused(GOVERNANCE));
    assert_eq!(machine.mining(GUARDIAN, 7, &allow), refused(GUARDIAN));
    machine.mining(HEIR, 7, &allow).unwrap();
    assert_eq!(
        machine.take_logs()[0].topics()[0],
        AuthorizationChanged::SIGNATURE_HASH
    );
}
