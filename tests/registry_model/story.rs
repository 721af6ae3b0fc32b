//! What can happen: blocks, and transactions of calls in frames. Everything that depends on the state (a nonce, the end
//! of an attestation) is said in words of it, so that any part of a story makes sense without the others.

use super::world::World;
use aivm::{
    abi::IAttestationRegistry::MeasurementState,
    evidence::Vendor::{self, ArmCca, Nvidia, SevSnp, Sgx, Tdx},
};
use alloy_primitives::{Address, address};
use proptest::{
    bool, collection,
    option::weighted,
    prelude::*,
    sample::{select, subsequence},
};

/// The devices of a story: vendor, and number in the fleet. The last ones are GPUs, which can register nothing.
pub(crate) const DEVICES: [(Vendor, u32); 16] = [
    (Sgx, 0),
    (Sgx, 1),
    (Sgx, 2),
    (Tdx, 0),
    (Tdx, 1),
    (Tdx, 2),
    (Tdx, 3),
    (SevSnp, 0),
    (SevSnp, 1),
    (SevSnp, 2),
    (ArmCca, 0),
    (ArmCca, 1),
    (ArmCca, 2),
    (Sgx, 3),
    (Nvidia, 0),
    (Nvidia, 1),
];

/// The GPUs among them.
const REVOCABLE_GPUS: &[usize] = &[14, 15];

/// How many GPUs devices have, as numbers in the fleet. The last one is not among the devices: nobody revokes it.
pub(crate) const GPUS: u32 = 3;

/// How many pieces of software there are on each.
pub(crate) const SOFTWARE: u8 = 3;

/// Accounts that act: all but the last are contracts.
pub(crate) const GOVERNANCE: Address = address!("6000000000000000000000000000000000000001");
pub(crate) const GUARDIAN: Address = address!("6000000000000000000000000000000000000002");
pub(crate) const OPERATORS: [Address; 3] = [
    address!("0100000000000000000000000000000000000003"),
    address!("0200000000000000000000000000000000000004"),
    address!("5e4de00000000000000000000000000000000001"),
];

/// The operator without code, which sends the transactions.
pub(crate) const EOA: Address = OPERATORS[2];

/// A step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A new block, so much later.
    Block(Later),
    /// A transaction that makes one call.
    Direct(Op),
    /// A transaction whose first frame calls contracts, and may revert in the end.
    Frames { frames: Vec<Frame>, reverts: bool },
}

/// A contract that makes calls, and may revert in the end.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) actor: Address,
    pub(crate) ops: Vec<Op>,
    pub(crate) reverts: bool,
}

/// How much later.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Later {
    Seconds(u64),
    /// The last second of a device's attestation.
    End(usize),
    /// The second after it.
    AfterEnd(usize),
}

/// A call.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Attest(Attest),
    Refresh(usize),
    Release(usize),
    Revoke(usize),
    SetMeasurement(Vendor, u8, MeasurementState),
    RequireAllowlist(Vendor, bool),
    Pause(Option<Vendor>),
    Unpause(Option<Vendor>),
    SetValidity(u64),
    SetMinTrustScore(u8),
}

/// A proof.
#[derive(Clone, Debug)]
pub(crate) struct Attest {
    pub(crate) device: usize,
    /// By `verifyAttestationFor` for this operator; for the caller by `verifyAttestation` if there is none.
    pub(crate) relayed: Option<Address>,
    pub(crate) nonce: Nonce,
    pub(crate) gpu: Option<u32>,
    pub(crate) software: u8,
    pub(crate) key: u8,
    pub(crate) flaw: Option<Flaw>,
}

/// A nonce, as seen from the last one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Nonce {
    /// So much above, from 1.
    Above(u64),
    Same,
    /// So much below, from 1; zero at least.
    Below(u64),
    /// The highest that is allowed.
    Highest,
    /// One above that.
    TooHigh,
}

/// What is wrong with a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The evidence is another device's.
    OtherDevice(usize),
    /// The evidence commits to another operator: somebody copied a proof.
    OtherOperator,
    /// The evidence commits to another chain.
    OtherChain,
    /// The proof names another job than the evidence commits to.
    OtherJob,
    /// The proof names another output than the evidence commits to.
    OtherOutput,
    /// A bit of the commitment in the CPU evidence is flipped.
    DamagedCpu,
    /// The same in the GPU evidence.
    DamagedGpu,
    /// The proof was copied without its GPU evidence.
    StrippedGpu,
    /// The GPU evidence is another GPU's, which commits to the same, or there should be none.
    OtherGpu(u32),
    /// The GPU evidence commits to another nonce.
    StaleGpu,
    NoCpu,
    /// GPU evidence in the place of CPU evidence.
    GpuAsCpu,
    /// CPU evidence in the place of GPU evidence.
    CpuAsGpu,
    /// A device cannot belong to nobody.
    NoOperator,
}

/// A device, of any kind.
fn device() -> impl Strategy<Value = usize> + Clone {
    0..DEVICES.len()
}

fn gpu() -> impl Strategy<Value = u32> {
    0..GPUS
}

fn vendor() -> impl Strategy<Value = Vendor> {
    select(&Vendor::ALL)
}

fn flaw() -> impl Strategy<Value = Flaw> {
    prop_oneof![
        1 => device().prop_map(Flaw::OtherDevice),
        1 => gpu().prop_map(Flaw::OtherGpu),
        2 => select(vec![
            Flaw::OtherOperator,
            Flaw::OtherChain,
            Flaw::OtherJob,
            Flaw::OtherOutput,
            Flaw::DamagedCpu,
            Flaw::DamagedGpu,
            Flaw::StrippedGpu,
            Flaw::StaleGpu,
            Flaw::NoCpu,
            Flaw::GpuAsCpu,
            Flaw::CpuAsGpu,
            Flaw::NoOperator,
        ]),
    ]
}

