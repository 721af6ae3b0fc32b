//! What anyone can change in a token without a key: the s of each signature, and the collection's tag. Neither changes
//! which device it names, what it measures or what it reports.

use crate::cca::{refused, verify, world_of};
use aivm_simulator::cca::{Curve, Edit, Form, Key, Scenario, cbor, key};

/// The token with the other s in one or both signatures.
fn with_other_s(scenario: &Scenario, platform: bool, realm: bool) -> Scenario {
    let other = |curve: Curve, message: &[u8]| {
        let len = if curve == Curve::P256 { 64 } else { 96 };
        Some(key::other_s(curve, &message[message.len() - len..]))
    };
    let mut changed = scenario.clone();
    if platform {
        let curve = scenario.platform_sign1.key.curve;
        changed.platform_sign1.signature = other(curve, &scenario.platform_token());
    }
    if realm {
        changed.realm_sign1.signature = other(Curve::P384, &scenario.realm_token());
    }
    changed
}

#[test]
fn either_s_is_accepted_and_names_the_same() {
    let mut checked = 0;
    for form in Form::ALL {
        for curve in [Curve::P256, Curve::P384] {
            let mut scenario = Scenario::new(form);
            scenario.platform_sign1.key = Key::new("cpak", curve);
            let mut world = world_of(&scenario);
            let honest = verify(&mut world, &scenario.token()).expect("accepted");
            for (platform, realm) in [(true, false), (false, true), (true, true)] {
                let changed = with_other_s(&scenario, platform, realm).token();
                assert_ne!(changed, scenario.token());
                assert_eq!(verify(&mut world, &changed), Ok(honest.clone()));
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 12);
}

/// The same two tokens under the other tag.
#[test]
fn either_tag_is_accepted_and_names_the_same() {
    let mut accepted = Vec::new();
    for form in Form::ALL {
        let mut scenario = Scenario::new(form);
        let mut world = world_of(&scenario);
        let honest = verify(&mut world, &scenario.token()).expect("accepted");
        for other in Form::ALL {
            scenario.form = other;
            assert_eq!(verify(&mut world, &scenario.token()), Ok(honest.clone()));
        }
        accepted.push(honest);
    }
    assert_eq!(
        accepted[0], accepted[1],
        "the profile is no part of what is claimed"
    );
}

/// Claims that nobody knows, and claims in another order, are signed: they are the platform's and the realm's own.
#[test]
fn what_is_signed_is_free() {
    let edits = [
        vec![Edit::Rotate],
        vec![Edit::Rotate; 4],
        vec![Edit::Append(cbor::int(-75_000), cbor::bytes(&[1; 100]))],
        vec![Edit::Append(
            cbor::text("unknown"),
            cbor::map(&[(cbor::text("a"), vec![0xf5])]),
        )],
        vec![Edit::Append(cbor::array(&[]), vec![0xf6])],
        vec![Edit::Append(
            cbor::int(i64::MIN),
            cbor::head(cbor::major::UNSIGNED, u64::MAX),
        )],
        vec![Edit::Append(
            cbor::int(44_242),
            cbor::tag(1, &cbor::int(1_760_000_000)),
        )],
    ];
    let mut checked = 0;
    for form in Form::ALL {
        let valid = Scenario::new(form);
        let mut world = world_of(&valid);
        let honest = verify(&mut world, &valid.token()).expect("accepted");
        for edits in &edits {
            let mut scenario = valid.clone();
            scenario.platform.edits = edits.clone();
            assert_eq!(
                verify(&mut world, &scenario.token()),
                Ok(honest.clone()),
                "platform {edits:?}"
            );
            scenario.realm.edits = edits.clone();
            assert_eq!(
                verify(&mut world, &scenario.token()),
                Ok(honest.clone()),
                "both {edits:?}"
            );
            checked += 2;
        }
        // But whoever adds one without a key is found out.
        let mut scenario = valid.clone();
        let signed = scenario.platform_token();
        scenario.platform.edits = edits[2].clone();
        scenario.platform_sign1.signature = Some(signed[signed.len() - 96..].to_vec());
        assert_eq!(refused(&mut world, &scenario.token()), Some(643));
    }
    assert_eq!(checked, 28);
}

/// Optional claims may be left out; the same device either way.
#[test]
fn optional_claims() {
    for form in Form::ALL {
        let mut scenario = Scenario::new(form);
        let mut world = world_of(&scenario);
        let honest = verify(&mut world, &scenario.token()).expect("accepted");
        scenario.platform.service = None;
        scenario.platform.hash_algorithm = None;
        for component in &mut scenario.platform.components {
            (component.kind, component.version, component.hash_algorithm) = (None, None, None);
        }
        assert_eq!(verify(&mut world, &scenario.token()), Ok(honest));
    }
}
