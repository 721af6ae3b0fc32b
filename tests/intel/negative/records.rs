//! Stored collateral that is not what was stored: state that no call can make, and that no call may trip over.

use crate::common::{
    edit::packed,
    evidence_of, vendor_of,
    world::{World, abi_vendor},
    world_of,
};
use aivm::{
    abi::IAttestationRegistry::collateralInfoCall,
    evidence::{Rejection, Stored},
};
use aivm_simulator::intel::{Format, NOW, Scenario};
use alloy_primitives::{Address, Bytes};

/// A chain with the collateral of a valid scenario, what was stored, and where.
fn stored(scenario: &Scenario) -> (World, Stored, Address) {
    let mut world = world_of(scenario, NOW);
    let vendor = vendor_of(scenario.format);
    let stored = world.submit(vendor, &packed(scenario)).expect("valid collateral");
    let info = world.view(&collateralInfoCall {
        vendor: abi_vendor(vendor),
        key: stored.key,
    });
    (world, stored, info.account)
}

fn set_code(world: &mut World, account: Address, code: impl Into<Bytes>) {
    world
        .host
        .accounts
        .get_mut(&account)
        .expect("a stored record")
        .code = code.into();
}

/// Cut at any byte, with a byte more, or of another layout, a record is none.
#[test]
fn a_damaged_record_is_none() {
    let mut checked = 0;
    for format in Format::ALL {
        let scenario = Scenario::new(format);
        let (mut world, stored, account) = stored(&scenario);
        let evidence = evidence_of(&scenario);
        let code = world.host.accounts[&account].code.clone();
        assert_eq!(code[..2], [0xfe, 2], "the marker, the layout");
        let mut damaged: Vec<_> = (0..code.len()).map(|len| code[..len].to_vec()).collect();
        damaged.push([&code[..], &[0]].concat());
        damaged.push([&[0xfe, 1], &code[2..]].concat());
        damaged.push([&[0xef], &code[1..]].concat());
        for code in damaged {
            set_code(&mut world, account, code);
            assert_eq!(world.verify(&evidence), Err(Rejection::NoCollateral));
            checked += 1;
        }
        let info = world.view(&collateralInfoCall {
            vendor: abi_vendor(vendor_of(format)),
            key: stored.key,
        });
        assert_eq!(
            (info.account, info.validFrom, info.validUntil),
            (Address::ZERO, 0, 0)
        );
        set_code(&mut world, account, code);
        assert!(world.verify(&evidence).is_ok());
    }
    assert!(checked > 5 * 400, "{checked}");
}

/// The record of one TEE, in the place of the other's.
#[test]
fn a_record_is_one_tees() {
    let (sgx, tdx) = (Scenario::new(Format::SgxV3), Scenario::new(Format::TdxV4));
    let (sgx_world, _, sgx_account) = stored(&sgx);
    let (mut world, _, tdx_account) = stored(&tdx);
    assert_ne!(sgx_account, tdx_account);
    let code = sgx_world.host.accounts[&sgx_account].code.clone();
    set_code(&mut world, tdx_account, code);
    assert!(world.verify(&evidence_of(&tdx)).is_err());
}
