//! `0x0AAA`: roots, collateral and golden measurements, whose price grows with their length.

use super::{
    chains::{Chains, submit, update_roots},
    evidence::name,
    fat::gpu,
};
use crate::case::{Case, Kind, Target};
use aivm::{
    abi::IAttestationRegistry::{
        self as abi, CcaCpak, CcaGolden, CollateralRejected, GoldenMeasurementRejected, RootCARejected,
    },
    evidence::{Rejection, Vendor, cca},
};
use aivm_simulator::{
    fleet::NOW,
    intel::{Certificate, Key as P256Key},
    snp,
    x509::{self, Key},
};
use alloy_primitives::{B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolError, SolValue};

/// The most certificates of a bundle.
const MAX_ROOTS: usize = 8;

/// The most keys of P-256 that an argument of 65,536 bytes has room for.
const MAX_KEYS: usize = 186;

/// The most hashes that fill an account.
const MAX_HASHES: u64 = 767;

const DAY: u64 = 86_400;

pub(super) fn cases(chains: &Chains) -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(submissions(chains));
    cases.extend(roots(chains));
    cases.extend(golden(chains));
    cases
}

fn case(chains: &Chains, kind: Kind, vendor: Vendor, what: &str, input: Vec<u8>) -> Case {
    Case::new(&chains.registry, Target::Registry, kind, what, input)
        .variant(name(vendor))
        .signed()
}

fn refused(rejection: Rejection) -> Vec<u8> {
    CollateralRejected {
        code: rejection.code(),
    }
    .abi_encode()
}

fn submissions(chains: &Chains) -> Vec<Case> {
    let mut cases = Vec::new();
    let case = |kind, vendor, what, collateral| case(chains, kind, vendor, what, submit(vendor, collateral));
    for (vendor, collateral) in chains.fleet.collateral() {
        cases.push(case(Kind::Honest, vendor, "genuine collateral", collateral));
    }
    for (vendor, collateral) in chains.fat.collateral() {
        let what = match vendor {
            Vendor::Nvidia => "certificates of 2,048 bytes, full of extensions",
            Vendor::SevSnp => "a CRL of 1,150 entries, which fills the account",
            _ => "65,536 bytes: TCB levels and CRL entries, half and half",
        };
        cases.push(case(Kind::WorstAccepted, vendor, what, collateral));
    }
    for (vendor, collateral) in chains.fat.superseded() {
        let (what, rejection) = match vendor {
            Vendor::SevSnp => (
                "the same, but the CRL is older than the accepted one",
                Rejection::AmdCrlRollback,
            ),
            Vendor::Nvidia => (
                "the same, but a CA is older than the accepted one",
                Rejection::ProvisionerCaRollback,
            ),
            _ => (
                "the same, but the PCK CRL is older than the accepted one",
                Rejection::PckCrlRollback,
            ),
        };
        cases.push(case(Kind::WorstRejected, vendor, what, collateral).reverts(refused(rejection)));
    }
    let vendor = Vendor::ArmCca;
    cases.push(case(
        Kind::AnyAccepted,
        vendor,
        "one key",
        chains.fleet.cca_key(1),
    ));
    cases.push(
        case(
            Kind::WorstRejected,
            vendor,
            "a key that is no point of P-384",
            off_curve(&chains.fleet.cca_key(1)),
        )
        .reverts(refused(Rejection::CcaCpakOffCurve)),
    );
    cases
}

fn off_curve(entry: &[u8]) -> Vec<u8> {
    let mut cpak = CcaCpak::abi_decode(entry).expect("the fleet's own");
    let mut key = cpak.publicKey.to_vec();
    if let Some(last) = key.last_mut() {
        *last ^= 1;
    }
    cpak.publicKey = key.into();
    cca::pack::entry(&cpak)
}

fn roots(chains: &Chains) -> Vec<Case> {
    let mut cases = Vec::new();
    let case = |kind, vendor, what, roots| case(chains, kind, vendor, what, update_roots(vendor, roots));
    for (vendor, roots) in chains.fleet.roots() {
        cases.push(case(Kind::Honest, vendor, "the fleet's roots", roots));
    }
    for (vendor, roots) in largest_roots() {
        let what = match vendor {
            Vendor::ArmCca => "186 keys of P-256, as many as an argument has room for",
            Vendor::SevSnp => "six certificates with keys of RSA-4096",
            _ => "eight certificates",
        };
        let mut doubled = roots.clone();
        let last = doubled.last().cloned().unwrap_or_default();
        if vendor != Vendor::SevSnp {
            doubled.remove(0);
        }
        doubled.push(last);
        let rejected = |code: Rejection| RootCARejected { code: code.code() }.abi_encode();
        let (error, what_refused) = match vendor {
            Vendor::ArmCca => (Rejection::CcaCpakDuplicate, "the same, the last key twice"),
            _ => (
                Rejection::RootCertificateDuplicate,
                "the same, the last certificate twice",
            ),
        };
        cases.push(case(Kind::WorstAccepted, vendor, what, join(vendor, &roots)));
        let refused = case(Kind::WorstRejected, vendor, what_refused, join(vendor, &doubled));
        cases.push(refused.reverts(rejected(error)));
    }
    cases
}

