//! Every limit: one below it, at it, one above it.

use super::{refused_golden, refused_roots, register, registry::many};
use crate::{
    cca::{CCA, golden_of, refused, verify, world_of, world_with},
    common::world::{MAX_EVIDENCE_LEN, World},
};
use aivm::evidence::cca::{MAX_DEPTH, MAX_ITEMS, pack};
use aivm_simulator::cca::{Component, Curve, Edit, Form, Key, Scenario, cbor};
use alloy_primitives::B256;

/// The code with which a bent token is refused, its own key being registered.
fn code(form: Form, bend: impl Fn(&mut Scenario)) -> Option<u16> {
    let mut scenario = Scenario::new(form);
    bend(&mut scenario);
    refused(&mut world_of(&scenario), &scenario.token())
}

/// Checks a limit from both sides, in both forms.
fn at_most(limit: usize, refusal: u16, bend: impl Fn(&mut Scenario, usize)) {
    for form in Form::ALL {
        let codes = [limit - 1, limit, limit + 1].map(|value| code(form, |s| bend(s, value)));
        assert_eq!(codes, [None, None, Some(refusal)], "{form:?}, {limit}");
    }
}

/// Checks that exactly one value is accepted, in both forms.
fn exactly(value: usize, refusal: u16, bend: impl Fn(&mut Scenario, usize)) {
    for form in Form::ALL {
        let codes = [value - 1, value, value + 1].map(|value| code(form, |s| bend(s, value)));
        assert_eq!(codes, [Some(refusal), None, Some(refusal)], "{form:?}, {value}");
    }
}

fn unknown_claim(s: &mut Scenario, value: Vec<u8>) {
    s.realm.edits.push(Edit::Append(cbor::int(99), value));
}

#[test]
fn depth() {
    // The map of claims is the first level, the innermost item the last.
    at_most(MAX_DEPTH, 606, |s, depth| {
        unknown_claim(s, [vec![0x81; depth - 2], vec![0]].concat());
    });
    at_most(MAX_DEPTH, 606, |s, depth| {
        unknown_claim(s, [[0xa1, 0].repeat(depth - 2), vec![0]].concat());
    });
}

#[test]
fn items() {
    for form in Form::ALL {
        // The map itself, and for each claim a key and a value, REM having four items more.
        let claims = if form == Form::Legacy { 7 } else { 8 };
        let there = 1 + 2 * claims + 4;
        let more = |s: &mut Scenario, items: usize| {
            let zeros = items - there - 2;
            unknown_claim(s, cbor::array(&vec![vec![0]; zeros]));
        };
        let codes = [MAX_ITEMS - 1, MAX_ITEMS, MAX_ITEMS + 1].map(|items| code(form, |s| more(s, items)));
        assert_eq!(codes, [None, None, Some(607)], "{form:?}");
    }
}

#[test]
fn lengths_of_claims() {
    exactly(64, 638, |s, len| s.realm.challenge = vec![1; len]);
    exactly(64, 635, |s, len| s.realm.personalization = vec![1; len]);
    exactly(33, 632, |s, len| {
        s.platform.edits.push(Edit::Set(
            256,
            cbor::bytes(&[&s.platform.instance_id[..], &[0]].concat()[..len]),
        ));
    });
    exactly(32, 632, |s, len| {
        let id = [&s.platform.implementation_id[..], &[0]].concat();
        s.platform.edits.push(Edit::Set(2396, cbor::bytes(&id[..len])));
    });
    exactly(4, 635, |s, count| s.realm.rem = vec![vec![0; 32]; count]);
    for len in [32, 48, 64] {
        exactly(len, 635, |s, len| {
            s.realm.rim = vec![1; len];
            s.realm.rem = vec![vec![2; len]; 4];
        });
        exactly(len, 632, |s, len| {
            s.platform.components[0].measurement = vec![1; len]
        });
        exactly(len, 632, |s, len| s.platform.components[0].signer = vec![1; len]);
    }
    exactly(97, 639, |s, len| {
        s.use_legacy_profile();
        s.realm.rak = Some([s.rak(), vec![0]].concat()[..len].to_vec());
    });
}

/// The first and the last secured state, and what is next to them.
#[test]
fn lifecycles() {
    for form in Form::ALL {
        let states = [0x2fff, 0x3000, 0x3001, 0x30fe, 0x30ff, 0x3100];
        let codes = states.map(|state| code(form, |s| s.platform.lifecycle = state));
        assert_eq!(codes, [Some(648), None, None, None, None, Some(648)], "{form:?}");
        for (first, refusal) in [(0x4000, 646), (0x5000, 646), (0x6000, 647)] {
            let states = [first - 1, first, first + 0xff, first + 0x100];
            let codes = states.map(|state| code(form, |s| s.platform.lifecycle = state));
            let beside = Some(648);
            assert_eq!(
                codes,
                [beside, Some(refusal), Some(refusal), beside],
                "{first:#x}"
            );
        }
    }
}

