//! The chains that calls are made on. One has it all: 100,000 devices, the roots and collateral of every vendor, also the
//! largest that each format allows, golden measurements, spent work, a block full of attestations.

use super::{fat::Fat, mining::input};
use crate::{
    case::{CALLER, Target},
    world::{BLOCK, CHAIN_ID, World},
};
use aivm::{
    abi::IAttestationRegistry::{
        CcaCpak, MeasurementState, setGoldenMeasurementCall, setMeasurementCall, submitCollateralCall,
        updateRootCACall, verifyAttestationCall,
    },
    evidence::{Vendor, cca},
    precompiles::{
        mining::Operation,
        state::{
            RegistryState,
            device::{Device, ProofTrace},
        },
    },
};
use aivm_simulator::{
    fleet::{Claim, Fleet, NOW, abi_vendor},
    snp::{Product, ark},
};
use alloy_primitives::{B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use std::sync::Arc;

/// How many devices the registry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(u64);

impl Scale {
    /// What reports are made with: 100,000 devices.
    pub const FULL: Self = Self(DEVICES);

    /// Enough for every case: for tests and for counting instructions.
    pub const SMALL: Self = Self(2_000);
}

/// How many devices the registry of a report has.
pub(super) const DEVICES: u64 = 100_000;

/// How many pieces of work are spent.
const SPENT: u64 = 256;

/// How many devices of a kind take turns.
const TURNS: u64 = 256;

/// The number of a device that never proved anything. Arm CCA's keys are those of the first 64.
pub(super) const NEW: u32 = 50;

/// How many attestations the last block has: as many as 60 million gas pay for.
pub(super) const ATTESTATIONS: u64 = 60_000_000 / 50_000;

/// The measurement of a GPU that governance banned after devices had attested with it.
const BANNED: B256 = B256::repeat_byte(0xba);

/// The vendors of CPUs.
pub(super) const CPUS: [Vendor; 4] = [Vendor::Sgx, Vendor::SevSnp, Vendor::Tdx, Vendor::ArmCca];

/// Numbers of devices, by what their records say.
pub(super) struct Groups {
    /// Without a GPU.
    pub(super) plain: Vec<u64>,
    /// With one.
    pub(super) hybrid: Vec<u64>,
    /// With one whose measurement is banned since.
    pub(super) banned: Vec<u64>,
}

/// The chains, and what cases need to know of them.
pub(super) struct Chains {
    /// The one that has it all.
    pub(super) registry: Arc<World>,
    /// One at genesis.
    pub(super) small: Arc<World>,
    pub(super) devices: Groups,
    pub(super) fleet: Fleet,
    pub(super) fat: Fat,
}

impl Chains {
    pub(super) fn new(Scale(count): Scale) -> Self {
        let (fleet, fat) = (Fleet::new(), Fat::new());
        let mut world = World::new("registry");
        for (vendor, roots) in roots(&fleet, &fat) {
            world.call(Target::Registry, &update_roots(vendor, roots));
        }
        for (vendor, collateral) in fleet.collateral().into_iter().chain(fat.collateral()) {
            world.call(Target::Registry, &submit(vendor, collateral));
        }
        for (vendor, golden) in fat.golden() {
            let vendor = abi_vendor(vendor);
            let call = setGoldenMeasurementCall {
                vendor,
                golden: golden.into(),
            };
            world.call(Target::Registry, &call.abi_encode());
        }
        for number in 0..SPENT {
            let call = input(Operation::MarkSpent, spent_id(number).as_slice());
            world.call(Target::Mining, &call);
        }
        attest_known(&mut world, &fleet);
        populate(&mut world, count);
        let ban = setMeasurementCall {
            measurementId: BANNED,
            state: MeasurementState::Banned,
        };
        world.call(Target::Registry, &ban.abi_encode());
        Self {
            registry: world.finish(),
            small: World::new("genesis").finish(),
            devices: groups(count),
            fleet,
            fat,
        }
    }
}

/// The call that replaces a vendor's roots.
pub(super) fn update_roots(vendor: Vendor, roots: Vec<u8>) -> Vec<u8> {
    updateRootCACall {
        vendor: abi_vendor(vendor),
        newRootCA: roots.into(),
    }
    .abi_encode()
}

/// The call that submits collateral.
pub(super) fn submit(vendor: Vendor, collateral: Vec<u8>) -> Vec<u8> {
    submitCollateralCall {
        vendor: abi_vendor(vendor),
        collateral: collateral.into(),
    }
    .abi_encode()
}

/// The fleet's roots, with those of the largest evidence; of Arm CCA as many keys as an account holds.
fn roots(fleet: &Fleet, fat: &Fat) -> Vec<(Vendor, Vec<u8>)> {
    let more = |(vendor, roots): (Vendor, Vec<u8>)| match vendor {
        Vendor::SevSnp => (vendor, [roots, ark(Product::Genoa).self_signed()].concat()),
        Vendor::ArmCca => {
            let mut keys = Vec::<CcaCpak>::abi_decode(&roots).expect("the fleet's own");
            keys.extend(fat.cca_keys(keys.len()));
            (vendor, cca::pack::bundle(&keys))
        }
        _ => (vendor, roots),
    };
    fleet.roots().into_iter().map(more).collect()
}

/// What device number 0 of a vendor, and number 1 with a GPU, proved before: they are known.
fn attest_known(world: &mut World, fleet: &Fleet) {
    for vendor in CPUS {
        for hybrid in [false, true] {
            let proof = fleet
                .device(vendor, u32::from(hybrid))
                .prove(&claim(vendor, hybrid.then_some(1), 1));
            world.call(Target::Registry, &verifyAttestationCall { proof }.abi_encode());
        }
    }
}

/// A claim by [`CALLER`]; every vendor's devices have GPUs of their own, counted from `gpu`.
pub(super) fn claim(vendor: Vendor, gpu: Option<u32>, nonce: u64) -> Claim {
    Claim {
        gpu: gpu.map(|number| 10 * u32::from(vendor.number()) + number),
        ..Claim::new(CHAIN_ID, CALLER, U256::from(nonce))
    }
}

/// Adds devices until there are `count`, and attestations until the block has [`ATTESTATIONS`]: through the library's own
/// storage, without evidence.
fn populate(world: &mut World, count: u64) {
    let mut state = RegistryState::new(&mut world.host, Target::Registry.address());
    const MEMORY: &str = "memory cannot fail";
    for number in state.device_count().expect(MEMORY)..count {
        let trace = ProofTrace {
            nonce: U256::ONE,
            attested_key: B256::ZERO,
        };
        state
            .record_proof(device_id(number), &record(number), &trace)
            .expect(MEMORY);
    }
    for number in state.attestation_count(BLOCK - 1).expect(MEMORY)..ATTESTATIONS {
        let leaf = keccak256(number.to_be_bytes());
        state.push_attestation(BLOCK - 1, leaf).expect(MEMORY);
    }
}

/// The id of a device that [`populate`] adds.
pub(super) fn device_id(number: u64) -> B256 {
    keccak256([&b"device"[..], &number.to_be_bytes()].concat())
}

/// A piece of work; the first ones are spent.
pub(super) fn spent_id(number: u64) -> B256 {
    keccak256([&b"work"[..], &number.to_be_bytes()].concat())
}

fn record(number: u64) -> Device {
    let hybrid = !number.is_multiple_of(4);
    let gpu = |id: B256| if hybrid { id } else { B256::ZERO };
    let banned = number % 4 == 3;
    Device {
        operator: CALLER,
        last_seen: NOW,
        vendor: Vendor::Tdx,
        trust_score: 70,
        hybrid,
        revoked: false,
        released: false,
        proven_attested: true,
        cpu_measurement: B256::repeat_byte(0xc1),
        gpu_measurement: gpu(if banned { BANNED } else { B256::repeat_byte(0x61) }),
        gpu_device: gpu(keccak256([&b"gpu"[..], &number.to_be_bytes()].concat())),
    }
}

/// Devices of each kind from all over the tree.
fn groups(count: u64) -> Groups {
    let group = |kind: u64| {
        let step = (count - 100) / TURNS / 4 * 4;
        (0..TURNS).map(move |turn| 100 + turn * step + kind).collect()
    };
    Groups {
        plain: group(0),
        hybrid: group(1),
        banned: group(3),
    }
}
