//! Submissions one after another: a CRL, once one was accepted, binds every record of its root.

use crate::{
    common::world::World,
    snp_common::{evidence_of, packed},
};
use aivm::evidence::{Rejection, Vendor, snp::pack};
use aivm_simulator::{
    snp::{self, Kind, NOW, Product, Scenario, ark},
    x509::Crl,
};
use alloy_primitives::B256;

/// A chain with the roots of all products.
fn world() -> World {
    let mut world = World::new(NOW);
    let roots: Vec<_> = Product::ALL.map(|product| ark(product).self_signed()).concat();
    world.set_roots(Vendor::SevSnp, &roots);
    world
}

fn with(product: Product, kind: Kind, crl: Option<Crl>) -> Scenario {
    let mut scenario = Scenario::new(product, kind, 5);
    scenario.crl = crl;
    scenario
}

fn submit(world: &mut World, scenario: &Scenario) -> Result<(), Rejection> {
    world
        .submit(Vendor::SevSnp, &packed(&scenario.collateral()))
        .map(|_| ())
}

fn verify(world: &mut World, scenario: &Scenario) -> Result<u8, Rejection> {
    world
        .verify(&evidence_of(scenario))
        .map(|verified| verified.trust_score)
}

/// A list, the `n`th: so many days younger and of that number.
fn list(n: u64) -> Crl {
    let mut crl = snp::crl();
    crl.this_update += n * 86_400;
    crl.number = Some(n);
    crl
}

#[test]
fn a_list_binds_both_kinds_of_key() {
    for product in Product::ALL {
        let mut world = world();
        let [vcek, vlek] = Kind::ALL.map(|kind| with(product, kind, None));
        assert_eq!(verify(&mut world, &vcek), Err(Rejection::NoCollateral));
        assert_eq!(
            (submit(&mut world, &vcek), submit(&mut world, &vlek)),
            (Ok(()), Ok(()))
        );
        assert_eq!(
            (verify(&mut world, &vcek), verify(&mut world, &vlek)),
            (Ok(70), Ok(60))
        );

        // Without a list, as often as one likes, until there is one.
        assert_eq!(submit(&mut world, &vcek), Ok(()));
        let [vcek_1, vlek_1] = Kind::ALL.map(|kind| with(product, kind, Some(list(1))));
        assert_eq!(submit(&mut world, &vcek_1), Ok(()));
        assert_eq!(verify(&mut world, &vcek), Ok(70));
        assert_eq!(verify(&mut world, &vlek), Err(Rejection::StoredCrlMissing));
        for scenario in [&vcek, &vlek] {
            assert_eq!(submit(&mut world, scenario), Err(Rejection::AmdCrlMissing));
        }
        assert_eq!(submit(&mut world, &vlek_1), Ok(()));
        assert_eq!(verify(&mut world, &vlek), Ok(60));

        // A newer one takes the older one's place, for both.
        let [vcek_2, vlek_2] = Kind::ALL.map(|kind| with(product, kind, Some(list(2))));
        assert_eq!(submit(&mut world, &vlek_2), Ok(()));
        assert_eq!(verify(&mut world, &vlek), Ok(60));
        assert_eq!(verify(&mut world, &vcek), Err(Rejection::StoredCrlSuperseded));
        assert_eq!(submit(&mut world, &vcek_1), Err(Rejection::AmdCrlRollback));
        assert_eq!(submit(&mut world, &vcek_2), Ok(()));
        assert_eq!(verify(&mut world, &vcek), Ok(70));
    }
}

/// Roots have lists of their own.
#[test]
fn a_list_binds_no_other_root() {
    let mut world = world();
    for product in Product::ALL {
        assert_eq!(submit(&mut world, &with(product, Kind::Vcek, None)), Ok(()));
    }
    assert_eq!(
        submit(&mut world, &with(Product::Genoa, Kind::Vlek, Some(list(3)))),
        Ok(())
    );
    for (product, expected) in [
        (Product::Milan, Ok(70)),
        (Product::Genoa, Err(Rejection::StoredCrlMissing)),
        (Product::Turin, Ok(70)),
    ] {
        assert_eq!(
            verify(&mut world, &with(product, Kind::Vcek, None)),
            expected,
            "{product:?}"
        );
    }
    assert_eq!(
        submit(&mut world, &with(Product::Milan, Kind::Vcek, Some(list(1)))),
        Ok(())
    );
}