/// One argument of many roots.
fn join(vendor: Vendor, roots: &[Vec<u8>]) -> Vec<u8> {
    if vendor != Vendor::ArmCca {
        return roots.concat();
    }
    let keys = roots
        .iter()
        .map(|entry| CcaCpak::abi_decode(entry).expect("made here"));
    cca::pack::bundle(&keys.collect::<Vec<_>>())
}

/// The most roots of each vendor, each of them once.
fn largest_roots() -> Vec<(Vendor, Vec<Vec<u8>>)> {
    let p256 = |number| {
        let key = P256Key::new(&format!("root {number}"));
        let root = Certificate::ca(&format!("Root {number}"), key, NOW - DAY, NOW + DAY, 1);
        root.der(&root)
    };
    let authority = |number: usize, key| {
        let name = snp::name(&format!("Root {number}"));
        x509::Certificate::ca(name, key, NOW - DAY, NOW + DAY, None).self_signed()
    };
    let p384 = |number| authority(number, Key::p384(&format!("root {number}")));
    let rsa = |number| authority(number, Key::rsa4096(number));
    let cpak = |number: usize| {
        let instance = [&[1][..], keccak256(number.to_be_bytes()).as_slice()].concat();
        cca::pack::entry(&CcaCpak {
            instanceId: instance.into(),
            implementationId: B256::from(U256::from(number)),
            publicKey: P256Key::new(&format!("cpak {number}")).public_sec1().into(),
        })
    };
    vec![
        (Vendor::Sgx, (0..MAX_ROOTS).map(p256).collect()),
        (Vendor::SevSnp, (0..6).map(rsa).collect()),
        (Vendor::Tdx, (0..MAX_ROOTS).map(p256).collect()),
        (Vendor::Nvidia, (0..MAX_ROOTS).map(p384).collect()),
        (Vendor::ArmCca, (0..MAX_KEYS).map(cpak).collect()),
    ]
}

fn golden(chains: &Chains) -> Vec<Case> {
    let case = |kind, vendor, what, golden: Vec<u8>| {
        let (abi_vendor, golden) = (aivm_simulator::fleet::abi_vendor(vendor), golden.into());
        let input = abi::setGoldenMeasurementCall {
            vendor: abi_vendor,
            golden,
        };
        case(chains, kind, vendor, what, input.abi_encode())
    };
    let rejected = |code: Rejection| GoldenMeasurementRejected { code: code.code() }.abi_encode();
    let [one, most] = [1, MAX_HASHES].map(cca_golden);
    let mut twice = most.clone();
    twice.realms[0] = twice.realms[1];
    let (full, mut index_twice) = (gpu::golden(), gpu::golden());
    let mut sparse = full.clone();
    sparse.driver.truncate(16);
    sparse.driver.iter_mut().for_each(|m| m.digests.truncate(1));
    index_twice.driver.last_mut().expect("there are many").index = 1;
    vec![
        case(Kind::Honest, Vendor::Nvidia, "16 digests", sparse.abi_encode()),
        case(
            Kind::WorstAccepted,
            Vendor::Nvidia,
            "432 digests, as many as an argument has room for",
            full.abi_encode(),
        ),
        case(
            Kind::WorstRejected,
            Vendor::Nvidia,
            "the same, the last index is the first's",
            index_twice.abi_encode(),
        )
        .reverts(rejected(Rejection::GoldenDuplicate { index: 1 })),
        case(Kind::Honest, Vendor::ArmCca, "one hash", one.abi_encode()),
        case(
            Kind::WorstAccepted,
            Vendor::ArmCca,
            "767 hashes, which fill the account",
            most.abi_encode(),
        ),
        case(
            Kind::WorstRejected,
            Vendor::ArmCca,
            "the same, of which two are one",
            twice.abi_encode(),
        )
        .reverts(rejected(Rejection::CcaGoldenDuplicate)),
    ]
}

/// So many hashes of realms.
fn cca_golden(hashes: u64) -> CcaGolden {
    CcaGolden {
        implementationId: B256::repeat_byte(0xfb),
        configurations: Vec::new(),
        components: Vec::new(),
        realms: (0..hashes)
            .map(|number| keccak256(number.to_be_bytes()))
            .collect(),
    }
}
