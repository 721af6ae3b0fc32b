//! Each step against a plain reading of FIPS 204 and FIPS 202, or against the crate `sha3`.

mod encodings;
mod hashes;
mod inverse_keccak;
mod numbers;
mod rare_blocks;

use std::io::Write;

use super::Avx512;

/// Runs a test that needs the features of the module, if the machine has them, or says that it does not.
#[allow(unsafe_code, reason = "the calls of code that needs what was detected")]
fn run(test: unsafe fn()) {
    if Avx512::detect().is_some() {
        // SAFETY: the machine has the features, which is all that makes these tests unsafe.
        unsafe { test() }
    } else {
        // Past the capture of the test harness.
        let _ = writeln!(std::io::stderr(), "\n*** NO AVX-512 HERE: not tested ***\n");
    }
}

/// SplitMix64.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    /// From `min` to `max`.
    fn within(&mut self, min: i32, max: i32) -> i32 {
        min + (self.next() % (max - min + 1) as u64) as i32
    }
}
