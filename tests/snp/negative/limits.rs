//! Limits: one below, at, and one above each.

use crate::snp_common::{evidence, evidence_of, furnished_world, packed, world_of};
use aivm::evidence::{MAX_EVIDENCE_LEN, Rejection, Vendor};
use aivm_simulator::{
    der::octet_string,
    intel::Extension,
    snp::{self, Kind, NOW, Product, Scenario},
    x509::Certificate,
};

/// The longest certificate in bytes.
const MAX_CERTIFICATE_LEN: usize = 2_048;

/// What fits into an account, and what a record has beside the list and the endorsement CA's name.
const MAX_RECORD_LEN: usize = 24_575;
const RECORD_WITHOUT_LIST_LEN: usize = 646;

fn scenario() -> Scenario {
    Scenario::new(Product::Genoa, Kind::Vcek, 5)
}

/// The scenario with one of its certificates exactly so long, by an extension that says nothing.
fn filled(
    certificate: fn(&mut Scenario) -> &mut Certificate,
    der: fn(&Scenario) -> Vec<u8>,
    len: usize,
) -> Scenario {
    let room = len - der(&scenario()).len();
    let candidates = (room - 40..room).map(|filling| {
        let mut scenario = scenario();
        certificate(&mut scenario).extensions.push(Extension {
            oid: "1.3.6.1.4.1.99999.2",
            critical: false,
            value: octet_string(&vec![7; filling]),
        });
        scenario
    });
    let found = candidates.into_iter().find(|scenario| der(scenario).len() == len);
    found.unwrap_or_else(|| panic!("no filling makes {len} bytes"))
}

#[test]
fn the_length_of_an_endorsement_keys_certificate() {
    for (len, expected) in [
        (MAX_CERTIFICATE_LEN - 1, Ok(70)),
        (MAX_CERTIFICATE_LEN, Ok(70)),
        (MAX_CERTIFICATE_LEN + 1, Err(Rejection::VekMalformed)),
    ] {
        let scenario = filled(|scenario| &mut scenario.vek, Scenario::vek_der, len);
        let verified = furnished_world(&scenario).verify(&evidence_of(&scenario));
        assert_eq!(
            verified.map(|verified| verified.trust_score),
            expected,
            "{len} bytes"
        );
    }
}

#[test]
fn the_length_of_an_endorsement_cas_certificate() {
    for (len, expected) in [
        (MAX_CERTIFICATE_LEN - 1, Ok(())),
        (MAX_CERTIFICATE_LEN, Ok(())),
        (MAX_CERTIFICATE_LEN + 1, Err(Rejection::EndorsementCaMalformed)),
    ] {
        let scenario = filled(|scenario| &mut scenario.ca, Scenario::ca_der, len);
        let mut world = world_of(&scenario, NOW);
        let stored = world.submit(Vendor::SevSnp, &packed(&scenario.collateral()));
        assert_eq!(stored.map(|_| ()), expected, "{len} bytes");
    }
}

/// A list as long as a record can hold, and the endorsement key found at either end of it.
#[test]
fn the_length_of_a_list() {
    let scenario = scenario();
    let name = scenario.ca.subject.der().len();
    let most = (MAX_RECORD_LEN - RECORD_WITHOUT_LIST_LEN - name) / 20;
    for (count, expected) in [
        (most - 1, Ok(())),
        (most, Ok(())),
        (most + 1, Err(Rejection::CollateralTooLarge)),
    ] {
        let mut scenario = scenario.clone();
        let mut crl = snp::crl();
        crl.revoked = (1..=count as u32)
            .map(|n| [&[1], &n.to_be_bytes()[..]].concat())
            .collect();
        scenario.crl = Some(crl);
        let mut world = world_of(&scenario, NOW);
        let stored = world.submit(Vendor::SevSnp, &packed(&scenario.collateral()));
        assert_eq!(stored.map(|_| ()), expected, "{count} entries");
        if expected.is_err() {
            continue;
        }
        assert!(world.verify(&evidence_of(&scenario)).is_ok());
        for n in [1, count as u32] {
            scenario.vek.serial = [&[1], &n.to_be_bytes()[..]].concat();
            let refused = world.verify(&evidence_of(&scenario));
            assert_eq!(refused, Err(Rejection::VekRevoked));
        }
        scenario.vek.serial = [&[1], &(count as u32 + 1).to_be_bytes()[..]].concat();
        assert!(world.verify(&evidence_of(&scenario)).is_ok());
    }
}

#[test]
fn the_length_of_a_serial_number() {
    for (serial, expected) in [
        (vec![0x7f; 19], Ok(())),
        (vec![0x7f; 20], Ok(())),
        ([&[0][..], &[0xff; 20]].concat(), Ok(())),
        (vec![0x7f; 21], Err(410)),
    ] {
        let mut scenario = scenario();
        scenario.vek.serial = serial;
        let verified = furnished_world(&scenario).verify(&evidence_of(&scenario));
        let verified = verified.map(|_| ()).map_err(|rejection| rejection.code());
        assert_eq!(verified, expected);
    }
}

#[test]
fn the_length_of_evidence() {
    let scenario = scenario();
    let mut world = furnished_world(&scenario);
    let body = scenario.evidence();
    for (len, rejection) in [
        (MAX_EVIDENCE_LEN - 1, Rejection::VekMalformed),
        (MAX_EVIDENCE_LEN, Rejection::VekMalformed),
        (MAX_EVIDENCE_LEN + 1, Rejection::EvidenceTooLong),
    ] {
        let mut evidence = evidence(&body);
        evidence.resize(len, 0);
        assert_eq!(world.verify(&evidence), Err(rejection));
    }
}

/// Neither the empty report data nor the empty measurement is anything special.
#[test]
fn zeros() {
    let mut scenario = scenario();
    scenario.report.report_data = [0; 64];
    scenario.report.measurement = [0; 48];
    let verified = furnished_world(&scenario).verify(&evidence_of(&scenario));
    assert_eq!(verified.map(|verified| verified.trust_score), Ok(70));
}
