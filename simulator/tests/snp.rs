//! The mint for AMD SEV-SNP: the shape of what it makes, the same bytes in every run, and that a fault stays where it is
//! put.

use aivm_simulator::snp::{self, Kind, Product, Scenario, Tcb, vek};
use aivm_simulator::x509::{Key, P384Key};
use p384::ecdsa::signature::Verifier;
use p384::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

fn all() -> impl Iterator<Item = Scenario> {
    let kinds = Product::ALL
        .into_iter()
        .flat_map(|product| Kind::ALL.map(|kind| (product, kind)));
    kinds.flat_map(|(product, kind)| [2, 3, 5].map(|version| Scenario::new(product, kind, version)))
}

/// Where the fields are (AMD's specification 56860).
#[test]
fn the_fields_of_a_report() {
    let mut scenario = Scenario::new(Product::Turin, Kind::Vcek, 5);
    let report = &mut scenario.report;
    report.policy = 0x0102_0304_0506_0708;
    report.vmpl = 3;
    report.host_data = [0xc0; 32];
    report.reserved_208 = [0x28; 152];
    let bytes = scenario.report_bytes();
    assert_eq!(bytes.len(), 1_184);
    let report = &scenario.report;
    let fields: [(usize, &[u8]); 18] = [
        (0x000, &[5, 0, 0, 0]),
        (0x008, &report.policy.to_le_bytes()),
        (0x010, &report.family_id),
        (0x030, &[3, 0, 0, 0, 1, 0, 0, 0]),
        (0x038, &report.current_tcb),
        (0x040, &report.platform_info.to_le_bytes()),
        (0x050, &report.report_data),
        (0x090, &report.measurement),
        (0x0c0, &report.host_data),
        (0x140, &report.report_id),
        (0x180, &report.reported_tcb),
        (0x188, &Product::Turin.cpuid()),
        (0x1a0, &report.chip_id),
        (0x1e0, &report.committed_tcb),
        (0x1e8, &report.current_version),
        (0x1f0, &report.launch_tcb),
        (0x1f8, &report.launch_mitigations.to_le_bytes()),
        (0x208, &report.reserved_208),
    ];
    for (at, field) in fields {
        assert_eq!(bytes[at..at + field.len()], *field, "at {at:#x}");
    }
    assert_eq!(bytes[0x2d0..0x2e8], [0; 24]);
    assert_eq!(bytes[0x318..], [0; 392]);
}

/// r and s are little-endian, over the first 672 bytes, by the endorsement key.
#[test]
fn the_signature_of_a_report() {
    for scenario in all() {
        let bytes = scenario.report_bytes();
        let Key::P384(key) = &scenario.vek.key else {
            panic!("an endorsement key is a P-384 key")
        };
        let mut signature = [&bytes[0x2a0..0x2d0], &bytes[0x2e8..0x318]].concat();
        signature[..48].reverse();
        signature[48..].reverse();
        let signature = Signature::from_slice(&signature).expect("an ECDSA signature");
        let key = VerifyingKey::from_sec1_bytes(&key.public_sec1()).expect("a point");
        key.verify(&bytes[..0x2a0], &signature)
            .expect("a signature of the report");
    }
}

/// A TCB version in the layout of each product.
#[test]
fn the_layouts_of_a_tcb() {
    let tcb = Tcb {
        fmc: 1,
        boot_loader: 2,
        tee: 3,
        snp: 4,
        microcode: 5,
    };
    assert_eq!(tcb.bytes(Product::Milan), [2, 3, 0, 0, 0, 0, 4, 5]);
    assert_eq!(tcb.bytes(Product::Genoa), tcb.bytes(Product::Milan));
    assert_eq!(tcb.bytes(Product::Turin), [1, 2, 3, 4, 0, 0, 0, 5]);
    for product in Product::ALL {
        let mut scenario = Scenario::new(product, Kind::Vcek, 3);
        scenario.set_tcb(tcb);
        assert_eq!(*scenario.vek_extensions.component(vek::SNP), [2, 1, 4]);
        assert_eq!(scenario.report.reported_tcb, tcb.bytes(product));
    }
}

/// A VCEK names its chip, a VLEK its provider; the report says which key it is.
#[test]
fn the_two_kinds_of_key() {
    for scenario in all() {
        let is_vcek = scenario.kind == Kind::Vcek;
        assert_eq!(scenario.vek_extensions.hwid.is_some(), is_vcek);
        assert_eq!(scenario.vek_extensions.csp_id.is_none(), is_vcek);
        assert_eq!(scenario.report_bytes()[0x48] >> 2, u8::from(!is_vcek));
        assert_eq!(scenario.report.chip_id != [0; 64], is_vcek);
    }
    let mut scenario = Scenario::new(Product::Turin, Kind::Vcek, 5);
    scenario.set_chip_id([7; 64]);
    assert_eq!(scenario.report.chip_id[..9], [7, 7, 7, 7, 7, 7, 7, 7, 0]);
    assert_eq!(scenario.vek_extensions.hwid, Some(vec![7; 8]));
}

/// Every run mints the same bytes: this is their hash.
#[test]
fn the_same_bytes_in_every_run() {
    let mut hasher = Sha256::new();
    for mut scenario in all() {
        scenario.crl = Some(snp::crl());
        let collateral = scenario.collateral();
        for bytes in [
            scenario.evidence(),
            collateral.endorsement_ca,
            collateral.crl,
            scenario.ark_der(),
        ] {
            hasher.update(bytes);
        }
    }
    let hash = hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    assert_eq!(
        hash,
        "a1bea1ab0099ac12334557bc80f5bb6b5a66485feefcb7d2379e8639deeefeb3"
    );
}

/// What is bent changes, and nothing else does.
#[test]
fn a_fault_stays_where_it_is_put() {
    let valid = Scenario::new(Product::Milan, Kind::Vcek, 3);
    let mut bent = valid.clone();
    bent.signing.signed_by = Some(P384Key::new("stranger"));
    assert_eq!(bent.vek_der(), valid.vek_der());
    assert_eq!(bent.report_bytes()[..0x2a0], valid.report_bytes()[..0x2a0]);
    assert_ne!(bent.report_bytes(), valid.report_bytes());

    let mut bent = valid.clone();
    bent.vek.signed_by = Some(snp::stranger());
    assert_eq!(bent.report_bytes(), valid.report_bytes());
    assert_eq!(bent.collateral(), valid.collateral());
    assert_eq!(bent.vek_der().len(), valid.vek_der().len());
    assert_ne!(bent.vek_der(), valid.vek_der());

    let mut bent = valid.clone();
    bent.bind([1; 32], [2; 32]);
    assert_eq!(
        bent.report_bytes()[0x50..0x90],
        *[[1; 32], [2; 32]].as_flattened()
    );
    assert_eq!(bent.vek_der(), valid.vek_der());
}
