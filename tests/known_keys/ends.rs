//! What ends the short way: other collateral, revocation, time.

use super::{Chain, evidence, known, new, signatures};
use crate::common::{devices::ALICE, edit::packed};
use aivm::{
    abi::IAttestationRegistry::revokeDeviceCall,
    evidence::{Rejection, Vendor, default_roots, snp},
};
use aivm_simulator::{
    intel::{Format, Key, Scenario},
    snp::{self as amd, Kind, Product},
    x509::Crl,
};
use aivm_test_support::{
    counting::Counts,
    fleet::{Device, VALID_UNTIL},
};

/// The fleet's collateral for SGX or TDX, to be changed.
fn intel(vendor: Vendor) -> Scenario {
    let format = match vendor {
        Vendor::Sgx => Format::SgxV3,
        _ => Format::TdxV4,
    };
    let mut scenario = Scenario::new(format);
    scenario.tcb_info.next_update = VALID_UNTIL;
    scenario.qe_identity.next_update = VALID_UNTIL;
    scenario.pck_crl.next_update = Some(VALID_UNTIL + 86_400);
    scenario.root_crl.next_update = Some(VALID_UNTIL + 86_400);
    scenario
}

/// The fleet's collateral for AMD, with a CRL or without.
fn amd(crl: Option<&Crl>) -> Vec<u8> {
    let ark = amd::ark(Product::Milan);
    let ca = amd::endorsement_ca(Product::Milan, Kind::Vcek).der(&ark);
    let crl = crl.map(|crl| crl.der(&ark));
    snp::pack::collateral(&ca, crl.as_deref())
}

fn known_device(chain: &mut Chain, vendor: Vendor) -> Device {
    let device = chain.devices.device(vendor, 1);
    chain.attest(&device, None);
    assert_eq!(chain.verify(&evidence(&device)).1, known(vendor));
    device
}

fn counts(chain: &Chain, device: &Device) -> Counts {
    let (verified, counts) = chain.verify(&evidence(device));
    assert!(verified.is_ok(), "{verified:?}");
    counts
}

/// The same collateral once more changes nothing. Any other makes every device new, and the next proof known again.
#[test]
fn other_collateral_makes_a_device_new() {
    type Change = fn(&mut Scenario);
    let changes: [Change; 5] = [
        |s| s.tcb_info.tcb_evaluation_data_number += 1,
        |s| s.tcb_info.next_update -= 1,
        |s| s.qe_identity.tcb_evaluation_data_number += 1,
        |s| s.pck_crl.revoked.push(vec![0x55; 20]),
        |s| s.tcb_info.levels.truncate(1),
    ];
    for vendor in [Vendor::Sgx, Vendor::Tdx] {
        for change in changes {
            let mut chain = Chain::new();
            let device = known_device(&mut chain, vendor);
            let mut scenario = intel(vendor);
            let submit = |chain: &mut Chain, scenario: &Scenario| {
                chain
                    .devices
                    .world
                    .submit(vendor, &packed(scenario))
                    .expect("valid collateral");
            };
            submit(&mut chain, &scenario);
            assert_eq!(counts(&chain, &device), known(vendor));
            change(&mut scenario);
            submit(&mut chain, &scenario);
            assert_eq!(counts(&chain, &device), new(vendor));
            assert_eq!(chain.attest(&device, None), new(vendor));
            assert_eq!(counts(&chain, &device), known(vendor));
        }
    }
    let mut chain = Chain::new();
    let device = known_device(&mut chain, Vendor::SevSnp);
    for (collateral, expected) in [
        (amd(None), known(Vendor::SevSnp)),
        (amd(Some(&amd::crl())), new(Vendor::SevSnp)),
    ] {
        chain
            .devices
            .world
            .submit(Vendor::SevSnp, &collateral)
            .expect("valid collateral");
        assert_eq!(counts(&chain, &device), expected);
    }
    assert_eq!(chain.attest(&device, None), new(Vendor::SevSnp));
    assert_eq!(counts(&chain, &device), known(Vendor::SevSnp));
}

/// Its PCK certificate on the CRL.
#[test]
fn a_revoked_certificate() {
    for vendor in [Vendor::Sgx, Vendor::Tdx] {
        let mut chain = Chain::new();
        let device = known_device(&mut chain, vendor);
        let mut serial = Key::new("pck leaf 1").identifier();
        serial[0] = serial[0] & 0x3f | 0x40;
        let mut scenario = intel(vendor);
        scenario.pck_crl.revoked.push(serial);
        chain
            .devices
            .world
            .submit(vendor, &packed(&scenario))
            .expect("valid collateral");
        let (verdict, counts) = chain.verify(&evidence(&device));
        assert_eq!(verdict, Err(Rejection::PckRevoked));
        assert_eq!(counts, signatures(1, 0, 0), "the PCK CA's, and no more");
        let proof = chain.proof(&device, None);
        assert_eq!(chain.devices.attest(ALICE, &proof), Err(126));
    }
}

/// A CRL of AMD's that came alone ends what was verified without it, before any signature.
#[test]
fn a_newer_list() {
    let mut chain = Chain::new();
    let device = known_device(&mut chain, Vendor::SevSnp);
    let list = amd::crl().der(&amd::ark(Product::Milan));
    let alone = snp::pack::collateral(&[], Some(&list));
    chain
        .devices
        .world
        .submit(Vendor::SevSnp, &alone)
        .expect("a valid list");
    let (verdict, counts) = chain.verify(&evidence(&device));
    assert_eq!(verdict, Err(Rejection::StoredCrlMissing));
    assert_eq!(counts, Counts::default());
}

/// A revoked device, replaced roots, lapsed collateral: refused as new devices are.
#[test]
fn what_is_refused_stays_refused() {
    for vendor in super::CPUS {
        let mut chain = Chain::new();
        let device = known_device(&mut chain, vendor);
        let before = chain.devices.world.clone();

        chain
            .devices
            .world
            .govern(&revokeDeviceCall { deviceId: device.id });
        assert_eq!(chain.verify(&evidence(&device)).0, Err(Rejection::DeviceRevoked));

        chain.devices.world = before.clone();
        let roots = chain.devices.fleet.roots();
        let (_, roots) = roots
            .iter()
            .find(|(of, _)| *of == vendor)
            .expect("the fleet's roots");
        chain.devices.world.set_roots(vendor, &default_roots(vendor));
        let refused = chain.verify(&evidence(&device));
        assert_eq!(refused, (Err(Rejection::RootsChanged), Counts::default()));
        // Under the roots that it was verified under, collateral is what it was.
        chain.devices.world.set_roots(vendor, roots);
        assert_eq!(counts(&chain, &device), known(vendor));

        chain.devices.world = before.clone();
        chain.devices.world.at(u64::MAX / 2);
        let refused = chain.verify(&evidence(&device));
        assert_eq!(refused, (Err(Rejection::CollateralExpired), Counts::default()));
    }
}
