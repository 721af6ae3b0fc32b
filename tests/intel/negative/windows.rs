//! Windows to the second: when collateral is submitted, and when it is used.

use super::BOTH;
use crate::common::{edit::packed, evidence_of, furnished_world, vendor_of, world::abi_vendor, world_of};
use aivm::abi::IAttestationRegistry::collateralInfoCall;
use aivm_simulator::intel::{Certificate, Format, Key, NOW, Scenario};

/// Something that is valid for a while, and the codes with which it is refused before and after.
struct Component {
    name: &'static str,
    /// Sets its first second.
    from: fn(&mut Scenario, u64),
    /// Sets its last second.
    until: fn(&mut Scenario, u64),
    early: u16,
    late: u16,
}

const COMPONENTS: [Component; 8] = [
    Component {
        name: "root",
        from: |s, at| s.root.not_before = at,
        until: |s, at| s.root.not_after = at,
        early: 235,
        late: 236,
    },
    Component {
        name: "TCB signer",
        from: |s, at| s.tcb_signer.not_before = at,
        until: |s, at| s.tcb_signer.not_after = at,
        early: 222,
        late: 223,
    },
    Component {
        name: "QE identity signer",
        from: |s, at| qe_signer(s).not_before = at,
        until: |s, at| qe_signer(s).not_after = at,
        early: 227,
        late: 228,
    },
    Component {
        name: "PCK CA",
        from: |s, at| s.pck_ca.not_before = at,
        until: |s, at| s.pck_ca.not_after = at,
        early: 232,
        late: 233,
    },
    Component {
        name: "root CRL",
        from: |s, at| s.root_crl.this_update = at,
        until: |s, at| s.root_crl.next_update = Some(at + 1),
        early: 243,
        late: 244,
    },
    Component {
        name: "PCK CRL",
        from: |s, at| s.pck_crl.this_update = at,
        until: |s, at| s.pck_crl.next_update = Some(at + 1),
        early: 249,
        late: 250,
    },
    Component {
        name: "TCB info",
        from: |s, at| s.tcb_info.issue_date = at,
        until: |s, at| s.tcb_info.next_update = at,
        early: 204,
        late: 205,
    },
    Component {
        name: "QE identity",
        from: |s, at| s.qe_identity.issue_date = at,
        until: |s, at| s.qe_identity.next_update = at,
        early: 210,
        late: 211,
    },
];

/// A signer of the QE identity that is not the TCB info's.
fn qe_signer(s: &mut Scenario) -> &mut Certificate {
    let (not_before, not_after) = (s.tcb_signer.not_before, s.tcb_signer.not_after);
    let key = Key::new("qe identity signer");
    let signer = || Certificate::end_entity("Intel SGX TCB Signing", key, not_before, not_after);
    s.qe_identity_signer.get_or_insert_with(signer)
}

/// What comes of submitting a scenario's collateral at this time: the last second of its window, or the code.
fn submit(scenario: &Scenario, now: u64) -> Result<u64, u16> {
    let stored = world_of(scenario, now).submit(vendor_of(scenario.format), &packed(scenario));
    stored
        .map(|stored| stored.valid_until)
        .map_err(|rejection| rejection.code())
}

#[test]
fn collateral_is_submitted_inside_every_window() {
    let mut checked = 0;
    for &format in BOTH {
        for component in &COMPONENTS {
            let mut begins = Scenario::new(format);
            (component.from)(&mut begins, NOW);
            let mut ends = Scenario::new(format);
            (component.until)(&mut ends, NOW);
            let name = component.name;
            assert_eq!(submit(&begins, NOW - 1), Err(component.early), "{name}");
            assert!(submit(&begins, NOW).is_ok(), "{name}");
            assert!(submit(&begins, NOW + 1).is_ok(), "{name}");
            assert_eq!(submit(&ends, NOW - 1), Ok(NOW), "{name}");
            assert_eq!(submit(&ends, NOW), Ok(NOW), "{name}");
            assert_eq!(submit(&ends, NOW + 1), Err(component.late), "{name}");
            checked += 6;
        }
    }
    assert_eq!(checked, 96);
}

#[test]
fn collateral_is_used_inside_every_window() {
    let (first, last) = (NOW - 100, NOW + 100);
    let mut checked = 0;
    for format in Format::ALL {
        for component in &COMPONENTS {
            let mut scenario = Scenario::new(format);
            (component.from)(&mut scenario, first);
            (component.until)(&mut scenario, last);
            let mut world = furnished_world(&scenario, NOW);
            let evidence = evidence_of(&scenario);
            for (now, code) in [
                (first - 1, Some(7)),
                (first, None),
                (last, None),
                (last + 1, Some(8)),
            ] {
                let refused = world.at(now).verify(&evidence).err();
                let refused = refused.map(|rejection| rejection.code());
                assert_eq!(refused, code, "{} at {now}", component.name);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 160);
}

/// The PCK is not part of the collateral: its window is looked at when it is used.
#[test]
fn the_pck_is_used_inside_its_window() {
    let (first, last) = (NOW - 100, NOW + 100);
    for format in Format::ALL {
        let mut scenario = Scenario::new(format);
        (scenario.pck_leaf.not_before, scenario.pck_leaf.not_after) = (first, last);
        let mut world = furnished_world(&scenario, NOW);
        let evidence = evidence_of(&scenario);
        for (now, code) in [
            (first - 1, Some(124)),
            (first, None),
            (last, None),
            (last + 1, Some(125)),
        ] {
            let refused = world.at(now).verify(&evidence).err();
            assert_eq!(
                refused.map(|rejection| rejection.code()),
                code,
                "{format:?} at {now}"
            );
        }
    }
}

/// A record can be used where all windows overlap, whichever begins last and ends first.
#[test]
fn a_record_has_the_intersection_of_all_windows() {
    let mut checked = 0;
    for (latest, earliest) in (0..COMPONENTS.len()).zip((0..COMPONENTS.len()).rev()) {
        let mut scenario = Scenario::new(Format::SgxV3);
        for (index, component) in COMPONENTS.iter().enumerate() {
            let distance = |tightest| if index == tightest { 10 } else { 20 + index as u64 };
            (component.from)(&mut scenario, NOW - distance(latest));
            (component.until)(&mut scenario, NOW + distance(earliest));
        }
        let mut world = world_of(&scenario, NOW);
        let vendor = vendor_of(scenario.format);
        let stored = world
            .submit(vendor, &packed(&scenario))
            .expect("inside all windows");
        let info = world.view(&collateralInfoCall {
            vendor: abi_vendor(vendor),
            key: stored.key,
        });
        assert_eq!((info.validFrom, info.validUntil), (NOW - 10, NOW + 10));
        checked += 1;
    }
    assert_eq!(checked, 8);
}

/// Windows that overlap nowhere: no moment at which all are valid, so none at which the collateral is accepted.
#[test]
fn windows_that_do_not_overlap() {
    let mut scenario = Scenario::new(Format::TdxV4);
    scenario.tcb_info.next_update = NOW;
    scenario.qe_identity.issue_date = NOW + 1;
    assert_eq!(submit(&scenario, NOW), Err(210));
    assert_eq!(submit(&scenario, NOW + 1), Err(205));
}
