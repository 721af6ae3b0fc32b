//! What names the hardware and the software, and what does not: both forms of a signature, fields that are covered by
//! the signature alone, other keys of the same chip. And what is valid, though it is written another way.

use crate::{
    common::world::World,
    snp_common::{VARIANTS, Variant, evidence, evidence_of, furnish, furnished_world, world_of},
};
use aivm::evidence::{Vendor, Verified, device_id, measurement_id, score::Deduction};
use aivm_simulator::{
    der::{octet_string, unsigned},
    snp::{
        Kind, NOW, Product, Scenario, Tcb,
        vek::{FMC, SPL4, ia5_string},
    },
    x509::{Algorithm, Key, P384Key, other_s},
};

/// Under a chain of its own.
fn verified(scenario: &Scenario) -> Verified {
    let verified = furnished_world(scenario).verify(&evidence_of(scenario));
    verified.unwrap_or_else(|rejection| panic!("valid evidence: {rejection}"))
}

fn vcek(product: Product) -> Scenario {
    Scenario::new(product, Kind::Vcek, if product == Product::Turin { 5 } else { 3 })
}

/// A signature (r, s) can be changed into (r, n − s) by anyone: both are accepted, and prove the same.
#[test]
fn either_s_is_accepted_and_names_the_same() {
    for variant in VARIANTS {
        let mut scenario = variant.scenario();
        let honest = verified(&scenario);
        let Key::P384(key) = &scenario.vek.key else {
            panic!("an endorsement key is a P-384 key")
        };
        let signature = key.sign(&scenario.report.bytes());
        scenario.signing.signature = Some(other_s(&signature));
        assert_eq!(verified(&scenario), honest, "{variant:?}");
    }
}

/// The nonce is the first half of the report data, and nothing else will do.
#[test]
fn another_nonce_is_refused() {
    for variant in VARIANTS {
        let mut scenario = variant.scenario();
        let nonce = [0x4e; 32];
        scenario.bind(nonce, [0x6b; 32]);
        let mut world = furnished_world(&scenario);
        let evidence = evidence_of(&scenario);
        assert_eq!(world.verify_tee(&evidence, &nonce), Ok((true, variant.score())));
        for other in [[0x6b; 32], [0; 32]] {
            assert_eq!(world.verify_tee(&evidence, &other), Ok((false, 0)), "{variant:?}");
        }
        let claims = world.verify(&evidence).expect("valid").claims;
        assert_eq!(claims.report_data, *[nonce, [0x6b; 32]].as_flattened());
    }
}

#[test]
fn the_ids_are_those_of_the_specification() {
    for variant in VARIANTS {
        let scenario = variant.scenario();
        let claims = verified(&scenario).claims;
        let measurement = measurement_id(Vendor::SevSnp, &[&scenario.report.measurement]);
        assert_eq!(claims.measurement_id, measurement);
        let device = device_id(Vendor::SevSnp, &[&scenario.report.chip_id]);
        assert_eq!(claims.device_id, (variant.kind == Kind::Vcek).then_some(device));
        assert_eq!((claims.vendor, claims.tcb_status), (Vendor::SevSnp, None));
    }
}

/// A VLEK scores less, and names no device, whatever CHIP_ID says.
#[test]
fn a_vlek_names_no_device() {
    for product in Product::ALL {
        for chip_id in [[0; 64], [7; 64]] {
            let mut scenario = Scenario::new(product, Kind::Vlek, 5);
            scenario.report.chip_id = chip_id;
            let verified = verified(&scenario);
            assert_eq!((verified.claims.device_id, verified.trust_score), (None, 60));
            let deductions: Vec<_> = verified.claims.deductions.iter().collect();
            assert_eq!(deductions, [Deduction::Vlek, Deduction::UnknownMeasurement]);
        }
    }
}

/// A change of one field.
type Change = fn(&mut Scenario);

