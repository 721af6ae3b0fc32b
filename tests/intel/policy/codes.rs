//! Every code below 100: each is given for its own reason, and none is missing.

use super::{name, set_min_trust_score, valid};
use crate::common::world::{World, abi_vendor, nonce_of};
use aivm::{
    abi::IAttestationRegistry::{
        MeasurementState, pauseCall, requireAllowlistCall, setMeasurementCall, setMinimumTcbCall,
        updateRootCACall,
    },
    evidence::{Rejection, Vendor},
};
use aivm_simulator::intel::{Format, Key, NOW, Scenario};

/// Changes a chain on which evidence is valid, or the evidence, so that it is refused.
type Change = fn(&mut World, &mut Vec<u8>);

const CASES: [(u16, Change); 13] = [
    (1, |_, evidence| evidence.clear()),
    (2, |_, evidence| evidence[0] = 0),
    (4, |world, evidence| {
        world.govern(&pauseCall {
            vendor: vendor(evidence),
        })
    }),
    (5, |world, _| world.host.accounts.clear()),
    (6, |world, evidence| {
        *evidence = on_another_platform(world, evidence)
    }),
    (7, |world, _| world.host.timestamp = NOW - 86_400 * 365),
    (8, |world, _| world.host.timestamp = NOW + 86_400 * 365),
    (9, |world, evidence| {
        let vendor = vendor(evidence);
        world.govern(&updateRootCACall {
            vendor,
            newRootCA: another_root().into(),
        });
    }),
    (11, |world, evidence| {
        let id = world
            .verify(evidence)
            .expect("valid evidence")
            .claims
            .measurement_id;
        let state = MeasurementState::Banned;
        world.govern(&setMeasurementCall {
            measurementId: id,
            state,
        });
    }),
    (12, |world, evidence| {
        world.govern(&requireAllowlistCall {
            vendor: vendor(evidence),
            required: true,
        });
    }),
    (13, |world, _| set_min_trust_score(world, 71)),
    (14, |world, evidence| {
        let minimum = 21_u32.to_be_bytes().to_vec().into();
        world.govern(&setMinimumTcbCall {
            vendor: vendor(evidence),
            minimum,
        });
    }),
    (15, |_, evidence| evidence.resize(16_385, 0)),
];

fn vendor(evidence: &[u8]) -> aivm::abi::IAttestationRegistry::TEEVendor {
    abi_vendor(Vendor::from_number(evidence[0]).expect("a vendor"))
}

fn another_root() -> Vec<u8> {
    let mut other = Scenario::new(Format::SgxV3);
    other.root.key = Key::new("another root");
    other.root_der()
}

/// The same kind of quote from a platform whose collateral nobody submitted.
fn on_another_platform(_: &World, evidence: &[u8]) -> Vec<u8> {
    let mut formats = Format::ALL.into_iter();
    let format = formats.find(|format| Scenario::new(*format).quote() == evidence[1..]);
    let mut scenario = Scenario::new(format.expect("a valid quote"));
    scenario.sgx_extension.as_mut().expect("an SGX extension").fmspc = vec![9; 6];
    crate::common::evidence_of(&scenario)
}

#[test]
fn every_code_of_state_and_policy() {
    let mut checked = 0;
    for format in Format::ALL {
        for (code, change) in CASES {
            let (mut world, mut evidence) = valid(format);
            change(&mut world, &mut evidence);
            let refused = world.verify(&evidence).expect_err("evidence that is refused");
            assert_eq!(refused.code(), code, "{refused}, not {}", name(code));
            checked += 1;
        }
    }
    assert_eq!(checked, 65);
}

/// Code 10, the nonce, is VerifyTEE's own reason and shows as `(false, 0)` only; the verifier itself has no nonce.
#[test]
fn the_nonce_has_no_code_that_shows() {
    let (mut world, evidence) = valid(Format::TdxV4);
    let mut nonce = nonce_of(&evidence);
    assert_eq!(world.verify_tee(&evidence, &nonce), Ok((true, 70)));
    nonce[0] ^= 1;
    assert_eq!(world.verify_tee(&evidence, &nonce), Ok((false, 0)));
    assert_eq!(Rejection::NonceMismatch.code(), 10);
}

#[test]
fn no_code_below_16_is_missing() {
    let defined = Rejection::CODES.iter().map(|(code, _)| *code);
    let mut reached: Vec<_> = CASES.iter().map(|(code, _)| *code).collect();
    reached.push(Rejection::NonceMismatch.code());
    reached.sort_unstable();
    assert_eq!(defined.filter(|code| *code < 16).collect::<Vec<_>>(), reached);
}
