//! Genuine Intel quotes, and damaged ones, verified under Intel's own root: seven samples from two packages of the
//! registry (`tests/fixtures/intel/`, each folder with its sources), and twenty cases more where the environment
//! variable `AIVM_EVIDENCE_DIR` points to them. Each case has its own expected verdict, and each verdict is taken
//! with both signature backends, from the verifier and through the precompiles.

mod common;

use aivm::{
    abi::IAttestationRegistry::collateralInfoCall,
    evidence::{
        Rejection, Vendor,
        intel::{TcbStatus, pck::PckCa, pck::collateral_key},
    },
};
use aivm_test_support::fixtures::{IntelCase, evidence_dir};
use alloy_primitives::{B256, keccak256};
use common::{
    evidence,
    samples::{
        further_cases, packaged_cases, packed, vendor_of_collateral, vendor_of_quote, without_padding,
    },
    world::{World, abi_vendor},
};
use dcap_qvl::{configs::RustCryptoConfig, intel::parse_pck_extension_with};

/// What a case must come to at its time.
#[derive(Clone, Copy, Debug)]
enum Verdict {
    /// The collateral is stored and the quote verified, with this score and status.
    Accepted(u8, TcbStatus),
    /// The collateral is stored and the quote refused with this code.
    Refused(u16),
    /// The collateral is refused with this code, so the quote has none.
    NoCollateral(u16),
}

use TcbStatus::{ConfigurationAndSwHardeningNeeded, UpToDate};
use Verdict::{Accepted, NoCollateral, Refused};

/// Case, how many bytes follow the quote's declared end, verdict after zeros there are cut off.
///
/// The scores are those of an unknown measurement: 30 off. `quote-from-tappd.hex`, `tdx-quote.hex` and the folder's
/// `tdx_hex`, `tdx_tappd`, `tdx_dstack` are genuine, every signature in them holds, but the collateral recorded beside
/// them asks for more than their platform has: SVN component 8 is 3, and every level of the TCB info wants 5. No level
/// means no status, so they are refused; `dcap-qvl` says the same (`tests/intel_oracle.rs`).
const PACKAGED: [(&str, usize, Verdict); 7] = [
    ("sgx_quote", 0, Accepted(55, ConfigurationAndSwHardeningNeeded)),
    ("tdx_quote", 70, Accepted(70, UpToDate)),
    ("tdx_quote_outdated", 0, Refused(160)),
    ("tdx_quote_td15ex", 0, Accepted(70, UpToDate)),
    ("quote-from-tappd.hex", 70, Refused(160)),
    ("tdx-quote.hex", 70, Refused(160)),
    ("mc-attestation-verifier", 0, NoCollateral(250)),
];

/// The same for the larger set. The bytes after an SGX quote are never cut off, nor are those after a TDX quote where
/// one of them is not zero: code 107. Beneath theirs, the two `google_E4` quotes are below every TCB level.
const FURTHER: [(&str, usize, Verdict); 20] = [
    ("neg_sgx_expired_now", 0, NoCollateral(244)),
    ("neg_sgx_future_now", 0, NoCollateral(249)),
    ("neg_sgx_reportdata_bitflip", 0, Refused(147)),
    ("neg_sgx_trailing", 16, Refused(107)),
    ("neg_sgx_wrongcollateral", 0, Refused(6)),
    ("neg_tdx_trailing_nonzero", 73, Refused(107)),
    ("sgx_mc_00906ed50000_expiredcrl", 0, NoCollateral(250)),
    ("sgx_occlum_debug_00606a000000", 0, Refused(170)),
    (
        "sgx_phala_00a067110000",
        0,
        Accepted(55, ConfigurationAndSwHardeningNeeded),
    ),
    ("tdx_azure_00806f05_v4", 70, Refused(176)),
    ("tdx_debug_50806f_v4", 0, Refused(171)),
    ("tdx_dstack_b0c06f_v4", 70, Refused(160)),
    ("tdx_google_E4_50806f_v4", 39, Refused(107)),
    ("tdx_google_E4_50806f_v4_2023", 39, Refused(107)),
    ("tdx_google_cos113_00806f05_v4", 3_065, Accepted(70, UpToDate)),
    ("tdx_hex_b0c06f_v4", 70, Refused(160)),
    ("tdx_phala_90c06f_v5_outdated", 0, Refused(160)),
    ("tdx_phala_b0c06f_v4", 70, Accepted(70, UpToDate)),
    ("tdx_phala_b0c06f_v5_td15ex", 0, Accepted(70, UpToDate)),
    ("tdx_tappd_b0c06f_v4", 70, Refused(160)),
];

