//! What one submission means for the next: rollback, the minimum TCB, and replaced roots.

use super::BOTH;
use crate::common::{
    edit::packed,
    evidence_of, furnished_world, vendor_of,
    world::{World, abi_vendor},
    world_of,
};
use aivm::{
    abi::IAttestationRegistry::{setMinimumTcbCall, updateRootCACall},
    evidence::{Rejection, Vendor},
};
use aivm_simulator::intel::{Format, Key, NOW, PckCa, Scenario};

/// A scenario is made older or newer in one component.
type Change = fn(&mut Scenario);

/// A part of the collateral whose floor a submission raises.
struct Component {
    name: &'static str,
    newer: [Change; 2],
    code: u16,
    /// Whether its floor also holds for another FMSPC, and for the other PCK CA.
    across_fmspc: bool,
    across_ca: bool,
}

const COMPONENTS: [Component; 4] = [
    Component {
        name: "root CRL",
        newer: [|s| s.root_crl.number = Some(2), |s| s.root_crl.this_update += 1],
        code: 245,
        across_fmspc: true,
        across_ca: true,
    },
    Component {
        name: "PCK CRL",
        newer: [|s| s.pck_crl.number = Some(2), |s| s.pck_crl.this_update += 1],
        code: 251,
        across_fmspc: true,
        across_ca: false,
    },
    Component {
        name: "TCB info",
        newer: [
            |s| s.tcb_info.tcb_evaluation_data_number += 1,
            |s| s.tcb_info.issue_date += 1,
        ],
        code: 207,
        across_fmspc: false,
        across_ca: true,
    },
    Component {
        name: "QE identity",
        newer: [
            |s| s.qe_identity.tcb_evaluation_data_number += 1,
            |s| s.qe_identity.issue_date += 1,
        ],
        code: 213,
        across_fmspc: true,
        across_ca: true,
    },
];

fn submit(world: &mut World, scenario: &Scenario) -> Result<(), u16> {
    let stored = world.submit(vendor_of(scenario.format), &packed(scenario));
    stored.map(drop).map_err(|rejection| rejection.code())
}

fn another_fmspc(s: &mut Scenario) {
    s.tcb_info.fmspc[5] ^= 1;
}

fn another_ca(s: &mut Scenario) {
    s.use_pck_ca(if s.format.is_tdx() {
        PckCa::Processor
    } else {
        PckCa::Platform
    });
}

/// Once something newer was accepted, the old is refused: under the same key, and under every key that the part is for.
#[test]
fn floors_reach_as_far_as_their_component() {
    let mut checked = 0;
    for (&format, component) in BOTH
        .iter()
        .flat_map(|format| COMPONENTS.iter().map(move |c| (format, c)))
    {
        for newer in component.newer {
            let old = Scenario::new(format);
            let mut new = old.clone();
            newer(&mut new);
            let mut world = furnished_world(&new, NOW);
            let others: [(Change, bool); 3] = [
                (|_| {}, true),
                (another_fmspc, component.across_fmspc),
                (another_ca, component.across_ca),
            ];
            for (bend, reaches) in others {
                let mut old = old.clone();
                bend(&mut old);
                let expected = if reaches { Err(component.code) } else { Ok(()) };
                assert_eq!(
                    submit(&mut world.clone(), &old),
                    expected,
                    "{} {format:?}",
                    component.name
                );
                checked += 1;
            }
            assert_eq!(submit(&mut world, &new), Ok(()), "the same once more");
        }
    }
    assert_eq!(checked, 48);
}

/// The same bytes once more change nothing but the log.
#[test]
fn collateral_can_be_submitted_again() {
    for &format in BOTH {
        let scenario = Scenario::new(format);
        let mut world = furnished_world(&scenario, NOW);
        let before = world.host.clone();
        assert_eq!(submit(&mut world, &scenario), Ok(()));
        assert_eq!(world.host.accounts, before.accounts);
        assert_eq!(world.host.logs.len(), before.logs.len() + 1);
    }
}