/// A list need not have a number; its date counts all the same.
#[test]
fn a_list_without_a_number() {
    let mut world = world();
    let unnumbered = |n| {
        let mut crl = list(n);
        crl.number = None;
        with(Product::Milan, Kind::Vcek, Some(crl))
    };
    assert_eq!(submit(&mut world, &unnumbered(2)), Ok(()));
    assert_eq!(submit(&mut world, &unnumbered(1)), Err(Rejection::AmdCrlRollback));
    assert_eq!(
        submit(&mut world, &with(Product::Milan, Kind::Vcek, None)),
        Err(Rejection::AmdCrlMissing)
    );
    assert_eq!(submit(&mut world, &unnumbered(3)), Ok(()));
    // A list without any extension is one too.
    let mut bare = unnumbered(4);
    let crl = bare.crl.as_mut().expect("a list");
    crl.omitted.push(aivm_simulator::intel::oids::AUTHORITY_KEY_ID);
    assert_eq!(submit(&mut world, &bare), Ok(()));
    assert_eq!(
        submit(&mut world, &with(Product::Milan, Kind::Vcek, Some(list(4)))),
        Ok(())
    );
    assert_eq!(submit(&mut world, &unnumbered(5)), Err(Rejection::AmdCrlRollback));
}

/// AMD replaces a CA: endorsement keys of the older one are refused from then on, and it does not come back.
#[test]
fn a_ca_is_replaced() {
    for (product, kind) in Product::ALL
        .into_iter()
        .flat_map(|product| Kind::ALL.map(|kind| (product, kind)))
    {
        let mut world = world();
        let older = with(product, kind, None);
        let mut newer = older.clone();
        newer.ca.key = snp::stranger();
        newer.ca.not_before += 1;
        assert_eq!(submit(&mut world, &older), Ok(()));
        assert!(verify(&mut world, &older).is_ok());
        assert_eq!(verify(&mut world, &newer), Err(Rejection::VekSignatureInvalid));

        assert_eq!(submit(&mut world, &newer), Ok(()));
        assert!(verify(&mut world, &newer).is_ok());
        assert_eq!(verify(&mut world, &older), Err(Rejection::VekSignatureInvalid));
        assert_eq!(submit(&mut world, &older), Err(Rejection::EndorsementCaRollback));
        assert!(verify(&mut world, &newer).is_ok());
    }
}

/// What was refused raised nothing.
#[test]
fn a_refused_list_binds_nothing() {
    let mut world = world();
    let vcek = with(Product::Milan, Kind::Vcek, None);
    assert_eq!(submit(&mut world, &vcek), Ok(()));
    let mut revoked = with(Product::Milan, Kind::Vcek, Some(list(5)));
    revoked.crl.as_mut().expect("a list").revoked = vec![revoked.ca.serial.clone()];
    assert_eq!(submit(&mut world, &revoked), Err(Rejection::EndorsementCaRevoked));
    assert_eq!(verify(&mut world, &vcek), Ok(70));
    assert_eq!(submit(&mut world, &vcek), Ok(()));
}

/// New roots make stored collateral unusable until it is submitted again; floors stay with their root.
#[test]
fn roots_come_and_go() {
    let mut world = world();
    let listed = with(Product::Milan, Kind::Vcek, Some(list(1)));
    assert_eq!(submit(&mut world, &listed), Ok(()));
    world.set_roots(Vendor::SevSnp, &listed.ark_der());
    assert_eq!(verify(&mut world, &listed), Err(Rejection::RootsChanged));
    assert_eq!(
        submit(&mut world, &with(Product::Milan, Kind::Vcek, None)),
        Err(Rejection::AmdCrlMissing)
    );
    assert_eq!(submit(&mut world, &listed), Ok(()));
    assert_eq!(verify(&mut world, &listed), Ok(70));

    // Another certificate of the same root key is another root.
    let mut renewed = with(Product::Milan, Kind::Vcek, None);
    renewed.ark.not_after += 1;
    world.set_roots(Vendor::SevSnp, &renewed.ark_der());
    assert_eq!(submit(&mut world, &renewed), Ok(()));
    assert_eq!(verify(&mut world, &renewed), Ok(70));
}

