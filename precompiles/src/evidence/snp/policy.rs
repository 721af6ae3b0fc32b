//! What a report must not say: debugging, migration, a guest that does not own itself. After AMD's specification
//! 56860, "Guest policy".
//!
//! | bits of POLICY | name | must be |
//! |---|---|---|
//! | 0–15 | ABI_MINOR, ABI_MAJOR | either |
//! | 16 | SMT | either |
//! | 17 | reserved | 1 |
//! | 18 | MIGRATE_MA | 0 |
//! | 19 | DEBUG | 0 |
//! | 20–25 | SINGLE_SOCKET, CXL_ALLOW, MEM_AES_256_XTS, RAPL_DIS, CIPHERTEXT_HIDING_DRAM, PAGE_SWAP_DISABLE | either |
//! | 26–63 | reserved | 0 |
//!
//! PLATFORM_INFO is not judged: firmware adds bits to it, and what they say is policy.

use super::{report::Report, tcb::Product};
use crate::evidence::Rejection;

const RESERVED_ONE: u64 = 1 << 17;
const MIGRATE_MA: u64 = 1 << 18;
const DEBUG: u64 = 1 << 19;
const RESERVED_ZERO: u64 = u64::MAX << 26;

/// Refuses a guest whose secrets others can read, and a report with anything reserved in it.
pub(super) fn check(report: &Report<'_>, product: Product) -> Result<(), Rejection> {
    if report.vmpl != 0 {
        return Err(Rejection::Vmpl { vmpl: report.vmpl });
    }
    if report.policy & DEBUG != 0 {
        return Err(Rejection::DebugPolicy);
    }
    if report.policy & MIGRATE_MA != 0 {
        return Err(Rejection::MigrationPolicy);
    }
    if report.key_info.masks_chip_key() {
        return Err(Rejection::ChipKeyMasked);
    }
    if report.policy & RESERVED_ONE == 0 || report.policy & RESERVED_ZERO != 0 {
        return Err(Rejection::ReservedPolicy);
    }
    if report.key_info.has_reserved_bits() {
        return Err(Rejection::ReservedKeyInfo);
    }
    let tcbs = [
        report.current_tcb,
        report.reported_tcb,
        report.committed_tcb,
        report.launch_tcb,
    ];
    if !report.reserved_is_zero || !tcbs.into_iter().all(|tcb| tcb.reserved_is_zero(product)) {
        return Err(Rejection::ReservedReportBytes);
    }
    Ok(())
}