/// What is refused raises no floor, not even that of its parts that are good and newer.
#[test]
fn refused_collateral_raises_no_floor() {
    // Of which component, the fault, its code.
    let faults: [(&str, Change, u16); 6] = [
        ("root CRL", |s| s.root_crl.this_update -= 1, 245),
        ("PCK CRL", |s| s.pck_crl.this_update -= 1, 251),
        ("TCB info", |s| s.tcb_info.issue_date -= 1, 207),
        ("TCB info", |s| s.tcb_info.next_update = NOW - 1, 205),
        ("QE identity", |s| s.qe_identity.issue_date -= 1, 213),
        (
            "QE identity",
            |s| s.qe_identity.signing.signed_by = Some(Key::stranger()),
            212,
        ),
    ];
    let valid = Scenario::new(Format::SgxV3);
    let furnished = furnished_world(&valid, NOW);
    let mut checked = 0;
    for (faulty, fault, code) in faults {
        let others = COMPONENTS.iter().filter(|component| component.name != faulty);
        for newer in others.flat_map(|component| component.newer) {
            let mut world = furnished.clone();
            let mut bent = valid.clone();
            newer(&mut bent);
            fault(&mut bent);
            assert_eq!(submit(&mut world, &bent), Err(code));
            assert_eq!(submit(&mut world, &valid), Ok(()), "a floor rose for {code}");
            checked += 1;
        }
    }
    assert_eq!(checked, 36);
}

/// Floors are those of one TEE: TDX's collateral is none for SGX.
#[test]
fn the_two_tees_have_floors_of_their_own() {
    let mut sgx = Scenario::new(Format::SgxV3);
    let mut tdx = Scenario::new(Format::TdxV4);
    sgx.use_pck_ca(PckCa::Platform);
    for newer in COMPONENTS.iter().flat_map(|component| component.newer) {
        newer(&mut sgx);
    }
    let mut world = furnished_world(&sgx, NOW);
    assert_eq!(submit(&mut world, &tdx), Ok(()));
    tdx.root_crl.this_update -= 1;
    assert_eq!(submit(&mut world, &tdx), Err(245));
}

fn set_minimum(world: &mut World, vendor: Vendor, minimum: &[u8]) {
    world.govern(&setMinimumTcbCall {
        vendor: abi_vendor(vendor),
        minimum: minimum.to_vec().into(),
    });
}

/// One below, at, and one above the lower of the two evaluation numbers.
#[test]
fn the_minimum_tcb_at_its_edges() {
    let mut checked = 0;
    for format in Format::ALL {
        for (tcb_info, qe_identity) in [(20, 20), (20, 18), (18, 20)] {
            let mut scenario = Scenario::new(format);
            scenario.tcb_info.tcb_evaluation_data_number = tcb_info;
            scenario.qe_identity.tcb_evaluation_data_number = qe_identity;
            let number = tcb_info.min(qe_identity);
            let mut furnished = furnished_world(&scenario, NOW);
            let vendor = vendor_of(format);
            for (minimum, meets) in [(number - 1, true), (number, true), (number + 1, false)] {
                let rejection = Rejection::TcbEvaluationTooLow { number, minimum };
                let expected = if meets { None } else { Some(rejection) };
                let mut fresh = world_of(&scenario, NOW);
                for world in [&mut fresh, &mut furnished] {
                    set_minimum(world, vendor, &minimum.to_be_bytes());
                }
                assert_eq!(fresh.submit(vendor, &packed(&scenario)).err(), expected);
                assert_eq!(furnished.verify(&evidence_of(&scenario)).err(), expected);
                checked += 2;
            }
            set_minimum(&mut furnished, vendor, &[]);
            assert!(furnished.verify(&evidence_of(&scenario)).is_ok(), "no minimum");
        }
    }
    assert_eq!(checked, 90);
}

/// The minimum of one TEE says nothing about the other.
#[test]
fn the_minimum_tcb_is_one_tees() {
    let scenario = Scenario::new(Format::TdxV5Td15);
    let mut world = world_of(&scenario, NOW);
    set_minimum(&mut world, Vendor::Sgx, &u32::MAX.to_be_bytes());
    assert_eq!(submit(&mut world, &scenario), Ok(()));
    assert!(world.verify(&evidence_of(&scenario)).is_ok());
}

fn install(world: &mut World, vendor: Vendor, bundle: &[u8]) {
    world.govern(&updateRootCACall {
        vendor: abi_vendor(vendor),
        newRootCA: bundle.to_vec().into(),
    });
}

/// A second PKI, with the same names and platform.
fn another_pki(format: Format) -> Scenario {
    let mut other = Scenario::new(format);
    other.root.key = Key::new("another root");
    other
}

