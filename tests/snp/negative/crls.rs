//! The root's CRL, at submission and at use.

use super::{
    cases,
    certificates::{SHA256, SHA384, other, pss, replace},
    furnish_other_kind,
};
use aivm_simulator::{
    intel::Extension,
    snp::{self, NOW, Scenario},
    x509::{Algorithm, Crl, Key},
};

cases! {
    /// The list.
    CRLS:
    7 "bytes that are no list" [CAS] Parts(|parts, _| parts.crl = vec![0]) => 460,
    7 "an empty sequence" [CAS] Parts(|parts, _| parts.crl = vec![0x30, 0]) => 460,
    7 "a certificate in the place of the list" [CAS] Parts(|parts, _| parts.crl = parts.endorsement_ca.clone()) => 460,
    7 "a byte after the list" [CAS] Parts(|parts, s| { parts.crl = list(s, |_| {}); parts.crl.push(0) }) => 460,
    7 "a list that lacks its last byte" [CAS] Parts(|parts, s| { parts.crl = list(s, |_| {}); parts.crl.pop(); }) => 460,
    7 "a list of version 1" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.version = None)) => 460,
    7 "a list without nextUpdate" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.next_update = None)) => 460,
    7 "a critical extension" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.extensions.push(Extension::unknown_critical()))) => 460,
    7 "a delta list" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.extensions.push(extension("2.5.29.27")))) => 460,
    7 "a partial list" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.extensions.push(extension("2.5.29.28")))) => 460,
    7 "a number that is a text" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| { crl.number = None; crl.extensions.push(extension("2.5.29.20")) })) => 460,
    7 "an algorithm outside that is not the one inside" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.outer_algorithm = Some(Algorithm::RsaPssSha384 { trailer_field: false }))) => 460,
    7 "SHA-256 in the parameters" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.algorithm = Some(pss(|der| replace(der, SHA384, SHA256))))) => 460,
    7 "a list signed with ECDSA" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.signed_by = Some(Key::p384("crl")))) => 460,
    7 "a list of another product's root" [CAS] Parts(|parts, s| parts.crl = snp::crl().der(&snp::ark(other(s.product)))) => 461,
    7 "a list of the endorsement CA" [CAS] Parts(|parts, s| parts.crl = snp::crl().der(&s.ca)) => 461,
    7 "a list of nobody known" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.issuer = Some(snp::name("ARK")))) => 461,
    7 "a list signed by a stranger" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.signed_by = Some(snp::stranger()))) => 462,
    7 "a list signed by the endorsement CA in the root's name" [CAS] Parts(|parts, s| { let key = s.ca.key.clone(); let mut crl = snp::crl(); crl.signed_by = Some(key); parts.crl = crl.der(&s.ark) }) => 462,
    7 "a list changed after signing" [CAS] Parts(|parts, s| { parts.crl = list(s, |_| {}); let place = parts.crl.windows(2).position(|w| w == [0x17, 0x0d]).unwrap(); parts.crl[place + 3] ^= 1 }) => 462,
    7 "a list issued in the future" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.this_update = NOW + 1)) => 463,
    7 "a list that has expired" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| crl.next_update = Some(NOW))) => 464,
    7 "a list that expired long ago" [CAS] Parts(|parts, s| parts.crl = list(s, |crl| { crl.this_update = NOW - 9; crl.next_update = Some(NOW - 5) })) => 464,
    7 "a list issued a second earlier" [CAS] Older(|s| crl(s).this_update -= 1) => 465,
    7 "a list of a lower number" [CAS] Older(|s| crl(s).number = Some(0)) => 465,
    7 "a list of a lower number, issued later" [CAS] Older(|s| { crl(s).number = Some(0); crl(s).this_update += 1 }) => 465,
    7 "a list of a higher number, issued earlier" [CAS] Older(|s| { crl(s).number = Some(2); crl(s).this_update -= 1 }) => 465,
    7 "a list without a number after one that had it" [CAS] Older(|s| { crl(s).number = None; crl(s).this_update += 1 }) => 465,
    7 "no list after one" [CAS] Older(|s| s.crl = None) => 466,
    7 "a list that was accepted for the other kind of key since" [CAS] After(|world, s| furnish_other_kind(world, s, Some(snp::crl()))) => 417,
    7 "a newer list that was accepted for the other kind of key since" [CAS] After(|world, s| { let mut older = s.clone(); older.crl = Some(snp::crl()); crate::snp_common::furnish(world, &older); let mut newer = snp::crl(); newer.number = Some(2); furnish_other_kind(world, s, Some(newer)) }) => 418,
    7 "a list that has expired since" [CAS] After(|world, s| { let mut listed = s.clone(); listed.crl = Some(snp::crl()); crate::snp_common::furnish(world, &listed); world.at(snp::crl().next_update.unwrap()); }) => 8,
}

/// The scenario's list, changed before it is signed.
fn list(s: &Scenario, change: impl FnOnce(&mut Crl)) -> Vec<u8> {
    let mut crl = snp::crl();
    change(&mut crl);
    crl.der(&s.ark)
}

fn crl(s: &mut Scenario) -> &mut Crl {
    s.crl.as_mut().expect("a list")
}

fn extension(oid: &'static str) -> Extension {
    Extension {
        oid,
        critical: false,
        value: vec![0x0c, 1, b'1'],
    }
}
