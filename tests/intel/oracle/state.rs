//! Where the two differ for what they know, not for what they read: state, and forms that only Intel could sign.

use super::{Bundle, Judge, Opinion, stricter::chain};
use crate::common::{
    edit::{packed, set_pem},
    evidence, evidence_of, furnished_world, vendor_of,
    world::{GOVERNANCE, World, abi_vendor},
};
use aivm::abi::IAttestationRegistry::{
    MeasurementState, RootCARejected, TEEVendor, pauseCall, requireAllowlistCall, setMeasurementCall,
    setMinTrustScoreCall, setMinimumTcbCall, updateRootCACall,
};
use aivm_simulator::{
    der,
    intel::{
        Extension,
        Format::{self, SgxV3, TdxV5Td15},
        Grade, NOW, Scenario,
        certificate::pem_chain,
    },
};
use alloy_primitives::Bytes;
use alloy_sol_types::SolError;

type Bend = fn(&mut Scenario);
const ALL: &[Format] = &Format::ALL;

/// State, which the other does not have: the change, and the code for the evidence that was valid before it.
type Policy = fn(&mut World, &Scenario);

const POLICY: [(&str, Policy, u16); 5] = [
    (
        "a pause",
        |world, s| {
            world.govern(&pauseCall {
                vendor: abi_vendor(vendor_of(s.format)),
            })
        },
        4,
    ),
    ("a banned measurement", ban, 11),
    (
        "a required allow list",
        |world, s| {
            world.govern(&requireAllowlistCall {
                vendor: abi_vendor(vendor_of(s.format)),
                required: true,
            })
        },
        12,
    ),
    (
        "a least score",
        |world, _| world.govern(&setMinTrustScoreCall { score: 71 }),
        13,
    ),
    (
        "a minimum TCB",
        |world, s| {
            let minimum = 21_u32.to_be_bytes().to_vec().into();
            world.govern(&setMinimumTcbCall {
                vendor: abi_vendor(vendor_of(s.format)),
                minimum,
            });
        },
        14,
    ),
];

#[test]
fn what_only_policy_refuses() {
    let judge = Judge::synthetic();
    for format in Format::ALL {
        let scenario = Scenario::new(format);
        let accepted = Opinion::Accepted("UpToDate".into());
        assert_eq!(judge.opinion(&Bundle::minted(&scenario)), accepted);
        for (name, change, code) in POLICY {
            let mut world = furnished_world(&scenario, NOW);
            change(&mut world, &scenario);
            let refused = world.verify(&evidence_of(&scenario)).err();
            assert_eq!(refused.map(|rejection| rejection.code()), Some(code), "{name}");
        }
    }
}

/// `dcap-qvl` gives OutOfDate as a status; by default it scores too little here.
#[test]
fn out_of_date_under_the_default_policy() {
    let statuses = ["OutOfDate", "OutOfDateConfigurationNeeded"];
    for (format, status) in Format::ALL
        .iter()
        .flat_map(|format| statuses.map(|status| (*format, status)))
    {
        let mut scenario = Scenario::new(format);
        scenario.tcb_info.levels[0].grade = Grade::new(status);
        let mut judge = Judge::synthetic();
        assert_eq!(
            judge.opinion(&Bundle::minted(&scenario)),
            Opinion::Accepted(status.into())
        );
        assert_eq!(
            judge.ours(&Bundle::minted(&scenario)),
            Ok(status),
            "at a least score of 0"
        );
        let refused = furnished_world(&scenario, NOW)
            .verify(&evidence_of(&scenario))
            .err();
        assert_eq!(refused.map(|rejection| rejection.code()), Some(13));
    }
}

/// `dcap-qvl` has no memory: superseded collateral that has not expired is as good as new to it.
#[test]
fn superseded_collateral() {
    let rows: [(Bend, u16); 6] = [
        (|s| s.tcb_info.issue_date -= 1, 207),
        (|s| s.tcb_info.tcb_evaluation_data_number -= 1, 207),
        (|s| s.qe_identity.issue_date -= 1, 213),
        (|s| s.root_crl.this_update -= 1, 245),
        (|s| s.root_crl.number = Some(0), 245),
        (|s| s.pck_crl.this_update -= 1, 251),
    ];
    let judge = Judge::synthetic();
    for format in Format::ALL {
        for (older, code) in rows {
            let new = Scenario::new(format);
            let mut old = new.clone();
            older(&mut old);
            let accepted = Opinion::Accepted("UpToDate".into());
            assert_eq!(judge.opinion(&Bundle::minted(&old)), accepted);
            let refused = furnished_world(&new, NOW)
                .submit(vendor_of(format), &packed(&old))
                .err();
            assert_eq!(refused.map(|rejection| rejection.code()), Some(code));
        }
    }
}

