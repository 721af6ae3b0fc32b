//! Every byte of a token changed, a token cut at every byte, and random changes: none is accepted, and both backends
//! agree on why.

use crate::{
    cca::{CCA, coordinates, refused, trust_anchors, world_of, world_with},
    common::{evidence, world::World},
};
use aivm::{
    crypto::{AwsLc, RustCrypto},
    evidence::{
        Rejection, Verified,
        cca::{pack, token::Token},
        verify,
    },
};
use aivm_simulator::cca::{Form, Scenario};
use aivm_test_support::{fixtures::fixture, rng::Rng};
use std::collections::BTreeSet;

/// Every so many inputs, the precompiles are called as well.
const ALL_EVERY: usize = 16;

/// How many random changes of genuine tokens are tried.
const MUTATIONS: usize = 20_000;

fn verdict(world: &mut World, index: usize, token: &[u8]) -> Result<Verified, Rejection> {
    let evidence = evidence(CCA, token);
    if index.is_multiple_of(ALL_EVERY) {
        return world.verify(&evidence);
    }
    world.directly(&AwsLc, |context| verify(context, &evidence)).0
}

/// A change within a message, a signature, or the collection around them, by its place.
fn expected(token: &[u8], at: usize) -> &'static [u16] {
    let parsed = Token::parse(token).expect("a token");
    let place = |part: &[u8]| {
        let start = part.as_ptr() as usize - token.as_ptr() as usize;
        (start..start + part.len()).contains(&at)
    };
    let (platform, realm) = (&parsed.platform_message, &parsed.realm_message);
    if place(platform.signature) {
        &[643]
    } else if place(realm.signature) {
        &[644]
    } else if place(platform.payload) {
        // Its structure, the key it names, or at last its signature.
        &[
            600, 601, 602, 603, 604, 605, 606, 607, 630, 631, 632, 633, 643, 650, 653,
        ]
    } else if place(realm.payload) {
        &[
            600, 601, 602, 603, 604, 605, 606, 607, 630, 634, 635, 636, 638, 639, 640, 641, 642, 644,
        ]
    } else {
        &[
            600, 601, 602, 603, 604, 605, 606, 607, 610, 611, 612, 613, 614, 615, 616, 617, 620, 621, 622,
            623, 624, 625, 626,
        ]
    }
}

#[test]
fn every_byte() {
    for form in Form::ALL {
        let scenario = Scenario::new(form);
        let token = scenario.token();
        let mut world = world_of(&scenario);
        let mut checked = 0;
        for at in 0..token.len() {
            for flip in [1, 0x20, 0x80, 0xff] {
                let mut changed = token.clone();
                changed[at] ^= flip;
                let code = verdict(&mut world, checked, &changed)
                    .err()
                    .map(|rejection| rejection.code());
                let codes = expected(&token, at);
                assert!(
                    code.is_some_and(|code| codes.contains(&code)),
                    "{form:?}, byte {at}, {flip:#x}: {code:?}"
                );
                checked += 1;
            }
        }
        assert_eq!(checked, 4 * token.len());
    }
}

#[test]
fn every_prefix() {
    for form in Form::ALL {
        let scenario = Scenario::new(form);
        let mut world = world_of(&scenario);
        let token = scenario.token();
        for len in 0..token.len() {
            let code = verdict(&mut world, len, &token[..len]).map_err(|rejection| rejection.code());
            assert_eq!(code.map(drop), Err(600), "{form:?} cut to {len}");
        }
    }
}

/// The tokens of the package, and a chain that has their keys.
fn genuine() -> (World, Vec<Vec<u8>>) {
    let file = |name: &str| fixture(format!("cca/ccatoken-0.1.0/{name}"));
    let tokens = ["cca-token-01.cbor", "cca-token-02.cbor"].map(file);
    let (x, y) = coordinates(&serde_json::from_slice(&file("cpak.json")).expect("a JWK"));
    let first = pack::cpak_of(&Token::parse(&tokens[0]).expect("a token"), &x, &y);
    let mut keys = trust_anchors(&file("ta-02-ok.json"));
    keys.push(first);
    let keys: Vec<_> = keys.into_iter().collect::<Result<_, _>>().expect("points");
    (world_with(&keys), tokens.to_vec())
}

/// One to four changes: a bit, a byte, bytes out, in, or moved from another token.
fn mutate(rng: &mut Rng, tokens: &[Vec<u8>]) -> Vec<u8> {
    let mut token = tokens[rng.below(tokens.len())].clone();
    for _ in 0..=rng.below(4) {
        let at = rng.below(token.len());
        match rng.below(7) {
            0 | 1 => token[at] ^= 1 << rng.below(8),
            2 => token[at] = rng.byte(),
            3 => drop(token.drain(at..token.len().min(at + 1 + rng.below(8)))),
            4 => {
                let len = 1 + rng.below(8);
                token.splice(at..at, rng.bytes(len));
            }
            5 => {
                let other = &tokens[rng.below(tokens.len())];
                let from = rng.below(other.len());
                let len = (1 + rng.below(64)).min(other.len() - from).min(token.len() - at);
                token[at..at + len].copy_from_slice(&other[from..from + len]);
            }
            _ => {
                let (from, len) = (rng.below(token.len()), 1 + rng.below(32));
                let moved: Vec<u8> = token[from..].iter().take(len).copied().collect();
                token.splice(at..at, moved);
            }
        }
        if token.is_empty() {
            break;
        }
    }
    token
}

#[test]
fn random_changes_of_genuine_tokens() {
    let (mut world, mut tokens) = genuine();
    for form in Form::ALL {
        tokens.push(Scenario::new(form).token());
    }
    let honest: BTreeSet<_> = tokens.iter().cloned().collect();
    for token in &tokens[..2] {
        assert_eq!(refused(&mut world, token), None);
    }
    let mut rng = Rng(0x0cca);
    let mut codes = BTreeSet::new();
    for index in 0..MUTATIONS {
        let token = mutate(&mut rng, &tokens);
        let evidence = evidence(CCA, &token);
        let fast = world.directly(&AwsLc, |context| verify(context, &evidence)).0;
        let portable = world
            .directly(&RustCrypto, |context| verify(context, &evidence))
            .0;
        assert_eq!(fast, portable, "mutation {index}");
        match fast {
            Ok(_) => assert!(honest.contains(&token), "mutation {index} is accepted"),
            Err(rejection) => {
                codes.insert(rejection.code());
            }
        }
    }
    assert!(codes.len() >= 25, "{codes:?}");
}