/// What host and guest owner choose, and what differs from boot to boot, is covered by the signature and changes no id.
#[test]
fn other_fields_name_nothing() {
    const CHANGES: [(&str, Change); 16] = [
        ("GUEST_SVN", |s| s.report.guest_svn = 7),
        ("ABI version in the policy", |s| s.report.policy |= 0x1f37),
        ("SMT not allowed", |s| s.report.policy &= !(1 << 16)),
        ("every other free bit of the policy", |s| {
            s.report.policy |= 0x3f << 20
        }),
        ("FAMILY_ID", |s| s.report.family_id = [1; 16]),
        ("IMAGE_ID", |s| s.report.image_id = [2; 16]),
        ("PLATFORM_INFO", |s| s.report.platform_info = u64::MAX),
        ("AUTHOR_KEY_EN", |s| s.report.key_info |= 1),
        ("HOST_DATA", |s| s.report.host_data = [3; 32]),
        ("ID_KEY_DIGEST", |s| s.report.id_key_digest = [4; 48]),
        ("AUTHOR_KEY_DIGEST", |s| s.report.author_key_digest = [5; 48]),
        ("REPORT_ID", |s| s.report.report_id = [6; 32]),
        ("REPORT_ID_MA", |s| s.report.report_id_ma = [7; 32]),
        ("CURRENT_TCB ahead of COMMITTED_TCB", |s| {
            s.report.current_tcb[7] = 0xff
        }),
        ("the firmware's versions", |s| {
            s.report.current_version = [9, 9, 9, 0]
        }),
        ("COMMITTED_TCB", |s| s.report.committed_tcb = [0; 8]),
    ];
    let mut checked = 0;
    for variant in VARIANTS {
        let honest = verified(&variant.scenario());
        for (name, change) in CHANGES {
            let mut scenario = variant.scenario();
            change(&mut scenario);
            assert_eq!(verified(&scenario), honest, "{name}, {variant:?}");
            checked += 1;
        }
        if variant.version == 5 {
            let mut scenario = variant.scenario();
            scenario.report.launch_mitigations = u64::MAX;
            scenario.report.current_mitigations = 0;
            assert_eq!(verified(&scenario), honest, "mitigation vectors, {variant:?}");
        }
    }
    assert_eq!(checked, 128);
}

/// One chip has a key for each TCB version, and AMD may certify one twice: it is one device.
#[test]
fn one_chip_under_two_keys_is_one_device() {
    for product in Product::ALL {
        let first = vcek(product);
        let mut second = first.clone();
        second.vek.key = Key::P384(P384Key::new("a second key"));
        second.set_tcb(Tcb {
            fmc: 2,
            boot_loader: 9,
            tee: 3,
            snp: 25,
            microcode: 0x7f,
        });
        second.vek.not_before -= 1;
        let mut world = furnished_world(&first);
        let [a, b] = [&first, &second].map(|scenario| world.verify(&evidence_of(scenario)).expect("valid"));
        assert_eq!(a.claims.device_id, b.claims.device_id);
        assert!(a.claims.device_id.is_some());

        let mut other = first.clone();
        other.set_chip_id([0x11; 64]);
        let other = world.verify(&evidence_of(&other)).expect("valid");
        assert_ne!(a.claims.device_id, other.claims.device_id);
    }
}

/// A measurement is not part of the device's id, nor a device of the measurement's.
#[test]
fn ids_do_not_mix() {
    let first = vcek(Product::Milan);
    let mut second = first.clone();
    second.report.measurement[47] ^= 1;
    let (a, b) = (verified(&first).claims, verified(&second).claims);
    assert_eq!(a.device_id, b.device_id);
    assert_ne!(a.measurement_id, b.measurement_id);
}

