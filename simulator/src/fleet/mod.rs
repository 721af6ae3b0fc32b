//! As many devices as are wanted, whose evidence verifies for real: under the simulator's roots, each with hardware
//! ids and keys of its own.
//!
//! ```
//! use aivm_precompiles::evidence::Vendor;
//! use aivm_simulator::fleet::{Claim, Fleet};
//! use alloy_primitives::{Address, U256};
//!
//! let fleet = Fleet::new();
//! let device = fleet.device(Vendor::Tdx, 7);
//! let proof = device.prove(&Claim::new(31_337, Address::repeat_byte(1), U256::ONE));
//! assert_eq!(proof.deviceId, device.id);
//! assert_eq!(proof.cpuQuote[0], Vendor::Tdx.number());
//! ```
//!
//! Certificates and keys are made once for each device; a proof then takes one signature. [`oracle`] has the hashes
//! of the specification, written by hand: nothing in it comes from the library.

mod mint;
pub mod oracle;
mod pki;

use aivm_abi::IAttestationRegistry::{ProofOfExecution, TEEVendor, submitCollateralCall, updateRootCACall};
use aivm_precompiles::evidence::Vendor;
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::SolCall;
use mint::Mint;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

pub use pki::CCA_DEVICES;

/// When everything is valid: 2025-10-09T08:53:20Z, in Unix seconds.
pub const NOW: u64 = 1_760_000_000;

/// Until when it is.
pub const VALID_UNTIL: u64 = NOW + 5 * 365 * 86_400;

/// The score of evidence whose measurements nobody knows.
pub const CPU_SCORE: u8 = 70;

/// The same of a GPU's, for which no golden measurements are stored. Hybrid evidence has the lower score of its two.
pub const GPU_SCORE: u8 = 80;

/// Devices of every vendor, made when they are first asked for.
#[derive(Clone, Default)]
pub struct Fleet {
    mints: Arc<Mutex<Mints>>,
}

/// What evidence is made from, by number of the vendor and of the device.
type Mints = BTreeMap<(u8, u32), Arc<Mint>>;

/// A device: a machine with confidential computing, or a GPU.
#[derive(Clone)]
pub struct Device {
    /// What the registry calls it.
    pub id: B256,
    /// Whose hardware it is.
    pub vendor: Vendor,
    mint: Arc<Mint>,
    fleet: Fleet,
}

/// What a device proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The chain that the proof is for.
    pub chain_id: u64,
    /// Who will have attested.
    pub operator: Address,
    /// The proof's nonce.
    pub nonce: U256,
    /// The job.
    pub job_hash: B256,
    /// What came of it.
    pub output_hash: B256,
    /// The attested key.
    pub attested_key: B256,
    /// The number of the GPU that proves the same, if one does.
    pub gpu: Option<u32>,
    /// Which software runs on the device, and on the GPU.
    pub measurement: u8,
}

impl Claim {
    /// A claim of a job that operator and nonce decide, by software 0, without a GPU or an attested key.
    pub fn new(chain_id: u64, operator: Address, nonce: U256) -> Self {
        let hash =
            |what: &str| keccak256([what.as_bytes(), &operator[..], &nonce.to_be_bytes::<32>()].concat());
        Self {
            chain_id,
            operator,
            nonce,
            job_hash: hash("job"),
            output_hash: hash("output"),
            attested_key: B256::ZERO,
            gpu: None,
            measurement: 0,
        }
    }
}

impl Fleet {
    /// No device is made yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What `updateRootCA` takes, for each vendor. Arm CCA's has the keys of the first [`CCA_DEVICES`] devices.
    pub fn roots(&self) -> Vec<(Vendor, Vec<u8>)> {
        pki::roots()
    }

    /// What `submitCollateral` takes, for each vendor but Arm CCA.
    pub fn collateral(&self) -> Vec<(Vendor, Vec<u8>)> {
        pki::collateral()
    }

