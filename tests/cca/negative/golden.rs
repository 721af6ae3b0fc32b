//! What governance says of configurations, components and realms: rows 21 and 22.

use super::cases;
use crate::{
    cca::{CCA, golden_of, refused, set_golden, verify, world_of},
    common::world::{World, abi_vendor},
};
use aivm::{
    abi::IAttestationRegistry::{
        CcaGolden, MeasurementState, goldenMeasurementCall, requireAllowlistCall, setMeasurementCall,
    },
    evidence::{
        cca::golden::{component_hash, configuration_hash, golden_key, realm_hash},
        measurement_id,
    },
};
use aivm_simulator::cca::{Component, Form, Scenario};
use alloy_primitives::{B256, keccak256};

cases! {
    /// Golden measurements that a token does not meet.
    GOLDEN:
    21 "a RIM that is not on the allow list" [ALL] After(|world, _| world.govern(&requireAllowlistCall { vendor: abi_vendor(CCA), required: true })) => 12,
    21 "a RIM that is banned" [ALL] After(|world, s| set_measurement(world, s, MeasurementState::Banned)) => 11,
    21 "another RIM than the golden one" [ALL] After(|world, s| bend(world, s, |s| s.realm.rim[0] ^= 1)) => 673,
    21 "another REM0 than the golden one" [ALL] After(|world, s| bend(world, s, |s| s.realm.rem[0][0] ^= 1)) => 673,
    21 "another REM3 than the golden one" [ALL] After(|world, s| bend(world, s, |s| s.realm.rem[3][31] ^= 1)) => 673,
    21 "REMs in another order" [ALL] After(|world, s| bend(world, s, |s| s.realm.rem.swap(0, 1))) => 673,
    21 "realms of another hash length" [ALL] After(|world, s| bend(world, s, |s| { s.realm.rim = vec![0x71; 64]; s.realm.rem = vec![vec![0; 64]; 4] })) => 673,
    21 "only realms are judged, and this is another" [ALL] After(|world, s| only(world, s, |golden| golden.realms = vec![B256::ZERO])) => 673,

    22 "another configuration than the golden one" [ALL] After(|world, s| bend(world, s, |s| s.platform.config[0] ^= 1)) => 671,
    22 "a configuration that the golden one begins with" [ALL] After(|world, s| bend(world, s, |s| s.platform.config.push(0))) => 671,
    22 "an empty configuration is golden" [ALL] After(|world, s| bend(world, s, |s| s.platform.config.clear())) => 671,
    22 "only configurations are judged, and this is another" [ALL] After(|world, s| only(world, s, |golden| golden.configurations = vec![B256::ZERO])) => 671,
    22 "a component that is measured otherwise" [ALL] After(|world, s| bend(world, s, |s| s.platform.components[2].measurement[0] ^= 1)) => 672,
    22 "a component that another signed" [ALL] After(|world, s| bend(world, s, |s| s.platform.components[0].signer[31] ^= 1)) => 672,
    22 "a component too many" [ALL] After(|world, s| bend(world, s, |s| s.platform.components.truncate(2))) => 672,
    22 "only components are judged, and one is unknown" [ALL] After(|world, s| only(world, s, |golden| golden.components = golden_of(&s.token()).components[1..].to_vec())) => 672,
}

/// Stores golden measurements of the bent scenario.
fn bend(world: &mut World, s: &Scenario, change: fn(&mut Scenario)) {
    let mut bent = s.clone();
    change(&mut bent);
    set_golden(world, &golden_of(&bent.token()));
}

/// Stores golden measurements that judge one thing alone.
fn only(world: &mut World, s: &Scenario, change: impl Fn(&mut CcaGolden)) {
    let mut golden = empty(s);
    change(&mut golden);
    set_golden(world, &golden);
}

fn empty(s: &Scenario) -> CcaGolden {
    CcaGolden {
        implementationId: s.platform.implementation_id.into(),
        configurations: vec![],
        components: vec![],
        realms: vec![],
    }
}