/// What AMD writes in more than one way, or may.
#[test]
fn other_forms_of_the_same() {
    let mut forms = 0;
    let mut check = |product: Product, change: Change| {
        let mut scenario = vcek(product);
        let honest = verified(&scenario);
        change(&mut scenario);
        assert_eq!(verified(&scenario), honest);
        forms += 1;
    };
    for product in Product::ALL {
        check(product, |s| {
            s.vek_extensions.product_name = Some(ia5_string(&format!("{}-B0", s.product.name())))
        });
        check(product, |s| {
            s.vek_extensions.product_name = Some(ia5_string(&format!("{}-", s.product.name())))
        });
        check(product, |s| {
            s.vek_extensions.hwid = s.vek_extensions.hwid.as_deref().map(octet_string)
        });
        check(product, |s| s.vek_extensions.struct_version = vec![2, 1, 9]);
        check(product, |s| s.vek_extensions.tcb.reverse());
        check(product, |s| {
            s.vek_extensions
                .tcb
                .retain(|(oid, _)| !oid.ends_with(".5") && !oid.ends_with(".6"))
        });
        check(product, |s| {
            s.vek_extensions.csp_id = Some(ia5_string("CN=cloud.example"))
        });
        check(product, |s| {
            let foreign = if s.product == Product::Turin { SPL4 } else { FMC };
            s.vek_extensions.tcb.push((foreign, unsigned(&[0])));
        });
        for trailer_field in [true, false] {
            let algorithm = Algorithm::RsaPssSha384 { trailer_field };
            let mut scenario = vcek(product);
            for certificate in [&mut scenario.ark, &mut scenario.ca, &mut scenario.vek] {
                certificate.algorithm = Some(algorithm.clone());
            }
            let mut crl = aivm_simulator::snp::crl();
            crl.algorithm = Some(algorithm);
            scenario.crl = Some(crl);
            assert_eq!(verified(&scenario).trust_score, 70);
        }
    }
    for name in ["Siena", "Siena-B1", "Bergamo", "Bergamo-A0"] {
        let mut scenario = vcek(Product::Genoa);
        scenario.vek_extensions.product_name = Some(ia5_string(name));
        assert_eq!(verified(&scenario).trust_score, 70, "{name}");
    }
    assert_eq!(forms, 24);
}

/// Every processor of a product.
#[test]
fn the_processors_of_a_product() {
    const CPUS: [(Product, [u8; 2]); 8] = [
        (Product::Milan, [0x19, 0x00]),
        (Product::Milan, [0x19, 0x0f]),
        (Product::Genoa, [0x19, 0x10]),
        (Product::Genoa, [0x19, 0x1f]),
        (Product::Genoa, [0x19, 0xa0]),
        (Product::Genoa, [0x19, 0xaf]),
        (Product::Turin, [0x1a, 0x00]),
        (Product::Turin, [0x1a, 0x11]),
    ];
    for (product, [family, model]) in CPUS {
        for stepping in [0, 1, 0xff] {
            let mut scenario = vcek(product);
            scenario.report.cpuid = [family, model, stepping];
            assert_eq!(verified(&scenario).trust_score, 70);
        }
    }
}

/// A chain knows all products at once, and evidence finds its own.
#[test]
fn one_chain_knows_every_product() {
    let scenarios = VARIANTS.map(Variant::scenario);
    let mut world = World::new(NOW);
    let roots: Vec<_> = Product::ALL
        .map(|product| aivm_simulator::snp::ark(product).self_signed())
        .concat();
    world.set_roots(Vendor::SevSnp, &roots);
    for scenario in &scenarios {
        furnish(&mut world, scenario);
    }
    for (variant, scenario) in VARIANTS.into_iter().zip(&scenarios) {
        let verified = world.verify(&evidence_of(scenario)).expect("valid");
        assert_eq!(verified.trust_score, variant.score());
    }
}

/// Evidence of this vendor is none of another's.
#[test]
fn another_vendor_byte() {
    for variant in VARIANTS {
        let scenario = variant.scenario();
        let mut world = world_of(&scenario, NOW);
        furnish(&mut world, &scenario);
        let mut evidence = evidence(&scenario.evidence());
        for vendor in [Vendor::Sgx, Vendor::Tdx, Vendor::Nvidia, Vendor::ArmCca] {
            evidence[0] = vendor.number();
            assert!(world.verify(&evidence).is_err(), "{vendor:?}");
        }
    }
}