#[test]
fn the_packaged_samples() {
    assert_eq!(check(&packaged_cases(), &PACKAGED), 7);
}

#[test]
fn the_larger_set() {
    if evidence_dir().is_none() {
        println!("AIVM_EVIDENCE_DIR is not set: the larger set is not there");
        return;
    }
    assert_eq!(check(&further_cases(), &FURTHER), 20);
}

/// Checks every case, in whatever order they come, and gives their number.
fn check(cases: &[IntelCase], expected: &[(&str, usize, Verdict)]) -> usize {
    for case in cases {
        let row = expected.iter().find(|(name, ..)| *name == case.name);
        let Some((_, trailing, verdict)) = row else {
            panic!(
                "no verdict is written down for the case {}: add it to the table of this test",
                case.name
            );
        };
        check_case(case, *trailing, *verdict);
    }
    for (name, ..) in expected {
        assert!(
            cases.iter().any(|case| case.name == *name),
            "the case {name} is missing"
        );
    }
    cases.len()
}

fn check_case(case: &IntelCase, trailing: usize, verdict: Verdict) {
    let name = &case.name;
    let mut world = World::new(case.now);
    let stored = world.submit(vendor_of_collateral(&case.collateral), &packed(case));
    let stored = stored.map_err(|rejection| rejection.code());
    let vendor = vendor_of_quote(&case.quote);
    let verified = world.verify(&evidence(vendor, without_padding(&case.quote)));
    match verdict {
        Accepted(score, status) => {
            let verified = verified.unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
            assert_eq!(
                (verified.trust_score, verified.claims.tcb_status),
                (score, Some(status)),
                "{name}"
            );
        }
        Refused(code) => {
            assert!(stored.is_ok(), "{name}: {stored:?}");
            assert_eq!(
                verified.map_err(|rejection| rejection.code()),
                Err(code),
                "{name}"
            );
        }
        NoCollateral(code) => {
            assert_eq!(stored.err(), Some(code), "{name}");
            assert_eq!(verified, Err(Rejection::NoCollateral), "{name}");
        }
    }
    check_delivered(&mut world, case, vendor, trailing);
}

/// As delivered, with whatever follows the declared end left on, the quote is refused for that.
fn check_delivered(world: &mut World, case: &IntelCase, vendor: Vendor, trailing: usize) {
    let delivered = world.verify(&evidence(vendor, &case.quote));
    let rejection = Rejection::TrailingBytes { count: trailing };
    assert_eq!(
        delivered == Err(rejection),
        trailing > 0,
        "{}: {delivered:?}",
        case.name
    );
}

