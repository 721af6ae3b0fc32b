//! The package `sev` as a second opinion: whatever our verifier accepts, it accepts. It checks the three signatures
//! and nothing else, so the other way round it is more lenient: the differences are listed here, with our codes.

mod common;
#[path = "snp/samples.rs"]
mod samples;
#[path = "snp/common.rs"]
mod snp_common;

use aivm::evidence::Vendor;
use aivm_simulator::snp::{
    self, Kind, NOW, Product, Scenario,
    report::{MASK_CHIP_KEY, POLICY_DEBUG, POLICY_MIGRATE_MA},
};
use aivm_test_support::rng::Rng;
use common::world::World;
use sev::{
    certs::snp::{Certificate, Chain, Verifiable, ca},
    firmware::guest::AttestationReport,
    parser::ByteParser,
};
use snp_common::{VARIANTS, evidence, evidence_of, furnished_world};

/// Whether `sev` accepts a report under an endorsement key, its CA and its root.
fn oracle(report: &[u8], vek: &[u8], ca: &[u8], ark: &[u8]) -> bool {
    let certificate = |der| Certificate::from_der(der).ok();
    let (Some(vek), Some(ask), Some(ark)) = (certificate(vek), certificate(ca), certificate(ark)) else {
        return false;
    };
    let chain = Chain {
        ca: ca::Chain { ark, ask },
        vek,
    };
    AttestationReport::from_bytes(report).is_ok_and(|report| (&chain, &report).verify().is_ok())
}

fn oracle_of(scenario: &Scenario) -> bool {
    oracle(
        &scenario.report_bytes(),
        &scenario.vek_der(),
        &scenario.ca_der(),
        &scenario.ark_der(),
    )
}

fn ours(scenario: &Scenario) -> Result<(), u16> {
    let verified = furnished_world(scenario).verify(&evidence_of(scenario));
    verified.map(|_| ()).map_err(|rejection| rejection.code())
}

/// `sev` tells the products of reports of version 2 apart by CHIP_ID, which a VLEK's report need not have.
fn is_readable(scenario: &Scenario) -> bool {
    let chip_id = &scenario.report.chip_id;
    let is_turins = chip_id[8..] == [0; 56];
    scenario.report.version != 2 || *chip_id != [0; 64] && is_turins == (scenario.product == Product::Turin)
}

#[test]
fn both_accept_what_is_valid() {
    for variant in VARIANTS {
        let scenario = variant.scenario();
        assert_eq!(ours(&scenario), Ok(()), "{variant:?}");
        assert_eq!(oracle_of(&scenario), is_readable(&scenario), "{variant:?}");
    }
}

#[test]
fn both_look_at_genuine_evidence() {
    let mut accepted = 0;
    for sample in samples::packaged().into_iter().chain(samples::further()) {
        let roots = aivm::evidence::snp::ROOTS;
        let theirs = roots
            .iter()
            .any(|ark| oracle(&sample.report, &sample.vek, &sample.ca, ark));
        let mut world = World::new(sample.now);
        world
            .submit(Vendor::SevSnp, &sample.collateral())
            .expect("genuine collateral");
        let verdict = world
            .verify(&sample.evidence())
            .map(|_| ())
            .map_err(|rejection| rejection.code());
        match sample.name {
            // The VCEK of another chip.
            "az-cvm-vtpm" => assert_eq!((verdict, theirs), (Err(425), false)),
            // Genuine, and signed as it stands: VMPL 1, a debug policy.
            "vlek" => assert_eq!((verdict, theirs), (Err(440), true)),
            "go-sev-guest" => assert_eq!((verdict, theirs), (Err(441), true)),
            name => {
                assert_eq!((verdict, theirs), (Ok(()), true), "{name}");
                accepted += 1;
            }
        }
    }
    assert!(accepted == 1 || accepted == 5, "{accepted}");
}

/// Sets a field of the report to something random.
fn randomise(scenario: &mut Scenario, rng: &mut Rng) {
    let report = &mut scenario.report;
    let random = rng.next_u64();
    match rng.below(20) {
        0 => report.policy ^= 1 << rng.below(64),
        1 => report.policy = random & 0x03ff_ffff | 1 << 17,
        2 => report.platform_info = random,
        3 => report.key_info ^= 1 << rng.below(32),
        4 => report.vmpl = rng.below(4) as u32,
        5 => report.guest_svn = random as u32,
        6 => report.version = rng.below(8) as u32,
        7 => report.cpuid[rng.below(3)] = random as u8,
        8 => report.chip_id[rng.below(64)] = random as u8,
        9 => report.reported_tcb[rng.below(8)] ^= 1,
        10 => report.current_tcb = random.to_le_bytes(),
        11 => report.launch_tcb[rng.below(8)] = random as u8,
        12 => report.host_data[rng.below(32)] = random as u8,
        13 => report.report_data[rng.below(64)] = random as u8,
        14 => report.measurement[rng.below(48)] = random as u8,
        15 => report.reserved_208[rng.below(152)] = random as u8 & 1,
        16 => report.current_mitigations = random & 1,
        17 => report.signature_algorithm = 1 + rng.below(2) as u32,
        18 => scenario.signing.s_padding[rng.below(24)] = random as u8 & 1,
        _ => report.id_key_digest[rng.below(48)] = random as u8,
    }
}

