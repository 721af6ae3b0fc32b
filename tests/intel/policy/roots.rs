//! What governance may install as a vendor's roots.

use super::name;
use crate::common::{
    edit::{fill_certificate, with_other_s, with_signature},
    world::{ANYONE, GOVERNANCE, World},
};
use aivm::{
    abi::{
        IAttestationRegistry::{
            RootCARejected, RootCAUpdated, TEEVendor, UnsupportedVendor, rootCACall, updateRootCACall,
        },
        IPrecompile::Unauthorized,
    },
    evidence::intel::ROOT_CA,
};
use aivm_simulator::intel::{Certificate, Extension, Format, Key, NOW, Scenario, oids};
use alloy_primitives::{Bytes, keccak256};
use alloy_sol_types::{SolError, SolEvent};

/// What a code's limit says, in bytes and in certificates.
const MAX_BUNDLE_LEN: usize = 24_575;
const MAX_ROOTS: usize = 8;

/// A bundle that must be refused, made of a valid root.
type Case = (&'static str, fn(Certificate) -> Vec<u8>, u16);

const CASES: [Case; 30] = [
    ("nothing", |_| Vec::new(), 300),
    (
        "a byte more than an account holds",
        |_| vec![0x30; MAX_BUNDLE_LEN + 1],
        301,
    ),
    (
        "zeros, as many as an account holds",
        |_| vec![0; MAX_BUNDLE_LEN],
        303,
    ),
    ("nine roots", |_| numbered(MAX_ROOTS + 1), 302),
    (
        "nine times the same root",
        |root| own(&root).repeat(MAX_ROOTS + 1),
        306,
    ),
    ("a byte", |_| vec![0x30], 303),
    ("no certificate", |_| vec![0x30; 600], 303),
    ("a sequence of nothing", |_| vec![0x30, 0], 303),
    (
        "a byte after the root",
        |root| [own(&root), vec![0]].concat(),
        303,
    ),
    (
        "a byte before the root",
        |root| [vec![0], own(&root)].concat(),
        303,
    ),
    ("half a root", |root| own(&root)[..300].to_vec(), 303),
    (
        "a root and half a root",
        |root| [own(&root), own(&root)[..300].to_vec()].concat(),
        303,
    ),
    ("PEM", |_| b"-----BEGIN CERTIFICATE-----".to_vec(), 303),
    ("version 1", |root| own(&Certificate { version: 0, ..root }), 303),
    (
        "a key on P-384",
        |root| {
            own(&Certificate {
                curve: oids::SECP384R1,
                ..root
            })
        },
        303,
    ),
    (
        "SHA-384",
        |root| {
            own(&Certificate {
                signature_algorithm: oids::ECDSA_WITH_SHA384,
                ..root
            })
        },
        303,
    ),
    (
        "a critical extension",
        |root| {
            own(&Certificate {
                extensions: vec![Extension::unknown_critical()],
                ..root
            })
        },
        303,
    ),
    (
        "a certificate of 2,049 bytes",
        |mut root| {
            let issuer = root.clone();
            fill_certificate(&mut root, &issuer, 2_049);
            own(&root)
        },
        303,
    ),
    (
        "a CRL",
        |root| Scenario::new(Format::SgxV3).root_crl.der(&root),
        303,
    ),
    (
        "no CA",
        |root| {
            own(&Certificate {
                is_ca: false,
                path_len: None,
                ..root
            })
        },
        304,
    ),
    (
        "no basic constraints",
        |root| {
            own(&Certificate {
                omitted: vec![oids::BASIC_CONSTRAINTS],
                ..root
            })
        },
        304,
    ),
    (
        "no key usage",
        |root| {
            own(&Certificate {
                key_usage: None,
                ..root
            })
        },
        304,
    ),
    (
        "may sign CRLs only",
        |root| {
            own(&Certificate {
                key_usage: Some(0x02),
                ..root
            })
        },
        304,
    ),
    (
        "may sign certificates only",
        |root| {
            own(&Certificate {
                key_usage: Some(0x04),
                ..root
            })
        },
        304,
    ),
    ("a PCK", |_| Scenario::new(Format::SgxV3).pck_leaf_der(), 304),
    ("a PCK CA", |_| Scenario::new(Format::SgxV3).pck_ca_der(), 305),
    (
        "signed by another key",
        |root| {
            own(&Certificate {
                signed_by: Some(Key::stranger()),
                ..root
            })
        },
        305,
    ),
    (
        "issued by another name",
        |root| {
            own(&Certificate {
                issuer_cn: Some("Another root".into()),
                ..root
            })
        },
        305,
    ),
    (
        "a signature of zeros",
        |root| with_signature(&own(&root), |_| [0; 64]),
        305,
    ),
    ("the same root twice", |root| own(&root).repeat(2), 306),
];

/// A root's certificate: issued by itself.
fn own(root: &Certificate) -> Vec<u8> {
    root.der(root)
}

/// So many roots, each with its own key and name.
fn numbered(count: usize) -> Vec<u8> {
    let roots = (0..count).map(|index| {
        let label = format!("root {index}");
        own(&Certificate::ca(&label, Key::new(&label), NOW, NOW + 1, 1))
    });
    roots.flatten().collect()
}

fn root() -> Certificate {
    Scenario::new(Format::SgxV3).root
}

fn update(vendor: TEEVendor, bundle: &[u8]) -> updateRootCACall {
    updateRootCACall {
        vendor,
        newRootCA: bundle.to_vec().into(),
    }
}

#[test]
fn bundles_that_are_refused() {
    let mut codes = std::collections::BTreeSet::new();
    for (what, make, code) in CASES {
        let bundle = make(root());
        for vendor in [TEEVendor::SGX, TEEVendor::TDX] {
            let output = World::new(NOW).registry(GOVERNANCE, &update(vendor, &bundle));
            let refused = Bytes::from(RootCARejected { code }.abi_encode());
            assert_eq!(output, Err(refused), "{what}: {}", name(code));
        }
        codes.insert(code);
    }
    assert_eq!(codes, (300..=306).collect());
}

/// One to eight roots, and each form in which one may be given.
fn accepted_bundles() -> Vec<Vec<u8>> {
    let mut longest = root();
    let issuer = longest.clone();
    fill_certificate(&mut longest, &issuer, 2_048);
    let until = |not_after| own(&Certificate { not_after, ..root() });
    let mut bundles: Vec<_> = (1..=MAX_ROOTS).map(numbered).collect();
    bundles.extend([
        ROOT_CA.to_vec(),
        own(&root()),
        with_other_s(&own(&root())),
        own(&longest),
        // One key, two certificates: a root that was issued anew.
        [own(&root()), until(NOW)].concat(),
        // Windows are looked at when a root is used.
        until(1_600_000_000),
    ]);
    bundles
}

#[test]
fn bundles_that_are_accepted() {
    let vendor = TEEVendor::TDX;
    let bundles = accepted_bundles();
    assert_eq!(bundles.len(), 14);
    let mut world = World::new(NOW);
    let mut previous = keccak256(ROOT_CA);
    for (version, bundle) in (2..).zip(&bundles) {
        world.govern(&update(vendor, bundle));
        let log = world.host.logs.last().expect("an event");
        let current = keccak256(bundle);
        let expected = RootCAUpdated {
            vendor,
            version,
            previous,
            current,
        };
        let event = RootCAUpdated::decode_log(log).expect("RootCAUpdated");
        assert_eq!(event.data, expected);
        let stored = world.view(&rootCACall { vendor });
        assert_eq!((stored.version, stored.bundleHash), (version, current));
        assert_eq!(stored.bundle, Bytes::copy_from_slice(bundle));
        previous = current;
    }
}

#[test]
fn who_and_for_whom() {
    let mut world = World::new(NOW);
    let bundle = own(&root());
    let output = world.registry(ANYONE, &update(TEEVendor::SGX, &bundle));
    assert_eq!(
        output,
        Err(Bytes::from(Unauthorized { caller: ANYONE }.abi_encode()))
    );
    let output = world.registry(GOVERNANCE, &update(TEEVendor::None, &bundle));
    let unsupported = UnsupportedVendor {
        vendor: TEEVendor::None,
    };
    assert_eq!(output, Err(Bytes::from(unsupported.abi_encode())));
    // A root with a key that the vendor's certificates never have.
    for vendor in [TEEVendor::SEVSNP, TEEVendor::NVIDIA] {
        let output = world.registry(GOVERNANCE, &update(vendor, &bundle));
        let refused = RootCARejected { code: 303 }.abi_encode();
        assert_eq!(output, Err(Bytes::from(refused)));
    }
}
