//! Policy over genuine evidence (specification, sections 4 and 6): pauses, measurements, the least score, deductions,
//! the nonce, limits of length, vendor bytes, and what governance may install as roots. The evidence is minted under a
//! synthetic Intel PKI.

mod common;
#[path = "intel/policy/mod.rs"]
mod policy;
