//! Any input to state sync.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| aivm_fuzz::check_call("state_sync", input));
