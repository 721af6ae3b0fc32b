//! The chain of who signed: NVIDIA's and made-up ones, each with one fault.

use super::{
    JANUARY_2024, accepted, assert_refused,
    common::{aivm, scratch, text},
    genuine, inspect, inspect_made_up,
    rim::{self, NOW, Pki, Rim},
    vbios,
};
use aivm_simulator::x509::{BasicConstraints, Key};
use std::fs;

fn signed_under(pki: &Pki) -> String {
    let rim = Rim {
        chain: pki.chain(),
        ..Rim::driver()
    };
    rim.sign()
}

#[test]
fn refuses_chains_with_a_fault() {
    accepted(&inspect_made_up("chain", &signed_under(&Pki::new())));
    let change = |change: fn(&mut Pki)| {
        let mut pki = Pki::new();
        change(&mut pki);
        signed_under(&pki)
    };
    let not_ca = |pki: &mut Pki| {
        pki.l3.basic_constraints = Some(BasicConstraints {
            is_ca: false,
            path_len: None,
        })
    };
    let cases = [
        (
            change(|pki| pki.signer.signed_by = Some(Key::p384("another"))),
            "was not issued by",
        ),
        (
            change(|pki| pki.l3.signed_by = Some(Key::p384("another"))),
            "was not issued by",
        ),
        (
            change(|pki| pki.l3.issuer = Some(pki.root.subject.clone())),
            "was not issued by",
        ),
        (change(not_ca), "may not issue"),
        (change(|pki| pki.l3.key_usage = Some(0x80)), "may not issue"),
        (
            change(|pki| {
                pki.ca.basic_constraints = Some(BasicConstraints {
                    is_ca: true,
                    path_len: Some(0),
                })
            }),
            "may not issue",
        ),
        (
            change(|pki| pki.signer.key_usage = Some(0x06)),
            "not for signatures",
        ),
        (change(|pki| pki.signer.not_after = NOW - 1), "was valid until"),
        (change(|pki| pki.l3.not_after = NOW - 1), "was valid until"),
        (change(|pki| pki.ca.not_before = NOW + 1), "is valid from"),
        (
            change(|pki| pki.root.key = Key::p384("another root")),
            "does not end in the root",
        ),
        (
            change(|pki| pki.signer.key = Key::p384("another")),
            "not by the certificate",
        ),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect_made_up(&format!("chain-{number}"), text), why);
    }
    assert_eq!(cases.len(), 12);
}

#[test]
fn refuses_chains_of_the_wrong_length() {
    let chain = Pki::new().chain();
    let with = |certificates: &[&Vec<u8>]| {
        let chain = certificates.iter().map(|der| der.to_vec()).collect();
        Rim {
            chain,
            ..Rim::driver()
        }
        .sign()
    };
    let [signer, l3, ca, root] = chain.as_slice() else {
        panic!("four certificates")
    };
    let cases = [
        (with(&[]), "0 certificates"),
        (with(&[root]), "1 certificates"),
        (with(&[signer, l3, ca]), "does not end in the root"),
        (with(&[signer, ca, root]), "was not issued by"),
        (with(&[l3, signer, ca, root]), "was not issued by"),
        (
            with(&[signer, l3, ca, root, root, root, root, root, root]),
            "9 certificates",
        ),
        (with(&[signer, &vec![1; 10], ca, root]), "cannot be read"),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect_made_up(&format!("length-{number}"), text), why);
    }
    assert_eq!(cases.len(), 7);
}

#[test]
fn trusts_nvidias_root_alone_unless_told_otherwise() {
    // A made-up file does not verify under NVIDIA's root, nor a genuine one under a made-up root.
    assert_refused(
        &inspect("root", &Rim::driver().sign()),
        "does not end in the root",
    );
    assert_refused(
        &inspect_made_up("root-made-up", &vbios()),
        "does not end in the root",
    );

    let folder = scratch("golden-roots");
    let path = text(&genuine("1010_0200_882_96005E0001_PROD.swidtag"));
    let with = |root: &[u8]| {
        let file = folder.join("root");
        fs::write(&file, root).unwrap();
        aivm(&[
            "golden",
            "inspect",
            &path,
            "--root",
            &text(&file),
            "--at",
            JANUARY_2024,
        ])
    };
    let nvidia = include_bytes!("../../certificates/nvidia_corim_signing_root_ca.der");
    assert_eq!(with(nvidia).code, 0);
    with(&Pki::new().chain()[0]).assert_bad_usage("is not one CA certificate");
    with(&[rim::root(), nvidia.to_vec()].concat()).assert_bad_usage("is not one CA certificate");
    with(b"no certificate").assert_bad_usage("--root");
    with(&[]).assert_bad_usage("--root");
}

#[test]
fn checks_the_windows_at_the_time_given() {
    let path = text(&genuine("1010_0200_882_96005E0001_PROD.swidtag"));
    let at = |at: &str| aivm(&["golden", "inspect", &path, "--at", at, "--json"]);
    let json = accepted(&at("1704067200"));
    let (from, until) = (
        json["valid_from"].as_u64().unwrap(),
        json["valid_until"].as_u64().unwrap(),
    );
    assert_eq!(until, 1_750_584_633); // 2025-06-22 09:30:33
    accepted(&at(&from.to_string()));
    accepted(&at(&until.to_string()));
    assert_refused(&at(&(from - 1).to_string()), "is valid from");
    assert_refused(&at(&(until + 1).to_string()), "was valid until");
    // The current time is later still.
    assert_refused(&aivm(&["golden", "inspect", &path, "--json"]), "was valid until");
}
