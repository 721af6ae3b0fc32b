//! The backends that all tests run.

use aivm_precompiles::crypto::{AwsLc, Crypto, RustCrypto};

pub(crate) const BACKENDS: [&dyn Crypto; 2] = [&AwsLc, &RustCrypto];