fn nonce() -> impl Strategy<Value = Nonce> {
    prop_oneof![
        20 => (1_u64..4).prop_map(Nonce::Above),
        1 => Just(Nonce::Same),
        1 => (1_u64..4).prop_map(Nonce::Below),
        1 => Just(Nonce::Highest),
        1 => Just(Nonce::TooHigh),
    ]
}

fn attest() -> impl Strategy<Value = Op> {
    (
        device(),
        weighted(0.4, select(&OPERATORS)),
        nonce(),
        weighted(0.3, gpu()),
        0..SOFTWARE,
        any::<u8>(),
        weighted(0.2, flaw()),
    )
        .prop_map(|(device, relayed, nonce, gpu, software, key, flaw)| {
            Op::Attest(Attest {
                device,
                relayed,
                nonce,
                gpu,
                software,
                key,
                flaw,
            })
        })
}

/// What operators call most.
fn common() -> BoxedStrategy<Op> {
    prop_oneof![
        8 => attest(),
        3 => device().prop_map(Op::Refresh),
        3 => device().prop_map(Op::Release),
    ]
    .boxed()
}

/// What changes the rules. What makes them stricter is rarer than what relaxes them.
fn policy() -> BoxedStrategy<Op> {
    let banned = (vendor(), 0..SOFTWARE)
        .prop_map(|(vendor, software)| Op::SetMeasurement(vendor, software, MeasurementState::Banned));
    let lenient = select(vec![
        MeasurementState::Unset,
        MeasurementState::Allowed,
        MeasurementState::Allowed,
    ]);
    let unbanned = (vendor(), 0..SOFTWARE, lenient)
        .prop_map(|(vendor, software, state)| Op::SetMeasurement(vendor, software, state));
    let paused = || weighted(0.8, vendor());
    prop_oneof![
        1 => device().prop_map(Op::Revoke),
        1 => select(REVOCABLE_GPUS).prop_map(Op::Revoke),
        4 => banned,
        8 => unbanned,
        1 => vendor().prop_map(|vendor| Op::RequireAllowlist(vendor, true)),
        4 => vendor().prop_map(|vendor| Op::RequireAllowlist(vendor, false)),
        3 => paused().prop_map(Op::Pause),
        6 => paused().prop_map(Op::Unpause),
        3 => select(vec![0, 1, 3_600, 86_400, 86_400, u64::MAX - 1_760_000_000, u64::MAX])
            .prop_map(Op::SetValidity),
        3 => select(vec![0, 50, 50, 70, 71, 80, 81, 100]).prop_map(Op::SetMinTrustScore),
    ]
    .boxed()
}

/// What an account calls: now and then what it may not.
fn op(actor: Address) -> BoxedStrategy<Op> {
    match actor {
        GOVERNANCE => prop_oneof![3 => common(), 4 => policy()].boxed(),
        GUARDIAN => prop_oneof![
            8 => common(),
            1 => weighted(0.8, vendor()).prop_map(Op::Pause),
            1 => policy(),
        ]
        .boxed(),
        _ => prop_oneof![30 => common(), 1 => policy()].boxed(),
    }
}

fn frame(actor: Address) -> impl Strategy<Value = Frame> {
    (collection::vec(op(actor), 1..4), bool::weighted(0.15)).prop_map(move |(ops, reverts)| Frame {
        actor,
        ops,
        reverts,
    })
}

fn later() -> impl Strategy<Value = Later> {
    prop_oneof![
        6 => (0_u64..60).prop_map(Later::Seconds),
        1 => (0_u64..172_800).prop_map(Later::Seconds),
        1 => device().prop_map(Later::End),
        1 => device().prop_map(Later::AfterEnd),
    ]
}

/// Governance takes back one thing that stands in the way of proofs; if there are none, it waits.
fn relief(world: &World) -> BoxedStrategy<Step> {
    let mut ops = Vec::new();
    for vendor in Vendor::ALL {
        if world.paused.contains(&vendor.number()) {
            ops.push(Op::Unpause(Some(vendor)));
        }
        if world.allowlists.contains(&vendor.number()) {
            ops.push(Op::RequireAllowlist(vendor, false));
        }
    }
    if world.paused.contains(&0) {
        ops.push(Op::Unpause(None));
    }
    if world.min_score > 81 {
        ops.push(Op::SetMinTrustScore(50));
    }
    if world.validity < 3_600 {
        ops.push(Op::SetValidity(3_600));
    }
    if ops.is_empty() {
        return Just(Step::Block(Later::Seconds(1))).boxed();
    }
    let frame = |op| Frame {
        actor: GOVERNANCE,
        ops: vec![op],
        reverts: false,
    };
    let step = move |op| Step::Frames {
        frames: vec![frame(op)],
        reverts: false,
    };
    select(ops).prop_map(step).boxed()
}

/// Any step.
pub(crate) fn step(world: &World) -> BoxedStrategy<Step> {
    let contracts = vec![GUARDIAN, GOVERNANCE, OPERATORS[0], OPERATORS[1]];
    let frames = subsequence(contracts, 1..=3)
        .prop_shuffle()
        .prop_flat_map(|actors| actors.into_iter().map(frame).collect::<Vec<_>>());
    prop_oneof![
        4 => later().prop_map(Step::Block),
        4 => relief(world),
        8 => op(EOA).prop_map(Step::Direct),
        12 => (frames, bool::weighted(0.1)).prop_map(|(frames, reverts)| Step::Frames { frames, reverts }),
    ]
    .boxed()
}
