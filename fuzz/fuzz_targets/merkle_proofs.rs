//! Any input to Merkle proofs.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| aivm_fuzz::check_call("merkle_proofs", input));
