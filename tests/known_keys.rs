//! Known keys (specification, section 4): what certified a device's key is verified once, and again as soon as anything
//! about it is another. Whatever the registry remembers, verdict and code are the same.

mod common;
#[path = "known_keys/damage.rs"]
mod damage;
#[path = "known_keys/ends.rs"]
mod ends;

use aivm::{
    Aivm, Call, Config, Outcome,
    abi::IAttestationRegistry::{ProofOfExecution, releaseDeviceCall, verifyAttestationCall},
    evidence::{Rejection, Vendor, Verified, verify},
};
use aivm_test_support::{
    counting::{Counting, Counts},
    fleet::{Claim, Device},
};
use alloy_primitives::{B256, U256, keccak256};
use alloy_sol_types::SolCall;
use common::devices::{ALICE, BOB, Devices, claim};

/// The vendors of CPUs whose keys are known once.
const CPUS: [Vendor; 3] = [Vendor::Sgx, Vendor::SevSnp, Vendor::Tdx];

/// `mapping(bytes32 => bytes32) verifiedKeys`.
const VERIFIED_KEYS: u64 = 16;

/// What evidence takes: of a new device, and of a known one.
fn new(vendor: Vendor) -> Counts {
    match vendor {
        Vendor::Sgx | Vendor::Tdx => signatures(3, 0, 0),
        Vendor::SevSnp => signatures(0, 1, 1),
        Vendor::Nvidia => signatures(0, 3, 0),
        Vendor::ArmCca => unreachable!("never known"),
    }
}

fn known(vendor: Vendor) -> Counts {
    match vendor {
        Vendor::Sgx | Vendor::Tdx => signatures(1, 0, 0),
        Vendor::SevSnp | Vendor::Nvidia => signatures(0, 1, 0),
        Vendor::ArmCca => unreachable!("never known"),
    }
}

fn signatures(p256: usize, p384: usize, rsa_pss: usize) -> Counts {
    Counts {
        p256,
        p384,
        rsa_pss,
        ..Counts::default()
    }
}

fn both(a: Counts, b: Counts) -> Counts {
    signatures(a.p256 + b.p256, a.p384 + b.p384, a.rsa_pss + b.rsa_pss)
}

fn slot(device_id: B256) -> U256 {
    let preimage = [&device_id[..], &U256::from(VERIFIED_KEYS).to_be_bytes::<32>()].concat();
    keccak256(preimage).into()
}

/// A chain with the fleet on it, and the counts of what is verified.
struct Chain {
    devices: Devices,
    nonce: u64,
}

impl Chain {
    fn new() -> Self {
        let devices = Devices::new();
        Self { devices, nonce: 0 }
    }

    /// A proof of the device that comes after all others.
    fn proof(&mut self, device: &Device, gpu: Option<u32>) -> ProofOfExecution {
        self.nonce += 1;
        device.prove(&Claim {
            gpu,
            ..claim(ALICE, self.nonce)
        })
    }

    /// Attests; how many signatures that took.
    #[track_caller]
    fn attest(&mut self, device: &Device, gpu: Option<u32>) -> Counts {
        let proof = self.proof(device, gpu);
        let counts = self.count(&proof);
        assert_eq!(self.devices.attest(ALICE, &proof), Ok(()));
        counts
    }