/// Whatever happens to the roots, collateral must be submitted again before it serves.
#[test]
fn replaced_roots() {
    for format in Format::ALL {
        let (scenario, other) = (Scenario::new(format), another_pki(format));
        let (vendor, evidence) = (vendor_of(format), evidence_of(&scenario));
        let mut world = furnished_world(&scenario, NOW);
        let one = scenario.root_der();
        let two = other.root_der();

        install(&mut world, vendor, &[one.clone(), two.clone()].concat());
        assert_eq!(world.verify(&evidence), Err(Rejection::RootsChanged), "joined");
        assert_eq!(submit(&mut world, &scenario), Ok(()));
        assert!(world.verify(&evidence).is_ok());

        install(&mut world, vendor, &[two.clone(), one.clone()].concat());
        assert_eq!(world.verify(&evidence), Err(Rejection::RootsChanged), "reordered");

        install(&mut world, vendor, &two);
        assert_eq!(world.verify(&evidence), Err(Rejection::RootsChanged), "replaced");
        assert_eq!(submit(&mut world, &scenario), Err(221));
        assert_eq!(submit(&mut world, &other), Ok(()));
        assert_eq!(world.verify(&evidence), Err(Rejection::RootNotTrusted));
        assert!(world.verify(&evidence_of(&other)).is_ok());

        install(&mut world, vendor, &one);
        assert_eq!(world.verify(&evidence), Err(Rejection::RootsChanged), "restored");
        assert_eq!(submit(&mut world, &scenario), Ok(()));
        assert!(world.verify(&evidence).is_ok());
        assert_eq!(world.verify(&evidence_of(&other)), Err(Rejection::RootNotTrusted));
    }
}

/// The same bundle installed again is no change: what is stored goes on to serve.
#[test]
fn the_same_roots_again() {
    let scenario = Scenario::new(Format::TdxV4);
    let mut world = furnished_world(&scenario, NOW);
    install(&mut world, Vendor::Tdx, &scenario.root_der());
    assert!(world.verify(&evidence_of(&scenario)).is_ok());
}

/// The roots of SGX and TDX are two entries, though Intel has one root.
#[test]
fn the_roots_of_one_tee() {
    let scenario = Scenario::new(Format::TdxV4);
    let mut world = furnished_world(&scenario, NOW);
    install(&mut world, Vendor::Sgx, &another_pki(Format::SgxV3).root_der());
    assert!(world.verify(&evidence_of(&scenario)).is_ok());
}

/// Counters of another root start anew, and those of the first are still there when it returns.
#[test]
fn floors_belong_to_a_root() {
    let scenario = Scenario::new(Format::SgxV3);
    let mut older_pki = another_pki(Format::SgxV3);
    older_pki.root_crl.number = Some(0);
    older_pki.tcb_info.tcb_evaluation_data_number = 1;
    older_pki.qe_identity.issue_date -= 1;
    older_pki.pck_crl.this_update -= 1;
    let mut world = furnished_world(&scenario, NOW);
    install(&mut world, Vendor::Sgx, &older_pki.root_der());
    assert_eq!(submit(&mut world, &older_pki), Ok(()));

    install(&mut world, Vendor::Sgx, &scenario.root_der());
    let mut older = scenario.clone();
    older.pck_crl.this_update -= 1;
    assert_eq!(submit(&mut world, &older), Err(251));
    assert_eq!(submit(&mut world, &scenario), Ok(()));
}

/// A bundle of two roots trusts both, each with its own chain.
#[test]
fn two_roots() {
    for format in Format::ALL {
        let (one, two) = (Scenario::new(format), another_pki(format));
        let mut world = World::new(NOW);
        let vendor = vendor_of(format);
        install(&mut world, vendor, &[one.root_der(), two.root_der()].concat());
        for (scenario, foreign) in [(&one, &two), (&two, &one)] {
            assert_eq!(submit(&mut world, scenario), Ok(()));
            assert!(world.verify(&evidence_of(scenario)).is_ok());
            assert_eq!(
                world.verify(&evidence_of(foreign)),
                Err(Rejection::RootNotTrusted)
            );
        }
        let mut mixed = one.clone();
        mixed.pck_ca.signed_by = Some(two.root.key.clone());
        assert_eq!(submit(&mut world, &mixed), Err(231), "a chain under both");
    }
}

/// State that no genesis makes: a vendor without roots.
#[test]
fn no_roots() {
    let scenario = Scenario::new(Format::SgxV3);
    let mut world = World::new(NOW);
    world.host.accounts.clear();
    assert_eq!(submit(&mut world, &scenario), Err(5));
    assert_eq!(world.verify(&evidence_of(&scenario)), Err(Rejection::NoRoots));
}