fn set_measurement(world: &mut World, s: &Scenario, state: MeasurementState) {
    let measurement = measurement_id(CCA, &[&s.realm.rim]);
    world.govern(&setMeasurementCall {
        measurementId: measurement,
        state,
    });
}

/// What is listed is accepted, whatever else is; an allowed RIM gives the full score.
#[test]
fn golden_tokens_are_accepted() {
    for form in Form::ALL {
        let scenario = Scenario::new(form);
        let mut world = world_of(&scenario);
        let mut golden = golden_of(&scenario.token());
        let score = |world: &mut World| verify(world, &scenario.token()).map(|verified| verified.trust_score);
        set_golden(&mut world, &golden);
        assert_eq!(score(&mut world), Ok(70));
        for list in [
            &mut golden.configurations,
            &mut golden.components,
            &mut golden.realms,
        ] {
            list.insert(0, B256::repeat_byte(7));
            list.push(B256::repeat_byte(8));
        }
        set_golden(&mut world, &golden);
        assert_eq!(score(&mut world), Ok(70), "among others");
        set_measurement(&mut world, &scenario, MeasurementState::Allowed);
        world.govern(&requireAllowlistCall {
            vendor: abi_vendor(CCA),
            required: true,
        });
        assert_eq!(score(&mut world), Ok(100));
    }
}

/// Golden measurements are of one implementation, replace each other, and can be withdrawn.
#[test]
fn what_golden_measurements_are_about() {
    let scenario = Scenario::new(Form::Collection);
    let token = scenario.token();
    let mut world = world_of(&scenario);
    let mut other = empty(&scenario);
    other.implementationId = B256::ZERO;
    other.realms = vec![B256::ZERO];
    set_golden(&mut world, &other);
    assert_eq!(refused(&mut world, &token), None, "of another implementation");

    let key = golden_key(&scenario.platform.implementation_id);
    let preimage = [b"aivm.golden.v1", &scenario.platform.implementation_id[..]].concat();
    assert_eq!(key, keccak256(preimage));
    let stored = |world: &mut World| {
        world.view(&goldenMeasurementCall {
            vendor: abi_vendor(CCA),
            key,
        })
    };
    assert!(stored(&mut world).is_empty());
    only(&mut world, &scenario, |golden| {
        golden.realms = vec![B256::repeat_byte(5)]
    });
    assert_eq!(refused(&mut world, &token), Some(673));
    assert_eq!(
        stored(&mut world).to_vec(),
        [&[0, 0, 0, 0, 0, 1][..], &[5; 32]].concat()
    );
    set_golden(&mut world, &golden_of(&token));
    assert_eq!(refused(&mut world, &token), None, "replaced");
    assert_eq!(stored(&mut world).len(), 6 + 32 * 5);
    only(&mut world, &scenario, |_| {});
    assert!(stored(&mut world).is_empty(), "withdrawn");
    assert_eq!(refused(&mut world, &token), None);
}

/// The hashes that governance lists, as the specification has them.
#[test]
fn hashes_are_those_of_the_specification() {
    let scenario = Scenario::new(Form::Legacy);
    let golden = golden_of(&scenario.token());
    assert_eq!(golden.configurations, [keccak256([0xcf; 4])]);
    assert_eq!(golden.configurations, [configuration_hash(&[0xcf; 4])]);
    let rem: Vec<&[u8]> = scenario.realm.rem.iter().map(Vec::as_slice).collect();
    let realm = realm_hash(&scenario.realm.rim, &rem.try_into().expect("four"));
    assert_eq!(realm, keccak256(scenario.realm_measurements()));
    assert_eq!(golden.realms, [realm]);
    let hash = |c: &Component| keccak256([&c.measurement[..], &c.signer].concat());
    let mut components: Vec<_> = scenario.platform.components.iter().map(hash).collect();
    components.sort();
    assert_eq!(golden.components, components);
    assert_eq!(
        component_hash(&[0x11; 32], &[0x51; 32]),
        hash(&scenario.platform.components[0])
    );
}
