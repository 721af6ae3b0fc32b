//! The format `roots_x509` of `aivm_test_support::formats`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| aivm_fuzz::check_format("roots_x509", input));
