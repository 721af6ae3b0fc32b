//! The format `collateral_tdx` of `aivm_test_support::formats`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| aivm_fuzz::check_format("collateral_tdx", input));
