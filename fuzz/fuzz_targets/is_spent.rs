//! The payload of IsSpent.
#![no_main]

use aivm::precompiles::mining::Operation;

libfuzzer_sys::fuzz_target!(|payload: &[u8]| aivm_fuzz::check(Operation::IsSpent, payload));