    /// What `submitCollateral` takes, from governance, for an Arm CCA device that the roots leave out.
    pub fn cca_key(&self, number: u32) -> Vec<u8> {
        pki::cca_key(number)
    }

    /// The calls to the registry, all by governance, after which every device's evidence verifies.
    pub fn calls(&self) -> Vec<Bytes> {
        let roots = self.roots().into_iter().map(|(vendor, roots)| {
            updateRootCACall {
                vendor: abi_vendor(vendor),
                newRootCA: roots.into(),
            }
            .abi_encode()
        });
        let collateral = self.collateral().into_iter().map(|(vendor, collateral)| {
            let (vendor, collateral) = (abi_vendor(vendor), collateral.into());
            submitCollateralCall { vendor, collateral }.abi_encode()
        });
        roots.chain(collateral).map(Bytes::from).collect()
    }

    /// The device of this vendor and number; every number is other hardware.
    ///
    /// # Panics
    ///
    /// If a test panicked while it made a device.
    pub fn device(&self, vendor: Vendor, number: u32) -> Device {
        let key = (vendor.number(), number);
        let made = self.mints.lock().expect("no test panics here").get(&key).cloned();
        let mint = made.unwrap_or_else(|| {
            let mint = Arc::new(Mint::new(vendor, number));
            let mut mints = self.mints.lock().expect("no test panics here");
            mints.insert(key, mint.clone());
            mint
        });
        Device {
            id: oracle::device_id(vendor.number(), &mint.hardware_id()),
            vendor,
            mint,
            fleet: self.clone(),
        }
    }
}

impl Device {
    /// Evidence of this device, vendor byte first: that software of this measurement asked for a report with these
    /// report data. Of a GPU, the first half of them is the nonce, and the second half is lost.
    pub fn evidence(&self, nonce: B256, attested_key: B256, measurement: u8) -> Vec<u8> {
        let body = self.mint.body(nonce, attested_key, measurement);
        [&[self.vendor.number()], &body[..]].concat()
    }

    /// What all evidence in the proof of a claim commits to.
    pub fn commitment(&self, claim: &Claim) -> B256 {
        oracle::commitment(self.id, claim, self.gpu(claim).map(|gpu| gpu.id))
    }

    /// The proof of a claim. A GPU's own has its evidence in the place of the CPU's.
    pub fn prove(&self, claim: &Claim) -> ProofOfExecution {
        let commitment = self.commitment(claim);
        let gpu_quote = self
            .gpu(claim)
            .map(|gpu| gpu.evidence(commitment, B256::ZERO, claim.measurement));
        ProofOfExecution {
            deviceId: self.id,
            cpuQuote: self
                .evidence(commitment, claim.attested_key, claim.measurement)
                .into(),
            gpuQuote: gpu_quote.unwrap_or_default().into(),
            nonce: claim.nonce,
            jobHash: claim.job_hash,
            outputHash: claim.output_hash,
        }
    }

    fn gpu(&self, claim: &Claim) -> Option<Self> {
        claim.gpu.map(|number| self.fleet.device(Vendor::Nvidia, number))
    }

    /// The id of this software on this device.
    pub fn measurement_id(&self, measurement: u8) -> B256 {
        measurement_id(self.vendor, measurement)
    }
}

/// The id of this software on devices of this vendor.
pub fn measurement_id(vendor: Vendor, measurement: u8) -> B256 {
    oracle::measurement_id(vendor.number(), &pki::software(vendor, measurement))
}

/// The vendor in the words of the ABI.
///
/// # Panics
///
/// Never: the numbers are the same.
pub fn abi_vendor(vendor: Vendor) -> TEEVendor {
    TEEVendor::try_from(vendor.number()).expect("the numbers are the same")
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").finish_non_exhaustive()
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("id", &self.id)
            .field("vendor", &self.vendor)
            .finish_non_exhaustive()
    }
}
