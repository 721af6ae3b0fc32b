//! What the registry must be after every step, by the rules of `docs/spec.md`, sections 5 to 7.

use super::{
    story::{Attest, DEVICES, Flaw, Frame, Later, Nonce, OPERATORS, Op, Step},
    world::World,
};
use crate::evm::{CHAIN_ID, chain::Adapter, revert_data};
use aivm::{abi::IAttestationRegistry as abi, evidence::Vendor};
use aivm_test_support::fleet::{Claim, Fleet, NOW, VALID_UNTIL, abi_vendor, measurement_id};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolEvent, SolValue};
use std::sync::LazyLock;

/// The devices, which every story shares.
pub(crate) static FLEET: LazyLock<Fleet> = LazyLock::new(Fleet::new);

/// The ids of the devices.
pub(crate) static IDS: LazyLock<Vec<B256>> = LazyLock::new(|| {
    DEVICES
        .map(|(vendor, number)| FLEET.device(vendor, number).id)
        .into()
});

/// What a call answers: return data, or revert data.
pub(crate) type Answer = Result<Bytes, Bytes>;

/// What the registry knows of a device.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) operator: Address,
    pub(crate) last_seen: u64,
    pub(crate) score: u8,
    pub(crate) nonce: U256,
    pub(crate) key: B256,
    pub(crate) cpu: B256,
    pub(crate) gpu: Option<B256>,
    /// The number of the GPU.
    pub(crate) gpu_device: Option<u32>,
    pub(crate) released: bool,
    /// What the leaf says.
    pub(crate) proven: bool,
}

/// A proof, all of it decided: what its evidence says, and what the proof says.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) device: usize,
    /// Whose evidence it has.
    pub(crate) evidence_of: usize,
    pub(crate) operator: Option<Address>,
    pub(crate) claim: Claim,
    pub(crate) flaw: Option<Flaw>,
    /// What came before it, in words.
    pub(crate) before: &'static str,
}

/// A call, all of it decided.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Attest(Box<Sent>),
    Other(Op),
}

/// The state of a story.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) adapter: Adapter,
    pub(crate) now: u64,
    pub(crate) block: u64,
    pub(crate) world: World,
    /// How many calls there were before this step.
    pub(crate) earlier: usize,
    /// The calls of this step.
    pub(crate) calls: Vec<(Call, Answer)>,
}

impl Model {
    pub(crate) fn new(adapter: Adapter) -> Self {
        Self {
            adapter,
            now: NOW,
            block: 7,
            world: World::new(),
            earlier: 0,
            calls: Vec::new(),
        }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        self.earlier += self.calls.len();
        self.calls.clear();
        self.world.logs.clear();
        match step {
            Step::Block(later) => self.wait(*later),
            Step::Direct(op) => self.call(super::story::EOA, op),
            Step::Frames { frames, reverts } => {
                let before = self.world.clone();
                for frame in frames {
                    self.frame(frame);
                }
                if *reverts {
                    self.world = before;
                }
            }
        }
    }

    fn frame(&mut self, frame: &Frame) {
        let before = self.world.clone();
        for op in &frame.ops {
            self.call(frame.actor, op);
        }
        if frame.reverts {
            self.world = before;
        }
    }

    fn wait(&mut self, later: Later) {
        let end = |device| {
            let record: &Record = self.world.records.get(&device)?;
            record.last_seen.checked_add(self.world.validity)
        };
        let to = match later {
            Later::Seconds(seconds) => Some(self.now + seconds),
            Later::End(device) => end(device),
            Later::AfterEnd(device) => end(device).map(|end| end.saturating_add(1)),
        };
        self.block += 1;
        self.now = match to {
            Some(to) if to >= self.now && to < VALID_UNTIL => to,
            _ => self.now + 1,
        };
    }

    fn call(&mut self, caller: Address, op: &Op) {
        let call = match op {
            Op::Attest(attest) => Call::Attest(Box::new(self.decide(caller, attest))),
            other => Call::Other(other.clone()),
        };
        let answer = match &call {
            Call::Attest(sent) => self.attest(caller, sent),
            Call::Other(op) => self.world.other(caller, op, self.now),
        };
        self.calls.push((call, answer));
    }

