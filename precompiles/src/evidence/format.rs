//! The one table of what each vendor's module does. To add a vendor is to add a row.

use super::{Genuine, Rejection, Vendor, VerifyError, cca, intel, nvidia, roots, snp, stored::Stored};
use crate::{crypto::Crypto, precompile::Context};
use alloy_primitives::{B256, Bytes};

/// Golden measurements that were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Golden {
    /// Which hardware or software they are for.
    pub key: B256,
    /// The form in which they are stored; empty to withdraw what is stored.
    pub compact: Bytes,
}

/// Works on what anyone sends for a vendor, against state.
type OnState<T> = fn(&mut Context<'_>, Vendor, &[u8]) -> Result<T, VerifyError>;

/// Checks what governance sends, and gives what is to be stored.
type Read<T> = fn(&[u8], &dyn Crypto) -> Result<T, Rejection>;

/// What a vendor's module does.
pub(crate) struct Format {
    /// Evidence without its vendor byte: what it claims, and under which key.
    pub(crate) verify: OnState<Genuine>,
    /// Verifies collateral and stores it.
    pub(crate) submit_collateral: OnState<Stored>,
    /// Whether only governance may submit collateral: where no signature of the vendor covers it.
    pub(crate) governed_collateral: bool,
    /// Checks new roots and gives the form in which they are stored.
    pub(crate) read_roots: Read<Vec<u8>>,
    /// The roots at genesis, DER.
    pub(crate) default_roots: &'static [&'static [u8]],
    /// Whether a minimum TCB has the vendor's form. Empty, which is none, always has.
    pub(crate) is_minimum_tcb: fn(&[u8]) -> bool,
    /// Checks golden measurements, for vendors that have them.
    pub(crate) read_golden: Option<Read<Golden>>,
}

const INTEL: Format = Format {
    verify: intel::verify,
    submit_collateral: intel::submit_collateral,
    governed_collateral: false,
    read_roots: roots::read_bundle::<super::scheme::P256Sha256>,
    default_roots: intel::ROOTS,
    is_minimum_tcb: intel::is_minimum_tcb,
    read_golden: None,
};

const SNP: Format = Format {
    verify: snp::verify,
    submit_collateral: snp::submit_collateral,
    governed_collateral: false,
    read_roots: roots::read_bundle::<super::scheme::RsaPssSha384>,
    default_roots: snp::ROOTS,
    is_minimum_tcb: snp::is_minimum_tcb,
    read_golden: None,
};

const NVIDIA: Format = Format {
    verify: nvidia::verify,
    submit_collateral: nvidia::submit_collateral,
    governed_collateral: false,
    read_roots: roots::read_bundle::<super::scheme::P384Sha384>,
    default_roots: nvidia::ROOTS,
    is_minimum_tcb: nvidia::is_minimum_tcb,
    read_golden: Some(nvidia::read_golden),
};

const CCA: Format = Format {
    verify: cca::verify,
    submit_collateral: cca::submit_collateral,
    governed_collateral: true,
    read_roots: cca::read_roots,
    default_roots: cca::ROOTS,
    is_minimum_tcb: cca::is_minimum_tcb,
    read_golden: Some(cca::read_golden),
};

/// The row of a vendor.
pub(crate) const fn format(vendor: Vendor) -> &'static Format {
    match vendor {
        Vendor::Sgx | Vendor::Tdx => &INTEL,
        Vendor::SevSnp => &SNP,
        Vendor::Nvidia => &NVIDIA,
        Vendor::ArmCca => &CCA,
    }
}

/// The vendor's roots at genesis, as state keeps them. Empty: none.
pub fn default_roots(vendor: Vendor) -> Vec<u8> {
    format(vendor).default_roots.concat()
}

/// Checks roots as `updateRootCA` takes them, and gives the form in which state keeps them.
pub fn read_roots(vendor: Vendor, roots: &[u8], crypto: &dyn Crypto) -> Result<Vec<u8>, Rejection> {
    (format(vendor).read_roots)(roots, crypto)
}

/// Whether a minimum TCB has the vendor's form, as `setMinimumTcb` takes it. Empty, which is none, always has.
pub fn is_minimum_tcb(vendor: Vendor, minimum: &[u8]) -> bool {
    (format(vendor).is_minimum_tcb)(minimum)
}
