//! Pauses, of one vendor and of all.

use super::{score, valid};
use crate::common::{
    edit::packed,
    evidence_of, vendor_of,
    world::{ANYONE, GOVERNANCE},
    world_of,
};
use aivm::abi::{
    IAttestationRegistry::{TEEVendor, isPausedCall, pauseCall, setGuardianCall, unpauseCall},
    IPrecompile::Unauthorized,
};
use aivm_simulator::intel::{Format, NOW, Scenario};
use alloy_primitives::{Address, Bytes, address};
use alloy_sol_types::SolError;

const VENDORS: [TEEVendor; 6] = [
    TEEVendor::None,
    TEEVendor::SGX,
    TEEVendor::SEVSNP,
    TEEVendor::TDX,
    TEEVendor::NVIDIA,
    TEEVendor::ARMCCA,
];

fn own(format: Format) -> TEEVendor {
    if format.is_tdx() {
        TEEVendor::TDX
    } else {
        TEEVendor::SGX
    }
}

#[test]
fn a_pause_refuses_its_vendor_and_no_other() {
    let mut checked = 0;
    for format in Format::ALL {
        for vendor in VENDORS {
            let (mut world, evidence) = valid(format);
            let concerned = vendor == TEEVendor::None || vendor == own(format);
            let expected = if concerned { Err(4) } else { Ok(70) };
            world.govern(&pauseCall { vendor });
            assert_eq!(score(&mut world, &evidence), expected, "{vendor:?} {format:?}");
            assert_eq!(world.view(&isPausedCall { vendor: own(format) }), concerned);
            world.govern(&unpauseCall { vendor });
            assert_eq!(score(&mut world, &evidence), Ok(70), "{vendor:?} {format:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 30);
}

/// A pause of all and one of a vendor are lifted one by one.
#[test]
fn two_pauses_are_lifted_one_by_one() {
    for format in Format::ALL {
        let (mut world, evidence) = valid(format);
        let both = [TEEVendor::None, own(format)];
        for vendor in both {
            world.govern(&pauseCall { vendor });
        }
        for (vendor, expected) in both.into_iter().zip([Err(4), Ok(70)]) {
            world.govern(&unpauseCall { vendor });
            assert_eq!(score(&mut world, &evidence), expected);
        }
    }
}

/// What is paused is not even read.
#[test]
fn a_pause_comes_first() {
    let (mut world, _) = valid(Format::TdxV4);
    world.govern(&pauseCall {
        vendor: TEEVendor::TDX,
    });
    for evidence in [vec![3], vec![3, 4], vec![3; 5_000]] {
        assert_eq!(score(&mut world, &evidence), Err(4));
    }
}

/// Collateral can be brought up to date during a pause.
#[test]
fn collateral_is_accepted_during_a_pause() {
    for format in Format::ALL {
        let scenario = Scenario::new(format);
        let mut world = world_of(&scenario, NOW);
        world.govern(&pauseCall {
            vendor: TEEVendor::None,
        });
        assert!(world.submit(vendor_of(format), &packed(&scenario)).is_ok());
        world.govern(&unpauseCall {
            vendor: TEEVendor::None,
        });
        assert_eq!(score(&mut world, &evidence_of(&scenario)), Ok(70));
    }
}

/// The guardian pauses and does nothing else.
#[test]
fn the_guardian_pauses() {
    const GUARDIAN: Address = address!("00000000000000000000000000000000000067a2");
    let unauthorized = |caller| Err(Bytes::from(Unauthorized { caller }.abi_encode()));
    let (mut world, evidence) = valid(Format::SgxV3);
    let (pause, unpause) = (
        pauseCall {
            vendor: TEEVendor::SGX,
        },
        unpauseCall {
            vendor: TEEVendor::SGX,
        },
    );
    assert_eq!(world.registry(GUARDIAN, &pause), unauthorized(GUARDIAN));
    world.govern(&setGuardianCall { guardian: GUARDIAN });
    assert_eq!(world.registry(ANYONE, &pause), unauthorized(ANYONE));
    assert_eq!(world.registry(GUARDIAN, &pause), Ok(Bytes::new()));
    assert_eq!(score(&mut world, &evidence), Err(4));
    assert_eq!(world.registry(GUARDIAN, &unpause), unauthorized(GUARDIAN));
    assert_eq!(world.registry(GOVERNANCE, &unpause), Ok(Bytes::new()));
    assert_eq!(score(&mut world, &evidence), Ok(70));
}

/// No guardian is nobody, not the zero address.
#[test]
fn no_guardian_is_nobody() {
    let (mut world, evidence) = valid(Format::SgxV3);
    world.govern(&setGuardianCall {
        guardian: Address::ZERO,
    });
    let pause = pauseCall {
        vendor: TEEVendor::None,
    };
    assert!(world.registry(Address::ZERO, &pause).is_err());
    assert_eq!(score(&mut world, &evidence), Ok(70));
}