    /// What a proof says once the state is known.
    fn decide(&self, caller: Address, attest: &Attest) -> Sent {
        let last = self
            .world
            .records
            .get(&attest.device)
            .map_or(U256::ZERO, |record| record.nonce);
        let step = U256::ONE << 64;
        let nonce = match attest.nonce {
            Nonce::Above(by) => last + U256::from(by),
            Nonce::Same => last,
            Nonce::Below(by) => last.saturating_sub(U256::from(by)),
            Nonce::Highest => last + step,
            Nonce::TooHigh => last + step + U256::ONE,
        };
        let operator = match attest.flaw {
            Some(Flaw::NoOperator) => Some(Address::ZERO),
            _ => attest.relayed,
        };
        let claim = Claim {
            attested_key: B256::repeat_byte(attest.key),
            gpu: attest.gpu,
            measurement: attest.software,
            ..Claim::new(CHAIN_ID, operator.unwrap_or(caller), nonce)
        };
        Sent {
            device: attest.device,
            evidence_of: match attest.flaw {
                Some(Flaw::OtherDevice(other)) => other,
                _ => attest.device,
            },
            operator,
            claim,
            flaw: attest.flaw,
            before: self.before(attest.device, operator.unwrap_or(caller)),
        }
    }

    /// What the state of a device is to an operator: only so that a test can say that it came to all of them.
    fn before(&self, device: usize, operator: Address) -> &'static str {
        let Some(record) = self.world.records.get(&device) else {
            return "new";
        };
        let age = u128::from(self.now - record.last_seen);
        let validity = u128::from(self.world.validity);
        match (record.operator == operator, record.released) {
            (true, _) if age <= validity => "own",
            (true, _) => "own, ended",
            (false, true) => "another's, released",
            (false, _) if age < validity => "another's",
            (false, _) if age == validity => "another's, last second",
            (false, _) if age == validity + 1 => "another's, just ended",
            (false, _) => "another's, ended",
        }
    }

    fn attest(&mut self, caller: Address, sent: &Sent) -> Answer {
        let operator = sent.operator.unwrap_or(caller);
        if operator.is_zero() {
            return Err(revert_data(&abi::ZeroOperator {}));
        }
        let score = self.world.judge(sent, operator, self.now);
        let score = score.map_err(|code| revert_data(&abi::EvidenceRejected { code }))?;
        let device = sent.device;
        let vendor = DEVICES[device].0;
        let record = Record {
            operator,
            last_seen: self.now,
            score,
            nonce: sent.claim.nonce,
            key: sent.claim.attested_key,
            cpu: measurement_id(vendor, sent.claim.measurement),
            gpu: sent.gpu_measurement(),
            gpu_device: sent.claim.gpu,
            released: false,
            proven: true,
        };
        let world = &mut self.world;
        if let Some(gpu) = sent.claim.gpu {
            world.gpu_holders.insert(gpu, device);
        }
        if world.records.insert(device, record).is_none() {
            world.order.push(device);
        }
        let position = self.earlier + self.calls.len();
        world.blocks.entry(self.block).or_default().push(position);
        let event = abi::AttestationVerified {
            deviceId: IDS[device],
            operator,
            vendor: abi_vendor(vendor),
            trustScore: score,
            jobHash: sent.claim.job_hash,
            outputHash: sent.claim.output_hash,
        };
        world.logs.push(event.encode_log_data());
        Ok(true.abi_encode().into())
    }
}

impl Sent {
    fn gpu_measurement(&self) -> Option<B256> {
        self.claim
            .gpu
            .map(|_| measurement_id(Vendor::Nvidia, self.claim.measurement))
    }

    /// The GPU whose evidence the proof has.
    pub(crate) fn gpu(&self) -> Option<u32> {
        match self.flaw {
            Some(Flaw::StrippedGpu) => None,
            Some(Flaw::OtherGpu(other)) => Some(other),
            _ => self.claim.gpu,
        }
    }

    /// Whether the CPU evidence says what the proof says, GPU included.
    pub(crate) fn commits(&self) -> bool {
        let says_else = matches!(
            self.flaw,
            Some(Flaw::OtherOperator | Flaw::OtherChain | Flaw::OtherJob | Flaw::OtherOutput)
        );
        !says_else && self.gpu() == self.claim.gpu
    }
}

/// What a proof with a flaw says other than its evidence.
pub(crate) fn other_hash(hash: B256) -> B256 {
    keccak256(hash)
}

/// An operator that is not this one.
pub(crate) fn other_operator(operator: Address) -> Address {
    let other = OPERATORS.into_iter().find(|other| *other != operator);
    other.expect("there are several")
}