/// The two quotes with bytes that are not zero after them would be refused without those as well.
#[test]
fn what_trailing_bytes_hide() {
    let cases = further_cases();
    let mut seen = 0;
    for case in cases
        .iter()
        .filter(|case| case.name.starts_with("tdx_google_E4_50806f"))
    {
        let mut world = World::new(case.now);
        world
            .submit(Vendor::Tdx, &packed(case))
            .expect("genuine collateral");
        let quote = &case.quote[..case.quote.len() - 39];
        let verdict = world.verify(&evidence(Vendor::Tdx, quote));
        assert_eq!(verdict, Err(Rejection::NoTcbLevel), "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, if evidence_dir().is_some() { 2 } else { 0 });
}

/// Device, measurement and report data of a sample, taken from the bytes at the offsets of the specification.
#[test]
fn claims_come_from_signed_content() {
    // Sample, where what is measured lies and how long it is, where its report data lies.
    let rows = [
        ("sgx_quote", &[(112, 32), (176, 32)][..], 368),
        ("tdx_quote", &[(184, 48)], 568),
        ("tdx_quote_td15ex", &[(190, 48)], 574),
    ];
    let cases = packaged_cases();
    for (name, measurement, report_data) in rows {
        let case = cases.iter().find(|case| case.name == name).expect("a sample");
        let vendor = vendor_of_quote(&case.quote);
        let mut world = World::new(case.now);
        world.submit(vendor, &packed(case)).expect("genuine collateral");
        let claims = world
            .verify(&evidence(vendor, without_padding(&case.quote)))
            .expect("a genuine quote")
            .claims;
        let measured: Vec<u8> = measurement
            .iter()
            .flat_map(|&(at, len)| case.quote[at..at + len].to_vec())
            .collect();
        assert_eq!(claims.vendor, vendor);
        assert_eq!(
            claims.measurement_id,
            tagged(b"aivm.measurement.v1", vendor, &measured)
        );
        assert_eq!(claims.report_data, case.quote[report_data..report_data + 64]);
        assert_eq!(
            claims.device_id,
            Some(tagged(b"aivm.device.v1", vendor, &hardware_id(&case.quote)))
        );
    }
}

fn tagged(tag: &[u8], vendor: Vendor, content: &[u8]) -> B256 {
    keccak256([tag, &[vendor.number()], content].concat())
}

/// PPID ‖ PCEID, as another implementation reads them.
fn hardware_id(quote: &[u8]) -> Vec<u8> {
    let quote = dcap_qvl::quote::Quote::parse(quote).expect("a quote");
    let chain = dcap_qvl::intel::extract_cert_chain(&quote).expect("a chain");
    let extension = parse_pck_extension_with::<RustCryptoConfig>(&chain[0]).expect("an SGX extension");
    [extension.ppid, extension.pce_id].concat()
}

/// When a sample's collateral can be used, and what refuses it a second before and a second after.
struct Usable {
    sample: &'static str,
    fmspc: [u8; 6],
    ca: PckCa,
    first: u64,
    early: u16,
    last: u64,
    late: u16,
}

const USABLE: [Usable; 4] = [
    Usable {
        sample: "sgx_quote",
        fmspc: [0, 0xa0, 0x67, 0x11, 0, 0],
        ca: PckCa::Processor,
        first: 1_750_330_571,
        early: 204,
        last: 1_752_919_278,
        late: 211,
    },
    Usable {
        sample: "tdx_quote",
        fmspc: [0xb0, 0xc0, 0x6f, 0, 0, 0],
        ca: PckCa::Platform,
        first: 1_750_329_147,
        early: 210,
        last: 1_752_919_234,
        late: 250,
    },
    Usable {
        sample: "tdx_quote_outdated",
        fmspc: [0x90, 0xc0, 0x6f, 0, 0, 0],
        ca: PckCa::Platform,
        first: 1_771_412_331,
        early: 204,
        last: 1_774_003_274,
        late: 250,
    },
    Usable {
        sample: "tdx_quote_td15ex",
        fmspc: [0xb0, 0xc0, 0x6f, 0, 0, 0],
        ca: PckCa::Platform,
        first: 1_791_419_306,
        early: 249,
        last: 1_794_008_711,
        late: 211,
    },
];

/// Intel's collateral can be stored, and used, from the first to the last second of its window.
#[test]
fn genuine_windows_to_the_second() {
    let cases = packaged_cases();
    for usable in USABLE {
        let case = cases.iter().find(|case| case.name == usable.sample);
        check_window(case.expect("a sample"), &usable);
    }
}

fn check_window(case: &IntelCase, usable: &Usable) {
    let &Usable { first, last, .. } = usable;
    let vendor = vendor_of_quote(&case.quote);
    let code_at = |now| {
        let stored = World::new(now).submit(vendor, &packed(case));
        stored.map_err(|rejection| rejection.code())
    };
    assert_eq!(code_at(first - 1), Err(usable.early), "{}", case.name);
    assert_eq!(code_at(last + 1), Err(usable.late), "{}", case.name);
    for now in [first, last] {
        let mut world = World::new(now);
        let stored = world.submit(vendor, &packed(case)).expect("inside the window");
        let key = collateral_key(usable.fmspc, usable.ca);
        assert_eq!((stored.key, stored.valid_until), (key, last), "{}", case.name);
        let info = world.view(&collateralInfoCall {
            vendor: abi_vendor(vendor),
            key,
        });
        assert_eq!((info.validFrom, info.validUntil), (first, last), "{}", case.name);
    }
    check_use(case, vendor, first, last);
}

fn check_use(case: &IntelCase, vendor: Vendor, first: u64, last: u64) {
    let mut world = World::new(case.now);
    world.submit(vendor, &packed(case)).expect("genuine collateral");
    let evidence = evidence(vendor, without_padding(&case.quote));
    let mut at = |now| world.at(now).verify(&evidence);
    assert_eq!(at(first - 1), Err(Rejection::CollateralNotYetValid));
    assert_eq!(at(last + 1), Err(Rejection::CollateralExpired));
    let inside = at(case.now);
    assert_eq!((at(first), at(last)), (inside.clone(), inside));
}