/// A list of the root, alone.
fn alone(scenario: &Scenario) -> Vec<u8> {
    pack::collateral(&[], Some(&scenario.crl_der()))
}

/// A list that names the endorsement CA, or the root itself, cannot come with collateral of theirs. Alone it takes
/// effect: what was stored ends, and does not come back.
#[test]
fn a_list_that_revokes_a_ca_takes_effect_alone() {
    for product in Product::ALL {
        for kind in Kind::ALL {
            for (revoked, code) in [(0, Rejection::EndorsementCaRevoked), (1, Rejection::ArkRevoked)] {
                let mut world = world();
                let honest = with(product, kind, None);
                assert_eq!(submit(&mut world, &honest), Ok(()));
                assert!(verify(&mut world, &honest).is_ok());

                let mut crl = list(1);
                let serial = if revoked == 0 {
                    &honest.ca.serial
                } else {
                    &honest.ark.serial
                };
                crl.revoked.push(serial.clone());
                let scenario = with(product, kind, Some(crl));
                assert_eq!(submit(&mut world, &scenario), Err(code));
                assert!(verify(&mut world, &honest).is_ok(), "a refusal writes nothing");

                let stored = world.submit(Vendor::SevSnp, &alone(&scenario)).expect("a list");
                assert_eq!(stored.key, B256::ZERO);
                assert_eq!(verify(&mut world, &honest), Err(Rejection::StoredCrlMissing));
                assert_eq!(submit(&mut world, &honest), Err(Rejection::AmdCrlMissing));
                assert_eq!(submit(&mut world, &scenario), Err(code));
                assert_eq!(verify(&mut world, &honest), Err(Rejection::StoredCrlMissing));
            }
        }
    }
}

/// A list alone is verified as one with collateral is: its issuer, signature, window and number.
#[test]
fn a_list_alone_is_verified() {
    let mut world = world();
    let mut refused = |scenario: &Scenario| {
        world
            .submit(Vendor::SevSnp, &alone(scenario))
            .map(|stored| stored.key)
    };
    let newest = with(Product::Genoa, Kind::Vcek, Some(list(2)));
    assert_eq!(refused(&newest), Ok(B256::ZERO));
    assert_eq!(refused(&newest), Ok(B256::ZERO), "the same again");
    let older = with(Product::Genoa, Kind::Vlek, Some(list(1)));
    assert_eq!(refused(&older), Err(Rejection::AmdCrlRollback));
    let mut other = with(Product::Turin, Kind::Vcek, Some(list(1)));
    assert_eq!(refused(&other), Ok(B256::ZERO), "another root's");
    other.crl.as_mut().unwrap().this_update = NOW + 1;
    assert_eq!(refused(&other), Err(Rejection::AmdCrlNotYetIssued));
    other.crl.as_mut().unwrap().this_update = NOW - 86_400;
    other.crl.as_mut().unwrap().next_update = Some(NOW);
    assert_eq!(refused(&other), Err(Rejection::AmdCrlExpired));
    other.crl.as_mut().unwrap().signed_by = Some(snp::stranger());
    assert_eq!(refused(&other), Err(Rejection::AmdCrlSignatureInvalid));

    let mut elsewhere = World::new(NOW);
    let genuine_roots = elsewhere.submit(Vendor::SevSnp, &alone(&newest));
    assert!(genuine_roots.is_err(), "{genuine_roots:?}");
    let nothing = elsewhere.submit(Vendor::SevSnp, &pack::collateral(&[], None));
    assert_eq!(nothing, Err(Rejection::EndorsementCaMalformed));
    let bytes = elsewhere.submit(Vendor::SevSnp, &pack::collateral(&[], Some(&[0x30])));
    assert_eq!(bytes, Err(Rejection::AmdCrlMalformed));
}
