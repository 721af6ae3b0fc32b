//! What an enclave or a TD must not be allowed to do: debugging, profiling, migration, and whatever else lets
//! somebody look inside. After the Intel TDX Module ABI specification, "TD attributes".

use super::{
    SGX_FLAG_DEBUG,
    quote::{Body, TdReport},
};
use crate::evidence::Rejection;

/// TDATTRIBUTES.
mod td {
    const fn bits(first: u32, last: u32) -> u64 {
        (u64::MAX << first) & (u64::MAX >> 63_u32.saturating_sub(last))
    }

    pub(super) const DEBUG: u64 = bits(0, 0);
    /// Host performance counters, and the bits beside them that make a TD observable.
    pub(super) const PROFILING: u64 = bits(4, 6);
    pub(super) const SERVTD_EXT: u64 = bits(17, 17);
    pub(super) const SEPT_VE_DISABLE: u64 = bits(28, 28);
    pub(super) const MIGRATABLE: u64 = bits(29, 29);
    /// Bits that a verifier must find clear.
    pub(super) const RESERVED: u64 = bits(1, 3) | bits(7, 15) | bits(23, 26) | bits(32, 61);
}

/// Refuses a TEE whose attributes do not keep its secrets.
pub(super) fn check(body: &Body<'_>) -> Result<(), Rejection> {
    match body {
        Body::Enclave(report) => {
            let [flags, ..] = *report.attributes;
            if flags & SGX_FLAG_DEBUG != 0 {
                Err(Rejection::DebugEnclave)
            } else {
                Ok(())
            }
        }
        Body::Td(report) => check_td(report),
    }
}

fn check_td(report: &TdReport<'_>) -> Result<(), Rejection> {
    let attributes = u64::from_le_bytes(*report.td_attributes);
    let forbidden = [
        (td::DEBUG, Rejection::DebugTd),
        (td::PROFILING, Rejection::ProfiledTd),
        (td::RESERVED, Rejection::ReservedTdAttributes),
        (td::MIGRATABLE, Rejection::MigratableTd),
        (td::SERVTD_EXT, Rejection::ServiceTdExtension),
    ];
    for (bits, rejection) in forbidden {
        if attributes & bits != 0 {
            return Err(rejection);
        }
    }
    if attributes & td::SEPT_VE_DISABLE == 0 {
        return Err(Rejection::SeptVeEnabled);
    }
    if report.td15.is_some_and(|td15| *td15.mr_service_td != [0; 48]) {
        return Err(Rejection::ServiceTdBound);
    }
    Ok(())
}
