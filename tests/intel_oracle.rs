//! The crate `dcap-qvl` as a second opinion: whatever this verifier accepts, `dcap-qvl` accepts, with the same TCB
//! status. On the samples of `tests/fixtures/intel/`, on the larger set that `AIVM_EVIDENCE_DIR` points to, on every
//! format of a synthetic PKI in every combination of statuses, and on 20,000 mutated inputs, the same on every run.
//!
//! Where the two differ is listed by name, in both directions: what only `dcap-qvl` accepts, with the code that refuses
//! it here, and the few forms that only `dcap-qvl` refuses, which nobody but Intel could sign.

mod common;
#[path = "intel/oracle/mod.rs"]
mod oracle;
