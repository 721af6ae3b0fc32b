//! Stored collateral that is not what was stored: state that no call can make, and that no call may trip over.

use crate::{
    common::world::{World, abi_vendor},
    snp_common::{VARIANTS, evidence_of, packed, world_of},
};
use aivm::{
    abi::IAttestationRegistry::collateralInfoCall,
    evidence::{Rejection, Vendor, snp::record::Record},
};
use aivm_simulator::snp::{self, Kind, NOW, Product, Scenario};
use alloy_primitives::{Address, Bytes};

/// A chain with the collateral of a valid scenario, and where its record lies.
fn stored(scenario: &Scenario) -> (World, Address) {
    let mut world = world_of(scenario, NOW);
    let stored = world.submit(Vendor::SevSnp, &packed(&scenario.collateral()));
    let info = world.view(&collateralInfoCall {
        vendor: abi_vendor(Vendor::SevSnp),
        key: stored.expect("valid collateral").key,
    });
    (world, info.account)
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
    for crl in [None, Some(snp::crl())] {
        let mut scenario = Scenario::new(Product::Turin, Kind::Vcek, 5);
        scenario.crl = crl;
        if let Some(crl) = &mut scenario.crl {
            crl.revoked = vec![vec![1], vec![2, 3]];
        }
        let (mut world, account) = stored(&scenario);
        let evidence = evidence_of(&scenario);
        let code = world.host.accounts[&account].code.clone();
        assert_eq!(code[..2], [0xfe, 2], "the marker, the layout");
        let mut damaged: Vec<_> = (0..code.len()).map(|len| code[..len].to_vec()).collect();
        damaged.push([&code[..], &[0]].concat());
        damaged.push([&[0xfe, 1], &code[2..]].concat());
        damaged.push([&[0xef], &code[1..]].concat());
        let mut two_lists = code.to_vec();
        two_lists[1 + 625] = 2;
        damaged.push(two_lists);
        for code in damaged {
            set_code(&mut world, account, code);
            assert_eq!(world.verify(&evidence), Err(Rejection::NoCollateral));
            checked += 1;
        }
        set_code(&mut world, account, code.clone());
        assert!(world.verify(&evidence).is_ok());
        let record = Record::decode(&code[1..]).expect("a record");
        assert_eq!(record.encode().expect("a short list"), code[1..]);
        assert_eq!(record.revoked.len(), if record.crl.is_some() { 2 } else { 0 });
    }
    assert!(checked > 2 * 700, "{checked}");
}

/// The record of one CA, in the place of another's.
#[test]
fn a_record_is_one_cas() {
    for (variant, other) in VARIANTS.into_iter().flat_map(|a| VARIANTS.map(|b| (a, b))) {
        if (variant.product, variant.kind) == (other.product, other.kind) {
            continue;
        }
        let (scenario, other) = (variant.scenario(), other.scenario());
        let (mut world, account) = stored(&scenario);
        let (other_world, other_account) = stored(&other);
        assert_ne!(account, other_account);
        let code = other_world.host.accounts[&other_account].code.clone();
        // The record says under which roots it was verified.
        set_code(&mut world, account, code.clone());
        let refused = world
            .verify(&evidence_of(&scenario))
            .err()
            .map(|rejection| rejection.code());
        let expected = if variant.product == other.product { 413 } else { 9 };
        assert_eq!(refused, Some(expected), "{variant:?}");
    }
}
