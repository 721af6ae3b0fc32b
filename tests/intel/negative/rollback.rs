//! Old collateral, though unexpired, and stored collateral that cannot be used: row 21, and rows 2, 6 and 7 at use.

use super::cases;
use crate::common::{vendor_of, world::World, world::abi_vendor};
use aivm::abi::IAttestationRegistry::setMinimumTcbCall;
use aivm_simulator::intel::{NOW, Scenario};

cases! {
    /// Older than what was accepted, or below what governance demands.
    ROLLBACK:
    21 "TCB info of a lower evaluation number" [BOTH] Older(|s| s.tcb_info.tcb_evaluation_data_number -= 1) => 207,
    21 "TCB info issued a second earlier" [BOTH] Older(|s| s.tcb_info.issue_date -= 1) => 207,
    21 "TCB info of a lower number, issued later" [BOTH] Older(|s| { s.tcb_info.tcb_evaluation_data_number -= 1; s.tcb_info.issue_date += 1 }) => 207,
    21 "TCB info of a higher number, issued earlier" [BOTH] Older(|s| { s.tcb_info.tcb_evaluation_data_number += 1; s.tcb_info.issue_date -= 1 }) => 207,
    21 "a QE identity of a lower evaluation number" [BOTH] Older(|s| s.qe_identity.tcb_evaluation_data_number -= 1) => 213,
    21 "a QE identity issued a second earlier" [BOTH] Older(|s| s.qe_identity.issue_date -= 1) => 213,
    21 "a QE identity of a lower number, issued later" [BOTH] Older(|s| { s.qe_identity.tcb_evaluation_data_number -= 1; s.qe_identity.issue_date += 1 }) => 213,
    21 "a QE identity of a higher number, issued earlier" [BOTH] Older(|s| { s.qe_identity.tcb_evaluation_data_number += 1; s.qe_identity.issue_date -= 1 }) => 213,
    21 "a root CRL of a lower number" [BOTH] Older(|s| s.root_crl.number = Some(0)) => 245,
    21 "a root CRL issued a second earlier" [BOTH] Older(|s| s.root_crl.this_update -= 1) => 245,
    21 "a root CRL of a higher number, issued earlier" [BOTH] Older(|s| { s.root_crl.number = Some(2); s.root_crl.this_update -= 1 }) => 245,
    21 "a PCK CRL of a lower number" [BOTH] Older(|s| s.pck_crl.number = Some(0)) => 251,
    21 "a PCK CRL issued a second earlier" [BOTH] Older(|s| s.pck_crl.this_update -= 1) => 251,
    21 "a PCK CRL of a lower number, issued later" [BOTH] Older(|s| { s.pck_crl.number = Some(0); s.pck_crl.this_update += 1 }) => 251,
    21 "a new TCB info with an old QE identity" [BOTH] Older(|s| { s.tcb_info.issue_date += 1; s.qe_identity.issue_date -= 1 }) => 213,
    21 "a new PCK CRL with an old root CRL" [BOTH] Older(|s| { s.pck_crl.this_update += 1; s.root_crl.this_update -= 1 }) => 245,
    21 "an old TCB info for the other PCK CA" [BOTH] Older(|s| { other_ca(s); s.tcb_info.issue_date -= 1 }) => 207,
    21 "an old QE identity for another FMSPC" [BOTH] Older(|s| { s.tcb_info.fmspc[5] ^= 1; s.qe_identity.issue_date -= 1 }) => 213,
    21 "an old root CRL for another FMSPC" [BOTH] Older(|s| { s.tcb_info.fmspc[5] ^= 1; s.root_crl.number = Some(0) }) => 245,
    21 "an old root CRL for the other PCK CA" [BOTH] Older(|s| { other_ca(s); s.root_crl.this_update -= 1 }) => 245,
    21 "an old PCK CRL for another FMSPC" [BOTH] Older(|s| { s.tcb_info.fmspc[5] ^= 1; s.pck_crl.this_update -= 1 }) => 251,
    21 "both evaluation numbers below the minimum" [BOTH] Demand(|world, s| demand(world, s, 21)) => 14,
    21 "the highest minimum" [BOTH] Demand(|world, s| demand(world, s, u32::MAX)) => 14,
    21 "stored evaluation numbers below a minimum set since" [ALL] After(|world, s| demand(world, s, 21)) => 14,
    21 "collateral that has expired since" [ALL] After(|world, s| { world.at(s.pck_crl.next_update.unwrap()); }) => 8,
    21 "collateral of later than now" [ALL] After(|world, s| { world.at(s.pck_crl.this_update - 1); }) => 7,
    6 "TCB info that has expired since" [ALL] After(|world, s| { world.at(s.tcb_info.next_update + 1); }) => 8,
    6 "TCB info a year later" [ALL] After(|world, _| { world.at(NOW + 365 * 86_400); }) => 8,
}

/// Governance sets the least evaluation number.
fn demand(world: &mut World, s: &Scenario, minimum: u32) {
    world.govern(&setMinimumTcbCall {
        vendor: abi_vendor(vendor_of(s.format)),
        minimum: minimum.to_be_bytes().to_vec().into(),
    });
}

fn other_ca(s: &mut Scenario) {
    use aivm_simulator::intel::PckCa;
    s.use_pck_ca(if s.format.is_tdx() {
        PckCa::Processor
    } else {
        PckCa::Platform
    });
}