    /// How many signatures a proof would take, accepted or not.
    fn count(&self, proof: &ProofOfExecution) -> Counts {
        let counting = Counting::default();
        let aivm = Aivm::new(Config::default(), counting.clone()).expect("the default configuration");
        let input = verifyAttestationCall { proof: proof.clone() }.abi_encode();
        let call = Call {
            input: &input,
            gas_limit: 1_000_000,
            caller: ALICE,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let mut host = self.devices.world.host.clone();
        let outcome = aivm.call(self.devices.world.registry_address(), &mut host, &call);
        assert!(!matches!(outcome, Some(Ok(Outcome::OutOfGas)) | None));
        counting.take()
    }

    /// Verifies evidence; how many signatures that took.
    fn verify(&self, evidence: &[u8]) -> (Result<Verified, Rejection>, Counts) {
        let counting = Counting::default();
        let (verdict, _) = self
            .devices
            .world
            .directly(&counting, |context| verify(context, evidence));
        (verdict, counting.take())
    }

    /// What is remembered of a device.
    fn digest(&self, device_id: B256) -> Option<U256> {
        let registry = self.devices.world.registry_address();
        let storage = &self.devices.world.host.accounts[&registry].storage;
        storage.get(&slot(device_id)).copied()
    }

    /// Puts another digest, or none, in its place.
    fn remember(&mut self, device_id: B256, digest: Option<U256>) {
        let registry = self.devices.world.registry_address();
        let account = self.devices.world.host.accounts.get_mut(&registry);
        let storage = &mut account.expect("the registry").storage;
        match digest {
            Some(digest) => storage.insert(slot(device_id), digest),
            None => storage.remove(&slot(device_id)),
        };
    }
}

fn evidence(device: &Device) -> Vec<u8> {
    device.evidence(B256::repeat_byte(0x77), B256::ZERO, 0)
}

#[test]
fn one_signature_once_a_device_is_known() {
    for vendor in CPUS {
        let mut chain = Chain::new();
        let device = chain.devices.device(vendor, 1);
        let evidence = evidence(&device);
        for _ in 0..2 {
            // VerifyTEE remembers nothing.
            assert_eq!(chain.verify(&evidence).1, new(vendor), "{vendor:?}");
            chain.devices.world.verify(&evidence).expect("genuine evidence");
        }
        assert_eq!(chain.attest(&device, None), new(vendor));
        let digest = chain.digest(device.id);
        assert!(digest.is_some());
        for _ in 0..2 {
            assert_eq!(chain.attest(&device, None), known(vendor), "{vendor:?}");
            let (verified, counts) = chain.verify(&evidence);
            assert_eq!((verified.is_ok(), counts), (true, known(vendor)));
            chain.devices.world.verify(&evidence).expect("genuine evidence");
        }
        assert_eq!(chain.digest(device.id), digest);
        // Another device of the same make is new.
        let other = chain.devices.device(vendor, 5);
        assert_eq!(chain.attest(&other, None), new(vendor));
    }
}

/// A GPU is known by its own id, whichever machine it is in.
#[test]
fn a_gpu_is_known_by_itself() {
    let mut chain = Chain::new();
    let [first, second] = [1, 2].map(|number| chain.devices.device(Vendor::Tdx, number));
    let gpu = Vendor::Nvidia;
    let all_new = both(new(Vendor::Tdx), new(gpu));
    assert_eq!(chain.attest(&first, Some(3)), all_new);
    assert_eq!(
        chain.attest(&first, Some(3)),
        both(known(Vendor::Tdx), known(gpu))
    );
    assert_eq!(chain.attest(&first, Some(4)), both(known(Vendor::Tdx), new(gpu)));
    let release = releaseDeviceCall { deviceId: first.id };
    chain.devices.world.registry(ALICE, &release).expect("her own");
    assert_eq!(chain.attest(&second, Some(3)), both(new(Vendor::Tdx), known(gpu)));
}

/// Both signatures of a token are over what changes, so there is nothing to remember.
#[test]
fn arm_has_no_known_keys() {
    let mut chain = Chain::new();
    let device = chain.devices.device(Vendor::ArmCca, 1);
    for _ in 0..2 {
        let counts = chain.attest(&device, None);
        assert_eq!(counts.p256 + counts.p384, 2);
        assert_eq!(chain.digest(device.id), None);
    }
}

/// Genuine evidence in a proof that is refused, for whatever else, is not remembered.
#[test]
fn a_refused_proof_is_not_remembered() {
    for vendor in CPUS {
        let mut chain = Chain::new();
        let device = chain.devices.device(vendor, 1);
        let proof = chain.proof(&device, None);
        assert_eq!(chain.count(&proof), new(vendor));
        assert_eq!(chain.devices.attest(BOB, &proof), Err(25));
        assert_eq!(chain.digest(device.id), None);
        let mut hybrid = chain.proof(&device, Some(3));
        hybrid.gpuQuote = hybrid.gpuQuote[..hybrid.gpuQuote.len() - 1].to_vec().into();
        assert!(chain.devices.attest(ALICE, &hybrid).is_err());
        let gpu = chain.devices.device(Vendor::Nvidia, 3);
        assert_eq!((chain.digest(device.id), chain.digest(gpu.id)), (None, None));
        assert_eq!(chain.attest(&device, None), new(vendor));
    }
}

/// A digest says something of one device only.
#[test]
fn a_digest_is_one_devices() {
    for vendor in CPUS {
        let mut chain = Chain::new();
        let [first, second] = [1, 5].map(|number| chain.devices.device(vendor, number));
        chain.attest(&first, None);
        let digest = chain.digest(first.id);
        chain.remember(second.id, digest);
        assert_eq!(chain.verify(&evidence(&second)).1, new(vendor));
        chain.remember(first.id, digest.map(|digest| digest ^ U256::ONE));
        assert_eq!(chain.verify(&evidence(&first)).1, new(vendor));
        // What is in the way is replaced by the next proof.
        assert_eq!(chain.attest(&first, None), new(vendor));
        assert_eq!(chain.digest(first.id), digest);
        assert_eq!(chain.attest(&first, None), known(vendor));
    }
}
