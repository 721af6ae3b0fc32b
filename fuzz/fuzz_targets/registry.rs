//! Any input to the attestation registry.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| aivm_fuzz::check_call("registry", input));