/// As many components as fit, and one more: each has at most eleven items.
#[test]
fn components() {
    let component = |index: usize| Component {
        version: Some("1.0".into()),
        ..Component::new("component", index as u8, 0x51)
    };
    let with =
        |count: usize| move |s: &mut Scenario| s.platform.components = (0..count).map(component).collect();
    for form in Form::ALL {
        assert_eq!(code(form, with(0)), Some(632));
        assert_eq!(code(form, with(1)), None);
        // 1 + 2 × 9 items besides: 44 × 11 + 19 = 503.
        assert_eq!(code(form, with(44)), None);
        assert_eq!(code(form, with(45)), Some(607));
    }
}

#[test]
fn evidence_as_long_as_it_may_be() {
    for form in Form::ALL {
        let padded = |padding: usize| {
            let mut scenario = Scenario::new(form);
            scenario.platform.config = vec![0xcf; padding];
            scenario
        };
        let rest = padded(10_000).token().len() - 10_000;
        for (len, expected) in [(-1, None), (0, None), (1, Some(15))] {
            // The vendor byte counts.
            let scenario = padded((MAX_EVIDENCE_LEN - 1 - rest).strict_add_signed(len));
            let token = scenario.token();
            assert_eq!(token.len() + 1, MAX_EVIDENCE_LEN.strict_add_signed(len));
            let mut world = world_of(&scenario);
            let refusal = match expected {
                None => refused(&mut world, &token),
                Some(_) => {
                    let evidence = crate::common::evidence(CCA, &token);
                    let verdict = world.directly(&aivm::crypto::AwsLc, |context| {
                        aivm::evidence::verify(context, &evidence)
                    });
                    verdict.0.err().map(|rejection| rejection.code())
                }
            };
            assert_eq!(refusal, expected, "{form:?} {len}");
        }
    }
}

/// P-384 entries have 162 bytes, P-256 entries 130; an account holds 24,575. In ABI they have 384 and 352, so that
/// of P-256 keys 65,536 bytes of collateral are the limit.
#[test]
fn bundles_as_long_as_they_may_be() {
    let p384 = Scenario::new(Form::Legacy);
    let mut p256 = p384.clone();
    p256.platform_sign1.key = Key::new("cpak", Curve::P256);
    for (scenario, entry, most) in [(p384, 162, 151), (p256, 130, 186)] {
        for (count, expected) in [(most - 1, None), (most, None), (most + 1, Some(665))] {
            let mut world = World::new(aivm_simulator::cca::NOW);
            let keys = many(&scenario, count);
            assert_eq!(
                refused_roots(&mut world, pack::bundle(&keys)),
                expected,
                "{count} keys"
            );
            if expected.is_none() {
                assert!(count * entry <= 24_575);
                let mut last = scenario.clone();
                last.platform.instance_id = keys[count - 1].instanceId[..].try_into().expect("33 bytes");
                let verified = verify(&mut world, &last.token());
                assert_eq!(
                    verified.map(|verified| verified.trust_score),
                    Ok(70),
                    "the last of {count}"
                );
            }
        }
    }
}

/// An account holds 767 golden measurements: 6 bytes and 32 for each.
#[test]
fn golden_measurements_as_many_as_may_be() {
    let scenario = Scenario::new(Form::Legacy);
    let golden = golden_of(&scenario.token());
    let there = golden.configurations.len() + golden.components.len();
    for (count, expected) in [(766, None), (767, None), (768, Some(311))] {
        let mut world = world_of(&scenario);
        let mut golden = golden.clone();
        let others = (1..(count - there) as u64).map(|n| B256::left_padding_from(&n.to_be_bytes()));
        golden.realms.splice(0..0, others);
        assert_eq!(
            refused_golden(&mut world, pack::golden(&golden)),
            expected,
            "{count}"
        );
        assert_eq!(
            refused(&mut world, &scenario.token()),
            None,
            "the last realm of {count}"
        );
    }
}

/// A bundle of one key that is replaced: what was registered before is gone.
#[test]
fn a_bundle_replaces_the_one_before() {
    let one = Scenario::new(Form::Legacy);
    let mut two = one.clone();
    two.platform.instance_id[5] ^= 1;
    let mut world = world_with(&[]);
    for (here, gone) in [(&one, &two), (&two, &one)] {
        register(&mut world, here);
        assert_eq!(refused(&mut world, &here.token()), None);
        assert_eq!(refused(&mut world, &gone.token()), Some(650));
    }
}
