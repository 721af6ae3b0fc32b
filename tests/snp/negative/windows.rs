//! Windows, to the second: the second before, the first, the last, the second after.

use crate::{
    common::world::World,
    snp_common::{VARIANTS, evidence_of, furnish, packed, world_of},
};
use aivm::evidence::Vendor;
use aivm_simulator::snp::{self, NOW, Scenario};

/// What has a window, and how it is set.
type Set = fn(&mut Scenario, u64, u64);

/// The code of a refusal, if there is one.
type Code = Option<u16>;

/// Name, how it is set, codes at submission (early, late), codes at use (early, late).
const WINDOWS: [(&str, Set, [u16; 2], [u16; 2]); 4] = [
    (
        "root",
        |s, from, until| (s.ark.not_before, s.ark.not_after) = (from, until),
        [457, 458],
        [7, 8],
    ),
    (
        "endorsement CA",
        |s, from, until| (s.ca.not_before, s.ca.not_after) = (from, until),
        [454, 455],
        [7, 8],
    ),
    ("CRL", crl_window, [463, 464], [7, 8]),
    (
        "endorsement key",
        |s, from, until| (s.vek.not_before, s.vek.not_after) = (from, until),
        [0, 0],
        [414, 415],
    ),
];

const FROM: u64 = NOW - 1_000;
const UNTIL: u64 = NOW + 1_000;

/// A list is no longer valid at its nextUpdate.
fn crl_window(s: &mut Scenario, from: u64, until: u64) {
    let mut crl = snp::crl();
    crl.this_update = from;
    crl.next_update = Some(until + 1);
    s.crl = Some(crl);
}

fn submit_at(s: &Scenario, now: u64) -> Code {
    let mut world = world_of(s, now);
    let refused = world.submit(Vendor::SevSnp, &packed(&s.collateral())).err();
    refused.map(|rejection| rejection.code())
}

fn verify_at(world: &mut World, s: &Scenario, now: u64) -> Code {
    let refused = world.at(now).verify(&evidence_of(s)).err();
    refused.map(|rejection| rejection.code())
}

#[test]
fn every_window_to_the_second() {
    let mut checked = 0;
    for variant in VARIANTS {
        for (name, set, submission, usage) in WINDOWS {
            let mut scenario = variant.scenario();
            set(&mut scenario, FROM, UNTIL);
            let mut world = world_of(&scenario, NOW);
            furnish(&mut world, &scenario);
            for (now, side) in [
                (FROM - 1, Some(0)),
                (FROM, None),
                (UNTIL, None),
                (UNTIL + 1, Some(1)),
            ] {
                let expected = side.map(|side: usize| usage[side]);
                assert_eq!(
                    verify_at(&mut world, &scenario, now),
                    expected,
                    "{name} at use, {variant:?}"
                );
                let expected = side.map(|side: usize| submission[side]).filter(|code| *code != 0);
                assert_eq!(
                    submit_at(&scenario, now),
                    expected,
                    "{name} at submission, {variant:?}"
                );
                checked += 2;
            }
        }
    }
    assert_eq!(checked, 256);
}

/// A record can be used while all that it was made of is valid.
#[test]
fn a_record_lasts_as_long_as_its_shortest_part() {
    for (shortest, ..) in WINDOWS.iter().take(3) {
        let mut scenario = VARIANTS[0].scenario();
        for (name, set, ..) in WINDOWS.iter().take(3) {
            let until = if name == shortest { UNTIL } else { UNTIL + 500 };
            set(&mut scenario, FROM, until);
        }
        let mut world = world_of(&scenario, NOW);
        let stored = world
            .submit(Vendor::SevSnp, &packed(&scenario.collateral()))
            .expect("valid");
        assert_eq!(stored.valid_until, UNTIL, "{shortest}");
    }
}
