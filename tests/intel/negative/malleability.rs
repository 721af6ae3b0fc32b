//! A signature (r, s) can be changed into (r, n − s) by anyone: both are accepted everywhere, and name the same device
//! and the same measurement.

use super::qe::signed_end;
use crate::common::{
    edit::{packed, parts, pem_start, with_other_s},
    evidence, vendor_of,
    world::World,
};
use aivm::{
    abi::IAttestationRegistry::{IntelCollateral, updateRootCACall},
    evidence::Verified,
};
use aivm_simulator::intel::{Format, Key, NOW, Scenario, certificate::pem_chain, key};
use alloy_sol_types::SolValue;

/// The signatures that evidence rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signature {
    Root,
    TcbSigner,
    QeIdentitySigner,
    PckCa,
    RootCrl,
    PckCrl,
    TcbInfo,
    QeIdentity,
    Pck,
    QeReport,
    Quote,
}

use Signature::*;

const SIGNATURES: [Signature; 11] = [
    Root,
    TcbSigner,
    QeIdentitySigner,
    PckCa,
    RootCrl,
    PckCrl,
    TcbInfo,
    QeIdentity,
    Pck,
    QeReport,
    Quote,
];

/// Evidence of a scenario with these signatures changed, under the changed root and collateral.
fn verified_with(scenario: &Scenario, changed: &[Signature]) -> Result<Verified, String> {
    let changes = |signature| changed.contains(&signature);
    let der = |signature, der: Vec<u8>| {
        if changes(signature) {
            with_other_s(&der)
        } else {
            der
        }
    };
    let root = der(Root, scenario.root_der());
    let mut world = World::new(NOW);
    let vendor = vendor_of(scenario.format);
    world.govern(&updateRootCACall {
        vendor: crate::common::world::abi_vendor(vendor),
        newRootCA: root.clone().into(),
    });
    let mut collateral = parts(scenario);
    change_collateral(&mut collateral, changed);
    world
        .submit(vendor, &collateral.abi_encode())
        .map_err(|rejection| format!("collateral: {rejection}"))?;

    let chain = [
        der(Pck, scenario.pck_leaf_der()),
        der(PckCa, scenario.pck_ca_der()),
        root,
    ];
    let mut scenario = scenario.clone();
    scenario.envelope.certification_data = Some(pem_chain(&chain).into());
    let mut quote = scenario.quote();
    let chain_starts = pem_start(&quote);
    for (signature, at) in [
        (QeReport, chain_starts - 64 - 2 - 32 - 6),
        (Quote, signed_end(&quote) + 4),
    ] {
        if changes(signature) {
            flip(&mut quote[at..at + 64]);
        }
    }
    world
        .verify(&evidence(vendor, &quote))
        .map_err(|rejection| format!("evidence: {rejection}"))
}

fn change_collateral(parts: &mut IntelCollateral, changed: &[Signature]) {
    let certificates = [
        (TcbSigner, &mut parts.tcbInfoSigner),
        (QeIdentitySigner, &mut parts.qeIdentitySigner),
        (PckCa, &mut parts.pckCa),
        (RootCrl, &mut parts.rootCaCrl),
        (PckCrl, &mut parts.pckCrl),
    ];
    for (signature, der) in certificates {
        if changed.contains(&signature) {
            *der = with_other_s(der).into();
        }
    }
    let texts = [
        (TcbInfo, &mut parts.tcbInfoSignature),
        (QeIdentity, &mut parts.qeIdentitySignature),
    ];
    for (signature, bytes) in texts {
        if changed.contains(&signature) {
            let mut raw = bytes.to_vec();
            flip(&mut raw);
            *bytes = raw.into();
        }
    }
}

/// s and n − s add up to the order, which is odd: one of them is low, the other high.
fn flip(signature: &mut [u8]) {
    let raw = (&*signature).try_into().expect("64 bytes");
    signature.copy_from_slice(&key::other_s(&raw));
}

/// A scenario whose QE identity has a signer of its own.
fn scenario(format: Format) -> Scenario {
    let mut scenario = Scenario::new(format);
    let mut signer = scenario.tcb_signer.clone();
    signer.key = Key::new("qe identity signer");
    scenario.qe_identity_signer = Some(signer);
    scenario
}

#[test]
fn either_s_is_accepted_and_names_the_same() {
    let mut checked = 0;
    for format in Format::ALL {
        let scenario = scenario(format);
        let honest = verified_with(&scenario, &[]).expect("valid evidence");
        for signature in SIGNATURES {
            let changed = verified_with(&scenario, &[signature]);
            assert_eq!(changed, Ok(honest.clone()), "{signature:?} {format:?}");
            checked += 1;
        }
        assert_eq!(verified_with(&scenario, &SIGNATURES), Ok(honest), "all of them");
        checked += 1;
    }
    assert_eq!(checked, 60);
}

/// Where a certificate stands in two places, both must be changed alike.
#[test]
fn a_certificate_is_the_same_in_both_places() {
    for format in Format::ALL {
        let valid = Scenario::new(format);
        let mut world = World::under(&valid.root_der(), NOW);
        let vendor = vendor_of(format);
        world.submit(vendor, &packed(&valid)).expect("valid collateral");
        for (index, code) in [(1, 121), (2, 120)] {
            let mut chain = valid.pck_chain();
            chain[index] = with_other_s(&chain[index]);
            let mut changed = valid.clone();
            changed.envelope.chain = Some(chain);
            let refused = world.verify(&evidence(vendor, &changed.quote())).err();
            assert_eq!(
                refused.map(|rejection| rejection.code()),
                Some(code),
                "{format:?}"
            );
        }
    }
}
