//! Windows to the second: every certificate is valid at both ends.

use super::{evidence_of, packed, world_of};
use aivm::evidence::Vendor;
use aivm_simulator::{
    nvidia::{Chip, NOW, Scenario},
    x509::Certificate,
};

/// The certificate, and the codes before and after its window: of collateral, and of evidence when a record is there.
type Row = (
    &'static str,
    fn(&mut Scenario) -> &mut Certificate,
    Option<[u16; 2]>,
    [u16; 2],
);

const ROWS: [Row; 5] = [
    ("root", |s| &mut s.root, Some([235, 236]), [7, 8]),
    ("identity CA", |s| &mut s.identity, Some([553, 554]), [7, 8]),
    ("provisioner CA", |s| &mut s.provisioner, Some([559, 560]), [7, 8]),
    ("device", |s| &mut s.brom, None, [532, 533]),
    ("leaf", |s| &mut s.leaf, None, [536, 537]),
];

const FROM: u64 = NOW - 1_000;
const UNTIL: u64 = NOW + 1_000;

fn codes<T>(result: Result<T, aivm::evidence::Rejection>) -> Result<(), u16> {
    result.map(|_| ()).map_err(|rejection| rejection.code())
}

#[test]
fn both_ends_belong_to_the_window() {
    for (name, certificate, collateral, evidence) in ROWS {
        let mut scenario = Scenario::new(Chip::Gh100);
        (
            certificate(&mut scenario).not_before,
            certificate(&mut scenario).not_after,
        ) = (FROM, UNTIL);
        let bytes = evidence_of(&scenario);
        let mut stored = world_of(&scenario, NOW);
        let record = stored
            .submit(Vendor::Nvidia, &packed(&scenario))
            .expect("collateral");
        let lasts = if collateral.is_some() {
            UNTIL
        } else {
            scenario.root.not_after
        };
        assert_eq!(record.valid_until, lasts, "{name}");
        for (now, end) in [
            (FROM - 1, Some(0)),
            (FROM, None),
            (NOW, None),
            (UNTIL, None),
            (UNTIL + 1, Some(1)),
        ] {
            let code = |codes: [u16; 2]| end.map_or(Ok(()), |end: usize| Err(codes[end]));
            assert_eq!(
                codes(stored.at(now).verify(&bytes)),
                code(evidence),
                "{name} at {now}"
            );
            let submitted = world_of(&scenario, now).submit(Vendor::Nvidia, &packed(&scenario));
            let expected = collateral.map_or(Ok(()), code);
            assert_eq!(codes(submitted), expected, "collateral, {name} at {now}");
        }
    }
}

/// A record of a newer certificate replaces the older one, and the same certificate may come again.
#[test]
fn newer_collateral_replaces_older() {
    let mut scenario = Scenario::new(Chip::Gh100);
    let mut world = world_of(&scenario, NOW);
    for later in [0, 0, 1, 1, 500] {
        scenario.provisioner.not_before += later;
        scenario.identity.not_before += later;
        world
            .submit(Vendor::Nvidia, &packed(&scenario))
            .expect("newer or the same");
    }
    assert!(world.verify(&evidence_of(&scenario)).is_ok());
    scenario.provisioner.not_before -= 1;
    assert_eq!(codes(world.submit(Vendor::Nvidia, &packed(&scenario))), Err(561));
}