/// What the test below refuses quotes with.
pub(crate) const SECOND_CHAIN_CODES: [u16; 2] = [112, 111];

/// Where a chain comes with the collateral, `dcap-qvl` does not look at the one in the quote.
#[test]
fn a_second_chain() {
    let bends: [(Bend, u16); 3] = [
        (|s| chain(s, |c| c[0][400] ^= 1), 112),
        (|s| chain(s, |c| drop(c.pop())), 111),
        (|s| set_pem(s, b"no chain".to_vec()), 111),
    ];
    for format in Format::ALL {
        for (bend, code) in bends {
            let valid = Scenario::new(format);
            let mut bent = valid.clone();
            bend(&mut bent);
            let mut bundle = Bundle::minted(&bent);
            bundle.collateral.pck_certificate_chain = Some(pem_chain(&valid.pck_chain()));
            let mut judge = Judge::synthetic();
            assert_eq!(judge.opinion(&bundle), Opinion::Accepted("UpToDate".into()));
            assert_eq!(judge.ours(&bundle), Err(code), "{format:?}");
            assert!(SECOND_CHAIN_CODES.contains(&code));
            // The precompile, which is given the quote alone, refuses it as well.
            let refused = furnished_world(&valid, NOW).verify(&evidence(bundle.vendor, &bundle.quote));
            assert!(refused.is_err(), "{format:?}");
        }
    }
}

/// Forms that only `dcap-qvl` refuses. Each is inside something that Intel signs, and none changes what is said of a
/// platform: a purpose that no PCK names, a date that no status depends on, a security version of more than 15
/// bits.
const LAXER: [(&str, &[Format], Bend); 4] = [
    ("a PCK for another purpose than servers", ALL, |s| {
        s.pck_leaf.extensions.push(extended_key_usage())
    }),
    ("a PCESVN of 32,768", ALL, |s| {
        s.sgx_extension.as_mut().expect("an SGX extension").pce_svn = 0x8000
    }),
    ("a TCB date that is none", &[TdxV5Td15], |s| {
        s.tcb_info.levels[0].grade.tcb_date.clear();
    }),
    ("a module date that is none", &[TdxV5Td15], |s| {
        s.tcb_info.tdx_module_identities[1].levels[0]
            .grade
            .tcb_date
            .clear()
    }),
];

#[test]
fn what_only_the_other_refuses() {
    let mut wrong = Vec::new();
    for (name, formats, bend) in LAXER {
        for &format in formats {
            let mut scenario = Scenario::new(format);
            bend(&mut scenario);
            let bundle = Bundle::minted(&scenario);
            let mut judge = Judge::synthetic();
            let verdicts = (judge.ours(&bundle), judge.opinion(&bundle));
            if verdicts != (Ok("UpToDate"), Opinion::Refused) {
                wrong.push(format!("{name} ({format:?}): {verdicts:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `dcap-qvl` panics under a root that another name issued; here governance cannot install such a root.
#[test]
fn a_root_under_which_the_other_panics() {
    let mut scenario = Scenario::new(SgxV3);
    scenario.root.issuer_cn = Some("Another root".into());
    let judge = Judge {
        root: scenario.root_der(),
        ..Judge::synthetic()
    };
    assert_eq!(judge.opinion(&Bundle::minted(&scenario)), Opinion::Panicked);
    let call = updateRootCACall {
        vendor: TEEVendor::SGX,
        newRootCA: scenario.root_der().into(),
    };
    let refused = World::new(NOW).registry(GOVERNANCE, &call);
    assert_eq!(
        refused,
        Err(Bytes::from(RootCARejected { code: 305 }.abi_encode()))
    );
}

fn ban(world: &mut World, s: &Scenario) {
    let verified = world.verify(&evidence_of(s)).expect("valid evidence");
    world.govern(&setMeasurementCall {
        measurementId: verified.claims.measurement_id,
        state: MeasurementState::Banned,
    });
}

/// extKeyUsage { id-kp-clientAuth }, not critical.
fn extended_key_usage() -> Extension {
    let purpose = der::oid("1.3.6.1.5.5.7.3.2");
    Extension {
        oid: "2.5.29.37",
        critical: false,
        value: der::sequence(&[purpose]),
    }
}
