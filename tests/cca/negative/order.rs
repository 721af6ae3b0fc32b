//! The order of the checks: of two faults, the one that is looked for first gives the code. Changing the order would
//! change codes, and codes are consensus.

use crate::{
    cca::{CCA, golden_of, refused, registered, set_golden, world_of},
    common::world::{World, abi_vendor},
};
use aivm::{
    abi::IAttestationRegistry::{MeasurementState, setMeasurementCall},
    evidence::{cca::pack, measurement_id},
};
use aivm_simulator::cca::{Curve, Edit, Form, Key, Scenario, cbor};

/// A fault, and its code. The world is that of the valid scenario; the measurement and what is golden are judged last.
type Step = (u16, fn(&mut Scenario, &mut World));

/// The checks in their order. A step that bends the token must leave those after it possible.
const STEPS: [Step; 17] = [
    (601, |s, _| s.envelope.trailing = vec![0]),
    (617, |s, _| {
        s.envelope.edits.push(Edit::Append(cbor::int(1), vec![0]))
    }),
    (621, |s, _| {
        s.platform_sign1.unprotected = Some(vec![0xa1, 4, 0x41, 0])
    }),
    (632, |s, _| s.platform.components[0].signer.push(0)),
    (620, |s, _| s.realm_sign1.further = vec![vec![0]]),
    (638, |s, _| s.realm.challenge.truncate(63)),
    (635, |s, _| s.realm.rem.truncate(2)),
    (650, |_, world| world.set_roots(CCA, &pack::bundle(&[]))),
    (653, |s, _| s.platform.implementation_id[0] ^= 1),
    (643, |s, _| s.platform_sign1.key = Key::stranger(Curve::P384)),
    (644, |s, _| s.realm_sign1.signature = Some(vec![1; 96])),
    (645, |s, _| s.platform.challenge = Some(vec![0; 32])),
    (646, |s, _| s.platform.lifecycle = 0x5000),
    (671, |s, _| s.platform.config.push(1)),
    (672, |s, _| s.platform.components[0].measurement[0] ^= 1),
    (673, |s, _| s.realm.rem[0][0] ^= 1),
    (11, |s, world| {
        world.govern(&setMeasurementCall {
            measurementId: measurement_id(CCA, &[&s.realm.rim]),
            state: MeasurementState::Banned,
        });
    }),
];

/// The code for these steps taken together, in a world where the valid token alone is golden.
fn code(form: Form, steps: &[&Step]) -> Option<u16> {
    let mut scenario = Scenario::new(form);
    let mut world = world_of(&scenario);
    set_golden(&mut world, &golden_of(&scenario.token()));
    for (_, step) in steps {
        step(&mut scenario, &mut world);
    }
    refused(&mut world, &scenario.token())
}

#[test]
fn of_two_faults_the_first_counts() {
    let mut pairs = 0;
    for form in Form::ALL {
        assert_eq!(code(form, &[]), None);
        for (index, first) in STEPS.iter().enumerate() {
            assert_eq!(code(form, &[first]), Some(first.0), "{form:?} {} alone", first.0);
            for second in &STEPS[index + 1..] {
                // Whichever is bent first.
                for steps in [[first, second], [second, first]] {
                    assert_eq!(
                        code(form, &steps),
                        Some(first.0),
                        "{form:?} {} {}",
                        first.0,
                        second.0
                    );
                }
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 2 * 136);
}

#[test]
fn a_pause_comes_before_everything() {
    use aivm::abi::IAttestationRegistry::pauseCall;
    let scenario = Scenario::new(Form::Legacy);
    let mut world = world_of(&scenario);
    world.govern(&pauseCall {
        vendor: abi_vendor(CCA),
    });
    assert_eq!(refused(&mut world, &scenario.token()), Some(4));
    assert_eq!(refused(&mut world, &[]), Some(4));
}

/// Of a bundle: the encoding, then entry by entry the instance id, the key's form, its curve, whether it is there
/// already; last, whether all fit.
#[test]
fn order_within_a_bundle() {
    let scenario = Scenario::new(Form::Legacy);
    let good = registered(scenario.cpak());
    let mut world = world_of(&scenario);
    let mut bundle = |change: &dyn Fn(&mut Vec<aivm::abi::IAttestationRegistry::CcaCpak>)| {
        let mut keys = vec![good.clone(), good.clone()];
        change(&mut keys);
        super::refused_roots(&mut world, pack::bundle(&keys))
    };
    assert_eq!(bundle(&|_| {}), Some(664));
    assert_eq!(bundle(&|keys| keys[1].publicKey = vec![4; 97].into()), Some(663));
    assert_eq!(bundle(&|keys| keys[1].publicKey = vec![4; 96].into()), Some(662));
    assert_eq!(
        bundle(&|keys| {
            keys[1].publicKey = vec![4; 96].into();
            keys[1].instanceId = vec![1; 32].into();
        }),
        Some(661)
    );
    assert_eq!(
        bundle(&|keys| {
            keys[0].publicKey = vec![4; 96].into();
            keys[1].instanceId = vec![1; 32].into();
        }),
        Some(662)
    );
}
