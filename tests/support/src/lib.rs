//! What the tests of this workspace share. Nothing here is part of what is shipped.
//!
//! - [`fixtures`] reads recorded evidence: the files below `tests/fixtures/`, and the larger set of genuine
//!   evidence that the environment variable `AIVM_EVIDENCE_DIR` points to, where there is one.
//! - [`committed`] is files in the repository that are made from code.
//! - [`council`] is committees of state sync whose keys are known.
//! - [`counting`] is a signature backend that counts.
//! - [`fleet`] is as many devices as a test wants, whose evidence verifies under the simulator's roots; it is the
//!   simulator's.
//! - [`genuine`] is one piece of genuine evidence of each vendor, with its collateral.
//! - [`vectors`] is what others' code is asked to agree with.
//! - [`fuzz`], [`calls`] and [`formats`] are what the fuzz targets and the bounded mutation tests share.
//!
//! Evidence that no genuine sample shows comes from the crate `aivm-simulator`.

pub mod calls;
pub mod committed;
pub mod council;
pub mod counting;
pub mod fixtures;
pub mod formats;
pub mod fuzz;
pub mod genuine;
pub mod rng;
pub mod scale;
pub mod vectors;

pub use aivm_simulator::fleet;