/// Random reports, signed as they stand.
#[test]
fn what_we_accept_it_accepts() {
    let mut rng = Rng(384);
    let (mut accepted, mut refused_by_us_alone, mut unreadable) = (0, 0, 0);
    for variant in VARIANTS {
        let valid = variant.scenario();
        let mut world = furnished_world(&valid);
        let (vek, ca, ark) = (valid.vek_der(), valid.ca_der(), valid.ark_der());
        for _ in 0..250 {
            let mut scenario = valid.clone();
            for _ in 0..1 + rng.below(2) {
                randomise(&mut scenario, &mut rng);
            }
            let report = scenario.report_bytes();
            let ours = world.verify(&evidence(&[&report[..], &vek].concat())).is_ok();
            let theirs = oracle(&report, &vek, &ca, &ark);
            if ours && !is_readable(&scenario) {
                unreadable += 1;
                continue;
            }
            assert!(theirs || !ours, "{variant:?}: {:?}", scenario.report);
            accepted += usize::from(ours);
            refused_by_us_alone += usize::from(theirs && !ours);
        }
    }
    println!("{accepted} accepted, {refused_by_us_alone} refused by us alone, {unreadable} unreadable to it");
    assert!(
        accepted > 400 && refused_by_us_alone > 200,
        "{accepted} {refused_by_us_alone}"
    );
}

/// Random damage: nothing that we accept, it refuses.
#[test]
fn damage_is_refused_by_both_or_by_us() {
    let mut rng = Rng(348);
    let mut theirs_alone = 0;
    for variant in VARIANTS
        .into_iter()
        .filter(|variant| is_readable(&variant.scenario()))
    {
        let scenario = variant.scenario();
        let mut world = furnished_world(&scenario);
        let (ca, ark) = (scenario.ca_der(), scenario.ark_der());
        for _ in 0..200 {
            let mut body = scenario.evidence();
            let at = rng.below(body.len());
            body[at] ^= 1 << rng.below(8);
            let ours = world.verify(&evidence(&body)).is_ok();
            let theirs = oracle(&body[..1_184], &body[1_184..], &ca, &ark);
            assert!(theirs || !ours, "byte {at:#x}");
            theirs_alone += usize::from(theirs && !ours);
        }
    }
    // It reads neither the padding of r and s nor the bytes after them.
    assert!(theirs_alone > 100, "{theirs_alone}");
}

/// A fault that `sev` does not look for, and our code for it.
type Leniency = (&'static str, u16, fn(&mut Scenario));

#[test]
fn what_it_accepts_and_we_refuse() {
    const LENIENCIES: [Leniency; 17] = [
        ("bytes after the signature", 404, |s| s.signing.reserved[0] = 1),
        ("bytes after s", 404, |s| s.signing.s_padding[0] = 1),
        ("a VCEK for a report that names no key", 405, |s| {
            s.report.set_signing_key(7)
        }),
        ("a VCEK for a report that says VLEK", 412, |s| {
            s.report.set_signing_key(1)
        }),
        ("another subject", 412, |s| s.vek.subject = snp::name("SEV")),
        ("an expired key", 415, |s| s.vek.not_after = NOW - 1),
        ("no product name", 420, |s| s.vek_extensions.product_name = None),
        ("no HWID", 423, |s| s.vek_extensions.hwid = None),
        ("another chip", 425, |s| s.report.chip_id[0] ^= 1),
        ("no components", 428, |s| s.vek_extensions.tcb.clear()),
        ("another TCB", 429, |s| s.report.reported_tcb[0] += 1),
        ("VMPL 3", 440, |s| s.report.vmpl = 3),
        ("debugging", 441, |s| s.report.policy |= POLICY_DEBUG),
        ("migration", 442, |s| s.report.policy |= POLICY_MIGRATE_MA),
        ("MASK_CHIP_KEY", 443, |s| s.report.key_info |= MASK_CHIP_KEY),
        ("reserved bits of the policy", 444, |s| s.report.policy |= 1 << 60),
        ("reserved bits of KEY_INFO", 445, |s| s.report.key_info |= 1 << 20),
    ];
    for product in Product::ALL {
        for (name, code, bend) in LENIENCIES {
            let mut scenario = Scenario::new(product, Kind::Vcek, 5);
            bend(&mut scenario);
            assert!(oracle_of(&scenario), "{name}, {product:?}: it refuses as well");
            assert_eq!(ours(&scenario), Err(code), "{name}, {product:?}");
        }
    }
}
